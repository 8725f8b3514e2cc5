"""Asks an archive's index, best over a connection of its own: a thread then searches while others read and store.

Turns a query into SQL over the index and the stories. It runs nothing, and knows no mark but by its field's name.

The words that one still being typed may become, where their stem is shorter than what is typed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, assert_never

from importai_tui.archive.full_text import (
    DAY_BITS,
    MIN_STORY_ID,
    RANK_FUNCTION,
    get_day,
    get_lowest_id,
    to_indexed_text,
)
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.archive.stories import STORY_COLUMNS, LazyStory
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
from importai_tui.sqlite import DamagedDatabase, Database, placeholders

if TYPE_CHECKING:
    from importai_tui.model import Story

_STEM_SUFFIXES = {
    **dict.fromkeys(("ing", "ed", "ation", "ments", "ity"), 1),
    **dict.fromkeys(("ness", "ful", "ous", "ly", "ion", "ive", "ize", "ance", "ence", "ability"), 2),
    "ator": 3,
}
"""What the Porter stemmer takes off, and how many of its letters must be typed: with fewer it leaves what another
ending leaves, which would then count twice, or what is another word ("model" could become "modely", as of a mode).

Of the beginnings of all words in 194 real stories 14 in a hundred begin no stem; with these one in a hundred, and two
in a hundred find another word as well.
"""
_UNFINISHED_WORD = re.compile(r"(?<![^\W_])[A-Za-z]{3,}$")
_BEFORE_ONE, _BEFORE_MORE = 4, 3
"""Letters of a word before one letter, and before more letters, of an ending: with fewer "they" could be "thing"."""


def complete_last_word(text: str) -> tuple[str, ...]:
    """The text with its last word ended, for an ending of which a part is typed: "traini" becomes "training".

    The index holds the stem "train", which "traini" does not begin. Most of the words do not exist; they cost nothing.
    """
    found = _UNFINISHED_WORD.search(text)
    if not found:
        return ()
    word = found[0]
    whole = [
        ending[typed:]
        for typed in range(1, len(word) - _BEFORE_MORE + 1)
        if len(word) - typed >= (_BEFORE_ONE if typed == 1 else _BEFORE_MORE)
        for ending, least in _STEM_SUFFIXES.items()
        if least <= typed < len(ending) and ending.startswith(word[-typed:].lower())
    ]
    if len(word) > _BEFORE_MORE and word[-1] == word[-2] and word[-1] not in "aeiou":
        whole.append("ing")  # "debugg": the stem has one letter of the two
    return tuple(text + rest for rest in dict.fromkeys(whole))


_SECOND_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
"""What follows the first letter of nearly every word."""
_NO_MATCH = '""'
"""What no story matches: for FTS5 a phrase without words."""
STORY_SUBSET = "temp.few"
"""A table of numbers, for who asks of few stories only."""


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """A query as SQL: `tables` and `where` with `values`; `match` is what the index is asked, if it is.

    `s` is the story, and `found` the row of the index where there is a match; `number` is the story's number in either.
    `counted` are the tables that are enough where only numbers are asked for: to look up the stories themselves takes
    ten times as long as to find them.
    """

    tables: str
    count_tables: str
    id_column: str
    where: str
    values: tuple[object, ...]
    match: str
    rank_match: str
    """The part of `match` that tells how well a story matches."""
    is_match_only: bool
    """The index is asked, and nothing else."""


def to_sql(query: Query, *, in_subset: bool = False) -> SqlQuery:
    """The statement for a query: words that all must be there go to the index together, all else is a condition.

    `few`: of no other stories than those whose numbers are in the table `FEW`.
    """
    text = [clause for clause in query.clauses if clause.is_positive and _is_text(clause)]
    rest = [clause for clause in query.clauses if clause not in text]
    # What is not wanted is cheapest where the index leaves it out itself.
    without = [clause for clause in rest if text and not clause.is_positive and _is_text(clause)]
    match = _match_expression(text, without)
    conditions: list[str] = []
    values: list[object] = []
    number = "found.rowid" if match else "s.id"
    if match:
        conditions.append("story_index MATCH ?")
        values.append(match)
    for clause in rest:
        if clause not in without:
            sql, given = clause_sql(clause, number, in_subset=in_subset)
            conditions.append(sql)
            values.extend(given)
    if in_subset:
        conditions.append(f"{number} IN {STORY_SUBSET}")
    where = " AND ".join(conditions) or "1"
    index, both = "story_index AS found", "story_index AS found CROSS JOIN story AS s ON s.id = found.rowid"
    tables = both if match else "story AS s"
    counted = index if match and "s." not in where else tables
    telling = [clause for clause in text if not all(map(is_one_letter, _words(clause)))]
    weighed = _match_expression(telling, without)
    return SqlQuery(tables, counted, number, where, tuple(values), match, weighed, is_match_only=values == [match])


def _match_expression(text: Sequence[Clause], without: Sequence[Clause]) -> str:
    """What the index is asked: some of the words of each clause, and none of those that are not wanted."""
    match = " AND ".join(f"({match_any(_words(clause))})" for clause in text)
    if match and without:
        return f"({match}) NOT ({' OR '.join(match_any(_words(clause)) for clause in without)})"
    return match


def with_rank(sql_query: SqlQuery, max_ranked: int) -> SqlQuery:
    """The same with `found.rank`, where at most so many rows of the index match.

    A letter that begins a word narrows only: to weigh the thousand words that it may begin takes three times as long
    as all else, and tells nothing.
    """
    where, values = sql_query.where, sql_query.values
    if sql_query.rank_match != sql_query.match:
        # Within a LIMIT it is asked once; SQLite would else ask it of each story anew.
        hits = "SELECT rowid FROM (SELECT rowid FROM story_index WHERE story_index MATCH ? LIMIT ?)"
        where, values = (
            f"{where} AND +found.rowid IN ({hits})",
            (sql_query.rank_match, *values[1:], sql_query.match, max_ranked),
        )
    where, values = f"{where} AND found.rank MATCH ?", (*values, RANK_FUNCTION)
    return SqlQuery(
        sql_query.tables,
        sql_query.count_tables,
        sql_query.id_column,
        where,
        values,
        sql_query.match,
        sql_query.rank_match,
        is_match_only=sql_query.is_match_only,
    )


def restrict_to(story_ids: Sequence[int]) -> SqlQuery:
    """The statement for the stories with these numbers."""
    where = f"s.id IN ({', '.join('?' * len(story_ids))})"
    return SqlQuery("story AS s", "story AS s", "s.id", where, tuple(story_ids), "", "", is_match_only=False)


def clause_sql(clause: Clause, id_column: str, *, in_subset: bool = False) -> tuple[str, tuple[object, ...]]:
    """That a clause holds, with its values, of the story `s` whose number is called `number`."""
    parts = [_condition(condition, id_column, few=in_subset) for condition in clause.any_of]
    sql = " OR ".join(sql for sql, _ in parts)
    return f"{'' if clause.is_positive else 'NOT '}({sql})", tuple(value for _, values in parts for value in values)


def match_any(words: Sequence[Phrase]) -> str:
    """Words as the index is asked for any of them."""
    return " OR ".join(map(_phrase_expression, words))


def is_one_letter(words: Phrase) -> bool:
    """Whether it is a single letter that a word begins with."""
    return words.is_prefix and len(words.text) == 1 and words.text.isascii() and words.text.isalnum()


def _phrase_expression(words: Phrase) -> str:
    asked = _prefix_expression(words) if words.is_prefix else _quoted(words.text)
    return f"headline : {asked}" if words.in_headline else asked


def _prefix_expression(words: Phrase) -> str:
    """Words of which the last may go on."""
    text = words.text
    if words.expansions is not None:
        return f"({match_any(words.expansions) or _NO_MATCH})"
    if is_one_letter(words):
        # The index keeps a list for every two letters; one letter would be put together of those of all its words,
        # which takes 100 ms of 34,000 stories where this takes 2.
        return f"({' OR '.join((_quoted(text), *(f'{_quoted(text + letter)} *' for letter in _SECOND_LETTERS)))})"
    ended = map(_quoted, complete_last_word(text) if words.is_unfinished else ())
    return f"({' OR '.join((f'{_quoted(text)} *', *ended))})"


def _quoted(text: str) -> str:
    quoted = to_indexed_text(text).replace('"', '""')
    return f'"{quoted}"'


def _is_text(clause: Clause) -> bool:
    return all(isinstance(condition, Phrase) for condition in clause.any_of)


def _words(clause: Clause) -> list[Phrase]:
    return [condition for condition in clause.any_of if isinstance(condition, Phrase)]


def _condition(condition: Condition, number: str, *, few: bool) -> tuple[str, tuple[object, ...]]:
    match condition:
        case Phrase():
            # SQLite finds all that match first, and then looks whether the story is one of them.
            among = f" AND rowid IN {STORY_SUBSET}" if few else ""
            sql = f"{number} IN (SELECT rowid FROM story_index WHERE story_index MATCH ?{among})"
            return sql, (_phrase_expression(condition),)
        case KindCondition(kinds):
            return f"s.kind IN ({placeholders(kinds)})", tuple(kinds)
        case MarkCondition(field, so):
            return f"marked(?, s.key) = {int(so)}", (field,)
        case IssueRange(first, last):
            return "s.issue_id IN (SELECT id FROM issue WHERE number BETWEEN ? AND ?)", (first, last)
        case DateRange(first, end):
            bounds = list(_date_bounds(first, end))
            return " AND ".join(f"{number} {sign} ?" for sign, _ in bounds), tuple(bound for _, bound in bounds)
        case CitedHost(host):
            return f"{_CITATION_EXISTS} {number} AND (c.host = ? OR c.host LIKE ? ESCAPE '\\'))", (
                host,
                f"%.{_escape_like(host)}",
            )
        case CitedKind(kinds_):
            return f"{_CITATION_EXISTS} {number} AND c.kind IN ({placeholders(kinds_)}))", tuple(kinds_)
        case CitedWork(work):
            return f"{_CITATION_EXISTS} {number} AND (c.work = ? OR c.work LIKE ? ESCAPE '\\'))", (
                work,
                f"%:{_escape_like(work)}",
            )
        case _:
            return assert_never(condition)


_CITATION_EXISTS = "EXISTS (SELECT 1 FROM citation AS c WHERE c.story_id ="


def _date_bounds(first: str | None, end: str | None) -> Iterator[tuple[str, int]]:
    # Stories of an unknown day lie below all others: they are before no day and after none.
    yield ">=", get_lowest_id(first or "0001-01-01")
    if end:
        yield "<", get_lowest_id(end)


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


MAX_RANKED = 8_000
"""Stories that are put in the order of their match: of words that so many have in common none matches better, and to
weigh that many takes 20 ms. More come newest first."""

_MAX_PARAMETERS = 500
"""Values in one statement: SQLite may be built to take no more than 999."""

MarkedKeys = Mapping[str, Set[str]]
"""For each field of the reading state that a query asks for, the keys of the stories where it is so."""


@dataclass(frozen=True, slots=True)
class FoundStory:
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


class ArchiveSearch:
    """An open connection to an archive's index."""

    def __init__(self, archive: Path | Database, *, max_ranked: int = MAX_RANKED) -> None:
        """`archive`: its file, which is opened, or a connection that is there; raises DatabaseTrouble."""
        self._max_ranked = max_ranked
        self._is_shared = isinstance(archive, Database)
        self._database = archive if isinstance(archive, Database) else Database(archive, ARCHIVE_SPEC)
        self._marks: MarkedKeys = {}
        self._database.create_function("marked", 2, self._is_marked)

    def close(self) -> None:
        """Close it, unless it was lent; a second call does nothing."""
        if not self._is_shared:
            self._database.close()

    def interrupt(self) -> None:
        """Break off what is being asked in another thread: that raises Interrupted there."""
        self._database.interrupt()

    def find(self, query: Query, marks: MarkedKeys, *, limit: int, offset: int = 0) -> list[FoundStory]:
        """The stories that match, in the query's order; none for an empty query.

        Where the best are asked for, and there are too many to weigh, they come newest first, and so they do where
        the words are single letters, which nearly every story has.
        """
        if query.is_empty:
            return []
        self._marks = marks
        asked = to_sql(query)
        found = self._find(asked, query.sort, limit, offset)
        if not found and not offset and asked.match:
            self._require_index()
        return found

    def _find(self, asked: SqlQuery, sort: SortOrder, limit: int, offset: int) -> list[FoundStory]:
        ends = "ASC" if sort is SortOrder.OLD else "DESC"
        if sort is SortOrder.BEST and asked.rank_match:
            # To find what matches takes as long as to weigh it: of few stories they need not be counted first.
            few = self._is_small()
            count, newest = (0, []) if few else self._find_newest(asked.match, min(limit, _MAX_PARAMETERS), offset)
            if count <= self._max_ranked:
                weighed = with_rank(asked, self._max_ranked)
                return self._query(weighed, "found.rank", limit, offset, score="-found.rank")
            if asked.is_match_only and len(newest) == limit:
                return self._query(restrict_to(newest), f"s.id {ends}", limit)
        return self._query(asked, f"{asked.id_column} {ends}", limit, offset)

    def get_stories(self, found: Sequence[FoundStory]) -> dict[str, LazyStory]:
        """Those of the stories that are still there, by their keys."""
        kept: dict[str, LazyStory] = {}
        keys = [one.key for one in found]
        for first in range(0, len(keys), _MAX_PARAMETERS):
            some = keys[first : first + _MAX_PARAMETERS]
            sql = f"SELECT {STORY_COLUMNS} FROM story WHERE key IN ({placeholders(some)})"
            kept |= {row[0]: LazyStory(*row) for row in self._database.query(sql, some)}
        return kept

    def find_stories_with_stem(self, stem: str, limit: int) -> list[Story]:
        """So many of the stories that have a word of this stem, in any of its endings."""
        self._database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.place USING fts5vocab(main, story_index, instance)"
        )
        sql = f"SELECT {STORY_COLUMNS} FROM story WHERE id IN (SELECT doc FROM temp.place WHERE term = ? LIMIT ?)"
        return [LazyStory(*row).load() for row in self._database.query(sql, (stem, limit))]

    def has_match(self, words: Phrase) -> bool:
        """Whether any story has these words."""
        sql = "SELECT 1 FROM story_index JOIN story ON story.id = story_index.rowid WHERE story_index MATCH ? LIMIT 1"
        return not words.is_empty and bool(self._database.query(sql, (match_any([words]),)))

    def count_by_day(self, query: Query, marks: MarkedKeys) -> dict[str | None, int]:
        """How many stories match, by the day of their issue; in all they are the total."""
        if query.is_empty:
            return {}
        self._marks = marks
        asked = to_sql(query)
        sql = f"""SELECT {asked.id_column} >> {DAY_BITS} << {DAY_BITS}, count(*)
            FROM {asked.count_tables} WHERE {asked.where} GROUP BY 1 ORDER BY 1"""
        return {get_day(number): count for number, count in self._database.query(sql, asked.values)}

    def count_both(self, query: Query, extra: Clause, marks: MarkedKeys) -> tuple[int, int]:
        """How many stories match, and of how many of those another clause holds as well."""
        if query.is_empty:
            return 0, 0
        self._marks = marks
        asked = to_sql(query)
        narrower, given = clause_sql(extra, asked.id_column)
        sql = f"SELECT count(*), total({narrower}) FROM {asked.tables} WHERE {asked.where}"
        ((stories, of_both),) = self._database.query(sql, (*given, *asked.values))
        return int(stories), int(of_both)

    def filter_keys(self, query: Query, keys: Sequence[str], marks: MarkedKeys) -> list[str]:
        """The keys of the stories among these that match, as often as they are stored; it looks at no other story."""
        if query.is_empty:
            return []
        self._marks = marks
        self._database.execute(f"CREATE TABLE IF NOT EXISTS {STORY_SUBSET} (id INTEGER PRIMARY KEY)")
        self._database.execute(f"DELETE FROM {STORY_SUBSET}")
        self._database.execute_many(
            f"INSERT INTO {STORY_SUBSET} SELECT id FROM story WHERE key = ?", [(key,) for key in keys]
        )
        asked = to_sql(query, in_subset=True)
        sql = f"SELECT s.key FROM {asked.tables} WHERE {asked.where}"
        return [str(key) for (key,) in self._database.query(sql, asked.values)]

    def find_hosts(self, prefix: str, limit: int) -> list[str]:
        """The hosts that begin so, the most cited first."""
        sql = """SELECT host FROM citation WHERE host >= ? AND host < ? GROUP BY host
            ORDER BY count(*) DESC, host LIMIT ?"""
        return [str(row[0]) for row in self._database.query(sql, (prefix, f"{prefix}\U0010ffff", limit))]

    def find_stems(self, prefix: str) -> list[tuple[str, int]]:
        """The stems in the index that begin so, each with its number of stories."""
        self._database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stem USING fts5vocab(main, story_index, row)")
        sql = "SELECT term, doc FROM temp.stem WHERE term >= ? AND term < ?"
        rows = self._database.query(sql, (prefix, f"{prefix}\U0010ffff"))
        return [(str(term), int(stories)) for term, stories in rows]

    def _require_index(self) -> None:
        """Look for the newest story by a word of its headline: a damaged index may find nothing, silently."""
        sql = "SELECT id, headline FROM story WHERE id >= ? ORDER BY id DESC LIMIT 1"
        for number, headline in self._database.query(sql, (MIN_STORY_ID,)):
            word = next((part for part in to_indexed_text(headline).split() if part.isalnum()), "")
            sql = "SELECT 1 FROM story_index WHERE story_index MATCH ? AND rowid = ?"
            if word and not self._database.query(sql, (f'"{word}"', number)):
                raise DamagedDatabase(f"The search index in {self._database.path} is damaged. {ARCHIVE_SPEC.remedy}")

    def _is_small(self) -> bool:
        """Whether all stories of the archive together are few enough to be weighed."""
        sql = "SELECT count(*) FROM (SELECT 1 FROM story LIMIT ?)"
        return int(self._database.query(sql, (self._max_ranked + 1,))[0][0]) <= self._max_ranked

    def _find_newest(self, match: str, limit: int, offset: int) -> tuple[int, list[int]]:
        """How many rows of the index match, counted to one more than are weighed; and of those the newest ones."""
        # In one statement: to find them takes longer than all else, and it is done once.
        sql = """WITH hit AS (SELECT rowid FROM story_index WHERE story_index MATCH ? ORDER BY rowid DESC LIMIT ?)
            SELECT count(*) FROM hit UNION ALL SELECT * FROM (SELECT rowid FROM hit LIMIT ? OFFSET ?)"""
        (count,), *rows = self._database.query(sql, (match, self._max_ranked + 1, limit, offset))
        return int(count), [int(row[0]) for row in rows]

    def _query(
        self, asked: SqlQuery, order: str, limit: int, offset: int = 0, *, score: str = "0.0"
    ) -> list[FoundStory]:
        sql = f"""SELECT s.id, s.key, i.number, i.slug, s.position, s.kind, s.headline, {score}
            FROM {asked.tables} CROSS JOIN issue AS i ON i.id = s.issue_id
            WHERE {asked.where} ORDER BY {order} LIMIT ? OFFSET ?"""
        return [_make_found_story(*row) for row in self._database.query(sql, (*asked.values, limit, offset))]

    def _is_marked(self, field: str, key: str) -> bool:
        return key in self._marks.get(field, ())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _make_found_story(
    id: int, key: str, number: int | None, slug: str, position: int, kind: str, headline: str, score: float
) -> FoundStory:
    ref = format_issue_ref(number, slug)
    return FoundStory(f"{ref}/{position}", key, ref, number, get_day(id), position, StoryKind(kind), headline, score)
