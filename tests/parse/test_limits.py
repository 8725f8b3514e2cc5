"""Slow input is refused early; damaged input is parsed or refused with a message."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.pipeline import parse_issue, parse_issues
from tests.parse.hostile import HTML, PAGES, REPETITIONS, damage_page, repeat_piece
from tests.parse.pages import parse_html, story_html

MUTATIONS = int(os.environ.get("IMPORTAI_TUI_MUTATIONS", "300"))
"""Number of damaged pages to try. The long form tries 10,000."""


@pytest.mark.parametrize("size", [20_000, 60_000, 200_000])
@pytest.mark.parametrize(("start", "piece"), REPETITIONS)
def test_repeated_piece_is_parsed_or_refused_in_time(start: str, piece: str, size: int) -> None:
    """Without limits the parser would run for minutes here; `tests.benchmarks.hostile_pages` has the figures.

    Some sizes are just below a limit, which shows a parser that is not linear.
    """
    try:
        parse_issue(repeat_piece(start, piece, size))
    except UnreadableInputError as refusal:
        reason = str(refusal)
    else:
        reason = "read"
    assert reason.isprintable()


def test_deep_markup_has_all_its_words() -> None:
    deep = "<b>" * 150 + "deep words" + "</b>" * 150
    assert "deep words" in parse_issue(f"{HTML}{deep}</p>".encode()).stories[0].text


@pytest.mark.parametrize("damage", ["\x00", "\ud800", "\ufffe", "\x0b\x0c"])
def test_invalid_characters_are_parsed(damage: str) -> None:
    data = f"{HTML}a{damage}b, and the sheep</p>".encode("utf-8", "surrogatepass")
    assert "and the sheep" in parse_issue(data).stories[0].text


@settings(max_examples=MUTATIONS)
@given(st.sampled_from(PAGES), st.randoms(use_true_random=False))
def test_damaged_page_is_parsed_or_refused(page: str, rng: random.Random) -> None:
    data = damage_page(page, rng).encode("utf-8", "surrogatepass")
    try:
        parsed = list(parse_issues(data))
    except UnreadableInputError:
        return
    for result in parsed:
        for story in result.report.issue.stories if result.report else ():
            assert story.headline
            assert all(c in "\n\t" or c.isprintable() or not c.isascii() for c in story.text + story.headline)
            assert [link.n for link in story.links] == list(range(1, len(story.links) + 1))


@settings(max_examples=150)
@given(st.text(st.sampled_from("*_a \n[]()<>p/#…:.-&;\\`\x1b"), max_size=120))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for page in (text, "<p>" + text + "</p><p></p>", "---\ntitle: x\n---\n" + text):
        try:
            parse_issue(page.encode(), number=1)
        except UnreadableInputError:
            continue


def test_nested_tables_are_read_once() -> None:
    rows = "<tr><td>a cell</td><td>b</td></tr>" * 20
    issue = parse_html(f"<p>{story_html()}</p>{'<table><tr><td>' * 40}<table>{rows}</table>{'</td></tr></table>' * 40}")
    assert issue.stories[0].text.count("a cell") == 20
