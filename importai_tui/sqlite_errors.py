"""Errors of a database of ours, and the sentence for each error of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importai_tui.errors import DatabaseTrouble

NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
"""Codes of SQLite where it cannot write to the file, or to one beside it."""
_LEAST_ROOM = 64 * 1024
"""Bytes: with fewer free SQLite cannot make the smallest of the files that it needs beside one."""
_DAMAGE = ("unsupported file format", "no such table", "no such column", "duplicate column name", "Could not decode")
"""Beginnings of messages that stand for damage, though their codes do not: a changed header, table or text.

"Already exists" is the end of another: the version in the header is too low, so an upgrade was tried."""


class DamagedDatabase(DatabaseTrouble):
    """The file is no readable database."""


class ForeignDatabase(DatabaseTrouble):
    """The file is a database of another program."""


class Interrupted(DatabaseTrouble):
    """Another thread has cancelled the query."""


class DamagedStory(DatabaseTrouble):
    """A story's row cannot be read."""

    def __init__(self) -> None:
        super().__init__("A story in the archive is damaged. Repair it: importai-tui doctor --repair")


class NewerDatabase(DatabaseTrouble):
    """The file was written by a newer version of this program."""


class BusyDatabase(DatabaseTrouble):
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
    return text.startswith(_DAMAGE) or text.endswith("already exists")


@contextmanager
def explained(path: Path, name: str, remedy: str) -> Iterator[None]:
    """Turn every failure of SQLite and of the system into a `DatabaseTrouble` that names the file.

    `name` is what the file is called, `remedy` a sentence about what to do where it is damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, path, name, remedy) from error
    except UnicodeDecodeError as error:  # a name in the schema is no UTF-8
        raise DamagedDatabase(f"The {name} {path} is damaged. {remedy}") from error
    except UnicodeEncodeError as error:  # half a character, which no file can hold
        raise DatabaseTrouble(f"The {name} {path} cannot store this text: {error.reason}.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        line = f"The {name} {path} cannot be opened: {reason}. Check who may read and write there."
        raise DatabaseTrouble(line) from error


def is_header_read_only(path: Path) -> bool:
    """Tell whether the header forbids SQLite to write, as only a changed bit does in a file of ours."""
    try:
        with path.open("rb") as file:
            return file.read(19)[18:] not in (b"\x01", b"\x02")
    except OSError:
        return False


def _explain(error: sqlite3.Error, path: Path, name: str, remedy: str) -> DatabaseTrouble:
    if is_damage(error):
        return DamagedDatabase(f"The {name} {path} is damaged. {remedy}")
    code = primary_code(error)
    if code in NO_ROOM and _is_full(path):
        code = sqlite3.SQLITE_FULL
    if code == sqlite3.SQLITE_READONLY and is_header_read_only(path):
        return DamagedDatabase(f"The {name} {path} is damaged. {remedy}")
    match code:
        case sqlite3.SQLITE_INTERRUPT:
            return Interrupted("It was broken off.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return BusyDatabase(
                f"The {name} {path} is in use by another program. Close that program, or try again in a moment."
            )
        case sqlite3.SQLITE_FULL:
            return DatabaseTrouble(f"The {name} {path} cannot grow: the disk is full. Nothing of this step was kept.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DatabaseTrouble(f"The {name} {path} cannot be written. Check who may write there.")
        case _:
            return DatabaseTrouble(f"The {name} {path} does not work: {error}. {remedy}")


def _is_full(path: Path) -> bool:
    # Imported here: only a write without room needs it, and it loads every kind of compression.
    from shutil import disk_usage

    try:
        return disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False


@contextmanager
def story_errors() -> Iterator[None]:
    """Turn whatever a damaged row makes of its reader into a `DamagedStory`."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise DamagedStory from error
