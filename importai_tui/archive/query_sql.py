"""Turns queries into SQL over the full-text index and the stories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

from importai_tui.archive.full_text import MIN_UNDATED_ID, RANK_FUNCTION, get_lowest_id
from importai_tui.archive.match import is_one_letter, match_any, match_any_with_nearness, phrase_expression
from importai_tui.model import StoryKind
from importai_tui.query.conditions import (
    CitedCard,
    CitedHost,
    CitedKind,
    CitedWork,
    Clause,
    Condition,
    DateRange,
    HasForecast,
    IssueRange,
    KindCondition,
    MarkCondition,
    MostOf,
    Phrase,
    Query,
    StoryPlace,
)
from importai_tui.sqlite import placeholders

_TALE_FACTOR = 0.6
"""Tales have many ordinary words, so they match most of the words of nearly any question."""
STORY_SUBSET = "temp.few"
"""A temporary table of story ids, for queries within few stories."""


class SqlQuery(NamedTuple):
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
    rank_expression: str
    """The FTS5 query with the same matches as `rank_match`, which also counts words that are near each other."""
    is_match_only: bool
    """True if `match` is the only condition."""
    rank_order: str = "found.rank"
    """The SQL expression of the best-first order."""
    score: str = "-found.rank"
    with_sql: str = ""
    """The definition of the table `most`, to write before SELECT; empty if the query needs all words."""
    with_values: tuple[object, ...] = ()
    """The parameters of `with_sql`."""


FindIdsOfDays = Callable[[DateRange], Sequence[range]]
"""Returns the ids that the stories of a range of days may have."""


def to_sql(query: Query, find_ids: FindIdsOfDays, *, in_subset: bool = False) -> SqlQuery:
    """Turn a query into SQL.

    Required phrases become one FTS5 query, and all else conditions. With `in_subset` only the stories in the table
    `STORY_SUBSET` can match.
    """
    most = next((one for clause in query.clauses for one in clause.any_of if isinstance(one, MostOf)), None)
    text = [clause for clause in query.clauses if clause.is_positive and _is_text(clause)]
    rest = [clause for clause in query.clauses if clause not in text and most not in clause.any_of]
    # The index excludes phrases fastest, if it is used at all.
    excluded = [clause for clause in rest if (text or most) and not clause.is_positive and _is_text(clause)]
    required = [clause.phrases for clause in text]
    match = _match_expression(required, excluded, most)
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
    if most:
        conditions.append("most.id = found.rowid")
    where = " AND ".join(conditions) or "1"
    index = f"story_index AS found{' CROSS JOIN most' if most else ''}"
    tables = f"{index} CROSS JOIN story AS s ON s.id = found.rowid" if match else "story AS s"
    rankable = [phrases for phrases in required if not all(map(is_one_letter, phrases))]
    sql_query = SqlQuery(
        tables,
        index if match and "s." not in where else tables,
        id_column,
        where,
        tuple(values),
        match,
        rank_match=_match_expression(rankable, excluded, most),
        rank_expression=_match_expression(rankable, excluded, most, with_nearness=True),
        is_match_only=values == [match] and not most,
    )
    if not most:
        return sql_query
    has_kind = any(isinstance(condition, KindCondition) for clause in rest for condition in clause.any_of)
    return _with_most(sql_query, most, tale_factor=1.0 if has_kind else _TALE_FACTOR)


def with_rank(sql_query: SqlQuery, max_ranked: int) -> SqlQuery:
    """Return the query with `found.rank`, for at most `max_ranked` matches in the index.

    A single letter narrows the matches and does not rank them. Ranking the thousand words that it may begin takes
    three times as long as all else.
    """
    where, values = sql_query.where, (sql_query.rank_expression, *sql_query.values[1:])
    if sql_query.rank_match != sql_query.match:
        # LIMIT makes SQLite materialise the subquery instead of running it per row.
        hits = "SELECT rowid FROM (SELECT rowid FROM story_index WHERE story_index MATCH ? LIMIT ?)"
        where = f"{where} AND +found.rowid IN ({hits})"
        values = (*values, sql_query.match, max_ranked)
    return sql_query._replace(where=f"{where} AND found.rank MATCH ?", values=(*values, RANK_FUNCTION))


def with_card_rank(sql_query: SqlQuery, words: Sequence[Clause]) -> SqlQuery:
    """Return the query with the order of the cards that match best; `words` are those of its `CitedCard`."""
    from importai_tui.archive.cards import make_card_match

    return sql_query._replace(
        with_sql="""WITH card AS (
            SELECT story_id AS id, min(found.key) AS place FROM json_each(card_works(?, ?)) AS found
                JOIN citation ON work = found.value GROUP BY story_id) """,
        with_values=make_card_match(words),
        tables=f"{sql_query.tables} CROSS JOIN card ON card.id = s.id",
        rank_order="card.place, s.id DESC",
        score="1.0 / (1 + card.place)",
    )


def _with_most(sql_query: SqlQuery, most: MostOf, *, tale_factor: float) -> SqlQuery:
    """Return the query with the table `most`: the stories that have enough words, each with the sum of its words.

    The rank of a tale is multiplied by `tale_factor`.
    """
    anchors = _get_anchors(most)
    parts: list[str] = []
    values: list[object] = []
    for phrases, rarity in zip(most.words, most.rarities, strict=True):
        parts.append("SELECT rowid AS id, ? AS part FROM story_index WHERE story_index MATCH ?")
        match = match_any(phrases)
        values += rarity, match if phrases in anchors else f"({_match_words(anchors)}) AND ({match})"
    union = " UNION ALL ".join(parts)
    # Stories with all words come first, and the others by the rarity of what they have.
    total = sum(most.rarities)
    factor = f"most.part * most.part / {total * total:.6f}"
    factor += f" * (CASE s.kind WHEN '{StoryKind.TECH_TALES.value}' THEN {tale_factor} ELSE 1.0 END)"
    return sql_query._replace(
        with_sql=f"WITH most AS (SELECT id, sum(part) AS part FROM ({union}) GROUP BY id HAVING sum(part) >= ?) ",
        with_values=(*values, most.minimum),
        rank_order=f"most.part >= {total * 0.999:.6f} DESC, found.rank * {factor}",
        score=f"-found.rank * {factor}",
    )


def _get_anchors(most: MostOf) -> list[tuple[Phrase, ...]]:
    """Return the rarest words, of which a story must have one to have enough: they are in fewer stories than others."""
    by_rarity = sorted(zip(most.rarities, most.words, strict=True), key=lambda pair: pair[0], reverse=True)
    rest = sum(most.rarities)
    anchors: list[tuple[Phrase, ...]] = []
    for rarity, phrases in by_rarity:
        if rest < most.minimum:
            break
        anchors.append(phrases)
        rest -= rarity
    return anchors


def restrict_to(story_ids: Sequence[int]) -> SqlQuery:
    """Return the query for the stories with these ids."""
    where = f"s.id IN ({placeholders(story_ids)})"
    return SqlQuery("story AS s", "story AS s", "s.id", where, tuple(story_ids), "", "", "", is_match_only=False)


def clause_sql(
    clause: Clause, id_column: str, find_ids: FindIdsOfDays, *, in_subset: bool = False
) -> tuple[str, tuple[object, ...]]:
    """Return the condition of a clause on the story `s`, with its parameters."""
    parts = [_condition_sql(condition, id_column, find_ids, in_subset=in_subset) for condition in clause.any_of]
    sql = " OR ".join(sql for sql, _ in parts)
    return f"{'' if clause.is_positive else 'NOT '}({sql})", tuple(value for _, values in parts for value in values)


def get_dated_ids(days: DateRange) -> range:
    """Return the ids that stories of dated issues may have whose day is in the range."""
    # Always both bounds, because stories of an unknown day have lower or higher ids.
    start = get_lowest_id(days.start or "0001-01-01")
    return range(start, get_lowest_id(days.end) if days.end else MIN_UNDATED_ID)


def _match_expression(
    required: Sequence[Sequence[Phrase]],
    excluded: Sequence[Clause],
    most: MostOf | None,
    *,
    with_nearness: bool = False,
) -> str:
    """Return the FTS5 query for one of the phrases of each required word, and none of the excluded ones.

    With `most`, a story also has one of its rarest words.
    """
    parts = match_any_with_nearness(required) if with_nearness else list(map(match_any, required))
    if most:
        parts.append(_match_words(_get_anchors(most)))
        if with_nearness:
            parts.append(" OR ".join(match_any_with_nearness(most.words)))
    match = " AND ".join(f"({part})" for part in parts)
    if match and excluded:
        return f"({match}) NOT ({' OR '.join(match_any(clause.phrases) for clause in excluded)})"
    return match


def _match_words(words: Sequence[Sequence[Phrase]]) -> str:
    return " OR ".join(map(match_any, words))


def _is_text(clause: Clause) -> bool:
    return all(isinstance(condition, Phrase) for condition in clause.any_of)


_CITATION_EXISTS = "EXISTS (SELECT 1 FROM citation AS c WHERE c.story_id ="


def _condition_sql(
    condition: Condition, id_column: str, find_ids: FindIdsOfDays, *, in_subset: bool
) -> tuple[str, tuple[object, ...]]:
    match condition:
        case Phrase():
            # SQLite finds all matches first, and then checks whether the story is one of them.
            subset = f" AND rowid IN {STORY_SUBSET}" if in_subset else ""
            sql = f"{id_column} IN (SELECT rowid FROM story_index WHERE story_index MATCH ?{subset})"
            return sql, (phrase_expression(condition),)
        case KindCondition(kinds):
            return f"s.kind IN ({placeholders(kinds)})", tuple(kinds)
        case MarkCondition(field, is_set):
            return f"marked(?, s.key) = {int(is_set)}", (field,)
        case IssueRange(first, last):
            return "s.issue_id IN (SELECT id FROM issue WHERE number BETWEEN ? AND ?)", (first, last)
        case StoryPlace(number, position):
            return "s.issue_id IN (SELECT id FROM issue WHERE number = ?) AND s.position = ?", (number, position)
        case MostOf():
            return f"{id_column} IN (SELECT id FROM most)", ()
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
        case HasForecast():
            return f"{id_column} IN (SELECT story_id FROM forecast WHERE speaker = 'author')", ()
        case CitedCard(words):
            # Imported here, because few queries search the cards.
            from importai_tui.archive.cards import make_card_match

            works = "SELECT value FROM json_each(card_works(?, ?))"
            return f"{id_column} IN (SELECT story_id FROM citation WHERE work IN ({works}))", make_card_match(words)
        case _:
            return assert_never(condition)


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
