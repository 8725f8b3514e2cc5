from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.full_text import MIN_STORY_ID, count_changes, get_day, get_lowest_id, make_story_ids

days = st.none() | st.dates().map(lambda day: day.isoformat())


def test_newer_stories_and_those_further_up_stand_higher() -> None:
    order = [
        *make_story_ids("2025-03-04", 1, 2),
        *make_story_ids("2025-03-03", 9, 40),
        *make_story_ids("2025-03-03", 8, 2),
        *make_story_ids(None, 20, 2),
    ]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == 46


@given(days, st.integers(1, 1 << 23), st.integers(0, 200))
def test_a_number_tells_its_day_and_is_given_once(day: str | None, change: int, count: int) -> None:
    numbers = make_story_ids(day, change, count)
    later = make_story_ids(day, change + count_changes(count), 20)
    assert all(first > second for first, second in pairwise(numbers))
    assert all(get_day(number) == day and MIN_STORY_ID <= number < 1 << 63 for number in numbers)
    assert not set(numbers) & set(later)
    if day and numbers:
        assert numbers[-1] >= get_lowest_id(day)


@pytest.mark.parametrize("day", ["2025-02-30", "soon"])
def test_what_is_no_day_stands_with_the_unknown(day: str) -> None:
    assert get_day(make_story_ids(day, 1, 1)[0]) is None
