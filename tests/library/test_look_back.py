"""What the start screen recalls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from importai_tui.library.library import Library
from importai_tui.library.look_back import find_old_highlight, find_story_of_week
from importai_tui.paths import Places
from tests.examples import make_issue

TODAY = date(2026, 11, 30)
DAYS = [TODAY + timedelta(days=n) for n in range(25)]


@pytest.fixture
def days() -> list[datetime]:
    """The time of each change in turn; the last one is that of all others."""
    return [datetime(2026, 11, 29, tzinfo=UTC)]


@pytest.fixture
def library(places: Places, days: list[datetime]) -> Iterator[Library]:
    with Library.open(places, now=lambda: days[0]) as library:
        yield library


def test_an_older_highlight_is_recalled_all_day(library: Library, days: list[datetime]) -> None:
    assert find_old_highlight(library, TODAY) is None
    library.store(make_issue("otters", number=7, date="2024-01-01"), b"page", "page.html")
    library.add_highlight("otters", "New")
    library.add_highlight("gone", "Of a story that is not stored")
    assert (found := find_old_highlight(library, TODAY))
    assert (found.annotation and found.annotation.text, found.date) == ("New", "2026-11-29")
    days[0] = datetime(2026, 1, 5, tzinfo=UTC)
    for words in ("One", "Two", "Three"):
        library.add_highlight("otters", words)
    chosen = [find_old_highlight(library, day) for day in DAYS]
    assert chosen[0] == find_old_highlight(library, TODAY)
    assert {found.annotation.text for found in chosen if found and found.annotation} == {"One", "Two", "Three"}
    library.state._database.execute("UPDATE register SET at = '2025-13-41T'")
    assert (found := find_old_highlight(library, TODAY))
    assert found.date is None


def test_a_story_of_this_week_is_recalled(library: Library) -> None:
    dates = ("2024-02-29", "2023-12-31", "2021-12-02", "2026-11-30", None)
    for number, day in enumerate(dates, 1):
        library.store(make_issue(f"story-{number}", number=number, date=day), b"page", "page.html")
    table = {
        date(2026, 11, 30): "2021-12-02",
        date(2026, 12, 6): None,
        date(2026, 2, 28): "2024-02-29",
        date(2026, 1, 2): "2023-12-31",
    }
    found = {day: find_story_of_week(library, day) for day in table}
    assert {day: each.date if each else None for day, each in found.items()} == table
