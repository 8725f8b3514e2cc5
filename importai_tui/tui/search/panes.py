"""The search as one sees it: the line, what is told of it, the bars, the list. What stands there is a subclass's."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.widgets import Input, Static

from importai_tui.library import Library
from importai_tui.query.reading import LONGEST
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.keys import bindings_in
from importai_tui.tui.look.dialog import LOOK, Dialog
from importai_tui.tui.look.line import Line
from importai_tui.tui.look.literal import literal
from importai_tui.tui.reading.footer import Advice, Footer, Hint, hints_within
from importai_tui.tui.search.completing import HELP
from importai_tui.tui.search.hit_list import HitList
from importai_tui.tui.search.stand import Stand
from importai_tui.tui.search.start_list import StartList
from importai_tui.tui.search.trend import TrendChart, narrowed

_WIDE = 60
"""Cells from which on the line has a name before it."""
_LOW, _MIDDLING = 20, 30
"""Lines of the window below which every line is needed, and from which on the bars may be tall."""
_ESCAPE = Hint("esc", "back", "leave")
_AT_THE_START = (Hint("↑ ↓", "choose", "down"), Hint("enter", "search again", "choose"), _ESCAPE)
_AT_THE_HITS = (
    Hint("enter", "open", "choose"),
    Hint("↑ ↓", "choose", "down"),
    Hint("tab", "complete", "complete"),
    Hint("ctrl+t", "trend", "trend"),
    Hint("ctrl+s", "save", "save"),
    _ESCAPE,
)
_AT_THE_BARS = (
    Hint("← →", "choose", "bar_before"),
    Hint("enter", "narrow", "narrow"),
    Hint("esc", "put away", "leave"),
)
_WHEN_NARROWED = (*_AT_THE_BARS[:2], Hint("esc", "all times again", "leave"))


class SearchPanes(Dialog[Stand]):
    """The keys that only move, and the places of all that is shown."""

    CSS_PATH = [LOOK, "search.tcss"]
    BINDINGS = bindings_in("In the search")
    AUTO_FOCUS = "Input"

    line = query_one("#search-line", Input)
    status = query_one("#search-status", Static)
    chart = query_one("#search-trend", TrendChart)
    start = query_one("#search-start", StartList)
    hits = query_one("#search-hits", HitList)

    def __init__(self, library: Library, stand: Stand, recent: Sequence[str]) -> None:
        """Begin as the search was left; `recent` is what was searched for before, newest first."""
        super().__init__()
        self.library = library
        self.stand = stand
        self._recent = recent
        self._widened: list[tuple[str, str]] = []
        """Each line that a bar was chosen for, behind what that has made of it."""

    def compose(self) -> ComposeResult:
        """The line, what is told of it, the bars, and what is found or may be asked."""
        with Horizontal(id="search-top"), Horizontal(id="search-ask"):
            yield Static("", id="search-sign", markup=False)
            yield Line(self.stand.line, max_length=LONGEST, compact=True, select_on_focus=False, id="search-line")
        with Vertical(id="search-body"), Vertical(id="search-page"):
            yield Static("", id="search-status", markup=False)
            yield TrendChart(id="search-trend")
            yield StartList(id="search-start", recent=self._recent, told=HELP)
            yield HitList(
                id="search-hits", read=self.library.state.read_keys(), starred=self.library.state.starred_keys()
            )
        yield Footer()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        width, height = self.app.size
        self.set_class(height < _LOW, "-low")
        self.query_one("#search-sign", Static).update(literal("Search" if width >= _WIDE else "/", "bold $mark"))
        self.chart.styles.height = 8 if height >= _MIDDLING else 6 if height >= _LOW else 4
        self.tell_keys()

    def on_descendant_focus(self) -> None:
        """The keys are others at the bars."""
        self.tell_keys()

    def on_trend_chart_typed(self, message: TrendChart.Typed) -> None:
        """One types on; backspace after a bar was chosen takes the choice back."""
        if message.event.key == "backspace" and self.widen():
            return
        self.line.focus()
        if message.event.character and message.event.is_printable:
            self.line.insert_text_at_cursor(message.event.character)
        else:
            self.line.action_delete_left()

    def on_trend_chart_chosen(self, message: TrendChart.Chosen) -> None:
        """Asks for that time alone."""
        wide, narrow = self.line.value, narrowed(self.line.value, message.period)
        if narrow != wide:
            self._widened = [*self._widened, (narrow, wide)] if self.is_narrowed else [(narrow, wide)]
            self.take(narrow)

    @property
    def is_narrowed(self) -> bool:
        """Whether the line is still what the choice of a bar has made of it."""
        return bool(self._widened) and self._widened[-1][0] == self.line.value

    def widen(self) -> bool:
        """Back to the line as it was before the last bar was chosen; False where there is none to go back to."""
        if not self.is_narrowed:
            return False
        self.take(self._widened.pop()[1])
        return True

    def take(self, line: str) -> None:
        """Puts a line in the place of the one that is there."""
        self.line.value = line
        self.line.cursor_position = len(line)
        self.tell_keys()

    def action_down(self) -> None:
        """Down in what is found."""
        self._list.move(1)

    def action_up(self) -> None:
        """Up in what is found."""
        self._list.move(-1)

    def action_page(self, share: float) -> None:
        """The same by pages."""
        self._list.page(share)

    def action_bar_before(self) -> None:
        """To the bar on the left."""
        self.chart.action_step(-1)

    def action_narrow(self) -> None:
        """As enter at the bars."""
        self.chart.action_choose()

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(Help("In the search"))

    def put_trend_away(self) -> None:
        """No bars any more."""
        if self.chart.has_focus:
            self.line.focus()
        self.chart.display = False

    def tell_keys(self) -> None:
        """Brings the footer in step."""
        start = _AT_THE_START if self._recent else (_ESCAPE,)
        bars = _WHEN_NARROWED if self.is_narrowed else _AT_THE_BARS
        hints = bars if self.chart.has_focus else start if self.start.display else _AT_THE_HITS
        self.query_one(Footer).advice = Advice(hints_within(self.app, "In the search", hints))

    @property
    def _list(self) -> HitList | StartList:
        return self.start if self.start.display else self.hits
