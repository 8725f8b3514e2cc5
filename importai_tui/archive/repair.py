"""Repairs an archive from what it still holds: derived tables from stories, the file from the rows that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

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
from importai_tui.archive.salvage import copy_rows, remove
from importai_tui.archive.schema import PLAN
from importai_tui.archive.shelf import Shelf
from importai_tui.archive.story_rows import StoryRows
from importai_tui.archive.writer import Writer
from importai_tui.archive.written import LOST_PAGE, packed, written_story
from importai_tui.errors import DatabaseTrouble
from importai_tui.files import file_lock, quarantine

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
