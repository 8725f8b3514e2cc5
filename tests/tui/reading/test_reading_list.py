from __future__ import annotations

import pytest

from importai_tui.library.rows import StoryRow
from importai_tui.model import StoryKind
from importai_tui.tui.reading.navigation import ReadingList


def make_row(key: str, *, is_read: bool = False) -> StoryRow:
    position = ord(key) - 96
    return StoryRow(f"12/{position}", key, position, StoryKind.STORY, f"Headline {key}", 0, is_read, False)


READING_LIST = ReadingList("Otters", tuple(make_row(key, is_read=key in "bd") for key in "abcd"))


@pytest.mark.parametrize(
    ("key", "back", "expected"),
    [("a", False, "c"), ("c", False, "a"), ("b", True, "a"), ("a", True, "c"), ("x", False, "a")],
)
def test_the_next_unread_story_wraps_around(key: str, back: bool, expected: str) -> None:
    unread = READING_LIST.find_next_unread(key, back=back)
    assert unread
    assert unread.key == expected


def test_a_reading_list_has_two_ends_and_a_start() -> None:
    assert READING_LIST.get_neighbour("a", -1) is None
    assert READING_LIST.get_neighbour("d", 1) is None
    assert READING_LIST.get_neighbour("b", 1) == READING_LIST.rows[2]
    assert READING_LIST.find_first_unread() == READING_LIST.rows[0]
    read_list = READING_LIST.with_marks({"a", "b", "c", "d"}, set())
    assert read_list.find_next_unread("b") is None
    assert read_list.find_first_unread() == read_list.rows[0]
    assert ReadingList("Nothing", ()).find_first_unread() is None
