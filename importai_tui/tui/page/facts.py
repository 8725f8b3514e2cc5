"""The muted line under a headline."""

from __future__ import annotations

from importai_tui.issue import Issue, Story
from importai_tui.tui.look.dates import long_date


def facts_of(issue: Issue, story: Story) -> str:
    """Where the story stands, when it came, how long it takes."""
    where = f"{issue.ref}/{story.position}" if issue.number is not None else ""
    here = where or f"{story.position} of {len(issue.stories)}"
    minutes = f"{story.minutes} min"
    date = long_date(issue.date) if issue.date else ""
    return "   ".join(part for part in (here, date, minutes, story.section, story.series) if part)
