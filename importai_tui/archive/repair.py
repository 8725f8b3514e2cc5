"""Repairs a damaged archive: rebuilds derived tables from the stories, or copies all readable rows into a new file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import copyfile

from importai_tui.archive.catalog import Catalog, are_valid_issue_values
from importai_tui.archive.full_text import get_day, get_last_change
from importai_tui.archive.integrity import (
    DERIVED_TABLES,
    MAX_CHANGE,
    DamagedRowError,
    ProgressCallback,
    find_problems,
    get_issue_name,
    get_missing_statements,
    is_unverified,
    read_valid_page,
    read_valid_stories,
)
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.archive.stories import LOST_PAGE_VERSION, StoryTable, compress_page, make_story_record
from importai_tui.archive.writer import Writer
from importai_tui.errors import DatabaseError
from importai_tui.files import SQLITE_SUFFIXES, file_lock, quarantine, retry_if_open
from importai_tui.sqlite import BusyDatabase, DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.wording import format_os_error

_FLUSH_INTERVAL = 100
"""Issues whose words are kept in memory before they are written to the index."""

_VALID_PAGE_SIZES = tuple(1 << bits for bits in range(9, 16))
_DEFAULT_PAGE_SIZE = 4096
_MAX_PAGES = 1 << 20
"""More than any archive has; a higher number in a header is damage."""
_HEADER_BYTES = 100
_MAX_SKIPPED_ROWS = 20_000
"""Rows that are tried one by one behind a row that cannot be read."""
_SKIP_TIMEOUT = 3.0
"""Seconds to try them in each table. SQLite reads a damaged schema again for every row."""

_PLACEHOLDER_TITLE = 2
"""Value of `made_title` in a placeholder."""
_INSERT_PLACEHOLDER = f"""INSERT INTO issue (id, slug, title, made_title, addresses, words)
    VALUES (?, ?, '', {_PLACEHOLDER_TITLE}, 0, 0)"""
"""Inserts an issue whose own row is lost, while its page and stories are not."""


@dataclass(frozen=True, slots=True)
class RepairResult:
    """The result of a repair."""

    problems: tuple[str, ...]
    quarantine_path: Path | None
    """The old file, if a new one has replaced it."""
    lost_issues: tuple[str, ...]
    """Names of the issues that are lost, wholly or in part."""
    issue_count: int

    @property
    def message(self) -> str:
        """A message for the user."""
        why = f": {'; '.join(self.problems)}" if self.problems else ""
        if self.quarantine_path is None:
            return f"The archive was damaged{why}. Its indexes were rebuilt from the stories."
        start = f"The archive was damaged{why}. The old file was renamed to {self.quarantine_path}."
        if self.issue_count:
            return f"{start} Everything readable is in a new archive. Get the rest back: importai-tui sync --full"
        return f"{start} Get the issues back: importai-tui sync --full, or import them again"


def repair(path: Path, now: Callable[[], datetime], report: ProgressCallback = lambda *_: None) -> RepairResult | None:
    """Check an archive and repair it; return None if it has no damage.

    The search index and the other derived tables are rebuilt in place. If more is damaged, all readable rows go into
    a new file and the old one is quarantined. The next rebuild reads the pages of all doubtful issues again, because
    their parser version is set to 0.

    Raises:
        DatabaseError: the file cannot be opened, or nothing can be written.
    """
    with repair_lock(path):
        return _repair(path, now, report)


@contextmanager
def repair_lock(path: Path) -> Iterator[None]:
    """Wait until no other process repairs the archive, and lock out others. Raises DatabaseError."""
    try:
        with file_lock(path.with_name(f"{path.name}.lock"), wait=True):
            yield
    except OSError as error:
        reason = format_os_error(error)
        where = f"{error.filename}: " if error.filename else ""
        raise DatabaseError(f"The archive {path} is damaged and can't be repaired: {where}{reason}.") from error


def replace_file(
    path: Path,
    now: Callable[[], datetime],
    report: ProgressCallback = lambda *_: None,
    problems: tuple[str, ...] = (),
) -> RepairResult:
    """Copy all readable rows into a new file, quarantine the old one and put the new one in its place.

    Call it inside `repair_lock`. Raises DatabaseError or OSError if it cannot write; then the old file stays.
    """
    new = path.with_name(f"{path.name}.repair")
    delete_database(new)
    try:
        with closing(Database(new, ARCHIVE_SPEC)) as database:
            copy_rows(path, database)
            with database.transaction():
                lost = _rewrite_issues(database, report)
            issue_count = _count_issues(database)
        quarantine_path = quarantine(path, now())
        retry_if_open(partial(new.rename, path))
    finally:
        delete_database(new)
    return RepairResult(problems, quarantine_path, lost, issue_count)


def copy_rows(path: Path, new: Database) -> None:
    """Copy all rows of a damaged archive that can be read and that fit into the tables."""
    source = path.with_name(f"{path.name}.source")
    try:
        _copy_file(path, source)
        with closing(sqlite3.connect(source)) as old, new.transaction():
            _copy_tables(old, new)
    finally:
        delete_database(source)


def delete_empty_issues(path: Path) -> tuple[str, ...]:
    """Delete the issues without stories, so that a sync or import can bring them back; return their names."""
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        empty = database.query("SELECT id FROM issue WHERE id NOT IN (SELECT issue_id FROM story)")
        names = tuple(get_issue_name(database, issue_id) for (issue_id,) in empty)
        for row in empty:
            database.execute("DELETE FROM issue WHERE id = ?", row)
        return names


def delete_database(path: Path) -> None:
    """Delete a database file and the files that SQLite writes beside it."""
    for suffix in (*SQLITE_SUFFIXES, "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _repair(path: Path, now: Callable[[], datetime], report: ProgressCallback) -> RepairResult | None:
    try:
        with closing(Database(path, ARCHIVE_SPEC)) as database:
            problems = find_problems(database, report)
            if not problems:
                return None
            lines = tuple(problem.text for problem in problems)
            if all(problem.is_derived for problem in problems):
                try:
                    _rebuild_in_place(database, report)
                    if not find_problems(database):
                        return RepairResult(lines, None, (), _count_issues(database))
                except BusyDatabase:
                    raise
                except DatabaseError:
                    pass  # SQLite may be unable to drop a damaged index; then a new file is made
    except (DamagedDatabase, ForeignDatabase, NewerDatabase) as error:
        lines = (str(error.__cause__ or error).rstrip("."),)
    return replace_file(path, now, report, lines)


def _rebuild_in_place(database: Database, report: ProgressCallback) -> None:
    with database.transaction():
        for table in DERIVED_TABLES:
            database.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in get_missing_statements(database):
            database.execute(statement)
        _rewrite_issues(database, report)


def _rewrite_issues(database: Database, report: ProgressCallback) -> tuple[str, ...]:
    """Write everything derived from the stories again; return the names of lost or damaged issues."""
    story_table = StoryTable(database)
    writer = Writer(database, Catalog(database), story_table)
    lost: list[str] = []
    issues = [row[0] for row in database.query("SELECT id FROM issue ORDER BY date, number")]
    for done, issue_id in enumerate(issues, 1):
        report(done, len(issues))
        name = get_issue_name(database, issue_id)
        is_lost = _repair_issue(database, issue_id)
        if is_lost:
            lost.append(name)
        records = map(make_story_record, story_table.get_readable_stories(issue_id))
        # Positions without gaps, because a story may be missing.
        numbered = [
            record._replace(row=record.row._replace(position=position)) for position, record in enumerate(records, 1)
        ]
        database.execute("DELETE FROM story WHERE issue_id = ?", (issue_id,))
        if is_lost and not numbered:
            database.execute("DELETE FROM issue WHERE id = ?", (issue_id,))  # the next sync asks for its number
        else:
            writer.replace_stories(issue_id, numbered)
        if done % _FLUSH_INTERVAL == 0:
            story_table.flush()
    story_table.flush()
    return tuple(lost)


def _repair_issue(database: Database, issue_id: int) -> bool:
    """Make the rows of an issue consistent; return True if its page and a story are lost.

    If its stories are doubtful, the next rebuild reads the page again.
    """
    try:
        read_valid_page(database, issue_id)
        has_page = True
    except DamagedRowError:
        has_page = False
        # Without known copies, the next copy from any source replaces this one.
        database.execute("DELETE FROM copy WHERE issue_id = ?", (issue_id,))
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, origin, body) VALUES (?, '', ?, '', ?)"
        database.execute(sql, (issue_id, LOST_PAGE_VERSION, compress_page(b"")))
    try:
        read_valid_stories(database, issue_id)
        has_stories = True
    except DamagedRowError:
        has_stories = False
    if has_page and (not has_stories or is_unverified(database, issue_id)):
        database.execute("UPDATE page SET parser_version = 0 WHERE issue_id = ?", (issue_id,))
    return not (has_page or has_stories)


def _copy_tables(old: sqlite3.Connection, new: Database) -> None:
    # Lets SQLite read intact tables although the schema of others is damaged.
    old.execute("PRAGMA writable_schema = ON")
    # A title with a damaged letter is better than none. Other texts with one are not stored, because SQLite refuses
    # surrogates: the page of such a story is parsed again.
    old.text_factory = lambda text: text.decode(errors="replace")
    _copy_table(old, new, "issue")
    old.text_factory = lambda text: text.decode(errors="surrogateescape")
    for (issue_id,) in _read_rows(old, "page", "issue_id"):
        _insert(new, _INSERT_PLACEHOLDER, (issue_id, f"lost-{issue_id}"))  # fails if the issue is there
    for table in ("page", "story", "copy", "departed", "source_note"):
        _copy_table(old, new, table)
    new.execute("UPDATE issue SET received = date('now') WHERE received IS NULL")
    new.execute("DELETE FROM story WHERE typeof(key) <> 'text'")  # an issue with such a key cannot be loaded
    change = max((get_last_change(story_id) for (story_id,) in new.query("SELECT id FROM story")), default=0)
    for issue_id, made_title in new.query("SELECT id, made_title FROM issue"):
        if made_title == _PLACEHOLDER_TITLE or not _has_valid_row(new, issue_id):
            _rebuild_issue_row(new, issue_id, change)


def _copy_table(old: sqlite3.Connection, new: Database, table: str) -> None:
    columns = [str(row[1]) for row in new.query(f"PRAGMA table_info({table})")]
    with suppress(sqlite3.Error):  # a file of an older version has fewer columns
        present = {row[1] for row in old.execute(f"PRAGMA table_info({table})")}
        columns = [column for column in columns if column in present] or columns
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"
    for row in _read_rows(old, table, names):
        _insert(new, sql, row)


def _insert(new: Database, sql: str, row: tuple[object, ...]) -> None:
    """Insert a row, unless its issue is missing or a value breaks a constraint."""
    try:
        new.execute(sql, row)
    except DatabaseError as error:
        if not isinstance(error.__cause__, sqlite3.IntegrityError | UnicodeError):
            raise


def _has_valid_row(new: Database, issue_id: int) -> bool:
    try:
        get_issue_name(new, issue_id)
    except DamagedRowError:
        return False
    return True


def _rebuild_issue_row(new: Database, issue_id: int, change: int) -> None:
    """Fill an issue's row with its intact values and values from its stories. The next copy adds the rest.

    `change`: the highest change number in the ids of the stories.
    """
    new.execute("DELETE FROM copy WHERE issue_id = ?", (issue_id,))
    sql = "SELECT number, slug, title, made_title FROM issue WHERE id = ?"
    ((number, slug, title, made_title),) = new.query(sql, (issue_id,))
    sql = "SELECT headline, id FROM story WHERE issue_id = ? ORDER BY position LIMIT 1"
    headline, story_id = next(iter(new.query(sql, (issue_id,))), ("", 0))
    has_title = made_title != _PLACEHOLDER_TITLE and isinstance(title, str)
    new.execute(
        """UPDATE issue SET number = ?, slug = ?, title = ?, made_title = ?, date = ?, url = NULL, words = 0,
            addresses = 0,
            change = 1 + (SELECT max(?, coalesce(max(change), 0)) FROM issue WHERE change BETWEEN 1 AND ?)
            WHERE id = ?""",
        (
            number if are_valid_issue_values(number, "", "", None, None) else None,
            slug if isinstance(slug, str) else f"lost-{issue_id}",
            title if has_title else headline or f"Lost issue {issue_id}",
            int(not has_title),
            get_day(story_id),
            change,
            MAX_CHANGE,
            issue_id,
        ),
    )


def _read_rows(old: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table from both ends up to the damaged pages, then the readable rows between."""
    select = f"SELECT rowid, {names} FROM {table}"
    try:
        old.execute(f"{select} LIMIT 0")
    except sqlite3.Error:  # the table is not in the schema, so no row can be read
        return
    first, last = 0, 0
    with suppress(sqlite3.Error):
        for rowid, *row in old.execute(f"{select} ORDER BY rowid"):
            first = rowid
            yield tuple(row)
        return
    with suppress(sqlite3.Error):
        for rowid, *row in old.execute(f"{select} WHERE rowid > ? ORDER BY rowid DESC", (first,)):
            last = rowid
            yield tuple(row)
    until = time.monotonic() + _SKIP_TIMEOUT
    for rowid in range(first + 1, min(last or first + _MAX_SKIPPED_ROWS, first + _MAX_SKIPPED_ROWS)):
        if time.monotonic() > until:
            return
        with suppress(sqlite3.Error):
            for _, *row in old.execute(f"{select} WHERE rowid = ?", (rowid,)):
                yield tuple(row)


def _copy_file(path: Path, source: Path) -> None:
    """Copy a database file with a header that SQLite accepts, and with the length that the old header gives."""
    delete_database(source)
    copyfile(path, source)
    wal = path.with_name(f"{path.name}-wal")
    has_wal = wal.exists() and wal.stat().st_size > 0
    if has_wal:
        copyfile(wal, source.with_name(f"{source.name}-wal"))
    with source.open("r+b") as file:
        header = bytearray(file.read(_HEADER_BYTES).ljust(_HEADER_BYTES, b"\0"))
        size = int.from_bytes(header[16:18])
        size = size if size in _VALID_PAGE_SIZES else _DEFAULT_PAGE_SIZE
        pages = -(-file.seek(0, 2) // size)
        header_pages = int.from_bytes(header[28:32])
        pages = header_pages if pages < header_pages <= _MAX_PAGES else pages
        # The offsets are from "The Database Header" in SQLite's description of its file format.
        header[0:24] = b"SQLite format 3\0" + size.to_bytes(2) + bytes((1 + has_wal, 1 + has_wal, 0, 64, 32, 32))
        header[28:32] = pages.to_bytes(4)
        header[32:40] = bytes(8)  # no free pages, because they may be damaged
        header[44:48] = (4).to_bytes(4)
        header[52:60] = (1).to_bytes(8)  # no automatic vacuum, UTF-8
        header[92:96] = header[24:28]  # so that SQLite uses the number of pages
        file.seek(0)
        file.write(header)
        file.truncate(pages * size)


def _count_issues(database: Database) -> int:
    return int(database.query("SELECT count(*) FROM issue")[0][0])
