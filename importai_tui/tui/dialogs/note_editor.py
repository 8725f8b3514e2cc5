"""The editor of notes and of comments on highlights."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.state.values import MAX_TEXT_LENGTH
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.dialogs.questions import SaveDialog
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.text_area import CleanTextArea

_SAVE_DELAY = 1.0
"""Seconds without a key after which the draft is saved, so that a burst of keys causes one write."""


_HINTS = (("note.keep", "ctrl+s", "save"), ("note.cancel", "esc", "close"), ("note.editor", "ctrl+o", "editor"))


class MoveToEditor(NamedTuple):
    """The user wants to go on in an editor of their own."""

    text: str
    """The text so far."""


class NoteDialog(Dialog[str | MoveToEditor | None]):
    """Edits a note or a comment. It closes with the text to save, or with None if there is nothing to save."""

    KEYMAP_SECTION = "Note editor"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(
        self,
        noun: str,
        text: str,
        stored: str,
        clock: Callable[[], float],
        *,
        save_at_exit: Callable[[str], object],
        save_draft: Callable[[str], object],
    ) -> None:
        """Edit `text`.

        Args:
            noun: what the text is: "note" or "comment".
            text: the text at first.
            stored: the text that is stored, which the edit is compared with.
            clock: a monotonic clock, in seconds.
            save_at_exit: saves the text if the app quits while the dialog is open.
            save_draft: saves the text whenever the user pauses.
        """
        super().__init__()
        self._noun = noun
        self._text_area = CleanTextArea(text, max_length=MAX_TEXT_LENGTH, compact=True, highlight_cursor_line=False)
        self._stored = stored.strip()
        self._clock = clock
        self._save_at_exit = save_at_exit
        self._save_draft = save_draft
        self._save_timer: Timer | None = None
        self._is_done = False

    def compose(self) -> ComposeResult:
        """Yield the title, the text area, and the key hints."""
        hints = format_key_hints(self.app, *_HINTS)
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(f"Your {self._noun}", "bold"), classes="question")
            yield self._text_area
            yield Static(to_content(hints, "$muted"), classes="keys")

    def on_mount(self) -> None:
        """Put the cursor at the end of the text."""
        self._text_area.move_cursor(self._text_area.document.end)

    def on_text_area_changed(self) -> None:
        """Save the draft after a pause."""
        if self._save_timer:
            self._save_timer.stop()
        self._save_timer = self.set_timer(_SAVE_DELAY, lambda: self._save_draft(self._text_area.text))

    def on_unmount(self) -> None:
        """Save the text if the app quits or the terminal closes during editing, because no dialog can ask then."""
        if not self._is_done and self._text:
            self._save_at_exit(self._text)

    def action_undo_typing(self) -> None:
        """Undo the last edit of the text: the usual key of a text area suspends the reader."""
        self._text_area.undo()

    def action_keep(self) -> None:
        """Close and save the text. If that deletes a stored text, ask first."""
        if self._stored and not self._text:
            self._ask(f"Delete this {self._noun}?", "delete", "keep it")
        else:
            self._close_with(self._text)

    def action_cancel(self) -> None:
        """Close. If the text was changed, ask first."""
        if self._text == self._stored:
            self._close_with(None)
        elif self._text:
            self._ask(f"Save your {self._noun}?", "save", "discard")
        else:
            self.action_keep()

    def action_move_to_editor(self) -> None:
        """Close, to go on in the user's own editor."""
        self._close_with(MoveToEditor(self._text))

    @property
    def _text(self) -> str:
        return self._text_area.text.strip()

    def _ask(self, question: str, yes: str, no: str) -> None:
        self.app.push_screen(SaveDialog(question, yes, no, self._clock), self._close_after_answer)

    def _close_after_answer(self, save: bool | None) -> None:
        if save is not None:
            self._close_with(self._text if save else None)

    def _close_with(self, result: str | MoveToEditor | None) -> None:
        self._is_done = True
        if self._save_timer:
            self._save_timer.stop()  # because the caller forgets the draft before this screen ends
        self.dismiss(result)
