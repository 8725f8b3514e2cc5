"""Searches an archive.

Use a connection of its own, so that a thread can search while others read and write. Marks come from the caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.full_text import (
    DAY_BITS,
    INDEX_VERSION,
    MIN_UNDATED_ID,
    get_day,
    get_lowest_undated_id,
    get_undated_number,
    to_indexed_text,
)
from importai_tui.archive.issue_order import IssueOrder, load_issue_order
from importai_tui.archive.match import match_any
from importai_tui.archive.query_sql import (
    STORY_SUBSET,
    SqlQuery,
    clause_sql,
    get_dated_ids,
    restrict_to,
    to_sql,
    with_card_rank,
    with_rank,
)
from importai_tui.archive.schema import ARCHIVE_SPEC, open_archive
from importai_tui.archive.stories import STORY_COLUMNS, LazyStory, StoryTable, decode_story
from importai_tui.model import StoryKind, format_issue_ref
from importai_tui.paths import get_cards_file
from importai_tui.query.conditions import Clause, DateRange, Phrase, Query, SortOrder
from importai_tui.sqlite import MAX_PARAMETERS, DamagedDatabase, Database, placeholders

if TYPE_CHECKING:
    from importai_tui.archive.cards import CardStore
    from importai_tui.model import Story

MAX_RANKED = 8_000
"""Matches that are ranked, which takes 20 ms. Words in so many stories rank none of them; more come newest first."""

MarkedKeys = Mapping[str, Set[str]]
"""The keys of the marked stories, for each mark field of a query."""


@dataclass(frozen=True, slots=True)
class FoundStory:
    """A story that matches.

    `day` is YYYY-MM-DD, estimated if the issue has none. A higher `score` is a better match, 0 if there is no ranking.
    """

    ref: str
    key: str
    issue_ref: str
    number: int | None
    day: str | None
    position: int
    kind: StoryKind
    headline: str
    score: float
    is_day_estimated: bool = False


class ArchiveSearch:
    """Runs queries on an archive."""

    def __init__(self, archive: Path | Database, *, max_ranked: int = MAX_RANKED) -> None:
        """Open the file, or share an open database. Raises DatabaseError if it cannot be opened."""
        self._max_ranked = max_ranked
        self._is_shared = isinstance(archive, Database)
        self._database = archive if isinstance(archive, Database) else open_archive(archive)
        self._marks: MarkedKeys = {}
        self._order: IssueOrder | None = None
        self._order_change = 0
        self._count_without_day: int | None = None
        self._database.create_function("marked", 2, self._is_marked)
        self._database.create_function("card_works", 2, self._find_works_by_card)

    def close(self) -> None:
        """Close the database, unless it is shared; a second call does nothing."""
        if not self._is_shared:
            self._database.close()

    def interrupt(self) -> None:
        """Cancel the query that runs in another thread, which gets QueryCancelled."""
        self._database.interrupt()

    def find(self, query: Query, marks: MarkedKeys, *, limit: int, offset: int = 0) -> list[FoundStory]:
        """Return the stories that match, in the query's order; an empty query has none.

        The best-first order becomes newest-first if there are too many matches to rank. So it does if all words are
        single letters, which nearly every story has.
        """
        if query.is_empty:
            return []
        self._marks = marks
        if query.first:
            return self._find_with_first(query, limit, offset)
        sql_query = to_sql(query, self._find_ids_of_days)
        found = self._find(query, sql_query, limit, offset)
        if not found and not offset and sql_query.match:
            self._require_index()
        return found

    def _find_with_first(self, query: Query, limit: int, offset: int) -> list[FoundStory]:
        """Return the stories of an issue, a story before the others, and then those with the text."""
        first: dict[str, FoundStory] = {}
        for condition in query.first:
            wanted = Query("", (Clause((condition,)),))
            for story in self.find(wanted, {}, limit=offset + limit):
                first.setdefault(story.ref, story)
        text = tuple(replace(one, any_of=tuple(c for c in one.any_of if c not in query.first)) for one in query.clauses)
        others = replace(query, clauses=(*text, Clause(query.first, is_positive=False)), first=())
        top = list(first.values())[offset : offset + limit]
        rest = self.find(others, {}, limit=limit - len(top), offset=max(0, offset - len(first)))
        return [*top, *rest]

    def _find(self, query: Query, sql_query: SqlQuery, limit: int, offset: int) -> list[FoundStory]:
        if query.sort is SortOrder.BEST and sql_query.rank_match:
            # Finding the matches takes as long as ranking them, so a small archive is not counted first.
            is_small = self._is_small()
            count, newest = (
                (0, []) if is_small else self._find_newest(sql_query.match, min(limit, MAX_PARAMETERS), offset)
            )
            if count <= self._max_ranked:
                ranked = with_rank(sql_query, self._max_ranked)
                return self._query(ranked, ranked.rank_order, limit, offset, score=ranked.score)
            if sql_query.is_match_only and len(newest) == limit and not self._has_undated():
                return self._query(restrict_to(newest), "s.id DESC", limit)
        if query.sort is SortOrder.BEST and (words := query.card_words) and not sql_query.match:
            ranked = with_card_rank(sql_query, words)
            return self._query(ranked, ranked.rank_order, limit, offset, score=ranked.score)
        return self._find_by_time(query, sql_query, limit, offset)

    def _find_by_time(self, query: Query, sql_query: SqlQuery, limit: int, offset: int) -> list[FoundStory]:
        id_column, is_oldest_first = sql_query.id_column, query.sort is SortOrder.OLD
        # The oldest issue first, but its stories in their own order: ids of later stories of an issue are lower.
        order = f"{id_column} >> {DAY_BITS}, s.issue_id, {id_column} DESC" if is_oldest_first else f"{id_column} DESC"
        if not self._has_undated():
            return self._query(sql_query, order, limit, offset)
        # Dated and undated stories have ids in order, each in a range of their own. Merging both reads no more stories
        # than are asked for.
        dated, undated = (
            self._query(half._replace(where=f"({half.where}) AND {id_column} {bound}"), order, offset + limit)
            for half, bound in (
                (to_sql(query, lambda days: [get_dated_ids(days)]), f"< {MIN_UNDATED_ID}"),
                (to_sql(query, lambda days: [self._find_undated_ids(days)]), f">= {MIN_UNDATED_ID}"),
            )
        )
        places = self._load_order()
        stories = merge(dated, undated, key=lambda x: places.get_place(x.number, x.day), reverse=not is_oldest_first)
        return list(islice(stories, offset, offset + limit))

    def get_stories(self, found: Sequence[FoundStory]) -> dict[str, LazyStory]:
        """Return the stories that still exist, by key."""
        stories: dict[str, LazyStory] = {}
        keys = [story.key for story in found]
        for first in range(0, len(keys), MAX_PARAMETERS):
            batch = keys[first : first + MAX_PARAMETERS]
            sql = f"SELECT {STORY_COLUMNS} FROM story WHERE key IN ({placeholders(batch)})"
            stories |= {row[0]: LazyStory(*row) for row in self._database.query(sql, batch)}
        return stories

    def find_stories_with_stem(self, stem: str, limit: int) -> list[Story]:
        """Return stories that have a word with this stem."""
        create = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.place USING fts5vocab(main, story_index, instance)"
        self._database.execute(create)
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE id IN (SELECT doc FROM temp.place WHERE term = ? LIMIT ?)"
        return [decode_story(*row) for row in self._database.query(sql, (stem, limit))]

    def open_cards(self) -> CardStore:
        """Return the store of the cards beside the archive; the caller closes it."""
        from importai_tui.archive.cards import CardStore  # few queries search the cards

        return CardStore(get_cards_file(self._database.path))

    def get_work_ids(self, key: str) -> dict[int, str]:
        """Return the ids of the works that the story with this key cites, by link number."""
        return StoryTable(self._database).get_work_ids(key)

    def get_change(self) -> int:
        """Return a number that is higher after each change of the archive."""
        ((change,),) = self._database.query("SELECT max(change) FROM issue")
        return int(change or 0)

    def count_all(self) -> int:
        """Return the number of stories."""
        return int(self._database.query("SELECT count(*) FROM story")[0][0])

    def count_matches(self, phrases: Sequence[Phrase]) -> int:
        """Return the number of stories that match any of the phrases, at most that of stories that are ranked."""
        sql = "SELECT count(*) FROM (SELECT 1 FROM story_index WHERE story_index MATCH ? LIMIT ?)"
        usable = [phrase for phrase in phrases if not phrase.is_empty]
        return int(self._database.query(sql, (match_any(usable), self._max_ranked))[0][0]) if usable else 0

    def has_match(self, phrase: Phrase) -> bool:
        """Return True if any story matches the phrase."""
        sql = "SELECT 1 FROM story_index JOIN story ON story.id = story_index.rowid WHERE story_index MATCH ? LIMIT 1"
        return not phrase.is_empty and bool(self._database.query(sql, (match_any([phrase]),)))

    def count_by_day(self, query: Query, marks: MarkedKeys) -> dict[str | None, int]:
        """Count the stories that match by the day of their issue, YYYY-MM-DD, oldest first; None is an unknown day."""
        if query.is_empty:
            return {}
        self._marks = marks
        sql_query = to_sql(query, self._find_ids_of_days)
        sql = f"""{sql_query.with_sql}SELECT {sql_query.id_column} >> {DAY_BITS} << {DAY_BITS}, count(*)
            FROM {sql_query.count_tables} WHERE {sql_query.where} GROUP BY 1"""
        counts: Counter[str | None] = Counter()
        for lowest_id, count in self._database.query(sql, (*sql_query.with_values, *sql_query.values)):
            counts[self._find_day(lowest_id)[0]] += count
        return dict(sorted(counts.items(), key=lambda item: item[0] or ""))

    def count_issues_without_day(self) -> int:
        """Return how many issues have no day, and none that can be estimated."""
        estimate_day = self._load_order().estimate_day
        if self._count_without_day is None:
            rows = self._database.query("SELECT number FROM issue WHERE date IS NULL")
            self._count_without_day = sum(estimate_day(number) is None for (number,) in rows)
        return self._count_without_day

    def count_both(self, query: Query, extra: Clause, marks: MarkedKeys) -> tuple[int, int]:
        """Count the stories that match, and those of them that match an extra clause too."""
        if query.is_empty:
            return 0, 0
        self._marks = marks
        sql_query = to_sql(query, self._find_ids_of_days)
        condition, values = clause_sql(extra, sql_query.id_column, self._find_ids_of_days)
        sql = f"SELECT count(*), total({condition}) FROM {sql_query.tables} WHERE {sql_query.where}"
        ((count, both),) = self._database.query(sql, (*values, *sql_query.values))
        return int(count), int(both)

    def filter_keys(self, query: Query, keys: Sequence[str], marks: MarkedKeys) -> list[str]:
        """Return the keys whose stories match, once for each stored story; it reads no other stories."""
        if query.is_empty:
            return []
        self._marks = marks
        self._database.execute(f"CREATE TABLE IF NOT EXISTS {STORY_SUBSET} (id INTEGER PRIMARY KEY)")
        self._database.execute(f"DELETE FROM {STORY_SUBSET}")
        insert = f"INSERT INTO {STORY_SUBSET} SELECT id FROM story WHERE key = ?"
        self._database.execute_many(insert, [(key,) for key in keys])
        sql_query = to_sql(query, self._find_ids_of_days, in_subset=True)
        sql = f"SELECT s.key FROM {sql_query.tables} WHERE {sql_query.where}"
        return [str(key) for (key,) in self._database.query(sql, sql_query.values)]

    def find_hosts(self, prefix: str, limit: int) -> list[str]:
        """Return the cited hosts with this prefix, the most cited first."""
        sql = """SELECT host FROM citation WHERE host >= ? AND host < ? GROUP BY host
            ORDER BY count(*) DESC, host LIMIT ?"""
        return [str(row[0]) for row in self._database.query(sql, (prefix, f"{prefix}\U0010ffff", limit))]

    def find_stems(self, prefix: str) -> list[tuple[str, int]]:
        """Return the stems in the index with this prefix, each with its number of stories."""
        self._database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stem USING fts5vocab(main, story_index, row)")
        sql = "SELECT term, doc FROM temp.stem WHERE term >= ? AND term < ?"
        rows = self._database.query(sql, (prefix, f"{prefix}\U0010ffff"))
        return [(str(term), int(count)) for term, count in rows]

    def _require_index(self) -> None:
        """Raise DamagedDatabase if a word of the newest headline is not found: a damaged index may fail silently."""
        sql = """SELECT id, headline FROM story
            WHERE issue_id IN (SELECT id FROM issue WHERE index_version = ?) ORDER BY id DESC LIMIT 1"""
        for id, headline in self._database.query(sql, (INDEX_VERSION,)):
            word = next((part for part in to_indexed_text(headline).split() if part.isalnum()), "")
            sql = "SELECT 1 FROM story_index WHERE story_index MATCH ? AND rowid = ?"
            if word and not self._database.query(sql, (f'"{word}"', id)):
                message = f"The search index in {self._database.path} is damaged. {ARCHIVE_SPEC.remedy}"
                raise DamagedDatabase(message)

    def _has_undated(self) -> bool:
        """Return True if there is a story of an undated issue with a number."""
        return bool(self._database.query("SELECT 1 FROM story WHERE id >= ? LIMIT 1", (MIN_UNDATED_ID,)))

    def _find_day(self, story_id: int) -> tuple[str | None, bool]:
        """Return the day of a story, and True if it is estimated."""
        if (number := get_undated_number(story_id)) is None:
            return get_day(story_id), False
        day = self._load_order().estimate_day(number)
        return day, day is not None

    def _find_ids_of_days(self, days: DateRange) -> list[range]:
        return [ids for ids in (get_dated_ids(days), self._find_undated_ids(days)) if ids]

    def _find_undated_ids(self, days: DateRange) -> range:
        """Return the ids that stories of undated issues may have whose estimated day is in the range."""
        if not self._has_undated() or not (numbers := self._load_order().find_numbers(days.start, days.end)):
            return range(0)
        return range(get_lowest_undated_id(numbers[0]), get_lowest_undated_id(numbers[-1] + 1))

    def _load_order(self) -> IssueOrder:
        """Return the order of the issues, which is loaded again only if an issue has changed."""
        change = self.get_change()
        if self._order is None or change != self._order_change:
            self._order, self._order_change = load_issue_order(self._database), change
            self._count_without_day = None
        return self._order

    def _is_small(self) -> bool:
        """Return True if all stories of the archive together are few enough to rank."""
        sql = "SELECT count(*) FROM (SELECT 1 FROM story LIMIT ?)"
        return int(self._database.query(sql, (self._max_ranked + 1,))[0][0]) <= self._max_ranked

    def _find_newest(self, match: str, limit: int, offset: int) -> tuple[int, list[int]]:
        """Return the number of matches, at most one more than can be ranked, and the ids of the newest."""
        # In one statement, because finding the matches takes longest.
        sql = """WITH hit AS (SELECT rowid FROM story_index WHERE story_index MATCH ? ORDER BY rowid DESC LIMIT ?)
            SELECT count(*) FROM hit UNION ALL SELECT * FROM (SELECT rowid FROM hit LIMIT ? OFFSET ?)"""
        (count,), *rows = self._database.query(sql, (match, self._max_ranked + 1, limit, offset))
        return int(count), [int(row[0]) for row in rows]

    def _query(
        self, sql_query: SqlQuery, order: str, limit: int, offset: int = 0, *, score: str = "0.0"
    ) -> list[FoundStory]:
        sql = f"""{sql_query.with_sql}SELECT s.id, s.key, i.number, i.slug, s.position, s.kind, s.headline, {score}
            FROM {sql_query.tables} CROSS JOIN issue AS i ON i.id = s.issue_id
            WHERE {sql_query.where} ORDER BY {order} LIMIT ? OFFSET ?"""
        rows = self._database.query(sql, (*sql_query.with_values, *sql_query.values, limit, offset))
        return [_make_found_story(self._find_day(id), *row) for id, *row in rows]

    def _find_works_by_card(self, match: str, excluded: str) -> str:
        """Return the works whose cards match, as JSON: see `CardStore.find`."""
        import json

        with self.open_cards() as cards:
            return json.dumps(cards.find(match, excluded))

    def _is_marked(self, field: str, key: str) -> bool:
        return key in self._marks.get(field, ())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _make_found_story(
    day: tuple[str | None, bool],
    key: str,
    number: int | None,
    slug: str,
    position: int,
    kind: str,
    headline: str,
    score: float,
) -> FoundStory:
    ref = format_issue_ref(number, slug)
    return FoundStory(f"{ref}/{position}", key, ref, number, day[0], position, StoryKind(kind), headline, score, day[1])
