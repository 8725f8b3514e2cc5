"""What a search can ask of a story: one value for each kind of condition. Pure.

A search as it was understood. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from importai_tui.model import LinkKind, StoryKind


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word, or words in this order. `prefix`: the last one may go on; `headline`: only there.

    `typed`: it may go on because it is still being typed, so it may be a whole word as well. `forms`: what the last
    one may become in an archive; None while nobody has looked that up.
    """

    text: str
    is_prefix: bool = False
    in_headline: bool = False
    is_unfinished: bool = False
    expansions: tuple[Phrase, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no letter and no digit in it, so that nothing can be found by it."""
        return not any(character.isalnum() for character in self.text)


@dataclass(frozen=True, slots=True)
class KindCondition:
    """The story is of one of these kinds."""

    kinds: frozenset[StoryKind]


@dataclass(frozen=True, slots=True)
class MarkCondition:
    """The reader has marked the story so, or not. `field` is the reading state's: "read", "note", "tag:robots".

    "tag:" alone is any tag.
    """

    field: str
    is_set: bool = True


@dataclass(frozen=True, slots=True)
class IssueRange:
    """The story is in an issue with a number from `first` to `last`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DateRange:
    """The issue is of the day `first` or later, and earlier than `end`; both YYYY-MM-DD, None for without bound."""

    first: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class CitedHost:
    """The story links to this host or one below it."""

    host: str


@dataclass(frozen=True, slots=True)
class CitedKind:
    """The story links to something of these kinds."""

    kinds: frozenset[LinkKind]


@dataclass(frozen=True, slots=True)
class CitedWork:
    """The story cites the work with this canonical id, or one whose id ends with it behind its colon."""

    work: str


Condition = Phrase | KindCondition | MarkCondition | IssueRange | DateRange | CitedHost | CitedKind | CitedWork


class SortOrder(StrEnum):
    """In which order stories come; the values are those of `sort:`."""

    BEST = "best"
    """The best match first; where nothing is to be matched, the newest."""
    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Clause:
    """At least one of these conditions holds; none of them where it is not `wanted`."""

    any_of: tuple[Condition, ...]
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """All clauses hold.

    `text` is what was typed. `remarks` are sentences about what was not understood, for people.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    sort: SortOrder = SortOrder.BEST
    remarks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.clauses

    def phrases(self) -> Iterator[Phrase]:
        """All words that a story may match: those to be shown in it."""
        for clause in self.clauses:
            if clause.is_positive:
                yield from (condition for condition in clause.any_of if isinstance(condition, Phrase))

    def mark_fields(self) -> frozenset[str]:
        """The fields of the reading state that it asks for."""
        conditions = (condition for clause in self.clauses for condition in clause.any_of)
        return frozenset(condition.field for condition in conditions if isinstance(condition, MarkCondition))
