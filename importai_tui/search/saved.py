"""Saved searches, each a name and a query, and recent queries: immutable tuples, stored as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line

MAX_SEARCH_NAME_LENGTH = 40
"""Characters; a name is a row in a narrow list."""


class SavedSearch(NamedTuple):
    """A query that the user saved under a name."""

    name: str
    line: str


UNREAD_SEARCH = SavedSearch("Unread", "is:unread")
_STARRED_SEARCH = SavedSearch("Starred", "is:starred")
MARK_SEARCHES: Mapping[SavedSearch, str] = {
    _STARRED_SEARCH: "starred",
    SavedSearch("Highlights", "is:highlighted"): "highlight:",
    SavedSearch("Notes", "is:noted"): "note",
    SavedSearch("Tags", "is:tagged"): "tag:",
}
"""The built-in searches for stories that the user has marked, each with the field of the mark. The list shows them
only while they find something.
"""
DEFAULT_SEARCHES = (
    UNREAD_SEARCH,
    *MARK_SEARCHES,
    SavedSearch("Tech Tales", "in:tales"),
    SavedSearch("Essays", "in:essay"),
)
"""The built-in searches, which exist before the user saves any."""
SEARCHES_SETTING = "searches-2"
"""The setting that holds the saved searches."""
_OLD_SETTING = "searches"
_REMOVED_SEARCH = SavedSearch("Why this matters", '"why this matters" OR "why it matters"')
"""Was built in while the searches had the old setting."""


def load_searches(load_value: Callable[[str], str | None]) -> tuple[SavedSearch, ...]:
    """Load the saved searches with a function that returns the value of a setting.

    Those of an older version lose a search that is no longer built in, and get the built-in ones that it did not have.
    """
    if (text := load_value(SEARCHES_SETTING)) is not None:
        return saved_from_json(text)
    old = [search for search in saved_from_json(load_value(_OLD_SETTING)) if search != _REMOVED_SEARCH]
    names = {search.name for search in old}
    new = [search for search in MARK_SEARCHES if search != _STARRED_SEARCH and search.name not in names]
    index = sum(search in old[:2] for search in (UNREAD_SEARCH, _STARRED_SEARCH))
    return (*old[:index], *new, *old[index:])


def saved_from_json(text: str | None) -> tuple[SavedSearch, ...]:
    """Read saved searches from JSON; the defaults for None and for other text."""
    try:
        return tuple(SavedSearch(str(name), str(line)) for name, line in parse_json(text))
    except (ValueError, TypeError):
        return DEFAULT_SEARCHES


def saved_to_json(searches: Sequence[SavedSearch]) -> str:
    """Return saved searches as JSON."""
    return json.dumps([[search.name, search.line] for search in searches], ensure_ascii=False)


def add_search(searches: Sequence[SavedSearch], name: str, line: str) -> tuple[SavedSearch, ...]:
    """Return the searches with a new one at the end, or in place of the one with the same name."""
    new = clean_search(name, line)
    if any(search.name == new.name for search in searches):
        return tuple(new if search.name == new.name else search for search in searches)
    return (*searches, new)


def restore_defaults(searches: Sequence[SavedSearch]) -> tuple[SavedSearch, ...]:
    """Return the searches with the defaults restored: in place of those with the same name, the others first."""
    defaults = {search.name: search for search in DEFAULT_SEARCHES}
    names = {search.name for search in searches}
    missing = [search for search in DEFAULT_SEARCHES if search.name not in names]
    return tuple(dict.fromkeys((*missing, *(defaults.get(search.name, search) for search in searches))))


def remove_search(searches: Sequence[SavedSearch], name: str) -> tuple[SavedSearch, ...]:
    """Return the searches without the one with this name."""
    return tuple(search for search in searches if search.name != name)


def clean_search(name: str, line: str) -> SavedSearch:
    """Return a saved search with a clean name of at most `MAX_SEARCH_NAME_LENGTH` characters."""
    return SavedSearch(clean_line(name)[:MAX_SEARCH_NAME_LENGTH], clean_line(line))


MAX_RECENT = 10
"""Recent queries; half a small window."""


def recent_from_json(text: str | None) -> tuple[str, ...]:
    """Read recent queries from JSON, newest first; none for None and for other text."""
    try:
        return tuple(str(line) for line in parse_json(text))[:MAX_RECENT]
    except (ValueError, TypeError):
        return ()


def recent_to_json(lines: Sequence[str]) -> str:
    """Return recent queries as JSON."""
    return json.dumps(list(lines), ensure_ascii=False)


def add_recent(lines: Sequence[str], line: str) -> tuple[str, ...]:
    """Return the queries with a new one first, without duplicates in other letter case."""
    new = " ".join(line.split())
    others = (other for other in lines if other.casefold() != new.casefold())
    return (new, *others)[:MAX_RECENT] if new else tuple(lines)
