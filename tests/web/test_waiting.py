from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.web.waiting import (
    BACK_OFF,
    JITTER,
    LONGEST_WAIT,
    LONGEST_WAITING,
    Patience,
    Trouble,
    retry_after,
    told,
)

NOW = datetime(2026, 10, 8, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("0", 0),
        ("007", 7),
        ("Thu, 08 Oct 2026 12:00:45 GMT", 45),
        ("Thursday, 08-Oct-26 12:00:45 GMT", 45),
        ("Thu Oct  8 12:00:45 2026", 45),
        ("Thu, 08 Oct 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date_in_each_form(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "30 s", "٣٠", "Thu, 99 Oct 2026 12:00:45 GMT"])
def test_a_retry_after_that_says_nothing_is_none(value: str | None) -> None:
    assert retry_after(value, NOW) is None


def test_a_retry_after_beyond_all_reckoning_still_gives_a_date() -> None:
    seconds = retry_after("9" * 5000, NOW)
    assert seconds is not None
    assert NOW + timedelta(seconds=seconds) > NOW + timedelta(days=300)


@given(st.text() | st.from_regex(r"\A[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d [+-]?\w{1,5}\Z"))
def test_any_retry_after_is_a_time_or_nothing(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


@given(
    st.lists(st.tuples(st.sampled_from(Trouble), st.none() | st.floats(0, 150) | st.floats(0, 1e9)), max_size=40),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=40, max_size=40),
)
def test_patience_ends_and_never_waits_less_than_it_is_asked_to(
    troubles: list[tuple[Trouble, float | None]], chances: list[float]
) -> None:
    chance = iter(chances)
    patience = Patience(lambda: next(chance))
    waits = []
    for trouble, asked in troubles:
        wait = patience.next_wait(trouble, asked)
        if wait is not None:
            assert asked is None or wait >= asked
            assert 0 < wait <= LONGEST_WAIT
            waits.append(wait)
    assert sum(waits) <= LONGEST_WAITING
    assert len(waits) <= sum(trouble.value for trouble in Trouble)
    assert patience.tries == len(waits) + 1


@given(st.floats(0, 1, exclude_max=True))
def test_backing_off_grows_and_stays_within_its_jitter(chance: float) -> None:
    patience = Patience(lambda: chance)
    for usual in BACK_OFF:
        wait = patience.next_wait(Trouble.BUSY, None)
        assert wait is not None
        assert usual * (1 - JITTER) <= wait <= usual * (1 + JITTER)
    assert patience.next_wait(Trouble.BUSY, None) is None


def test_readers_who_failed_together_do_not_come_back_together() -> None:
    waits = {Patience(lambda chance=chance: chance).next_wait(Trouble.BUSY, None) for chance in (0.0, 0.5, 0.9)}  # type: ignore[misc]
    assert len(waits) == 3


def test_a_source_that_names_no_time_at_all_is_not_asked_at_once() -> None:
    assert (Patience(lambda: 0.5).next_wait(Trouble.BUSY, 0.0) or 0) > 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(1.2, "2 s"), (30, "30 s"), (120, "120 s"), (121, "3 min"), (7200, "120 min"), (7201, "3 h")]
)
def test_a_wait_is_told_in_a_round_figure_that_is_never_too_short(seconds: float, words: str) -> None:
    assert told(seconds) == words
