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
from importai_tui.wording import plural

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
    undated_count: reactive[int] = reactive(0)
    """The number of found stories without a date, which no bar counts. The screen sets it."""

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
        return draw_trend(self.periods, selected, self.size.width, self.size.height, undated_count=self.undated_count)


def layout_bars(bar_count: int, selected: int, width: int) -> tuple[int, int]:
    """Return the cells of each bar and the index of the first drawn bar. The selected bar is among those drawn."""
    cells = max(_MIN_BAR_WIDTH, min(_MAX_BAR_WIDTH, width // max(1, bar_count)))
    fit = max(1, width // cells)
    return cells, max(0, min(selected - fit // 2, bar_count - fit))


def draw_trend(
    periods: Sequence[Period], selected: int | None, width: int, height: int, *, undated_count: int = 0
) -> Content:
    """Draw a caption, the bars, and their names, in `height` lines. `selected` is None without focus.

    The names of quarters have the years on a line beneath. A period without any dated issue has a dot, because its
    number of stories is not known.
    """
    if not periods:
        return Content("")
    cells, first = layout_bars(len(periods), len(periods) - 1 if selected is None else selected, width)
    shown = range(first, min(len(periods), first + width // cells))
    builder = ContentBuilder().append(_draw_caption(periods, selected, width, undated_count))
    has_quarters = not periods[0].name.isdecimal()
    lines = max(1, height - (3 if has_quarters else 2))
    highest = max(period.stories for period in periods)
    for line in range(lines, 0, -1):
        builder.write("\n")
        for n in shown:
            # Even a single story is visible.
            eighths = max(1, round(periods[n].stories / highest * lines * 8)) if periods[n].stories else 0
            sign = _EIGHTHS[max(0, min(8, eighths - (line - 1) * 8))]
            if line == 1 and not periods[n].total:
                builder.write("·".ljust(cells), "$muted")
                continue
            builder.write(sign * (cells - 1), "$mark" if n == selected else "$second").write(" ")
    builder.write("\n")
    for n in shown:
        builder.write(
            _format_bar_name(periods[n].name, cells - 1).ljust(cells), "bold $mark" if n == selected else "$muted"
        )
    if has_quarters:
        builder.write("\n").write(_format_years([periods[n].name for n in shown], cells), "$muted")
    return builder.build()


def _draw_caption(periods: Sequence[Period], selected: int | None, width: int, undated_count: int) -> Content:
    """Draw the unit of the chart, or the figures of the selected bar."""
    undated = f" · {undated_count:,} undated, not shown" if undated_count else ""
    if selected is None:
        title = f"Stories per {'year' if periods[0].name.isdecimal() else 'quarter'}"
        return ContentBuilder().write(truncate(title + undated, width), "$muted").build()
    period = periods[selected]
    counts = f"{period.stories:,} of {plural(period.total, 'story', 'stories')}" if period.total else "no dated issues"
    counts = truncate(counts + undated, width - len(period.name) - 2)
    return ContentBuilder().write(period.name, "bold $mark").write("  ").write(counts, "$muted").build()


def _format_bar_name(name: str, width: int) -> str:
    """Return a quarter, or a year, or its last two digits if the bar is narrow."""
    year, _, quarter = name.partition("-")
    return quarter or (year if width >= len(year) else year[-2:])


def _format_years(names: Sequence[str], cells: int) -> str:
    """Return the line with the year beneath the first quarter of each year, where it fits."""
    line = ""
    for n, name in enumerate(names):
        year = name.partition("-")[0]
        if (n == 0 or name.endswith("Q1")) and len(line) <= n * cells <= len(names) * cells - len(year):
            line = line.ljust(n * cells) + year + " "
    return line.rstrip()


def restrict_to_period(line: str, period: Period) -> str:
    """Return the line with the period in place of the dates at its end."""
    return f"{_TRAILING_DATES.sub('', line).rstrip()} {period.query_text}".lstrip()


_TRAILING_DATES = re.compile(r"(?:(?:^|\s+)(?:year|after|before):\S+)+\s*$")
