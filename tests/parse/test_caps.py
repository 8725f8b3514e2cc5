"""What would take long is refused before it is read; what was cut, doubled or damaged gives an issue or a sentence."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.errors import UnreadableInput
from importai_tui.guide import guide_issues
from importai_tui.parse.issues import parse_issue, parse_issues
from tests.parse.hostile import HTML, REPEATED, repeated
from tests.parse.pages import BODY

MUTATIONS = int(os.environ.get("IMPORTAI_TUI_MUTATIONS", "300"))
"""How many damaged pages are tried; the long form is 10,000."""


@pytest.mark.parametrize("size", [20_000, 60_000, 200_000])
@pytest.mark.parametrize(("start", "piece"), REPEATED)
def test_no_input_keeps_the_parser_busy(start: str, piece: str, size: int) -> None:
    """Without its caps the parser hangs here for minutes; `tests.benchmarks.hostile_pages` has the figures.

    Some sizes are just under a cap, where a reader that is not linear shows.
    """
    try:
        parse_issue(repeated(start, piece, size))
    except UnreadableInput as refusal:
        reason = str(refusal)
    else:
        reason = "read"
    assert reason.isprintable()


def test_deep_markup_keeps_its_words() -> None:
    deep = "<b>" * 150 + "deep words" + "</b>" * 150
    assert "deep words" in parse_issue(f"{HTML}{deep}</p>".encode()).stories[0].text


@pytest.mark.parametrize("damage", ["\x00", "\ud800", "\ufffe", "\x0b\x0c"])
def test_characters_that_are_none_do_no_harm(damage: str) -> None:
    data = f"{HTML}a{damage}b, and the sheep</p>".encode("utf-8", "surrogatepass")
    assert "and the sheep" in parse_issue(data).stories[0].text


TEXT_PAGE = (
    "Import AI 7: Sheep\n\nWelcome to Import AI, please\nsubscribe\n.\nSheep:\n…Baa…\nYou can count\nsheep\n. Yes (\n"
    f"Import AI #3\n).\nWhy this matters – sleep\n: We need it.\nRead more:\nOn Sheep (arXiv)\n.\n***\nTech Tales:\n"
    f"The Shepherd\n[2031]\n{BODY}\nThings that inspired this story: Sheep; night.\nThanks for reading!\n"
)
MARKDOWN_PAGE = (
    '---\ntitle: "Import AI 7: Sheep"\ndate: 2031-01-02\n---\n\n*Welcome to Import AI, please subscribe.*\n\n'
    f"**Sheep:\n**_…Baa…\n_ {BODY}\n\n**What they did:** They [counted](https://arxiv.org/abs/1706.03762).\n\n"
    f"* one\n  * two\n\n\\*\\*\\*\n\n**Tech Tales:\n\nThe Shepherd**\n*[2031]*\n\n{BODY}\n"
)
PAGES = (*(page.data.decode() for page in guide_issues()), TEXT_PAGE, MARKDOWN_PAGE)
PIECES = (
    *(
        "<p>",
        "</p>",
        "<br />",
        "<strong>",
        "</strong>",
        "<em>",
        "</em>",
        "<ul>",
        "<li>",
        "</ul>",
        "<a href='",
        "'>",
        "</a>",
    ),
    *(
        "***",
        "####" * 13,
        "…",
        "...",
        ":",
        "[",
        "]",
        "Tech Tales:",
        "Import A-Idea",
        "Read more:",
        "**",
        "_",
        "\n",
        "\n\n",
    ),
    *(
        "&#27;",
        "\x1b]0;x\x07",
        "\u202e",
        "\x00",
        "<!--",
        "-->",
        "<table><tr><td>",
        "<figure>",
        "<img src=x>",
        "\u00a0",
        "  ",
    ),
    *(
        "<div class='tweet' data-attrs='{\"url\":1}'>",
        "<script>",
        "http://[::1",
        "Things that inspired this story:",
        "---\n",
    ),
)


def damaged(page: str, dice: random.Random) -> str:
    """A page with a few of its parts cut, doubled, moved, or something put between them."""
    for _ in range(dice.randint(1, 8)):
        a, b = sorted(dice.randrange(len(page) + 1) for _ in range(2))
        b = min(b, a + dice.choice((1, 5, 40, 400, 4000)))
        c = dice.randrange(len(page) + 1)
        match dice.randrange(4):
            case 0:
                page = page[:a] + page[b:]
            case 1:
                page = page[:c] + page[a:b] + page[c:]
            case 2:
                page = page[:a] + dice.choice(PIECES) + page[a:]
            case _:
                page = page[:a] + page[a:b][::-1] + page[b:]
    return page


@settings(max_examples=MUTATIONS, deadline=None)
@given(st.sampled_from(PAGES), st.randoms(use_true_random=False))
def test_a_damaged_page_gives_an_issue_or_a_sentence(page: str, dice: random.Random) -> None:
    data = damaged(page, dice).encode("utf-8", "surrogatepass")
    try:
        parsed = list(parse_issues(data))
    except UnreadableInput:
        return
    for one in parsed:
        for story in one.understanding.issue.stories if one.understanding else ():
            assert story.headline
            assert all(c in "\n\t" or c.isprintable() or not c.isascii() for c in story.text + story.headline)
            assert [link.n for link in story.links] == list(range(1, len(story.links) + 1))
