"""Chooses works by a typed line, and puts them in order. Pure: what is starred and opened is told by whoever asks.

The line is written as the search box's is, with the fields that a work has; a work's own number or address names it
too. Nothing is an error: what is not understood is looked for in the title, and said so.
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
"""The signs of C++ and C# belong to the word, as they do where stories are searched."""

Predicate = Callable[[Work], bool]
ResolveRef = Callable[[str], str | None]
"""From a REF as it is typed to the full reference of the issue or the story; None where it names nothing."""

WORK_KINDS = tuple(kind.value for kind in LinkKind if kind is not LinkKind.ISSUE)
"""What `kind:` takes. The newsletter's own issues are no works of others."""
MARK_NAMES = ("starred", "unread", "read")
"""What `is:` takes; a work is read once its link was opened."""

FIELD_HINTS = {
    "kind": f"kind: takes {', '.join(WORK_KINDS[:-1])} or {WORK_KINDS[-1]}.",
    "site": "It is written site:arxiv.org.",
    "year": "It is written year:2025 or year:2023..2025.",
    "is": "is: takes starred, unread or read.",
    "in": "in: takes an issue or a story that is here, as in:402 or in:402/3.",
}
"""Each field, and what to say where its value is not understood."""


class WorkOrder(StrEnum):
    """In which order works come: those that were cited last, or first cited last, or the most often, at the top."""

    LAST_CITED = "last"
    FIRST_CITED = "first"
    MOST_CITED = "times"


@dataclass(frozen=True, slots=True)
class WorkMarks:
    """What the reading state says of works, by their ids."""

    starred: Set[str] = frozenset()
    opened: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """What a line asks for. `remarks` are sentences about what was not understood, for people."""

    matches: Predicate
    remarks: tuple[str, ...] = ()

    def filter(self, works: Iterable[Work]) -> list[Work]:
        """Those that fit, in the order in which they come."""
        return [work for work in works if self.matches(work)]


def parse_work_query(line: str, marks: WorkMarks, resolve: ResolveRef, *, is_typing: bool = False) -> WorkQuery:
    """What the line asks for: everything where it is empty.

    Args:
        line: as it was typed.
        marks: what is starred and opened.
        resolve: tells which issue or story a REF names.
        typing: it is still being typed, so a field at its end that is not understood asks for nothing yet.
    """
    clauses: list[tuple[bool, list[Predicate]]] = []
    remarks: list[str] = []
    tokens = list(TOKEN_PATTERN.finditer(line[:MAX_QUERY_LENGTH]))
    joined = False
    for at, token in enumerate(tokens):
        if token[0] == "OR" and 0 < at < len(tokens) - 1:
            joined = bool(clauses) and clauses[-1][0]
            continue
        wanted = not token["minus"]
        ends = token.end() == len(line)
        fits = _parse_token(token, marks, resolve, remarks, is_typing=is_typing and ends)
        if fits is None:
            continue
        if joined and wanted:
            clauses[-1][1].append(fits)
        else:
            clauses.append((wanted, [fits]))
        joined = False
    return WorkQuery(
        lambda work: all(wanted == any(fits(work) for fits in any_of) for wanted, any_of in clauses), tuple(remarks)
    )


def sort_works(works: Iterable[Work], order: WorkOrder) -> list[Work]:
    """The works in this order; where it makes no difference they stay as they come, those without a date last."""
    match order:
        case WorkOrder.LAST_CITED:
            return sorted(works, key=lambda work: work.last_cited or "", reverse=True)
        case WorkOrder.FIRST_CITED:
            return sorted(works, key=lambda work: work.first_cited or "", reverse=True)
        case WorkOrder.MOST_CITED:
            return sorted(works, key=lambda work: work.citation_count, reverse=True)


def _parse_token(
    token: re.Match[str], marks: WorkMarks, resolve: ResolveRef, remarks: list[str], *, is_typing: bool
) -> Predicate | None:
    """What one piece of the line asks for; None where it asks for nothing."""
    if is_typing and token[0].casefold().removesuffix(":") in FIELD_HINTS and token[0].endswith(":"):
        return None
    field = (token["field"] or "").casefold()
    value = " ".join((token["phrase"] if token["word"] is None else token["word"]).split())
    if field in FIELD_HINTS:
        if fits := _parse_field(field, value, marks, resolve):
            return fits
        if not value or is_typing:
            return None
        remarks.append(f'"{token[0]}" is not understood, and looked for in the titles. {FIELD_HINTS[field]}')
    elif value and field in FIELDS and field != "title":
        remarks.append(f'"{token[0]}" is looked for in the titles: works have {", ".join(FIELD_HINTS)} and no {field}.')
    titled = _match_title(value if field == "title" else f"{field} {value}")
    named = None if field in FIELDS else _match_id(token[0].removeprefix("-").strip('"'))
    return (lambda work: named(work) or titled(work)) if named and titled else titled


def _parse_field(field: str, value: str, marks: WorkMarks, resolve: ResolveRef) -> Predicate | None:
    """What `field:value` asks for; None where the value is not understood."""
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
    """`kind:paper`, `kind:code,model`."""
    names = value.casefold().split(",")
    if not all(name in WORK_KINDS for name in names):
        return None
    kinds = {LinkKind(name) for name in names}
    return lambda work: work.kind in kinds


def _match_site(value: str) -> Predicate | None:
    """`site:arxiv.org`: this host or one below it."""
    condition = parse_site(value)
    if not isinstance(condition, CitedHost):
        return None
    host, below = condition.host, f".{condition.host}"
    return lambda work: work.host is not None and (work.host == host or work.host.endswith(below))


def _match_years(value: str) -> Predicate | None:
    """`year:2025`, `year:2020..2022`, and a month as well."""
    condition = parse_years(value)
    if not isinstance(condition, DateRange):
        return None
    first, end = condition.first, condition.end

    def fits(work: Work) -> bool:
        day = get_work_day(work)
        return day is not None and (first is None or first <= day) and (end is None or day < end)

    return fits


def _match_mark(value: str, marks: WorkMarks) -> Predicate | None:
    """`is:starred`."""
    match value:
        case "starred":
            return lambda work: work.id in marks.starred
        case "unread":
            return lambda work: work.id not in marks.opened
        case "read":
            return lambda work: work.id in marks.opened
    return None


def _match_id(value: str) -> Predicate | None:
    """`arxiv:2502.19187`, `2502.19187v2`, `owner/repo`, a DOI or any address of it: the work itself."""
    if not re.search(r"\w[.:/]+\w", value):
        return None
    meant = parse_cites(value)
    if not isinstance(meant, CitedWork):
        return None
    name = meant.work.casefold()

    def fits(work: Work) -> bool:
        one = work.id.casefold()
        return one == name or (one.endswith(name) and one.partition(":")[2] == name)

    return fits


def _match_title(value: str) -> Predicate | None:
    """These words stand in the title, one after the other; the last may go on. Accents do not count."""
    words = _WORD.findall(_fold(value))
    if not words:
        return None
    pattern = re.compile(r"\b" + r"\W+".join(map(re.escape, words)))

    def fits(work: Work) -> bool:
        # Folding takes longer than looking, and most titles have nothing to be folded.
        title = work.title.lower() if work.title.isascii() else _fold(work.title)
        return words[0] in title and pattern.search(title) is not None

    return fits


@lru_cache(maxsize=20_000)  # at every letter of a line the same titles are looked at: more than ten years cite
def _fold(text: str) -> str:
    """Small letters without their accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
