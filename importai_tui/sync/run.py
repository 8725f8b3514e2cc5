"""Runs one sync, from the first request to the report: the entry point of this package."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Set
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.clock import utc_now
from importai_tui.error_log import ErrorLog, describe_error
from importai_tui.errors import Blocked, Busy, DatabaseTrouble, LockTrouble, ReaderError, SyncError
from importai_tui.files import file_lock
from importai_tui.http.transport import DaemonExecutor
from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.parse_pool import IN_BACKGROUND, ParserProcess
from importai_tui.sync.fetcher import SourceSync
from importai_tui.sync.progress import OnProgress, Progress, Report, SourceReport
from importai_tui.sync.rss import sync_feed
from importai_tui.sync.site import fill_from_site, has_more, on_site, site_has_grown, sync_site, walk_site
from importai_tui.sync.sources import (
    MIRROR,
    SUBSTACK,
    Plan,
    Source,
    SourceKind,
    given_up_numbers,
    save_given_up,
    save_wanted,
    wanted_numbers,
)

if TYPE_CHECKING:
    from importai_tui.http.client import HttpClient

_OTHER = {SUBSTACK: MIRROR, MIRROR: SUBSTACK}


def background_parser() -> ParserProcess:
    """Return a parser process of low priority, because the user may be typing."""
    return ParserProcess(IN_BACKGROUND)


@dataclass(frozen=True, slots=True)
class Sync:
    """One sync. `run` blocks until it is done or stopped; `stop` may be called from any thread, even before `run`."""

    plan: Plan
    open_library: Callable[[], Library]
    """Called in the thread of the run, because a database connection belongs to one thread."""
    lock: Path
    open_client: Callable[[Callable[[str], None]], HttpClient]
    """Creates the HTTP client; its argument is the `on_wait` callback."""
    error_log: ErrorLog | None = None
    """Receives the details of unexpected errors."""
    open_parser: Callable[[], ParserProcess] = background_parser
    """Creates the process that parses the pages."""
    full: bool = False
    also: Set[int] = frozenset()
    """Numbers of issues to fetch besides the new ones."""
    on_progress: OnProgress = lambda _: None
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic
    _stopping: _Stopping = field(default_factory=lambda: _Stopping())

    def run(self) -> Report:
        """Ask the sources and store their issues.

        Raises:
            SyncError: another sync is running.
            DatabaseTrouble: the archive cannot be opened.
        """
        with single_instance(self.lock), self.open_library() as library, closing(self.open_parser()) as parser:
            return asyncio.run(self._stopping.guarded(self._work(library, parser)))

    def stop(self) -> None:
        """Ask the sync to end now. Stored issues stay, and the next sync resumes from there."""
        self._stopping.stop()

    async def _work(self, library: Library, parser: ParserProcess) -> Report:
        sync_run = _SyncRun(self, library, parser)
        if self.also:
            save_wanted(library, self.also | wanted_numbers(library))
        stopped = False
        try:
            await asyncio.sleep(0)  # a sync that was stopped before it began is cancelled here
            async with self.open_client(sync_run.report_wait) as web:
                await sync_run.go(web)
        except asyncio.CancelledError:
            stopped = True
        finally:
            parser.stop()  # a thread may be waiting for it
        return sync_run.report(stopped=stopped)


class _SyncRun:
    """Asks the sources in order and collects their results."""

    def __init__(self, sync: Sync, library: Library, parser: ParserProcess) -> None:
        self._sync = sync
        self._library = library
        self._parser = parser
        self._visits: dict[Source, SourceSync] = {}
        self._current: SourceSync | None = None
        self._errors: dict[Source, ReaderError] = {}
        self._database_error: DatabaseTrouble | None = None
        self._gap: set[int] = set()
        self._now = sync.now()

    async def go(self, web: HttpClient) -> None:
        plan, catalogue = self._sync.plan, self._sync.plan.catalogue
        full = self._sync.full
        for source in plan.asked:
            whole = full and source.kind is not SourceKind.FEED
            await self._attempt(web, source, self._everything if whole else self._news)
        if catalogue and full and catalogue not in plan.asked:
            await self._attempt(web, catalogue, self._everything)
        if catalogue and self._has_refusals() and catalogue not in self._visits:
            await self._attempt(web, catalogue, self._news)
        if catalogue and not full and wanted_numbers(self._library):
            await self._attempt(web, catalogue, self._missing_issues)
        if len(self._errors) < len(self._visits) and not self._database_error:
            self._library.archive.keep_source_note(SYNCED_AT, self._sync.now().isoformat())

    def report(self, *, stopped: bool) -> Report:
        sources = tuple(map(self._report, self._visits))
        if self._database_error:
            return Report(sources, stopped=stopped)
        catalogue = self._sync.plan.catalogue
        more = catalogue is not None and has_more(self._library, catalogue)
        return Report(sources, self._library.missing_numbers(), stopped, more, tuple(sorted(self._gap)))

    def _report(self, source: Source) -> SourceReport:
        """Return the report of one source. A refusal is not a failure if the back catalogue answered instead."""
        error, catalogue = self._errors.get(source), self._sync.plan.catalogue
        replaced_by = alternative = ""
        if isinstance(error, Blocked | Busy):
            other = _OTHER.get(source)
            answered = catalogue in self._visits and catalogue not in self._errors
            if catalogue and answered and catalogue != source and not self._sync.plan.is_named:
                replaced_by = catalogue.host
            elif other and other not in self._visits:
                alternative = other.name
        return self._visits[source].report(error, replaced_by=replaced_by, alternative=alternative)

    def _has_refusals(self) -> bool:
        """True if a source refuses to answer and another may be asked in its place."""
        return not self._sync.plan.is_named and any(isinstance(e, Blocked | Busy) for e in self._errors.values())

    def report_wait(self, note: str) -> None:
        """Report what the run waits for."""
        if self._current is None:
            self._sync.on_progress(Progress("", note=note))
        else:
            self._current.tell(note=note)

    async def _attempt(
        self, web: HttpClient, source: Source, act: Callable[[SourceSync], Coroutine[None, None, None]]
    ) -> None:
        """Sync one source; an error is recorded, so the next source is still asked."""
        if source not in self._visits:
            self._visits[source] = SourceSync(
                source, self._library, web, self._parser, self._sync.on_progress, self._sync.clock
            )
        visit = self._current = self._visits[source]
        try:
            if self._database_error:
                raise self._database_error
            await act(visit)
        except DatabaseTrouble as error:  # no other source is asked for issues that cannot be stored
            self._errors[source] = self._database_error = error
        except ReaderError as error:
            self._errors[source] = error
        except Exception as error:
            self._errors[source] = SyncError(f"{source.name}: {describe_error(error, self._sync.error_log)}")

    async def _news(self, visit: SourceSync) -> None:
        if visit.source.kind is SourceKind.FEED:
            await sync_feed(visit)
        else:
            await on_site(visit, lambda visit: sync_site(visit, self._now))

    async def _everything(self, visit: SourceSync) -> None:
        await on_site(visit, self._catalogue)

    async def _catalogue(self, visit: SourceSync) -> None:
        """Backfill the catalogue; once it is complete, fetch changes and missing numbers."""
        library, memory = self._library, visit.memory
        was_complete, was_begun = memory.complete, memory.next_page > 1
        if not was_complete:
            await walk_site(visit, self._now)
        if not memory.complete:
            return
        if was_complete or was_begun:
            # A backfill does not see posts that were published after it began.
            await sync_site(visit, self._now)
            if was_complete and await site_has_grown(visit):
                await walk_site(visit, self._now)
            wanted = self._missing_numbers() if was_complete else wanted_numbers(library)
            if wanted:
                await fill_from_site(visit, wanted)
        save_wanted(library, ())
        save_given_up(library, library.missing_numbers())

    def _missing_numbers(self) -> set[int]:
        return set(self._library.missing_numbers()) - given_up_numbers(self._library)

    async def _missing_issues(self, visit: SourceSync) -> None:
        wanted = wanted_numbers(self._library)
        if await on_site(visit, lambda visit: fill_from_site(visit, wanted)):
            self._gap = wanted
            save_given_up(self._library, given_up_numbers(self._library) | wanted_numbers(self._library))
            save_wanted(self._library, ())
        visit.remember()


class _Stopping:
    """Cancels a task from another thread, even before it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._cancel: Callable[[], object] | None = None

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._cancel:
                self._cancel()

    async def guarded(self, work: Coroutine[None, None, Report]) -> Report:
        """Run the work as a task that `stop` can cancel."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        loop.set_default_executor(DaemonExecutor())
        assert task
        with self._lock:
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
            if self._stopped:
                task.cancel()
        try:
            return await work
        finally:
            with self._lock:
                self._cancel = None


@contextmanager
def single_instance(path: Path) -> Iterator[None]:
    """Hold the lock file, because two syncs would send the same requests twice.

    Raises:
        SyncError: another sync holds it, or the file cannot be used.
    """
    with ExitStack() as stack:
        try:
            free = stack.enter_context(file_lock(path))
        except LockTrouble as trouble:
            raise SyncError(str(trouble)) from trouble
        if not free:
            raise SyncError("Another sync is running. Wait for it, or stop it there.")
        yield
