"""Completes the word before the cursor in a query: fields, their values, and values from the archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from importai_tui.query.fields import FIELDS, ArchiveValues, Field

_MAX_COMPLETIONS = 20
"""Completions shown at once; a longer list is hard to choose from."""
FIELD_HELP = tuple((f"{field.name}:{field.example}", field.description) for field in FIELDS.values())
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
    for field in FIELDS.values():
        if field.name.startswith(folded):
            yield f"{field.name}:", field.description
    if len(folded) >= _MIN_VALUE_LENGTH:
        for field in FIELDS.values():
            for value, description in field.values.items():
                if value.startswith(folded):
                    yield f"{field.name}:{value}", description


def _complete_value(name: str, prefix: str, sources: CompletionSources) -> Iterator[tuple[str, str]]:
    """Yield the values of a field with this prefix, each with its description."""
    field = FIELDS.get(name)
    if not field:
        return
    earlier, value = "", prefix.casefold()
    if field.separator:
        head, separator, value = value.rpartition(field.separator)
        earlier = head + separator
    for candidate, description in _iter_values(field, value, sources):
        is_possible = not earlier or field.parse(f"{earlier}{candidate}")  # some values cannot be combined
        if is_possible and candidate.casefold().startswith(value):
            quoted = f'"{candidate}"' if " " in candidate else candidate
            yield f"{name}:{earlier}{quoted}", description


def _iter_values(field: Field, prefix: str, sources: CompletionSources) -> Iterator[tuple[str, str]]:
    match field.archive_values:
        case None:
            yield from field.values.items()
        case ArchiveValues.TAGS:
            yield from ((tag, "your tag") for tag in sources.tags)
        case ArchiveValues.YEARS:
            yield from ((str(year), "a year") for year in sources.years)
        case ArchiveValues.ISSUES:
            yield from ((str(number), "an issue") for number in sources.issues)
        case ArchiveValues.HOSTS:
            yield from ((host, "a linked site") for host in sources.hosts(prefix))
        case _:
            assert_never(field.archive_values)
