"""Issues that are stored or edited while the app is open."""

from __future__ import annotations

from importai_tui.archive.writer import StoreOutcome
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.tui.reading.live_update import MIN_INTERVAL
from tests.tui.sample_app import ORIGIN, RunningReader, long_story


def make_issue(number: int, *keys: str) -> Issue:
    """Return an issue with a story for each key. Number 1 is of January 2020; there are two a month."""
    months = (number - 1) // 2
    day = f"{2020 + months // 12}-{months % 12 + 1:02}-{1 + 14 * ((number - 1) % 2):02}"
    stories = tuple(long_story(key, position) for position, key in enumerate(keys or (f"k{number}",), 1))
    return Issue(number, f"i{number}", f"Import AI {number}: Of number {number}", day, None, stories)


def make_issues(*numbers: int) -> list[Issue]:
    """Return issues of one story each."""
    return [make_issue(number) for number in numbers]


def store_edited(library: Library, *issues: Issue) -> None:
    """Store edited versions of issues that are there already."""
    for edited in issues:
        outcome = library.store(edited, b"page", "page.html", origin=ORIGIN).outcome
        assert outcome is StoreOutcome.UPDATED


async def check_for_changes(reader: RunningReader) -> None:
    """Let the screen check the archive for changes."""
    await reader.advance_clock(MIN_INTERVAL + 1)
