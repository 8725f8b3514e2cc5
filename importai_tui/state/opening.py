"""Opens the reading state's file: copied before an upgrade and once a day, restored where it is damaged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importai_tui.errors import DatabaseTrouble
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.state.journal import Journal, Marks
from importai_tui.state.schema import NEWEST_COPY, PLAN, SMALLEST, daily_copy, has_copies

COPY_SECONDS = 3600.0
"""Seconds between two copies in a day: with the last one, no more than an hour of changes can be damaged."""
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM)
"""Codes of SQLite for what passes by itself, or for what a person must change outside the file."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open state: its file, its journal, its marks up to the journal's line `seen`, and what a person must know."""

    database: Database
    journal: Journal
    marks: Marks
    seen: int
    warning: str | None


def open_state(path: Path, now: Callable[[], datetime], *, daily: bool) -> Opened:
    """Open the file, beginning a new one where there is none; `daily`: copy it, if that was not done today.

    Raises:
        DatabaseTrouble: the file is damaged and has no good copy, is newer than this program or not ours. It is
            never touched then.
    """
    restored = _restored_if_lost(path, now)
    try:
        opened = _open(path, now)
    except DatabaseTrouble as trouble:
        from importai_tui.state.integrity import is_damaged
        from importai_tui.state.recovery import restore_newest_good

        if not isinstance(trouble, DamagedDatabase) and not (_may_be_damage(trouble) and is_damaged(path)):
            raise
        restored = restore_newest_good(path, now)
        opened = _open(path, now)
    try:
        wrong = _copied_today(opened, now()) if daily else ()
    except BaseException:
        opened.database.close()
        raise
    return Opened(opened.database, opened.journal, opened.marks, opened.seen, restored or next(iter(wrong), None))


def identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever is called so later; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def load(database: Database, journal: Journal) -> tuple[Marks, int]:
    """The marks as they stand, and the journal's last line that they hold."""
    seen = journal.last()  # first: what is written meanwhile is then followed twice, and not never
    rows = database.rows("SELECT CAST(key AS TEXT), CAST(field AS TEXT) FROM register WHERE value IS NOT NULL")
    return Marks(rows), seen


def _open(path: Path, now: Callable[[], datetime]) -> Opened:
    def keep_a_copy() -> None:
        from importai_tui.state.backups import copy_before_upgrade

        copy_before_upgrade(path, now())

    database = Database(path, PLAN, before_upgrade=keep_a_copy)
    try:
        journal = Journal(database, now)
        return Opened(database, journal, *load(database, journal), warning=None)
    except BaseException:
        database.close()
        raise


def _copied_today(opened: Opened, at: datetime) -> tuple[str, ...]:
    """Check and copy it, where that was not done today, or not in the last hour and there is news; what is wrong."""
    database = opened.database
    if not opened.seen or not _is_copy_due(database, opened.seen, at):
        return ()
    from importai_tui.state.backups import keep_daily

    return keep_daily(database, at, anew=True)


def _is_copy_due(database: Database, last: int, at: datetime) -> bool:
    try:
        made = daily_copy(database.path, at).stat().st_mtime
    except OSError:
        return True
    if at.timestamp() - made < COPY_SECONDS:
        return False
    noted = database.rows("SELECT value FROM setting WHERE name = ?", (NEWEST_COPY,))
    return not noted or str(noted[0][0]).partition(" ")[0] != str(last)


def _restored_if_lost(path: Path, now: Callable[[], datetime]) -> str | None:
    """Restore a file that is gone or empty, where there are copies; else it is a new state."""
    # What cannot be looked at is there: opening it says why it cannot be used.
    if os.path.lexists(path) and not (path.is_file() and path.stat().st_size < SMALLEST):
        return None
    if has_copies(path):
        from importai_tui.state.recovery import restore_newest_good

        return restore_newest_good(path, now)
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:  # SQLite would delete it
        from importai_tui.state.recovery import set_log_aside

        return set_log_aside(path, now())
    return None


def _may_be_damage(trouble: DatabaseTrouble) -> bool:
    """Whether SQLite's reason is none of those that pass: a full disk, a lock, a folder that must not be written."""
    if isinstance(trouble, (NewerDatabase, ForeignDatabase)):  # a changed bit in the header makes it look so
        return True
    code = getattr(trouble.__cause__, "sqlite_errorcode", 0) & 0xFF
    return isinstance(trouble.__cause__, sqlite3.Error) and code not in _PASSING
