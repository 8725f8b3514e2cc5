"""What runs behind the reader's back: one thing after another, each in a thread of its own, to be stopped at any time.

It knows how far a run is and hands on what came of it; the screens, and the words, are the app's.

What a sync has brought, in the words that the reader is told. Pure.

What may run behind the reader's back, as the app is given it from outside. It knows no source and no network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from textual.timer import Timer

from importai_tui.error_log import describe_error
from importai_tui.errors import ReaderError
from importai_tui.keymap.commands import COMMANDS
from importai_tui.sync.progress import BackgroundTask, Progress, Report
from importai_tui.tui.job_status import Errand, Underway, underway
from importai_tui.tui.services import Notifier
from importai_tui.tui.widgets.footer import first_key
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.config import ConfigWatcher
    from importai_tui.error_log import ErrorLog
    from importai_tui.library.library import Library
    from importai_tui.state.maintenance import Caretaking
    from importai_tui.sync.progress import BackgroundTask, OnProgress, Report


@dataclass(frozen=True, slots=True)
class Background:
    """What may run behind the reader's back, each thing once it is asked for."""

    sync: Callable[[bool, OnProgress, Set[int]], BackgroundTask[Report]] | None = None
    """Makes a sync; true for the whole back catalogue, the numbers are of issues that are wanted besides what is new.
    None where there is nothing to ask: the demo."""
    rebuild: Callable[[OnProgress], BackgroundTask[int]] | None = None
    """Makes a run that reads again the pages of issues which an older parser has read; it counts those issues."""
    caretaking: Callable[[], Caretaking] | None = None
    """Makes the run that looks after the reading state as long as the app lasts."""
    open_library: Callable[[], Library] | None = None
    """Opens the reader's own archive, for who leaves the guide that stood in its place."""
    start_after: timedelta | None = None
    """How long ago the last sync must be for one to begin with the app; None for never."""
    error_log: ErrorLog | None = None
    """Takes the details of errors in the program."""
    settings: ConfigWatcher | None = None
    """What is set, and the looks at whether that has changed; None: all is as it is without a file."""


MANY_MISSING = 20
"""So many numbers may be missing before the back catalogue is spoken of: a few gaps are the newsletter's own."""

_SYNC_AGAIN = "run the sync again"
"""What an error of a source advises; in the reader a key does it."""


def with_default_key(id: str, words: str) -> str:
    """A few words after the first default key of the command that they tell of."""
    key = first_key(COMMANDS, id)
    return f"{key} {words}" if key else ""


def said(
    report: Report,
    errand: Errand,
    *,
    guide: bool = False,
    hint: bool = False,
    with_key: Callable[[str, str], str] = with_default_key,
) -> str:
    """One line about what came in; empty if there is nothing to show.

    Args:
        report: what the sync did.
        errand: what it was for; if the user did not ask for it, only what came in is shown.
        guide: the guide is open, and the issues are elsewhere.
        hint: the key for the back catalogue may be named, where much is missing.
        with_key: puts the key of a command before some words; gives nothing if the command has none.
    """
    line = _line(report, guide=guide, with_key=with_key)
    if not (report.new or report.updated or report.stopped) and (errand is Errand.AT_START or report.errors):
        return ""
    if gap := report.new and len(report.gap):
        line += f" {gap:,} {'were' if gap > 1 else 'was'} missing behind the feed."
    if hint and wants_catalogue(report, errand):
        way = with_key("sync.all", "brings in the whole back catalogue")
        line += f" {len(report.missing):,} are missing{f': {way}' if way else ''}."
    return line


def wants_catalogue(report: Report, errand: Errand) -> bool:
    """Whether so much is missing that the whole back catalogue is worth a word."""
    return errand is not Errand.CATALOGUE and not report.stopped and len(report.missing) > MANY_MISSING


def complaints(
    report: Report, errand: Errand, *, with_key: Callable[[str, str], str] = with_default_key
) -> tuple[str, ...]:
    """What went wrong, and what came otherwise than it should, a sentence each.

    After a sync that the user did not ask for, it is not said that there is no network, nor what is no error.
    """
    key = with_key("sync.all" if errand is Errand.CATALOGUE else "sync", "again")

    def in_the_reader(error: str) -> str:
        return error.replace(_SYNC_AGAIN, f"press {key}") if key else error

    if errand is Errand.AT_START:
        return tuple(in_the_reader(each.error) for each in report.failed if each.error and not each.offline)
    others = dict.fromkeys(source.alternative for source in report.failed if source.alternative)
    ways = (f'The same issues come from {other}: add "{other}" to sync.sources in config.toml.' for other in others)
    passed_over = report.passed_over if errand is Errand.CATALOGUE else ""
    return tuple(filter(None, (*map(in_the_reader, report.errors), *ways, *report.remarks, passed_over)))


def is_offline(report: Report) -> bool:
    """Whether no network reached some source."""
    return any(source.offline for source in report.sources)


def _line(report: Report, *, guide: bool, with_key: Callable[[str, str], str]) -> str:
    new, updated = report.new, report.updated
    if guide and new:
        way = with_key("guide", f"goes to {'them' if new > 1 else 'it'}")
        here = f"{plural(new, 'issue')} {'are' if new > 1 else 'is'} here{f': {way}' if way else ''}."
        return f"Stopped. {here}" if report.stopped else here
    if report.stopped:
        return f"Stopped. {plural(new, 'new issue')} {'are' if new > 1 else 'is'} here." if new else "Stopped."
    if not updated:
        return f"{plural(new, 'new issue')}." if new else "Nothing new."
    edited = f"{plural(updated, 'issue')} {'were' if updated > 1 else 'was'} edited."
    return f"{plural(new, 'new issue')}. {edited}" if new else edited


LOOK = 0.25
"""Seconds between two looks at how far a run is: titles that change faster cannot be read."""
_LINGER = 20.0
"""Seconds that a few words stay in the footer: long enough to be seen from the middle of a paragraph."""
_DEMO = "The demo fetches nothing. Open importai-tui without --demo."
_IN_A_MOMENT = "In a moment: the issues that are here are brought up to date first."
_AFTER_NEWS = "In a moment: what is new comes first."
_GOES_ON = "The back catalogue is coming in"

_Result = TypeVar("_Result")


class JobHost(Notifier, Protocol):
    """The app as the jobs use it."""

    def run_worker(self, work: Any, *, group: str) -> object:
        """Run a coroutine function beside the screens."""

    def set_interval(self, interval: float, callback: Callable[[], object]) -> Timer:
        """Call a function again and again."""

    def set_timer(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call a function once."""

    def with_key(self, id: str, words: str) -> str:
        """Return words after the key of a command; nothing if no key calls it."""

    def show_underway(self, told: Underway) -> None:
        """Show how far the job is."""

    def catch_up(self) -> None:
        """Show what a job has stored."""

    def tell_outcome(self, report: Report, errand: Errand) -> None:
        """Report the result of a sync."""


class Backstage:
    """The errands that wait, and the one that runs."""

    def __init__(self, app: JobHost, background: Background) -> None:
        self._app = app
        self._background = background
        self._waiting: list[Errand] = []
        self._errand: Errand | None = None
        self._run: BackgroundTask[Any] | None = None
        self._latest = Progress("")
        self._stopping = False
        self._busy = False
        self._aside = ""
        self._wanted: set[int] = set()

    def begin(self, *, sync: bool) -> None:
        """What begins with the app: stored issues are brought up to date; then, if so told, a sync."""
        if self._background.rebuild:
            self._ask(Errand.REBUILD)
        if sync:
            self.sync_unasked()

    def sync_unasked(self) -> None:
        """Brings in what is new because it is time; nothing while something else is being done."""
        if self._background.sync and Errand.AT_START not in self._waiting and self._errand in (None, Errand.REBUILD):
            self._ask(Errand.AT_START)

    def sync(self) -> None:
        """Brings in what is new; while a sync runs, stops it."""
        if self._background.sync is None:
            self._app.say(_DEMO)
        elif self._errand not in (None, Errand.REBUILD):
            self.stop()
        else:
            self._ask_for(Errand.NEWS)

    def sync_also(self, numbers: Set[int]) -> None:
        """Brings in what is new, and the issues with these numbers."""
        if self._background.sync is None:
            self._app.say(_DEMO)
            return
        self._wanted |= numbers
        self._ask_for(Errand.NEWS)

    def sync_all(self) -> None:
        """Brings in the whole back catalogue."""
        if self._background.sync is None:
            self._app.say(_DEMO)
        elif self._errand is Errand.CATALOGUE:
            self._app.say(": ".join(filter(None, (_GOES_ON, self._app.with_key("sync", "stops it")))) + ".")
        else:
            self._ask_for(Errand.CATALOGUE)

    def stop(self) -> None:
        """Asks the run to end now, and forgets what waits."""
        self._waiting.clear()
        if self._run:
            self._stopping = True
            self._run.stop()
            self.look()

    @property
    def is_busy(self) -> bool:
        """Whether something runs, or waits to."""
        return self._busy

    @property
    def underway(self) -> Underway:
        """How far the run is; between runs, what lingers of the last."""
        if self._errand is None:
            return Underway(news=self._aside)
        return underway(self._errand, self._latest, stopping=self._stopping)

    def look(self) -> None:
        """Tells the app how far the run is."""
        self._app.show_underway(self.underway)

    def linger(self, words: str) -> None:
        """Leaves a few words in the footer for a while, or until the next run."""
        self._aside = words
        self._app.set_timer(_LINGER, self._forget)
        self.look()

    def _forget(self) -> None:
        self._aside = ""
        self.look()

    def _ask_for(self, errand: Errand) -> None:
        """The reader wants this; of the syncs that wait only the largest is kept, since it holds the others."""
        if Errand.CATALOGUE not in self._waiting:
            self._waiting = [waiting for waiting in self._waiting if waiting is Errand.REBUILD]
            self._ask(errand)
        if self._errand:
            self._app.say(_IN_A_MOMENT if self._errand is Errand.REBUILD else _AFTER_NEWS)

    def _ask(self, errand: Errand) -> None:
        self._waiting.append(errand)
        if not self._busy:
            self._busy = True
            # A coroutine that the app quits before would never be awaited, and Python would warn on the terminal.
            self._app.run_worker(self._work, group="backstage")

    async def _work(self) -> None:
        """Until nothing waits any more. Two runs at once would wait for each other at the archive's door."""
        try:
            while self._waiting:
                await self._do(self._waiting.pop(0))
        finally:
            self._busy = False

    async def _do(self, errand: Errand) -> None:
        self._errand, self._latest, self._stopping, self._aside = errand, Progress(""), False, ""
        looking = self._app.set_interval(LOOK, self.look)
        self.look()
        complaint, report = "", None
        try:
            report = await self._carried_out(errand)
        except ReaderError as error:
            complaint = str(error)
        except Exception as error:  # a job that fails must not end the reader
            complaint = describe_error(error, self._background.error_log)
        finally:
            looking.stop()
            self._errand = None
        self.look()
        # First the issues, then the words about them; also those that came before something went wrong.
        self._app.catch_up()
        if complaint:
            self._app.complain(complaint)
        if report:
            self._app.tell_outcome(report, errand)

    async def _carried_out(self, errand: Errand) -> Report | None:
        """What a sync did; of a rebuild nothing needs to be told."""
        if errand is Errand.REBUILD:
            assert self._background.rebuild
            await self._in_a_thread(self._background.rebuild(self._note))
            return None
        assert self._background.sync
        wanted, self._wanted = self._wanted, set()
        return await self._in_a_thread(self._background.sync(errand is Errand.CATALOGUE, self._note, wanted))

    async def _in_a_thread(self, run: BackgroundTask[_Result]) -> _Result:
        self._run = run
        try:
            return await asyncio.to_thread(run.run)
        except asyncio.CancelledError:
            # The app is closing; the thread is waited for, so it must not go on.
            run.stop()
            raise
        finally:
            self._run = None

    def _note(self, progress: Progress) -> None:
        """Called in the run's thread, as often as it likes: what nobody has looked at yet is written over."""
        self._latest = progress
