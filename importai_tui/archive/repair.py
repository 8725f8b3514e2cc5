"""Repairs an archive from what it still holds: derived tables from stories, the file from the rows that can be read.

Copies the rows of a damaged archive that can still be read into a new one.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile

from importai_tui.archive.catalog import Shelf, are_sound
from importai_tui.archive.full_text import change_of, day_of
from importai_tui.archive.integrity import (
    DERIVED,
    MOST_CHANGES,
    Damage,
    Reporter,
    checked_page,
    checked_stories,
    find_problems,
    is_unverified,
    issue_name,
    missing_objects,
)
from importai_tui.archive.schema import PLAN
from importai_tui.archive.stories import LOST_PAGE, StoryRows, packed, written_story
from importai_tui.archive.writer import Writer
from importai_tui.errors import DatabaseTrouble
from importai_tui.files import file_lock, quarantine
from importai_tui.sqlite import BusyDatabase, DamagedDatabase, Database, ForeignDatabase, NewerDatabase

_PAGE_SIZES = tuple(1 << bits for bits in range(9, 16))
_USUAL_PAGE = 4096
_MOST_PAGES = 1 << 20
"""More than any archive has: a higher number in a header is damage."""
_HEADER = 100
_GAP = 20_000
"""Rows that are asked for one by one, where a table cannot be read on."""
_SECONDS = 3.0
"""For that, of each table: a damaged schema is read again for every row."""


def copy_rows(path: Path, new: Database) -> None:
    """Copy all rows that can be read and that fit."""
    source = path.with_name(f"{path.name}.source")
    try:
        _copy_file(path, source)
        with closing(sqlite3.connect(source)) as old, new.transaction():
            _copy_all(old, new)
    finally:
        remove(source)


def _copy_all(old: sqlite3.Connection, new: Database) -> None:
    old.execute("PRAGMA writable_schema = ON")  # the tables that are good can be read, whatever is said of others
    # A title with a damaged letter is better than none. Other texts with one are not stored, for half a character
    # cannot be: a story is read again from its page.
    old.text_factory = lambda text: text.decode(errors="replace")
    _copy_table(old, new, "issue")
    old.text_factory = lambda text: text.decode(errors="surrogateescape")
    for (issue_id,) in _readable_rows(old, "page", "issue_id"):
        _insert(new, _PLACEHOLDER, (issue_id, f"lost-{issue_id}"))  # refused where the issue is there
    for table in ("page", "story", "copy", "departed", "source_note"):
        _copy_table(old, new, table)
    new.run("DELETE FROM story WHERE typeof(key) <> 'text'")  # no issue with such a key can be read
    change = max((change_of(story_id) for (story_id,) in new.rows("SELECT id FROM story")), default=0)
    for issue_id, made in new.rows("SELECT id, made_title FROM issue"):
        if made == _IS_PLACEHOLDER or not _has_good_row(new, issue_id):
            _renew_issue(new, issue_id, change)


_IS_PLACEHOLDER = 2
_PLACEHOLDER = f"""INSERT INTO issue (id, slug, title, made_title, addresses, words)
    VALUES (?, ?, '', {_IS_PLACEHOLDER}, 0, 0)"""
"""The row of an issue of which only the page and the stories are left."""


def _copy_table(old: sqlite3.Connection, new: Database, table: str) -> None:
    columns = [row[1] for row in new.rows(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"
    for row in _readable_rows(old, table, names):
        _insert(new, sql, row)


def _insert(new: Database, sql: str, row: tuple[object, ...]) -> None:
    """Insert a row, unless it belongs to an issue that is gone or is not what it should be."""
    try:
        new.run(sql, row)
    except DatabaseTrouble as trouble:
        if not isinstance(trouble.__cause__, sqlite3.IntegrityError | UnicodeError):
            raise


def _has_good_row(new: Database, issue_id: int) -> bool:
    try:
        issue_name(new, issue_id)
    except Damage:
        return False
    return True


def _renew_issue(new: Database, issue_id: int, change: int) -> None:
    """Give an issue what is left of its row, and what its stories say of it. The next copy that comes adds the rest.

    `change`: the last one that the numbers of stories use up.
    """
    new.run("DELETE FROM copy WHERE issue_id = ?", (issue_id,))
    sql = "SELECT number, slug, title, made_title FROM issue WHERE id = ?"
    ((number, slug, title, made),) = new.rows(sql, (issue_id,))
    sql = "SELECT headline, id FROM story WHERE issue_id = ? ORDER BY position LIMIT 1"
    headline, story_id = next(iter(new.rows(sql, (issue_id,))), ("", 0))
    has_title = made != _IS_PLACEHOLDER and isinstance(title, str)
    new.run(
        """UPDATE issue SET number = ?, slug = ?, title = ?, made_title = ?, date = ?, url = NULL, words = 0,
            addresses = 0,
            change = 1 + (SELECT max(?, coalesce(max(change), 0)) FROM issue WHERE change BETWEEN 1 AND ?)
            WHERE id = ?""",
        (
            number if are_sound(number, "", "", None, None) else None,
            slug if isinstance(slug, str) else f"lost-{issue_id}",
            title if has_title else headline or f"Lost issue {issue_id}",
            int(not has_title),
            day_of(story_id),
            change,
            MOST_CHANGES,
            issue_id,
        ),
    )


def _readable_rows(old: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[object, ...]]:
    """The rows of a table from its begin to a damaged page, from its end back to there, and those in between."""
    select = f"SELECT rowid, {names} FROM {table}"
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
    until = time.monotonic() + _SECONDS
    for number in range(first + 1, min(last or first + _GAP, first + _GAP)):
        if time.monotonic() > until:
            return
        with suppress(sqlite3.Error):
            for _, *row in old.execute(f"{select} WHERE rowid = ?", (number,)):
                yield tuple(row)


def _copy_file(path: Path, source: Path) -> None:
    """Copy a database file, with a header that SQLite accepts, and as long as the header says it was."""
    remove(source)
    copyfile(path, source)
    wal = path.with_name(f"{path.name}-wal")
    has_wal = wal.exists() and wal.stat().st_size > 0
    if has_wal:
        copyfile(wal, source.with_name(f"{source.name}-wal"))
    with source.open("r+b") as file:
        header = bytearray(file.read(_HEADER).ljust(_HEADER, b"\0"))
        size = int.from_bytes(header[16:18])
        size = size if size in _PAGE_SIZES else _USUAL_PAGE
        pages = -(-file.seek(0, 2) // size)
        said = int.from_bytes(header[28:32])
        pages = said if pages < said <= _MOST_PAGES else pages
        # Where the offsets are from: "The Database Header" in SQLite's description of its file format.
        header[0:24] = b"SQLite format 3\0" + size.to_bytes(2) + bytes((1 + has_wal, 1 + has_wal, 0, 64, 32, 32))
        header[28:32] = pages.to_bytes(4)
        header[32:40] = bytes(8)  # no free pages, which may be damaged
        header[44:48] = (4).to_bytes(4)
        header[52:60] = (1).to_bytes(8)  # no automatic vacuum, UTF-8
        header[92:96] = header[24:28]  # so that the number of pages counts
        file.seek(0)
        file.write(header)
        file.truncate(pages * size)


def remove(path: Path) -> None:
    """Remove a database file with what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


_TOGETHER = 100
"""Issues whose words are kept in memory until they are written into the index."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did. `lost`: the issues of which only a part is left. `issues`: how many the archive holds."""

    problems: tuple[str, ...]
    kept_as: Path | None
    """The old file, where a new one took its place."""
    lost: tuple[str, ...]
    issues: int

    @property
    def sentence(self) -> str:
        """What became of the file, for people."""
        why = f": {'; '.join(self.problems)}" if self.problems else ""
        if self.kept_as is None:
            return f"The archive was damaged{why}. What is worked out from its stories was made anew."
        begun = f"The archive could not be used{why}. It is kept as {self.kept_as}, and"
        if self.issues:
            return f"{begun} what could be read is in a new one. To get the rest back: importai-tui sync --full"
        return f"{begun} a new one is begun. To get the issues back: importai-tui sync --full, or import them again"


@contextmanager
def repairing(path: Path) -> Iterator[None]:
    """Wait until no other process repairs that archive, and keep others from doing so. Raises DatabaseTrouble."""
    try:
        with file_lock(path.with_name(f"{path.name}.lock"), wait=True):
            yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        where = f"{error.filename}: " if error.filename else ""
        raise DatabaseTrouble(f"The archive {path} is damaged, and cannot be repaired: {where}{reason}.") from error


def repair(path: Path, now: Callable[[], datetime], report: Reporter = lambda *_: None) -> Repaired | None:
    """Check an archive and repair it; None where nothing is wrong with it.

    The search index and the derived tables are made anew in place. Where more is damaged, all rows that can be read
    go into a new file and the old one is set aside. Issues whose stories are in doubt count as read by no parser
    afterwards, so that the next rebuild reads their stored pages again.

    Raises:
        DatabaseTrouble: the file cannot be opened, or nothing can be written.
    """
    with repairing(path):
        return _repair(path, now, report)


def _repair(path: Path, now: Callable[[], datetime], report: Reporter) -> Repaired | None:
    try:
        with closing(Database(path, PLAN)) as database:
            problems = find_problems(database, report)
            if not problems:
                return None
            lines = tuple(problem.text for problem in problems)
            if all(problem.is_derived for problem in problems):
                try:
                    _rebuild_in_place(database, report)
                    if not find_problems(database):
                        return Repaired(lines, None, (), _count(database))
                except BusyDatabase:
                    raise
                except DatabaseTrouble:
                    pass  # damage of the index can keep SQLite from dropping it: then the stories go into a new file
    except (DamagedDatabase, ForeignDatabase, NewerDatabase) as trouble:
        lines = (str(trouble.__cause__ or trouble).rstrip("."),)
    return replace_file(path, now, report, lines)


def replace_file(
    path: Path, now: Callable[[], datetime], report: Reporter = lambda *_: None, problems: tuple[str, ...] = ()
) -> Repaired:
    """Put all that can be read of a file into a new one in its place, and set the old one aside.

    For a block of `repairing`. Raises DatabaseTrouble or OSError where that cannot be written; then the file stays.
    """
    new = path.with_name(f"{path.name}.repair")
    remove(new)
    try:
        with closing(Database(new, PLAN)) as database:
            copy_rows(path, database)
            with database.transaction():
                lost = _rewrite_issues(database, report)
            issues = _count(database)
        kept_as = quarantine(path, now())
        new.rename(path)
    finally:
        remove(new)
    return Repaired(problems, kept_as, lost, issues)


def drop_empty_issues(path: Path) -> tuple[str, ...]:
    """Remove the issues whose stories nothing brought back, so that the next sync or import can; their names."""
    with closing(Database(path, PLAN)) as database:
        empty = database.rows("SELECT id FROM issue WHERE id NOT IN (SELECT issue_id FROM story)")
        names = tuple(issue_name(database, issue_id) for (issue_id,) in empty)
        for row in empty:
            database.run("DELETE FROM issue WHERE id = ?", row)
        return names


def _rebuild_in_place(database: Database, report: Reporter) -> None:
    with database.transaction():
        for table in DERIVED:
            database.run(f"DROP TABLE IF EXISTS {table}")
        for statement in missing_objects(database):
            database.run(statement)
        _rewrite_issues(database, report)


def _rewrite_issues(database: Database, report: Reporter) -> tuple[str, ...]:
    """Write all that is worked out from the stored stories; the issues that are gone or damaged for good."""
    rows = StoryRows(database)
    writer = Writer(database, Shelf(database), rows)
    lost: list[str] = []
    issues = [row[0] for row in database.rows("SELECT id FROM issue ORDER BY date, number")]
    for done, issue_id in enumerate(issues, 1):
        report(done, len(issues))
        name = issue_name(database, issue_id)
        is_lost = _repair_issue(database, issue_id)
        if is_lost:
            lost.append(name)
        stories = map(written_story, rows.readable(issue_id))
        # Numbered through, where one is missing.
        written = [story._replace(head=(n, *story.head[1:])) for n, story in enumerate(stories, 1)]
        database.run("DELETE FROM story WHERE issue_id = ?", (issue_id,))
        if is_lost and not written:
            database.run("DELETE FROM issue WHERE id = ?", (issue_id,))  # a sync asks for its number then
        else:
            writer.replace_stories(issue_id, written)
        if done % _TOGETHER == 0:
            rows.index.write()
    rows.index.write()
    return tuple(lost)


def _repair_issue(database: Database, issue_id: int) -> bool:
    """Make an issue consistent, have its page read again if its stories are in doubt; whether something is lost."""
    try:
        checked_page(database, issue_id)
        has_page = True
    except Damage:
        has_page = False
        # The next copy from any source takes the place of this one, with its page.
        database.run("DELETE FROM copy WHERE issue_id = ?", (issue_id,))
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, origin, body) VALUES (?, '', ?, '', ?)"
        database.run(sql, (issue_id, LOST_PAGE, packed(b"")))
    try:
        checked_stories(database, issue_id)
        is_whole = True
    except Damage:
        is_whole = False
    if has_page and (not is_whole or is_unverified(database, issue_id)):
        database.run("UPDATE page SET parser_version = 0 WHERE issue_id = ?", (issue_id,))
    return not (has_page or is_whole)


def _count(database: Database) -> int:
    return int(database.rows("SELECT count(*) FROM issue")[0][0])
