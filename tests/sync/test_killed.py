"""A sync that is killed at any time: stored issues are complete, and the next sync continues."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.sync.wordpress import PAGE_SIZE
from tests.http.server import Server
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.fake_substack import FEED_SIZE
from tests.sync.newsletter import make_issues
from tests.sync.victim import SEED_VARIABLE, KillTime, run_and_kill, sync_newsletter

ISSUES = 180
"""Number of issues: four pages of the site, so kills hit within, between and after pages."""
KILLS = 12
KILLS_AT_A_HOLE = 8
OLD, HOLE = 10, 20
"""Number of stored issues before an everyday sync, and size of the gap to the feed."""

Rows = dict[str, list[tuple[Any, ...]]]

_OF_AN_ISSUE = (
    "SELECT slug, number, title, made_title, date, url, addresses, words FROM issue",
    "SELECT slug, name, parser_version, origin, body FROM issue JOIN page ON issue_id = issue.id",
    "SELECT slug, position, key, kind, headline, tagline, section, story.words, body"
    " FROM issue JOIN story ON issue_id = issue.id ORDER BY position",
)
_COPIES = (
    "SELECT slug, origin, stories, head FROM issue JOIN copy ON issue_id = issue.id ORDER BY origin, stories, head",
)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """Random numbers that differ in every run; the seed is reported."""
    seed = os.environ.get(SEED_VARIABLE) or str(SystemRandom().randrange(1_000_000))
    request.node.add_report_section("call", "moments", f"{SEED_VARIABLE}={seed}")
    return Random(seed)


@pytest.fixture
def newsletter() -> FakeNewsletter:
    return FakeNewsletter(make_issues(ISSUES, stories=2))


@pytest.fixture
def server(newsletter: FakeNewsletter) -> Iterator[Server]:
    with Server(newsletter) as running:
        yield running


def test_killed_full_sync_ends_like_uninterrupted_one(server: Server, tmp_path: Path, chance: Random) -> None:
    whole, places = Places.under(tmp_path / "whole"), Places.under(tmp_path / "killed")
    an_issue = _seconds_an_issue(server, whole, full=True)
    expected, undisturbed = _issues(whole), len(server.requests)
    stored, marked = [0], set[str]()
    for left in range(KILLS, 0, -1):
        moment = _further_on(chance, stored[-1], left, an_issue)
        assert run_and_kill(server.address, tmp_path / "killed", moment, full=True), f"it had ended before {moment}"
        marked |= _read_something(places, Random(left))
        found = _issues(places)
        assert found == {slug: expected[slug] for slug in found}
        stored.append(len(found))
    assert stored == sorted(stored)
    assert len(set(stored)) > KILLS // 2  # most runs stored more than the run before
    report = sync_newsletter(server.address, places, full=True)
    assert (report.errors, report.missing_numbers, report.updated_count) == ((), (), 0)
    assert _issues(places) == expected
    assert _rows(places, _COPIES) == _rows(whole, _COPIES)
    assert _read_keys(places) == marked
    asked = server.requests[undisturbed:]
    pages = [int(one.query["page"]) for one in asked if one.query.get("orderby") == "date"]
    # Each run repeats the interrupted page and requests the feed; the last one also requests changes.
    assert pages == sorted(pages)
    assert len(pages) <= -(-ISSUES // PAGE_SIZE) + KILLS
    assert len(asked) - len(pages) <= KILLS + 2


def test_gap_is_filled_after_sync_was_killed(
    server: Server, newsletter: FakeNewsletter, tmp_path: Path, chance: Random
) -> None:
    every = newsletter.issues[: FEED_SIZE + HOLE + OLD]
    newsletter.issues = every[-OLD:]
    sync_newsletter(server.address, Places.under(tmp_path / "old"), full=False)
    newsletter.issues = every
    whole = _copied(tmp_path / "old", tmp_path / "whole")
    an_issue = _seconds_an_issue(server, whole, full=False)
    expected = _issues(whole)
    assert len(expected) == len(every)
    for n, moment in enumerate(_about_the_hole(chance, an_issue)):
        places = _copied(tmp_path / "old", tmp_path / str(n))
        assert run_and_kill(server.address, tmp_path / str(n), moment, full=False), f"it had ended before {moment}"
        asked = _asked_of(server)
        sync_newsletter(server.address, places, full=False)
        assert _issues(places) == expected, f"killed at {moment}"
        assert len(server.requests) - asked <= 2


def _asked_of(server: Server) -> int:
    """Return the number of requests, once those of the killed process have arrived."""
    asked = -1
    while asked != len(server.requests):
        asked = len(server.requests)
        time.sleep(0.1)
    return asked


def _further_on(chance: Random, stored: int, left: int, an_issue: float) -> KillTime:
    """Return the time of the next of `left` kills, spread over the whole sync.

    The first kill hits the creation of the files; most others come soon after an issue, some during requests.
    """
    if left == KILLS:
        return KillTime(0, chance.random() * 5 * an_issue)
    rest = ISSUES - stored - left  # one issue for each kill
    issues = 1 + int(chance.random() * rest * 2 / (left + 1))
    return KillTime(issues, chance.random() * _longest(chance, rest - issues) * an_issue)


def _longest(chance: Random, rest: int) -> float:
    """Return the longest delay of a kill in units of time per issue; near the end it must be short."""
    if rest > 2 * PAGE_SIZE and chance.random() < 1 / 4:
        return 15
    return 0.2 if rest > PAGE_SIZE else 0


def _about_the_hole(chance: Random, an_issue: float) -> list[KillTime]:
    """Return times during the storing of feed and gap, and during the request for the gap."""
    half = KILLS_AT_A_HOLE // 2
    storing = [KillTime(issues, 0) for issues in chance.sample(range(1, FEED_SIZE + HOLE), half)]
    return storing + [KillTime(FEED_SIZE, chance.random() * 10 * an_issue) for _ in range(half)]


def _seconds_an_issue(server: Server, places: Places, *, full: bool) -> float:
    """Return the CPU seconds per issue of an uninterrupted sync."""
    began = time.process_time()
    report = sync_newsletter(server.address, places, full=full)
    return (time.process_time() - began) / report.new_count


def _issues(places: Places) -> Rows:
    """Return all stored data by slug, after an integrity check."""
    with Library.open(places):
        pass  # recovers the files like the next start of the program
    for path in (places.archive, places.reading):
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return _rows(places, _OF_AN_ISSUE)


def _rows(places: Places, queries: tuple[str, ...]) -> Rows:
    found: Rows = {}
    with closing(sqlite3.connect(places.archive)) as database:
        for query in queries:
            for slug, *values in database.execute(query):
                found.setdefault(slug, []).append(tuple(values))
    return found


def _read_something(places: Places, chance: Random) -> set[str]:
    """Mark a random story as read, if there is one; return its key."""
    with Library.open(places) as library:
        heads = library.get_issue_rows()
        if not heads:
            return set()
        key = chance.choice(library.get_story_rows(chance.choice(heads).ref)).key
        library.mark([key], read=True)
        return {key}


def _read_keys(places: Places) -> set[str]:
    with Library.open(places) as library:
        stories = [story for head in library.get_issue_rows() for story in library.get_story_rows(head.ref)]
    return {story.key for story in stories if story.is_read}


def _copied(folder: Path, name: Path) -> Places:
    shutil.copytree(folder, name)
    return Places.under(name)
