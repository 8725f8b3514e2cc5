"""The list of visited stories."""

from __future__ import annotations

from datetime import date

import pytest

from importai_tui.tui.dialogs.visited import VisitedStory, draw_visited, filter_visited, format_visit_day


def test_visit_days_are_relative_to_today() -> None:
    days = [date(2025, 1, 20), date(2025, 1, 19), date(2025, 1, 3), date(2024, 12, 31)]
    assert [format_visit_day(day, days[0]) for day in days] == ["today", "yesterday", "3 Jan", "Dec 2024"]


@pytest.mark.parametrize("width", [30, 56, 90])
def test_a_visited_story_is_drawn_and_filtered(width: int) -> None:
    row = VisitedStory(
        "k", "402/3", date(2025, 1, 3), "Otters [AI] count the rivers of the whole world, and then the lakes"
    )
    drawn = draw_visited(row, "3 Jan", width, strong=False)
    assert drawn.cell_length <= width
    assert "Otters [AI]" in drawn.plain
    assert ("402/3" in drawn.plain) is (width >= 56)
    assert filter_visited([row], "RIVERS otter") == filter_visited([row], "402/3") == [row]
    assert filter_visited([row], "otters zebra") == []
