"""A page to write on: a story's note, or the remark to a highlight. However it is left, what was written is kept."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.reading.fields import LONGEST_TEXT
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.keys import bindings_in, keys_line
from importai_tui.tui.look.area import Area
from importai_tui.tui.look.dialog import Dialog
from importai_tui.tui.look.literal import literal, literal_line

_REST = 1.0
"""Seconds without a key after which what is written is put down: one write for a burst of keys."""


class NoteDialog(Dialog[str]):
    """Closes with the text as it then is; there is no way to leave without it."""

    BINDINGS = bindings_in("Writing a note")

    def __init__(
        self, title: str, text: str, keep_at_exit: Callable[[str], object], jot: Callable[[str], object]
    ) -> None:
        """Begin with `text`.

        `keep_at_exit` takes what is written when the whole program is left from here, `jot` what is written so far
        whenever the reader rests.
        """
        super().__init__()
        self._title = title
        self._page = Area(text, max_length=LONGEST_TEXT, compact=True, highlight_cursor_line=False)
        self._keep_at_exit = keep_at_exit
        self._jot = jot
        self._resting: Timer | None = None
        self._taken = False

    def compose(self) -> ComposeResult:
        """The title, the page, its keys."""
        keeps = keys_line(self.app, ("note.keep", "esc", "keeps it"))
        with Vertical(classes="dialog -wide"):
            yield Static(literal_line(self._title, "bold"), classes="question")
            yield self._page
            yield Static(literal(f"{keeps}   an empty page takes it away", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """One writes on where the text ends."""
        self._page.focus()
        self._page.move_cursor(self._page.document.end)

    def on_text_area_changed(self) -> None:
        """After a moment of rest what is written so far is safe."""
        if self._resting:
            self._resting.stop()
        self._resting = self.set_timer(_REST, lambda: self._jot(self._page.text))

    def on_unmount(self) -> None:
        """The program may be left, or its terminal closed, while one writes."""
        if not self._taken:
            self._keep_at_exit(self._page.text)

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(Help("Writing a note"))

    def action_keep(self) -> None:
        """Closes."""
        self._taken = True
        self.dismiss(self._page.text)
