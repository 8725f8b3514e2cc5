"""Completes the word under the cursor in a search: fields, what they take, and what the archive has of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from importai_tui.query.conditions import Sort
from importai_tui.query.fields import FIELDS, KINDS, MARKS, THINGS

MOST = 20
"""Completions that are offered at once: more is no choice any more."""
_VALUES: Mapping[str, Mapping[str, str]] = {
    "in": dict(zip(KINDS, ("items of news", "the fiction", "long arguments", "opening remarks"), strict=True)),
    "is": dict(zip(MARKS, ("not read yet", "read", "with a star", "with a note", "with any tag"), strict=True)),
    "has": {
        **{name: f"with a link to a {name}" for name in THINGS},
        "code": "with a link to code",
        "news": "with a link to news",
        "social": "with a link to a social network",
        "note": "with a note of yours",
        "tag": "with any tag",
    },
    "sort": dict(zip(Sort, ("the best match first", "the newest first", "the oldest first"), strict=True)),
}
"""What a field takes where that is a list, each with what it means."""
_LISTS = ("in", "has")
"""The fields that take several values, a comma between them."""
_TOLD = {
    "title": ("title:robots", "in the headline"),
    "tag": ("tag:robots", "with this tag"),
    "issue": ("issue:380..402", "in these issues, or one"),
    "after": ("after:2024-06", "of this day, month or year, or later"),
    "before": ("before:2024", "earlier than this day, month or year"),
    "year": ("year:2023", "of this year, or year:2020..2022"),
    "site": ("site:arxiv.org", "with a link to this site"),
    "cites": ("cites:2502.19187", "with a link to this work"),
}
FIELD_HELP: tuple[tuple[str, str], ...] = tuple(
    _TOLD[field] if field in _TOLD else (f"{field}:{next(iter(_VALUES[field]))}", ", ".join(_VALUES[field]))
    for field in (*FIELDS, "sort")
)
"""For each field how it is written, and what it takes or means."""
_WORD = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?P<value>[^\s":]*|"[^"]*)$')
_SHORTEST_VALUE = 2
"""Letters from which on a value is found without its field: one begins too many."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is in the archive and the reading state, the likeliest first."""

    tags: Sequence[str] = ()
    years: Sequence[int] = ()
    issues: Sequence[int] = ()
    hosts: Callable[[str], Sequence[str]] = lambda _: ()
    """The hosts that begin so."""


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` is the whole new line, `cursor` the place in it; `shown` is what was put in, `what` says what it means."""

    text: str
    cursor: int
    shown: str
    what: str


def complete(line: str, cursor: int, sources: Sources) -> tuple[Completion, ...]:
    """What the word that ends at the cursor may be meant to become, the likeliest first; what follows it stays."""
    found = _word(line[:cursor])
    if not found:
        return ()
    start, minus, field, value = found
    rest = line[cursor:]
    # Of a word that the cursor stands in, the whole is replaced.
    rest = rest[len(rest.partition('"' if value.startswith('"') else " ")[0]) :].removeprefix('"')
    completions: list[Completion] = []
    offered = _values(field, value.removeprefix('"'), sources) if field else _names(value)
    for shown, what in offered:
        if shown != line[start + len(minus) : cursor]:
            before = f"{line[:start]}{minus}{shown}"
            completions.append(Completion(before + rest, len(before), shown, what))
        if len(completions) == MOST:
            break
    return tuple(completions)


def _word(before: str) -> tuple[int, str, str, str] | None:
    """Where the last word of a text begins, its minus, its field, and its value with the quote that opens it."""
    quote = before.rfind('"') if before.count('"') % 2 else -1
    start = max(before.rfind(blank, 0, len(before) if quote < 0 else quote) for blank in " \t") + 1
    found = _WORD.match(before, start)
    return (start, found["minus"], (found["field"] or "").casefold(), found["value"]) if found else None


def _names(beginning: str) -> Iterator[tuple[str, str]]:
    """Fields that begin so, then values of fields that do."""
    small = beginning.casefold()
    for field, (_, what) in zip((*FIELDS, "sort"), FIELD_HELP, strict=True):
        if field.startswith(small):
            yield f"{field}:", what
    if len(small) >= _SHORTEST_VALUE:
        for field, values in _VALUES.items():
            for value, what in values.items():
                if value.startswith(small):
                    yield f"{field}:{value}", what


def _values(field: str, beginning: str, sources: Sources) -> Iterator[tuple[str, str]]:
    """What a field takes that begins so."""
    small = beginning.casefold()
    kept, value = "", small
    if field in _LISTS:
        head, comma, value = small.rpartition(",")
        kept = head + comma
    elif field in ("year", "issue"):
        head, dots, value = small.rpartition("..")
        kept = head + dots
    for known, what in _known(field, value, sources):
        if known.casefold().startswith(value):
            quoted = f'"{known}"' if " " in known else known
            yield f"{field}:{kept}{quoted}", what


def _known(field: str, beginning: str, sources: Sources) -> Iterator[tuple[str, str]]:
    match field:
        case "tag":
            yield from ((tag, "a tag of yours") for tag in sources.tags)
        case "year" | "after" | "before":
            yield from ((str(year), "a year") for year in sources.years)
        case "issue":
            yield from ((str(number), "an issue") for number in sources.issues)
        case "site":
            yield from ((host, "a site with links to it") for host in sources.hosts(beginning))
        case _:
            yield from _VALUES.get(field, {}).items()
