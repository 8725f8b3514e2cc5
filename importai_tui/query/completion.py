"""Completes the word before the cursor in a query: fields, their values, and values from the archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from importai_tui.query.conditions import SortOrder
from importai_tui.query.fields import FIELDS, HAS_VALUES, KIND_VALUES, MARK_VALUES

_MAX_COMPLETIONS = 20
"""Completions shown at once; a longer list is hard to choose from."""
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
"""The fixed values of fields, each with its description."""
_LIST_FIELDS = ("in", "has")
"""Fields that accept several values, separated by commas."""
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
"""For each field an example, and its values or its description."""
_LAST_WORD = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?P<value>[^\s":]*|"[^"]*)$')
_MIN_VALUE_LENGTH = 2
"""Letters of a value typed without its field; one letter matches too many values."""


@dataclass(frozen=True, slots=True)
class CompletionSources:
    """Values from the archive and the reading state, most likely first."""

    tags: Sequence[str] = ()
    years: Sequence[int] = ()
    issues: Sequence[int] = ()
    hosts: Callable[[str], Sequence[str]] = lambda _: ()
    """Returns the hosts with a prefix."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion: the whole new line with its cursor position, and the inserted text with its description."""

    text: str
    cursor: int
    label: str
    description: str


def complete_query(line: str, cursor: int, sources: CompletionSources) -> tuple[Completion, ...]:
    """Return completions for the word at the cursor, most likely first, at most `_MAX_COMPLETIONS`.

    A completion replaces the whole word and keeps the text after it.
    """
    last_word = _split_last_word(line[:cursor])
    if not last_word:
        return ()
    start, minus, field, value = last_word
    rest = line[cursor:]
    # Drop the part of the word after the cursor.
    rest = rest[len(rest.partition('"' if value.startswith('"') else " ")[0]) :].removeprefix('"')
    completions: list[Completion] = []
    candidates = _complete_value(field, value.removeprefix('"'), sources) if field else _complete_name(value)
    for label, description in candidates:
        if label != line[start + len(minus) : cursor]:
            before = f"{line[:start]}{minus}{label}"
            completions.append(Completion(before + rest, len(before), label, description))
        if len(completions) == _MAX_COMPLETIONS:
            break
    return tuple(completions)


def _split_last_word(text: str) -> tuple[int, str, str, str] | None:
    """Return start, minus, field and value of the last word; the value keeps its opening quote."""
    quote = text.rfind('"') if text.count('"') % 2 else -1
    start = max(text.rfind(space, 0, len(text) if quote < 0 else quote) for space in " \t") + 1
    match = _LAST_WORD.match(text, start)
    return (start, match["minus"], (match["field"] or "").casefold(), match["value"]) if match else None


def _complete_name(prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the fields with this prefix, then the values with it, each with its description."""
    folded = prefix.casefold()
    for field, (_, description) in zip((*FIELDS, "sort"), FIELD_HELP, strict=True):
        if field.startswith(folded):
            yield f"{field}:", description
    if len(folded) >= _MIN_VALUE_LENGTH:
        for field, values in _FIELD_VALUES.items():
            for value, description in values.items():
                if value.startswith(folded):
                    yield f"{field}:{value}", description


def _complete_value(field: str, prefix: str, sources: CompletionSources) -> Iterator[tuple[str, str]]:
    """Yield the values of a field with this prefix, each with its description."""
    folded = prefix.casefold()
    fixed, value = "", folded
    if field in _LIST_FIELDS:
        head, comma, value = folded.rpartition(",")
        fixed = head + comma
    elif field in ("year", "issue"):
        head, dots, value = folded.rpartition("..")
        fixed = head + dots
    for candidate, description in _iter_values(field, value, sources):
        if candidate.casefold().startswith(value):
            quoted = f'"{candidate}"' if " " in candidate else candidate
            yield f"{field}:{fixed}{quoted}", description


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
