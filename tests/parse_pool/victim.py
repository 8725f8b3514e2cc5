"""Parser processes that die or hang on some pages, and report their ids."""

from __future__ import annotations

import os
import signal

from importai_tui import parse_pool
from importai_tui.parse_pool import PageTask, ParsedPage, WorkerLimits, parse_page


class VictimLimits(WorkerLimits):
    """Replaces the parser of its process, so that some pages end it."""

    def apply(self) -> None:
        """Replace the parser. A task is sent by its name, so the process finds the replacement."""
        super().apply()
        parse_pool.parse_page = _parse_victim


class NoStartLimits(WorkerLimits):
    """Limits of a process that never starts."""

    def apply(self) -> None:
        """End the process."""
        os._exit(1)


VICTIM = VictimLimits(seconds=0.7, memory=300_000_000)


def _parse_victim(task: PageTask) -> ParsedPage:
    match task.document.data:
        case b"deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"endless":
            while True:
                pass
        case b"greedy":
            return ParsedPage(compressed_page=bytes(400_000_000))
        case b"who?":
            return ParsedPage(reason=f"{os.getpid()} {os.getsid(0)}")
    return parse_page(task)
