"""The issue list: its rows, and what stays in place while issues are stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.tui.reading.live_update import MIN_INTERVAL, Throttle
from importai_tui.tui.widgets.issue_list import draw_issue, draw_story_row, draw_year
from tests.tui.live_updates import check_for_changes, make_issue, make_issues, store_edited
from tests.tui.sample_app import RunningReader, long_story, run_reader, sample_issues, store_issues
from tests.tui.widgets.rows import ISSUE_ROW, make_story_row


@pytest.mark.parametrize("width", [24, 38, 60])
def test_rows_fit_the_width_of_the_list(width: int) -> None:
    assert draw_issue(ISSUE_ROW, width, label_width=3, is_open=True, strong=False).cell_length == width
    assert draw_story_row(make_story_row(1), width, label_width=3, is_shown=False, strong=False).cell_length < width
    assert draw_year("2025", width).plain == "   2025"


@pytest.mark.parametrize("width", [24, 38, 60])
def test_the_sign_of_a_note_ends_the_row(width: int) -> None:
    row = draw_story_row(make_story_row(1), width, label_width=3, is_shown=False, strong=False, has_note=True)
    assert row.cell_length == width - 1
    assert row.plain.endswith(" ¶")


def test_an_issue_without_a_number_shows_its_day() -> None:
    row = draw_issue(ISSUE_ROW._replace(number=None), 40, label_width=5, is_open=False, strong=False).plain
    assert row.startswith("   3 Mar  ")


def test_a_read_issue_is_muted_without_count() -> None:
    row = draw_issue(ISSUE_ROW._replace(unread_count=0), 40, label_width=3, is_open=False, strong=False)
    assert row.plain.endswith("· ")
    assert {style for _, _, style in row.spans} == {"$mark", "$muted"}


def find_line(reader: RunningReader, words: str) -> int:
    """Return the line of the list with these words; there must be one."""
    found = [n for n, line in enumerate(reader.list_lines) if words in line]
    assert len(found) == 1, (words, reader.list_lines)
    return found[0]


async def test_rows_stay_in_place_when_issues_arrive(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, make_issues(*range(20, 60))), "40/1", size=(100, 20)) as reader:
        await reader.press("h", "j", "j", "j")
        before, selected = reader.list_lines, reader.screen.story_list.selected_issue
        assert selected
        store_issues(other, make_issues(*range(1, 20), *range(60, 90)))
        await check_for_changes(reader)
        assert len(reader.screen.session.index.rows) == 89
        assert reader.list_lines == before
        assert reader.screen.story_list.selected_issue == selected


async def test_the_cursor_row_stays_when_issues_arrive_above_it(library: Library, other: Library) -> None:
    async with run_reader(
        store_issues(library, make_issues(*range(20, 40), *range(43, 60))), "36/1", size=(100, 20)
    ) as reader:
        await reader.press("h")
        line_before = find_line(reader, "A long story called k36")
        store_issues(other, make_issues(40, 41, 42))
        await check_for_changes(reader)
        assert find_line(reader, "A long story called k36") == line_before


async def test_a_list_scrolled_to_the_top_shows_new_issues(library: Library, other: Library) -> None:
    store_issues(library, [*make_issues(*range(20, 59)), make_issue(59, "zebra", "moss")])
    async with run_reader(library, "59/2", size=(120, 20)) as reader:
        line_before = find_line(reader, "A long story called moss")
        store_issues(other, make_issues(60))
        await check_for_changes(reader)
        assert find_line(reader, "Of number 60") == 5, "beneath the saved searches and the year"
        assert find_line(reader, "A long story called moss") == line_before + 1
        assert reader.open_story == ("59", 2)
        await reader.press("h", "k")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("59", 1), "the cursor is still on its story"


async def test_the_cursor_stays_in_view_when_many_issues_arrive(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, make_issues(*range(20, 60))), "59/1", size=(100, 16)) as reader:
        await reader.press("h")
        line_before = find_line(reader, "A long story called k59")
        store_issues(other, make_issues(*range(60, 90)))
        await check_for_changes(reader)
        assert find_line(reader, "A long story called k59") == line_before


async def test_a_hidden_list_keeps_its_cursor(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library, make_issues(*range(20, 60))), "40/1", size=(50, 20)) as reader:
        assert not reader.screen.story_list.display
        store_issues(other, make_issues(*range(60, 90)))
        await check_for_changes(reader)
        await reader.press("h")
        assert find_line(reader, "A long story called k40") > 0
        await reader.press("j", "j", "enter")
        assert reader.open_story == ("38", 1)


async def test_the_cursor_moves_near_a_removed_story(library: Library, other: Library) -> None:
    store_issues(library, [make_issue(1, "zebra", "mountain", "quilt"), make_issue(2)])
    async with run_reader(library, "1/1") as reader:
        await reader.press("h", "j", "j")
        await reader.pilot.pause(0.2)
        store_edited(other, make_issue(1, "zebra", "mountain"))
        await check_for_changes(reader)
        await reader.press("k")
        await reader.pilot.pause(0.2)
        assert reader.open_story in (("1", 1), ("1", 2))


async def test_counts_are_updated(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        store_issues(other, make_issues(130))
        other.mark(["lake"], read=True)
        await check_for_changes(reader)
        assert "6 unread" in reader.screen_text()
        assert [head.unread_count for head in reader.screen.session.index.rows] == [1, 3, 1, 1]


async def test_new_issues_are_shown_at_intervals(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        store_issues(other, make_issues(130))
        reader.screen.on_tick()
        assert len(reader.screen.session.index.rows) == 4
        store_issues(other, make_issues(131))
        reader.clock.now += MIN_INTERVAL / 2
        reader.screen.on_tick()
        assert len(reader.screen.session.index.rows) == 4
        reader.clock.now += MIN_INTERVAL
        reader.screen.on_tick()
        assert len(reader.screen.session.index.rows) == 5


def test_a_slow_update_delays_the_next_one() -> None:
    throttle = Throttle()
    assert throttle.is_due(0)
    throttle.record(0, 0.01)
    assert not throttle.is_due(1.9)
    assert throttle.is_due(2.1)
    throttle.record(10, 10.2)
    assert not throttle.is_due(18.1)
    assert throttle.is_due(18.3)


async def test_the_list_does_not_change_beneath_a_question(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark all 6 listed stories as read?" in reader.screen_text()
        store_issues(other, make_issues(130))
        store_edited(other, replace(sample_issues()[0], stories=(long_story("old", 1), long_story("younger", 2))))
        for _ in range(5):
            reader.clock.now += 1
            reader.screen.on_tick()
        assert len(reader.screen.session.index.rows) == 3
        await reader.press("y")
        assert len(reader.screen.session.index.rows) == 4
        assert [head.unread_count for head in library.get_issue_rows()] == [1, 0, 0, 1]


async def test_enter_folds_and_unfolds_the_open_issue(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:

        def is_shown() -> bool:
            return any("The River Counter" in line for line in reader.list_lines)

        await reader.press("h", "k", "enter")
        assert not is_shown()
        await reader.press("j", "k", "s")
        assert not is_shown()
        await reader.press("enter")
        assert is_shown()
        await reader.press("enter", "n")
        assert is_shown()
