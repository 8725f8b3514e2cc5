"""Some processes that read pages side by side, each asked by a thread that waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from importai_tui.intake.page import Page, TakenIn, take_in
from importai_tui.intake.process import ParserFailed, ParserProcess


class Crew:
    """A pool of parser processes. A page is given to whichever is free first."""

    def __init__(self, count: int, program: str) -> None:
        self._all = [ParserProcess(program) for _ in range(count)]
        self._free: SimpleQueue[ParserProcess] = SimpleQueue()
        for process in self._all:
            self._free.put(process)
        self._threads = ThreadPoolExecutor(count, "parser")

    def ask(self, page: Page) -> Callable[[], TakenIn]:
        """Have a page read; what is returned waits for what came of it."""
        return self._threads.submit(self._read, page).result

    def stop(self) -> None:
        """End every process now; may be called from any thread."""
        for process in self._all:
            process.stop()

    def close(self) -> None:
        """End every process, and free what belongs to them."""
        self.stop()
        self._threads.shutdown(cancel_futures=True)
        for process in self._all:
            process.close()

    def _read(self, page: Page) -> TakenIn:
        process = self._free.get()
        try:
            return take_in_by(process, page)
        finally:
            self._free.put(process)


def take_in_by(process: ParserProcess, page: Page) -> TakenIn:
    """Have a process read a page."""
    try:
        return process.run(take_in, page)
    except ParserFailed as error:
        return TakenIn(reason=str(error), failed=True)
