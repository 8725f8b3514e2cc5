"""Pages read side by side come out as pages read one after another do, whatever becomes of whoever reads them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from importai_tui.intake.crew import take_in_by
from importai_tui.intake.page import Page, TakenIn
from importai_tui.intake.process import ParserProcess
from importai_tui.intake.readers import TOGETHER, Asked, Readers
from importai_tui.parse.document import Document
from tests.examples import make_page
from tests.intake.victim import PROGRAM

NO_ISSUE = b"Dear diary, today it rained."


def asked(*pages: bytes) -> Iterator[Asked[int]]:
    """The pages under their numbers, and behind them a number without a page."""
    yield from ((n, Page(Document(page), f"page {n}")) for n, page in enumerate(pages))
    yield len(pages), None


def read(readers: Readers, *pages: bytes) -> list[tuple[int, TakenIn | None]]:
    with readers:
        return [answered for batch in readers.read(asked(*pages)) for answered in batch]


def side_by_side(program: str = PROGRAM) -> Readers:
    return Readers(2, few=0, program=program)


def test_they_come_in_their_order_and_as_one_after_another() -> None:
    pages = [make_page(f"otters {n}") if n % 5 else NO_ISSUE for n in range(TOGETHER + 10)]
    assert read(side_by_side(), *pages) == read(Readers(1), *pages)


@pytest.mark.parametrize(
    ("page", "reason"), [(b"deadly", "died"), (b"endless", "takes longer"), (b"greedy", "more memory")]
)
def test_a_page_that_ends_its_process_does_not_stop_the_others(page: bytes, reason: str) -> None:
    good = make_page("otters")
    before, bad, after = (taken for _, taken in read(side_by_side(), good, page, good)[:3])
    assert bad
    assert bad.failed
    assert reason in bad.reason
    assert before == after == read(Readers(1), good)[0][1]


def test_where_no_process_begins_the_pages_are_read_here() -> None:
    pages = make_page("otters"), make_page("herons")
    assert read(side_by_side("raise SystemExit(1)"), *pages) == read(Readers(1), *pages)


def test_few_pages_are_read_here() -> None:
    ((_, taken), _) = read(Readers(2, program=PROGRAM), b"who?")
    assert taken
    assert taken.reason.startswith("is no issue")


def test_of_few_pages_each_can_be_stored_at_once() -> None:
    with Readers(2) as readers:
        assert [len(batch) for batch in readers.read(asked(NO_ISSUE, NO_ISSUE))] == [1, 1, 1]


def test_who_is_stopped_reads_no_further() -> None:
    pages = [make_page(f"otters {n}") for n in range(3 * TOGETHER)]
    with side_by_side() as readers:
        batches = readers.read(asked(*pages))
        next(batches)
        readers.stop()
        assert sum(map(len, batches)) < 2 * TOGETHER


def test_a_reader_is_in_no_terminal() -> None:
    with closing(ParserProcess(PROGRAM)) as process:
        pid, session = take_in_by(process, Page(Document(b"who?"), "")).reason.split()
    assert pid == session
    assert session != str(os.getsid(0))


ASKER = f"""
import time
from importai_tui.intake.page import Page
from importai_tui.intake.crew import take_in_by
from importai_tui.intake.process import ParserProcess
from importai_tui.parse.document import Document
print(take_in_by(ParserProcess({PROGRAM!r}), Page(Document(b"who?"), "")).reason, flush=True)
time.sleep(60)
"""


def test_a_reader_ends_with_whoever_asked_it() -> None:
    with subprocess.Popen([sys.executable, "-c", ASKER], stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout
        pid = int(asker.stdout.readline().split()[0])
        asker.send_signal(signal.SIGKILL)
    give_up = time.monotonic() + 20
    while _lives(pid):
        assert time.monotonic() < give_up
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
