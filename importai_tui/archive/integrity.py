"""Finds damage in an open archive: in the file, its tables, the stored rows and everything derived from the stories.

The full-text index is compared with the stories. SQLite's own check of an FTS5 index finds broken pages, but not lost
words. Before SQLite 3.44 `PRAGMA integrity_check` does not check the index at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from importai_tui.archive.catalog import are_valid_issue_values
from importai_tui.archive.full_text import COLUMNS, INDEX_VERSION, RANK_FUNCTION, make_index_row
from importai_tui.archive.schema import CREATE_STORY_INDEX, SCHEMA
from importai_tui.archive.stories import (
    FINGERPRINT_COLUMNS,
    FORECAST_COLUMNS,
    MENTION_COLUMNS,
    OWN_CITATION_COLUMNS,
    SCORING_COLUMNS,
    STORY_COLUMNS,
    StoryRecord,
    decode_story,
    decompress_page,
    get_fingerprint,
    make_story_record,
)
from importai_tui.errors import DatabaseError
from importai_tui.forecasts import FORECASTS_VERSION
from importai_tui.model import Story
from importai_tui.sqlite import BusyDatabase, Database, QueryCancelled, placeholders
from importai_tui.sqlite_errors import primary_code
from importai_tui.wording import plural

DERIVED_TABLES = ("story_index", "citation", "mention", "forecast", "scoring")
"""The tables that can be rebuilt from the stored stories."""
MAX_CHANGE = 1 << 53
"""An issue with a higher `change`, or with one below 1, would never be loaded again."""
_MAX_NAMED_ISSUES = 3
"""Issues that the report names; of more it gives the number."""
_SAMPLE_SIZE = 5_000
"""Stories whose words are checked: all stories of ten years. Of more stories an even sample is checked."""
_INDEXED_STORIES = f"""SELECT story.id FROM story WHERE issue_id IN
    (SELECT issue.id FROM issue WHERE index_version = {INDEX_VERSION})"""
"""Selects the stories in the index; those of an archive from an older version are still to come."""
_PREFIX_LENGTH = 2
"""Length of the prefixes in the index."""

ProgressCallback = Callable[[int, int], object]
"""Called with the number of issues that are done, and their total."""


class DamagedRowError(Exception):
    """A row cannot be used. The message continues "The archive … is damaged: "."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Damage in an archive. `text` continues "The archive … is damaged: "."""

    text: str
    is_derived: bool
    """True if it can be rebuilt in place from the stored stories."""


def find_problems(database: Database, report: ProgressCallback = lambda *_: None) -> list[Problem]:
    """Return the damage of an open archive, each kind once; an empty list if there is none."""
    # Newer versions of SQLite check the full-text index too.
    problems = [Problem(line, is_derived="story_index" in line) for line in _find_file_problems(database)]
    table_problems = list(_find_table_problems(database))
    problems += table_problems
    if any(not problem.is_derived for problem in problems):
        return problems  # further checks of such a file cannot be trusted
    try:
        problems += _find_issue_problems(database, report, with_derived=not table_problems)
        if not table_problems:
            problems += (Problem(line, is_derived=True) for line in find_index_problems(database))
    except DatabaseError as error:
        problems.append(Problem(f"the search index can't be read ({_get_reason(error)})", is_derived=True))
    return problems


def find_index_problems(database: Database) -> Iterator[str]:
    """Return the problems of the full-text index as phrases. Raises DatabaseError if it cannot be read."""
    check_full_text_index(database, "story_index")
    missing = _count(database, f"{_INDEXED_STORIES} EXCEPT SELECT id FROM story_index_docsize")
    if missing:
        yield f"{plural(missing, 'story is', 'stories are')} missing from the search index"
    extra = _count(database, f"SELECT id FROM story_index_docsize EXCEPT {_INDEXED_STORIES}")
    if extra:
        yield f"the search index contains {plural(extra, 'removed story', 'removed stories')}"
    if not (missing or extra):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as expected:
            _index_stories(expected, _read_sample(database))
            lost = next(_find_lost_words(database, expected), None)
        if lost is not None:
            yield "words are missing from the search index"


def check_full_text_index(database: Database, table: str) -> None:
    """Let SQLite check a full-text index, if the database can be written. Raises DatabaseError if it is damaged."""
    try:
        database.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    except DatabaseError as error:
        # The check has the form of a write, so a read-only database refuses it.
        cause = error.__cause__
        if not isinstance(cause, sqlite3.Error) or primary_code(cause) != sqlite3.SQLITE_READONLY:
            raise


def is_unverified(database: Database, issue_id: int) -> bool:
    """Return True if the stored stories match none of the copies that were received.

    This is so if a story keeps its old key, or if the disk has changed a story.
    """
    sql = f"SELECT {', '.join(FINGERPRINT_COLUMNS)} FROM story WHERE issue_id = ? ORDER BY position"
    fingerprint = get_fingerprint(database.query(sql, (issue_id,)))
    return not database.query("SELECT 1 FROM copy WHERE issue_id = ? AND stories = ?", (issue_id, fingerprint))


def get_missing_statements(database: Database) -> list[str]:
    """Return the statements that create the missing tables and indexes."""
    with closing(_create_empty_archive()) as empty:
        sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'"
        present = {name for (name,) in database.query("SELECT name FROM sqlite_schema")}
        return [
            statement for name, statement in empty.execute(sql) if name not in present and not _is_shadow_table(name)
        ]


def get_issue_name(database: Database, issue_id: int) -> str:
    """Return the name of an issue in messages. Raises DamagedRowError if its row has impossible values."""
    sql = "SELECT number, slug, title, date, url, words, addresses, change, made_title FROM issue WHERE id = ?"
    for number, slug, title, day, url, words, addresses, change, made_title in database.query(sql, (issue_id,)):
        has_counts = all(isinstance(count, int) and count >= 0 for count in (words, addresses))
        has_change = isinstance(change, int) and 0 < change <= MAX_CHANGE
        has_values = are_valid_issue_values(number, slug, title, day, url)
        if has_values and has_counts and has_change and made_title in (0, 1):
            return f"issue {number}" if number is not None else f"issue {slug}"
    raise DamagedRowError("the row of an issue is invalid")


def read_valid_stories(database: Database, issue_id: int) -> list[tuple[int, Story]]:
    """Return the stories of an issue with their ids. Raises DamagedRowError if one is missing or damaged."""
    name = get_issue_name(database, issue_id)
    sql = f"SELECT id, words, {STORY_COLUMNS} FROM story WHERE issue_id = ? ORDER BY position"
    rows = database.query(sql, (issue_id,))
    try:
        stories = [(id, decode_story(*row)) for id, _, *row in rows]
        url_count = sum(link.url is not None for _, story in stories for link in story.links)
        word_counts = [story.word_count for _, story in stories]
    except Exception as error:  # a damaged row can raise anything
        raise DamagedRowError(f"a story of {name} can't be read") from error
    ((all_words, all_urls),) = database.query("SELECT words, addresses FROM issue WHERE id = ?", (issue_id,))
    if [story.position for _, story in stories] != list(range(1, len(stories) + 1)) or not stories:
        raise DamagedRowError(f"a story of {name} is missing")
    if word_counts != [row[1] for row in rows] or (sum(word_counts), url_count) != (all_words, all_urls):
        raise DamagedRowError(f"a story of {name} is missing or was changed")
    return stories


def read_valid_page(database: Database, issue_id: int) -> bytes:
    """Return the page of an issue. Raises DamagedRowError if it cannot be read."""
    rows = database.query("SELECT body, name, parser_version, origin FROM page WHERE issue_id = ?", (issue_id,))
    try:
        ((body, name, version, origin),) = rows
        if isinstance(name, str) and isinstance(version, int) and isinstance(origin, str):
            return decompress_page(body)
    except (ValueError, TypeError):
        pass
    raise DamagedRowError(f"the stored page of {get_issue_name(database, issue_id)} can't be read")


def _find_file_problems(database: Database) -> Iterator[str]:
    try:
        lines = [str(row[0]) for row in database.query("PRAGMA integrity_check(3)")]
        # SQLite starts some messages with a line that names the database.
        yield from (line.splitlines()[-1] for line in lines if line != "ok")
        for table, _, parent, _ in database.query("PRAGMA foreign_key_check"):
            if table not in DERIVED_TABLES:
                yield f"a row of {table} has no {parent}"
                return
    except DatabaseError as error:
        yield _get_reason(error)


def _find_table_problems(database: Database) -> Iterator[Problem]:
    """Return the tables, indexes and other objects that are missing, different or unknown."""
    with closing(_create_empty_archive()) as empty:
        expected = _read_objects(lambda sql: empty.execute(sql).fetchall())
    try:
        present = _read_objects(database.query)
    except DatabaseError as error:
        yield Problem(_get_reason(error), is_derived=False)
        return
    for name in present.keys() - expected.keys():
        yield Problem(f"it contains an unknown {present[name][0]}, {name}", is_derived=False)
    for name, description in expected.items():
        if name not in present and not (_is_shadow_table(name) and "story_index" not in present):
            is_derived = description[0] == "index" or name.startswith(DERIVED_TABLES)
            yield Problem(f"the {description[0]} {name} is missing", is_derived=is_derived)
        elif name in present and present[name] != description:
            yield Problem(f"the {description[0]} {name} has been changed", is_derived=False)


def _read_objects(query: Callable[[str], list[tuple[object, ...]]]) -> dict[str, tuple[object, ...]]:
    """Return the objects of a schema by name: type and columns, or the statement of the full-text index."""
    found: dict[str, tuple[object, ...]] = {}
    objects = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
    for type_, name, sql in query(objects):
        if name == "story_index":  # to list its columns SQLite would have to open it
            found[name] = (type_, " ".join(str(sql).split()))
        else:
            quoted = str(name).replace("'", "''")
            # By name, because an upgraded table has its columns in another order.
            columns = query(f"SELECT name, type, pk FROM pragma_table_info('{quoted}') ORDER BY name")
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
        except DatabaseError as error:
            stored.append(_get_reason(error))
        except DamagedRowError as error:
            stored.append(str(error))
        else:
            wrong = _find_derived_problems(database, issue_id, stories) if with_derived else ()
            derived += (f"{rows} of {name} don't match its stories" for rows in wrong)
    for lines, is_derived in ((stored, False), (derived, True)):
        yield from (Problem(line, is_derived) for line in lines[:_MAX_NAMED_ISSUES])
        if len(lines) > _MAX_NAMED_ISSUES:
            yield Problem(f"{len(lines) - _MAX_NAMED_ISSUES:,} more issues like these", is_derived)


def _find_derived_problems(database: Database, issue_id: int, stories: list[tuple[int, Story]]) -> Iterator[str]:
    is_old = f"SELECT 1 FROM issue WHERE id = ? AND index_version < {INDEX_VERSION}"
    if database.query(is_old, (issue_id,)) or _has_untitled_citation(database, issue_id):
        return  # an older version stored the issue, and it is still to be indexed again
    records = [(id, make_story_record(story)) for id, story in stories]
    if not _has_exactly_rows(database, "citation", OWN_CITATION_COLUMNS, records, lambda record: record.citation_rows):
        yield "the links"
    if not _has_exactly_rows(database, "mention", MENTION_COLUMNS, records, lambda record: record.mention_rows):
        yield "the mentions of other issues"
    is_other = f"SELECT 1 FROM issue WHERE id = ? AND forecasts_version <> {FORECASTS_VERSION}"
    if database.query(is_other, (issue_id,)):
        return  # another version has found its forecasts, or none has looked yet
    for table, columns, rows in (
        ("forecast", FORECAST_COLUMNS, attrgetter("forecast_rows")),
        ("scoring", SCORING_COLUMNS, attrgetter("scoring_rows")),
    ):
        if not _has_exactly_rows(database, table, columns, records, rows):
            yield "the forecasts"
            return


def _has_exactly_rows(
    database: Database,
    table: str,
    columns: Sequence[str],
    records: list[tuple[int, StoryRecord]],
    get_rows: Callable[[StoryRecord], tuple[tuple[object, ...], ...]],
) -> bool:
    """Return True if a table has exactly the rows that the stories give."""
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE story_id = ?"
    try:
        return all(set(database.query(sql, (id,))) == set(get_rows(record)) for id, record in records)
    except DatabaseError:
        return False


def _has_untitled_citation(database: Database, issue_id: int) -> bool:
    sql = """SELECT 1 FROM citation WHERE title_key IS NULL AND story_id IN (SELECT id FROM story WHERE issue_id = ?)
        AND EXISTS (SELECT 1 FROM page WHERE page.issue_id = ?) LIMIT 1"""
    return bool(database.query(sql, (issue_id, issue_id)))


def _read_sample(database: Database) -> Iterator[tuple[int, Sequence[str]]]:
    """Return ids and index rows of the stories to check; `_find_issue_problems` reports unreadable ones."""
    ids = [row[0] for row in database.query(f"{_INDEXED_STORIES} ORDER BY id")]
    for id in islice(ids, 0, None, -(-len(ids) // _SAMPLE_SIZE) or 1):
        for row in database.query(f"SELECT {STORY_COLUMNS} FROM story WHERE id = ?", (id,)):
            try:
                yield id, make_index_row(decode_story(*row))
            except Exception:  # a damaged row can raise anything
                continue


def _index_stories(expected: sqlite3.Connection, stories: Iterable[tuple[int, Sequence[str]]]) -> None:
    expected.execute(CREATE_STORY_INDEX)
    sql = f"INSERT INTO story_index (rowid, {', '.join(COLUMNS)}) VALUES (?, {placeholders(COLUMNS)})"
    expected.execute("BEGIN")
    expected.executemany(sql, ((id, *index_row) for id, index_row in stories))
    expected.execute("COMMIT")


def _find_lost_words(database: Database, expected: sqlite3.Connection) -> Iterator[str]:
    """Return the words and prefixes that match fewer stories than they should, and ids with a wrong length.

    More matches are no damage: words that an older version indexed in another way stay in the index.
    """
    expected.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, story_index, row)")
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab(main, story_index, row)")
    words = expected.execute("SELECT term, doc, cnt FROM temp.word").fetchall()
    for word, stories, times in words:
        # This condition looks the word up in the same way as a search.
        found = database.query("SELECT doc, cnt FROM temp.word WHERE term = ?", (word,))
        if not found or found[0][0] < stories or found[0][1] < times:
            yield word
    count = "SELECT count(*) FROM story_index WHERE story_index MATCH ?"
    for prefix in dict.fromkeys(word[:_PREFIX_LENGTH] for word, _, _ in words if len(word) > _PREFIX_LENGTH):
        match = (f'"{prefix}" *',)
        if database.query(count, match)[0][0] < expected.execute(count, match).fetchone()[0]:
            yield prefix
    for id, size in expected.execute("SELECT id, sz FROM story_index_docsize"):
        if database.query("SELECT sz FROM story_index_docsize WHERE id = ?", (id,)) != [(size,)]:
            yield str(id)
    if words:  # reads the averages that the rank needs
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rank MATCH ? ORDER BY rank LIMIT 1"
        database.query(sql, (f'"{words[0][0]}"', RANK_FUNCTION))


def _count(database: Database, sql: str) -> int:
    return int(database.query(f"SELECT count(*) FROM ({sql})")[0][0])


def _is_shadow_table(name: str) -> bool:
    """Return True for a table that FTS5 creates for the full-text index."""
    return name.startswith("story_index_")


def _create_empty_archive() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    return connection


def _get_reason(error: DatabaseError) -> str:
    """Return the message of SQLite. Raises the error again if it is a lock or a cancelled query, and no damage."""
    if isinstance(error, BusyDatabase | QueryCancelled):
        raise error
    message = str(error.__cause__ or error)
    return "a text in it can't be read" if message.startswith("Could not decode") else message
