"""Compares the full-text index with the stories that it should hold.

SQLite's own check of such an index finds broken pages, but not words that can no longer be looked up, and before
SQLite 3.44 `PRAGMA integrity_check` does not look at it at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from importai_tui.archive.codec import decode_story
from importai_tui.archive.database import Database
from importai_tui.archive.database_errors import primary_code
from importai_tui.archive.schema import FULL_TEXT
from importai_tui.archive.stored import STORY
from importai_tui.archive.story_ids import FIRST
from importai_tui.archive.story_index import COLUMNS, RANK, columns
from importai_tui.errors import DatabaseTrouble
from importai_tui.wording import plural

_SAMPLE = 5_000
"""Stories whose words are looked up: all of ten years. Of more stories as many are taken, evenly spread."""
_PREFIX = 2
"""Letters of the prefixes that the index knows."""


def index_problems(database: Database) -> Iterator[str]:
    """Return the problems of the index as phrases. Raises DatabaseTrouble if it cannot be read."""
    try:
        database.run("INSERT INTO story_index (story_index) VALUES ('integrity-check')")
    except DatabaseTrouble as trouble:
        # A check is written like a change, so that of an archive that can only be read it is refused.
        if (
            not isinstance(trouble.__cause__, sqlite3.Error)
            or primary_code(trouble.__cause__) != sqlite3.SQLITE_READONLY
        ):
            raise
    missing = _count(database, f"SELECT id FROM story WHERE id >= {FIRST} EXCEPT SELECT id FROM story_index_docsize")
    if missing:
        yield f"the search index lacks {plural(missing, 'story', 'stories')}"
    strange = _count(database, f"SELECT id FROM story_index_docsize EXCEPT SELECT id FROM story WHERE id >= {FIRST}")
    if strange:
        yield f"the search index still holds {plural(strange, 'story', 'stories')} of the past"
    if not (missing or strange):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as expected:
            _fill(expected, _sample(database))
            lost = next(_lost_words(database, expected), None)
        if lost is not None:
            yield "the search index has lost words"


def _sample(database: Database) -> Iterator[tuple[int, Sequence[str]]]:
    """Numbers and indexed columns of the stories to look at; a story that cannot be read is reported elsewhere."""
    numbers = [row[0] for row in database.rows("SELECT id FROM story WHERE id >= ? ORDER BY id", (FIRST,))]
    for number in islice(numbers, 0, None, -(-len(numbers) // _SAMPLE) or 1):
        for row in database.rows(f"SELECT {STORY} FROM story WHERE id = ?", (number,)):
            try:
                yield number, columns(decode_story(*row))
            except Exception:  # a damaged row can raise anything
                continue


def _fill(expected: sqlite3.Connection, stories: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Index the stories again, in memory."""
    expected.execute(FULL_TEXT)
    sql = f"INSERT INTO story_index (rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)"
    expected.execute("BEGIN")
    expected.executemany(sql, ((number, *indexed) for number, indexed in stories))
    expected.execute("COMMIT")


def _lost_words(database: Database, expected: sqlite3.Connection) -> Iterator[str]:
    """The words and beginnings of words that are not found in as many stories as they should, and stories' lengths.

    More stories are no fault: what an older version indexed otherwise leaves words behind, which lead nowhere.
    """
    expected.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, story_index, row)")
    database.run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab(main, story_index, row)")
    words = expected.execute("SELECT term, doc, cnt FROM temp.word").fetchall()
    for word, stories, times in words:
        # By this condition a word is looked up as a search does it.
        found = database.rows("SELECT doc, cnt FROM temp.word WHERE term = ?", (word,))
        if not found or found[0][0] < stories or found[0][1] < times:
            yield word
    count = "SELECT count(*) FROM story_index WHERE story_index MATCH ?"
    for prefix in dict.fromkeys(word[:_PREFIX] for word, _, _ in words if len(word) > _PREFIX):
        asked = (f'"{prefix}" *',)
        if database.rows(count, asked)[0][0] < expected.execute(count, asked).fetchone()[0]:
            yield prefix
    for number, size in expected.execute("SELECT id, sz FROM story_index_docsize"):
        if database.rows("SELECT sz FROM story_index_docsize WHERE id = ?", (number,)) != [(size,)]:
            yield str(number)
    if words:  # the figures that a rank is made of
        sql = "SELECT rowid FROM story_index WHERE story_index MATCH ? AND rank MATCH ? ORDER BY rank LIMIT 1"
        database.rows(sql, (f'"{words[0][0]}"', RANK))


def _count(database: Database, sql: str) -> int:
    return int(database.rows(f"SELECT count(*) FROM ({sql})")[0][0])
