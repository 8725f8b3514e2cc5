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
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanTextArea
from importai_tui.tui.widgets.story_view import StoryView

_SAVE_DELAY = 1.0
"""Seconds without a key after which what is written is put down: one write for a burst of keys."""


class NoteDialog(Dialog[str]):
    """Closes with the text as it then is; there is no way to leave without it."""

    BINDINGS = make_screen_bindings("Writing a note")

    def __init__(
        self, title: str, text: str, save_at_exit: Callable[[str], object], save_draft: Callable[[str], object]
    ) -> None:
        """Begin with `text`.

        `keep_at_exit` takes what is written when the whole program is left from here, `jot` what is written so far
        whenever the reader rests.
        """
        super().__init__()
        self._title = title
        self._text_area = CleanTextArea(text, max_length=MAX_TEXT_LENGTH, compact=True, highlight_cursor_line=False)
        self._save_at_exit = save_at_exit
        self._save_draft = save_draft
        self._save_timer: Timer | None = None
        self._is_done = False

    def compose(self) -> ComposeResult:
        """The title, the page, its keys."""
        keeps = format_key_hints(self.app, ("note.keep", "esc", "keeps it"))
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._title, "bold"), classes="question")
            yield self._text_area
            yield Static(to_content(f"{keeps}   an empty page takes it away", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """One writes on where the text ends."""
        self._text_area.focus()
        self._text_area.move_cursor(self._text_area.document.end)

    def on_text_area_changed(self) -> None:
        """After a moment of rest what is written so far is safe."""
        if self._save_timer:
            self._save_timer.stop()
        self._save_timer = self.set_timer(_SAVE_DELAY, lambda: self._save_draft(self._text_area.text))

    def on_unmount(self) -> None:
        """The program may be left, or its terminal closed, while one writes."""
        if not self._is_done:
            self._save_at_exit(self._text_area.text)

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpDialog("Writing a note"))

    def action_keep(self) -> None:
        """Closes."""
        self._is_done = True
        self.dismiss(self._text_area.text)


class PassageAction(Enum):
    """What is to be done with the chosen paragraph."""

    HIGHLIGHT = auto()
    TOGGLE = auto()
    """Keep it; take it away where it is kept."""
    ADD_REMARK = auto()


PickedPassage = tuple[int, PassageAction]
"""The index of a piece, and what is to be done with it."""

_PICKER_HINTS = (
    Hint("enter", "keep", "keep"),
    Hint("e", "remark", "remark"),
    Hint("v", "take away", "turn"),
    Hint("j k", "choose", "down"),
    Hint("esc", "leave", "cancel"),
)


class PassagePicker(Dialog[PickedPassage | None]):
    """Closes with what was chosen; None if the reader thinks better of it."""

    CSS_PATH = [DIALOG_CSS, "picking.tcss"]
    BINDINGS = make_screen_bindings("Highlighting")

    def __init__(self, view: StoryView, block_indexes: Sequence[int], start: int) -> None:
        """Choose among `pieces` of the view, indices in their order; begin at the one in place `first` among them."""
        super().__init__()
        self._view = view
        self._block_indexes = block_indexes
        self._position = start

    def compose(self) -> ComposeResult:
        """The keys, where the footer is."""
        yield Static(id="pick-keys")

    def on_mount(self) -> None:
        """Shows where one begins."""
        self._select(self._position)

    def on_resize(self) -> None:
        """As many keys as there is room for."""
        hints = make_screen_hints(self.app, "Highlighting", _PICKER_HINTS)
        self.query_one("#pick-keys", Static).update(draw_hints(FooterContent(hints), self.app.size.width))

    def on_unmount(self) -> None:
        """The story looks as before."""
        self._view.pick_block(None)

    def action_down(self) -> None:
        """To the next paragraph."""
        self._select(self._position + 1)

    def action_up(self) -> None:
        """To the one before."""
        self._select(self._position - 1)

    def action_top(self) -> None:
        """To the first."""
        self._select(0)

    def action_bottom(self) -> None:
        """To the last."""
        self._select(len(self._block_indexes) - 1)

    def action_keep(self) -> None:
        """Closes: keep it."""
        self._close_with(PassageAction.HIGHLIGHT)

    def action_turn(self) -> None:
        """Closes: keep it, or take it away."""
        self._close_with(PassageAction.TOGGLE)

    def action_remark(self) -> None:
        """Closes: keep it, with a remark."""
        self._close_with(PassageAction.ADD_REMARK)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _select(self, position: int) -> None:
        self._position = min(len(self._block_indexes) - 1, max(0, position))
        self._view.pick_block(self._block_indexes[self._position])

    def _close_with(self, action: PassageAction) -> None:
        self.dismiss((self._block_indexes[self._position], action))
