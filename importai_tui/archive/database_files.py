"""The file of a database: who may read it, and what its file system can do."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from importai_tui.errors import DatabaseTrouble
from importai_tui.files import SQLITE_SUFFIXES, create_private_file, make_private_folder

_REFUSED = (errno.ENODEV, errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
"""Error numbers that mean: this file system does not support the operation."""
_PROBE_BYTES = 32 * 1024
"""As large as the smallest file of shared memory that SQLite makes."""


def make_private(path: Path, name: str) -> None:
    """Make the file, readable by its owner only, before SQLite would make it readable by all."""
    try:
        make_private_folder(path.parent)
    except NotADirectoryError:
        raise DatabaseTrouble(f"{path.parent} is no folder, so the {name} cannot be in it. Move it away.") from None
    try:
        create_private_file(path).close()
    except FileExistsError:
        if path.is_symlink() and not path.exists():
            raise DatabaseTrouble(
                f"The {name} {path} is a link to {path.readlink()}, which leads nowhere. "
                "Bring that back, or remove the link."
            ) from None
        # A pipe or a device would block or be written to; a folder has no business here.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DatabaseTrouble(
                f"{path} is no file, so it cannot be the {name}. "
                f"Move it away, or let this do so: importai-tui doctor --repair"
            ) from None


def close_to_others(path: Path) -> None:
    """Make the file, and the files that SQLite keeps beside it, readable by their owner alone."""
    with suppress(OSError):  # a file system without modes, or the file of another user: its mode cannot be changed
        if path.stat().st_mode & 0o077:
            for ending in SQLITE_SUFFIXES:
                path.with_name(path.name + ending).chmod(0o600)


def shares_memory(path: Path) -> bool:
    """Tell whether files beside `path` can be mapped as shared memory, which the write-ahead log needs."""
    import mmap

    def map_file(file: int) -> None:
        os.ftruncate(file, _PROBE_BYTES)
        mmap.mmap(file, _PROBE_BYTES).close()

    return _offers(path, "-shm", map_file)


def require_locks(path: Path, name: str) -> None:
    """Make sure that files beside `path` can be locked; else SQLite believes for ever that another has a lock.

    Raises:
        DatabaseTrouble: the file system has no locks.
    """
    try:
        import fcntl
    except ImportError:  # another platform, which always has locks
        return
    if not _offers(path, "-lock", lambda file: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)):
        raise DatabaseTrouble(
            f"The file system of {path.parent} offers no locks, so the {name} cannot be used there. "
            "Mount it with locks, or move the files to a local disk."
        )


def _offers(path: Path, ending: str, probe: Callable[[int], object]) -> bool:
    """Try something with a new file beside `path`; True as well where no such file can be made, on a full disk."""
    try:
        with _probe_file(path, ending) as file:
            probe(file)
    except OSError as error:
        return error.errno not in _REFUSED
    return True


@contextmanager
def _probe_file(path: Path, ending: str) -> Iterator[int]:
    name = path.with_name(f".{path.name}.{os.getpid()}{ending}")
    try:
        file = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:  # the folder cannot be written: the probe says nothing then
        raise OSError(errno.ENOSPC, "no probe") from error
    try:
        yield file
    finally:
        os.close(file)
        name.unlink(missing_ok=True)
