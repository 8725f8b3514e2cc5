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
from tests.sync.killed_sync import SEED_VARIABLE, KillTime, run_and_kill, sync_newsletter
from tests.sync.newsletter import make_issues

ISSUES = 180
"""Number of issues: four pages of the site, so kills hit within, between and after pages."""
KILLS = 12
GAP_KILLS = 8
OLD_ISSUES, GAP_SIZE = 10, 20
"""Number of stored issues before an everyday sync, and size of the gap to the feed."""

Rows = dict[str, list[tuple[Any, ...]]]

_ISSUE_QUERIES = (
    "SELECT slug, number, title, made_title, date, url, addresses, words FROM issue",
    "SELECT slug, name, parser_version, origin, body FROM issue JOIN page ON issue_id = issue.id",
    "SELECT slug, position, key, kind, headline, tagline, section, story.words, body"
    " FROM issue JOIN story ON issue_id = issue.id ORDER BY position",
)
_COPY_QUERIES = (
    "SELECT slug, origin, stories, head FROM issue JOIN copy ON issue_id = issue.id ORDER BY origin, stories, head",
)


@pytest.fixture
def random(request: pytest.FixtureRequest) -> Random:
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


def test_killed_full_sync_ends_like_uninterrupted_one(server: Server, tmp_path: Path, random: Random) -> None:
    complete, paths = Places.under(tmp_path / "whole"), Places.under(tmp_path / "killed")
    issue_seconds = _measure_issue_seconds(server, complete, full=True)
    expected, uninterrupted = _read_issues(complete), len(server.requests)
    stored, marked = [0], set[str]()
    for remaining in range(KILLS, 0, -1):
        kill_time = _next_kill_time(random, stored[-1], remaining, issue_seconds)
        assert run_and_kill(server.address, tmp_path / "killed", kill_time, full=True), (
            f"it had ended before {kill_time}"
        )
        marked |= _mark_random_story(paths, Random(remaining))
        found = _read_issues(paths)
        assert found == {slug: expected[slug] for slug in found}
        stored.append(len(found))
    assert stored == sorted(stored)
    assert len(set(stored)) > KILLS // 2  # most runs stored more than the run before
    report = sync_newsletter(server.address, paths, full=True)
    assert (report.errors, report.missing_numbers, report.updated_count) == ((), (), 0)
    assert _read_issues(paths) == expected
    assert _read_rows(paths, _COPY_QUERIES) == _read_rows(complete, _COPY_QUERIES)
    assert _get_read_keys(paths) == marked
    requests = server.requests[uninterrupted:]
    pages = [int(request.query["page"]) for request in requests if request.query.get("orderby") == "date"]
    # Each run repeats the interrupted page and requests the feed; the last one also requests changes.
    assert pages == sorted(pages)
    assert len(pages) <= -(-ISSUES // PAGE_SIZE) + KILLS
    assert len(requests) - len(pages) <= KILLS + 2


def test_gap_is_filled_after_sync_was_killed(
    server: Server, newsletter: FakeNewsletter, tmp_path: Path, random: Random
) -> None:
    every = newsletter.issues[: FEED_SIZE + GAP_SIZE + OLD_ISSUES]
    newsletter.issues = every[-OLD_ISSUES:]
    sync_newsletter(server.address, Places.under(tmp_path / "old"), full=False)
    newsletter.issues = every
    complete = _copy_home(tmp_path / "old", tmp_path / "whole")
    issue_seconds = _measure_issue_seconds(server, complete, full=False)
    expected = _read_issues(complete)
    assert len(expected) == len(every)
    for n, kill_time in enumerate(_gap_kill_times(random, issue_seconds)):
        paths = _copy_home(tmp_path / "old", tmp_path / str(n))
        assert run_and_kill(server.address, tmp_path / str(n), kill_time, full=False), (
            f"it had ended before {kill_time}"
        )
        request_count = _count_requests(server)
        sync_newsletter(server.address, paths, full=False)
        assert _read_issues(paths) == expected, f"killed at {kill_time}"
        assert len(server.requests) - request_count <= 2


def _count_requests(server: Server) -> int:
    """Return the number of requests, once those of the killed process have arrived."""
    request_count = -1
    while request_count != len(server.requests):
        request_count = len(server.requests)
        time.sleep(0.1)
    return request_count


def _next_kill_time(random: Random, stored: int, remaining: int, issue_seconds: float) -> KillTime:
    """Return the time of the next of `remaining` kills, spread over the whole sync.

    The first kill hits the creation of the files; most others come soon after an issue, some during requests.
    """
    if remaining == KILLS:
        return KillTime(0, random.random() * 5 * issue_seconds)
    rest = ISSUES - stored - remaining  # one issue for each kill
    issues = 1 + int(random.random() * rest * 2 / (remaining + 1))
    return KillTime(issues, random.random() * _max_delay(random, rest - issues) * issue_seconds)


def _max_delay(random: Random, rest: int) -> float:
    """Return the longest delay of a kill in units of time per issue; near the end it must be short."""
    if rest > 2 * PAGE_SIZE and random.random() < 1 / 4:
        return 15
    return 0.2 if rest > PAGE_SIZE else 0


def _gap_kill_times(random: Random, issue_seconds: float) -> list[KillTime]:
    """Return times during the storing of feed and gap, and during the request for the gap."""
    half = GAP_KILLS // 2
    storing = [KillTime(issues, 0) for issues in random.sample(range(1, FEED_SIZE + GAP_SIZE), half)]
    return storing + [KillTime(FEED_SIZE, random.random() * 10 * issue_seconds) for _ in range(half)]


def _measure_issue_seconds(server: Server, paths: Places, *, full: bool) -> float:
    """Return the CPU seconds per issue of an uninterrupted sync."""
    began = time.process_time()
    report = sync_newsletter(server.address, paths, full=full)
    return (time.process_time() - began) / report.new_count


def _read_issues(paths: Places) -> Rows:
    """Return all stored data by slug, after an integrity check."""
    with Library.open(paths):
        pass  # recovers the files like the next start of the program
    for path in (paths.archive, paths.reading):
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return _read_rows(paths, _ISSUE_QUERIES)


def _read_rows(paths: Places, queries: tuple[str, ...]) -> Rows:
    found: Rows = {}
    with closing(sqlite3.connect(paths.archive)) as database:
        for query in queries:
            for slug, *values in database.execute(query):
                found.setdefault(slug, []).append(tuple(values))
    return found


def _mark_random_story(paths: Places, random: Random) -> set[str]:
    """Mark a random story as read, if there is one; return its key."""
    with Library.open(paths) as library:
        heads = library.get_issue_rows()
        if not heads:
            return set()
        key = random.choice(library.get_story_rows(random.choice(heads).ref)).key
        library.mark([key], read=True)
        return {key}


def _get_read_keys(paths: Places) -> set[str]:
    with Library.open(paths) as library:
        stories = [story for head in library.get_issue_rows() for story in library.get_story_rows(head.ref)]
    return {story.key for story in stories if story.is_read}


def _copy_home(folder: Path, name: Path) -> Places:
    shutil.copytree(folder, name)
    return Places.under(name)
