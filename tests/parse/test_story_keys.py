"""Stable story keys, slugs and generated titles."""

from __future__ import annotations

import pytest

from importai_tui.parse.story_keys import generate_title, make_slug
from tests.parse.pages import BODY, parse_html, story_html


def key(title: str, body: str = BODY, tagline: str = "…Baa…") -> str:
    return parse_html(f"<p>{story_html(title, body, tagline)}</p>").stories[0].key


@pytest.mark.parametrize(
    "other",
    [
        "Sheep - they’re counted by machine",
        "SHEEP – they're counted, by machine:",
        "Sheep \u00a0— they`re  counted by machine",
    ],
)
def test_key_ignores_punctuation_case_and_blanks(other: str) -> None:
    assert key(other).rpartition("-")[2] == key("Sheep - they're counted by machine:").rpartition("-")[2]


def test_key_ignores_edits_of_body_and_tagline() -> None:
    assert key("Sheep are counted by machine:") == key("Sheep are counted by machine:", BODY + " Corrected.", "…Other…")


def test_stories_with_equal_headlines_have_different_keys() -> None:
    issue = parse_html(f"<p>{story_html()}</p><p>***</p><p>{story_html()}</p>")
    assert len({s.key for s in issue.stories}) == 2


def test_key_of_a_generic_headline_includes_its_text() -> None:
    assert key("Bits:") != key("Bits:", "Goats are what this is about, and there is quite a lot of it to say here.")


def test_weekly_section_has_a_new_key_each_time() -> None:
    def bits(words: str) -> str:
        page = f"<p>{story_html()}</p><p>***</p><p><strong>OpenAI Bits & Pieces:</strong></p><p>{words}</p>"
        return parse_html(page).stories[1].key

    assert bits("A robot hand turns a cube, and then turns it back.") != bits("A bot plays a game against people.")


def test_slug_is_cut_at_a_word() -> None:
    assert make_slug("Erdős’s sheep; & the $80bn flock", 20) == "erdoss-sheep-the"


def test_generated_title_has_three_headlines() -> None:
    assert generate_title(["Sheep.", "Goats", "Cows", "Hens"]) == "Sheep; Goats; Cows"
