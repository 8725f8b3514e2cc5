"""Asks an archive's index, over a connection of its own: for a thread that searches while others read and store."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import NamedTuple, Self

from importai_tui.archive.database import Database
from importai_tui.archive.finding import RANK, plan
from importai_tui.archive.schema import PLAN
from importai_tui.archive.story_ids import day_of
from importai_tui.issue import StoryKind, issue_ref
from importai_tui.query import Query, Sort

MOST_RANKED = 8_000
"""Stories that are put in the order of their match: of words that so many have in common none matches better, and to
weigh that many takes 20 ms. More come newest first."""

Marks = Mapping[str, Set[str]]
"""For each field of the reading state that a query asks for, the keys of the stories where it is so."""


class Found(NamedTuple):
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
    """One open connection to an archive's index."""

    def __init__(self, path: Path) -> None:
        """Open it; raises DatabaseTrouble where that fails."""
        self._database = Database(path, PLAN)
        self._marks: Marks = {}
        self._database.define("marked", 2, self._is_marked)

    def close(self) -> None:
        """Close it; a second call does nothing."""
        self._database.close()

    def interrupt(self) -> None:
        """Break off what is being asked in another thread: that raises Interrupted there."""
        self._database.interrupt()

    def find(self, query: Query, marks: Marks, *, limit: int, offset: int = 0) -> list[Found]:
        """The stories that match, in the query's order; none for an empty query."""
        if query.is_empty:
            return []
        self._marks = marks
        asked = plan(query)
        ranked = self.is_ranked(query)
        order = "s.id ASC" if query.sort is Sort.OLD else "s.id DESC"
        score, where, values = "0.0", asked.where, asked.values
        if asked.match:
            order = f"found.rowid {'ASC' if query.sort is Sort.OLD else 'DESC'}"
        if ranked:
            order, score = "found.rank", "-found.rank"
            where, values = f"{where} AND found.rank MATCH ?", (*values, RANK)
        sql = f"""SELECT s.id, s.key, i.number, i.slug, s.position, s.kind, s.headline, {score}
            FROM {asked.tables} CROSS JOIN issue AS i ON i.id = s.issue_id
            WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"""
        return [_found(*row) for row in self._database.rows(sql, (*values, limit, offset))]

    def is_ranked(self, query: Query) -> bool:
        """Whether the stories are put in the order of their match: asked for, and not too many to weigh."""
        match = plan(query).match
        if not match or query.sort is not Sort.BEST:
            return False
        sql = "SELECT count(*) FROM (SELECT 1 FROM story_index WHERE story_index MATCH ? LIMIT ?)"
        return bool(self._database.rows(sql, (match, MOST_RANKED + 1))[0][0] <= MOST_RANKED)

    def days(self, query: Query, marks: Marks) -> dict[str | None, int]:
        """How many stories match, by the day of their issue; in all they are the total."""
        if query.is_empty:
            return {}
        self._marks = marks
        asked = plan(query)
        sql = f"SELECT s.id >> 40 << 40, count(*) FROM {asked.tables} WHERE {asked.where} GROUP BY 1 ORDER BY 1"
        return {day_of(number): count for number, count in self._database.rows(sql, asked.values)}

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
