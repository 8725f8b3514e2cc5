"""A search as it was understood. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from importai_tui.query.conditions import Condition, Marked, Words


class Sort(StrEnum):
    """In which order stories come; the values are those of `sort:`."""

    BEST = "best"
    """The best match first; where nothing is to be matched, the newest."""
    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Clause:
    """At least one of these conditions holds; none of them where it is not `wanted`."""

    any_of: tuple[Condition, ...]
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """All clauses hold.

    `text` is what was typed. `remarks` are sentences about what was not understood, for people.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    sort: Sort = Sort.BEST
    remarks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.clauses

    def words(self) -> Iterator[Words]:
        """All words that a story may match: those to be shown in it."""
        for clause in self.clauses:
            if clause.wanted:
                yield from (condition for condition in clause.any_of if isinstance(condition, Words))

    def fields(self) -> frozenset[str]:
        """The fields of the reading state that it asks for."""
        conditions = (condition for clause in self.clauses for condition in clause.any_of)
        return frozenset(condition.field for condition in conditions if isinstance(condition, Marked))

    def shortened(self, letters: int) -> Query | None:
        """The same with the last word so many letters shorter, for one that is still being typed.

        None where no word is being typed, or too little of it would be left to mean anything.
        """
        if not self.clauses:
            return None
        *before, last = self.clauses
        match last:
            case Clause((*others, Words(text, True) as word), True) if len(text) - letters >= _SHORTEST:
                words = replace(word, text=text[:-letters])
                return replace(self, clauses=(*before, Clause((*others, words))))
        return None


_SHORTEST = 3
"""Letters: fewer begin too many words."""
