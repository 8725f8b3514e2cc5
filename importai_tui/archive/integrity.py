"""Checks an open archive: the file, its tables, and all that is worked out from the stored stories.

Compares the full-text index with the stories that it should hold.

SQLite's own check of such an index finds broken pages, but not words that can no longer be looked up, and before
SQLite 3.44 `PRAGMA integrity_check` does not look at it at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from importai_tui.archive.catalog import are_valid_issue_values
from importai_tui.archive.full_text import COLUMNS, MIN_STORY_ID, RANK_FUNCTION, make_index_row
from importai_tui.archive.schema import CREATE_STORY_INDEX, SCHEMA
from importai_tui.archive.stories import (
    STORY_COLUMNS,
    StoryRecord,
    decode_story,
    decompress_page,
    get_fingerprint,
    make_story_record,
)
from importai_tui.errors import DatabaseError
from importai_tui.model import Story
from importai_tui.sqlite import BusyDatabase, Database, QueryCancelled
from importai_tui.sqlite_errors import primary_code
from importai_tui.wording import plural

_SAMPLE_SIZE = 5_000
"""Stories whose words are looked up: all of ten years. Of more stories as many are taken, evenly spread."""
_PREFIX_LENGTH = 2
"""Letters of the prefixes that the index knows."""


def find_index_problems(database: Database) -> Iterator[str]:
    """Return the problems of the index as phrases. Raises DatabaseTrouble if it cannot be read."""
    try:
        database.execute("INSERT INTO story_index (story_index) VALUES ('integrity-check')")
    except DatabaseError as trouble:
        # A check is written like a change, so that of an archive that can only be read it is refused.
        if (
            not isinstance(trouble.__cause__, sqlite3.Error)
            or primary_code(trouble.__cause__) != sqlite3.SQLITE_READONLY
        ):
            raise
    missing = _count(
        database, f"SELECT id FROM story WHERE id >= {MIN_STORY_ID} EXCEPT SELECT id FROM story_index_docsize"
    )
    if missing:
        yield f"the search index lacks {plural(missing, 'story', 'stories')}"
    strange = _count(
        database, f"SELECT id FROM story_index_docsize EXCEPT SELECT id FROM story WHERE id >= {MIN_STORY_ID}"
    )
    if strange:
        yield f"the search index still holds {plural(strange, 'story', 'stories')} of the past"
    if not (missing or strange):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as expected:
            _index_stories(expected, _read_sample(database))
            lost = next(_find_lost_words(database, expected), None)
        if lost is not None:
            yield "the search index has lost words"


def _read_sample(database: Database) -> Iterator[tuple[int, Sequence[str]]]:
    """Numbers and indexed columns of the stories to look at; a story that cannot be read is reported elsewhere."""
    numbers = [row[0] for row in database.query("SELECT id FROM story WHERE id >= ? ORDER BY id", (MIN_STORY_ID,))]
    for number in islice(numbers, 0, None, -(-len(numbers) // _SAMPLE_SIZE) or 1):
        for row in database.query(f"SELECT {STORY_COLUMNS} FROM story WHERE id = ?", (number,)):
            try:
                yield number, make_index_row(decode_story(*row))
            except Exception:  # a damaged row can raise anything
                continue


def _index_stories(expected: sqlite3.Connection, stories: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Index the stories again, in memory."""
    expected.execute(CREATE_STORY_INDEX)
    sql = f"INSERT INTO story_index (rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)"
    expected.execute("BEGIN")
    expected.executemany(sql, ((number, *indexed) for number, indexed in stories))
    expected.execute("COMMIT")


def _find_lost_words(database: Database, expected: sqlite3.Connection) -> Iterator[str]:
    """The words and beginnings of words that are not found in as many stories as they should, and stories' lengths.

    More stories are no fault: what an older version indexed otherwise leaves words behind, which lead nowhere.
    """
    expected.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, story_index, row)")
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab(main, story_index, row)")
    words = expected.execute("SELECT term, doc, cnt FROM temp.word").fetchall()
    for word, stories, times in words:
        # By this condition a word is looked up as a search does it.
        found = database.query("SELECT doc, cnt FROM temp.word WHERE term = ?", (word,))
        if not found or found[0][0] < stories or found[0][1] < times:
            yield word
    count = "SELECT count(*) FROM story_index WHERE story_index MATCH ?"
    for prefix in dict.fromkeys(word[:_PREFIX_LENGTH] for word, _, _ in words if len(word) > _PREFIX_LENGTH):
        asked = (f'"{prefix}" *',)
        if database.query(count, asked)[0][0] < expected.execute(count, asked).fetchone()[0]:
            yield prefix
    for number, size in expected.execute("SELECT id, sz FROM story_index_docsize"):
        if database.query("SELECT sz FROM story_index_docsize WHERE id = ?", (number,)) != [(size,)]:
            yield str(number)
    if words:  # the figures that a rank is made of
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rank MATCH ? ORDER BY rank LIMIT 1"
        database.query(sql, (f'"{words[0][0]}"', RANK_FUNCTION))


def _count(database: Database, sql: str) -> int:
    return int(database.query(f"SELECT count(*) FROM ({sql})")[0][0])


DERIVED_TABLES = ("story_index", "citation", "mention")
"""The tables that are made of the stored stories."""
ProgressCallback = Callable[[int, int], object]
"""Called with how many issues are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with an archive. `text` goes on from "The archive … is damaged: "."""

    text: str
    is_derived: bool
    """It can be worked out again from the stored stories, in place."""


def find_problems(database: Database, report: ProgressCallback = lambda *_: None) -> list[Problem]:
    """Everything that is wrong with an open archive, each kind of damage once; nothing where it is good."""
    # Newer versions of SQLite look at the index of words too.
    found = [Problem(line, is_derived="story_index" in line) for line in _find_file_problems(database)]
    tables = list(_find_table_problems(database))
    found += tables
    if any(not problem.is_derived for problem in found):
        return found  # of such a file nothing more can be told with confidence
    try:
        found += _find_issue_problems(database, report, with_derived=not tables)
        if not tables:
            found += (Problem(line, is_derived=True) for line in find_index_problems(database))
    except DatabaseError as trouble:
        found.append(Problem(f"the search index cannot be read ({_get_reason(trouble)})", is_derived=True))
    return found


def is_unverified(database: Database, issue_id: int) -> bool:
    """True if the stored stories match none of the copies that arrived.

    That is so where a story keeps its old key, and where a story was changed by a fault of the disk.
    """
    sql = "SELECT key, kind, headline, tagline, section, body FROM story WHERE issue_id = ? ORDER BY position"
    stories = get_fingerprint(database.query(sql, (issue_id,)))
    return not database.query("SELECT 1 FROM copy WHERE issue_id = ? AND stories = ?", (issue_id, stories))


def get_missing_statements(database: Database) -> list[str]:
    """The statements that make the tables and indexes that an archive should have and has not."""
    with closing(_create_empty_archive()) as fresh:
        sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'"
        present = {name for (name,) in database.query("SELECT name FROM sqlite_schema")}
        return [
            statement for name, statement in fresh.execute(sql) if name not in present and not _is_shadow_table(name)
        ]


def _find_file_problems(database: Database) -> Iterator[str]:
    try:
        said = [str(row[0]) for row in database.query("PRAGMA integrity_check(3)")]
        # Of some faults SQLite says first in which database they are.
        yield from (line.splitlines()[-1] for line in said if line != "ok")
        for table, _, parent, _ in database.query("PRAGMA foreign_key_check"):
            if table not in DERIVED_TABLES:
                yield f"a row of {table} belongs to no {parent}"
                return
    except DatabaseError as trouble:
        yield _get_reason(trouble)


def _find_table_problems(database: Database) -> Iterator[Problem]:
    """Tables, indexes and other objects that are missing, different or not ours."""
    with closing(_create_empty_archive()) as fresh:
        expected = _read_objects(lambda sql: fresh.execute(sql).fetchall())
    try:
        present = _read_objects(database.query)
    except DatabaseError as trouble:
        yield Problem(_get_reason(trouble), is_derived=False)
        return
    for name in present.keys() - expected.keys():
        yield Problem(f"it holds a {present[name][0]} that is not its own, {name}", is_derived=False)
    for name, described in expected.items():
        if name not in present and not (_is_shadow_table(name) and "story_index" not in present):
            derived = described[0] == "index" or name.startswith(DERIVED_TABLES)
            yield Problem(f"the {described[0]} {name} is missing", is_derived=derived)
        elif name in present and present[name] != described:
            yield Problem(f"the {described[0]} {name} is not what it should be", is_derived=False)


def _read_objects(rows: Callable[[str], list[tuple[object, ...]]]) -> dict[str, tuple[object, ...]]:
    """Everything in a schema by its name: its type, the columns of a table, the definition of the index of words."""
    found: dict[str, tuple[object, ...]] = {}
    for type_, name, sql in rows(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
    ):
        if name == "story_index":  # to ask for its columns, SQLite would have to open it
            found[name] = (type_, " ".join(str(sql).split()))
        else:
            quoted = str(name).replace("'", "''")
            # By name: of a table that was upgraded the columns stand in another order.
            columns = rows(f"SELECT name, type, pk FROM pragma_table_info('{quoted}') ORDER BY name")
            found[str(name)] = (type_, *columns)
    return found


def _find_issue_problems(database: Database, report: ProgressCallback, *, with_derived: bool) -> Iterator[Problem]:
    """Return the problems of issues, stories and pages, and of the tables derived from the stories."""
    issues = [row[0] for row in database.query("SELECT id FROM issue ORDER BY id")]
    stored: list[str] = []
    derived: list[str] = []
    for done, issue_id in enumerate(issues):
        report(done, len(issues))
        try:
            name = get_issue_name(database, issue_id)
            stories = read_valid_stories(database, issue_id)
            read_valid_page(database, issue_id)
        except DatabaseError as trouble:
            stored.append(_get_reason(trouble))
        except DamagedRowError as damage:
            stored.append(str(damage))
        else:
            wrong = _find_derived_problems(database, issue_id, stories) if with_derived else ()
            derived += (f"{what} of {name} are not those of its stories" for what in wrong)
    for lines, is_derived in ((stored, False), (derived, True)):
        yield from (Problem(line, is_derived) for line in lines[:_MAX_NAMED_ISSUES])
        if len(lines) > _MAX_NAMED_ISSUES:
            yield Problem(f"{len(lines) - _MAX_NAMED_ISSUES:,} more issues alike", is_derived)


_MAX_NAMED_ISSUES = 3
"""Issues that are named; of more than that their number is enough."""


MAX_CHANGE = 1 << 53
"""An issue with a number of its last change above this, or not above zero, would never be read again."""


class DamagedRowError(Exception):
    """A row that cannot be used; its text goes on from "The archive … is damaged: "."""


def get_issue_name(database: Database, issue_id: int) -> str:
    """How people call an issue. Raises Damage where its own row cannot be right."""
    sql = "SELECT number, slug, title, date, url, words, addresses, change, made_title FROM issue WHERE id = ?"
    for number, slug, title, day, url, words, addresses, change, made in database.query(sql, (issue_id,)):
        counts = all(isinstance(count, int) and count >= 0 for count in (words, addresses))
        is_read = isinstance(change, int) and 0 < change <= MAX_CHANGE
        if are_valid_issue_values(number, slug, title, day, url) and counts and is_read and made in (0, 1):
            return f"issue {number}" if number is not None else f"issue {slug}"
    raise DamagedRowError("the row of an issue cannot be right")


def read_valid_stories(database: Database, issue_id: int) -> list[tuple[int, Story]]:
    """The stories of an issue, each with its row's id. Raises Damage where one is missing or cannot be read."""
    name = get_issue_name(database, issue_id)
    sql = f"SELECT id, words, {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
    rows = database.query(sql, (issue_id,))
    try:
        stories = [(id, decode_story(*row)) for id, _, *row in rows]
        addresses = sum(link.url is not None for _, story in stories for link in story.links)
        words = [story.word_count for _, story in stories]
    except Exception as error:  # a damaged row can raise anything
        raise DamagedRowError(f"a story of {name} cannot be read") from error
    ((all_words, all_addresses),) = database.query("SELECT words, addresses FROM issue WHERE id = ?", (issue_id,))
    if [story.position for _, story in stories] != list(range(1, len(stories) + 1)) or not stories:
        raise DamagedRowError(f"a story of {name} is missing")
    if words != [row[1] for row in rows] or (sum(words), addresses) != (all_words, all_addresses):
        raise DamagedRowError(f"a story of {name} is missing or was changed")
    return stories


def read_valid_page(database: Database, issue_id: int) -> bytes:
    """The page of an issue. Raises Damage where it cannot be read."""
    rows = database.query("SELECT body, name, parser_version, origin FROM page WHERE issue_id = ?", (issue_id,))
    try:
        ((body, name, version, origin),) = rows
        if isinstance(name, str) and isinstance(version, int) and isinstance(origin, str):
            return decompress_page(body)
    except (ValueError, TypeError):
        pass
    raise DamagedRowError(f"the stored page of {get_issue_name(database, issue_id)} cannot be read")


def _find_derived_problems(database: Database, issue_id: int, stories: list[tuple[int, Story]]) -> Iterator[str]:
    written = [(id, make_story_record(story)) for id, story in stories if id >= MIN_STORY_ID]
    if len(written) < len(stories) or _has_untitled_citation(database, issue_id):
        return  # stored by an older version, and still to be brought up to date
    if not _has_exactly_rows(
        database, "citation", "n, kind, role, host, work, title, url", written, lambda story: story.citation_rows
    ):
        yield "the links"
    if not _has_exactly_rows(database, "mention", "number, link, text", written, lambda story: story.mention_rows):
        yield "the mentions of other issues"


def _has_exactly_rows(
    database: Database,
    table: str,
    columns: str,
    stories: list[tuple[int, StoryRecord]],
    rows_of: Callable[[StoryRecord], tuple[tuple[object, ...], ...]],
) -> bool:
    """True if a table has exactly the rows that the stories give."""
    sql = f"SELECT {columns} FROM {table} WHERE story_id = ?"
    try:
        return all(set(database.query(sql, (id,))) == set(rows_of(story)) for id, story in stories)
    except DatabaseError:
        return False


def _has_untitled_citation(database: Database, issue_id: int) -> bool:
    sql = """SELECT 1 FROM citation WHERE title IS NULL AND story_id IN (SELECT id FROM story WHERE issue_id = ?)
        AND EXISTS (SELECT 1 FROM page WHERE page.issue_id = ?) LIMIT 1"""
    return bool(database.query(sql, (issue_id, issue_id)))


def _is_shadow_table(name: str) -> bool:
    return name.startswith("story_index_")


def _create_empty_archive() -> sqlite3.Connection:
    """An empty archive in memory."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    return connection


def _get_reason(trouble: DatabaseError) -> str:
    """Return the problems that SQLite reports; raises DatabaseTrouble for one that is no damage."""
    if isinstance(trouble, BusyDatabase | QueryCancelled):
        raise trouble
    said = str(trouble.__cause__ or trouble)
    return "a text in it cannot be read" if said.startswith("Could not decode") else said
