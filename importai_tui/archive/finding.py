"""Turns a query into SQL over the index and the stories. It runs nothing, and knows no mark but by its field's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from importai_tui.archive.database import placeholders
from importai_tui.archive.endings import continued
from importai_tui.archive.story_ids import first_of
from importai_tui.archive.story_index import RANK, searchable
from importai_tui.query import (
    CitedHost,
    CitedKind,
    CitedWork,
    Clause,
    Condition,
    Days,
    Issues,
    Kinds,
    Marked,
    Query,
    Words,
)

_SECOND = "abcdefghijklmnopqrstuvwxyz0123456789"
"""What follows the first letter of nearly every word."""
_NOTHING = '""'
"""What no story matches: for FTS5 a phrase without words."""
FEW = "temp.few"
"""A table of numbers, for who asks of few stories only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A query as SQL: `tables` and `where` with `values`; `match` is what the index is asked, if it is.

    `s` is the story, and `found` the row of the index where there is a match; `number` is the story's number in either.
    `counted` are the tables that are enough where only numbers are asked for: to look up the stories themselves takes
    ten times as long as to find them.
    """

    tables: str
    counted: str
    number: str
    where: str
    values: tuple[object, ...]
    match: str
    weighed: str
    """The part of `match` that tells how well a story matches."""
    is_match_alone: bool
    """The index is asked, and nothing else."""


def plan(query: Query, *, few: bool = False) -> Plan:
    """The statement for a query: words that all must be there go to the index together, all else is a condition.

    `few`: of no other stories than those whose numbers are in the table `FEW`.
    """
    text = [clause for clause in query.clauses if clause.wanted and _is_text(clause)]
    rest = [clause for clause in query.clauses if clause not in text]
    # What is not wanted is cheapest where the index leaves it out itself.
    without = [clause for clause in rest if text and not clause.wanted and _is_text(clause)]
    match = _match(text, without)
    conditions: list[str] = []
    values: list[object] = []
    number = "found.rowid" if match else "s.id"
    if match:
        conditions.append("story_index MATCH ?")
        values.append(match)
    for clause in rest:
        if clause not in without:
            sql, given = holding(clause, number, few=few)
            conditions.append(sql)
            values.extend(given)
    if few:
        conditions.append(f"{number} IN {FEW}")
    where = " AND ".join(conditions) or "1"
    index, both = "story_index AS found", "story_index AS found CROSS JOIN story AS s ON s.id = found.rowid"
    tables = both if match else "story AS s"
    counted = index if match and "s." not in where else tables
    telling = [clause for clause in text if not all(map(is_one_letter, _words(clause)))]
    weighed = _match(telling, without)
    return Plan(tables, counted, number, where, tuple(values), match, weighed, is_match_alone=values == [match])


def _match(text: Sequence[Clause], without: Sequence[Clause]) -> str:
    """What the index is asked: some of the words of each clause, and none of those that are not wanted."""
    match = " AND ".join(f"({any_of(_words(clause))})" for clause in text)
    if match and without:
        return f"({match}) NOT ({' OR '.join(any_of(_words(clause)) for clause in without)})"
    return match


def ranked(asked: Plan, most: int) -> Plan:
    """The same with `found.rank`, where at most so many rows of the index match.

    A letter that begins a word narrows only: to weigh the thousand words that it may begin takes three times as long
    as all else, and tells nothing.
    """
    where, values = asked.where, asked.values
    if asked.weighed != asked.match:
        # Within a LIMIT it is asked once; SQLite would else ask it of each story anew.
        hits = "SELECT rowid FROM (SELECT rowid FROM story_index WHERE story_index MATCH ? LIMIT ?)"
        where, values = f"{where} AND +found.rowid IN ({hits})", (asked.weighed, *values[1:], asked.match, most)
    where, values = f"{where} AND found.rank MATCH ?", (*values, RANK)
    return Plan(
        asked.tables,
        asked.counted,
        asked.number,
        where,
        values,
        asked.match,
        asked.weighed,
        is_match_alone=asked.is_match_alone,
    )


def among(numbers: Sequence[int]) -> Plan:
    """The statement for the stories with these numbers."""
    where = f"s.id IN ({', '.join('?' * len(numbers))})"
    return Plan("story AS s", "story AS s", "s.id", where, tuple(numbers), "", "", is_match_alone=False)


def holding(clause: Clause, number: str, *, few: bool = False) -> tuple[str, tuple[object, ...]]:
    """That a clause holds, with its values, of the story `s` whose number is called `number`."""
    parts = [_condition(condition, number, few=few) for condition in clause.any_of]
    sql = " OR ".join(sql for sql, _ in parts)
    return f"{'' if clause.wanted else 'NOT '}({sql})", tuple(value for _, values in parts for value in values)


def any_of(words: Sequence[Words]) -> str:
    """Words as the index is asked for any of them."""
    return " OR ".join(map(_expression, words))


def is_one_letter(words: Words) -> bool:
    """Whether it is a single letter that a word begins with."""
    return words.prefix and len(words.text) == 1 and words.text.isascii() and words.text.isalnum()


def _expression(words: Words) -> str:
    asked = _begun(words) if words.prefix else _quoted(words.text)
    return f"headline : {asked}" if words.headline else asked


def _begun(words: Words) -> str:
    """Words of which the last may go on."""
    text = words.text
    if words.forms is not None:
        return f"({any_of(words.forms) or _NOTHING})"
    if is_one_letter(words):
        # The index keeps a list for every two letters; one letter would be put together of those of all its words,
        # which takes 100 ms of 34,000 stories where this takes 2.
        return f"({' OR '.join((_quoted(text), *(f'{_quoted(text + letter)} *' for letter in _SECOND)))})"
    ended = map(_quoted, continued(text) if words.typed else ())
    return f"({' OR '.join((f'{_quoted(text)} *', *ended))})"


def _quoted(text: str) -> str:
    quoted = searchable(text).replace('"', '""')
    return f'"{quoted}"'


def _is_text(clause: Clause) -> bool:
    return all(isinstance(condition, Words) for condition in clause.any_of)


def _words(clause: Clause) -> list[Words]:
    return [condition for condition in clause.any_of if isinstance(condition, Words)]


def _condition(condition: Condition, number: str, *, few: bool) -> tuple[str, tuple[object, ...]]:
    match condition:
        case Words():
            # SQLite finds all that match first, and then looks whether the story is one of them.
            among = f" AND rowid IN {FEW}" if few else ""
            sql = f"{number} IN (SELECT rowid FROM story_index WHERE story_index MATCH ?{among})"
            return sql, (_expression(condition),)
        case Kinds(kinds):
            return f"s.kind IN ({placeholders(kinds)})", tuple(kinds)
        case Marked(field, so):
            return f"marked(?, s.key) = {int(so)}", (field,)
        case Issues(first, last):
            return "s.issue_id IN (SELECT id FROM issue WHERE number BETWEEN ? AND ?)", (first, last)
        case Days(first, end):
            bounds = list(_bounds(first, end))
            return " AND ".join(f"{number} {sign} ?" for sign, _ in bounds), tuple(bound for _, bound in bounds)
        case CitedHost(host):
            return f"{_CITED} {number} AND (c.host = ? OR c.host LIKE ? ESCAPE '\\'))", (host, f"%.{_literal(host)}")
        case CitedKind(kinds_):
            return f"{_CITED} {number} AND c.kind IN ({placeholders(kinds_)}))", tuple(kinds_)
        case CitedWork(work):
            return f"{_CITED} {number} AND (c.work = ? OR c.work LIKE ? ESCAPE '\\'))", (work, f"%:{_literal(work)}")
        case _:
            return assert_never(condition)


_CITED = "EXISTS (SELECT 1 FROM citation AS c WHERE c.story_id ="


def _bounds(first: str | None, end: str | None) -> Iterator[tuple[str, int]]:
    # Stories of an unknown day lie below all others: they are before no day and after none.
    yield ">=", first_of(first or "0001-01-01")
    if end:
        yield "<", first_of(end)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
