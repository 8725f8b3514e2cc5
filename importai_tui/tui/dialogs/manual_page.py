"""A page of the manual over the reader. It scrolls like the story, and escape closes it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from importai_tui.manual import topic, topic_text
from importai_tui.tui.keys import bindings_in, keys_line
from importai_tui.tui.look.dialog import LOOK, Dialog
from importai_tui.tui.look.literal import literal

_KEYS = (("manual.page_down", "space", "page"), ("manual.close", "esc", "back"))
_LOW = 20
"""Lines of a window in which the page takes all of them."""
_MARGIN = 6
"""Cells around the words: the frame's, and the scroll bar's."""


class ManualPage(Dialog[None]):
    """One topic."""

    CSS_PATH = [LOOK, "manual_page.tcss"]
    BINDINGS = bindings_in("On a page of the manual")

    def __init__(self, name: str) -> None:
        """Show the topic of that name."""
        super().__init__()
        self._topic = topic(name)

    def compose(self) -> ComposeResult:
        """The page, and the key that closes it."""
        with Vertical(id="manual"):
            with VerticalScroll(can_focus=False):
                yield Static(id="manual-text", markup=False)
            yield Static(literal(keys_line(self.app, *_KEYS), "$muted"), id="manual-keys", markup=False)

    def on_resize(self) -> None:
        """As wide as there is room for."""
        self.set_class(self.app.size.height < _LOW, "-low")
        text = topic_text(self._topic, max(1, self.app.size.width - _MARGIN))
        self.query_one("#manual-text", Static).update(literal(text.rstrip("\n")))

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_scroll(self, lines: int) -> None:
        """Another line."""
        self._page.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Another page, with two lines of the last one."""
        self._page.scroll_relative(y=pages * max(1, self._page.size.height - 2), animate=False)

    def action_edge(self, last: bool) -> None:
        """The beginning or the end."""
        self._page.scroll_end(animate=False) if last else self._page.scroll_home(animate=False)

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss()
