"""What a user types as a due date, and the sentences to choose from."""

from __future__ import annotations

from datetime import date

from importai_tui.tui.actions.forecasts import find_sentences
from importai_tui.tui.forecasts.add import DueDate, describe_due_date, read_due_date
from importai_tui.tui.widgets.annotations import extract_quote, find_passage
from importai_tui.tui.widgets.story_render import render_story
from tests.tui.sample_app import rich_story

SAID = date(2025, 3, 3)


def test_a_due_date_is_a_day_or_words() -> None:
    table = {
        "": DueDate(),
        "2027-06-30": DueDate(date(2027, 6, 30)),
        " end  of 2027 ": DueDate(date(2027, 12, 31), "end of 2027"),
        "by 2028": DueDate(date(2028, 12, 31), "by 2028"),
        "2027-02-31": None,
        "soon": None,
        "[red]": None,
    }
    assert {typed: read_due_date(typed, SAID) for typed in table} == table
    assert describe_due_date("end of 2027", SAID) == "due 31 Dec 2027"
    assert describe_due_date("in two years", SAID) == "due 3 Mar 2027"
    assert describe_due_date("in two years", None) == "The issue has no date to count from; try 2027-12-31"
    assert describe_due_date("soon", None) == "Not a date; try 2027-12-31 or end of 2027"


def test_sentences_and_quotes_are_found_in_a_story() -> None:
    blocks = render_story(rich_story(), "12/1")
    sentences = [extract_quote(blocks[at].body, start, end) for at, start, end in find_sentences(blocks)]
    assert "Somebody has taught machines (Example) to count rivers." in sentences
    assert "Whoever counts them begins somewhere." in sentences
    # The text of the story has another label than the page.
    quote = "Why this matters – rivers are many: Whoever counts them begins somewhere."
    (span,) = find_passage(quote, blocks)
    assert blocks[span.block].plain[span.start : span.end] == "Whoever counts them begins somewhere."
    assert find_passage("Nothing of this is there", blocks) == find_passage("", blocks) == []
