"""The works screen as one sees it: the line, what is told of it, the works. What stands there is a subclass's."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
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
from importai_tui.tui.works.list import WorkList
from importai_tui.tui.works.stand import WorksStand

_WIDE = 60
"""Cells from which on the line has a name before it."""
_LOW = 20
"""Lines of the window below which every line is needed."""
_TO_TYPE = "words  kind:code  site:arxiv.org  year:2025  is:unread  is:starred"
_ESCAPE = Hint("esc", "back", "leave")
_AT_THE_WORKS = (
    Hint("enter", "stories", "choose"),
    Hint("ctrl+o", "open", "open"),
    Hint("ctrl+s", "star", "star"),
    Hint("ctrl+r", "order", "turn"),
    Hint("ctrl+y", "copy", "copy_address"),
    _ESCAPE,
)
_AT_NOTHING = (Hint("f1", "help", "help"), _ESCAPE)


class WorksPanes(Dialog[WorksStand]):
    """The keys, and the places of all that is shown."""

    CSS_PATH = [LOOK, "works.tcss"]
    BINDINGS = bindings_in("In the works")
    AUTO_FOCUS = "Input"

    line = query_one("#works-line", Input)
    status = query_one("#works-status", Static)
    rows = query_one("#works-list", WorkList)

    def __init__(self, library: Library, stand: WorksStand, trouble: str) -> None:
        """Begin as it was left."""
        super().__init__()
        self.library = library
        self.stand = stand
        self._trouble = trouble
        self._written = Content()

    def compose(self) -> ComposeResult:
        """The line, what is told of it, the works."""
        marks = self.library.state.marks(("starred", "opened"))
        with Horizontal(id="works-top"), Horizontal(id="works-ask"):
            yield Static("", id="works-sign", markup=False)
            yield Line(
                self.stand.line,
                placeholder=_TO_TYPE,
                max_length=LONGEST,
                compact=True,
                select_on_focus=False,
                id="works-line",
            )
        with Horizontal(id="works-body"), Vertical(id="works-page"):
            yield Static("", id="works-status", markup=False)
            yield WorkList(id="works-list", starred=marks["starred"], opened=marks["opened"])
        yield Footer()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        width, height = self.app.size
        self.set_class(height < _LOW, "-low")
        self.query_one("#works-sign", Static).update(literal("Works" if width >= _WIDE else "/", "bold $mark"))
        self.tell_keys()

    def action_move(self, rows: int) -> None:
        """Another work."""
        self.rows.move(rows)

    def action_page(self, share: float) -> None:
        """Another page."""
        self.rows.page(share)

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(Help("In the works"))

    def tell_keys(self) -> None:
        """Brings the footer in step."""
        hints = _AT_THE_WORKS if self.rows.row_count else _AT_NOTHING
        held = hints_within(self.app, "In the works", hints)
        self.query_one(Footer).advice = Advice(held, trouble=self._trouble)

    def tell_trouble(self, words: str) -> None:
        """Warns in the footer, or no more."""
        if words != self._trouble:
            self._trouble = words
            if self.is_mounted:
                self.tell_keys()

    def write(self, words: Content) -> None:
        """Only other words are drawn, and only another number of lines moves what is beneath them."""
        if self._written.is_same(words):
            return
        self._written = words
        width, height = self.status.size
        self.status.update(words, layout=not width or max(1, words.get_height({}, width)) != height)
