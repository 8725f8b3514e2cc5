"""Looks at processes that tests have started."""

from __future__ import annotations

import os


def is_running(pid: int) -> bool:
    """Return True while a process of this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
