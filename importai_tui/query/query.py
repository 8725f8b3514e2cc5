"""A search as it was understood. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
