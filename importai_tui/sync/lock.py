"""One sync at a time: two would ask the same server the same things."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importai_tui.errors import SyncTrouble


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock on that file. It goes with the process, however that ends; the file stays.

    Raises:
        SyncTrouble: another sync holds it.
    """
    try:
        import fcntl
    except ImportError:  # a platform without it: two syncs are impolite there, and nothing worse
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SyncTrouble("Another sync is running. Wait for it, or stop it there.") from None
        yield
    finally:
        os.close(lock)
