"""Sentences that look like a forecast."""

from __future__ import annotations

from importai_tui.forecasts.extract import find_forecasts
from importai_tui.forecasts.forecast import make_forecast_id
from importai_tui.model import Paragraph, Span, Story, StoryKind

SENTENCE = "I expect that robots fold my laundry by the end of 2031."


def make_story(*paragraphs: str, kind: StoryKind = StoryKind.STORY) -> Story:
    """Return a story with these paragraphs."""
    return Story("story-1", 1, kind, "A headline", blocks=tuple(Paragraph((Span(text),)) for text in paragraphs))


def test_forecast_has_place_and_words() -> None:
    story = make_story("Something else.", f"Sheep graze. {SENTENCE} More sheep.")
    (found,) = find_forecasts(story)
    assert found.quote == SENTENCE
    assert story.text[found.start :].startswith(SENTENCE)
    assert found.due_text == "by the end of 2031"


def test_fiction_has_no_forecasts() -> None:
    assert find_forecasts(make_story(SENTENCE, kind=StoryKind.TECH_TALES)) == ()


def test_id_ignores_case_blanks_and_quotation_marks() -> None:
    assert make_forecast_id("“It’s  Late”") == make_forecast_id('"it\'s late"')
