from __future__ import annotations

import json

import pytest

from importai_tui.query.parser import parse_query
from importai_tui.search.saved import (
    DEFAULT_SEARCHES,
    MAX_RECENT,
    UNREAD_SEARCH,
    SavedSearch,
    add_recent,
    add_search,
    load_searches,
    recent_from_json,
    recent_to_json,
    remove_search,
    restore_defaults,
    saved_from_json,
    saved_to_json,
)


@pytest.mark.parametrize("text", [None, "", "x", "7", "[1]", '[["a"]]'])
def test_invalid_json_gives_the_default_searches(text: str | None) -> None:
    assert saved_from_json(text) == DEFAULT_SEARCHES


def load(old: str | None, new: str | None = None) -> tuple[SavedSearch, ...]:
    return load_searches({"searches": old, "searches-2": new}.get)


def test_searches_of_an_older_version_get_the_new_built_in_ones() -> None:
    old_defaults = [
        ["Unread", "is:unread"],
        ["Starred", "is:starred"],
        ["Tech Tales", "in:tales"],
        ["Essays", "in:essay"],
        ["Why this matters", '"why this matters" OR "why it matters"'],
    ]
    mine = SavedSearch("Otters", "otters")
    assert load(json.dumps([*old_defaults, ["Otters", "otters"]])) == (*DEFAULT_SEARCHES, mine)
    assert load(None) == load("x") == DEFAULT_SEARCHES
    # Removed searches stay away, and the user's own keep their names.
    own = [["Why this matters", "matters"], ["Notes", "in:note"]]
    names = [search.name for search in load(json.dumps(own))]
    assert names == ["Highlights", "Tags", "Why this matters", "Notes"]


def test_built_in_searches_that_were_removed_stay_away() -> None:
    assert load(saved_to_json(DEFAULT_SEARCHES), saved_to_json(DEFAULT_SEARCHES[:2])) == DEFAULT_SEARCHES[:2]
    assert load(None, saved_to_json(())) == ()


def test_saved_searches_survive_a_round_trip() -> None:
    searches = (*DEFAULT_SEARCHES, SavedSearch("Ötters [b]", 'otters OR "river otters"'))
    assert saved_from_json(saved_to_json(searches)) == searches
    assert saved_from_json(saved_to_json(())) == ()


def test_a_search_replaces_one_of_the_same_name() -> None:
    searches = add_search(add_search(DEFAULT_SEARCHES, "Otters\x1b[2J\n", "otter"), "Otters", "otters")
    assert searches == (*DEFAULT_SEARCHES, SavedSearch("Otters", "otters"))
    assert remove_search(searches, "Otters") == DEFAULT_SEARCHES


def test_the_default_searches_are_valid() -> None:
    for search in DEFAULT_SEARCHES:
        query = parse_query(search.line)
        assert query.clauses
        assert not query.remarks


def test_restoring_defaults_leaves_no_duplicate_names() -> None:
    mine = SavedSearch("Otters", "otters")
    assert restore_defaults((mine, SavedSearch("Unread", "otters"))) == (*DEFAULT_SEARCHES[1:], mine, UNREAD_SEARCH)
    assert restore_defaults(restore_defaults((mine, SavedSearch("Unread", "otters"), UNREAD_SEARCH))) == (
        *DEFAULT_SEARCHES[1:],
        mine,
        UNREAD_SEARCH,
    )
    assert restore_defaults(()) == DEFAULT_SEARCHES


def test_recent_searches_are_unique_and_newest_first() -> None:
    lines = recent_from_json(recent_to_json(add_recent(("b", "Rivers", "c"), " rivers ")))
    assert lines == ("rivers", "b", "c")
    assert add_recent(lines, "  ") == lines
    assert len(add_recent([str(n) for n in range(20)], "x")) == MAX_RECENT
    assert recent_from_json("no list") == recent_from_json(None) == ()
