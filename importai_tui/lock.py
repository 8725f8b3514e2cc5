"""One process at a time, for what SQLite does not guard: files beside a database, and a server that is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock on that file; whether it was to be had. It goes with the process, however that ends.

    Args:
        path: an empty file for this alone, made where there is none, and left there.
        wait: wait until whoever holds it is done.
    """
    try:
        import fcntl
    except ImportError:  # a platform without it: two windows may do the same work twice there, and nothing worse
        yield True
        return
    lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(lock)
