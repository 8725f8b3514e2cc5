"""Counts forecasts by status and year, and the user's verdicts over the stated probabilities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from importai_tui.library.forecasts import Forecast, ForecastGroup, ForecastStatus

MIN_VERDICTS = 10
"""Verdicts on forecasts with a probability from which on they say something about the probabilities."""
_BINS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))


class ForecastCounts(NamedTuple):
    """Numbers of forecasts. `year` is that of the due date; None for all, or for those without one."""

    year: int | None
    due: int = 0
    open: int = 0
    right: int = 0
    wrong: int = 0
    void: int = 0

    @property
    def total(self) -> int:
        """The number of all of them."""
        return self.due + self.open + self.right + self.wrong + self.void


class CalibrationRow(NamedTuple):
    """Forecasts whose stated probability is from `low` to `high` per cent, with a verdict of right or wrong."""

    low: int
    high: int
    right: int
    wrong: int

    @property
    def total(self) -> int:
        """The number of verdicts."""
        return self.right + self.wrong


class ForecastSummary(NamedTuple):
    """The counts of all, of each year (the earliest first, those without a due date last), and the calibration.

    The calibration has a row for each range of probabilities; it is empty below `MIN_VERDICTS` verdicts.
    """

    all: ForecastCounts
    years: tuple[ForecastCounts, ...]
    calibration: tuple[CalibrationRow, ...]


def summarise_forecasts(forecasts: Iterable[Forecast], today: date) -> ForecastSummary:
    """Count forecasts; dismissed ones are left out."""
    counted = [forecast for forecast in forecasts if forecast.status is not ForecastStatus.DISMISSED]
    years = {forecast.due.year if forecast.due else None for forecast in counted}
    return ForecastSummary(
        _count(None, counted, today),
        tuple(
            _count(year, [one for one in counted if (one.due.year if one.due else None) == year], today)
            for year in sorted(years, key=lambda year: year or date.max.year + 1)
        ),
        _calibrate(counted),
    )


def _count(year: int | None, forecasts: Sequence[Forecast], today: date) -> ForecastCounts:
    groups = Counter(forecast.get_group(today) for forecast in forecasts)
    statuses = Counter(forecast.status for forecast in forecasts)
    return ForecastCounts(
        year,
        due=groups[ForecastGroup.DUE],
        open=groups[ForecastGroup.OPEN],
        right=statuses[ForecastStatus.RIGHT],
        wrong=statuses[ForecastStatus.WRONG],
        void=statuses[ForecastStatus.VOID],
    )


def _calibrate(forecasts: Sequence[Forecast]) -> tuple[CalibrationRow, ...]:
    verdicts = [
        (forecast.probability * 100, forecast.status)
        for forecast in forecasts
        if forecast.probability is not None and forecast.status in (ForecastStatus.RIGHT, ForecastStatus.WRONG)
    ]
    if len(verdicts) < MIN_VERDICTS:
        return ()
    rows = []
    for low, high in _BINS:
        found = Counter(status for stated, status in verdicts if low <= stated < high or stated == high == 100)
        rows.append(CalibrationRow(low, high, found[ForecastStatus.RIGHT], found[ForecastStatus.WRONG]))
    return tuple(rows)
