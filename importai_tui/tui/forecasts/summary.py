"""The summary of the forecasts as a page: the numbers of each year, and a chart of the verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.content import Content

from importai_tui.library.forecast_summary import (
    MIN_VERDICTS,
    CalibrationRow,
    ForecastSummary,
)
from importai_tui.tui.dialogs.help import TextPage
from importai_tui.tui.services import get_copy
from importai_tui.tui.text import ContentBuilder
from importai_tui.wording import plural

_COLUMNS = ("due", "open", "right", "wrong", "void")
_COLUMN_WIDTH, _NARROW_GAP = 8, 1
_LABEL_WIDTH, _NARROW_LABEL_WIDTH = 10, 8
"""Cells of the first column: a year, "no date", or a range of probabilities."""
_MIN_WIDTH = 50
"""Cells of the page from which on the columns are wide; narrow ones are as wide as their names."""
_MAX_TEXT_WIDTH = 78
_MAX_BAR = 40
_RIGHT_CELL, _WRONG_CELL = "█", "░"


class SummaryPage(TextPage):
    """Shows the summary. It scrolls like a help topic."""

    def __init__(self, summary: ForecastSummary, *, with_others: bool) -> None:
        super().__init__()
        self._summary = summary
        self._with_others = with_others

    def draw_text(self, width: int) -> Content:
        """Draw the summary at a width."""
        return draw_summary(self._summary, width, with_others=self._with_others)

    def action_copy_page(self) -> None:
        """Copy the summary as text."""
        get_copy(self.app)(self.draw_text(_MAX_TEXT_WIDTH).plain, "the summary")


def draw_summary(summary: ForecastSummary, width: int, *, with_others: bool = False) -> Content:
    """Draw the counts of each year, and the chart or what it needs."""
    builder = ContentBuilder().write("Forecasts in numbers", "bold").write("\n\n")
    count = plural(summary.all.total, "sentence that looks like a forecast", "sentences that look like a forecast")
    quoted = ", some of them quoted from others" if with_others else ""
    words = f"{count}{quoted}. Rules find them, so some will be missing. The verdicts are yours."
    builder.write(_wrap(words, width), "$muted").write("\n\n")
    builder.append(_draw_row("due in", _COLUMNS, width, "$muted"))
    for label, counts in (*((str(counts.year or "no date"), counts) for counts in summary.years), ("all", summary.all)):
        numbers = [getattr(counts, name) for name in _COLUMNS]
        builder.write("\n").append(_draw_row(label, [f"{number:,}" if number else "" for number in numbers], width))
    builder.write("\n\n")
    return builder.append(draw_calibration(summary.calibration, width)).build()


def draw_calibration(rows: Sequence[CalibrationRow], width: int) -> Content:
    """Draw a bar of right and wrong forecasts for each range of stated probabilities, or what is missing for it."""
    builder = ContentBuilder().write("Your verdicts by probability\n", "bold")
    if not rows:
        words = f"A chart appears here after {MIN_VERDICTS} verdicts of right or wrong on forecasts with a probability."
        return builder.write(_wrap(words, width), "$muted").build()
    most = max(row.total for row in rows)
    room = max(1, min(_MAX_BAR, width - _LABEL_WIDTH - len(f" {most} of {most} right")))
    for row in rows:
        builder.write("\n").write(f"{row.low}–{row.high}%".ljust(_LABEL_WIDTH), "$muted")
        # In whole cells of one scale, so that a bar is as long as its number of verdicts.
        cells = max(1, round(room * row.total / most)) if row.total else 0
        right = round(cells * row.right / row.total) if row.total else 0
        builder.write(_RIGHT_CELL * right, "$mark").write(_WRONG_CELL * (cells - right), "$second")
        builder.write(f" {row.right} of {row.total} right" if row.total else "–", "$muted")
    return builder.build()


def _draw_row(label: str, cells: Sequence[str], width: int, style: str = "") -> Content:
    """Draw a row of the table; an empty cell is drawn as a dot."""
    is_wide = width >= _MIN_WIDTH
    builder = ContentBuilder().write(label.ljust(_LABEL_WIDTH if is_wide else _NARROW_LABEL_WIDTH), style)
    for name, cell in zip(_COLUMNS, cells, strict=True):
        cell_width = _COLUMN_WIDTH if is_wide else len(name) + _NARROW_GAP
        builder.write((cell or "·").rjust(cell_width), style if cell else "$muted")
    return builder.build()


def _wrap(words: str, width: int) -> str:
    return "\n".join(wrap(words, min(width, _MAX_TEXT_WIDTH)))
