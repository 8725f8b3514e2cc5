"""A sync that is killed at any moment: what is stored is whole, and the next one goes on from there."""

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
"""Four pages of the site: enough to be killed within one, between two, and in what comes after."""
KILLS = 12
KILLS_AT_A_HOLE = 8
OLD, HOLE = 10, 20
"""Issues that are stored before an everyday sync, and how many there are between them and those of the feed."""

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
    """Other moments in every run."""
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


def test_a_full_sync_killed_at_twelve_moments_ends_as_one_that_nobody_disturbed(
    server: Server, tmp_path: Path, chance: Random
) -> None:
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
    assert len(set(stored)) > KILLS // 2  # most kills came in a run that had got further than the one before
    report = sync_newsletter(server.address, places, full=True)
    assert (report.errors, report.missing_numbers, report.updated_count) == ((), (), 0)
    assert _issues(places) == expected
    assert _rows(places, _COPIES) == _rows(whole, _COPIES)
    assert _read_keys(places) == marked
    asked = server.requests[undisturbed:]
    pages = [int(one.query["page"]) for one in asked if one.query.get("orderby") == "date"]
    # Each new start goes on with the page that was broken off, and asks the feed; the last one also for changes.
    assert pages == sorted(pages)
    assert len(pages) <= -(-ISSUES // PAGE_SIZE) + KILLS
    assert len(asked) - len(pages) <= KILLS + 2


def test_a_hole_is_filled_by_the_next_sync_wherever_this_one_is_killed(
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
    """How much was asked in all, once what the dead one had under way is counted too."""
    asked = -1
    while asked != len(server.requests):
        asked = len(server.requests)
        time.sleep(0.1)
    return asked


def _further_on(chance: Random, stored: int, left: int, an_issue: float) -> KillTime:
    """A moment for the next of the kills that are `left`, so that they lie on all of the way: most soon behind an
    issue, some where the next ones are asked for and read, the first one while the files are made.
    """
    if left == KILLS:
        return KillTime(0, chance.random() * 5 * an_issue)
    rest = ISSUES - stored - left  # each of them has an issue of its own
    issues = 1 + int(chance.random() * rest * 2 / (left + 1))
    return KillTime(issues, chance.random() * _longest(chance, rest - issues) * an_issue)


def _longest(chance: Random, rest: int) -> float:
    """How long a kill may wait, in what issues take: it must come while a run is at work, so in the end not at all."""
    if rest > 2 * PAGE_SIZE and chance.random() < 1 / 4:
        return 15
    return 0.2 if rest > PAGE_SIZE else 0


def _about_the_hole(chance: Random, an_issue: float) -> list[KillTime]:
    """While the feed's issues and those of the hole are stored, and while the hole is asked for and read."""
    half = KILLS_AT_A_HOLE // 2
    storing = [KillTime(issues, 0) for issues in chance.sample(range(1, FEED_SIZE + HOLE), half)]
    return storing + [KillTime(FEED_SIZE, chance.random() * 10 * an_issue) for _ in range(half)]


def _seconds_an_issue(server: Server, places: Places, *, full: bool) -> float:
    """How long an issue takes a sync that nobody disturbs; what else the machine does is not counted."""
    began = time.process_time()
    report = sync_newsletter(server.address, places, full=full)
    return (time.process_time() - began) / report.new_count


def _issues(places: Places) -> Rows:
    """All that is stored of each issue, under its slug, from files that are sound."""
    with Library.open(places):
        pass  # as the next start of the program finds it
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
    """Marks a story read, if there is one; its key."""
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
