"""Sentences in which the author scores an earlier forecast."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.forecasts.scoring import find_scorings
from importai_tui.model import CrossReference, StoryKind
from tests.forecasts.stories import make_story

REFERENCES = (CrossReference(12, "Import AI 12"), CrossReference(34, "#34"))


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("Prediction confirmed: in Import AI 12 I thought that sheep would read.", (12,)),
        ("I predicted sheep that read (Import AI 12), and here they are.", (12,)),
        ("I pre-registered a bet (#34) that dogs would write.", (34,)),
        ("In March I said (Import AI #12) that it would take longer.", (12,)),
        ("I was wrong about the sheep. See Import AI 34.", (34,)),
        ("It came sooner than I expected.", (12, 34)),
        ("This is an update on my timelines for sheep.", (12, 34)),
        ("My prediction about dogs turned out to be right.", (12, 34)),
    ],
)
def test_scorings(text: str, issues: tuple[int, ...]) -> None:
    (found,) = find_scorings(replace(make_story(text), cross_references=REFERENCES))
    assert text.startswith(found.sentence)
    assert found.issues == issues


@pytest.mark.parametrize(
    "text",
    [
        "Many predictions of that paper (Import AI 12) have come true.",
        "As I wrote in a note, sheep graze.",
        "The system predicted the weather (#34).",
        "I expect that sheep read by 2031.",
    ],
)
def test_no_scorings(text: str) -> None:
    assert find_scorings(replace(make_story(text), cross_references=REFERENCES)) == ()


def test_only_stories_that_mention_an_issue_score() -> None:
    story = make_story("Prediction confirmed: sheep read.")
    assert find_scorings(story) == ()
    assert find_scorings(replace(story, cross_references=REFERENCES, kind=StoryKind.TECH_TALES)) == ()
