"""Copies of the reading state beside it: one a day, one before each upgrade, and the way back when it is damaged.

Nothing is ever deleted here but a copy of our own that newer ones have replaced.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from importai_tui.archive.database import DamagedDatabase, Database
from importai_tui.errors import DatabaseTrouble
from importai_tui.lock import alone
from importai_tui.reading.beside import backups_of, daily_copy, lock_of
from importai_tui.reading.checking import faults
from importai_tui.reading.fields import Register, Unfit, checked_register, newest
from importai_tui.reading.journal import Journal
from importai_tui.reading.schema import PLAN

KEPT = 7
"""Daily copies: a week is long enough to come back from a holiday and see that something is wrong."""
_BEFORE = "reading-before-"
_DAILY = re.compile(r"reading-(\d{4}-\d\d-\d\d)\.sqlite3", re.ASCII)


def keep_daily(database: Database, at: datetime, *, anew: bool = False) -> tuple[str, ...]:
    """Copy today's state into `backups/`, if the state is good; what is wrong with it else.

    Once a day, unless it is to be made `anew`. A copy that cannot be written is no reason to stop: it is tried again
    at the next start.
    """
    target = daily_copy(database.path, at)
    try:
        if (target.exists() and not anew) or not database.rows("SELECT 1 FROM journal LIMIT 1"):
            return ()
        if wrong := faults(database):
            return wrong
    except DatabaseTrouble as trouble:
        return (str(trouble),)
    with suppress(OSError, DatabaseTrouble):
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _copy(database.run, target)
        # Those with a later day come from a clock that was wrong: were they the newest, no other would stay any more.
        for old in sorted(backups(database.path), key=lambda copy: copy.name <= target.name, reverse=True)[KEPT:]:
            old.unlink()
    return ()


def backups(path: Path) -> list[Path]:
    """The daily copies of the state at `path`, newest first."""
    return sorted((p for p in backups_of(path).glob("*") if _DAILY.fullmatch(p.name)), reverse=True)


def copies(path: Path) -> list[Path]:
    """The daily copies, and those from before an upgrade."""
    return [*backups(path), *path.parent.glob(f"{_BEFORE}*.sqlite3")]


def copy_before_upgrade(path: Path, at: datetime) -> Path | None:
    """Copy a state of an older version beside it, before it is upgraded; the copy, None where none was needed.

    Raises:
        DatabaseTrouble: the copy cannot be written, so it must not be upgraded.
    """
    if not path.is_file() or not 0 < _version(path) < PLAN.version:
        return None
    target = path.with_name(f"{_BEFORE}{PLAN.version}-{_stamped(at)}.sqlite3")
    try:
        with closing(sqlite3.connect(path)) as connection:
            _copy(connection.execute, target)
    except (sqlite3.Error, OSError) as error:
        line = f"{path} must be upgraded, and the copy {target} before that cannot be written: {error}."
        raise DatabaseTrouble(f"{line} Make room there.") from error
    if _version(target) == PLAN.version:  # another window has upgraded it meanwhile, and has the copy
        target.unlink()
        return None
    return target


def restore_newest_good(path: Path, now: Callable[[], datetime]) -> str:
    """Set the damaged state aside and put the newest good copy in its place; a sentence that tells so.

    What the damaged file still tells of newer changes is taken over.

    Raises:
        DamagedDatabase: there is no good copy; the file is left as it is.
    """
    with alone(lock_of(path), wait=True):
        if path.stat().st_size and not is_damaged(path):
            return f"The reading state {path} was damaged, and another window has restored it."
        if newest_copy := _newest_good(path, now):
            last, restored = newest_copy
            aside = _set_aside(path, now())
            restored.replace(path)
            return (
                f"The reading state was damaged. It is kept as {aside}, and a copy of all that was done until "
                f"{last[:16].replace('T', ' ')} UTC is in its place{_taken_over((aside, *copies(path)), path, now)}."
            )
    raise DamagedDatabase(
        f"The reading state {path} is damaged, and there is no good copy of it in {backups_of(path)}. "
        "See what can be saved: importai-tui doctor --repair"
    )


def begin_anew(path: Path, now: Callable[[], datetime]) -> str | None:
    """Set a damaged state aside and begin a new one with all that can be read of it; a sentence that tells so.

    For where no good copy is left. None where the file is not damaged: then it is left as it is.
    """
    with alone(lock_of(path), wait=True):
        if path.stat().st_size and not is_damaged(path):
            return None
        fresh = path.with_name(f"{path.stem}-anew{path.suffix}")
        _remove(fresh)
        aside = _set_aside(path, now())
        taken = _taken_over((aside, *copies(path)), fresh, now)
        fresh.replace(path)
        return f"The reading state was damaged. It is kept as {aside}, and a new one is in its place{taken}."


def is_damaged(path: Path) -> bool:
    """Whether SQLite finds the file damaged, or a table is gone; False for a file that only cannot be opened now."""
    try:
        with closing(_reading_only(path)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return True
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
            return bool(tables) and not {"story", "step", "journal", "setting"} <= tables
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        # Without a code it is Python that found a text which is none.
        return code & 0xFF in (0, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code == _SHORT_READ


_SHORT_READ = 522
"""SQLITE_IOERR_SHORT_READ: the file ends within a page."""


def _newest_good(path: Path, now: Callable[[], datetime]) -> tuple[str, Path] | None:
    """The copy with the latest change in it, put beside the state in today's version, and the time of that change."""
    for left in path.parent.glob(f"{path.stem}-restoring*{path.suffix}"):  # by one that was killed
        _remove(left)
    good = []
    for n, copy in enumerate(copies(path)):
        candidate = path.with_name(f"{path.stem}-restoring-{n}{path.suffix}")
        if last := _last_change(copy, candidate, now):
            good.append((*last, candidate))
        else:
            _remove(candidate)
    if not good:
        return None
    *older, (at, _, restored) = sorted(good)
    for _, _, one in older:
        _remove(one)
    return at, restored


def _last_change(copy: Path, restored: Path, now: Callable[[], datetime]) -> tuple[str, int] | None:
    """Put the copy at `restored`, in today's version; when its last change was made, None where it is not good.

    With the number of the last line of its journal: where a clock was once ahead, many have that one time.
    """
    try:
        _make_private(restored)
        shutil.copyfile(copy, restored)
        with closing(Database(restored, PLAN)) as database:
            journal = Journal(database, now)
            return None if faults(database) else (journal.last_change(), journal.last())
    except (OSError, DatabaseTrouble):
        return None


def _taken_over(others: Iterable[Path], path: Path, now: Callable[[], datetime]) -> str:
    """The end of a sentence: how much newer could be read of other files, damaged ones too, and is kept now."""
    with closing(Database(path, PLAN)) as database:
        journal = Journal(database, now)
        present = {(r.key, r.field): r.at for r, _ in journal.registers()}
        found = [register for other in others for register in _salvaged(other)]
        # Only what is newer: of two values of one time the damaged one may be the wrong one.
        newer = [r for r in newest(found).values() if r.at > present.get((r.key, r.field), "")]
        count = len(journal.merge(newer, {}, "merge"))
    if not count:
        return ""
    return f", with {'1 newer change' if count == 1 else f'{count:,} newer changes'} that could still be read"


def _salvaged(aside: Path) -> Iterator[Register]:
    """Whatever can still be read of a damaged state, in no order and some of it twice."""
    said = "SELECT key, field, new, at, machine FROM journal ORDER BY id"
    for sql in ("SELECT key, field, value, at, machine FROM register", said, f"{said} DESC"):
        with suppress(sqlite3.Error), closing(_reading_only(aside)) as connection:
            for row in connection.execute(sql):
                with suppress(Unfit, TypeError):
                    yield checked_register(Register(*row))


def _set_aside(path: Path, at: datetime) -> Path:
    """Give the file a second name, and what SQLite keeps beside it that name alone, so that nothing is lost.

    The first name stays until a good copy takes it: whoever is killed in between must not begin a new state.
    """
    stem = f"{path.stem}-set-aside-{_stamped(at)}"
    aside, n = path.with_name(stem + path.suffix), 1
    while aside.exists():
        n += 1
        aside = path.with_name(f"{stem}-{n}{path.suffix}")
    try:
        aside.hardlink_to(path)
    except OSError:  # a file system without second names
        shutil.copyfile(path, aside)
    for ending in ("-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + ending))
    return aside


def _copy(execute: Callable[[str, tuple[str]], object], target: Path) -> None:
    """Copy an open database, one moment of it, to a file that is there whole or not at all."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        _make_private(part)
        # Not SQLite's backup: that copy would be in WAL mode, and be written to by whoever only reads it.
        execute("VACUUM INTO ?", (str(part),))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _version(path: Path) -> int:
    """The version of the tables there, 0 where there is no state of ours that can be read."""
    try:
        with closing(_reading_only(path)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != PLAN.application_id:
                return 0
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def _reading_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _stamped(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
