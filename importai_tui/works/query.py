"""Parses a typed query for works, and sorts works. Makes no I/O: the caller passes in which are starred and opened.

The syntax is that of the search for stories, with a work's fields; a work's id or URL matches it too. No input is an
error: a field that is not understood is searched for as text, with a remark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from importai_tui.model import LinkKind
from importai_tui.query.conditions import CitedHost, CitedWork, Clause, DateRange, Phrase
from importai_tui.query.fields import FIELDS, parse_cites, parse_site, parse_years
from importai_tui.query.parser import Token, clean_query, parse_clauses
from importai_tui.query.pasted import parse_pasted_work, parse_ref
from importai_tui.works.work import Work, get_work_day

Predicate = Callable[[Work], bool]
ResolveRef = Callable[[str], str | None]
"""Resolves a typed REF to the full reference of an issue or a story; None if there is none."""

WORK_KINDS = tuple(kind.value for kind in LinkKind if kind is not LinkKind.ISSUE)
"""Values of `kind:`; not "issue", because the newsletter's own issues are not cited works."""
MARK_NAMES = ("starred", "unread", "read")
"""Values of `is:`; a work is read once its link was opened."""

_ID_PREFIXES = ("arxiv", "doi", "github", "hf", "title", "http", "https")
"""Beginnings of ids and URLs of works, which look like fields."""
FIELD_HINTS = {
    "kind": f"Use kind:{', '.join(WORK_KINDS[:-1])} or {WORK_KINDS[-1]}.",
    "site": "Use site:arxiv.org.",
    "year": "Use year:2025 or year:2023..2025.",
    "is": "Use is:starred, unread or read.",
    "in": "Use an issue or story in your archive, such as in:402 or in:402/3.",
}
"""By field, the remark for a value that is not understood."""


class WorkOrder(StrEnum):
    """The order of works; the values are those of `--sort`."""

    BEST = "best"
    """Best match first, and of equal ones papers first, then the latest citation."""
    LAST_CITED = "last"
    """Latest last citation first."""
    FIRST_CITED = "first"
    """Latest first citation first."""
    MOST_CITED = "times"
    """Most citations first."""
    BY_TITLE = "title"


_KIND_ORDER = {
    kind: place
    for place, kind in enumerate(
        (
            *(LinkKind.PAPER, LinkKind.CODE, LinkKind.DATASET, LinkKind.MODEL, LinkKind.POST, LinkKind.VIDEO),
            *(LinkKind.NEWS, LinkKind.OTHER, LinkKind.SOCIAL, LinkKind.ISSUE),
        )
    )
}
"""Papers first, tweets last, because most works are posts and tweets."""
RESEARCH_KINDS = frozenset({LinkKind.PAPER, LinkKind.CODE, LinkKind.DATASET, LinkKind.MODEL})
"""The kinds that come first."""


@dataclass(frozen=True, slots=True)
class WorkMarks:
    """The ids of works that are starred, and of those whose link was opened."""

    starred: Set[str] = frozenset()
    opened: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkClause:
    """One of these phrases or predicates matches the work; if not `is_positive`, none of them does."""

    phrases: tuple[Phrase, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    is_positive: bool = True

    @property
    def needs_date(self) -> bool:
        """True if only a work with a date can match."""
        return self.is_positive and not self.phrases and all(isinstance(one, _InYears) for one in self.predicates)

    @property
    def is_for_stories(self) -> bool:
        """True if a story that cites the work may have the words."""
        return bool(self.phrases) and not self.predicates and not any(phrase.in_headline for phrase in self.phrases)

    @property
    def predicate(self) -> Predicate:
        """The condition of a clause without phrases."""
        if len(self.predicates) == 1:
            (only,) = self.predicates
            return only if self.is_positive else lambda work: not only(work)
        return lambda work: self.is_positive == any(is_match(work) for is_match in self.predicates)


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """A parsed query: all clauses hold. `remarks` are sentences for the user about input that was not understood."""

    line: str = ""
    clauses: tuple[WorkClause, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def has_words(self) -> bool:
        """True if the words of works must be searched."""
        return any(clause.phrases for clause in self.clauses)

    @property
    def filters(self) -> tuple[WorkClause, ...]:
        """The clauses without words; those that leave out works without a date come last."""
        return tuple(sorted((clause for clause in self.clauses if not clause.phrases), key=lambda one: one.needs_date))

    @property
    def own_clauses(self) -> tuple[WorkClause, ...]:
        """The clauses whose words the work itself must have."""
        return tuple(clause for clause in self.clauses if clause.phrases and not clause.is_for_stories)

    @property
    def story_clauses(self) -> tuple[Clause, ...]:
        """The other clauses with words, for the search for stories."""
        return tuple(Clause(clause.phrases, clause.is_positive) for clause in self.clauses if clause.is_for_stories)


def parse_work_query(line: str, marks: WorkMarks, resolve: ResolveRef, *, is_typing: bool = False) -> WorkQuery:
    """Parse a typed query; an empty one matches every work.

    Args:
        line: the typed text.
        marks: the starred and opened works.
        resolve: resolves the REF of `in:`.
        is_typing: the user is still typing, so the last word may be a prefix, and an incomplete field is ignored.
    """
    remarks: list[str] = []
    text = clean_query(line)
    clauses = parse_clauses(
        text, lambda token: _parse_token(token, marks, resolve, remarks), remarks, is_typing=is_typing
    )
    return WorkQuery(text.strip(), tuple(_make_clause(*clause) for clause in clauses), tuple(remarks))


def sort_works(works: Iterable[Work], order: WorkOrder) -> list[Work]:
    """Sort works that are in the order of their last citation. The sort is stable."""
    match order:
        case WorkOrder.BEST:
            return sorted(works, key=lambda work: _KIND_ORDER[work.kind])
        case WorkOrder.LAST_CITED:
            return sorted(works, key=lambda work: work.last_place, reverse=True)
        case WorkOrder.FIRST_CITED:
            return sorted(works, key=lambda work: work.first_place, reverse=True)
        case WorkOrder.MOST_CITED:
            return sorted(works, key=lambda work: work.citation_count, reverse=True)
        case WorkOrder.BY_TITLE:
            return sorted(works, key=lambda work: work.title.casefold())


def _make_clause(conditions: tuple[Phrase | Predicate, ...], is_positive: bool) -> WorkClause:
    phrases = tuple(condition for condition in conditions if isinstance(condition, Phrase))
    predicates = tuple(condition for condition in conditions if not isinstance(condition, Phrase))
    return WorkClause(phrases, predicates, is_positive)


def _parse_token(
    token: Token, marks: WorkMarks, resolve: ResolveRef, remarks: list[str]
) -> tuple[Phrase | Predicate, ...]:
    """Return the conditions of one token, none if it has no effect, and add its remarks."""
    field, value = token.field, token.value
    if field in FIELD_HINTS:
        if predicate := _parse_field(field, value, marks, resolve):
            return (predicate,)
        if not value or (token.is_unfinished and _may_become_valid(field, value)):
            return ()
        remarks.append(f"Unknown value {token.raw} (searching it as text). {FIELD_HINTS[field]}")
    elif value and field in FIELDS and field not in ("title", "sort"):
        *names, last = FIELD_HINTS
        remarks.append(f"The filters for works are {', '.join(names)} and {last} (searching {token.raw} as text).")
    elif value and field and field not in (*FIELDS, *_ID_PREFIXES):
        remarks.append(f"Unknown filter “{field}” (searching it as text).")
    phrase = Phrase(
        value if field == "title" else f"{field} {value}".strip(),
        is_prefix=token.is_prefix or token.is_unfinished,
        in_headline=field == "title",
        is_unfinished=token.is_unfinished and not token.is_prefix,
        is_quoted=token.is_quoted,
    )
    typed = token.typed.strip('"')
    conditions = (
        None if phrase.is_empty else phrase,
        None if field in FIELDS else _match_id(typed),
        _match_ref(typed, resolve),
    )
    return tuple(filter(None, conditions))


def _may_become_valid(field: str, value: str) -> bool:
    """Return True if more letters could make the value valid: "kind:pa", "year:20"."""
    names = {"kind": WORK_KINDS, "is": MARK_NAMES}.get(field)
    if names:
        return any(name.startswith(value.casefold().rpartition(",")[2]) for name in names)
    return field != "year" or re.fullmatch(r"[\d.-]*", value, re.ASCII) is not None


def _parse_field(field: str, value: str, marks: WorkMarks, resolve: ResolveRef) -> Predicate | None:
    """Return the predicate of `field:value`; None if the value is not understood."""
    match field:
        case "kind":
            return _match_kind(value)
        case "site":
            return _match_site(value)
        case "year":
            return _match_years(value)
        case "is":
            return _match_mark(value.casefold(), marks)
        case "in":
            return _match_place(resolve(value))
    return None


def _match_kind(value: str) -> Predicate | None:
    """Parse `kind:paper`, `kind:code,model`."""
    names = value.casefold().split(",")
    if not all(name in WORK_KINDS for name in names):
        return None
    kinds = {LinkKind(name) for name in names}
    return lambda work: work.kind in kinds


def _match_site(value: str) -> Predicate | None:
    """Parse `site:arxiv.org`, which matches subdomains too."""
    condition = parse_site(value)
    if not isinstance(condition, CitedHost):
        return None
    host, below = condition.host, f".{condition.host}"
    return lambda work: work.host is not None and (work.host == host or work.host.endswith(below))


def _match_years(value: str) -> Predicate | None:
    """Parse `year:2025`, `year:2020..2022`, and months."""
    condition = parse_years(value)
    return _InYears(condition.start, condition.end) if isinstance(condition, DateRange) else None


@dataclass(frozen=True, slots=True)
class _InYears:
    """Matches works whose day is on or after `start` and before `end`, YYYY-MM-DD; None is open."""

    start: str | None
    end: str | None

    def __call__(self, work: Work) -> bool:
        day = get_work_day(work)
        return day is not None and (self.start is None or self.start <= day) and (self.end is None or day < self.end)


def _match_mark(value: str, marks: WorkMarks) -> Predicate | None:
    """Parse `is:starred`."""
    match value:
        case "starred":
            return lambda work: work.id in marks.starred
        case "unread":
            return lambda work: work.id not in marks.opened
        case "read":
            return lambda work: work.id in marks.opened
    return None


def _match_ref(value: str, resolve: ResolveRef) -> Predicate | None:
    """Parse `402` and `402/3`: the works that are cited there."""
    return _match_place(resolve(value)) if parse_ref(value) else None


def _match_place(ref: str | None) -> Predicate | None:
    return (lambda work: ref in work.issues or ref in work.cited_by) if ref else None


def _match_id(value: str) -> Predicate | None:
    """Parse the id or URL of a work: `arxiv:2502.19187`, `2502.19187v2`, `owner/repo`, a DOI."""
    if not re.search(r"\w[.:/]+\w", value):
        return None
    condition = parse_pasted_work(value) or parse_cites(value)
    if not isinstance(condition, CitedWork):
        return None
    name = condition.work.casefold()

    def matches(work: Work) -> bool:
        id = work.id.casefold()
        return id == name or (id.endswith(name) and id.partition(":")[2] == name)

    return matches
