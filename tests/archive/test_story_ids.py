from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.story_ids import FIRST, day_of, first_of, story_id

days = st.none() | st.dates().map(lambda day: day.isoformat())


def test_newer_stories_and_those_further_up_stand_higher() -> None:
    order = [
        story_id("2025-03-04", 1, 1),
        story_id("2025-03-03", 9, 1),
        story_id("2025-03-03", 9, 2),
        story_id("2025-03-03", 8, 1),
        story_id(None, 10, 1),
    ]
    assert order == sorted(order, reverse=True)


@given(days, st.integers(1, 1 << 27), st.integers(1, 4000))
def test_a_number_tells_its_day_and_is_one_of_ours(day: str | None, change: int, position: int) -> None:
    number = story_id(day, change, position)
    assert day_of(number) == day
    assert FIRST <= number < 1 << 63
    if day:
        assert number >= first_of(day)


@pytest.mark.parametrize("day", ["2025-02-30", "soon"])
def test_what_is_no_day_stands_with_the_unknown(day: str) -> None:
    assert day_of(story_id(day, 1, 1)) is None
