"""Stable keys, slugs and made-up titles."""

from __future__ import annotations

import pytest

from importai_tui.parse.pipeline import parse_issue
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
def test_dashes_quotes_case_and_blanks_do_not_change_a_key(other: str) -> None:
    assert key(other).rpartition("-")[2] == key("Sheep - they're counted by machine:").rpartition("-")[2]


def test_an_edited_body_or_tagline_does_not_change_a_key() -> None:
    assert key("Sheep are counted by machine:") == key("Sheep are counted by machine:", BODY + " Corrected.", "…Other…")


def test_two_stories_of_one_name_have_two_keys() -> None:
    issue = parse_html(f"<p>{story_html()}</p><p>***</p><p>{story_html()}</p>")
    assert len({s.key for s in issue.stories}) == 2


def test_a_headline_that_says_nothing_is_told_apart_by_its_text() -> None:
    assert key("Bits:") != key("Bits:", "Goats are what this is about, and there is quite a lot of it to say here.")


def test_a_section_that_came_back_every_week_is_another_story_each_time() -> None:
    def bits(words: str) -> str:
        page = f"<p>{story_html()}</p><p>***</p><p><strong>OpenAI Bits & Pieces:</strong></p><p>{words}</p>"
        return parse_html(page).stories[1].key

    assert bits("A robot hand turns a cube, and then turns it back.") != bits("A bot plays a game against people.")


def test_a_slug_is_cut_at_a_word() -> None:
    assert make_slug("Erdős’s sheep; & the $80bn flock", 20) == "erdoss-sheep-the"


def test_a_made_title_names_the_first_three() -> None:
    assert generate_title(["Sheep.", "Goats", "Cows", "Hens"]) == "Sheep; Goats; Cows"


def number_of(name: str = "", url: str = "", title: str = "") -> int | None:
    front = f'---\ntitle: "{title}"\nurl: "{url}"\n---\n' if title or url else ""
    return parse_issue(f"{front}\n**Sheep are counted:**\n*…Baa…*\n\n{BODY}\n".encode(), name, title="x").number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"name": "import-ai-402-sheep.html"}, 402),
        ({"name": "Import AI 402.txt"}, 402),
        ({"name": "importai-449-sheep.md"}, 449),
        ({"name": "003_67eae2e9e2c0daf6.txt"}, None),
        ({"name": "402.txt"}, None),
        ({"name": "notes-on-import-ai-402.txt"}, None),
        ({"url": "https://jack-clark.net/2016/09/07/import-ai-issue-6-sheep/"}, 6),
        ({"url": "https://importai.substack.com/p/technological-optimism"}, None),
        ({"url": "https://importai.substack.com/p/import-ai-7", "name": "import-ai-8.html"}, 7),
    ],
)
def test_a_number_is_taken_from_what_names_the_newsletter_and_never_guessed(
    said: dict[str, str], number: int | None
) -> None:
    assert number_of(**said) == number
