"""The time after which an open story counts as read."""

from __future__ import annotations

from importai_tui.tui.reading.read_timer import ReadTimer


def test_a_story_counts_as_read_after_some_time() -> None:
    timer = ReadTimer()
    timer.begin("k", 230, settled=False)
    assert next(n for n in range(40) if timer.tick(n, watched=True)) == 24


def test_time_without_focus_does_not_count() -> None:
    timer = ReadTimer()
    timer.begin("k", 10, settled=False)
    assert not any(timer.tick(n, watched=n < 5 or n >= 100) for n in range(103))
    assert timer.tick(105, watched=True)


def test_a_story_scrolled_to_its_end_is_read_soon() -> None:
    timer = ReadTimer()
    timer.begin("k", 2000, settled=False)
    timer.reach_end()
    assert [timer.tick(n, watched=True) for n in range(3)] == [False, False, True]


def test_a_settled_story_is_never_marked_by_time() -> None:
    timer = ReadTimer()
    timer.begin("k", 10, settled=True)
    assert not any(timer.tick(n, watched=True) for n in range(60))
