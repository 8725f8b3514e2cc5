"""A bar for each year, or quarter, of a search. Pure drawing, and the widget that walks along the bars."""

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
"""Cells of a bar with the gap behind it: two digits of a year need three, and wider than seven is a block, no bar."""


class TrendChart(Widget, can_focus=True):
    """Left and right choose a bar; what is typed goes on to the line."""

    BINDINGS = make_screen_bindings("At the bars")

    periods: reactive[tuple[Period, ...]] = reactive(())
    """The bars; set from above."""
    selected: reactive[int] = reactive(0)
    """The chosen one."""

    class Chosen(Message):
        """Enter or a click on a bar."""

        def __init__(self, period: Period) -> None:
            super().__init__()
            self.period = period

    class KeyTyped(Message):
        """A key that is meant for the line."""

        def __init__(self, event: events.Key) -> None:
            super().__init__()
            self.event = event

    def watch_periods(self) -> None:
        """Other bars: one begins at the newest."""
        self.selected = max(0, len(self.periods) - 1)

    def action_step(self, step: int) -> None:
        """To the bar beside."""
        self.selected = max(0, min(self.selected + step, len(self.periods) - 1))

    def action_choose(self) -> None:
        """Tells which."""
        if self.periods:
            self.post_message(self.Chosen(self.periods[self.selected]))

    def on_click(self, event: events.Click) -> None:
        """A click chooses the bar under it."""
        cells, first = layout_bars(len(self.periods), self.selected, self.size.width)
        at = first + event.get_content_offset_capture(self).x // cells
        if at < len(self.periods):
            self.selected = at
            self.action_choose()

    def on_key(self, event: events.Key) -> None:
        """Letters are for the line."""
        if event.is_printable or event.key == "backspace":
            event.stop()
            self.post_message(self.KeyTyped(event))

    def watch_has_focus(self, has_focus: bool) -> None:
        """The chosen bar is seen only here."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render(self) -> Content:
        """The bars at the present size."""
        at = self.selected if self.has_focus else None
        return draw_trend(self.periods, at, self.size.width, self.size.height)


def layout_bars(bar_count: int, selected: int, width: int) -> tuple[int, int]:
    """The cells of each bar, and the first one to be drawn: of more than fit, those around `at`."""
    cells = max(_MIN_BAR_WIDTH, min(_MAX_BAR_WIDTH, width // max(1, bar_count)))
    fit = max(1, width // cells)
    return cells, max(0, min(selected - fit // 2, bar_count - fit))


def draw_trend(periods: Sequence[Period], selected: int | None, width: int, height: int) -> Content:
    """A line of words, the bars, and their names beneath: `height` lines in all. `at` is the chosen bar."""
    if not periods:
        return Content("")
    chosen = len(periods) - 1 if selected is None else selected
    cells, first = layout_bars(len(periods), chosen, width)
    shown = range(first, min(len(periods), first + width // cells))
    pen = ContentBuilder().append(_draw_caption(periods, selected, width))
    lines = max(1, height - 2)
    most = max(period.stories for period in periods)
    for line in range(lines, 0, -1):
        pen.write("\n")
        for n in shown:
            # What is there at all is seen, however little it is.
            eighths = max(1, round(periods[n].stories / most * lines * 8)) if periods[n].stories else 0
            sign = _EIGHTHS[max(0, min(8, eighths - (line - 1) * 8))]
            pen.write(sign * (cells - 1), "$mark" if n == selected else "$second").write(" ")
    pen.write("\n")
    for n in shown:
        name = _format_bar_name(periods[n].name, cells - 1, is_first=n == shown[0])
        pen.write(name.ljust(cells), "bold $mark" if n == selected else "$muted")
    return pen.build()


def _draw_caption(periods: Sequence[Period], selected: int | None, width: int) -> Content:
    """What is drawn; of the chosen bar, its figures."""
    if selected is None:
        what = "Stories a year" if periods[0].name.isdecimal() else "Stories a quarter"
        return ContentBuilder().write(truncate(what, width), "$muted").build()
    period = periods[selected]
    told = truncate(f"{period.stories:,} of {period.total:,} stories", width - len(period.name) - 2)
    return ContentBuilder().write(period.name, "bold $mark").write("  ").write(told, "$muted").build()


def _format_bar_name(name: str, width: int, *, is_first: bool) -> str:
    """A year, or its last two digits; of quarters the year where it begins, and the quarter where there is room."""
    year, _, quarter = name.partition("-")
    year = year if width >= len(year) else year[-2:]
    if not quarter:
        return year
    if quarter == "Q1" or is_first:
        return year
    return quarter if width >= len(quarter) else "·"


def restrict_to_period(line: str, period: Period) -> str:
    """The line that asks for this time alone, in the place of the time that it ends with."""
    return f"{_TRAILING_DATES.sub('', line).rstrip()} {period.query_text}".lstrip()


_TRAILING_DATES = re.compile(r"(?:(?:^|\s+)(?:year|after|before):\S+)+\s*$")
