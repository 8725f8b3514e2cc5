"""Asks an archive's index, best over a connection of its own: a thread then searches while others read and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.database import DamagedDatabase, Database, placeholders
from importai_tui.archive.finding import FEW, Plan, among, any_of, holding, plan, ranked
from importai_tui.archive.schema import PLAN
from importai_tui.archive.stored import STORY, StoredStory
from importai_tui.archive.story_ids import DAY_BITS, FIRST, day_of
from importai_tui.archive.story_index import searchable
from importai_tui.kinds import StoryKind
from importai_tui.naming import issue_ref
from importai_tui.query import Clause, Query, Sort, Words

if TYPE_CHECKING:
    from importai_tui.issue import Story

MOST_RANKED = 8_000
"""Stories that are put in the order of their match: of words that so many have in common none matches better, and to
weigh that many takes 20 ms. More come newest first."""

_AT_ONCE = 500
"""Values in one statement: SQLite may be built to take no more than 999."""

Marks = Mapping[str, Set[str]]
"""For each field of the reading state that a query asks for, the keys of the stories where it is so."""


@dataclass(frozen=True, slots=True)
class Found:
    """A story that matches. `day` is YYYY-MM-DD; `score` is higher for the better match, 0 where none was weighed."""

    ref: str
    key: str
    issue_ref: str
    number: int | None
    day: str | None
    position: int
    kind: StoryKind
    headline: str
    score: float


class Finder:
    """An open connection to an archive's index."""

    def __init__(self, archive: Path | Database, *, most_ranked: int = MOST_RANKED) -> None:
        """`archive`: its file, which is opened, or a connection that is there; raises DatabaseTrouble."""
        self._most_ranked = most_ranked
        self._is_lent = isinstance(archive, Database)
        self._database = archive if isinstance(archive, Database) else Database(archive, PLAN)
        self._marks: Marks = {}
        self._database.define("marked", 2, self._is_marked)

    def close(self) -> None:
        """Close it, unless it was lent; a second call does nothing."""
        if not self._is_lent:
            self._database.close()

    def interrupt(self) -> None:
        """Break off what is being asked in another thread: that raises Interrupted there."""
        self._database.interrupt()

    def find(self, query: Query, marks: Marks, *, limit: int, offset: int = 0) -> list[Found]:
        """The stories that match, in the query's order; none for an empty query.

        Where the best are asked for, and there are too many to weigh, they come newest first, and so they do where
        the words are single letters, which nearly every story has.
        """
        if query.is_empty:
            return []
        self._marks = marks
        asked = plan(query)
        found = self._find(asked, query.sort, limit, offset)
        if not found and not offset and asked.match:
            self._require_index()
        return found

    def _find(self, asked: Plan, sort: Sort, limit: int, offset: int) -> list[Found]:
        ends = "ASC" if sort is Sort.OLD else "DESC"
        if sort is Sort.BEST and asked.weighed:
            # To find what matches takes as long as to weigh it: of few stories they need not be counted first.
            few = self._is_small()
            count, newest = (0, []) if few else self._newest(asked.match, min(limit, _AT_ONCE), offset)
            if count <= self._most_ranked:
                weighed = ranked(asked, self._most_ranked)
                return self._rows(weighed, "found.rank", limit, offset, score="-found.rank")
            if asked.is_match_alone and len(newest) == limit:
                return self._rows(among(newest), f"s.id {ends}", limit)
        return self._rows(asked, f"{asked.number} {ends}", limit, offset)

    def stories(self, found: Sequence[Found]) -> dict[str, StoredStory]:
        """Those of the stories that are still there, by their keys."""
        kept: dict[str, StoredStory] = {}
        keys = [one.key for one in found]
        for first in range(0, len(keys), _AT_ONCE):
            some = keys[first : first + _AT_ONCE]
            sql = f"SELECT {STORY} FROM story WHERE key IN ({placeholders(some)})"
            kept |= {row[0]: StoredStory(*row) for row in self._database.rows(sql, some)}
        return kept

    def stories_with(self, stem: str, limit: int) -> list[Story]:
        """So many of the stories that have a word of this stem, in any of its endings."""
        self._database.run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.place USING fts5vocab(main, story_index, instance)")
        sql = f"SELECT {STORY} FROM story WHERE id IN (SELECT doc FROM temp.place WHERE term = ? LIMIT ?)"
        return [StoredStory(*row).story() for row in self._database.rows(sql, (stem, limit))]

    def has(self, words: Words) -> bool:
        """Whether any story has these words."""
        sql = "SELECT 1 FROM story_index JOIN story ON story.id = story_index.rowid WHERE story_index MATCH ? LIMIT 1"
        return not words.is_empty and bool(self._database.rows(sql, (any_of([words]),)))

    def days(self, query: Query, marks: Marks) -> dict[str | None, int]:
        """How many stories match, by the day of their issue; in all they are the total."""
        if query.is_empty:
            return {}
        self._marks = marks
        asked = plan(query)
        sql = f"""SELECT {asked.number} >> {DAY_BITS} << {DAY_BITS}, count(*) FROM {asked.counted} WHERE {asked.where}
            GROUP BY 1 ORDER BY 1"""
        return {day_of(number): count for number, count in self._database.rows(sql, asked.values)}

    def count_both(self, query: Query, also: Clause, marks: Marks) -> tuple[int, int]:
        """How many stories match, and of how many of those another clause holds as well."""
        if query.is_empty:
            return 0, 0
        self._marks = marks
        asked = plan(query)
        narrower, given = holding(also, asked.number)
        sql = f"SELECT count(*), total({narrower}) FROM {asked.tables} WHERE {asked.where}"
        ((stories, of_both),) = self._database.rows(sql, (*given, *asked.values))
        return int(stories), int(of_both)

    def among(self, query: Query, keys: Sequence[str], marks: Marks) -> list[str]:
        """The keys of the stories among these that match, as often as they are stored; it looks at no other story."""
        if query.is_empty:
            return []
        self._marks = marks
        self._database.run(f"CREATE TABLE IF NOT EXISTS {FEW} (id INTEGER PRIMARY KEY)")
        self._database.run(f"DELETE FROM {FEW}")
        self._database.run_many(f"INSERT INTO {FEW} SELECT id FROM story WHERE key = ?", [(key,) for key in keys])
        asked = plan(query, few=True)
        sql = f"SELECT s.key FROM {asked.tables} WHERE {asked.where}"
        return [str(key) for (key,) in self._database.rows(sql, asked.values)]

    def hosts(self, beginning: str, limit: int) -> list[str]:
        """The hosts that begin so, the most cited first."""
        sql = """SELECT host FROM citation WHERE host >= ? AND host < ? GROUP BY host
            ORDER BY count(*) DESC, host LIMIT ?"""
        return [str(row[0]) for row in self._database.rows(sql, (beginning, f"{beginning}\U0010ffff", limit))]

    def stems(self, beginning: str) -> list[tuple[str, int]]:
        """The stems in the index that begin so, each with its number of stories."""
        self._database.run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stem USING fts5vocab(main, story_index, row)")
        sql = "SELECT term, doc FROM temp.stem WHERE term >= ? AND term < ?"
        rows = self._database.rows(sql, (beginning, f"{beginning}\U0010ffff"))
        return [(str(term), int(stories)) for term, stories in rows]

    def _require_index(self) -> None:
        """Look for the newest story by a word of its headline: a damaged index may find nothing, silently."""
        sql = "SELECT id, headline FROM story WHERE id >= ? ORDER BY id DESC LIMIT 1"
        for number, headline in self._database.rows(sql, (FIRST,)):
            word = next((part for part in searchable(headline).split() if part.isalnum()), "")
            sql = "SELECT 1 FROM story_index WHERE story_index MATCH ? AND rowid = ?"
            if word and not self._database.rows(sql, (f'"{word}"', number)):
                raise DamagedDatabase(f"The search index in {self._database.path} is damaged. {PLAN.remedy}")

    def _is_small(self) -> bool:
        """Whether all stories of the archive together are few enough to be weighed."""
        sql = "SELECT count(*) FROM (SELECT 1 FROM story LIMIT ?)"
        return int(self._database.rows(sql, (self._most_ranked + 1,))[0][0]) <= self._most_ranked

    def _newest(self, match: str, limit: int, offset: int) -> tuple[int, list[int]]:
        """How many rows of the index match, counted to one more than are weighed; and of those the newest ones."""
        # In one statement: to find them takes longer than all else, and it is done once.
        sql = """WITH hit AS (SELECT rowid FROM story_index WHERE story_index MATCH ? ORDER BY rowid DESC LIMIT ?)
            SELECT count(*) FROM hit UNION ALL SELECT * FROM (SELECT rowid FROM hit LIMIT ? OFFSET ?)"""
        (count,), *rows = self._database.rows(sql, (match, self._most_ranked + 1, limit, offset))
        return int(count), [int(row[0]) for row in rows]

    def _rows(self, asked: Plan, order: str, limit: int, offset: int = 0, *, score: str = "0.0") -> list[Found]:
        sql = f"""SELECT s.id, s.key, i.number, i.slug, s.position, s.kind, s.headline, {score}
            FROM {asked.tables} CROSS JOIN issue AS i ON i.id = s.issue_id
            WHERE {asked.where} ORDER BY {order} LIMIT ? OFFSET ?"""
        return [_found(*row) for row in self._database.rows(sql, (*asked.values, limit, offset))]

    def _is_marked(self, field: str, key: str) -> bool:
        return key in self._marks.get(field, ())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _found(
    id: int, key: str, number: int | None, slug: str, position: int, kind: str, headline: str, score: float
) -> Found:
    ref = issue_ref(number, slug)
    return Found(f"{ref}/{position}", key, ref, number, day_of(id), position, StoryKind(kind), headline, score)
