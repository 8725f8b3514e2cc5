"""The way back where the reading state is damaged or gone: a repaired copy of the file, else its newest good copy.

The damaged file itself is never deleted: it gets another name.

Makes a new file with all rows that can be read of a damaged state, which heals its header and its indexes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from importai_tui.errors import DatabaseError, LockError, QuarantineError
from importai_tui.files import SQLITE_SUFFIXES, create_private_file, file_lock, quarantine
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.state.backups import list_copies
from importai_tui.state.fields import Register, StateValueError, clean_story_name, pick_winners, validate_register
from importai_tui.state.integrity import (
    correct_header,
    find_copy_differences,
    find_problems,
    has_our_tables,
    is_damaged,
    open_read_only,
    rebuild_registers,
    restore_changed_rows,
)
from importai_tui.state.journal import Journal
from importai_tui.state.schema import (
    DATABASE_SPEC,
    MACHINE_ID_SETTING,
    MIN_FILE_BYTES,
    get_backup_folder,
    get_lock_path,
)
from importai_tui.wording import plural

_TABLE_COLUMNS = {
    "step": ("id", "at", "label", "state"),
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "register": ("key", "field", "value", "at", "machine"),
    "story": ("key", "headline", "issue", "position", "heir"),
    "setting": ("name", "value"),
}
"""In this order, because lines of the journal refer to steps."""
_NUMBER_COLUMNS = ("id", "step", "position")
_BATCH_ROWS = 1000


def recover_rows(source: Path, database: Database) -> None:
    """Copy the rows of a damaged file into a new state.

    A row with a text that is no UTF-8 is left out: another table, or a copy, mostly has what was in it.

    Raises:
        DamagedDatabase: the tables are not ours, or the journal cannot be read to its end.
    """
    with closing(sqlite3.connect(source)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        if not has_our_tables(connection):
            raise DamagedDatabase(f"The tables of {source} are damaged.")
        database.execute("DELETE FROM setting WHERE name = ?", (MACHINE_ID_SETTING,))
        for table, columns in _TABLE_COLUMNS.items():
            # Not by an index, for that may be what is damaged.
            sql = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED"
            values = ", ".join("?" * len(columns))
            with suppress(*(() if table == "journal" else (sqlite3.DatabaseError,))):
                for rows in _read_batches(connection.execute(sql)):
                    good = [row for row in rows if _is_readable(columns, row)]
                    with database.transaction():
                        database.execute_many(f"INSERT OR IGNORE INTO {table} VALUES ({values})", good)


def _read_batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple[object, ...]]]:
    """Yield rows some at a time; those before one that cannot be read, too."""
    rows: list[tuple[object, ...]] = []
    try:
        for row in cursor:
            rows.append(row)
            if len(rows) == _BATCH_ROWS:
                yield rows
                rows = []
    except sqlite3.DatabaseError:
        yield rows
        raise
    yield rows


def _is_readable(columns: tuple[str, ...], row: tuple[object, ...]) -> bool:
    for column, value in zip(columns, row, strict=True):
        if column in _NUMBER_COLUMNS:
            if not isinstance(value, int | None):
                return False
        elif isinstance(value, str):
            with suppress(UnicodeEncodeError):
                value.encode()
                continue
            return False
        elif value is not None:
            return False
    return True


_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A good state that may take the place of the damaged one. The first fields say how new it is."""

    last_change: str
    """The time of its last change."""
    last_line: int
    """The number of the last line of its journal: where a clock was once ahead, many have one time."""
    path: Path
    is_original: bool
    """It is the damaged file itself, repaired."""


def restore_newest_copy(path: Path, now: Callable[[], datetime], *, force: bool = False) -> str:
    """Set the damaged state aside and put the newest good copy in its place; a sentence that tells so.

    What the damaged file and the other copies tell of newer changes is taken over. `force`: also where the file is
    readable, because it could not be repaired.

    Raises:
        DamagedDatabase: there is no good copy; the file is left as it is.
        DatabaseTrouble: it cannot be restored now.
    """
    with _recovery_lock(path):
        if not force and _is_good(path):
            return f"The reading state {path} was damaged, and another window has restored it."
        if best := _find_best_candidate(path, now):
            return _put_in_place(path, best, now)
    what = "is damaged" if path.exists() else "is gone"
    raise DamagedDatabase(
        f"The reading state {path} {what}, and there is no good copy of it in {get_backup_folder(path)}. "
        "See what can be saved: importai-tui doctor --repair"
    )


def recreate_state(path: Path, now: Callable[[], datetime], *, force: bool = False) -> str | None:
    """Set a damaged state aside and begin a new one with all that can be read of it; a sentence that tells so.

    For where no good copy is left. None where the file is not damaged: then it is left as it is.
    """
    with _recovery_lock(path):
        if not force and _is_good(path):
            return None
        fresh = path.with_name(f"{path.stem}-anew{path.suffix}")
        _remove_database(fresh)
        aside = quarantine(path, now(), keep_original=True)
        others = _list_sources(path, aside)
        taken = _merge_newer_values(others, fresh, now)
        fresh.replace(path)
        lost = f"was damaged. It is kept as {aside}, and" if aside else "was gone, and no copy of it was good;"
        return f"The reading state {lost} a new one is in its place{taken}."


def repair_open_state(database: Database) -> int:
    """Repair an open state from its journal and its newest copy; return how many values were wrong."""
    return restore_changed_rows(database) + rebuild_registers(database)


@contextmanager
def _recovery_lock(path: Path) -> Iterator[None]:
    """Hold the lock on all work beside the state, and explain what the system refuses."""
    try:
        with file_lock(get_lock_path(path), wait=True):
            yield
    except (OSError, LockError, QuarantineError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = (getattr(cause, "strerror", None) or str(error)).lower().rstrip(".")
        what = "is damaged" if path.exists() else "is gone"
        raise LockError(
            f"The reading state {path} {what}, and cannot be restored now: {reason}. Its copies are in "
            f"{get_backup_folder(path)}. Check who may write there."
        ) from error


def _is_good(path: Path) -> bool:
    return path.exists() and path.stat().st_size >= MIN_FILE_BYTES and not is_damaged(path)


def _put_in_place(path: Path, best: _Candidate, now: Callable[[], datetime]) -> str:
    is_there = path.exists()
    aside = quarantine(path, now(), keep_original=True)
    best.path.replace(path)
    if best.is_original:
        return f"The reading state was damaged. It is kept as {aside}, and a repaired copy of it is in its place."
    taken = _merge_newer_values(_list_sources(path, aside), path, now)
    lost = f"was damaged. It is kept as {aside}, and" if is_there else f"{path} was gone, and"
    until = best.last_change[:16].replace("T", " ")
    line = f"The reading state {lost} a copy of all that was done until {until} UTC is in its place{taken}."
    return line if is_there else f"{line} To begin anew, move {path.parent} away."


def _list_sources(path: Path, aside: Path | None) -> list[Path]:
    return [*([aside] if aside else []), *list_copies(path)]


def _find_best_candidate(path: Path, now: Callable[[], datetime]) -> _Candidate | None:
    """Return the candidate with the latest change, put beside the state in today's version; None where none is good."""
    for left in path.parent.glob(f"{path.stem}-restoring*{path.suffix}"):  # by a process that was killed
        _remove_database(left)
    good: list[_Candidate] = []
    for n, source in enumerate((path, *list_copies(path))):
        target = path.with_name(f"{path.stem}-restoring-{n}{path.suffix}")
        if (
            (n == 0 or _is_sqlite_file(source))
            and source.exists()
            and (found := _make_candidate(source, target, now, is_original=n == 0))
        ):
            good.append(found)
        else:
            _remove_database(target)
    best = max(good, key=lambda one: (one.last_change, one.last_line, one.is_original), default=None)
    for one in good:
        if one is not best:
            _remove_database(one.path)
    return best


def _is_sqlite_file(path: Path) -> bool:
    """Tell whether a file begins as a database does; to open thousands that are none would take minutes."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _make_candidate(source: Path, target: Path, now: Callable[[], datetime], *, is_original: bool) -> _Candidate | None:
    """Copy a file, in today's version, repaired if it is the damaged state itself; None where it is not good.

    Raises:
        OSError, DatabaseTrouble: the copy cannot be written now.
    """
    create_private_file(target).close()
    try:
        if not is_original:
            shutil.copyfile(source, target)
        with closing(Database(target, DATABASE_SPEC)) as database:
            if is_original:
                _copy_damaged_rows(source, database)
                repair_open_state(database)
            journal = Journal(database, now)
            if (
                find_problems(database)
                or (is_original and find_copy_differences(database))
                or not journal.get_last_line_id()
            ):
                return None
            return _Candidate(journal.get_last_change_time(), journal.get_last_line_id(), target, is_original)
    except sqlite3.Error:
        return None
    except DatabaseError as trouble:
        if isinstance(trouble, (DamagedDatabase, ForeignDatabase, NewerDatabase)) or _is_content_error(trouble):
            return None
        raise


def _copy_damaged_rows(source: Path, database: Database) -> None:
    """Fill a new state with the rows of a damaged one."""
    damaged = database.path.with_name(f"{database.path.stem}-damaged{database.path.suffix}")
    _remove_database(damaged)
    try:
        create_private_file(damaged).close()
        shutil.copyfile(source, damaged)
        log = source.with_name(f"{source.name}-wal")
        if log.exists():
            shutil.copyfile(log, damaged.with_name(f"{damaged.name}-wal"))
        correct_header(damaged)
        recover_rows(damaged, database)
    finally:
        _remove_database(damaged)


def _is_content_error(trouble: DatabaseError) -> bool:
    """Tell whether an error comes from what is in the file, and not from a full disk or a lock."""
    code = getattr(trouble.__cause__, "sqlite_errorcode", 0) & 0xFF
    return code in (0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG)


def _merge_newer_values(others: Iterable[Path], path: Path, now: Callable[[], datetime]) -> str:
    """Take over what is newer in other files, damaged ones too; the end of a sentence that says how much it was."""
    others = list(others)
    with closing(Database(path, DATABASE_SPEC)) as database:
        journal = Journal(database, now)
        limit = journal.get_time_limit()
        present = {(r.key, r.field): r for r, _ in journal.get_registers()}
        found = pick_winners([register for other in others for register in _read_registers(other)], limit)
        # Only what is newer: of two values of one time the damaged one may be the wrong one.
        newer = [
            register
            for place, register in found.items()
            if place not in present or register.rank_until(limit)[0] > present[place].rank_until(limit)[0]
        ]
        count = len(journal.merge(newer, {}, "merge"))
        database.execute_many(
            "INSERT OR IGNORE INTO setting VALUES (?, ?)", [r for other in others for r in _read_settings(other)]
        )
        names = [row for other in others for row in _read_names(other)]
        database.execute_many("INSERT OR IGNORE INTO story (key, headline, issue) VALUES (?, ?, ?)", names)
    if not count:
        return ""
    return f", with {plural(count, 'newer change')} that could still be read"


def _read_registers(source: Path) -> Iterator[Register]:
    """Yield whatever can still be read of a damaged state, in no order and some of it twice."""
    lines = "SELECT key, field, new, at, machine FROM journal ORDER BY id"
    for sql in ("SELECT key, field, value, at, machine FROM register", lines, f"{lines} DESC"):
        for row in _read_rows(source, sql):
            with suppress(StateValueError, TypeError):
                yield validate_register(Register(*row))


def _read_settings(source: Path) -> Iterator[tuple[str, str]]:
    """Yield the settings of the reader: saved searches, an unfinished note; not how far shared files were read."""
    for name, text in _read_rows(source, "SELECT name, value FROM setting"):
        is_text = isinstance(name, str) and isinstance(text, str) and f"{name}{text}".isprintable()
        if is_text and name != MACHINE_ID_SETTING and not name.startswith(("shared-", "newest-")):
            yield name, text


def _read_names(source: Path) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield what keys of stories stand for."""
    for key, headline, issue in _read_rows(source, "SELECT key, headline, issue FROM story NOT INDEXED"):
        name = clean_story_name(headline, issue)
        if isinstance(key, str) and key.isprintable():
            yield key, name.headline, name.issue


def _read_rows(source: Path, sql: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a query up to the first that cannot be read."""
    with suppress(sqlite3.Error), closing(open_read_only(source)) as connection:
        # A text that is no UTF-8 is refused later, as one row of many.
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        yield from connection.execute(sql)


def quarantine_log(path: Path, at: datetime) -> str:
    """Keep the log of a state that is gone, which SQLite would delete; a sentence that tells so."""
    with _recovery_lock(path):
        quarantine(path, at, keep_original=True)
    return f"The reading state {path} was gone, and no copy of it is there. Its log is kept beside it."


def _remove_database(path: Path) -> None:
    for ending in SQLITE_SUFFIXES:
        path.with_name(path.name + ending).unlink(missing_ok=True)
