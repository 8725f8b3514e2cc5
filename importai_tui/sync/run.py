"""Runs one sync, from the first request to the report: the entry point of this package."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Set
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.clock import utc_now
from importai_tui.error_log import ErrorLog, describe_error
from importai_tui.errors import BlockedError, BusyError, DatabaseError, LockError, ReaderError, SyncError
from importai_tui.files import file_lock
from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.parse_pool import IN_BACKGROUND, ParserProcess
from importai_tui.sync.canceller import Canceller
from importai_tui.sync.fetcher import SourceSync
from importai_tui.sync.progress import OnProgress, Progress, SourceReport, SyncReport
from importai_tui.sync.rss import sync_feed
from importai_tui.sync.site import (
    backfill_site,
    fetch_numbers_from_site,
    needs_backfill,
    run_with_fallback,
    site_has_grown,
    sync_site,
)
from importai_tui.sync.sources import (
    MIRROR,
    SUBSTACK,
    Source,
    SourceKind,
    SyncPlan,
    load_given_up,
    load_wanted,
    save_given_up,
    save_wanted,
)

if TYPE_CHECKING:
    from importai_tui.http.client import HttpClient

_ALTERNATIVES = {SUBSTACK: MIRROR, MIRROR: SUBSTACK}


def create_background_parser() -> ParserProcess:
    """Return a parser process of low priority, because the user may be typing."""
    return ParserProcess(IN_BACKGROUND)


@dataclass(frozen=True, slots=True)
class Sync:
    """One sync. `run` blocks until it is done or stopped; `stop` may be called from any thread, even before `run`."""

    plan: SyncPlan
    open_library: Callable[[], Library]
    """Called in the thread of the run, because a database connection belongs to one thread."""
    lock_path: Path
    open_client: Callable[[Callable[[str], None]], HttpClient]
    """Creates the HTTP client; its argument is the `on_wait` callback."""
    error_log: ErrorLog | None = None
    """Receives the details of unexpected errors."""
    open_parser: Callable[[], ParserProcess] = create_background_parser
    """Creates the process that parses the pages."""
    full: bool = False
    extra_numbers: Set[int] = frozenset()
    """Numbers of issues to fetch besides the new ones."""
    on_progress: OnProgress = lambda _: None
    run_after: Callable[[SyncReport], str] = lambda _: ""
    """Called once if there are new issues; returns what went wrong, a sentence, or an empty text."""
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic
    _canceller: Canceller = field(default_factory=Canceller)

    def run(self) -> SyncReport:
        """Ask the sources and store their issues.

        Raises:
            SyncError: another sync is running.
            DatabaseError: the archive cannot be opened.
        """
        with single_instance(self.lock_path), self.open_library() as library, closing(self.open_parser()) as parser:
            report = asyncio.run(self._canceller.run(self._sync_and_report(library, parser)))
        # Without the lock, so that the user's program may start a sync.
        return report._replace(after_problem=self.run_after(report)) if report.new_count else report

    def stop(self) -> None:
        """Ask the sync to end now. Stored issues stay, and the next sync resumes from there."""
        self._canceller.cancel()

    async def _sync_and_report(self, library: Library, parser: ParserProcess) -> SyncReport:
        sync_run = _SyncRun(self, library, parser)
        if self.extra_numbers:
            save_wanted(library, self.extra_numbers | load_wanted(library))
        stopped = False
        try:
            await asyncio.sleep(0)  # a sync that was stopped before its start is cancelled here
            async with self.open_client(sync_run.report_wait) as client:
                await sync_run.sync_sources(client)
        except asyncio.CancelledError:
            stopped = True
        finally:
            parser.stop()  # a thread may be waiting for it
        return sync_run.build_report(stopped=stopped)


@contextmanager
def single_instance(path: Path) -> Iterator[None]:
    """Hold the lock file, because two syncs would send the same requests twice.

    Raises:
        SyncError: another sync holds it, or the file cannot be used.
    """
    with ExitStack() as stack:
        try:
            is_free = stack.enter_context(file_lock(path))
        except LockError as error:
            raise SyncError(str(error)) from error
        if not is_free:
            raise SyncError("Another sync is already running. Wait for it, or stop it.")
        yield


class _SyncRun:
    """Asks the sources in order and collects their results."""

    def __init__(self, sync: Sync, library: Library, parser: ParserProcess) -> None:
        self._sync = sync
        self._library = library
        self._parser = parser
        self._source_syncs: dict[Source, SourceSync] = {}
        self._current: SourceSync | None = None
        self._errors: dict[Source, ReaderError] = {}
        self._database_error: DatabaseError | None = None
        self._searched_numbers: set[int] = set()
        self._now = sync.now()

    async def sync_sources(self, client: HttpClient) -> None:
        """Sync all sources of the plan, and the back catalogue if needed."""
        plan, backfill_source = self._sync.plan, self._sync.plan.backfill_source
        full = self._sync.full
        for source in plan.sources:
            is_whole = full and source.kind is not SourceKind.FEED
            await self._sync_source(client, source, self._fetch_all if is_whole else self._fetch_new)
        if backfill_source and full and backfill_source not in plan.sources:
            await self._sync_source(client, backfill_source, self._fetch_all)
        if backfill_source and self._may_replace_source() and backfill_source not in self._source_syncs:
            await self._sync_source(client, backfill_source, self._fetch_new)
        if backfill_source and not full and load_wanted(self._library):
            await self._sync_source(client, backfill_source, self._fetch_missing)
        if len(self._errors) < len(self._source_syncs) and not self._database_error:
            self._library.archive.save_source_note(SYNCED_AT, self._sync.now().isoformat())

    def build_report(self, *, stopped: bool) -> SyncReport:
        """Return the report so far."""
        sources = tuple(map(self._build_source_report, self._source_syncs))
        if self._database_error:
            return SyncReport(sources, is_stopped=stopped)
        backfill_source = self._sync.plan.backfill_source
        more = backfill_source is not None and needs_backfill(self._library, backfill_source)
        return SyncReport(
            sources, self._library.get_missing_numbers(), stopped, more, tuple(sorted(self._searched_numbers))
        )

    def _build_source_report(self, source: Source) -> SourceReport:
        """Return the report of one source. A refusal is not a failure if the backfill source answered."""
        error, backfill_source = self._errors.get(source), self._sync.plan.backfill_source
        replaced_by = alternative = ""
        if isinstance(error, BlockedError | BusyError):
            other = _ALTERNATIVES.get(source)
            answered = backfill_source in self._source_syncs and backfill_source not in self._errors
            if backfill_source and answered and backfill_source != source and not self._sync.plan.is_named:
                replaced_by = backfill_source.host
            elif other and other not in self._source_syncs:
                alternative = other.name
        return self._source_syncs[source].build_report(error, replaced_by=replaced_by, alternative=alternative)

    def _may_replace_source(self) -> bool:
        """Return True if a source refuses to answer and another may replace it."""
        return not self._sync.plan.is_named and any(
            isinstance(e, BlockedError | BusyError) for e in self._errors.values()
        )

    def report_wait(self, note: str) -> None:
        """Report what the run waits for."""
        if self._current is None:
            self._sync.on_progress(Progress("", note=note))
        else:
            self._current.report_progress(note=note)

    async def _sync_source(
        self, client: HttpClient, source: Source, action: Callable[[SourceSync], Coroutine[None, None, None]]
    ) -> None:
        """Sync one source; an error is recorded, so the next source is still asked."""
        if source not in self._source_syncs:
            self._source_syncs[source] = SourceSync(
                source, self._library, client, self._parser, self._sync.on_progress, self._sync.clock
            )
        source_sync = self._current = self._source_syncs[source]
        try:
            if self._database_error:
                raise self._database_error
            await action(source_sync)
        except DatabaseError as error:  # no other source is asked, because issues cannot be stored
            self._errors[source] = self._database_error = error
        except ReaderError as error:
            self._errors[source] = error
        except Exception as error:
            self._errors[source] = SyncError(f"{source.name}: {describe_error(error, self._sync.error_log)}")

    async def _fetch_new(self, source_sync: SourceSync) -> None:
        if source_sync.source.kind is SourceKind.FEED:
            await sync_feed(source_sync)
        else:
            await run_with_fallback(source_sync, lambda sync: sync_site(sync, self._now))

    async def _fetch_all(self, source_sync: SourceSync) -> None:
        await run_with_fallback(source_sync, self._fetch_all_from_site)

    async def _fetch_all_from_site(self, source_sync: SourceSync) -> None:
        """Backfill the catalogue; once it is complete, fetch changes and missing numbers."""
        library, state = self._library, source_sync.state
        was_complete, was_begun = state.complete, state.next_page > 1
        if not was_complete:
            await backfill_site(source_sync, self._now)
        if not state.complete:
            return
        if was_complete or was_begun:
            # A backfill does not see posts that were published after it began.
            await sync_site(source_sync, self._now)
            if was_complete and await site_has_grown(source_sync):
                await backfill_site(source_sync, self._now)
            wanted = self._find_missing() if was_complete else load_wanted(library)
            if wanted:
                await fetch_numbers_from_site(source_sync, wanted)
        save_wanted(library, ())
        save_given_up(library, library.get_missing_numbers())

    def _find_missing(self) -> set[int]:
        return set(self._library.get_missing_numbers()) - load_given_up(self._library)

    async def _fetch_missing(self, source_sync: SourceSync) -> None:
        wanted = load_wanted(self._library)
        if await run_with_fallback(source_sync, lambda sync: fetch_numbers_from_site(sync, wanted)):
            self._searched_numbers = wanted
            save_given_up(self._library, load_given_up(self._library) | load_wanted(self._library))
            save_wanted(self._library, ())
        source_sync.save()
