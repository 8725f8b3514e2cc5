"""Errors of the databases, and the message for each error of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importai_tui.errors import DatabaseError
from importai_tui.wording import format_os_error

WRITE_ERROR_CODES = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
"""Codes of SQLite if it cannot write to the file, or to one beside it."""
_MIN_FREE_BYTES = 64 * 1024
"""With less free space SQLite cannot create the smallest of its files."""
_DAMAGE_MESSAGES = (
    "unsupported file format",
    "no such table",
    "no such column",
    "duplicate column name",
    "Could not decode",
)
"""Beginnings of messages that mean damage, although their codes do not: a changed header, table or text."""


class DamagedDatabase(DatabaseError):
    """The file is no readable database."""


class ForeignDatabase(DatabaseError):
    """The file is a database of another program."""


class QueryCancelled(DatabaseError):
    """Another thread has cancelled the query."""


class DamagedStory(DatabaseError):
    """The row of a story cannot be read."""

    def __init__(self) -> None:
        super().__init__("A story in the archive is damaged. Repair it: importai-tui doctor --repair")


class NewerDatabase(DatabaseError):
    """A newer version of this program wrote the file."""


class BusyDatabase(DatabaseError):
    """Another program holds a lock on the file for longer than the lock timeout."""


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code, the low byte; 0 if Python's module raised the error."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Return True for an error that means a damaged file, not a lock, a full disk or a missing permission."""
    if primary_code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return True
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHORT_READ:  # the file ends within a page
        return True
    text = str(error)
    # "… already exists": the version in the header is too low, so a migration was tried.
    return text.startswith(_DAMAGE_MESSAGES) or text.endswith("already exists")


def is_header_read_only(path: Path) -> bool:
    """Return True if the header forbids SQLite to write; in a file of this program that is damage.

    It ends the locks of all connections of this process to the file, so call it only after SQLite has failed to write.
    """
    try:
        with path.open("rb") as file:
            return file.read(19)[18:] not in (b"\x01", b"\x02")
    except OSError:
        return False


@contextmanager
def translate_errors(path: Path, name: str, remedy: str) -> Iterator[None]:
    """Turn every error of SQLite and of the system into a `DatabaseError` that names the file.

    Args:
        path: the file.
        name: its name in messages.
        remedy: a sentence about what to do if it is damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _translate_sqlite_error(error, path, name, remedy) from error
    except UnicodeDecodeError as error:  # a name in the schema is not UTF-8
        raise DamagedDatabase(f"The {name} {path} is damaged. {remedy}") from error
    except UnicodeEncodeError as error:  # a surrogate, which no file can hold
        raise DatabaseError(f"The {name} {path} can't store this text: {error.reason}.") from error
    except OSError as error:
        reason = format_os_error(error)
        line = f"Can't open the {name} {path}: {reason}. Check the permissions there."
        raise DatabaseError(line) from error


@contextmanager
def translate_story_errors() -> Iterator[None]:
    """Turn every error that a damaged row can cause into a `DamagedStory`."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise DamagedStory from error


def _translate_sqlite_error(error: sqlite3.Error, path: Path, name: str, remedy: str) -> DatabaseError:
    if is_damage(error):
        return DamagedDatabase(f"The {name} {path} is damaged. {remedy}")
    code = primary_code(error)
    if code in WRITE_ERROR_CODES and _is_disk_full(path):
        code = sqlite3.SQLITE_FULL
    if code == sqlite3.SQLITE_READONLY and is_header_read_only(path):
        return DamagedDatabase(f"The {name} {path} is damaged. {remedy}")
    match code:
        case sqlite3.SQLITE_INTERRUPT:
            return QueryCancelled("Cancelled.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyDatabase(
                f"The {name} {path} is in use by another program. Close that program or try again in a moment."
            )
        case sqlite3.SQLITE_FULL:
            return DatabaseError(f"Can't save to the {name} {path}: the disk is full. This change was not saved.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DatabaseError(f"Can't write to the {name} {path}. Check the permissions there.")
        case _:
            return DatabaseError(f"The {name} {path} failed: {error}. {remedy}")


def _is_disk_full(path: Path) -> bool:
    # Imported here, because it loads every kind of compression and only a failed write needs it.
    from shutil import disk_usage

    try:
        return disk_usage(path.parent).free < _MIN_FREE_BYTES
    except OSError:
        return False
