from __future__ import annotations

import pytest
from rich.cells import cell_len

from importai_tui.search.search import Period
from importai_tui.tui.search.trend_chart import draw_trend, layout_bars, restrict_to_period


def make_periods(count: int, months: int = 12) -> list[Period]:
    names = [f"{2016 + n}" if months == 12 else f"{2024 + n // 4}-Q{n % 4 + 1}" for n in range(count)]
    return [Period(name, "2016-01-01", "2017-01-01", n, 10 * n) for n, name in enumerate(names)]


@pytest.mark.parametrize("width", [34, 74, 110])
@pytest.mark.parametrize("bars", [make_periods(1), make_periods(11), make_periods(30), make_periods(16, 3)])
def test_bars_fit_and_include_the_selected_one(width: int, bars: list[Period]) -> None:
    for selected in (0, len(bars) - 1):
        lines = draw_trend(bars, selected, width, 6).plain.splitlines()
        assert len(lines) == 6
        assert all(cell_len(line.rstrip()) <= width for line in lines)
        cells, first = layout_bars(len(bars), selected, width)
        assert first <= selected < first + width // cells
        assert lines[0].startswith(bars[selected].name)


def test_bar_heights_are_proportional_and_never_zero() -> None:
    periods = [Period(f"20{n}", "", "", stories, 900) for n, stories in enumerate((0, 1, 400, 800), 20)]
    lines = draw_trend(periods, 3, 40, 4).plain.splitlines()
    assert lines[0] == "2023  800 of 900 stories"
    assert lines[1].split() == ["██████"]
    assert lines[2].split() == ["▁▁▁▁▁▁", "██████", "██████"]
    assert lines[3].split() == ["2020", "2021", "2022", "2023"]


def test_quarters_are_named_with_years_beneath() -> None:
    periods = [*make_periods(6, 3), Period("2025-Q3", "", "", 0, 0)]
    caption, *_, last_bars, quarters, years = draw_trend(periods, None, 60, 8, undated_count=38).plain.splitlines()
    assert caption == "Stories per quarter · 38 undated, not shown"
    assert quarters.split() == ["Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3"]
    assert years == "2024" + " " * 24 + "2025"
    assert last_bars.rstrip().endswith(" ·")
    assert draw_trend(periods, 6, 60, 8).plain.startswith("2025-Q3  no dated issues")


@pytest.mark.parametrize(
    ("line", "restricted"),
    [
        ("rivers", "rivers year:2023"),
        ("rivers year:2022", "rivers year:2023"),
        ("after:2022-01 before:2022-04", "year:2023"),
        ("year:2022 rivers", "year:2022 rivers year:2023"),
    ],
)
def test_a_period_replaces_the_dates_at_the_end(line: str, restricted: str) -> None:
    assert restrict_to_period(line, Period("2023", "2023-01-01", "2024-01-01", 1, 1)) == restricted
