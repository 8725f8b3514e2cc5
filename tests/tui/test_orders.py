"""What comes next, and when a story becomes read: values in, values out."""

from __future__ import annotations

import pytest

from importai_tui.library.rows import StoryRow
from importai_tui.model import StoryKind
from importai_tui.tui.reading.navigation import ReadingList
from importai_tui.tui.reading.read_timer import ReadTimer


def head(key: str, *, read: bool = False) -> StoryRow:
    return StoryRow("402/1", key, 1, StoryKind.TECH_TALES, key, 100, is_read=read, is_starred=False)


BOOK = ReadingList("Tales", (head("a"), head("b", read=True), head("c")), is_book=True)


def test_a_book_goes_on_with_the_next_story_read_or_not_and_ends_at_its_ends() -> None:
    assert BOOK.find_next_unread("a") == head("b", read=True)
    assert BOOK.find_next_unread("c") is None
    assert BOOK.find_next_unread("c", back=True) == head("b", read=True)
    assert BOOK.find_next_unread("a", back=True) is None


def test_marks_leave_a_book_a_book() -> None:
    assert BOOK.with_marks({"a", "b", "c"}, set()).find_next_unread("a") == head("b", read=True)


def test_each_story_of_a_walk_has_its_place() -> None:
    assert [BOOK.get_position(key) for key in "acx"] == [1, 3, 0]


@pytest.mark.parametrize(
    ("after", "ended", "seconds", "read"),
    [
        ("auto", False, 7, False),
        ("auto", False, 9, True),
        ("auto", True, 3, True),
        (20.0, False, 19, False),
        (20.0, False, 21, True),
        (20.0, True, 3, True),
        ("end", False, 900, False),
        ("end", True, 3, True),
        ("never", True, 900, False),
    ],
)
def test_when_a_story_becomes_read_can_be_set(after: str | float, ended: bool, seconds: int, read: bool) -> None:
    dwell = ReadTimer()
    dwell.configure(after)
    dwell.start("a1", 10, is_done=False)
    if ended:
        dwell.reach_end()
    assert any(dwell.tick(float(now), is_watched=True) for now in range(seconds + 1)) is read
