"""Reads pages: a few here, many on as many processors as there are; what comes of them comes in their order."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar

from importai_tui.intake.page import Page, TakenIn, read_feed, take_in
from importai_tui.intake.process import ParserProcess
from importai_tui.parse.containers import documents
from importai_tui.parse.document import Document
from importai_tui.parse.feeds import is_feed

if TYPE_CHECKING:
    from importai_tui.intake.crew import Crew

TOGETHER = 20
"""Pages in one batch, where there are many: stored in one transaction they take half of what they take one by one."""
LONGEST_BATCH = 0.5
"""Seconds that a batch waits for slower pages: so much is lost of what was read when the power goes."""
FEW = 600_000
"""Bytes that are read here: some twenty-five issues take as long as other processes take to begin."""
UNDER_WAY, BYTES_UNDER_WAY = 40, 20_000_000
"""The most that other processes are given before what came of it is asked for: a batch while another is stored, and as
much memory as the largest document may take anyway."""
MOST_PROCESSES = 4
"""One that stores keeps up with no more: it takes a third of what reading takes."""

SERVE = "from importai_tui.intake.process import serve; serve()"
"""What another process is to run."""
SERVE_BEHIND = "from importai_tui.intake.process import serve; serve(nice=5)"
"""The same while somebody is at the keys."""

Tag = TypeVar("Tag")
Asked = tuple[Tag, Page | None]
"""A page with what it is called by whoever asks; without a page it only keeps its place in the order."""
Answered = tuple[Tag, TakenIn | None]


class Readers:
    """Whoever reads the pages. Use it as a context manager: leaving it ends what still reads."""

    def __init__(self, processors: int | None = None, *, few: int = FEW, program: str = SERVE) -> None:
        self._processors = _processors() if processors is None else processors
        self._few = few
        self._program = program
        self._stopped = False
        self._crew: Crew | None = None
        self._feed_reader: ParserProcess | None = None

    def read(
        self, pages: Iterable[Asked[Tag]], clock: Callable[[], float] = time.monotonic
    ) -> Iterator[list[Answered[Tag]]]:
        """What came of each page, in order, a batch at a time: of few pages each is one, so that it is stored at once.

        The pages are asked for as they are needed. After `stop` this ends early.
        """
        waiting = iter(pages)
        first, many = self._begin(waiting)
        if not many:
            for tag, page in first:
                if self._stopped:
                    return
                yield [(tag, page and take_in(page))]
            return
        batch: list[Answered[Tag]] = []
        began = clock()
        for answered in self._by_crew(chain(first, waiting)):
            batch.append(answered)
            if len(batch) >= TOGETHER or clock() - began > LONGEST_BATCH:
                yield batch
                batch, began = [], clock()
        if batch:
            yield batch

    def documents(self, data: bytes) -> Iterator[Document]:
        """The pages of a file. A feed is read in a process of its own, with the limits of that.

        Raises:
            UnreadableInput: the file is a broken container.
        """
        if not is_feed(data):
            return documents(data)
        if self._feed_reader is None:
            self._feed_reader = ParserProcess(self._program)
        return iter(self._feed_reader.run(read_feed, data))

    def stop(self) -> None:
        """End reading now; may be called from any thread."""
        self._stopped = True
        if self._crew:
            self._crew.stop()
        if self._feed_reader:
            self._feed_reader.stop()

    def _begin(self, pages: Iterator[Asked[Tag]]) -> tuple[Iterable[Asked[Tag]], bool]:
        """The first pages, and whether there are so many that others should read them."""
        if self._processors < 2:
            return pages, False
        first, size = [], 0
        for asked in pages:
            first.append(asked)
            size += _size(asked[1])
            if size > self._few:
                return first, True
        return first, False

    def _by_crew(self, pages: Iterator[Asked[Tag]]) -> Iterator[Answered[Tag]]:
        from importai_tui.intake.crew import Crew

        crew = self._crew = Crew(min(self._processors, MOST_PROCESSES), self._program)
        under_way: deque[_UnderWay[Tag]] = deque()
        size = 0
        for tag, page in pages:
            under_way.append(_UnderWay(tag, page and crew.ask(page), _size(page)))
            size += _size(page)
            while len(under_way) > UNDER_WAY or (size > BYTES_UNDER_WAY and under_way):
                if self._stopped:
                    return
                size -= under_way[0].size
                yield under_way.popleft().answered()
        while under_way and not self._stopped:
            yield under_way.popleft().answered()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        if self._crew:
            self._crew.close()
            self._crew = None
        if self._feed_reader:
            self._feed_reader.close()


class _UnderWay(NamedTuple, Generic[Tag]):
    """A page that is being read, and its size in bytes."""

    tag: Tag
    asked: Callable[[], TakenIn] | None
    size: int

    def answered(self) -> Answered[Tag]:
        return self.tag, self.asked and self.asked()


def _size(page: Page | None) -> int:
    return len(page.document.data) if page else 0


def _processors() -> int:
    """How many this process may use."""
    with suppress(AttributeError):  # macOS does not say
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
