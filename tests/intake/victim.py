"""A parser process that dies of some pages, never ends with some, and reports which process it is."""

from __future__ import annotations

import os
import signal

from importai_tui.intake import page as tasks
from importai_tui.intake import process
from importai_tui.intake.page import Page, TakenIn, take_in

PROGRAM = "from tests.intake.victim import serve; serve()"


def serve() -> None:
    """Serve with a short time limit and little memory."""
    tasks.take_in = _read  # tasks are named in a request, so this is the one that is found
    process.serve(time_limit=0.7, memory_limit=300_000_000)


def _read(page: Page) -> TakenIn:
    match page.document.data:
        case b"deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"endless":
            while True:
                pass
        case b"greedy":
            return TakenIn(page=bytes(400_000_000))
        case b"who?":
            return TakenIn(reason=f"{os.getpid()} {os.getsid(0)}")
    return take_in(page)
