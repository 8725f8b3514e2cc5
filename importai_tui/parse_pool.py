"""Parses pages and feeds: a few pages in this process, many in parallel by processes with limits of time and memory.

It knows neither the archive file nor any command: callers store the results.
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
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar

from importai_tui.archive.stories import IssueRecord, compress_page, make_issue_record
from importai_tui.errors import NotAnIssueError, UnreadableInputError
from importai_tui.model import GivenFacts
from importai_tui.parse.containers import read_documents
from importai_tui.parse.feeds import is_xml_feed, read_entries
from importai_tui.parse.formats import Document
from importai_tui.parse.pipeline import parse_document

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

BATCH_SIZE = 20
"""Pages in one batch. Stored in one transaction they take half the time of one transaction each."""
MAX_BATCH_SECONDS = 0.5
"""Seconds after which a batch is handed on though it is not full. A power cut loses at most this much work."""
IN_PROCESS_BYTES = 600_000
"""Bytes that are parsed in this process: some 25 issues, which take as long as starting other processes."""
MAX_PENDING_PAGES, MAX_PENDING_BYTES = 40, 20_000_000
"""Most pages and bytes given to processes before their results are taken: two batches, and one largest document."""
MAX_PROCESSES = 4
"""Storing takes a third of the time of parsing and happens in one process, so more parsers would wait for it."""
_GARBAGE_THRESHOLD = 20_000
"""Allocations between two garbage collections. Parsing makes hardly any cycles; the usual 700 cost 3 % of the time."""
_NO_TRACKER_WARNING = "ignore:resource_tracker"
"""Python's -W option for the helper process of multiprocessing."""
_start_lock = threading.Lock()
"""Starts one process at a time, because a start changes `sys.stderr` for a moment."""

Tag = TypeVar("Tag")
_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class ParserError(UnreadableInputError):
    """The task failed: it raised an error, exceeded a limit, or its process died."""


class PageTask(NamedTuple):
    """A page to parse. `name` is its file's name; `keep_page`: the result includes the compressed page."""

    document: Document
    name: str
    given: GivenFacts | None = None
    include_page: bool = True


class ParsedPage(NamedTuple):
    """The result of parsing a page: its issue and the compressed page, or the reason why there is none ("is empty").

    `failed`: the page could not be parsed. False for a page that was parsed and is no issue.
    """

    issue: IssueRecord | None = None
    compressed_page: bytes = b""
    reason: str = ""
    failed: bool = False


TaggedTask = tuple[Tag, PageTask | None]
"""A page with the caller's tag. A tag without a page keeps its place in the order."""
TaggedResult = tuple[Tag, ParsedPage | None]


def parse_page(task: PageTask) -> ParsedPage:
    """Parse a page. No exception leaves this function, because a page can be anything."""
    try:
        issue = make_issue_record(parse_document(task.document, task.name, task.given).issue)
    except NotAnIssueError as error:
        return ParsedPage(reason=str(error))
    except UnreadableInputError as error:
        return ParsedPage(reason=str(error), failed=True)
    except Exception as error:
        return ParsedPage(reason=get_failure_reason(error), failed=True)
    return ParsedPage(issue, compress_page(task.document.data) if task.include_page else b"")


def parse_feed(data: bytes) -> list[Document]:
    """Return the entries of a feed. Raises UnreadableInput for anything else."""
    return list(read_entries(data))


def get_failure_reason(error: Exception) -> str:
    """Return why an input made the parser fail, as a text that follows the input's name."""
    if isinstance(error, MemoryError):
        return "needs more memory to read than any issue does"
    return f"cannot be understood ({type(error).__name__})"


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits of a parser process. `nice` lowers its priority, see nice(2)."""

    seconds: float = 60
    """Seconds of processor time for one task. A megabyte takes less than one, and a page has five at the most."""
    memory: int = 500_000_000
    """Bytes that the process may allocate. Measured: a page of 5 MB takes 83 MB, a feed of 20 MB takes 153 MB."""
    nice: int = 0

    def apply(self) -> None:
        """Set up this process as a parser process."""
        os.setsid()  # no terminal: no Ctrl+C and no hang-up reach this process
        null = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(null, stream)
        threading.Thread(target=_exit_with_parent, daemon=True).start()
        os.nice(self.nice)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD)
        with suppress(ImportError, AttributeError, ValueError, OSError):  # a system without this limit
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (self.memory, self.memory))


IN_FOREGROUND = WorkerLimits()
IN_BACKGROUND = WorkerLimits(nice=5)
"""For work behind the app, which the user's keys must not wait for."""


class _TaskResult(NamedTuple):
    """The result of a task: its value, or the reason why there is none. `failed`: an error, and no refusal."""

    value: Any = None
    reason: str = ""
    failed: bool = False


class ParserProcess:
    """One parser process, which does one task at a time. It starts with the first task, and again after it has died.

    It is a ProcessPoolExecutor of one process. In a larger one every pending task fails when a process dies, and
    nothing tells which page ended it.
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
        """Return the task's value; `task` is a function of a module. If no process starts, it runs in this one.

        Raises:
            UnreadableInput: the task raised it.
            ParserFailed: the task failed in any other way. The text follows the name of the input.
        """
        for _ in range(2):  # the process may have been killed from outside
            answer = self._submit(task, argument) if self._start() else _run_task(task, argument)
            if answer is not None:
                value: _Value = _get_value(answer)
                return value
            if self._reap() == -signal.SIGPROF:
                raise ParserError(f"takes longer than {self._limits.seconds:g} seconds to read, which no issue does")
        raise ParserError("cannot be read: the process that read it died")

    def stop(self) -> None:
        """End the process for good, whatever it does; may be called from any thread."""
        self._stopped = True
        process = self._process
        if process:
            process.kill()

    def close(self) -> None:
        """End the process and free its resources; no task may be running."""
        self.stop()
        self._reap()

    def _start(self) -> bool:
        """Start the process if there is none. Return False on a system that cannot start one."""
        if self._executor is None and not self._stopped:
            from concurrent.futures.process import BrokenProcessPool

            try:
                self._executor, self._process, ready = _start_process(self._limits)
            except (OSError, ImportError, NotImplementedError):  # no processes, or no semaphores on this system
                return False
            if self._stopped:  # by another thread, before there was a process to kill
                self._process.kill()
            try:
                ready.result()
            except BrokenProcessPool:
                self._reap()
        return self._executor is not None or self._stopped

    def _submit(self, task: Callable[[_Argument], object], argument: _Argument) -> _TaskResult | None:
        """Return the answer of the process, None if it died or was stopped."""
        from concurrent.futures.process import BrokenProcessPool

        executor = self._executor
        if executor is None or self._stopped:
            return None
        try:
            return executor.submit(_run_with_time_limit, self._limits.seconds, task, argument).result()
        except BrokenProcessPool:
            return None
        except Exception as error:  # the answer is too large to be sent
            return _TaskResult(reason=get_failure_reason(error), failed=True)

    def _reap(self) -> int | None:
        """Wait for a process that is ending. Return its exit code, as in `multiprocessing`."""
        executor, self._executor = self._executor, None
        process, self._process = self._process, None
        if executor:
            executor.shutdown(cancel_futures=True)
        return process.exitcode if process else None


def _start_process(limits: WorkerLimits) -> tuple[ProcessPoolExecutor, BaseProcess, Future[int]]:
    """Start a pool of one process. The future is done when the process is ready.

    The process is spawned, because this one has threads, whose locks a fork would copy as they are.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context, resource_tracker

    with _start_lock:
        # The helper process of multiprocessing needs a stderr with a file number, and Textual's has none.
        # If this process is killed, the helper removes its semaphores; a warning would only confuse the terminal.
        if _NO_TRACKER_WARNING not in sys.warnoptions:
            sys.warnoptions.append(_NO_TRACKER_WARNING)
        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()
        executor = ProcessPoolExecutor(1, get_context("spawn"), limits.apply)
        # The new process inherits the mask: Ctrl+C must not reach it before it has left the terminal.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            ready = executor.submit(os.getpid)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    # Before Python 3.14 an executor has no public way to kill its process.
    (process,) = executor._processes.values()
    # The executor keeps this end open, and then waits forever for the rest of an answer if its process is killed
    # while it sends one.
    executor._result_queue._writer.close()  # type: ignore[attr-defined]
    return executor, process, ready


def _exit_with_parent() -> None:
    """End this process when its parent dies. The call queue alone does not tell, as this process holds both ends."""
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


def _run_with_time_limit(seconds: float, task: Callable[[_Argument], object], argument: _Argument) -> _TaskResult:
    """Do a task in a parser process."""
    # The system kills a process that takes too long, also inside C code where Python runs no signal handler.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    answer = _run_task(task, argument)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return answer


def _run_task(task: Callable[[_Argument], object], argument: _Argument) -> _TaskResult:
    """Do a task in this process. No exception leaves this function, because the input can be anything."""
    try:
        return _TaskResult(task(argument))
    except UnreadableInputError as error:
        return _TaskResult(reason=str(error))
    except Exception as error:
        return _TaskResult(reason=get_failure_reason(error), failed=True)


def _get_value(result: _TaskResult) -> Any:
    if result.failed:
        raise ParserError(result.reason)
    if result.reason:
        raise UnreadableInputError(result.reason)
    return result.value


class _ProcessPool:
    """Parser processes that work in parallel. Each page goes to the first idle one."""

    def __init__(self, count: int, limits: WorkerLimits) -> None:
        from concurrent.futures import ThreadPoolExecutor
        from queue import SimpleQueue

        self._processes = [ParserProcess(limits) for _ in range(count)]
        self._idle: SimpleQueue[ParserProcess] = SimpleQueue()
        for process in self._processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(count, "parser")

    def submit(self, task: PageTask) -> Callable[[], ParsedPage]:
        """Have a page parsed. The returned function waits for the result."""
        return self._threads.submit(self._parse, task).result

    def stop(self) -> None:
        """End every process now; may be called from any thread."""
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
    """Parses pages and the entries of files. Use it as a context manager: leaving it ends its processes."""

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
        """Yield the results in the order of the pages, in batches. Of few pages each is a batch, to be stored at once.

        Draws the pages lazily. Ends early after `stop`.
        """
        remaining = iter(tasks)
        first, many = self._take_first(remaining)
        if not many:
            for tag, page in first:
                if self._stopped:
                    return
                yield [(tag, page and parse_page(page))]
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
            UnreadableInput: the file is a broken container.
        """
        if not is_xml_feed(data):
            return read_documents(data)
        if self._feed_process is None:
            self._feed_process = ParserProcess(self._limits)
        return iter(self._feed_process.run(parse_feed, data))

    def stop(self) -> None:
        """End parsing now; may be called from any thread."""
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
        for tagged in tasks:
            first.append(tagged)
            size += _get_size(tagged[1])
            if size > self._in_process_bytes:
                return first, True
        return first, False

    def _parse_in_parallel(self, tasks: Iterator[TaggedTask[Tag]]) -> Iterator[TaggedResult[Tag]]:
        pool = self._pool = _ProcessPool(min(self._processors, MAX_PROCESSES), self._limits)
        pending: deque[_PendingPage[Tag]] = deque()
        size = 0
        for tag, page in tasks:
            pending.append(_PendingPage(tag, page and pool.submit(page), _get_size(page)))
            size += _get_size(page)
            while len(pending) > MAX_PENDING_PAGES or (size > MAX_PENDING_BYTES and pending):
                if self._stopped:
                    return
                size -= pending[0].size
                yield pending.popleft().wait()
        while pending and not self._stopped:
            yield pending.popleft().wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        if self._pool:
            self._pool.close()
            self._pool = None
        if self._feed_process:
            self._feed_process.close()


class _PendingPage(NamedTuple, Generic[Tag]):
    """A page that is being parsed, and its size in bytes."""

    tag: Tag
    result: Callable[[], ParsedPage] | None
    size: int

    def wait(self) -> TaggedResult[Tag]:
        return self.tag, self.result and self.result()


def _get_size(page: PageTask | None) -> int:
    return len(page.document.data) if page else 0


def _count_processors() -> int:
    """Return how many processors this process may use."""
    with suppress(AttributeError):  # macOS does not say
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
