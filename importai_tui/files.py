"""Private folders and files, atomic writes, file locks, and quarantine of unusable database files."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from importai_tui.errors import LockError, QuarantineError
from importai_tui.wording import format_os_error

SQLITE_SUFFIXES = ("", "-wal", "-shm")
"""Suffixes of a database file and of the files that SQLite puts beside it."""
_MAX_PREFIX = 52
"""Characters of the target's name in the name of its temporary file, so that any name stays below 255 bytes."""
_LOCKED_ERRNOS = (errno.EAGAIN, errno.EACCES)
_UNSUPPORTED_ERRNOS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)
"""Error numbers of file systems without this kind of lock."""
_MAX_WAIT_SECONDS = 30.0
"""Longer than any work under a lock. A suspended process may hold a lock for days."""
_RETRY_SECONDS = 0.05
_REPLACE_DELAYS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds between the attempts to replace a file that another program has open, which Windows refuses. Virus scanners
and programs that sync folders open each new file for a moment."""

_T = TypeVar("_T")


def make_private_folder(folder: Path) -> None:
    """Make the folder and its missing parents with mode 0700, whatever the umask. An existing folder is not changed.

    `Path.mkdir(parents=True)` leaves the mode of the parents to the umask. Another user who may write there could
    replace our folder.

    Raises:
        NotADirectoryError: a file has the name of the folder.
        OSError: the folder cannot be made.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileNotFoundError:
        if folder.parent.exists():  # the file system itself makes no folders here
            raise
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None


def create_private_file(path: Path) -> BinaryIO:
    """Create an empty file with mode 0600 and open it. Raises FileExistsError if there is a file or a link."""
    return open(path, "x+b", opener=lambda name, flags: os.open(name, flags, 0o600))


def get_file_identity(path: Path) -> tuple[int, int] | None:
    """Return the device and inode of a file, to notice that another file replaced it; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def get_file_size(path: Path) -> int:
    """Return the size in bytes; 0 if there is no such file, which another process may just have deleted."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def is_same_path(one: Path, other: Path) -> bool:
    """Return True if the paths are the same file or folder, also by names that differ only in case."""
    try:
        return one == other or one.samefile(other)
    except OSError:  # one of them does not exist
        return os.path.realpath(one) == os.path.realpath(other)


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Replace the file with what the block writes, complete and durable; on any error the old file stays.

    The new file has mode 0600. A link is replaced, not followed. The temporary file beside it has a random name, so
    that no other user can put a link in its place.

    Raises:
        OSError: the file cannot be written.
    """
    if sys.platform == "win32" and ":" in path.name:  # the text would go to a hidden stream of another file
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    name = f".{path.name[:_MAX_PREFIX]}.{os.getpid()}.{os.urandom(4).hex()}.part"
    part = path.with_name(name)
    try:
        with create_private_file(part) as file:
            yield file
            file.flush()
            flush_to_disk(file.fileno())
        retry_if_open(partial(part.replace, path))
    finally:
        with suppress(PermissionError):  # another program has it open
            part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def flush_to_disk(file: int) -> None:
    """Flush an open file, so that it survives a power cut. On Windows it must be open for writing."""
    if sys.platform == "darwin":  # where fsync leaves the data in the cache of the disk
        import fcntl

        with suppress(OSError):  # a network folder
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
            return
    os.fsync(file)


def retry_if_open(action: Callable[[], _T]) -> _T:
    """Rename, replace or delete a file with `action`; on Windows retry for a second while a program has it open.

    Raises:
        OSError: `action` failed; on Windows also the last time.
    """
    if sys.platform == "win32":
        for delay in _REPLACE_DELAYS:
            try:
                return action()
            except PermissionError:
                time.sleep(delay)
    return action()


@contextmanager
def file_lock(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold an exclusive lock; yields False if another process has it. The lock ends with the process.

    If the file system has no locks, yields True: two processes may then do the same work twice.

    Args:
        path: an empty file for this lock only. It is created with its folder and never removed.
        wait: wait until the other process releases the lock.

    Raises:
        LockError: the file cannot be created or opened, or the wait took too long.
    """
    file = _open_lock_file(path)
    try:
        give_up = time.monotonic() + _MAX_WAIT_SECONDS
        while not (is_free := _try_lock(file, path)) and wait:
            if time.monotonic() > give_up:
                raise LockError(
                    f"Another importai-tui is using {path}. Wait until it is done or close it, then try again."
                )
            time.sleep(_RETRY_SECONDS)
        yield is_free
    finally:
        if sys.platform == "win32":  # where a lock may outlast its file
            import msvcrt

            with suppress(OSError):  # it is locked by another process
                msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
        os.close(file)


def quarantine(path: Path, now: datetime, *, keep_original: bool = False) -> Path | None:
    """Rename an unusable database file, and the files of SQLite beside it, to a name with the time.

    Args:
        path: the database; anything of that name is renamed, also a folder.
        now: an aware time.
        keep_original: give the file a second name instead, so that it stays until another file replaces it. A process
            that is killed in between then leaves the damaged file, and no program starts an empty one.

    Returns:
        The new name; None if there is no file of that name.

    Raises:
        QuarantineError: a file cannot be renamed.
    """
    stem = f"{path.stem}-set-aside-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    target, n = path.with_name(stem + path.suffix), 1
    while any(_with_suffix(target, suffix).exists() for suffix in SQLITE_SUFFIXES):
        n += 1
        target = path.with_name(f"{stem}-{n}{path.suffix}")
    is_there = path.exists()
    for suffix in SQLITE_SUFFIXES:
        source, renamed = _with_suffix(path, suffix), _with_suffix(target, suffix)
        if source.exists():
            try:
                if keep_original and not suffix:
                    _link_or_copy(source, renamed)
                else:
                    retry_if_open(partial(source.rename, renamed))
            except OSError as error:
                reason = format_os_error(error)
                raise QuarantineError(f"{source} can't be used, and can't be renamed: {reason}.") from error
    return target if is_there else None


def quarantine_if_not_a_file(path: Path, now: datetime) -> str | None:
    """Rename a folder, a pipe or a device; return a sentence about it, None if nothing had to be renamed.

    Raises:
        QuarantineError: it cannot be renamed.
    """
    if not path.exists() or path.is_file():
        return None
    return f"{path} was not a file. It was renamed to {quarantine(path, now)}."


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _link_or_copy(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError:  # a file system without hard links
        import shutil  # rarely needed, and slow to import

        shutil.copyfile(path, target)


def _sync_folder(folder: Path) -> None:
    """Make a new name in the folder durable, if the system can."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            flush_to_disk(opened)
        finally:
            os.close(opened)


def _open_lock_file(path: Path) -> int:
    try:
        make_private_folder(path.parent)
        return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise _lock_error(error, path) from error


def _try_lock(file: int, path: Path) -> bool:
    for lock in _list_locks():
        try:
            lock(file)
        except OSError as error:
            if error.errno in _LOCKED_ERRNOS:
                return False
            if error.errno not in _UNSUPPORTED_ERRNOS:
                raise _lock_error(error, path) from error
        else:
            return True
    return True


def _list_locks() -> tuple[Callable[[int], None], ...]:
    """Return the functions of the system that lock an open file, or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        return (lambda file: msvcrt.locking(file, msvcrt.LK_NBLCK, 1),)  # the first byte, which need not exist
    import fcntl

    flags = fcntl.LOCK_EX | fcntl.LOCK_NB
    # Some network file systems have only the second kind.
    return lambda file: fcntl.flock(file, flags), lambda file: fcntl.lockf(file, flags)


def _lock_error(error: OSError, path: Path) -> LockError:
    reason = format_os_error(error)
    if error.errno == errno.EISDIR:
        return LockError(f"Can't use the lock file {path}: {reason}. Move it away.")
    return LockError(f"Can't use the lock file {path}: {reason}. Check the permissions of {path.parent}.")
