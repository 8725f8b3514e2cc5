"""Text that a mail program or converter has wrapped."""

from __future__ import annotations

import textwrap

import pytest

from importai_tui.parse.pipeline import parse_issue
from importai_tui.parse.unwrap import unwrap_lines
from tests.parse.pages import BODY

WELCOME = "Welcome to Import AI, a newsletter about AI. It runs on lattes, ramen, and feedback. Please subscribe."
PARAGRAPHS = [f"Paragraph {n} is this. {BODY} {BODY}" for n in range(8)]
STORY = "\n\n".join(("Sheep are counted by a machine:\n…And they fall asleep…", *PARAGRAPHS))


def wrap(text: str, width: int) -> str:
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


@pytest.mark.parametrize("width", [60, 72, 80])
def test_wrapped_text_is_read_like_the_original(width: int) -> None:
    (story,) = parse_issue(wrap(f"Import AI 7: Sheep\n\n{WELCOME}\n\n{STORY}\n", width).encode()).stories
    assert (story.headline, story.tagline) == ("Sheep are counted by a machine", "…And they fall asleep…")
    assert story.text.split("\n\n") == PARAGRAPHS


def test_wrapped_markdown_is_read_like_the_original() -> None:
    markdown = f"---\ntitle: Import AI 7\n---\n{WELCOME}\n\n**{STORY.replace(':', ':**  ', 1)}\n"
    (story,) = parse_issue(wrap(markdown, 78).encode()).stories
    assert story.text.split("\n\n") == PARAGRAPHS


def test_items_are_not_joined() -> None:
    text = "\n".join([*(["word " * 15 + "end"] * 25), f"- {'an item of a list ' * 4}", f"- {'another item ' * 5}"])
    assert unwrap_lines(text).count("\n- ") == 2


def test_unwrapped_text_is_unchanged() -> None:
    assert unwrap_lines(STORY) == STORY


def test_wrapped_welcome_is_dropped() -> None:
    (story,) = parse_issue(f"Import AI 7: Sheep\n\n{wrap(WELCOME, 40)}\n\n{STORY}\n".encode()).stories
    assert story.headline == "Sheep are counted by a machine"
