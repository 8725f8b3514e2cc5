"""Finds the sentences of a story that look like a forecast."""

from __future__ import annotations

import re

from importai_tui.forecasts.due_dates import find_due_text
from importai_tui.forecasts.forecast import FoundForecast, Speaker, make_forecast_id
from importai_tui.model import Story, StoryKind

_SENTENCE = re.compile(r"[^\n.!?]+[.!?]?")
_CUE = re.compile(r"(?i)\bI (?:expect|predict|guess|bet)\b|\bI'm guessing\b|\bwe should expect\b")


def find_forecasts(story: Story) -> tuple[FoundForecast, ...]:
    """Return the sentences that look like a forecast, in the order of the text. A tech tale has none."""
    if story.kind is StoryKind.TECH_TALES:
        return ()
    found: dict[str, FoundForecast] = {}
    for match in _SENTENCE.finditer(story.text):
        quote = match[0].strip()
        if _CUE.search(quote) and (due_text := find_due_text(quote)):
            start = match.start() + match[0].index(quote)
            forecast_id = make_forecast_id(quote)
            found.setdefault(forecast_id, FoundForecast(forecast_id, quote, start, due_text, Speaker.AUTHOR, None))
    return tuple(found.values())
