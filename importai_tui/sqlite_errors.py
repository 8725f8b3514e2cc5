"""Errors of a database of ours, and the sentence for each error of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importai_tui.errors import DatabaseError

WRITE_ERROR_CODES = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
"""Codes of SQLite where it cannot write to the file, or to one beside it."""
_MIN_FREE_BYTES = 64 * 1024
"""Bytes: with fewer free SQLite cannot make the smallest of the files that it needs beside one."""
_DAMAGE_MESSAGES = (
    "unsupported file format",
    "no such table",
    "no such column",
    "duplicate column name",
    "Could not decode",
)
"""Beginnings of messages that stand for damage, though their codes do not: a changed header, table or text.

"Already exists" is the end of another: the version in the header is too low, so an upgrade was tried."""


class DamagedDatabase(DatabaseError):
    """The file is no readable database."""


class ForeignDatabase(DatabaseError):
    """The file is a database of another program."""


class QueryCancelled(DatabaseError):
    """Another thread has cancelled the query."""


class DamagedStory(DatabaseError):
    """A story's row cannot be read."""

    def __init__(self) -> None:
        super().__init__("A story in the archive is damaged. Repair it: importai-tui doctor --repair")


class NewerDatabase(DatabaseError):
    """The file was written by a newer version of this program."""


class BusyDatabase(DatabaseError):
    """Another program holds a lock on the file, longer than this one waits."""


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code, the low byte; 0 where the error is not from SQLite but from Python's module."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error shows a damaged file, and not a lock, a full disk or a missing permission."""
    if primary_code(error) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return True
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHORT_READ:  # the file ends within a page
        return True
    text = str(error)
    return text.startswith(_DAMAGE_MESSAGES) or text.endswith("already exists")


@contextmanager
def translate_errors(path: Path, name: str, remedy: str) -> Iterator[None]:
    """Turn every failure of SQLite and of the system into a `DatabaseTrouble` that names the file.

    `name` is what the file is called, `remedy` a sentence about what to do where it is damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _translate_sqlite_error(error, path, name, remedy) from error
    except UnicodeDecodeError as error:  # a name in the schema is no UTF-8
        raise DamagedDatabase(f"The {name} {path} is damaged. {remedy}") from error
    except UnicodeEncodeError as error:  # half a character, which no file can hold
        raise DatabaseError(f"The {name} {path} cannot store this text: {error.reason}.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        line = f"The {name} {path} cannot be opened: {reason}. Check who may read and write there."
        raise DatabaseError(line) from error


def is_header_read_only(path: Path) -> bool:
    """Tell whether the header forbids SQLite to write, as only a changed bit does in a file of ours."""
    try:
        with path.open("rb") as file:
            return file.read(19)[18:] not in (b"\x01", b"\x02")
    except OSError:
        return False


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
            return QueryCancelled("It was broken off.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyDatabase(
                f"The {name} {path} is in use by another program. Close that program, or try again in a moment."
            )
        case sqlite3.SQLITE_FULL:
            return DatabaseError(f"The {name} {path} cannot grow: the disk is full. Nothing of this step was kept.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DatabaseError(f"The {name} {path} cannot be written. Check who may write there.")
        case _:
            return DatabaseError(f"The {name} {path} does not work: {error}. {remedy}")


def _is_disk_full(path: Path) -> bool:
    # Imported here: only a write without room needs it, and it loads every kind of compression.
    from shutil import disk_usage

    try:
        return disk_usage(path.parent).free < _MIN_FREE_BYTES
    except OSError:
        return False


@contextmanager
def translate_story_errors() -> Iterator[None]:
    """Turn whatever a damaged row makes of its reader into a `DamagedStory`."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise DamagedStory from error
