"""Issues that come in behind the reader's back, and are edited there."""

from __future__ import annotations

from importai_tui.archive.writer import StoreOutcome
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.tui.reading.live_update import REST
from tests.tui.sample_app import ORIGIN, RunningReader, long_story


def make_issue(number: int, *keys: str) -> Issue:
    """Number 1 is of January 2020, and there are two a month."""
    months = (number - 1) // 2
    day = f"{2020 + months // 12}-{months % 12 + 1:02}-{1 + 14 * ((number - 1) % 2):02}"
    stories = tuple(long_story(key, position) for position, key in enumerate(keys or (f"k{number}",), 1))
    return Issue(number, f"i{number}", f"Import AI {number}: Of number {number}", day, None, stories)


def make_issues(*numbers: int) -> list[Issue]:
    """Issues of one story each."""
    return [make_issue(number) for number in numbers]


def store_edited(library: Library, *issues: Issue) -> None:
    """Issues that are there already come again, edited."""
    for edited in issues:
        outcome = library.store(edited, b"page", "page.html", origin=ORIGIN).outcome
        assert outcome is StoreOutcome.UPDATED


async def check_for_changes(reader: RunningReader) -> None:
    """The screen's next look at the archive."""
    await reader.advance_clock(REST + 1)
