"""Copies from the feed of a site, which stand in for its own posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.copies import make_feed_origin
from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record
from importai_tui.archive.writer import StoreOutcome
from tests.examples import make_issue

FEED = make_feed_origin("mirror")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.sqlite3", lambda: datetime(2026, 11, 29, tzinfo=UTC)) as archive:
        yield archive


def store(archive: Archive, *names: str, origin: str, yields: bool = False) -> StoreOutcome:
    """Store a copy of issue 7 with these stories."""
    issue = make_issue_record(make_issue(*names, number=7))
    (stored,) = archive.store_all([IncomingIssue(issue, compress_page(b""), "", 1, origin=origin, is_fallback=yields)])
    return stored.outcome


def headlines(archive: Archive) -> list[str]:
    return [row.headline for row in archive.get_story_entries(archive.get_entries()[0].id)]


@pytest.mark.parametrize("better", ["mirror", "substack"])
def test_a_feed_copy_yields_to_every_source(archive: Archive, better: str) -> None:
    store(archive, "ada", origin=better)
    before = headlines(archive)
    assert store(archive, "bob", "cyd", origin=FEED, yields=True) is StoreOutcome.UNCHANGED
    assert headlines(archive) == before


@pytest.mark.parametrize("other", ["", FEED, make_feed_origin("example")])
def test_a_feed_copy_does_not_yield_to_a_file_or_a_feed(archive: Archive, other: str) -> None:
    store(archive, "ada", origin=other, yields=bool(other))
    assert store(archive, "ada", "bob", origin=FEED, yields=True) is StoreOutcome.UPDATED


def test_any_source_replaces_a_feed_copy(archive: Archive) -> None:
    store(archive, "ada", origin=FEED, yields=True)
    assert store(archive, "ada", "bob", origin="mirror") is StoreOutcome.UPDATED
    assert store(archive, "ada", origin=FEED, yields=True) is StoreOutcome.UNCHANGED
    assert len(headlines(archive)) == 2
