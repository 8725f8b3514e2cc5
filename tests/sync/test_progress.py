"""Estimates of rate and remaining time."""

from __future__ import annotations

from importai_tui.sync.progress import RateEstimator


def test_rate_needs_a_few_issues() -> None:
    seconds = [0.0]
    estimator = RateEstimator(lambda: seconds[0])
    seconds[0] = 2.0
    assert estimator.estimate(2, 10) == (None, None)
    assert estimator.estimate(4, 10) == (2.0, 3.0)
    assert estimator.estimate(4, None) == (2.0, None)


def test_earlier_issues_do_not_count_for_rate() -> None:
    seconds = [0.0]
    estimator = RateEstimator(lambda: seconds[0])
    estimator.restart(100)
    seconds[0] = 10.0
    assert estimator.estimate(110, 120) == (1.0, 10.0)
