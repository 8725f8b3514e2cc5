"""Filters and sorts works by a typed query. Makes no I/O: the caller passes in which works are starred and opened.

The syntax is that of the search box, with a work's fields; a work's id or URL matches it too. No input is an error: a
field that is not understood is searched for in titles, with a remark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from importai_tui.model import LinkKind
from importai_tui.query.conditions import CitedHost, CitedWork, DateRange
from importai_tui.query.fields import FIELDS, parse_cites, parse_site, parse_years
from importai_tui.query.parser import MAX_QUERY_LENGTH, TOKEN_PATTERN
from importai_tui.works.work import Work, get_work_day

_WORD = re.compile(r"[^\W_](?:\+\+|#)(?!\w)|\w+")
"""A word, including the signs of C++ and C#, as in the search for stories."""

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
    """The order of works: latest last citation first, latest first citation first, or most citations first."""

    LAST_CITED = "last"
    FIRST_CITED = "first"
    MOST_CITED = "times"


@dataclass(frozen=True, slots=True)
class WorkMarks:
    """The ids of works that are starred, and of those whose link was opened."""

    starred: Set[str] = frozenset()
    opened: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """A parsed query. `remarks` are sentences for the user about input that was not understood."""

    matches: Predicate
    remarks: tuple[str, ...] = ()

    def filter(self, works: Iterable[Work]) -> list[Work]:
        """Return the works that match, in the given order."""
        return [work for work in works if self.matches(work)]


def parse_work_query(line: str, marks: WorkMarks, resolve: ResolveRef, *, is_typing: bool = False) -> WorkQuery:
    """Parse a typed query; an empty one matches every work.

    Args:
        line: the typed text.
        marks: the starred and opened works.
        resolve: resolves the REF of `in:`.
        is_typing: the user is still typing, so an incomplete field at the end is ignored.
    """
    clauses: list[tuple[bool, list[Predicate]]] = []
    remarks: list[str] = []
    tokens = list(TOKEN_PATTERN.finditer(line[:MAX_QUERY_LENGTH]))
    after_or = False
    for index, token in enumerate(tokens):
        if token[0] == "OR" and 0 < index < len(tokens) - 1:
            after_or = bool(clauses) and clauses[-1][0]
            continue
        is_positive = not token["minus"]
        is_last = token.end() == len(line)
        predicate = _parse_token(token, marks, resolve, remarks, is_typing=is_typing and is_last)
        if predicate is None:
            continue
        if after_or and is_positive:
            clauses[-1][1].append(predicate)
        else:
            clauses.append((is_positive, [predicate]))
        after_or = False

    def matches(work: Work) -> bool:
        return all(is_positive == any(predicate(work) for predicate in any_of) for is_positive, any_of in clauses)

    return WorkQuery(matches, tuple(remarks))


def sort_works(works: Iterable[Work], order: WorkOrder) -> list[Work]:
    """Sort works, the latest or the most cited first. The sort is stable."""
    match order:
        case WorkOrder.LAST_CITED:
            return sorted(works, key=lambda work: work.last_place, reverse=True)
        case WorkOrder.FIRST_CITED:
            return sorted(works, key=lambda work: work.first_place, reverse=True)
        case WorkOrder.MOST_CITED:
            return sorted(works, key=lambda work: work.citation_count, reverse=True)


def _parse_token(
    token: re.Match[str], marks: WorkMarks, resolve: ResolveRef, remarks: list[str], *, is_typing: bool
) -> Predicate | None:
    """Return the predicate of one token and add its remarks; None if the token has no effect."""
    if is_typing and token[0].casefold().removesuffix(":") in FIELD_HINTS and token[0].endswith(":"):
        return None
    field = (token["field"] or "").casefold()
    value = " ".join((token["phrase"] if token["word"] is None else token["word"]).split())
    if field in FIELD_HINTS:
        if predicate := _parse_field(field, value, marks, resolve):
            return predicate
        if not value or is_typing:
            return None
        remarks.append(f"Unknown value {token[0]} (searching titles for it). {FIELD_HINTS[field]}")
    elif value and field in FIELDS and field not in ("title", "sort"):
        remarks.append(f"Works have only {', '.join(FIELD_HINTS)} (searching titles for {token[0]}).")
    elif field and value and field not in (*FIELDS, *_ID_PREFIXES) and not is_typing:
        remarks.append(f"Unknown filter “{field}” (searching titles for {token[0]}).")
    has_title = _match_title(value if field == "title" else f"{field} {value}")
    has_id = None if field in FIELDS else _match_id(token[0].removeprefix("-").strip('"'))
    return (lambda work: has_id(work) or has_title(work)) if has_id and has_title else has_title


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
            ref = resolve(value)
            return (lambda work: ref in work.issues or ref in work.cited_by) if ref else None
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
    if not isinstance(condition, DateRange):
        return None
    start, end = condition.start, condition.end

    def matches(work: Work) -> bool:
        day = get_work_day(work)
        return day is not None and (start is None or start <= day) and (end is None or day < end)

    return matches


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


def _match_id(value: str) -> Predicate | None:
    """Parse the id or URL of a work: `arxiv:2502.19187`, `2502.19187v2`, `owner/repo`, a DOI."""
    if not re.search(r"\w[.:/]+\w", value):
        return None
    condition = parse_cites(value)
    if not isinstance(condition, CitedWork):
        return None
    name = condition.work.casefold()

    def matches(work: Work) -> bool:
        id = work.id.casefold()
        return id == name or (id.endswith(name) and id.partition(":")[2] == name)

    return matches


def _match_title(value: str) -> Predicate | None:
    """Match titles with these words in a row, ignoring accents and case; the last word may be a prefix."""
    words = _WORD.findall(_fold(value))
    if not words:
        return None
    pattern = re.compile(r"\b" + r"\W+".join(map(re.escape, words)))

    def matches(work: Work) -> bool:
        # Folding is slower than the search, and most titles are ASCII.
        title = work.title.lower() if work.title.isascii() else _fold(work.title)
        return words[0] in title and pattern.search(title) is not None

    return matches


@lru_cache(maxsize=20_000)  # each key press searches the same titles; ten years of issues cite fewer
def _fold(text: str) -> str:
    """Return the text in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
