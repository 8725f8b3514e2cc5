"""A bar chart of the found stories per year or quarter: the widget and its drawing functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from importai_tui.search.search import Period
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.text import ContentBuilder, truncate

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_MIN_BAR_WIDTH, _MAX_BAR_WIDTH = 3, 7
"""Cells of a bar and its gap. The two digits of a year need three; a bar of more than seven looks like a block."""


class TrendChart(Widget, can_focus=True):
    """Left and right select a bar. Other keys are passed on to the input."""

    BINDINGS = make_screen_bindings("Trend chart")

    periods: reactive[tuple[Period, ...]] = reactive(())
    """The bars. The screen sets them."""
    selected: reactive[int] = reactive(0)
    """The index of the selected bar."""

    class Chosen(Message):
        """The user chose a bar with Enter or a click."""

        def __init__(self, period: Period) -> None:
            super().__init__()
            self.period = period

    class KeyTyped(Message):
        """The user typed a key for the input."""

        def __init__(self, event: events.Key) -> None:
            super().__init__()
            self.event = event

    def watch_periods(self) -> None:
        """Select the newest bar."""
        self.selected = max(0, len(self.periods) - 1)

    def action_step(self, step: int) -> None:
        """Select the bar `step` further to the right."""
        self.selected = max(0, min(self.selected + step, len(self.periods) - 1))

    def action_choose(self) -> None:
        """Report the selected bar."""
        if self.periods:
            self.post_message(self.Chosen(self.periods[self.selected]))

    def on_click(self, event: events.Click) -> None:
        """Choose the clicked bar."""
        cells, first = layout_bars(len(self.periods), self.selected, self.size.width)
        clicked = first + event.get_content_offset_capture(self).x // cells
        if clicked < len(self.periods):
            self.selected = clicked
            self.action_choose()

    def on_key(self, event: events.Key) -> None:
        """Pass printable keys and backspace on to the input."""
        if event.is_printable or event.key == "backspace":
            event.stop()
            self.post_message(self.KeyTyped(event))

    def watch_has_focus(self, has_focus: bool) -> None:
        """Redraw, because the selection is shown only with focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render(self) -> Content:
        """Draw the bars at the current size."""
        selected = self.selected if self.has_focus else None
        return draw_trend(self.periods, selected, self.size.width, self.size.height)


def layout_bars(bar_count: int, selected: int, width: int) -> tuple[int, int]:
    """Return the cells of each bar and the index of the first drawn bar. The selected bar is among those drawn."""
    cells = max(_MIN_BAR_WIDTH, min(_MAX_BAR_WIDTH, width // max(1, bar_count)))
    fit = max(1, width // cells)
    return cells, max(0, min(selected - fit // 2, bar_count - fit))


def draw_trend(periods: Sequence[Period], selected: int | None, width: int, height: int) -> Content:
    """Draw a caption, the bars, and their names, in `height` lines. `selected` is None without focus."""
    if not periods:
        return Content("")
    cells, first = layout_bars(len(periods), len(periods) - 1 if selected is None else selected, width)
    shown = range(first, min(len(periods), first + width // cells))
    builder = ContentBuilder().append(_draw_caption(periods, selected, width))
    lines = max(1, height - 2)
    highest = max(period.stories for period in periods)
    for line in range(lines, 0, -1):
        builder.write("\n")
        for n in shown:
            # Even a single story is visible.
            eighths = max(1, round(periods[n].stories / highest * lines * 8)) if periods[n].stories else 0
            sign = _EIGHTHS[max(0, min(8, eighths - (line - 1) * 8))]
            builder.write(sign * (cells - 1), "$mark" if n == selected else "$second").write(" ")
    builder.write("\n")
    for n in shown:
        name = _format_bar_name(periods[n].name, cells - 1, is_first=n == shown[0])
        builder.write(name.ljust(cells), "bold $mark" if n == selected else "$muted")
    return builder.build()


def _draw_caption(periods: Sequence[Period], selected: int | None, width: int) -> Content:
    """Draw the unit of the chart, or the figures of the selected bar."""
    if selected is None:
        title = "Stories a year" if periods[0].name.isdecimal() else "Stories a quarter"
        return ContentBuilder().write(truncate(title, width), "$muted").build()
    period = periods[selected]
    counts = truncate(f"{period.stories:,} of {period.total:,} stories", width - len(period.name) - 2)
    return ContentBuilder().write(period.name, "bold $mark").write("  ").write(counts, "$muted").build()


def _format_bar_name(name: str, width: int, *, is_first: bool) -> str:
    """Return a year, or its last two digits.

    Of quarters, return the year at the first one and at the first bar, otherwise the quarter if it fits.
    """
    year, _, quarter = name.partition("-")
    year = year if width >= len(year) else year[-2:]
    if not quarter:
        return year
    if quarter == "Q1" or is_first:
        return year
    return quarter if width >= len(quarter) else "·"


def restrict_to_period(line: str, period: Period) -> str:
    """Return the line with the period in place of the dates at its end."""
    return f"{_TRAILING_DATES.sub('', line).rstrip()} {period.query_text}".lstrip()


_TRAILING_DATES = re.compile(r"(?:(?:^|\s+)(?:year|after|before):\S+)+\s*$")
