"""Completes the word under the cursor in a search: fields, what they take, and what the archive has of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from importai_tui.query.conditions import SortOrder
from importai_tui.query.fields import FIELDS, HAS_VALUES, KIND_VALUES, MARK_VALUES

MAX_COMPLETIONS = 20
"""Completions that are offered at once: more is no choice any more."""
_FIELD_VALUES: Mapping[str, Mapping[str, str]] = {
    "in": dict(zip(KIND_VALUES, ("items of news", "the fiction", "long arguments", "opening remarks"), strict=True)),
    "is": dict(zip(MARK_VALUES, ("not read yet", "read", "with a star", "with a note", "with any tag"), strict=True)),
    "has": {
        **{name: f"with a link to a {name}" for name in HAS_VALUES},
        "code": "with a link to code",
        "news": "with a link to news",
        "social": "with a link to a social network",
        "note": "with a note of yours",
        "tag": "with any tag",
    },
    "sort": dict(zip(SortOrder, ("the best match first", "the newest first", "the oldest first"), strict=True)),
}
"""What a field takes where that is a list, each with what it means."""
_LIST_FIELDS = ("in", "has")
"""The fields that take several values, a comma between them."""
_FIELD_EXAMPLES = {
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
    _FIELD_EXAMPLES[field]
    if field in _FIELD_EXAMPLES
    else (f"{field}:{next(iter(_FIELD_VALUES[field]))}", ", ".join(_FIELD_VALUES[field]))
    for field in (*FIELDS, "sort")
)
"""For each field how it is written, and what it takes or means."""
_LAST_WORD = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?P<value>[^\s":]*|"[^"]*)$')
_MIN_VALUE_LENGTH = 2
"""Letters from which on a value is found without its field: one begins too many."""


@dataclass(frozen=True, slots=True)
class CompletionSources:
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
    label: str
    description: str


def complete_query(line: str, cursor: int, sources: CompletionSources) -> tuple[Completion, ...]:
    """What the word that ends at the cursor may be meant to become, the likeliest first; what follows it stays."""
    found = _split_last_word(line[:cursor])
    if not found:
        return ()
    start, minus, field, value = found
    rest = line[cursor:]
    # Of a word that the cursor stands in, the whole is replaced.
    rest = rest[len(rest.partition('"' if value.startswith('"') else " ")[0]) :].removeprefix('"')
    completions: list[Completion] = []
    offered = _complete_value(field, value.removeprefix('"'), sources) if field else _complete_name(value)
    for shown, what in offered:
        if shown != line[start + len(minus) : cursor]:
            before = f"{line[:start]}{minus}{shown}"
            completions.append(Completion(before + rest, len(before), shown, what))
        if len(completions) == MAX_COMPLETIONS:
            break
    return tuple(completions)


def _split_last_word(text: str) -> tuple[int, str, str, str] | None:
    """Where the last word of a text begins, its minus, its field, and its value with the quote that opens it."""
    quote = text.rfind('"') if text.count('"') % 2 else -1
    start = max(text.rfind(blank, 0, len(text) if quote < 0 else quote) for blank in " \t") + 1
    found = _LAST_WORD.match(text, start)
    return (start, found["minus"], (found["field"] or "").casefold(), found["value"]) if found else None


def _complete_name(prefix: str) -> Iterator[tuple[str, str]]:
    """Fields that begin so, then values of fields that do."""
    small = prefix.casefold()
    for field, (_, what) in zip((*FIELDS, "sort"), FIELD_HELP, strict=True):
        if field.startswith(small):
            yield f"{field}:", what
    if len(small) >= _MIN_VALUE_LENGTH:
        for field, values in _FIELD_VALUES.items():
            for value, what in values.items():
                if value.startswith(small):
                    yield f"{field}:{value}", what


def _complete_value(field: str, prefix: str, sources: CompletionSources) -> Iterator[tuple[str, str]]:
    """What a field takes that begins so."""
    small = prefix.casefold()
    kept, value = "", small
    if field in _LIST_FIELDS:
        head, comma, value = small.rpartition(",")
        kept = head + comma
    elif field in ("year", "issue"):
        head, dots, value = small.rpartition("..")
        kept = head + dots
    for known, what in _iter_values(field, value, sources):
        if known.casefold().startswith(value):
            quoted = f'"{known}"' if " " in known else known
            yield f"{field}:{kept}{quoted}", what


def _iter_values(field: str, prefix: str, sources: CompletionSources) -> Iterator[tuple[str, str]]:
    match field:
        case "tag":
            yield from ((tag, "a tag of yours") for tag in sources.tags)
        case "year" | "after" | "before":
            yield from ((str(year), "a year") for year in sources.years)
        case "issue":
            yield from ((str(number), "an issue") for number in sources.issues)
        case "site":
            yield from ((host, "a site with links to it") for host in sources.hosts(prefix))
        case _:
            yield from _FIELD_VALUES.get(field, {}).items()
