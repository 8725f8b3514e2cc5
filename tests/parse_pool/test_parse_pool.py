"""Parallel parsing gives the same results as sequential parsing, even if a process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, suppress
from io import StringIO
from multiprocessing import active_children

import pytest

from importai_tui import parse_pool
from importai_tui.parse.formats import Document
from importai_tui.parse_pool import (
    BATCH_SIZE,
    PageParser,
    PageTask,
    ParsedPage,
    ParserError,
    ParserProcess,
    TaggedTask,
    WorkerLimits,
)
from tests.examples import make_page
from tests.parse_pool.victim import VICTIM, NoStartLimits
from tests.processes import is_running

NO_ISSUE = b"Dear diary, today it rained."


def tagged(*pages: bytes) -> Iterator[TaggedTask[int]]:
    """Yield the pages with their numbers, then a number without a page."""
    yield from ((n, PageTask(Document(page), f"page {n}")) for n, page in enumerate(pages))
    yield len(pages), None


def parse(parser: PageParser, *pages: bytes) -> list[tuple[int, ParsedPage | None]]:
    with parser:
        return [result for batch in parser.parse(tagged(*pages)) for result in batch]


def in_parallel(limits: WorkerLimits = VICTIM) -> PageParser:
    return PageParser(2, in_process_bytes=0, limits=limits)


def ask_ids(process: ParserProcess) -> tuple[int, int]:
    """Return the process id and session id of a parser process."""
    pid, session = process.parse_page(PageTask(Document(b"who?"), "")).reason.split()
    return int(pid), int(session)


def wait_until_ended(pid: int) -> None:
    give_up = time.monotonic() + 20
    while is_running(pid):
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_results_in_parallel_equal_those_in_sequence() -> None:
    pages = [make_page(f"otters {n}") if n % 5 else NO_ISSUE for n in range(BATCH_SIZE + 10)]
    assert parse(in_parallel(), *pages) == parse(PageParser(1), *pages)


@pytest.mark.parametrize(
    ("page", "reason"), [(b"deadly", "died"), (b"endless", "takes longer"), (b"greedy", "too much memory")]
)
def test_page_that_ends_its_process_stops_no_other(page: bytes, reason: str) -> None:
    good = make_page("otters")
    before, bad, after = (result for _, result in parse(in_parallel(), good, page, good)[:3])
    assert bad
    assert bad.failed
    assert reason in bad.reason
    assert before == after == parse(PageParser(1), good)[0][1]


def test_pages_are_parsed_here_if_no_process_starts() -> None:
    pages = make_page("otters"), make_page("herons")
    assert parse(in_parallel(NoStartLimits()), *pages) == parse(PageParser(1), *pages)


def test_few_pages_are_parsed_here() -> None:
    ((_, result), _) = parse(PageParser(2, limits=VICTIM), b"who?")
    assert result
    assert result.reason.startswith("doesn't look like")


def test_each_of_few_pages_is_a_batch() -> None:
    with PageParser(2) as parser:
        assert [len(batch) for batch in parser.parse(tagged(NO_ISSUE, NO_ISSUE))] == [1, 1, 1]


def test_stopped_parser_parses_no_more() -> None:
    pages = [make_page(f"otters {n}") for n in range(3 * BATCH_SIZE)]
    with in_parallel() as parser:
        batches = parser.parse(tagged(*pages))
        next(batches)
        parser.stop()
        assert sum(map(len, batches)) < 2 * BATCH_SIZE


def test_stop_ends_a_running_task_at_once() -> None:
    with closing(ParserProcess()) as process:
        process.run(abs, 1)
        threading.Timer(0.2, process.stop).start()
        with pytest.raises(ParserError, match="died"):  # nothing is raised if it ends by itself
            process.run(time.sleep, 30)


def test_no_process_is_left_after_closing() -> None:
    before = set(active_children())
    parse(in_parallel(), make_page("otters"), b"deadly", make_page("herons"))
    assert set(active_children()) <= before


def send_forever(_: None) -> bytes:
    """Return an answer that takes long to send."""
    return bytes(100_000_000)


def test_process_killed_while_it_answers_hangs_nothing() -> None:
    with closing(ParserProcess()) as process:
        pid = process.run(os.getpgid, 0)
        killer = threading.Thread(target=kill_in_pipe_write, args=(pid,))
        killer.start()
        assert len(process.run(send_forever, None)) == 100_000_000  # by the second process
        killer.join()
        assert not is_running(pid)


def kill_in_pipe_write(pid: int) -> None:
    """Kill a process while it waits for the reader of a full pipe."""
    with suppress(FileNotFoundError, ProcessLookupError):
        while True:
            with open(f"/proc/{pid}/wchan") as file:  # noqa: PTH123
                if "pipe_write" in file.read():
                    break
        os.kill(pid, signal.SIGKILL)


def test_process_starts_where_stderr_has_no_file_number() -> None:
    class Captured(StringIO):
        def fileno(self) -> int:  # as in a running Textual app
            return -1

    from multiprocessing import resource_tracker

    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]
    captured = Captured()
    with redirect_stderr(captured), closing(ParserProcess()) as process:
        assert process.run(os.getpgid, 0) != os.getpgid(0)
        assert sys.stderr is captured


def test_parser_process_has_no_terminal() -> None:
    with closing(ParserProcess(VICTIM)) as process:
        pid, session = ask_ids(process)
    assert pid == session
    assert session != os.getsid(0)


CALLER = """
import os, time
from importai_tui.parse_pool import ParserProcess
from tests.parse_pool.test_parse_pool import VICTIM, ask_ids
if __name__ == "__main__":
    process = ParserProcess(VICTIM)
    print(*ask_ids(process), flush=True)
    time.sleep(60)
"""


def test_parser_process_ends_silently_with_a_killed_caller() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CALLER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as caller:
        assert caller.stdout
        assert caller.stderr
        pid = int(caller.stdout.readline().split()[0])
        caller.send_signal(signal.SIGKILL)
        wait_until_ended(pid)
        assert caller.stderr.read() == ""


def test_closing_waits_until_a_process_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new process would print a traceback if this one ended before it has all its data."""
    is_starting, may_go_on, start = threading.Event(), threading.Event(), parse_pool._start_process

    def start_slowly(limits: WorkerLimits) -> object:
        is_starting.set()
        may_go_on.wait()
        return start(limits)

    monkeypatch.setattr(parse_pool, "_start_process", start_slowly)
    before, process, failures = set(active_children()), ParserProcess(), list[ParserError]()

    def run() -> None:
        try:
            process.run(abs, 1)
        except ParserError as error:
            failures.append(error)

    running, closing_thread = threading.Thread(target=run), threading.Thread(target=process.close)
    running.start()
    is_starting.wait()
    closing_thread.start()
    closing_thread.join(0.05)
    assert closing_thread.is_alive()
    may_go_on.set()
    closing_thread.join()
    running.join()
    assert len(failures) == 1
    assert set(active_children()) <= before
