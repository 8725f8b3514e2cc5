"""Background jobs: a queue that runs syncs and re-parses one after another in threads, and the messages about them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence, Set
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from textual.timer import Timer

from importai_tui.error_log import describe_error
from importai_tui.errors import OFFLINE_QUESTION, TRY_AGAIN, ReaderError
from importai_tui.keymap.commands import COMMANDS
from importai_tui.tui.job_status import JobKind, JobStatus, describe_job
from importai_tui.tui.services import Notifier
from importai_tui.tui.widgets.footer import format_first_key
from importai_tui.wording import plural

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.cards.report import CardReport
    from importai_tui.config import ConfigWatcher
    from importai_tui.error_log import ErrorLog
    from importai_tui.library.library import Library
    from importai_tui.output.books import StoryList
    from importai_tui.state.maintenance import Maintenance
    from importai_tui.sync.progress import BackgroundTask, ImportSummary, OnProgress, Progress, SyncReport
    from importai_tui.tui.card_service import CardService, FetchCards
    from importai_tui.works.card import CardTarget

POLL_INTERVAL = 0.25
"""Seconds between two updates of the progress: titles that change faster cannot be read."""
JOB_GROUP = "background jobs"
"""The group of the Textual worker that runs the jobs."""
_BRIEF_STATUS_SECONDS = 20.0
"""Seconds that a brief status stays in the footer: long enough to be noticed while reading a paragraph."""
MISSING_HINT_MINIMUM = 20
"""Missing issues from which the back catalogue is suggested: the newsletter itself has a few gaps."""
_DEMO_MESSAGE = "Sync is off in demo mode. Start importai-tui without --demo."
_NO_IMPORT_MESSAGE = "Import is off in demo mode. Start importai-tui without --demo."
_NO_EXPORT_MESSAGE = "Export is off in demo mode. Start importai-tui without --demo."
_NO_CARDS_MESSAGE = "Nothing to fetch: no links with a URL here"
_WAITING_MESSAGES = {
    JobKind.REBUILD: "Please wait: updating the stored issues first",
    JobKind.IMPORT: "Please wait: importing files first",
    JobKind.CARDS: "Please wait: fetching cards first",
}
_AFTER_SYNC_MESSAGE = "Please wait: getting the newest issues first"
_BACKFILL_MESSAGE = "Already downloading all issues"
_Result = TypeVar("_Result")


class BackgroundSetup(NamedTuple):
    """The factories of what may run in the background. This module knows no source and no network."""

    sync: Callable[[bool, OnProgress, Set[int]], BackgroundTask[SyncReport]] | None = None
    """Makes a sync; None in the demo, which fetches nothing.

    Its arguments: True for the whole back catalogue; the progress callback; numbers to fetch besides new issues.
    """
    rebuild: Callable[[OnProgress], BackgroundTask[int]] | None = None
    """Makes the job that parses issues again that an older parser has read. Its result is their number."""
    import_files: Callable[[Sequence[str], OnProgress], BackgroundTask[ImportSummary]] | None = None
    """Makes an import of files and folders; None in the demo."""
    cards: Path | None = None
    """The file of the fetched cards, which need not exist; None in the demo."""
    fetch_cards: FetchCards | None = None
    """Makes a fetch of cards; None in the demo."""
    export: Callable[[Sequence[str]], str] | None = None
    """Runs the command `export` with these arguments and returns a message; None in the demo. Raises ReaderError."""
    export_book: Callable[[str | StoryList, str], str] | None = None
    """Writes an issue, a story or a list as an e-book to the file of this name; like `export`."""
    maintenance: Callable[[], Maintenance] | None = None
    """Makes the maintenance of the reading state, which runs as long as the app."""
    open_library: Callable[[], Library] | None = None
    """Opens the user's own archive when the user leaves the guide that was shown instead."""
    sync_after: timedelta | None = None
    """The age of the last sync from which the app starts one by itself; None for never."""
    error_log: ErrorLog | None = None
    """Takes the details of errors in the program."""
    config_watcher: ConfigWatcher | None = None
    """Has the settings, and watches their file; None for the defaults."""


class JobHost(Notifier, Protocol):
    """The app as the job queue uses it."""

    @property
    def cards(self) -> CardService:
        """The cards of cited works."""

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

    def note_job_start(self) -> None:
        """Note that the user has asked for a sync or an import."""

    def show_first_issues(self) -> None:
        """Take a user without issues to those that a sync has stored."""

    def show_stored_changes(self) -> None:
        """Show what a job has stored."""

    def report_sync(self, report: SyncReport, kind: JobKind) -> None:
        """Report the result of a sync."""

    def report_import(self, summary: ImportSummary) -> None:
        """Report the result of an import of files."""

    def report_cards(self, report: CardReport) -> None:
        """Report the result of a fetch of cards."""


class JobQueue:
    """Runs queued jobs one at a time; two writers would block each other on the database lock."""

    def __init__(self, app: JobHost, setup: BackgroundSetup) -> None:
        self._app = app
        self._setup = setup
        self._waiting: list[JobKind] = []
        self._kind: JobKind | None = None
        self._task: BackgroundTask[Any] | None = None
        self._latest: Progress | None = None
        self._stopping = False
        self._busy = False
        self._brief_status = ""
        self._wanted_numbers: set[int] = set()
        self._paths_to_import: list[Sequence[str]] = []
        self._wanted_cards: Sequence[CardTarget] = ()

    def start(self, *, sync: bool) -> None:
        """Start the jobs of the app's start: a re-parse of outdated issues, then a sync if `sync` is set."""
        if self._setup.rebuild:
            self._enqueue(JobKind.REBUILD)
        if sync:
            self.auto_sync()

    def auto_sync(self) -> None:
        """Queue a sync that the user did not ask for; do nothing if a sync runs or waits."""
        if self._setup.sync and JobKind.AUTO_SYNC not in self._waiting and self._kind in (None, JobKind.REBUILD):
            self._enqueue(JobKind.AUTO_SYNC)

    def sync(self) -> None:
        """Fetch new issues; stop the sync that is running."""
        if self._setup.sync is None:
            self._app.notify_info(_DEMO_MESSAGE)
        elif self._kind not in (None, JobKind.REBUILD):
            self.stop()
        else:
            self._enqueue_for_user(JobKind.NEW_ISSUES)

    def sync_numbers(self, numbers: Set[int]) -> None:
        """Fetch new issues and the issues with these numbers."""
        if self._setup.sync is None:
            self._app.notify_info(_DEMO_MESSAGE)
            return
        self._wanted_numbers |= numbers
        self._enqueue_for_user(JobKind.NEW_ISSUES)

    def sync_all(self) -> None:
        """Fetch the back catalogue."""
        if self._setup.sync is None:
            self._app.notify_info(_DEMO_MESSAGE)
        elif self._kind is JobKind.BACKFILL:
            self._app.notify_info("; ".join(filter(None, (_BACKFILL_MESSAGE, self._app.with_key("sync", "stops it")))))
        else:
            self._enqueue_for_user(JobKind.BACKFILL)

    def import_files(self, paths: Sequence[str]) -> None:
        """Import files and folders, after the job that runs."""
        if self._setup.import_files is None:
            self._app.notify_info(_NO_IMPORT_MESSAGE)
            return
        self._app.note_job_start()
        self._paths_to_import.append(paths)
        self._enqueue(JobKind.IMPORT)

    def fetch_cards(self, targets: Sequence[CardTarget]) -> None:
        """Fetch the cards of these works that are not stored; stop the fetch that is running."""
        if self._kind is JobKind.CARDS:
            self.stop()
        elif reason := self._app.cards.off_reason or ("" if targets else _NO_CARDS_MESSAGE):
            self._app.notify_info(reason)
        else:
            self._wanted_cards = targets
            if JobKind.CARDS not in self._waiting:
                self._enqueue(JobKind.CARDS)
            if self._kind:
                self._app.notify_info("The cards are fetched after the running job")

    async def export(self, words: Sequence[str]) -> str:
        """Run the command `export` with these arguments, and return a message for the user.

        Raises:
            ReaderError: the arguments are wrong, or the file cannot be written.
        """
        if self._setup.export is None:
            return _NO_EXPORT_MESSAGE
        return await asyncio.to_thread(self._setup.export, words)

    async def export_book(self, source: str | StoryList, out: str) -> str:
        """Write the issue or the story of this REF, or a list, as an e-book; return a message for the user.

        Raises:
            ReaderError: the source is missing, or the file cannot be written.
        """
        if self._setup.export_book is None:
            return _NO_EXPORT_MESSAGE
        return await asyncio.to_thread(self._setup.export_book, source, out)

    def stop(self) -> None:
        """Ask the running job to end, and clear the queue."""
        self._waiting.clear()
        self._paths_to_import.clear()
        if self._task:
            self._stopping = True
            self._task.stop()
            self.poll()

    @property
    def is_busy(self) -> bool:
        """True if a job runs or waits."""
        return self._busy

    @property
    def status(self) -> JobStatus:
        """The progress of the running job; between jobs, the brief status that is still shown."""
        if self._kind is None or self._latest is None:
            return JobStatus(text=self._brief_status)
        return describe_job(self._kind, self._latest, stopping=self._stopping)

    def poll(self) -> None:
        """Show the latest progress in the app."""
        self._app.show_job_status(self.status)
        if self._latest and self._latest.new_issues:
            self._app.show_first_issues()

    def show_brief_status(self, text: str) -> None:
        """Show some words in the footer for 20 s, or until the next job."""
        self._brief_status = text
        self._app.set_timer(_BRIEF_STATUS_SECONDS, self._clear_brief_status)
        self.poll()

    def _clear_brief_status(self) -> None:
        self._brief_status = ""
        self.poll()

    def _enqueue_for_user(self, kind: JobKind) -> None:
        """Queue a sync that the user asked for; of several syncs only the largest stays: it includes the others."""
        self._app.note_job_start()
        if JobKind.BACKFILL not in self._waiting:
            others = (JobKind.REBUILD, JobKind.IMPORT, JobKind.CARDS)
            self._waiting = [waiting for waiting in self._waiting if waiting in others]
            self._enqueue(kind)
        if self._kind:
            self._app.notify_info(_WAITING_MESSAGES.get(self._kind, _AFTER_SYNC_MESSAGE))

    def _enqueue(self, kind: JobKind) -> None:
        self._waiting.append(kind)
        if not self._busy:
            self._busy = True
            # The function, not a coroutine: one that is never awaited makes Python print a warning.
            self._app.run_worker(self._run_queue, group=JOB_GROUP)

    async def _run_queue(self) -> None:
        """Run jobs until the queue is empty."""
        try:
            while self._waiting:
                await self._run_job(self._waiting.pop(0))
        finally:
            self._busy = False

    async def _run_job(self, kind: JobKind) -> None:
        from importai_tui.sync.progress import ImportSummary, Progress, SyncReport  # no job runs at the start

        self._kind, self._latest, self._stopping, self._brief_status = kind, Progress(""), False, ""
        timer = self._app.set_interval(POLL_INTERVAL, self.poll)
        self.poll()
        error_message = ""
        report: SyncReport | ImportSummary | CardReport | None = None
        try:
            report = await self._execute(kind)
        except ReaderError as error:
            error_message = str(error)
        except Exception as error:  # a job that fails must not end the reader
            error_message = describe_error(error, self._setup.error_log)
        finally:
            timer.stop()
            self._kind = None
        self.poll()
        # The issues come first, then the messages; a job that failed may have stored some issues too.
        self._app.show_stored_changes()
        if error_message:
            self._app.notify_error(error_message)
        match report:
            case ImportSummary():
                self._app.report_import(report)
            case SyncReport():
                self._app.report_sync(report, kind)
            case None:
                pass
            case _:
                self._app.report_cards(report)

    async def _execute(self, kind: JobKind) -> SyncReport | ImportSummary | CardReport | None:
        """Return the report of a job; None for a re-parse, which reports nothing."""
        if kind is JobKind.REBUILD:
            assert self._setup.rebuild
            await self._run_in_thread(self._setup.rebuild(self._store_progress))
            return None
        if kind is JobKind.IMPORT:
            assert self._setup.import_files
            paths = self._paths_to_import.pop(0)
            return await self._run_in_thread(self._setup.import_files(paths, self._store_progress))
        if kind is JobKind.CARDS:
            return await self._run_in_thread(self._app.cards.make_fetch(self._wanted_cards, self._store_progress))
        assert self._setup.sync
        wanted, self._wanted_numbers = self._wanted_numbers, set()
        return await self._run_in_thread(self._setup.sync(kind is JobKind.BACKFILL, self._store_progress, wanted))

    async def _run_in_thread(self, task: BackgroundTask[_Result]) -> _Result:
        self._task = task
        try:
            return await asyncio.to_thread(task.run)
        except asyncio.CancelledError:
            # The app is closing and waits for the thread, so the job must end.
            task.stop()
            raise
        finally:
            self._task = None

    def _store_progress(self, progress: Progress) -> None:
        """Keep only the latest progress, which `poll` shows. Called in the job's thread, as often as it likes."""
        self._latest = progress


def with_default_key(id: str, words: str) -> str:
    """Return `words` after the first default key of a command; an empty string if it has none."""
    key = format_first_key(COMMANDS, id)
    return f"{key} {words}" if key else ""


def format_summary(
    report: SyncReport,
    kind: JobKind,
    *,
    advice: str = "",
    hint: bool = False,
    with_key: Callable[[str, str], str] = with_default_key,
) -> str:
    """Return one line about the result of a sync; an empty string if there is nothing to report.

    Args:
        report: the result of the sync.
        kind: why it ran; if the user did not ask for it, only new and edited issues are reported.
        advice: what to press after the first sync, a sentence without its full stop.
        hint: the key of the back catalogue may be named if many issues are missing.
        with_key: puts the key of a command before some words; returns an empty string if it has none.
    """
    if not (report.new_count or report.updated_count or report.is_stopped) and (
        kind is JobKind.AUTO_SYNC or report.errors
    ):
        return ""
    if report.new_count and advice:
        verb = "Stopped after downloading" if report.is_stopped else "Downloaded"
        sentences = [f"{verb} {plural(report.new_count, 'issue')}", advice]
    else:
        sentences = [_format_counts(report)]
    command = "sync.all" if kind is JobKind.BACKFILL else "sync"
    if report.is_stopped and (continues := with_key(command, "continues the download")):
        sentences.append(continues)
    if hint and should_suggest_backfill(report, kind):
        key = with_key("sync.all", "to download them")
        missing = f"{len(report.missing_numbers):,} older issues are missing"
        sentences.append(f"{missing}; press {key}" if key else missing)
    return f"{'. '.join(sentences)}." if len(sentences) > 1 else sentences[0]


def error_messages(
    report: SyncReport, kind: JobKind, *, with_key: Callable[[str, str], str] = with_default_key
) -> tuple[str, ...]:
    """Return the errors and remarks of a sync, a sentence each.

    After an automatic sync, a missing network and remarks are left out.
    """
    command = "sync.all" if kind is JobKind.BACKFILL else "sync"

    def with_key_of_sync(error: str) -> str:
        if tries := with_key(command, "tries again"):
            error = error.replace(OFFLINE_QUESTION, f"{OFFLINE_QUESTION} {tries}.")
        if to_try := with_key(command, "to try again"):
            error = error.replace(TRY_AGAIN, f"Press {to_try}")
        return error

    after = (report.after_problem,) if report.after_problem else ()
    if kind is JobKind.AUTO_SYNC:
        failed = (each.error for each in report.failed_sources if each.error and not each.is_offline)
        return (*map(with_key_of_sync, failed), *after)
    others = dict.fromkeys(source.alternative for source in report.failed_sources if source.alternative)
    suggestions = (
        f'The source "{other}" has the same issues: add it to sync.sources in config.toml.' for other in others
    )
    skipped = report.skipped_remark if kind is JobKind.BACKFILL else ""
    return tuple(filter(None, (*map(with_key_of_sync, report.errors), *suggestions, *report.remarks, skipped, *after)))


def should_suggest_backfill(report: SyncReport, kind: JobKind) -> bool:
    """Return True if enough issues are missing to suggest the whole back catalogue."""
    return kind is not JobKind.BACKFILL and not report.is_stopped and len(report.missing_numbers) > MISSING_HINT_MINIMUM


def is_offline(report: SyncReport) -> bool:
    """Return True if no network reached some source."""
    return any(source.is_offline for source in report.sources)


def _format_counts(report: SyncReport) -> str:
    """Return the counts of a sync: "2 new issues, 1 updated"."""
    new, updated = report.new_count, report.updated_count
    old = len(report.searched_numbers)
    parts = [
        *([plural(new, "new issue")] if new else []),
        *([f"{old:,} older than the feed"] if new and old else []),
        *([f"{updated:,} updated" if new else plural(updated, "issue updated", "issues updated")] if updated else []),
    ]
    if report.is_stopped:
        parts.insert(0, "Stopped")
    return ", ".join(parts) or "No new issues"
