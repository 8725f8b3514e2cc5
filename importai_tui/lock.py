"""A file lock: one process at a time, for what SQLite does not guard."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importai_tui.errors import LockTrouble
from importai_tui.folders import make_folder

_HELD = (errno.EAGAIN, errno.EACCES)
_UNSUPPORTED = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
"""The file system has no locks of that kind."""
_WAIT_SECONDS = 30.0
"""Longer than any work under a lock takes; a process that was stopped meanwhile may hold it for days."""
_RETRY_SECONDS = 0.05


@contextmanager
def alone(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock on that file; yields whether it was free. It goes with the process, however that ends.

    Where the file system has no locks, yields True: two windows may do the same work twice there.

    Args:
        path: an empty file for this alone, made with its folder where there is none, and left there.
        wait: wait until another process is done.

    Raises:
        LockTrouble: the file cannot be made or opened, or the wait took too long.
    """
    try:
        import fcntl  # noqa: F401 - asked first, so that no file is made where there are no locks
    except ImportError:  # another platform
        yield True
        return
    file = _opened(path)
    try:
        give_up = time.monotonic() + _WAIT_SECONDS
        while not (is_free := _try_lock(file, path)) and wait:
            if time.monotonic() > give_up:
                raise LockTrouble(f"Another program holds the lock {path}. End it there, then try again.")
            time.sleep(_RETRY_SECONDS)
        yield is_free
    finally:
        os.close(file)


def _opened(path: Path) -> int:
    try:
        make_folder(path.parent)
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _explained(error, path) from error


def _try_lock(file: int, path: Path) -> bool:
    import fcntl

    for lock in (fcntl.flock, fcntl.lockf):  # some network file systems have only the second kind
        try:
            lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            if error.errno not in _UNSUPPORTED:
                raise _explained(error, path) from error
        else:
            return True
    return True


def _explained(error: OSError, path: Path) -> LockTrouble:
    reason = (error.strerror or str(error)).lower()
    if error.errno == errno.EISDIR:
        return LockTrouble(f"The lock file {path} cannot be used: {reason}. Move it away.")
    return LockTrouble(f"The lock file {path} cannot be used: {reason}. Check who may write in {path.parent}.")
