"""Stories for the tests of forecasts, and the rule that drops forecasts which were due when they were made."""

from __future__ import annotations

from datetime import date

from importai_tui.forecasts.due_dates import compute_due
from importai_tui.forecasts.extract import find_forecasts
from importai_tui.forecasts.forecast import FoundForecast
from importai_tui.model import Block, Heading, ListBlock, ListItem, Paragraph, Span, Story, StoryKind


def make_story(*parts: str | Block, kind: StoryKind = StoryKind.STORY, headline: str = "A headline") -> Story:
    """Return a story with these paragraphs and blocks."""
    blocks = tuple(Paragraph((Span(part),)) if isinstance(part, str) else part for part in parts)
    return Story("story-1", 1, kind, headline, blocks=blocks)


def make_heading(text: str) -> Heading:
    """Return a heading."""
    return Heading((Span(text),))


def make_list(*items: str) -> ListBlock:
    """Return a list."""
    return ListBlock(tuple(ListItem((Span(item),)) for item in items))


def find_open(story: Story, said: date | None) -> list[FoundForecast]:
    """Return the forecasts of a story of an issue of this day, without those that were due in its month or before."""
    return [
        found
        for found in find_forecasts(story)
        if not (
            said and (due := compute_due(found.due_text, said)) and (due.year, due.month) <= (said.year, said.month)
        )
    ]
