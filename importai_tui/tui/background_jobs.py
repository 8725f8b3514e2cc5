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
from importai_tui.sync.progress import BackgroundTask, Progress, SyncReport
from importai_tui.tui.job_status import JobKind, JobStatus, describe_job
from importai_tui.tui.services import Notifier
from importai_tui.tui.widgets.footer import format_first_key
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.config import ConfigWatcher
    from importai_tui.error_log import ErrorLog
    from importai_tui.library.library import Library
    from importai_tui.state.maintenance import Maintenance
    from importai_tui.sync.progress import BackgroundTask, OnProgress, SyncReport


@dataclass(frozen=True, slots=True)
class BackgroundSetup:
    """What may run behind the reader's back, each thing once it is asked for."""

    sync: Callable[[bool, OnProgress, Set[int]], BackgroundTask[SyncReport]] | None = None
    """Makes a sync; true for the whole back catalogue, the numbers are of issues that are wanted besides what is new.
    None where there is nothing to ask: the demo."""
    rebuild: Callable[[OnProgress], BackgroundTask[int]] | None = None
    """Makes a run that reads again the pages of issues which an older parser has read; it counts those issues."""
    maintenance: Callable[[], Maintenance] | None = None
    """Makes the run that looks after the reading state as long as the app lasts."""
    open_library: Callable[[], Library] | None = None
    """Opens the reader's own archive, for who leaves the guide that stood in its place."""
    sync_after: timedelta | None = None
    """How long ago the last sync must be for one to begin with the app; None for never."""
    error_log: ErrorLog | None = None
    """Takes the details of errors in the program."""
    config_watcher: ConfigWatcher | None = None
    """What is set, and the looks at whether that has changed; None: all is as it is without a file."""


MISSING_HINT_MINIMUM = 20
"""So many numbers may be missing before the back catalogue is spoken of: a few gaps are the newsletter's own."""

_SYNC_AGAIN_ADVICE = "run the sync again"
"""What an error of a source advises; in the reader a key does it."""


def with_default_key(id: str, words: str) -> str:
    """A few words after the first default key of the command that they tell of."""
    key = format_first_key(COMMANDS, id)
    return f"{key} {words}" if key else ""


def format_summary(
    report: SyncReport,
    kind: JobKind,
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
    line = _format_counts(report, guide=guide, with_key=with_key)
    if not (report.new_count or report.updated_count or report.is_stopped) and (
        kind is JobKind.AUTO_SYNC or report.errors
    ):
        return ""
    if gap := report.new_count and len(report.searched_numbers):
        line += f" {gap:,} {'were' if gap > 1 else 'was'} missing behind the feed."
    if hint and should_suggest_backfill(report, kind):
        way = with_key("sync.all", "brings in the whole back catalogue")
        line += f" {len(report.missing_numbers):,} are missing{f': {way}' if way else ''}."
    return line


def should_suggest_backfill(report: SyncReport, kind: JobKind) -> bool:
    """Whether so much is missing that the whole back catalogue is worth a word."""
    return kind is not JobKind.BACKFILL and not report.is_stopped and len(report.missing_numbers) > MISSING_HINT_MINIMUM


def error_messages(
    report: SyncReport, kind: JobKind, *, with_key: Callable[[str, str], str] = with_default_key
) -> tuple[str, ...]:
    """What went wrong, and what came otherwise than it should, a sentence each.

    After a sync that the user did not ask for, it is not said that there is no network, nor what is no error.
    """
    key = with_key("sync.all" if kind is JobKind.BACKFILL else "sync", "again")

    def in_the_reader(error: str) -> str:
        return error.replace(_SYNC_AGAIN_ADVICE, f"press {key}") if key else error

    if kind is JobKind.AUTO_SYNC:
        return tuple(in_the_reader(each.error) for each in report.failed_sources if each.error and not each.is_offline)
    others = dict.fromkeys(source.alternative for source in report.failed_sources if source.alternative)
    ways = (f'The same issues come from {other}: add "{other}" to sync.sources in config.toml.' for other in others)
    passed_over = report.skipped_remark if kind is JobKind.BACKFILL else ""
    return tuple(filter(None, (*map(in_the_reader, report.errors), *ways, *report.remarks, passed_over)))


def is_offline(report: SyncReport) -> bool:
    """Whether no network reached some source."""
    return any(source.is_offline for source in report.sources)


def _format_counts(report: SyncReport, *, guide: bool, with_key: Callable[[str, str], str]) -> str:
    new, updated = report.new_count, report.updated_count
    if guide and new:
        way = with_key("guide", f"goes to {'them' if new > 1 else 'it'}")
        here = f"{plural(new, 'issue')} {'are' if new > 1 else 'is'} here{f': {way}' if way else ''}."
        return f"Stopped. {here}" if report.is_stopped else here
    if report.is_stopped:
        return f"Stopped. {plural(new, 'new issue')} {'are' if new > 1 else 'is'} here." if new else "Stopped."
    if not updated:
        return f"{plural(new, 'new issue')}." if new else "Nothing new."
    edited = f"{plural(updated, 'issue')} {'were' if updated > 1 else 'was'} edited."
    return f"{plural(new, 'new issue')}. {edited}" if new else edited


POLL_INTERVAL = 0.25
"""Seconds between two looks at how far a run is: titles that change faster cannot be read."""
_BRIEF_STATUS_SECONDS = 20.0
"""Seconds that a few words stay in the footer: long enough to be seen from the middle of a paragraph."""
_DEMO_MESSAGE = "The demo fetches nothing. Open importai-tui without --demo."
_AFTER_REBUILD_MESSAGE = "In a moment: the issues that are here are brought up to date first."
_AFTER_SYNC_MESSAGE = "In a moment: what is new comes first."
_BACKFILL_MESSAGE = "The back catalogue is coming in"

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

    def show_job_status(self, status: JobStatus) -> None:
        """Show how far the job is."""

    def show_stored_changes(self) -> None:
        """Show what a job has stored."""

    def report_sync(self, report: SyncReport, kind: JobKind) -> None:
        """Report the result of a sync."""


class JobQueue:
    """The errands that wait, and the one that runs."""

    def __init__(self, app: JobHost, setup: BackgroundSetup) -> None:
        self._app = app
        self._setup = setup
        self._waiting: list[JobKind] = []
        self._kind: JobKind | None = None
        self._task: BackgroundTask[Any] | None = None
        self._latest = Progress("")
        self._stopping = False
        self._busy = False
        self._brief_status = ""
        self._wanted_numbers: set[int] = set()

    def start(self, *, sync: bool) -> None:
        """What begins with the app: stored issues are brought up to date; then, if so told, a sync."""
        if self._setup.rebuild:
            self._enqueue(JobKind.REBUILD)
        if sync:
            self.auto_sync()

    def auto_sync(self) -> None:
        """Brings in what is new because it is time; nothing while something else is being done."""
        if self._setup.sync and JobKind.AUTO_SYNC not in self._waiting and self._kind in (None, JobKind.REBUILD):
            self._enqueue(JobKind.AUTO_SYNC)

    def sync(self) -> None:
        """Brings in what is new; while a sync runs, stops it."""
        if self._setup.sync is None:
            self._app.notify_info(_DEMO_MESSAGE)
        elif self._kind not in (None, JobKind.REBUILD):
            self.stop()
        else:
            self._enqueue_for_user(JobKind.NEW_ISSUES)

    def sync_numbers(self, numbers: Set[int]) -> None:
        """Brings in what is new, and the issues with these numbers."""
        if self._setup.sync is None:
            self._app.notify_info(_DEMO_MESSAGE)
            return
        self._wanted_numbers |= numbers
        self._enqueue_for_user(JobKind.NEW_ISSUES)

    def sync_all(self) -> None:
        """Brings in the whole back catalogue."""
        if self._setup.sync is None:
            self._app.notify_info(_DEMO_MESSAGE)
        elif self._kind is JobKind.BACKFILL:
            self._app.notify_info(
                ": ".join(filter(None, (_BACKFILL_MESSAGE, self._app.with_key("sync", "stops it")))) + "."
            )
        else:
            self._enqueue_for_user(JobKind.BACKFILL)

    def stop(self) -> None:
        """Asks the run to end now, and forgets what waits."""
        self._waiting.clear()
        if self._task:
            self._stopping = True
            self._task.stop()
            self.poll()

    @property
    def is_busy(self) -> bool:
        """Whether something runs, or waits to."""
        return self._busy

    @property
    def status(self) -> JobStatus:
        """How far the run is; between runs, what lingers of the last."""
        if self._kind is None:
            return JobStatus(text=self._brief_status)
        return describe_job(self._kind, self._latest, stopping=self._stopping)

    def poll(self) -> None:
        """Tells the app how far the run is."""
        self._app.show_job_status(self.status)

    def show_brief_status(self, text: str) -> None:
        """Leaves a few words in the footer for a while, or until the next run."""
        self._brief_status = text
        self._app.set_timer(_BRIEF_STATUS_SECONDS, self._clear_brief_status)
        self.poll()

    def _clear_brief_status(self) -> None:
        self._brief_status = ""
        self.poll()

    def _enqueue_for_user(self, kind: JobKind) -> None:
        """The reader wants this; of the syncs that wait only the largest is kept, since it holds the others."""
        if JobKind.BACKFILL not in self._waiting:
            self._waiting = [waiting for waiting in self._waiting if waiting is JobKind.REBUILD]
            self._enqueue(kind)
        if self._kind:
            self._app.notify_info(_AFTER_REBUILD_MESSAGE if self._kind is JobKind.REBUILD else _AFTER_SYNC_MESSAGE)

    def _enqueue(self, kind: JobKind) -> None:
        self._waiting.append(kind)
        if not self._busy:
            self._busy = True
            # A coroutine that the app quits before would never be awaited, and Python would warn on the terminal.
            self._app.run_worker(self._run_queue, group="backstage")

    async def _run_queue(self) -> None:
        """Until nothing waits any more. Two runs at once would wait for each other at the archive's door."""
        try:
            while self._waiting:
                await self._run_job(self._waiting.pop(0))
        finally:
            self._busy = False

    async def _run_job(self, kind: JobKind) -> None:
        self._kind, self._latest, self._stopping, self._brief_status = kind, Progress(""), False, ""
        looking = self._app.set_interval(POLL_INTERVAL, self.poll)
        self.poll()
        complaint, report = "", None
        try:
            report = await self._execute(kind)
        except ReaderError as error:
            complaint = str(error)
        except Exception as error:  # a job that fails must not end the reader
            complaint = describe_error(error, self._setup.error_log)
        finally:
            looking.stop()
            self._kind = None
        self.poll()
        # First the issues, then the words about them; also those that came before something went wrong.
        self._app.show_stored_changes()
        if complaint:
            self._app.notify_error(complaint)
        if report:
            self._app.report_sync(report, kind)

    async def _execute(self, kind: JobKind) -> SyncReport | None:
        """What a sync did; of a rebuild nothing needs to be told."""
        if kind is JobKind.REBUILD:
            assert self._setup.rebuild
            await self._run_in_thread(self._setup.rebuild(self._store_progress))
            return None
        assert self._setup.sync
        wanted, self._wanted_numbers = self._wanted_numbers, set()
        return await self._run_in_thread(self._setup.sync(kind is JobKind.BACKFILL, self._store_progress, wanted))

    async def _run_in_thread(self, task: BackgroundTask[_Result]) -> _Result:
        self._task = task
        try:
            return await asyncio.to_thread(task.run)
        except asyncio.CancelledError:
            # The app is closing; the thread is waited for, so it must not go on.
            task.stop()
            raise
        finally:
            self._task = None

    def _store_progress(self, progress: Progress) -> None:
        """Called in the run's thread, as often as it likes: what nobody has looked at yet is written over."""
        self._latest = progress
