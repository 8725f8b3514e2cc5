"""The rows of the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from importai_tui.forecasts.forecast import Speaker
from importai_tui.library.forecast_summary import ForecastCounts
from importai_tui.library.forecasts import Forecast, ForecastStatus
from importai_tui.tui.forecasts.forecast_list import draw_due, draw_forecast, draw_source, measure_forecast
from importai_tui.tui.forecasts.screen import draw_counts
from importai_tui.tui.reading.story_forecasts import format_forecasts, list_verdicts
from importai_tui.tui.widgets.tall_rows import RowShape

TODAY = date(2026, 11, 30)
HOSTILE = "[red]A[/] \x1b[31mB\x1b]0;C\x07 [@click=app.quit]D[/]\u202eE \ud800F"
TEXTS = ("short", "word " * 30, "x" * 400, "two\nlines", "漢字かな " * 12, HOSTILE)


def make_forecast(quote: str = "Rivers will be counted by 2027.", **values: Any) -> Forecast:
    """Return a forecast of issue 402."""
    forecast = Forecast(
        id="0a0a0a0a",
        key="rivers",
        ref="402/3",
        headline="Counting Rivers",
        quote=quote,
        start=0,
        said=date(2025, 3, 3),
        said_estimated=False,
        due=date(2027, 12, 31),
        due_text="by 2027",
        speaker=Speaker.AUTHOR,
        probability=None,
        status=ForecastStatus.CANDIDATE,
        note=None,
        is_by_hand=False,
    )
    return forecast._replace(**values)


@pytest.mark.parametrize("width", [120, 76, 40, 12])
def test_rows_have_the_measured_height(width: int) -> None:
    for shape in map(RowShape.for_height, (40, 14, 8)):
        for quote in TEXTS:
            for note in (None, *TEXTS):
                forecast = make_forecast(quote, headline=quote, note=note, due_text=quote)
                lines = draw_forecast(forecast, width, shape, words=["o"])
                assert all(line.cell_length <= width for line in lines)
                if width > 20:
                    assert len(lines) <= measure_forecast(forecast, width, shape) <= len(lines) + 2


def test_hostile_text_is_drawn_literally() -> None:
    lines = draw_forecast(make_forecast(HOSTILE, headline=HOSTILE, note=HOSTILE, due_text=HOSTILE), 120, RowShape())
    assert all(line.plain.isprintable() for line in lines)
    assert lines[0].plain == " “ [red]A[/] B [@click=app.quit]D[/]E F"
    assert not any("click" in str(span.style) for line in lines for span in line.spans)


def test_the_due_line_drops_what_does_not_fit() -> None:
    right = make_forecast(status=ForecastStatus.RIGHT, probability=0.7, scored_in=("409/1",), speaker=Speaker.OTHER)
    table = {
        90: "right  quoted  by 2027 → 31 Dec 2027  70%  scored in 409/1",
        50: "right  due 31 Dec 2027  scored in 409/1",
        24: "right  due 31 Dec 2027",
        12: "right  due …",
    }
    assert {width: draw_due(right, width, "").plain for width in table} == table
    forms = {
        "in a few years (no date)": make_forecast(due=None, due_text="in a few years"),
        "no date  30%": make_forecast(due=None, due_text="", probability=0.3),
        "by 2027 → 31 Dec 2027": make_forecast(said_estimated=True),
        "within a year → ~31 Dec 2027": make_forecast(said_estimated=True, due_text="within a year"),
        "open  due 31 Dec 2027": make_forecast(due_text="", status=ForecastStatus.OPEN),
    }
    assert {line: draw_due(forecast, 90, "").plain for line, forecast in forms.items()} == {
        line: line for line in forms
    }


def test_the_counts_fit_a_narrow_window() -> None:
    table = {60: "Forecasts   6 due   14 open   1 scored", 40: "6 due   14 open   1 scored"}
    counts = ForecastCounts(None, due=6, open=14, wrong=1)
    assert {width: draw_counts(counts, width).plain for width in table} == table


def test_the_source_drops_what_does_not_fit() -> None:
    table = {60: "Counting Rivers  402/3  3 Mar 2025", 30: "Counting Rivers  402/3", 14: "Counti…  402/3"}
    assert {width: draw_source(make_forecast(), width, "").plain for width in table} == table
    assert draw_source(make_forecast(ref=None), 60, "").plain == "Counting Rivers  not in your archive  3 Mar 2025"
    slug = make_forecast(ref="a-very-long-slug/2", said_estimated=True)
    assert draw_source(slug, 60, "").plain == "Counting Rivers  ~3 Mar 2025"


def test_a_story_tells_of_its_forecasts() -> None:
    due, open = make_forecast(due=date(2026, 1, 1)), make_forecast()
    right = make_forecast(status=ForecastStatus.RIGHT, note="Seen it")
    table = {
        "": [],
        "1 forecast": [open],
        "1 forecast, due": [due],
        "2 forecasts, one due": [due, open],
        "3 forecasts, two due, one right": [due, due, right],
    }
    assert {words: format_forecasts(forecasts, TODAY) for words, forecasts in table.items()} == {
        words: words for words in table
    }
    assert list_verdicts([open, right]) == ((right.quote, "Forecast: right – Seen it"),)
