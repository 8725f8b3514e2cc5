"""Opens the reading state's file: copied before an upgrade and once a day, restored where it is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from importai_tui.archive.database import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.errors import DatabaseTrouble
from importai_tui.reading.beside import daily_copy
from importai_tui.reading.journal import Journal
from importai_tui.reading.marks import Marks
from importai_tui.reading.schema import PLAN
from importai_tui.values import value


@value
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
    restored = _restored_if_emptied(path, now)
    try:
        opened = _open(path, now)
    except (NewerDatabase, ForeignDatabase):
        raise
    except DatabaseTrouble as trouble:
        from importai_tui.reading.backups import is_damaged, restore_newest_good

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
        from importai_tui.reading.backups import copy_before_upgrade

        copy_before_upgrade(path, now())

    database = Database(path, PLAN, before_upgrade=keep_a_copy)
    try:
        journal = Journal(database, now)
        return Opened(database, journal, *load(database, journal), warning=None)
    except BaseException:
        database.close()
        raise


def _copied_today(opened: Opened, at: datetime) -> tuple[str, ...]:
    """Copy it, if there is anything in it and today has no copy; what is wrong with it else."""
    if not opened.seen or daily_copy(opened.database.path, at).exists():
        return ()
    from importai_tui.reading.backups import keep_daily

    return keep_daily(opened.database, at)


def _restored_if_emptied(path: Path, now: Callable[[], datetime]) -> str | None:
    """An empty file is a new state, unless there are copies of what was in it."""
    wal = path.with_name(path.name + "-wal")
    emptied = path.is_file() and not path.stat().st_size and not wal.exists()
    if not emptied:
        return None
    from importai_tui.reading.backups import copies, restore_newest_good

    return restore_newest_good(path, now) if copies(path) else None


def _may_be_damage(trouble: DatabaseTrouble) -> bool:
    """Whether SQLite's reason is none of those that pass: a full disk, a lock, a folder that must not be written."""
    code = getattr(trouble.__cause__, "sqlite_errorcode", 0) & 0xFF
    return isinstance(trouble.__cause__, sqlite3.Error) and code in (0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_IOERR)
