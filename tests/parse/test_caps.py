"""What would take long is refused before it is read; what was cut, doubled or damaged gives an issue or a sentence."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.pipeline import parse_issue, parse_issues
from tests.parse.hostile import HTML, PAGES, REPETITIONS, damage_page, repeat_piece

MUTATIONS = int(os.environ.get("IMPORTAI_TUI_MUTATIONS", "300"))
"""How many damaged pages are tried; the long form is 10,000."""


@pytest.mark.parametrize("size", [20_000, 60_000, 200_000])
@pytest.mark.parametrize(("start", "piece"), REPETITIONS)
def test_no_input_keeps_the_parser_busy(start: str, piece: str, size: int) -> None:
    """Without its caps the parser hangs here for minutes; `tests.benchmarks.hostile_pages` has the figures.

    Some sizes are just under a cap, where a reader that is not linear shows.
    """
    try:
        parse_issue(repeat_piece(start, piece, size))
    except UnreadableInputError as refusal:
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


@settings(max_examples=MUTATIONS, deadline=None)
@given(st.sampled_from(PAGES), st.randoms(use_true_random=False))
def test_a_damaged_page_gives_an_issue_or_a_sentence(page: str, dice: random.Random) -> None:
    data = damage_page(page, dice).encode("utf-8", "surrogatepass")
    try:
        parsed = list(parse_issues(data))
    except UnreadableInputError:
        return
    for one in parsed:
        for story in one.report.issue.stories if one.report else ():
            assert story.headline
            assert all(c in "\n\t" or c.isprintable() or not c.isascii() for c in story.text + story.headline)
            assert [link.n for link in story.links] == list(range(1, len(story.links) + 1))
