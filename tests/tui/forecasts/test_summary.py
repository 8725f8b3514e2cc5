"""The summary of the forecasts."""

from __future__ import annotations

from importai_tui.library.forecast_summary import CalibrationRow, ForecastCounts, ForecastSummary
from importai_tui.tui.forecasts.summary import draw_summary

ALL = ForecastCounts(None, due=1, open=2, right=3)
YEARS = (ForecastCounts(2026, due=1, right=3), ForecastCounts(None, open=2))


def test_counts_are_drawn_by_year() -> None:
    for width in (80, 34):
        text = draw_summary(ForecastSummary(ALL, YEARS, ()), width).plain
        rows = [line.split() for line in text.splitlines()]
        assert ["2026", "1", "·", "3", "·", "·"] in rows
        assert ["no", "date", "·", "2", "·", "·", "·"] in rows
        assert ["all", "1", "2", "3", "·", "·"] in rows
        assert "6 sentences that look like a forecast. Rules find them, so some will be missing." in " ".join(
            text.split()
        )
        assert "after 10 verdicts" in " ".join(text.split())
        assert max(map(len, text.splitlines())) <= width


def test_bars_are_as_long_as_their_verdicts() -> None:
    rows = (CalibrationRow(0, 20, 0, 0), CalibrationRow(20, 40, 1, 3), CalibrationRow(60, 80, 6, 2))
    lines = draw_summary(ForecastSummary(ALL, YEARS, rows), 80).plain.splitlines()[-3:]
    assert lines[0].split() == ["0–20%", "–"]
    assert lines[1].split() == ["20–40%", "█" * 5 + "░" * 15, "1", "of", "4", "right"]
    assert lines[2].split() == ["60–80%", "█" * 30 + "░" * 10, "6", "of", "8", "right"]
