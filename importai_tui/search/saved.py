"""Saved searches, each a name and a query, and recent queries: immutable tuples, stored as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line

MAX_SEARCH_NAME_LENGTH = 40
"""Characters; a name is a row in a narrow list."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query that the user saved under a name."""

    name: str
    line: str


UNREAD_SEARCH = SavedSearch("Unread", "is:unread")
DEFAULT_SEARCHES = (
    UNREAD_SEARCH,
    SavedSearch("Starred", "is:starred"),
    SavedSearch("Tech Tales", "in:tales"),
    SavedSearch("Essays", "in:essay"),
    SavedSearch("Why this matters", '"why this matters" OR "why it matters"'),
)
"""Searches that exist before the user saves any."""


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
