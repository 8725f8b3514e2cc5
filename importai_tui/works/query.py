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
from importai_tui.query.conditions import CitedHost, CitedWork, Days
from importai_tui.query.fields import FIELDS, cited, site, years
from importai_tui.query.parser import LONGEST, TOKEN
from importai_tui.works.work import Work, day_of

_WORD = re.compile(r"[^\W_](?:\+\+|#)(?!\w)|\w+")
"""The signs of C++ and C# belong to the word, as they do where stories are searched."""

Fits = Callable[[Work], bool]
Resolve = Callable[[str], str | None]
"""From a REF as it is typed to the full reference of the issue or the story; None where it names nothing."""

KINDS = tuple(kind.value for kind in LinkKind if kind is not LinkKind.ISSUE)
"""What `kind:` takes. The newsletter's own issues are no works of others."""
MARKS = ("starred", "unread", "read")
"""What `is:` takes; a work is read once its link was opened."""

HINTS = {
    "kind": f"kind: takes {', '.join(KINDS[:-1])} or {KINDS[-1]}.",
    "site": "It is written site:arxiv.org.",
    "year": "It is written year:2025 or year:2023..2025.",
    "is": "is: takes starred, unread or read.",
    "in": "in: takes an issue or a story that is here, as in:402 or in:402/3.",
}
"""Each field, and what to say where its value is not understood."""


class Order(StrEnum):
    """In which order works come: those that were cited last, or first cited last, or the most often, at the top."""

    LAST = "last"
    FIRST = "first"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Marks:
    """What the reading state says of works, by their ids."""

    starred: Set[str] = frozenset()
    opened: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """What a line asks for. `remarks` are sentences about what was not understood, for people."""

    fits: Fits
    remarks: tuple[str, ...] = ()

    def among(self, works: Iterable[Work]) -> list[Work]:
        """Those that fit, in the order in which they come."""
        return [work for work in works if self.fits(work)]


def choose(line: str, marks: Marks, resolve: Resolve, *, typing: bool = False) -> Choice:
    """What the line asks for: everything where it is empty.

    Args:
        line: as it was typed.
        marks: what is starred and opened.
        resolve: tells which issue or story a REF names.
        typing: it is still being typed, so a field at its end that is not understood asks for nothing yet.
    """
    clauses: list[tuple[bool, list[Fits]]] = []
    remarks: list[str] = []
    tokens = list(TOKEN.finditer(line[:LONGEST]))
    joined = False
    for at, token in enumerate(tokens):
        if token[0] == "OR" and 0 < at < len(tokens) - 1:
            joined = bool(clauses) and clauses[-1][0]
            continue
        wanted = not token["minus"]
        ends = token.end() == len(line)
        fits = _asked(token, marks, resolve, remarks, typing=typing and ends)
        if fits is None:
            continue
        if joined and wanted:
            clauses[-1][1].append(fits)
        else:
            clauses.append((wanted, [fits]))
        joined = False
    return Choice(
        lambda work: all(wanted == any(fits(work) for fits in any_of) for wanted, any_of in clauses), tuple(remarks)
    )


def ordered(works: Iterable[Work], order: Order) -> list[Work]:
    """The works in this order; where it makes no difference they stay as they come, those without a date last."""
    match order:
        case Order.LAST:
            return sorted(works, key=lambda work: work.last_cited or "", reverse=True)
        case Order.FIRST:
            return sorted(works, key=lambda work: work.first_cited or "", reverse=True)
        case Order.TIMES:
            return sorted(works, key=lambda work: work.times, reverse=True)


def _asked(token: re.Match[str], marks: Marks, resolve: Resolve, remarks: list[str], *, typing: bool) -> Fits | None:
    """What one piece of the line asks for; None where it asks for nothing."""
    if typing and token[0].casefold().removesuffix(":") in HINTS and token[0].endswith(":"):
        return None
    field = (token["field"] or "").casefold()
    value = " ".join((token["phrase"] if token["word"] is None else token["word"]).split())
    if field in HINTS:
        if fits := _field(field, value, marks, resolve):
            return fits
        if not value or typing:
            return None
        remarks.append(f'"{token[0]}" is not understood, and looked for in the titles. {HINTS[field]}')
    elif value and field in FIELDS and field != "title":
        remarks.append(f'"{token[0]}" is looked for in the titles: works have {", ".join(HINTS)} and no {field}.')
    titled = _titled(value if field == "title" else f"{field} {value}")
    named = None if field in FIELDS else _named(token[0].removeprefix("-").strip('"'))
    return (lambda work: named(work) or titled(work)) if named and titled else titled


def _field(field: str, value: str, marks: Marks, resolve: Resolve) -> Fits | None:
    """What `field:value` asks for; None where the value is not understood."""
    match field:
        case "kind":
            return _of_kind(value)
        case "site":
            return _at_site(value)
        case "year":
            return _of_days(value)
        case "is":
            return _marked(value.casefold(), marks)
        case "in":
            ref = resolve(value)
            return (lambda work: ref in work.issues or ref in work.cited_by) if ref else None
    return None


def _of_kind(value: str) -> Fits | None:
    """`kind:paper`, `kind:code,model`."""
    names = value.casefold().split(",")
    if not all(name in KINDS for name in names):
        return None
    kinds = {LinkKind(name) for name in names}
    return lambda work: work.kind in kinds


def _at_site(value: str) -> Fits | None:
    """`site:arxiv.org`: this host or one below it."""
    condition = site(value)
    if not isinstance(condition, CitedHost):
        return None
    host, below = condition.host, f".{condition.host}"
    return lambda work: work.host is not None and (work.host == host or work.host.endswith(below))


def _of_days(value: str) -> Fits | None:
    """`year:2025`, `year:2020..2022`, and a month as well."""
    condition = years(value)
    if not isinstance(condition, Days):
        return None
    first, end = condition.first, condition.end

    def fits(work: Work) -> bool:
        day = day_of(work)
        return day is not None and (first is None or first <= day) and (end is None or day < end)

    return fits


def _marked(value: str, marks: Marks) -> Fits | None:
    """`is:starred`."""
    match value:
        case "starred":
            return lambda work: work.work in marks.starred
        case "unread":
            return lambda work: work.work not in marks.opened
        case "read":
            return lambda work: work.work in marks.opened
    return None


def _named(value: str) -> Fits | None:
    """`arxiv:2502.19187`, `2502.19187v2`, `owner/repo`, a DOI or any address of it: the work itself."""
    if not re.search(r"\w[.:/]+\w", value):
        return None
    meant = cited(value)
    if not isinstance(meant, CitedWork):
        return None
    name = meant.work.casefold()

    def fits(work: Work) -> bool:
        one = work.work.casefold()
        return one == name or (one.endswith(name) and one.partition(":")[2] == name)

    return fits


def _titled(value: str) -> Fits | None:
    """These words stand in the title, one after the other; the last may go on. Accents do not count."""
    words = _WORD.findall(_folded(value))
    if not words:
        return None
    pattern = re.compile(r"\b" + r"\W+".join(map(re.escape, words)))

    def fits(work: Work) -> bool:
        # Folding takes longer than looking, and most titles have nothing to be folded.
        title = work.title.lower() if work.title.isascii() else _folded(work.title)
        return words[0] in title and pattern.search(title) is not None

    return fits


@lru_cache(maxsize=20_000)  # at every letter of a line the same titles are looked at: more than ten years cite
def _folded(text: str) -> str:
    """Small letters without their accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
