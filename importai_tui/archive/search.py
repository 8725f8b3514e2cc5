"""Searches an archive: turns a query into SQL over the full-text index and the stories, and runs it.

Use a connection of its own, so that a thread can search while others read and write. Marks come from the caller.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self, assert_never

from importai_tui.archive.full_text import (
    DAY_BITS,
    INDEX_VERSION,
    MIN_UNDATED_ID,
    RANK_FUNCTION,
    get_day,
    get_lowest_id,
    get_lowest_undated_id,
    get_undated_number,
    quote_phrase,
    to_indexed_text,
)
from importai_tui.archive.issue_order import IssueOrder, load_issue_order
from importai_tui.archive.schema import ARCHIVE_SPEC, open_archive
from importai_tui.archive.stories import STORY_COLUMNS, LazyStory, decode_story
from importai_tui.model import StoryKind, format_issue_ref
from importai_tui.query.conditions import (
    CitedHost,
    CitedKind,
    CitedWork,
    Clause,
    Condition,
    DateRange,
    IssueRange,
    KindCondition,
    MarkCondition,
    Phrase,
    Query,
    SortOrder,
)
from importai_tui.sqlite import MAX_PARAMETERS, DamagedDatabase, Database, placeholders

if TYPE_CHECKING:
    from importai_tui.model import Story

MAX_RANKED = 8_000
"""Matches that are ranked, which takes 20 ms. Words in so many stories rank none of them; more come newest first."""
STORY_SUBSET = "temp.few"
"""A temporary table of story ids, for queries within few stories."""

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


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """A query as SQL.

    The story is `s`. The row of the index is `found`, if the index is used.
    """

    tables: str
    count_tables: str
    """Tables that suffice for a count. Reading the stories takes ten times as long as finding them."""
    id_column: str
    """The column with the story id."""
    where: str
    values: tuple[object, ...]
    """The parameters of `where`."""
    match: str
    """The FTS5 query; empty if the index is not used."""
    rank_match: str
    """The part of `match` that is used for ranking."""
    is_match_only: bool
    """True if `match` is the only condition."""


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
        sql_query = to_sql(query, self._find_ids_of_days)
        found = self._find(query, sql_query, limit, offset)
        if not found and not offset and sql_query.match:
            self._require_index()
        return found

    def _find(self, query: Query, sql_query: SqlQuery, limit: int, offset: int) -> list[FoundStory]:
        if query.sort is SortOrder.BEST and sql_query.rank_match:
            # Finding the matches takes as long as ranking them, so a small archive is not counted first.
            is_small = self._is_small()
            count, newest = (
                (0, []) if is_small else self._find_newest(sql_query.match, min(limit, MAX_PARAMETERS), offset)
            )
            if count <= self._max_ranked:
                ranked = with_rank(sql_query, self._max_ranked)
                return self._query(ranked, "found.rank", limit, offset, score="-found.rank")
            if sql_query.is_match_only and len(newest) == limit and not self._has_undated():
                return self._query(restrict_to(newest), "s.id DESC", limit)
        return self._find_by_time(query, sql_query, limit, offset)

    def _find_by_time(self, query: Query, sql_query: SqlQuery, limit: int, offset: int) -> list[FoundStory]:
        id_column, is_oldest_first = sql_query.id_column, query.sort is SortOrder.OLD
        order = f"{id_column} {'ASC' if is_oldest_first else 'DESC'}"
        if not self._has_undated():
            return self._query(sql_query, order, limit, offset)
        # Dated and undated stories have ids in order, each in a range of their own. Merging both reads no more stories
        # than are asked for.
        dated, undated = (
            self._query(replace(half, where=f"({half.where}) AND {id_column} {bound}"), order, offset + limit)
            for half, bound in (
                (to_sql(query, lambda days: [_get_dated_ids(days)]), f"< {MIN_UNDATED_ID}"),
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
        sql = f"""SELECT {sql_query.id_column} >> {DAY_BITS} << {DAY_BITS}, count(*)
            FROM {sql_query.count_tables} WHERE {sql_query.where} GROUP BY 1"""
        counts: Counter[str | None] = Counter()
        for lowest_id, count in self._database.query(sql, sql_query.values):
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
        return [ids for ids in (_get_dated_ids(days), self._find_undated_ids(days)) if ids]

    def _find_undated_ids(self, days: DateRange) -> range:
        """Return the ids that stories of undated issues may have whose estimated day is in the range."""
        if not self._has_undated() or not (numbers := self._load_order().find_numbers(days.start, days.end)):
            return range(0)
        return range(get_lowest_undated_id(numbers[0]), get_lowest_undated_id(numbers[-1] + 1))

    def _load_order(self) -> IssueOrder:
        """Return the order of the issues, which is loaded again only if an issue has changed."""
        ((change,),) = self._database.query("SELECT max(change) FROM issue")
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
        sql = f"""SELECT s.id, s.key, i.number, i.slug, s.position, s.kind, s.headline, {score}
            FROM {sql_query.tables} CROSS JOIN issue AS i ON i.id = s.issue_id
            WHERE {sql_query.where} ORDER BY {order} LIMIT ? OFFSET ?"""
        rows = self._database.query(sql, (*sql_query.values, limit, offset))
        return [_make_found_story(self._find_day(id), *row) for id, *row in rows]

    def _is_marked(self, field: str, key: str) -> bool:
        return key in self._marks.get(field, ())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


FindIdsOfDays = Callable[[DateRange], Sequence[range]]
"""Returns the ids that the stories of a range of days may have."""


def to_sql(query: Query, find_ids: FindIdsOfDays, *, in_subset: bool = False) -> SqlQuery:
    """Turn a query into SQL.

    Required phrases become one FTS5 query, and all else conditions. With `in_subset` only the stories in the table
    `STORY_SUBSET` can match.
    """
    text = [clause for clause in query.clauses if clause.is_positive and _is_text(clause)]
    rest = [clause for clause in query.clauses if clause not in text]
    # The index excludes phrases fastest, if it is used at all.
    excluded = [clause for clause in rest if text and not clause.is_positive and _is_text(clause)]
    match = _match_expression(text, excluded)
    conditions: list[str] = []
    values: list[object] = []
    id_column = "found.rowid" if match else "s.id"
    if match:
        conditions.append("story_index MATCH ?")
        values.append(match)
    for clause in rest:
        if clause not in excluded:
            sql, clause_values = clause_sql(clause, id_column, find_ids, in_subset=in_subset)
            conditions.append(sql)
            values.extend(clause_values)
    if in_subset:
        conditions.append(f"{id_column} IN {STORY_SUBSET}")
    where = " AND ".join(conditions) or "1"
    index, both = "story_index AS found", "story_index AS found CROSS JOIN story AS s ON s.id = found.rowid"
    tables = both if match else "story AS s"
    count_tables = index if match and "s." not in where else tables
    rankable = [clause for clause in text if not all(map(is_one_letter, _get_phrases(clause)))]
    rank_match = _match_expression(rankable, excluded)
    is_match_only = values == [match]
    return SqlQuery(tables, count_tables, id_column, where, tuple(values), match, rank_match, is_match_only)


def with_rank(sql_query: SqlQuery, max_ranked: int) -> SqlQuery:
    """Return the query with `found.rank`, for at most `max_ranked` matches in the index.

    A single letter narrows the matches and does not rank them. Ranking the thousand words that it may begin takes
    three times as long as all else.
    """
    where, values = sql_query.where, sql_query.values
    if sql_query.rank_match != sql_query.match:
        # LIMIT makes SQLite materialise the subquery instead of running it per row.
        hits = "SELECT rowid FROM (SELECT rowid FROM story_index WHERE story_index MATCH ? LIMIT ?)"
        where = f"{where} AND +found.rowid IN ({hits})"
        values = (sql_query.rank_match, *values[1:], sql_query.match, max_ranked)
    return replace(sql_query, where=f"{where} AND found.rank MATCH ?", values=(*values, RANK_FUNCTION))


def restrict_to(story_ids: Sequence[int]) -> SqlQuery:
    """Return the query for the stories with these ids."""
    where = f"s.id IN ({placeholders(story_ids)})"
    return SqlQuery("story AS s", "story AS s", "s.id", where, tuple(story_ids), "", "", is_match_only=False)


def clause_sql(
    clause: Clause, id_column: str, find_ids: FindIdsOfDays, *, in_subset: bool = False
) -> tuple[str, tuple[object, ...]]:
    """Return the condition of a clause on the story `s`, with its parameters."""
    parts = [_condition_sql(condition, id_column, find_ids, in_subset=in_subset) for condition in clause.any_of]
    sql = " OR ".join(sql for sql, _ in parts)
    return f"{'' if clause.is_positive else 'NOT '}({sql})", tuple(value for _, values in parts for value in values)


def _get_dated_ids(days: DateRange) -> range:
    """Return the ids that stories of dated issues may have whose day is in the range."""
    # Always both bounds, because stories of an unknown day have lower or higher ids.
    start = get_lowest_id(days.start or "0001-01-01")
    return range(start, get_lowest_id(days.end) if days.end else MIN_UNDATED_ID)


def match_any(phrases: Sequence[Phrase]) -> str:
    """Return the FTS5 query for any of the phrases."""
    return " OR ".join(map(_phrase_expression, phrases))


def is_one_letter(phrase: Phrase) -> bool:
    """Return True for a single letter that a word begins with."""
    return phrase.is_prefix and len(phrase.text) == 1 and phrase.text.isascii() and phrase.text.isalnum()


def _match_expression(text: Sequence[Clause], excluded: Sequence[Clause]) -> str:
    """Return the FTS5 query for a phrase of each clause in `text`, and none of the excluded ones."""
    match = " AND ".join(f"({match_any(_get_phrases(clause))})" for clause in text)
    if match and excluded:
        return f"({match}) NOT ({' OR '.join(match_any(_get_phrases(clause)) for clause in excluded)})"
    return match


def _phrase_expression(phrase: Phrase) -> str:
    expression = _prefix_expression(phrase) if phrase.is_prefix else quote_phrase(phrase.text)
    return f"headline : {expression}" if phrase.in_headline else expression


_NO_MATCH = '""'
"""An FTS5 phrase without words, which matches nothing."""
_SECOND_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
"""The second character of nearly every word."""


def _prefix_expression(phrase: Phrase) -> str:
    """Return the FTS5 query for a phrase whose last word is a prefix."""
    text = phrase.text
    if phrase.expansions is not None:
        return f"({match_any(phrase.expansions) or _NO_MATCH})"
    if is_one_letter(phrase):
        # The index has a list for each prefix of two letters. For one letter it would merge the lists of all words,
        # which takes 100 ms with 34,000 stories instead of 2 ms.
        longer = (f"{quote_phrase(text + letter)} *" for letter in _SECOND_LETTERS)
        return f"({' OR '.join((quote_phrase(text), *longer))})"
    complete = map(quote_phrase, complete_last_word(text) if phrase.is_unfinished else ())
    return f"({' OR '.join((f'{quote_phrase(text)} *', *complete))})"


def _is_text(clause: Clause) -> bool:
    return all(isinstance(condition, Phrase) for condition in clause.any_of)


def _get_phrases(clause: Clause) -> list[Phrase]:
    return [condition for condition in clause.any_of if isinstance(condition, Phrase)]


_CITATION_EXISTS = "EXISTS (SELECT 1 FROM citation AS c WHERE c.story_id ="


def _condition_sql(
    condition: Condition, id_column: str, find_ids: FindIdsOfDays, *, in_subset: bool
) -> tuple[str, tuple[object, ...]]:
    match condition:
        case Phrase():
            # SQLite finds all matches first, and then checks whether the story is one of them.
            subset = f" AND rowid IN {STORY_SUBSET}" if in_subset else ""
            sql = f"{id_column} IN (SELECT rowid FROM story_index WHERE story_index MATCH ?{subset})"
            return sql, (_phrase_expression(condition),)
        case KindCondition(kinds):
            return f"s.kind IN ({placeholders(kinds)})", tuple(kinds)
        case MarkCondition(field, is_set):
            return f"marked(?, s.key) = {int(is_set)}", (field,)
        case IssueRange(first, last):
            return "s.issue_id IN (SELECT id FROM issue WHERE number BETWEEN ? AND ?)", (first, last)
        case DateRange():
            ranges = find_ids(condition)
            sql = " OR ".join(f"({id_column} >= ? AND {id_column} < ?)" for _ in ranges)
            return sql or "0", tuple(bound for ids in ranges for bound in (ids.start, ids.stop))
        case CitedHost(host):
            sql = f"{_CITATION_EXISTS} {id_column} AND (c.host = ? OR c.host LIKE ? ESCAPE '\\'))"
            return sql, (host, f"%.{_escape_like(host)}")
        case CitedKind(kinds_):
            return f"{_CITATION_EXISTS} {id_column} AND c.kind IN ({placeholders(kinds_)}))", tuple(kinds_)
        case CitedWork(work):
            sql = f"{_CITATION_EXISTS} {id_column} AND (c.work = ? OR c.work LIKE ? ESCAPE '\\'))"
            return sql, (work, f"%:{_escape_like(work)}")
        case _:
            return assert_never(condition)


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


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


_STEM_SUFFIXES = {
    **dict.fromkeys(("ing", "ed", "ation", "ments", "ity"), 1),
    **dict.fromkeys(("ness", "ful", "ous", "ly", "ion", "ive", "ize", "ance", "ence", "ability"), 2),
    "ator": 3,
}
"""Suffixes that the Porter stemmer removes, each with the number of its letters that must be typed.

With fewer letters the stemmer would leave the same stem as for another suffix, which would count twice. Or the result
would be another word: "model" could become "modely", as of a mode. Of the prefixes of all words in 194 real stories,
14 in a hundred begin no stem. With these suffixes it is one in a hundred, and two in a hundred find another word too.
"""
_UNFINISHED_WORD = re.compile(r"(?<![^\W_])[A-Za-z]{3,}$")
_MIN_STEM_ONE, _MIN_STEM_MORE = 4, 3
"""Letters of a word before one letter of a suffix, and before more: with fewer, "they" could become "thing"."""


def complete_last_word(text: str) -> tuple[str, ...]:
    """Complete the last word if a part of a suffix is typed: "traini" becomes "training".

    The index has the stem "train", which does not begin with "traini". Most of the words do not exist, at no cost.
    """
    found = _UNFINISHED_WORD.search(text)
    if not found:
        return ()
    word = found[0]
    endings = [
        suffix[typed:]
        for typed in range(1, len(word) - _MIN_STEM_MORE + 1)
        if len(word) - typed >= (_MIN_STEM_ONE if typed == 1 else _MIN_STEM_MORE)
        for suffix, min_typed in _STEM_SUFFIXES.items()
        if min_typed <= typed < len(suffix) and suffix.startswith(word[-typed:].lower())
    ]
    if len(word) > _MIN_STEM_MORE and word[-1] == word[-2] and word[-1] not in "aeiou":
        endings.append("ing")  # "debugg": the stem has only one of the two letters
    return tuple(text + ending for ending in dict.fromkeys(endings))
