"""A process that reads pages as ours do, but dies of some, never ends with some, and says who it is."""

from __future__ import annotations

import os
import signal

from importai_tui.intake import process
from importai_tui.intake.page import Page, TakenIn, take_in

PROGRAM = "from tests.intake.victim import serve; serve()"


def serve() -> None:
    """Serve, with less patience."""
    process.serve(_read, longest=0.7)


def _read(page: Page) -> TakenIn:
    match page.document.data:
        case b"deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"endless":
            while True:
                pass
        case b"who?":
            return TakenIn(reason=f"{os.getpid()} {os.getsid(0)}")
    return take_in(page)
