"""Removes files that a killed process of ours left half written."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROCESS = re.compile(r"\.(\d+)\.(?:[^.]+\.)?part(?:-journal|-wal|-shm)?", re.ASCII)
"""The end of such a name: the process, in some names random letters, and what SQLite appends."""
_ANY_AGE = 24 * 3600.0
"""Seconds after which a part is old, even if a process has its number again; to write one takes seconds."""


def remove_leftovers(parts: Iterable[Path]) -> None:
    """Remove those of the files whose process has ended, and those that are old. Never raises."""
    for path in parts:
        with suppress(OSError):
            match = _PROCESS.search(path.name)
            if match and match.end() == len(path.name) and (not _is_running(int(match[1])) or _is_old(path)):
                path.unlink()


def _is_old(path: Path) -> bool:
    return time.time() - path.stat(follow_symlinks=False).st_mtime > _ANY_AGE


def _is_running(process: int) -> bool:
    if process == os.getpid() or os.name == "nt":  # there, the question would end the other process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # a process of another user
        return True
    return True
