"""Parses pages and feeds: a few pages in this process, many in parallel in processes with limits of time and memory.

Knows neither the archive file nor any command; callers store the results.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import NamedTuple, Self, TypeVar

from importai_tui.archive.stories import IssueRecord, compress_page, make_issue_record
from importai_tui.errors import NoCardError, NotAnIssueError, UnreadableInputError
from importai_tui.model import GivenFacts
from importai_tui.parse.containers import read_documents
from importai_tui.parse.feeds import is_xml_feed, read_entries
from importai_tui.parse.formats import Document
from importai_tui.parse.pipeline import parse_document

BATCH_SIZE = 20
"""Pages in one batch. One transaction for a batch takes half the time of one transaction per page."""
MAX_BATCH_SECONDS = 0.5
"""Seconds after which an incomplete batch is yielded, so that a power cut loses at most this much work."""
IN_PROCESS_BYTES = 600_000
"""Bytes that are parsed in this process: some 25 issues, which take as long as starting other processes."""
MAX_PENDING_PAGES, MAX_PENDING_BYTES = 40, 20_000_000
"""Pages and bytes submitted before the first result is taken: two batches, and one document of maximum size."""
MAX_PROCESSES = 4
"""Storing takes a third of the time of parsing and happens in one process, so more parsers would wait for it."""
_GARBAGE_THRESHOLD = 20_000
"""Allocations between two garbage collections. Parsing makes few cycles; the default of 700 costs 3 % of the time."""
_NO_TRACKER_WARNING = "ignore:resource_tracker"
"""Python's -W option for the resource tracker of multiprocessing."""
_start_lock = threading.Lock()
"""Starts one process at a time, because a start replaces `sys.stderr` for a moment."""

Tag = TypeVar("Tag")
_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class ParserError(UnreadableInputError):
    """A task failed: it raised an error, exceeded a limit, or its process died."""


class PageTask(NamedTuple):
    """A page to parse."""

    document: Document
    name: str
    """Name of its file."""
    given: GivenFacts | None = None
    include_page: bool = True
    """True if the result must contain the compressed page."""


class ParsedPage(NamedTuple):
    """The result of parsing a page: its issue, or the reason why there is none."""

    issue: IssueRecord | None = None
    compressed_page: bytes = b""
    reason: str = ""
    """A text that follows the page's name ("is empty")."""
    failed: bool = False
    """True if the page could not be parsed. False for a page that was parsed and is no issue."""


TaggedTask = tuple[Tag, PageTask | None]
"""A page with the caller's tag. A tag without a page takes its place in the order of the results."""
TaggedResult = tuple[Tag, ParsedPage | None]


def parse_page(task: PageTask) -> ParsedPage:
    """Parse a page. Raises nothing, because a page can contain anything."""
    try:
        issue = make_issue_record(parse_document(task.document, task.name, task.given).issue)
    except NotAnIssueError as error:
        return ParsedPage(reason=str(error))
    except UnreadableInputError as error:
        return ParsedPage(reason=str(error), failed=True)
    except Exception as error:
        return ParsedPage(reason=_get_failure_reason(error), failed=True)
    return ParsedPage(issue, compress_page(task.document.data) if task.include_page else b"")


def parse_feed(data: bytes) -> list[Document]:
    """Return the entries of a feed.

    Raises:
        UnreadableInputError: the data is no feed.
    """
    return list(read_entries(data))


def _get_failure_reason(error: Exception) -> str:
    """Return why an input made the parser fail, as a text that follows the input's name and a colon."""
    if isinstance(error, MemoryError):
        return "needs too much memory to parse"
    return f"can't be parsed ({type(error).__name__})"


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits of a parser process."""

    seconds: float = 60
    """Seconds for one task: processor time; on Windows elapsed time. A megabyte takes less than one second; a page has
    at most five MB."""
    memory: int = 500_000_000
    """Bytes that the process may allocate. Measured: a page of 5 MB takes 83 MB, a feed of 20 MB takes 153 MB.
    Windows has no such limit."""
    nice: int = 0
    """Lowers the priority, see nice(2). Windows ignores it."""

    def apply(self) -> None:
        """Set up this process as a parser process."""
        if sys.platform == "win32":
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches every process of the terminal
        else:
            os.setsid()  # no terminal, so no Ctrl+C and no hang-up reaches this process
            os.nice(self.nice)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(null, stream)
        threading.Thread(target=_exit_with_parent, daemon=True).start()
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD)
        if sys.platform != "win32":
            with suppress(ImportError, AttributeError, ValueError, OSError):  # a system without this limit
                import resource

                resource.setrlimit(resource.RLIMIT_DATA, (self.memory, self.memory))


IN_FOREGROUND = WorkerLimits()
IN_BACKGROUND = WorkerLimits(nice=5)
"""For background jobs of the app, which must not delay the user's keys."""


class ParserProcess:
    """A parser process, which does one task at a time. It starts at the first task, and restarts after it died.

    It is a ProcessPoolExecutor of one process. In a larger pool every pending task fails when a process dies, and the
    page that ended it is unknown.
    """

    def __init__(self, limits: WorkerLimits = IN_FOREGROUND) -> None:
        self._limits = limits
        self._executor: ProcessPoolExecutor | None = None
        self._process: BaseProcess | None = None
        self._stopped = False

    def parse_page(self, task: PageTask) -> ParsedPage:
        """Parse a page in the process. Raises nothing; a failure is part of the result."""
        try:
            return self.run(parse_page, task)
        except ParserError as error:
            return ParsedPage(reason=str(error), failed=True)

    def run(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Return the value of `task`, a function of a module. If no process can start, call it in this process.

        Raises:
            UnreadableInputError, NoCardError: the task raised it.
            ParserError: the task failed in any other way. The text follows the name of the input and a colon.
        """
        for _ in range(2):  # the process may have been killed from outside
            executor = self._executor or (None if self._stopped else self._start())
            if self._stopped:
                break
            if executor is None:
                return _run_task(task, argument)
            seconds = self._limits.seconds
            try:
                future = executor.submit(_run_with_time_limit, seconds, task, argument)
                return future.result(seconds if sys.platform == "win32" else None)
            except (BrokenExecutor, TimeoutError) as error:
                if isinstance(error, TimeoutError):
                    self._kill()
                status = self._reap()
                if isinstance(error, TimeoutError) or (sys.platform != "win32" and status == -signal.SIGPROF):
                    raise ParserError(f"takes longer than {seconds:g} seconds to parse") from None
            except (UnreadableInputError, NoCardError):
                raise
            except Exception as error:  # the value is too large to be sent
                raise ParserError(_get_failure_reason(error)) from error
        raise ParserError("can't be parsed (the parser process died)")

    def stop(self) -> None:
        """End the process permanently, even during a task. May be called from any thread."""
        self._stopped = True
        self._kill()

    def close(self) -> None:
        """End the process and free its resources. A task that is running fails."""
        self.stop()
        # A process that is being started would print a traceback if this one ended meanwhile.
        with _start_lock:
            self._reap()

    def _start(self) -> ProcessPoolExecutor | None:
        """Start the process. Return None if it cannot start."""
        with _start_lock:
            if self._stopped:
                return None
            try:
                self._executor, self._process, ready = _start_process(self._limits)
            except (OSError, ImportError, NotImplementedError):  # no processes, or no semaphores on this system
                return None
            if self._stopped:  # by another thread, before there was a process to kill
                self._process.kill()
        try:
            ready.result()
        except (BrokenExecutor, CancelledError):
            self._reap()
        return self._executor

    def _kill(self) -> None:
        if process := self._process:
            process.kill()

    def _reap(self) -> int | None:
        """Wait until an ending process has ended. Return its exit code, as in `multiprocessing`."""
        executor, self._executor = self._executor, None
        process, self._process = self._process, None
        if executor:
            executor.shutdown(cancel_futures=True)
        return process.exitcode if process else None


def _start_process(limits: WorkerLimits) -> tuple[ProcessPoolExecutor, BaseProcess, Future[int]]:
    """Start a pool of one process. The future is done when the process is ready.

    The process is spawned, because this process has threads, whose locks a fork would copy in any state.
    """
    with _posix_start():
        executor = ProcessPoolExecutor(1, get_context("spawn"), limits.apply)
        ready = executor.submit(os.getpid)
    # Before Python 3.14 an executor has no public way to kill its process.
    (process,) = executor._processes.values()
    # With this end open, the executor would wait forever for the rest of a result if its process is killed while
    # sending it.
    executor._result_queue._writer.close()  # type: ignore[attr-defined]
    return executor, process, ready


@contextmanager
def _posix_start() -> Iterator[None]:
    """Start the resource tracker, and block Ctrl+C for a process that starts in the block. Windows needs neither."""
    if sys.platform == "win32":
        yield
        return
    # The resource tracker needs a stderr with a file number, which Textual's has not. If this process is killed,
    # the tracker removes its semaphores; its warning would only disturb the terminal.
    if _NO_TRACKER_WARNING not in sys.warnoptions:
        sys.warnoptions.append(_NO_TRACKER_WARNING)
    with redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()
    # The new process inherits the mask, because Ctrl+C must not reach it before it has left the terminal.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _exit_with_parent() -> None:
    """End this process when its parent dies. The call queue stays open then, because this process has both ends."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _run_with_time_limit(seconds: float, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
    """Run a task in a parser process."""
    if sys.platform == "win32":  # the caller measures the time
        return _run_task(task, argument)
    # The system kills a process that takes too long, also inside C code where Python runs no signal handler.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return _run_task(task, argument)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _run_task(task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
    """Run a task. Raises only the program's own errors, because others may be impossible to send to another process."""
    try:
        return task(argument)
    except (UnreadableInputError, NoCardError):
        raise
    except Exception as error:
        raise ParserError(_get_failure_reason(error)) from error


class _ProcessPool:
    """Parser processes that work in parallel. Each page goes to the first idle one."""

    def __init__(self, count: int, limits: WorkerLimits) -> None:
        self._processes = [ParserProcess(limits) for _ in range(count)]
        self._idle: SimpleQueue[ParserProcess] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count, "parser")

    def submit(self, task: PageTask) -> Future[ParsedPage]:
        """Parse a page as soon as a process is idle."""
        return self._threads.submit(self._parse, task)

    def stop(self) -> None:
        """End every process now. May be called from any thread."""
        for process in self._processes:
            process.stop()

    def close(self) -> None:
        """End every process and free its resources."""
        self.stop()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.close()

    def _parse(self, task: PageTask) -> ParsedPage:
        process = self._idle.get()
        try:
            return process.parse_page(task)
        finally:
            self._idle.put(process)


class PageParser:
    """Parses pages and the entries of files. A context manager, whose exit ends its processes."""

    def __init__(
        self,
        processors: int | None = None,
        *,
        in_process_bytes: int = IN_PROCESS_BYTES,
        limits: WorkerLimits = IN_FOREGROUND,
    ) -> None:
        self._processors = _count_processors() if processors is None else processors
        self._in_process_bytes = in_process_bytes
        self._limits = limits
        self._stopped = False
        self._pool: _ProcessPool | None = None
        self._feed_process: ParserProcess | None = None

    def parse(
        self, tasks: Iterable[TaggedTask[Tag]], clock: Callable[[], float] = time.monotonic
    ) -> Iterator[list[TaggedResult[Tag]]]:
        """Yield the results in the order of the tasks, in batches that are to be stored at once.

        Few pages are parsed in this process, and each is a batch. Takes the tasks lazily. Ends early after `stop`.
        """
        remaining = iter(tasks)
        first, has_many = self._take_first(remaining)
        if not has_many:
            for tag, task in first:
                if self._stopped:
                    return
                yield [(tag, task and parse_page(task))]
            return
        batch: list[TaggedResult[Tag]] = []
        began = clock()
        for result in self._parse_in_parallel(chain(first, remaining)):
            batch.append(result)
            if len(batch) >= BATCH_SIZE or clock() - began > MAX_BATCH_SECONDS:
                yield batch
                batch, began = [], clock()
        if batch:
            yield batch

    def read_documents(self, data: bytes) -> Iterator[Document]:
        """Return the pages of a file. A feed is parsed in a process with limits.

        Raises:
            UnreadableInputError: the file is a broken container.
        """
        if not is_xml_feed(data):
            return read_documents(data)
        if self._feed_process is None:
            self._feed_process = ParserProcess(self._limits)
        return iter(self._feed_process.run(parse_feed, data))

    def stop(self) -> None:
        """End parsing now. May be called from any thread."""
        self._stopped = True
        if self._pool:
            self._pool.stop()
        if self._feed_process:
            self._feed_process.stop()

    def _take_first(self, tasks: Iterator[TaggedTask[Tag]]) -> tuple[Iterable[TaggedTask[Tag]], bool]:
        """Return the first pages, and True if there are enough pages for several processes."""
        if self._processors < 2:
            return tasks, False
        first, size = [], 0
        for tag, task in tasks:
            first.append((tag, task))
            size += _get_size(task)
            if size > self._in_process_bytes:
                return first, True
        return first, False

    def _parse_in_parallel(self, tasks: Iterator[TaggedTask[Tag]]) -> Iterator[TaggedResult[Tag]]:
        pool = self._pool = _ProcessPool(min(self._processors, MAX_PROCESSES), self._limits)
        pending: deque[tuple[Tag, Future[ParsedPage] | None, int]] = deque()

        def take_result() -> TaggedResult[Tag]:
            tag, future, _ = pending.popleft()
            return tag, future.result() if future else None

        for tag, task in tasks:
            pending.append((tag, pool.submit(task) if task else None, _get_size(task)))
            while len(pending) > MAX_PENDING_PAGES or sum(size for *_, size in pending) > MAX_PENDING_BYTES:
                if self._stopped:
                    return
                yield take_result()
        while pending and not self._stopped:
            yield take_result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        if self._pool:
            self._pool.close()
            self._pool = None
        if self._feed_process:
            self._feed_process.close()


def _get_size(task: PageTask | None) -> int:
    return len(task.document.data) if task else 0


def _count_processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
