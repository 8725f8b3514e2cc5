"""The byline: the muted line under a headline."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.issue import Issue, Story
from importai_tui.tui.look.dates import long_date

_MOST_TAGS = 12
"""Tags in the line: more would push the story out of a small window. The tag dialog has them all."""


def format_byline(issue: Issue, story: Story, tags: Sequence[str] = ()) -> str:
    """Return reference, date, reading time, section, series and tags, as far as the story has them."""
    where = f"{issue.ref}/{story.position}" if issue.number is not None else ""
    here = where or f"{story.position} of {len(issue.stories)}"
    date = long_date(issue.date) if issue.date else ""
    parts = (here, date, f"{story.minutes} min", story.section, story.series, _format_tags(tags))
    return "   ".join(part for part in parts if part)


def _format_tags(tags: Sequence[str]) -> str:
    more = len(tags) - _MOST_TAGS
    return " ".join([*(f"#{tag}" for tag in tags[:_MOST_TAGS]), *([f"+{more}"] if more > 0 else [])])
