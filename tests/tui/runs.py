"""Runs for the app that do what a test tells them, in a thread of their own and without any network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from threading import Event

from importai_tui.archive.writer import Outcome
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueHead
from importai_tui.model import Issue
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress, Report, SourceReport
from importai_tui.tui.background_jobs import Background
from tests.tui.made import ORIGIN, long_story

LONGEST_WAIT = 20.0
"""Seconds; only a test that has failed waits so long."""


@dataclass
class Script:
    """What a made-up source does when it is asked, and what was asked of it."""

    places: Places
    steps: list[Callable[[Playing], None]] = field(default_factory=list)
    errors: tuple[str, ...] = ()
    offline: bool = False
    missing: tuple[int, ...] = ()
    asked: list[bool] = field(default_factory=list)
    """For each sync, whether it was for the whole back catalogue."""
    wanted: list[Set[int]] = field(default_factory=list)
    """For each sync, the numbers that were wanted besides what is new."""

    def sync(self, full: bool, on_progress: OnProgress, wanted: Set[int]) -> Playing:
        """A sync."""
        self.asked.append(full)
        self.wanted.append(wanted)
        return Playing(self, on_progress)

    @property
    def background(self) -> Background:
        """An app that may sync."""
        return Background(sync=self.sync)


@dataclass
class Playing:
    """One sync of a script. It stores through a library of its own, as a thread must."""

    script: Script
    on_progress: OnProgress
    stopped: Event = field(default_factory=Event)
    new: list[IssueHead] = field(default_factory=list)
    updated: list[IssueHead] = field(default_factory=list)

    def run(self) -> Report:
        """Plays the script to its end, or until it is stopped."""
        for step in self.script.steps:
            if not self.stopped.is_set():
                step(self)
        script = self.script
        errors = [SourceReport("mirror", error=error, offline=script.offline) for error in script.errors]
        source = SourceReport("substack", new=tuple(self.new), updated=tuple(self.updated))
        return Report((source, *errors), script.missing, self.stopped.is_set())

    def stop(self) -> None:
        """No further step."""
        self.stopped.set()

    def store(self, issues: Iterable[Issue]) -> None:
        """Issues come in."""
        with Library.open(self.script.places) as library:
            for issue in issues:
                stored = library.store(issue, b"page", issue.slug, origin=ORIGIN)
                if stored.outcome is Outcome.IMPORTED:
                    self.new.append(stored.head)
                elif stored.outcome is Outcome.UPDATED:
                    self.updated.append(stored.head)


def storing(*issues: Issue) -> Callable[[Playing], None]:
    """A step: these issues come in."""
    return lambda playing: playing.store(issues)


def telling(progress: Progress) -> Callable[[Playing], None]:
    """A step: so far it is."""
    return lambda playing: playing.on_progress(progress)


@dataclass
class Gate:
    """A step that waits until the test opens it, or the run is stopped."""

    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)

    def __call__(self, playing: Playing) -> None:
        """Waits."""
        self.reached.set()
        for _ in range(round(LONGEST_WAIT * 100)):
            if self.opened.wait(0.01) or playing.stopped.is_set():
                return
        raise TimeoutError("nobody opened the gate")


def _news(number: int, date: str) -> Issue:
    title = f"Import AI {number}: New things"
    return Issue(number, f"i{number}", title, date, None, (long_story(f"new{number}", 1),))


NEWER = _news(13, "2025-01-20"), _news(14, "2025-01-27")
"""Two issues that follow the made ones."""
