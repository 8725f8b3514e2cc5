"""Parts of a sync without a network: rate, missing numbers, stored state, lock, sources."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from importai_tui.errors import RefusedAddressError, SyncError
from importai_tui.library.library import Library
from importai_tui.sync.fetcher import find_missing_behind
from importai_tui.sync.progress import RateEstimator
from importai_tui.sync.run import single_instance
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


@pytest.mark.parametrize(
    ("arrived", "stored", "missing"),
    [
        ({461, 462, 463}, {449, 450}, set(range(451, 461))),
        ({461, 463}, set(), {462}),
        ({461, 463}, {462}, set()),
        ({461, 462}, {460, 402}, set()),
        ({461, 462}, {2, 480}, set(range(3, 461))),
        (set(), {402}, set()),
    ],
)
def test_missing_numbers_lie_between_stored_and_newest(arrived: set[int], stored: set[int], missing: set[int]) -> None:
    assert find_missing_behind(arrived, stored) == missing


def test_rate_needs_a_few_issues() -> None:
    seconds = [0.0]
    pace = RateEstimator(lambda: seconds[0])
    seconds[0] = 2.0
    assert pace.estimate(2, 10) == (None, None)
    assert pace.estimate(4, 10) == (2.0, 3.0)
    assert pace.estimate(4, None) == (2.0, None)


def test_earlier_issues_do_not_count_for_rate() -> None:
    seconds = [0.0]
    pace = RateEstimator(lambda: seconds[0])
    pace.restart(100)
    seconds[0] = 10.0
    assert pace.estimate(110, 120) == (1.0, 10.0)


def test_source_state_is_loaded_as_saved(library: Library) -> None:
    memory = SourceState(kind="rest", etag='W/"1"', next_page=4, complete=True)
    save_state(library, "https://example.org/", memory)
    assert load_state(library, "https://example.org/") == memory
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


def _hold(path: Path, held: object, done: object) -> None:
    with single_instance(path):
        held.set()  # type: ignore[attr-defined]
        done.wait(20)  # type: ignore[attr-defined]


def test_second_sync_is_refused_until_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "sync.lock"
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(path, held, done))
    other.start()
    assert held.wait(20)
    with pytest.raises(SyncError, match="Another sync is running"), single_instance(path):
        pass
    other.kill()
    other.join()
    with single_instance(path):
        pass
    other.close()


def test_source_has_name_or_address() -> None:
    assert get_source("substack") is SUBSTACK
    assert get_source("mirror") is MIRROR
    other = get_source("https://example.org/feed#top")
    assert (other.address, other.kind, other.host) == ("https://example.org/feed", SourceKind.UNKNOWN, "example.org")


@pytest.mark.parametrize(
    "word", ["substak", "http://example.org/feed", "https://me@example.org/", "file:///etc/passwd"]
)
def test_invalid_source_is_refused(word: str) -> None:
    with pytest.raises(RefusedAddressError):
        get_source(word)


def test_named_sources_are_the_only_ones() -> None:
    site = get_source("https://example.org/")
    assert SyncPlan.for_sources((SUBSTACK,)).backfill_source is None
    assert SyncPlan.for_sources((SUBSTACK, site, MIRROR)).backfill_source is site
    assert SyncPlan.for_sources((SUBSTACK, MIRROR)).trusted_endpoints == {"importai.substack.com", "jack-clark.net"}
