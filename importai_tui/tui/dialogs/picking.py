"""Chooses a paragraph of the story that lies beneath: nothing is drawn over it but a line of keys."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from textual.app import ComposeResult
from textual.widgets import Static

from importai_tui.tui.keys import bindings_in
from importai_tui.tui.look.dialog import LOOK, Dialog
from importai_tui.tui.reading.footer import Advice, Hint, draw_hints, hints_within
from importai_tui.tui.story.view import StoryView


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
    BINDINGS = bindings_in("Highlighting")

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
        hints = hints_within(self.app, "Highlighting", _HINTS)
        self.query_one("#pick-keys", Static).update(draw_hints(Advice(hints), self.app.size.width))

    def on_unmount(self) -> None:
        """The story looks as before."""
        self._view.pick(None)

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
        self._view.pick(self._pieces[self._at])

    def _close(self, wish: Wish) -> None:
        self.dismiss((self._pieces[self._at], wish))
