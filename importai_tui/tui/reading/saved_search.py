"""Saved searches: each a name and a line of the query language, and how they are remembered. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line

LONGEST_NAME = 40
"""Characters: a name is a row of a narrow list."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that the reader goes back to."""

    name: str
    line: str


UNREAD = SavedSearch("Unread", "is:unread")
FIRST = (
    UNREAD,
    SavedSearch("Starred", "is:starred"),
    SavedSearch("Tech Tales", "in:tales"),
    SavedSearch("Essays", "in:essay"),
    SavedSearch("Why this matters", '"why this matters" OR "why it matters"'),
)
"""Those that are there from the start."""


def read_saved(written: str | None) -> tuple[SavedSearch, ...]:
    """What was remembered; those of the start where nothing was, or nothing of ours."""
    try:
        told = parse_json(written)
        return tuple(SavedSearch(str(name), str(line)) for name, line in told)
    except (ValueError, TypeError):
        return FIRST


def written_saved(searches: Sequence[SavedSearch]) -> str:
    """As they are remembered."""
    return json.dumps([[search.name, search.line] for search in searches], ensure_ascii=False)


def cleaned(name: str, line: str) -> SavedSearch:
    """As it is kept: a name is one line of bounded length."""
    return SavedSearch(clean_line(name)[:LONGEST_NAME], clean_line(line))


def with_search(searches: Sequence[SavedSearch], name: str, line: str) -> tuple[SavedSearch, ...]:
    """With one more at the end, or in the place of the one that has this name."""
    new = cleaned(name, line)
    if any(search.name == new.name for search in searches):
        return tuple(new if search.name == new.name else search for search in searches)
    return (*searches, new)


def with_first(searches: Sequence[SavedSearch]) -> tuple[SavedSearch, ...]:
    """With those of the start again: each in the place of what has its name, those whose name is free before all."""
    first = {search.name: search for search in FIRST}
    free = [search for search in FIRST if search.name not in {one.name for one in searches}]
    return tuple(dict.fromkeys((*free, *(first.get(search.name, search) for search in searches))))


def without_search(searches: Sequence[SavedSearch], name: str) -> tuple[SavedSearch, ...]:
    """Without the one that has this name."""
    return tuple(search for search in searches if search.name != name)
