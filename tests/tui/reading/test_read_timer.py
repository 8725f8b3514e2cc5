"""The time after which an open story counts as read."""

from __future__ import annotations

import pytest

from importai_tui.tui.reading.read_timer import ReadTimer


def test_a_story_counts_as_read_after_some_time() -> None:
    timer = ReadTimer()
    timer.start("k", 230, is_done=False)
    assert next(n for n in range(40) if timer.tick(n, is_watched=True)) == 24


def test_time_without_focus_does_not_count() -> None:
    timer = ReadTimer()
    timer.start("k", 10, is_done=False)
    assert not any(timer.tick(n, is_watched=n < 5 or n >= 100) for n in range(103))
    assert timer.tick(105, is_watched=True)


def test_a_story_scrolled_to_its_end_is_read_soon() -> None:
    timer = ReadTimer()
    timer.start("k", 2000, is_done=False)
    timer.reach_end()
    assert [timer.tick(n, is_watched=True) for n in range(3)] == [False, False, True]


def test_a_read_story_is_never_marked_by_time() -> None:
    timer = ReadTimer()
    timer.start("k", 10, is_done=True)
    assert not any(timer.tick(n, is_watched=True) for n in range(60))


@pytest.mark.parametrize(
    ("after", "at_end", "seconds", "is_read"),
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
def test_a_setting_controls_when_a_story_becomes_read(
    after: str | float, at_end: bool, seconds: int, is_read: bool
) -> None:
    timer = ReadTimer()
    timer.configure(after)
    timer.start("a1", 10, is_done=False)
    if at_end:
        timer.reach_end()
    assert any(timer.tick(float(now), is_watched=True) for now in range(seconds + 1)) is is_read
