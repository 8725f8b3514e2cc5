"""Tests the estimated days of undated issues, and the places of issues in time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.issue_order import IssueOrder

WEEKLY = ((410, "2025-04-28"), (414, "2025-05-26"), (416, "2025-06-16"))
DAYS = st.dates().map(lambda day: day.isoformat())


def test_a_day_is_counted_in_weeks() -> None:
    order = IssueOrder(WEEKLY)
    assert order.estimate_day(411) == "2025-05-05"
    assert order.estimate_day(412) == "2025-05-12"


def test_a_skipped_week_is_shared() -> None:
    assert IssueOrder(WEEKLY).estimate_day(415) in ("2025-06-02", "2025-06-09")


def test_nothing_is_estimated_outside_dated_issues() -> None:
    order = IssueOrder(WEEKLY)
    assert [order.estimate_day(number) for number in (1, 409, 417, None)] == [None] * 4
    assert IssueOrder(()).estimate_day(3) is None
    assert IssueOrder(WEEKLY[:1]).estimate_day(410) is None


def test_one_wrong_day_shifts_no_neighbour() -> None:
    order = IssueOrder((*WEEKLY, (412, "2031-01-01")))
    assert (order.estimate_day(411), order.estimate_day(413)) == ("2025-05-05", "2025-05-19")


def test_an_issue_outside_comes_after_its_neighbour() -> None:
    order = IssueOrder(WEEKLY)
    assert order.get_place(420, None) == ("2025-06-16", 420)
    assert order.get_place(3, None) == ("", 3)
    assert order.get_place(None, None) == ("", 0)


def test_days_find_their_numbers() -> None:
    order = IssueOrder(WEEKLY)
    assert order.find_numbers("2025-05-05", "2025-05-19") == range(411, 413)
    assert order.find_numbers(None, None) == range(410, 417)
    assert not order.find_numbers("2026-01-01", None)
    assert not IssueOrder(()).find_numbers("2020-01-01", None)


@given(st.dictionaries(st.integers(0, 60), DAYS, max_size=12), DAYS)
def test_estimated_days_never_fall(dated: dict[int, str], day: str) -> None:
    order = IssueOrder(dated.items())
    days = {number: found for number in range(-2, 63) if (found := order.estimate_day(number))}
    assert list(days.values()) == sorted(days.values())
    assert {n for n in order.find_numbers(day, None) if n in days} == {n for n, found in days.items() if found >= day}
