"""Opens the reading state's file: copies it before an upgrade and once a day, and restores it if it is damaged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from importai_tui.errors import DatabaseError
from importai_tui.files import get_file_size
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase, is_read_only
from importai_tui.state.journal import Journal, MarkIndex
from importai_tui.state.schema import (
    DATABASE_SPEC,
    MIN_FILE_BYTES,
    NEWEST_COPY_SETTING,
    get_daily_copy_path,
    has_copies,
)

COPY_INTERVAL = 3600.0
"""Seconds between two copies on one day, so that damage can cost an hour of changes at most."""
_TRANSIENT_CODES = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
)
"""SQLite's codes of errors that pass, or that the user must solve outside the file."""


class OpenState(NamedTuple):
    """An open state. `marks` includes the journal up to `last_line`; `warning` is for the user."""

    database: Database
    journal: Journal
    marks: MarkIndex
    last_line: int
    warning: str | None


def open_state(path: Path, now: Callable[[], datetime], *, copy_daily: bool) -> OpenState:
    """Open the file; it is created if there is none. With `copy_daily`, today's copy is made if it is due.

    Within `sqlite.read_only`, nothing is created, restored or copied.

    Raises:
        DatabaseError: the file is damaged and has no good copy, is newer than this program, or belongs to another
            program. It is not changed in these cases.
    """
    if is_read_only():
        return _open_file(path, now)
    restored = _restore_if_lost(path, now)
    try:
        opened = _open_file(path, now)
    except DatabaseError as error:
        from importai_tui.state.integrity import is_damaged
        from importai_tui.state.recovery import restore_newest_copy

        if not isinstance(error, DamagedDatabase) and not (_may_be_damage(error) and is_damaged(path)):
            raise
        restored = restore_newest_copy(path, now)
        opened = _open_file(path, now)
    try:
        problems = _make_copy_if_due(opened, now()) if copy_daily else ()
    except BaseException:
        opened.database.close()
        raise
    return opened._replace(warning=restored or next(iter(problems), None))


def load_marks(database: Database, journal: Journal) -> tuple[MarkIndex, int]:
    """Return all marks, and the id of the last journal line that they include."""
    last_line = journal.get_last_line_id()  # read first, so that a concurrent line is applied twice, not never
    rows = database.query("SELECT CAST(key AS TEXT), CAST(field AS TEXT) FROM register WHERE value IS NOT NULL")
    return MarkIndex(rows), last_line


def _open_file(path: Path, now: Callable[[], datetime]) -> OpenState:
    def make_copy() -> None:
        from importai_tui.state.backups import copy_before_upgrade

        copy_before_upgrade(path, now())

    database = Database(path, DATABASE_SPEC, before_migration=make_copy)
    try:
        journal = Journal(database, now)
        return OpenState(database, journal, *load_marks(database, journal), warning=None)
    except BaseException:
        database.close()
        raise


def _make_copy_if_due(opened: OpenState, at: datetime) -> tuple[str, ...]:
    """Check and copy the state if there is no copy of today, or if it is old and lacks changes.

    Returns sentences about damage; empty if there is none.
    """
    database = opened.database
    if not opened.last_line or not _is_copy_due(database, opened.last_line, at):
        return ()
    from importai_tui.state.backups import make_daily_copy

    return make_daily_copy(database, at, replace=True)


def _is_copy_due(database: Database, last_line: int, at: datetime) -> bool:
    try:
        copied_at = get_daily_copy_path(database.path, at).stat().st_mtime
    except OSError:
        return True
    if at.timestamp() - copied_at < COPY_INTERVAL:
        return False
    newest = database.query("SELECT value FROM setting WHERE name = ?", (NEWEST_COPY_SETTING,))
    return not newest or str(newest[0][0]).partition(" ")[0] != str(last_line)


def _restore_if_lost(path: Path, now: Callable[[], datetime]) -> str | None:
    """Restore a missing or empty file from its copies; returns a sentence for the user, or None for a new state."""
    if not _is_lost(path):
        return None
    if has_copies(path):
        from importai_tui.state.recovery import restore_newest_copy

        return restore_newest_copy(path, now)
    log = path.with_name(path.name + "-wal")
    # SQLite would delete the log. But another window may have created the file since the first look, before its log.
    if get_file_size(log) and _is_lost(path):
        from importai_tui.state.recovery import quarantine_log

        return quarantine_log(path, now())
    return None


def _is_lost(path: Path) -> bool:
    """Return True if the file is missing or empty.

    A path that is not a readable file counts as present, because opening it reports why it cannot be used.
    """
    return not os.path.lexists(path) or (path.is_file() and get_file_size(path) < MIN_FILE_BYTES)


def _may_be_damage(error: DatabaseError) -> bool:
    """Return False for errors that damage cannot cause: a full disk, a lock, missing permissions."""
    if isinstance(error, (NewerDatabase, ForeignDatabase)):  # a changed bit in the header can cause these
        return True
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error.__cause__, sqlite3.Error) and code not in _TRANSIENT_CODES
