"""The time after which an open story counts as read."""

from __future__ import annotations

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


def test_a_settled_story_is_never_marked_by_time() -> None:
    timer = ReadTimer()
    timer.start("k", 10, is_done=True)
    assert not any(timer.tick(n, is_watched=True) for n in range(60))
