"""Chooses a paragraph of the story that lies beneath: nothing is drawn over it but a line of keys.

A page to write on: a story's note, or the remark to a highlight. However it is left, what was written is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.state.fields import MAX_TEXT_LENGTH
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import LOOK, Dialog
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanTextArea
from importai_tui.tui.widgets.story_view import StoryView

_REST = 1.0
"""Seconds without a key after which what is written is put down: one write for a burst of keys."""


class NoteDialog(Dialog[str]):
    """Closes with the text as it then is; there is no way to leave without it."""

    BINDINGS = make_screen_bindings("Writing a note")

    def __init__(
        self, title: str, text: str, keep_at_exit: Callable[[str], object], jot: Callable[[str], object]
    ) -> None:
        """Begin with `text`.

        `keep_at_exit` takes what is written when the whole program is left from here, `jot` what is written so far
        whenever the reader rests.
        """
        super().__init__()
        self._title = title
        self._page = CleanTextArea(text, max_length=MAX_TEXT_LENGTH, compact=True, highlight_cursor_line=False)
        self._keep_at_exit = keep_at_exit
        self._jot = jot
        self._resting: Timer | None = None
        self._taken = False

    def compose(self) -> ComposeResult:
        """The title, the page, its keys."""
        keeps = format_key_hints(self.app, ("note.keep", "esc", "keeps it"))
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._title, "bold"), classes="question")
            yield self._page
            yield Static(to_content(f"{keeps}   an empty page takes it away", "$muted"), classes="keys")

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


class Wish(Enum):
    """What is to be done with the chosen paragraph."""

    KEEP = auto()
    TURN = auto()
    """Keep it; take it away where it is kept."""
    REMARK = auto()


Picked = tuple[int, Wish]
"""The index of a piece, and what is to be done with it."""

_HINTS = (
    Hint("enter", "keep", "keep"),
    Hint("e", "remark", "remark"),
    Hint("v", "take away", "turn"),
    Hint("j k", "choose", "down"),
    Hint("esc", "leave", "cancel"),
)


class PickPassage(Dialog[Picked | None]):
    """Closes with what was chosen; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "picking.tcss"]
    BINDINGS = make_screen_bindings("Highlighting")

    def __init__(self, view: StoryView, pieces: Sequence[int], first: int) -> None:
        """Choose among `pieces` of the view, indices in their order; begin at the one in place `first` among them."""
        super().__init__()
        self._view = view
        self._pieces = pieces
        self._at = first

    def compose(self) -> ComposeResult:
        """The keys, where the footer is."""
        yield Static(id="pick-keys")

    def on_mount(self) -> None:
        """Shows where one begins."""
        self._go(self._at)

    def on_resize(self) -> None:
        """As many keys as there is room for."""
        hints = make_screen_hints(self.app, "Highlighting", _HINTS)
        self.query_one("#pick-keys", Static).update(draw_hints(FooterContent(hints), self.app.size.width))

    def on_unmount(self) -> None:
        """The story looks as before."""
        self._view.pick_block(None)

    def action_down(self) -> None:
        """To the next paragraph."""
        self._go(self._at + 1)

    def action_up(self) -> None:
        """To the one before."""
        self._go(self._at - 1)

    def action_top(self) -> None:
        """To the first."""
        self._go(0)

    def action_bottom(self) -> None:
        """To the last."""
        self._go(len(self._pieces) - 1)

    def action_keep(self) -> None:
        """Closes: keep it."""
        self._close(Wish.KEEP)

    def action_turn(self) -> None:
        """Closes: keep it, or take it away."""
        self._close(Wish.TURN)

    def action_remark(self) -> None:
        """Closes: keep it, with a remark."""
        self._close(Wish.REMARK)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _go(self, at: int) -> None:
        self._at = min(len(self._pieces) - 1, max(0, at))
        self._view.pick_block(self._pieces[self._at])

    def _close(self, wish: Wish) -> None:
        self.dismiss((self._pieces[self._at], wish))
