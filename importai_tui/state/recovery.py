"""Recovery of a damaged or missing reading state: a repaired copy of the file, else its newest good copy.

The damaged file is never deleted: it is quarantined under another name. Repairing copies all readable rows into a new
file, which corrects the header and the indexes too.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from importai_tui.errors import DatabaseError, LockError, QuarantineError
from importai_tui.files import SQLITE_SUFFIXES, create_private_file, file_lock, quarantine, retry_if_open
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.state.backups import list_copies
from importai_tui.state.fields import Register, clean_story_name, pick_winners, validate_register
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
from importai_tui.state.values import StateValueError
from importai_tui.wording import plural

_TABLE_COLUMNS = {
    "step": ("id", "at", "label", "state"),
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "register": ("key", "field", "value", "at", "machine"),
    "story": ("key", "headline", "issue", "position", "heir"),
    "setting": ("name", "value"),
}
"""Tables in the order of copying: journal lines refer to steps."""
_NUMBER_COLUMNS = ("id", "step", "position")
_BATCH_ROWS = 1000
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A good state that can replace the damaged one. The first two fields say how new it is."""

    last_change: str
    """Time of its last change."""
    last_line: int
    """Id of its last journal line, because many candidates have one time if a clock was ahead once."""
    path: Path
    is_original: bool
    """True for the damaged file itself, repaired."""


def restore_newest_copy(path: Path, now: Callable[[], datetime], *, force: bool = False) -> str:
    """Quarantine the damaged state and replace it by the newest good copy; returns a sentence for the user.

    Newer changes in the damaged file and in other copies are merged. Use `force` if the file is readable but could not
    be repaired.

    Raises:
        DamagedDatabase: there is no good copy; the file is not changed.
        DatabaseError: the state cannot be restored now.
    """
    with _recovery_lock(path):
        if not force and _is_good(path):
            return f"The reading state {path} was damaged; another window has restored it."
        if best := _find_best_candidate(path, now):
            return _put_in_place(path, best, now)
    status = "is damaged" if path.exists() else "is missing"
    raise DamagedDatabase(
        f"The reading state {path} {status}, and there is no good copy of it in {get_backup_folder(path)}. "
        "See what can be saved: importai-tui doctor --repair"
    )


def recreate_state(path: Path, now: Callable[[], datetime], *, force: bool = False) -> str | None:
    """Quarantine a damaged state and create a new one from all readable values, if there is no good copy.

    Returns a sentence for the user; None if the file is not damaged and was not changed.
    """
    with _recovery_lock(path):
        if not force and _is_good(path):
            return None
        fresh = path.with_name(f"{path.stem}-anew{path.suffix}")
        _remove_database(fresh)
        quarantined = quarantine(path, now(), keep_original=True)
        summary = _merge_newer_values(_list_sources(path, quarantined), fresh, now)
        retry_if_open(partial(fresh.replace, path))
        if quarantined:
            cause = f"was damaged. The damaged file was kept as {quarantined};"
        else:
            cause = "was missing and had no good copy;"
        return f"The reading state {cause} a new one replaces it{summary}."


def repair_open_state(database: Database) -> int:
    """Repair an open state from its newest copy and its journal; returns the number of wrong values."""
    return restore_changed_rows(database) + rebuild_registers(database)


def quarantine_log(path: Path, at: datetime) -> str:
    """Quarantine the log of a missing state, which SQLite would delete; returns a sentence for the user."""
    with _recovery_lock(path):
        quarantine(path, at, keep_original=True)
    return f"The reading state {path} was missing and has no copy. Its log was kept beside it."


@contextmanager
def _recovery_lock(path: Path) -> Iterator[None]:
    """Hold the lock on all work beside the state; errors of the system become LockError with an explanation."""
    try:
        with file_lock(get_lock_path(path), wait=True):
            yield
    except (OSError, LockError, QuarantineError) as error:
        cause = error if isinstance(error, OSError) else error.__cause__
        reason = (getattr(cause, "strerror", None) or str(error)).lower().rstrip(".")
        status = "is damaged" if path.exists() else "is missing"
        raise LockError(
            f"The reading state {path} {status} and can't be restored now: {reason}. Its copies are in "
            f"{get_backup_folder(path)}. Check the permissions there."
        ) from error


def _is_good(path: Path) -> bool:
    return path.exists() and path.stat().st_size >= MIN_FILE_BYTES and not is_damaged(path)


def _put_in_place(path: Path, best: _Candidate, now: Callable[[], datetime]) -> str:
    """Quarantine the state and move the candidate to its path; returns a sentence for the user."""
    exists = path.exists()
    quarantined = quarantine(path, now(), keep_original=True)
    retry_if_open(partial(best.path.replace, path))
    if best.is_original:
        return (
            f"The reading state was damaged. The damaged file was kept as {quarantined}; a repaired copy replaces it."
        )
    summary = _merge_newer_values(_list_sources(path, quarantined), path, now)
    cause = f"was damaged. The damaged file was kept as {quarantined};" if exists else f"{path} was missing;"
    until = best.last_change[:16].replace("T", " ")
    line = f"The reading state {cause} a copy with everything up to {until} UTC replaces it{summary}."
    return line if exists else f"{line} To start over, move {path.parent} away."


def _list_sources(path: Path, quarantined: Path | None) -> list[Path]:
    return [*([quarantined] if quarantined else []), *list_copies(path)]


def _find_best_candidate(path: Path, now: Callable[[], datetime]) -> _Candidate | None:
    """Return the candidate with the latest change, written beside the state; None if none is good."""
    for leftover in path.parent.glob(f"{path.stem}-restoring*{path.suffix}"):  # of a process that was killed
        _remove_database(leftover)
    candidates: list[_Candidate] = []
    for n, source in enumerate((path, *list_copies(path))):
        is_original = n == 0
        target = path.with_name(f"{path.stem}-restoring-{n}{path.suffix}")
        candidate = None
        if source.exists() and (is_original or _is_sqlite_file(source)):
            candidate = _make_candidate(source, target, now, is_original=is_original)
        if candidate:
            candidates.append(candidate)
        else:
            _remove_database(target)
    best = max(candidates, key=lambda each: (each.last_change, each.last_line, each.is_original), default=None)
    for candidate in candidates:
        if candidate is not best:
            _remove_database(candidate.path)
    return best


def _is_sqlite_file(path: Path) -> bool:
    """Return True if the file starts like a database; opening thousands of other files would take minutes."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _make_candidate(source: Path, target: Path, now: Callable[[], datetime], *, is_original: bool) -> _Candidate | None:
    """Copy a file and upgrade it, or repair it if it is the damaged state itself; None if the result is not good.

    Raises:
        OSError, DatabaseError: the copy cannot be written now.
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
            if find_problems(database) or (is_original and find_copy_differences(database)):
                return None
            last_line = journal.get_last_line_id()
            return _Candidate(journal.get_last_change_time(), last_line, target, is_original) if last_line else None
    except sqlite3.Error:
        return None
    except DatabaseError as error:
        if isinstance(error, (DamagedDatabase, ForeignDatabase, NewerDatabase)) or _is_content_error(error):
            return None
        raise


def _copy_damaged_rows(source: Path, database: Database) -> None:
    """Fill a new state with the rows of a damaged one, after correcting the header of a copy."""
    damaged = database.path.with_name(f"{database.path.stem}-damaged{database.path.suffix}")
    _remove_database(damaged)
    try:
        create_private_file(damaged).close()
        shutil.copyfile(source, damaged)
        log = source.with_name(f"{source.name}-wal")
        if log.exists():
            shutil.copyfile(log, damaged.with_name(f"{damaged.name}-wal"))
        correct_header(damaged)
        _recover_rows(damaged, database)
    finally:
        _remove_database(damaged)


def _recover_rows(source: Path, database: Database) -> None:
    """Copy the readable rows of a damaged file into a new state.

    A row with a text that is not UTF-8 is skipped; its value is usually in another table or in a copy too.

    Raises:
        DamagedDatabase: the tables are not those of a state.
        sqlite3.DatabaseError: the journal cannot be read to its end.
    """
    with closing(sqlite3.connect(source)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        if not has_our_tables(connection):
            raise DamagedDatabase(f"The tables of {source} are damaged.")
        database.execute("DELETE FROM setting WHERE name = ?", (MACHINE_ID_SETTING,))
        for table, columns in _TABLE_COLUMNS.items():
            # NOT INDEXED, because an index may be damaged.
            sql = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED"
            placeholders = ", ".join("?" * len(columns))
            with suppress(*(() if table == "journal" else (sqlite3.DatabaseError,))):
                for rows in _read_batches(connection.execute(sql)):
                    good = [row for row in rows if _is_readable(columns, row)]
                    with database.transaction():
                        database.execute_many(f"INSERT OR IGNORE INTO {table} VALUES ({placeholders})", good)


def _is_content_error(error: DatabaseError) -> bool:
    """Return True if the file's content caused the error, not a full disk or a lock."""
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return code in (0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG)


def _merge_newer_values(sources: Sequence[Path], path: Path, now: Callable[[], datetime]) -> str:
    """Merge newer values of other files, damaged ones too; returns the end of a sentence with their number."""
    with closing(Database(path, DATABASE_SPEC)) as database:
        journal = Journal(database, now)
        limit = journal.get_time_limit()
        present = {(r.key, r.field): r for r, _ in journal.get_registers()}
        winners = pick_winners([register for source in sources for register in _read_registers(source)], limit)
        # Only newer times win: of two values of one time the other one may be the damaged one.
        newer = [
            register
            for key, register in winners.items()
            if key not in present or register.rank_until(limit)[0] > present[key].rank_until(limit)[0]
        ]
        count = len(journal.merge(newer, {}, "merge"))
        settings = [row for source in sources for row in _read_settings(source)]
        database.execute_many("INSERT OR IGNORE INTO setting VALUES (?, ?)", settings)
        names = [row for source in sources for row in _read_names(source)]
        database.execute_many("INSERT OR IGNORE INTO story (key, headline, issue) VALUES (?, ?, ?)", names)
    if not count:
        return ""
    return f", with {plural(count, 'newer change')} that could still be read"


def _read_registers(source: Path) -> Iterator[Register]:
    """Yield all readable registers of a damaged state, unordered and some of them twice."""
    lines = "SELECT key, field, new, at, machine FROM journal ORDER BY id"
    for sql in ("SELECT key, field, value, at, machine FROM register", lines, f"{lines} DESC"):
        for row in _read_rows(source, sql):
            with suppress(StateValueError, TypeError):
                yield validate_register(Register(*row))


def _read_settings(source: Path) -> Iterator[tuple[str, str]]:
    """Yield the user's settings, like saved searches and draft notes; not those of this machine and its copies."""
    for name, text in _read_rows(source, "SELECT name, value FROM setting"):
        is_text = isinstance(name, str) and isinstance(text, str) and f"{name}{text}".isprintable()
        if is_text and name != MACHINE_ID_SETTING and not name.startswith(("shared-", "newest-")):
            yield name, text


def _read_names(source: Path) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield keys with the headlines and issues of their stories."""
    for key, headline, issue in _read_rows(source, "SELECT key, headline, issue FROM story NOT INDEXED"):
        name = clean_story_name(headline, issue)
        if isinstance(key, str) and key.isprintable():
            yield key, name.headline, name.issue


def _read_rows(source: Path, sql: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a query up to the first that cannot be read."""
    with suppress(sqlite3.Error), closing(open_read_only(source)) as connection:
        # Rows with a text that is not UTF-8 are skipped one by one later.
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        yield from connection.execute(sql)


def _read_batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows in batches, including those before a row that raises."""
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


def _remove_database(path: Path) -> None:
    for suffix in SQLITE_SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
