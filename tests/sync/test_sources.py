"""Sources, the plan of a sync, and the stored state of a source."""

from __future__ import annotations

import pytest

from importai_tui.errors import RefusedAddressError
from importai_tui.library.library import Library
from importai_tui.sync.sources import (
    MIRROR,
    SUBSTACK,
    SourceKind,
    SourceState,
    SyncPlan,
    get_source,
    load_given_up,
    load_state,
    load_wanted,
    save_given_up,
    save_state,
    save_wanted,
)
from tests.examples import make_issue


def test_source_state_is_loaded_as_saved(library: Library) -> None:
    state = SourceState(kind="rest", etag='W/"1"', next_page=4, complete=True)
    save_state(library, "https://example.org/", state)
    assert load_state(library, "https://example.org/") == state
    assert load_state(library, "https://example.org/other") == SourceState()


@pytest.mark.parametrize("note", ["", "[]", "{", '{"next_page": "seven", "kind": 3, "of_tomorrow": 1}'])
def test_unreadable_source_state_is_ignored(library: Library, note: str) -> None:
    library.archive.save_source_note("source https://example.org/", note)
    assert load_state(library, "https://example.org/") == SourceState()


def test_number_is_wanted_until_stored(library: Library) -> None:
    save_wanted(library, {7, 8})
    library.store(make_issue("ada", number=7), b"", "")
    assert load_wanted(library) == {8}


def test_given_up_numbers_are_loaded_as_saved(library: Library) -> None:
    assert load_given_up(library) == set()
    save_given_up(library, [9, 3])
    assert load_given_up(library) == {3, 9}


def test_source_has_name_or_address() -> None:
    assert get_source("substack") is SUBSTACK
    assert get_source("mirror") is MIRROR
    other = get_source("https://example.org/feed#top")
    assert (other.address, other.kind, other.host) == ("https://example.org/feed", SourceKind.UNKNOWN, "example.org")


@pytest.mark.parametrize(
    "name_or_address", ["substak", "http://example.org/feed", "https://me@example.org/", "file:///etc/passwd"]
)
def test_invalid_source_is_refused(name_or_address: str) -> None:
    with pytest.raises(RefusedAddressError):
        get_source(name_or_address)


def test_named_sources_are_the_only_ones() -> None:
    site = get_source("https://example.org/")
    assert SyncPlan.for_sources((SUBSTACK,)).backfill_source is None
    assert SyncPlan.for_sources((SUBSTACK, site, MIRROR)).backfill_source is site
    assert SyncPlan.for_sources((SUBSTACK, MIRROR)).trusted_endpoints == {"importai.substack.com", "jack-clark.net"}
