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
_NARROWEST, _WIDEST = 3, 7
"""Cells of a bar with the gap behind it: two digits of a year need three, and wider than seven is a block, no bar."""


class TrendChart(Widget, can_focus=True):
    """Left and right choose a bar; what is typed goes on to the line."""

    BINDINGS = make_screen_bindings("At the bars")

    periods: reactive[tuple[Period, ...]] = reactive(())
    """The bars; set from above."""
    at: reactive[int] = reactive(0)
    """The chosen one."""

    class Chosen(Message):
        """Enter or a click on a bar."""

        def __init__(self, period: Period) -> None:
            super().__init__()
            self.period = period

    class Typed(Message):
        """A key that is meant for the line."""

        def __init__(self, event: events.Key) -> None:
            super().__init__()
            self.event = event

    def watch_periods(self) -> None:
        """Other bars: one begins at the newest."""
        self.at = max(0, len(self.periods) - 1)

    def action_step(self, step: int) -> None:
        """To the bar beside."""
        self.at = max(0, min(self.at + step, len(self.periods) - 1))

    def action_choose(self) -> None:
        """Tells which."""
        if self.periods:
            self.post_message(self.Chosen(self.periods[self.at]))

    def on_click(self, event: events.Click) -> None:
        """A click chooses the bar under it."""
        cells, first = layout(len(self.periods), self.at, self.size.width)
        at = first + event.get_content_offset_capture(self).x // cells
        if at < len(self.periods):
            self.at = at
            self.action_choose()

    def on_key(self, event: events.Key) -> None:
        """Letters are for the line."""
        if event.is_printable or event.key == "backspace":
            event.stop()
            self.post_message(self.Typed(event))

    def watch_has_focus(self, has_focus: bool) -> None:
        """The chosen bar is seen only here."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render(self) -> Content:
        """The bars at the present size."""
        at = self.at if self.has_focus else None
        return draw_chart(self.periods, at, self.size.width, self.size.height)


def layout(bars: int, at: int, width: int) -> tuple[int, int]:
    """The cells of each bar, and the first one to be drawn: of more than fit, those around `at`."""
    cells = max(_NARROWEST, min(_WIDEST, width // max(1, bars)))
    fit = max(1, width // cells)
    return cells, max(0, min(at - fit // 2, bars - fit))


def draw_chart(periods: Sequence[Period], at: int | None, width: int, height: int) -> Content:
    """A line of words, the bars, and their names beneath: `height` lines in all. `at` is the chosen bar."""
    if not periods:
        return Content("")
    chosen = len(periods) - 1 if at is None else at
    cells, first = layout(len(periods), chosen, width)
    shown = range(first, min(len(periods), first + width // cells))
    pen = ContentBuilder().append(_words(periods, at, width))
    lines = max(1, height - 2)
    most = max(period.stories for period in periods)
    for line in range(lines, 0, -1):
        pen.write("\n")
        for n in shown:
            # What is there at all is seen, however little it is.
            eighths = max(1, round(periods[n].stories / most * lines * 8)) if periods[n].stories else 0
            sign = _EIGHTHS[max(0, min(8, eighths - (line - 1) * 8))]
            pen.write(sign * (cells - 1), "$mark" if n == at else "$second").write(" ")
    pen.write("\n")
    for n in shown:
        name = _name(periods[n].name, cells - 1, first=n == shown[0])
        pen.write(name.ljust(cells), "bold $mark" if n == at else "$muted")
    return pen.build()


def _words(periods: Sequence[Period], at: int | None, width: int) -> Content:
    """What is drawn; of the chosen bar, its figures."""
    if at is None:
        what = "Stories a year" if periods[0].name.isdecimal() else "Stories a quarter"
        return ContentBuilder().write(truncate(what, width), "$muted").build()
    period = periods[at]
    told = truncate(f"{period.stories:,} of {period.total:,} stories", width - len(period.name) - 2)
    return ContentBuilder().write(period.name, "bold $mark").write("  ").write(told, "$muted").build()


def _name(name: str, room: int, *, first: bool) -> str:
    """A year, or its last two digits; of quarters the year where it begins, and the quarter where there is room."""
    year, _, quarter = name.partition("-")
    year = year if room >= len(year) else year[-2:]
    if not quarter:
        return year
    if quarter == "Q1" or first:
        return year
    return quarter if room >= len(quarter) else "·"


def narrowed(line: str, period: Period) -> str:
    """The line that asks for this time alone, in the place of the time that it ends with."""
    return f"{_TIMES.sub('', line).rstrip()} {period.query_text}".lstrip()


_TIMES = re.compile(r"(?:(?:^|\s+)(?:year|after|before):\S+)+\s*$")
