from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.http.retry import (
    BACKOFF,
    JITTER,
    MAX_DELAY,
    FailureKind,
    RetryPolicy,
    format_duration,
    parse_retry_after,
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
def test_retry_after_is_parsed_in_every_form(value: str, seconds: float) -> None:
    assert parse_retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "30 s", "٣٠", "Thu, 99 Oct 2026 12:00:45 GMT"])
def test_invalid_retry_after_is_none(value: str | None) -> None:
    assert parse_retry_after(value, NOW) is None


def test_huge_retry_after_still_gives_a_date() -> None:
    seconds = parse_retry_after("9" * 5000, NOW)
    assert seconds is not None
    assert NOW + timedelta(seconds=seconds) > NOW + timedelta(days=300)


@given(st.text() | st.from_regex(r"\A[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d [+-]?\w{1,5}\Z"))
def test_any_retry_after_is_finite_or_none(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds < float("inf")


@given(
    st.lists(st.tuples(st.sampled_from(FailureKind), st.none() | st.floats(0, 150) | st.floats(0, 1e9)), max_size=40),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=40, max_size=40),
)
def test_policy_ends_and_obeys_retry_after(
    failures: list[tuple[FailureKind, float | None]], chances: list[float]
) -> None:
    chance = iter(chances)
    policy = RetryPolicy(lambda: next(chance))
    delays = []
    for kind, retry_after in failures:
        delay = policy.next_delay(kind, retry_after)
        if delay is not None:
            assert retry_after is None or delay >= retry_after
            assert 0 < delay <= MAX_DELAY
            delays.append(delay)
    assert sum(delays) <= 2 * MAX_DELAY
    assert len(delays) <= sum(kind.value for kind in FailureKind)
    assert policy.tries == len(delays) + 1


@given(st.floats(0, 1, exclude_max=True))
def test_backoff_grows_within_its_jitter(chance: float) -> None:
    policy = RetryPolicy(lambda: chance)
    for usual in BACKOFF:
        delay = policy.next_delay(FailureKind.BUSY, None)
        assert delay is not None
        assert usual * (1 - JITTER) <= delay <= usual * (1 + JITTER)
    assert policy.next_delay(FailureKind.BUSY, None) is None


def test_jitter_spreads_retries() -> None:
    chances = iter((0.0, 0.5, 0.9))
    delays = {RetryPolicy(lambda: next(chances)).next_delay(FailureKind.BUSY, None) for _ in range(3)}
    assert len(delays) == 3


def test_retry_after_zero_still_backs_off() -> None:
    assert (RetryPolicy(lambda: 0.5).next_delay(FailureKind.BUSY, 0.0) or 0) > 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(1.2, "2 s"), (30, "30 s"), (120, "120 s"), (121, "3 min"), (7200, "120 min"), (7201, "3 h")]
)
def test_duration_is_rounded_up(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words
