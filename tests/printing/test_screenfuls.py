from __future__ import annotations

from importai_tui.printing.screenfuls import Screen, Sheet

LINES = ["one", "two", "three", "four", "five"]


def test_a_sheet_is_shown_a_screenful_at_a_time_with_a_row_left_for_the_prompt() -> None:
    sheet, screen = Sheet(LINES), Screen(40, 3)
    assert [list(sheet.forward(screen)) for _ in range(3)] == [["one", "two"], ["three", "four"], ["five"]]
    assert sheet.at_end


def test_one_goes_back_to_the_screenfuls_that_were_shown() -> None:
    sheet, screen = Sheet(LINES), Screen(40, 3)
    sheet.forward(screen)
    sheet.forward(screen)
    assert list(sheet.back(screen)) == ["one", "two"]
    assert sheet.at_start
    assert list(sheet.back(screen)) == ["one", "two"]
    assert list(sheet.forward(screen)) == ["three", "four"]


def test_a_line_that_the_terminal_breaks_takes_as_many_rows() -> None:
    sheet = Sheet(["x" * 30, "日本" * 6, "end"])
    assert list(sheet.forward(Screen(20, 5))) == ["x" * 30, "日本" * 6]
    assert list(sheet.forward(Screen(20, 5))) == ["end"]


def test_a_line_longer_than_the_screen_is_shown_all_the_same() -> None:
    sheet = Sheet(["x" * 500, "end"])
    assert list(sheet.forward(Screen(20, 5))) == ["x" * 500]
    assert list(sheet.forward(Screen(20, 5))) == ["end"]


def test_where_there_is_no_screen_everything_comes_at_once() -> None:
    assert list(Sheet(LINES).forward(Screen(72, None))) == LINES


def test_a_screen_that_has_changed_shows_the_same_place() -> None:
    sheet = Sheet(LINES)
    sheet.forward(Screen(40, 3))
    sheet.forward(Screen(40, 3))
    assert list(sheet.again(Screen(40, 9))) == ["three", "four", "five"]
