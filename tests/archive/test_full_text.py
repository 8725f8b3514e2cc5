from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.full_text import (
    LEAD_WORDS,
    MIN_STORY_ID,
    MIN_UNDATED_ID,
    count_changes,
    get_day,
    get_lowest_id,
    make_index_row,
    make_story_ids,
    to_indexed_text,
)
from importai_tui.model import Paragraph, ParagraphRole, Span, Story, StoryKind

DAYS = st.none() | st.dates().map(lambda day: day.isoformat())


def test_newer_stories_and_first_positions_have_higher_ids() -> None:
    ids = [
        *make_story_ids("2025-03-04", None, 1, 2),
        *make_story_ids("2025-03-03", 402, 9, 40),
        *make_story_ids("2025-03-03", None, 8, 2),
        *make_story_ids(None, None, 20, 2),
    ]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 46


def test_higher_numbers_without_a_day_have_higher_ids() -> None:
    ids = [*make_story_ids(None, 412, 1, 20), *make_story_ids(None, 411, 9, 2)]
    assert ids == sorted(ids, reverse=True)
    assert ids[-1] >= MIN_UNDATED_ID > make_story_ids("9999-12-31", 3, 1 << 23, 1)[0]


@given(DAYS, st.none() | st.integers(0, 1_000_000), st.integers(1, 1 << 23), st.integers(0, 200))
def test_an_id_contains_the_day_and_is_unique(day: str | None, number: int | None, change: int, count: int) -> None:
    ids = make_story_ids(day, number, change, count)
    later_ids = make_story_ids(day, number, change + count_changes(count), 20)
    assert all(first > second for first, second in pairwise(ids))
    assert all(get_day(id) == day and MIN_STORY_ID <= id < 1 << 63 for id in ids)
    assert not set(ids) & set(later_ids)
    if day and ids:
        assert ids[-1] >= get_lowest_id(day)


@pytest.mark.parametrize("day", ["2025-02-30", "soon"])
def test_an_invalid_day_counts_as_unknown(day: str) -> None:
    assert get_day(make_story_ids(day, None, 1, 1)[0]) is None


def test_signs_of_programming_languages_become_letters() -> None:
    assert to_indexed_text("C# and c++; C+ #1 a#b C+++") == "Cꖛ and cᐩᐩ; C+ #1 a#b Cᐩᐩ+"


def test_the_lead_has_no_read_more_lines() -> None:
    lines = (
        ("Otters count.", ParagraphRole.BODY),
        ("Read more: Herons.", ParagraphRole.READ_MORE),
        ("So do moles. " * 40, ParagraphRole.BODY),
    )
    blocks = tuple(Paragraph((Span(text),), (), role) for text, role in lines)
    _, lead, body, *_ = make_index_row(Story("otters", 1, StoryKind.STORY, "Otters", blocks=blocks))
    assert lead.startswith("Otters count. So do moles.")
    assert len(lead.split()) == LEAD_WORDS
    assert "Herons" in body
