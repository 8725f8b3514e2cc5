"""Bare web addresses in lines."""

from __future__ import annotations

import pytest

from importai_tui.model import LinkRole
from importai_tui.parse.addresses import link_addresses
from importai_tui.parse.lines import Line, Run
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import PLAIN_TEXT, parse_one_story, story_html


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See https://a.example/x.", ["https://a.example/x"]),
        (
            "See https://a.example/a_(b)?x=1&y=2, and (http://b.example).",
            ["https://a.example/a_(b)?x=1&y=2", "http://b.example"],
        ),
        ("See <https://a.example/x> and www.b.example/d!", ["https://a.example/x", "https://www.b.example/d"]),
        ("In “https://a.example” or [https://b.example]", ["https://a.example", "https://b.example"]),
        ("No address: ://, www., a.www.b, https:/x", []),
    ],
)
def test_bare_addresses_become_links(text: str, addresses: list[str]) -> None:
    line = link_addresses(Line((Run(text),)))
    assert [run.href for run in line.runs if run.href] == addresses
    assert line.text == text.replace("<", "").replace(">", "")


def test_links_and_code_stay_as_they_are() -> None:
    line = Line((Run("a https://a.example ", href="https://b.example"), Run("https://c.example", code=True)))
    assert link_addresses(line) is line


@pytest.mark.parametrize(
    "end",
    [
        ": https://arxiv.org/abs/2501.12345.",
        " https://arxiv.org/abs/2501.12345",
        " (https://arxiv.org/abs/2501.12345).",
    ],
)
def test_title_before_an_address_is_one_citation(end: str) -> None:
    story = parse_issue(f"{PLAIN_TEXT}Read more: Counting Rivers (arXiv){end}\n".encode()).stories[0]
    (link,) = story.links
    assert (link.text, link.url, link.role) == (
        "Counting Rivers (arXiv)",
        "https://arxiv.org/abs/2501.12345",
        LinkRole.READ_MORE,
    )
    assert link.work == "arxiv:2501.12345"
    assert story.text.rstrip(".").endswith("Read more: Counting Rivers (arXiv)")


def test_bare_address_in_html_is_a_link() -> None:
    story = parse_one_story(f"<p>{story_html(body='Seen at https://a.example/h1 today.')}</p>")
    assert [link.url for link in story.links] == ["https://a.example/h1"]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("as before (#448).", [448]),
        ("(see #448, #450 and #452)", [448, 450, 452]),
        ("PR #287, #1, (#999)", []),
        ("Import AI 209, 189", [209, 189]),
    ],
)
def test_issue_numbers_in_brackets_are_references(words: str, numbers: list[int]) -> None:
    story = parse_issue(
        f"Import AI 500: Sheep\nWelcome to Import AI, please subscribe.\nSheep:\n…Baa…\nWords {words}\n".encode()
    ).stories[0]
    assert [reference.number for reference in story.cross_references] == numbers
