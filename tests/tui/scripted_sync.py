"""Scripted syncs: each runs the steps of a test in a thread, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from threading import Event

from importai_tui.archive.writer import StoreOutcome
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow
from importai_tui.model import Issue
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress, SourceReport, SyncReport
from importai_tui.tui.background_jobs import BackgroundSetup
from tests.tui.sample_app import ORIGIN, long_story

MAX_WAIT = 20.0
"""Seconds; only a failing test waits so long."""


@dataclass
class SyncScript:
    """The steps of a fake source, and the syncs that the app asked for."""

    places: Places
    steps: list[Callable[[ScriptedSync], None]] = field(default_factory=list)
    errors: tuple[str, ...] = ()
    offline: bool = False
    missing: tuple[int, ...] = ()
    full_flags: list[bool] = field(default_factory=list)
    """For each sync, True if it was for the whole back catalogue."""
    wanted_numbers: list[Set[int]] = field(default_factory=list)
    """For each sync, the numbers to fetch besides new issues."""

    def sync(self, full: bool, on_progress: OnProgress, wanted: Set[int]) -> ScriptedSync:
        """Return a sync that plays the steps."""
        self.full_flags.append(full)
        self.wanted_numbers.append(wanted)
        return ScriptedSync(self, on_progress)

    @property
    def background(self) -> BackgroundSetup:
        """The setup of an app that can sync."""
        return BackgroundSetup(sync=self.sync)


@dataclass
class ScriptedSync:
    """A sync that plays a script. It stores through a library of its own, because it runs in a thread."""

    script: SyncScript
    on_progress: OnProgress
    is_stopped: Event = field(default_factory=Event)
    new: list[IssueRow] = field(default_factory=list)
    updated: list[IssueRow] = field(default_factory=list)

    def run(self) -> SyncReport:
        """Play the steps to the end, or until the sync is stopped."""
        for step in self.script.steps:
            if not self.is_stopped.is_set():
                step(self)
        script = self.script
        errors = [SourceReport("mirror", error=error, is_offline=script.offline) for error in script.errors]
        source = SourceReport("substack", new=tuple(self.new), updated=tuple(self.updated))
        return SyncReport((source, *errors), script.missing, self.is_stopped.is_set())

    def stop(self) -> None:
        """Play no further step."""
        self.is_stopped.set()

    def store(self, issues: Iterable[Issue]) -> None:
        """Store issues and count them as new or updated."""
        with Library.open(self.script.places) as library:
            for issue in issues:
                stored = library.store(issue, b"page", issue.slug, origin=ORIGIN)
                if stored.outcome is StoreOutcome.IMPORTED:
                    self.new.append(stored.row)
                elif stored.outcome is StoreOutcome.UPDATED:
                    self.updated.append(stored.row)


def store_step(*issues: Issue) -> Callable[[ScriptedSync], None]:
    """Return a step that stores these issues."""
    return lambda playing: playing.store(issues)


def progress_step(progress: Progress) -> Callable[[ScriptedSync], None]:
    """Return a step that reports this progress."""
    return lambda playing: playing.on_progress(progress)


@dataclass
class Gate:
    """A step that waits until the test opens it, or the sync is stopped."""

    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)

    def __call__(self, playing: ScriptedSync) -> None:
        """Wait."""
        self.reached.set()
        for _ in range(round(MAX_WAIT * 100)):
            if self.opened.wait(0.01) or playing.is_stopped.is_set():
                return
        raise TimeoutError("the test did not open the gate")


def _make_new_issue(number: int, date: str) -> Issue:
    title = f"Import AI {number}: New things"
    return Issue(number, f"i{number}", title, date, None, (long_story(f"new{number}", 1),))


NEW_ISSUES = _make_new_issue(13, "2025-01-20"), _make_new_issue(14, "2025-01-27")
"""Two issues that follow the sample issues."""
