"""The values of a parsed query: conditions on a story, clauses, and the sort order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from importai_tui.model import LinkKind, StoryKind


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word, or words in a row. The last word is a prefix with `is_prefix`.

    `in_headline` searches headlines only, `in_lead` headlines, taglines and first sentences.
    `is_unfinished`: the user is still typing the last word, so it is a prefix that may also be a whole word.
    `is_quoted`: the user typed quotes, so other spellings do not match.
    `expansions`: the phrases that it stands for in an archive, words with its prefix or other spellings; None before
    the lookup, and if there are no others.
    """

    text: str
    is_prefix: bool = False
    in_headline: bool = False
    is_unfinished: bool = False
    is_quoted: bool = False
    in_lead: bool = False
    expansions: tuple[Phrase, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """True if the text has no letter and no digit, so nothing can be searched for."""
        return not any(character.isalnum() for character in self.text)

    @property
    def is_literal(self) -> bool:
        """True if only the typed words match, because they are in quotes or have a star."""
        return self.is_quoted or (self.is_prefix and not self.is_unfinished)


@dataclass(frozen=True, slots=True)
class KindCondition:
    """The story has one of these kinds."""

    kinds: frozenset[StoryKind]


@dataclass(frozen=True, slots=True)
class MarkCondition:
    """A field of the reading state is set or not: "read", "note", "tag:robots".

    "tag:" is any tag, "highlight:" any highlight.
    """

    field: str
    is_set: bool = True


@dataclass(frozen=True, slots=True)
class IssueRange:
    """The issue number is between `first` and `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """The story at a position in the issue with this number."""

    number: int
    position: int


@dataclass(frozen=True, slots=True)
class MostOf:
    """The story has most of the words, counted by how rare each is.

    `words` has the spellings of each word, `rarities` a weight for each word, and `minimum` the sum that is enough.
    """

    words: tuple[tuple[Phrase, ...], ...]
    rarities: tuple[float, ...]
    minimum: float


@dataclass(frozen=True, slots=True)
class DateRange:
    """The issue's day is `start` or later and before `end`; both YYYY-MM-DD, None for no bound."""

    start: str | None
    end: str | None


@dataclass(frozen=True, slots=True)
class CitedHost:
    """The story links to this host or a subdomain."""

    host: str


@dataclass(frozen=True, slots=True)
class CitedKind:
    """The story has a link of one of these kinds."""

    kinds: frozenset[LinkKind]


@dataclass(frozen=True, slots=True)
class CitedWork:
    """The story cites the work with this canonical id, with or without its scheme ("arxiv:")."""

    work: str


@dataclass(frozen=True, slots=True)
class HasForecast:
    """The story has a sentence that looks like a forecast of the author."""


@dataclass(frozen=True, slots=True)
class CitedCard:
    """The story cites a work whose card has these words, in any spelling; without words, a work that has a card."""

    words: tuple[Clause, ...] = ()


Condition = (
    Phrase
    | KindCondition
    | MarkCondition
    | IssueRange
    | StoryPlace
    | MostOf
    | DateRange
    | CitedHost
    | CitedKind
    | CitedWork
    | CitedCard
    | HasForecast
)


class SortOrder(StrEnum):
    """The order of the stories found; the values are those of `sort:`."""

    BEST = "best"
    """Best match first; newest first if the query has no words."""
    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Clause:
    """At least one of the conditions holds; if not `is_positive`, none of them does."""

    any_of: tuple[Condition, ...]
    is_positive: bool = True

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The phrases among the conditions."""
        return tuple(condition for condition in self.any_of if isinstance(condition, Phrase))


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: all clauses hold.

    `text` is the typed line. `remarks` are sentences for the user about input that was not understood. Stories that
    meet one of `first` come first, in the order of these conditions.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    sort: SortOrder = SortOrder.BEST
    remarks: tuple[str, ...] = ()
    first: tuple[IssueRange | StoryPlace, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True if the query has no clauses."""
        return not self.clauses

    @property
    def has_text(self) -> bool:
        """True if any clause, also an excluding one, has words."""
        conditions = (condition for clause in self.clauses for condition in clause.any_of)
        return any(isinstance(condition, (Phrase, MostOf)) for condition in conditions)

    @property
    def card_words(self) -> tuple[Clause, ...]:
        """The words that rank the cards of a query with `in:cards`; empty if no words do."""
        for clause in self.clauses:
            match clause:
                case Clause((CitedCard(words),), True) if any(one.is_positive for one in words):
                    return words
        return ()

    def phrases(self) -> Iterator[Phrase]:
        """Yield the phrases of positive clauses: those to highlight in a story."""
        for clause in self.clauses:
            for condition in clause.any_of if clause.is_positive else ():
                if isinstance(condition, Phrase):
                    yield condition
                elif isinstance(condition, MostOf):
                    yield from (phrase for spellings in condition.words for phrase in spellings)

    def mark_fields(self) -> frozenset[str]:
        """Return the fields of the reading state in the query."""
        conditions = (condition for clause in self.clauses for condition in clause.any_of)
        return frozenset(condition.field for condition in conditions if isinstance(condition, MarkCondition))
