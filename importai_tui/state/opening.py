"""Opens the reading state's file: copied before an upgrade and once a day, restored where it is damaged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importai_tui.errors import DatabaseError
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.state.journal import Journal, MarkIndex
from importai_tui.state.schema import (
    DATABASE_SPEC,
    MIN_FILE_BYTES,
    NEWEST_COPY_SETTING,
    get_daily_copy_path,
    has_copies,
)

COPY_INTERVAL = 3600.0
"""Seconds between two copies in a day: with the last one, no more than an hour of changes can be damaged."""
_TRANSIENT_CODES = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
)
"""Codes of SQLite for what passes by itself, or for what a person must change outside the file."""


@dataclass(frozen=True, slots=True)
class OpenState:
    """An open state: its file, its journal, its marks up to the journal's line `seen`, and what a person must know."""

    database: Database
    journal: Journal
    marks: MarkIndex
    last_line: int
    warning: str | None


def open_state(path: Path, now: Callable[[], datetime], *, copy_daily: bool) -> OpenState:
    """Open the file, beginning a new one where there is none; `daily`: copy it, if that was not done today.

    Raises:
        DatabaseTrouble: the file is damaged and has no good copy, is newer than this program or not ours. It is
            never touched then.
    """
    restored = _restore_if_lost(path, now)
    try:
        opened = _open_file(path, now)
    except DatabaseError as trouble:
        from importai_tui.state.integrity import is_damaged
        from importai_tui.state.recovery import restore_newest_copy

        if not isinstance(trouble, DamagedDatabase) and not (_may_be_damage(trouble) and is_damaged(path)):
            raise
        restored = restore_newest_copy(path, now)
        opened = _open_file(path, now)
    try:
        wrong = _make_copy_if_due(opened, now()) if copy_daily else ()
    except BaseException:
        opened.database.close()
        raise
    return OpenState(
        opened.database, opened.journal, opened.marks, opened.last_line, restored or next(iter(wrong), None)
    )


def get_file_identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever is called so later; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def load_marks(database: Database, journal: Journal) -> tuple[MarkIndex, int]:
    """The marks as they stand, and the journal's last line that they hold."""
    seen = journal.get_last_line_id()  # first: what is written meanwhile is then followed twice, and not never
    rows = database.query("SELECT CAST(key AS TEXT), CAST(field AS TEXT) FROM register WHERE value IS NOT NULL")
    return MarkIndex(rows), seen


def _open_file(path: Path, now: Callable[[], datetime]) -> OpenState:
    def keep_a_copy() -> None:
        from importai_tui.state.backups import copy_before_upgrade

        copy_before_upgrade(path, now())

    database = Database(path, DATABASE_SPEC, before_migration=keep_a_copy)
    try:
        journal = Journal(database, now)
        return OpenState(database, journal, *load_marks(database, journal), warning=None)
    except BaseException:
        database.close()
        raise


def _make_copy_if_due(opened: OpenState, at: datetime) -> tuple[str, ...]:
    """Check and copy it, where that was not done today, or not in the last hour and there is news; what is wrong."""
    database = opened.database
    if not opened.last_line or not _is_copy_due(database, opened.last_line, at):
        return ()
    from importai_tui.state.backups import make_daily_copy

    return make_daily_copy(database, at, replace=True)


def _is_copy_due(database: Database, last: int, at: datetime) -> bool:
    try:
        made = get_daily_copy_path(database.path, at).stat().st_mtime
    except OSError:
        return True
    if at.timestamp() - made < COPY_INTERVAL:
        return False
    noted = database.query("SELECT value FROM setting WHERE name = ?", (NEWEST_COPY_SETTING,))
    return not noted or str(noted[0][0]).partition(" ")[0] != str(last)


def _restore_if_lost(path: Path, now: Callable[[], datetime]) -> str | None:
    """Restore a file that is gone or empty, where there are copies; else it is a new state."""
    # What cannot be looked at is there: opening it says why it cannot be used.
    if os.path.lexists(path) and not (path.is_file() and path.stat().st_size < MIN_FILE_BYTES):
        return None
    if has_copies(path):
        from importai_tui.state.recovery import restore_newest_copy

        return restore_newest_copy(path, now)
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:  # SQLite would delete it
        from importai_tui.state.recovery import quarantine_log

        return quarantine_log(path, now())
    return None


def _may_be_damage(trouble: DatabaseError) -> bool:
    """Whether SQLite's reason is none of those that pass: a full disk, a lock, a folder that must not be written."""
    if isinstance(trouble, (NewerDatabase, ForeignDatabase)):  # a changed bit in the header makes it look so
        return True
    code = getattr(trouble.__cause__, "sqlite_errorcode", 0) & 0xFF
    return isinstance(trouble.__cause__, sqlite3.Error) and code not in _TRANSIENT_CODES
