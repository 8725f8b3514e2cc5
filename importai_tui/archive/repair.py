"""Repairs an archive from what it still holds: derived tables from stories, the file from the rows that can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from importai_tui.archive.aside import set_aside
from importai_tui.archive.database import BusyDatabase, DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.archive.integrity import (
    DERIVED,
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
from importai_tui.archive.shelf import Shelf
from importai_tui.archive.story_ids import day_of
from importai_tui.archive.story_rows import StoryRows
from importai_tui.archive.writer import Writer
from importai_tui.archive.written import LOST_PAGE, packed, written_story
from importai_tui.errors import DatabaseTrouble
from importai_tui.values import value

_TOGETHER = 100
"""Issues whose words are kept in memory until they are written into the index."""


@value
class Repaired:
    """What a repair did. `lost`: the issues of which only a part is left. `issues`: how many the archive holds."""

    problems: tuple[str, ...]
    kept_as: Path | None
    """The old file, where a new one took its place."""
    lost: tuple[str, ...]
    issues: int


def repair(path: Path, now: Callable[[], datetime], report: Reporter = lambda *_: None) -> Repaired | None:
    """Check an archive and repair it; None where nothing is wrong with it.

    The search index and the derived tables are made anew in place. Where more is damaged, all rows that can be read
    go into a new file and the old one is set aside. Issues whose stories are in doubt count as read by no parser
    afterwards, so that the next rebuild reads their stored pages again.

    Raises:
        DatabaseTrouble: the file cannot be opened, or nothing can be written.
    """
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
    new = path.with_name(f"{path.name}.repair")
    _remove(new)
    try:
        with closing(Database(new, PLAN)) as database:
            _copy_rows(path, database)
            lost = _rewrite(database, report)
            issues = _count(database)
        kept_as = set_aside(path, now())
        new.rename(path)
    finally:
        _remove(new)
    return Repaired(lines, kept_as, lost, issues)


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


def _rewrite(database: Database, report: Reporter) -> tuple[str, ...]:
    with database.transaction():
        return _rewrite_issues(database, report)


def _rewrite_issues(database: Database, report: Reporter) -> tuple[str, ...]:
    """Write all that is worked out from the stored stories; the issues that are gone or damaged for good."""
    rows = StoryRows(database)
    writer = Writer(database, Shelf(database, few=True), rows)
    lost: list[str] = []
    issues = [row[0] for row in database.rows("SELECT id FROM issue ORDER BY date, number")]
    for done, issue_id in enumerate(issues, 1):
        report(done, len(issues))
        name = issue_name(database, issue_id)
        if _repair_issue(database, issue_id):
            lost.append(name)
        stories = map(written_story, rows.readable(issue_id))
        # Numbered through, where one is missing.
        written = [story._replace(head=(n, *story.head[1:])) for n, story in enumerate(stories, 1)]
        database.run("DELETE FROM story WHERE issue_id = ?", (issue_id,))
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


def _copy_rows(path: Path, new: Database) -> None:
    """Copy all rows that can be read and that fit."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as old, new.transaction():
        with suppress(sqlite3.Error):
            old.execute("BEGIN")  # one state of all tables, whatever another program writes meanwhile
        # A title with a damaged letter is better than none. Other texts with one are not stored, for half a character
        # cannot be: a story is read again from its page.
        old.text_factory = lambda text: text.decode(errors="replace")
        _copy_table(old, new, "issue")
        old.text_factory = lambda text: text.decode(errors="surrogateescape")
        for (issue_id,) in _readable_rows(old, "SELECT rowid, issue_id FROM page"):
            with suppress(DatabaseTrouble):  # the issue is there
                new.run(_PLACEHOLDER, (issue_id, f"lost-{issue_id}"))
        for table in ("page", "story", "copy", "departed", "source_note"):
            _copy_table(old, new, table)
        for issue_id, made in new.rows("SELECT id, made_title FROM issue"):
            if made == _IS_PLACEHOLDER or not _has_good_row(new, issue_id):
                _renew_issue(new, issue_id)


_IS_PLACEHOLDER = 2
_PLACEHOLDER = f"""INSERT INTO issue (id, slug, title, made_title, addresses, words)
    VALUES (?, ?, '', {_IS_PLACEHOLDER}, 0, 0)"""
"""The row of an issue of which only the page and the stories are left."""


def _copy_table(old: sqlite3.Connection, new: Database, table: str) -> None:
    columns = [row[1] for row in new.rows(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"
    for row in _readable_rows(old, f"SELECT rowid, {names} FROM {table}"):
        with suppress(DatabaseTrouble):  # it belongs to an issue that is gone, or is not what it should be
            new.run(sql, row)


def _has_good_row(new: Database, issue_id: int) -> bool:
    try:
        issue_name(new, issue_id)
    except Damage:
        return False
    return True


def _renew_issue(new: Database, issue_id: int) -> None:
    """Give an issue what is left of its row, and what its stories say of it. The next copy that comes adds the rest."""
    new.run("DELETE FROM copy WHERE issue_id = ?", (issue_id,))
    sql = "SELECT number, slug, title, made_title FROM issue WHERE id = ?"
    ((number, slug, title, made),) = new.rows(sql, (issue_id,))
    sql = "SELECT headline, id FROM story WHERE issue_id = ? ORDER BY position LIMIT 1"
    headline, story_id = next(iter(new.rows(sql, (issue_id,))), ("", 0))
    has_title = made != _IS_PLACEHOLDER and isinstance(title, str)
    new.run(
        """UPDATE issue SET number = ?, slug = ?, title = ?, made_title = ?, date = ?, url = NULL, words = 0,
            addresses = 0 WHERE id = ?""",
        (
            number if isinstance(number, int) and number >= 0 else None,
            slug if isinstance(slug, str) else f"lost-{issue_id}",
            title if has_title else headline or f"Lost issue {issue_id}",
            int(not has_title),
            day_of(story_id),
            issue_id,
        ),
    )


def _readable_rows(old: sqlite3.Connection, select: str) -> Iterator[tuple[object, ...]]:
    """The rows of a table from its begin to a damaged page, and from its end back to there."""
    seen: set[object] = set()
    for order in ("ASC", "DESC"):
        with suppress(sqlite3.Error):
            for rowid, *row in old.execute(f"{select} ORDER BY rowid {order}"):
                if rowid in seen:
                    return
                seen.add(rowid)
                yield tuple(row)
            return


def _count(database: Database) -> int:
    return int(database.rows("SELECT count(*) FROM issue")[0][0])


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
