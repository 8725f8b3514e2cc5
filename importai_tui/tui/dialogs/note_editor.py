"""The editor of notes and remarks."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.state.fields import MAX_TEXT_LENGTH
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.text_area import CleanTextArea

_SAVE_DELAY = 1.0
"""Seconds without a key after which the draft is saved, so that a burst of keys causes one write."""


class NoteDialog(Dialog[str]):
    """Edits a note or a remark. It always closes with the text, because no key discards it."""

    BINDINGS = make_screen_bindings("Note editor")

    def __init__(
        self, title: str, text: str, save_at_exit: Callable[[str], object], save_draft: Callable[[str], object]
    ) -> None:
        """Edit `text`.

        Args:
            title: the heading of the dialog.
            text: the text at first.
            save_at_exit: saves the text if the app quits while the dialog is open.
            save_draft: saves the text whenever the user pauses.
        """
        super().__init__()
        self._title = title
        self._text_area = CleanTextArea(text, max_length=MAX_TEXT_LENGTH, compact=True, highlight_cursor_line=False)
        self._save_at_exit = save_at_exit
        self._save_draft = save_draft
        self._save_timer: Timer | None = None
        self._is_done = False

    def compose(self) -> ComposeResult:
        """Yield the title, the text area, and the key hints."""
        close_hint = format_key_hints(self.app, ("note.keep", "esc", "keeps it"))
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._title, "bold"), classes="question")
            yield self._text_area
            yield Static(to_content(f"{close_hint}   an empty page takes it away", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """Put the cursor at the end of the text."""
        self._text_area.focus()
        self._text_area.move_cursor(self._text_area.document.end)

    def on_text_area_changed(self) -> None:
        """Save the draft after a pause."""
        if self._save_timer:
            self._save_timer.stop()
        self._save_timer = self.set_timer(_SAVE_DELAY, lambda: self._save_draft(self._text_area.text))

    def on_unmount(self) -> None:
        """Save the text if the app quits or the terminal closes during editing."""
        if not self._is_done:
            self._save_at_exit(self._text_area.text)

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpDialog("Note editor"))

    def action_keep(self) -> None:
        """Close with the text."""
        self._is_done = True
        self.dismiss(self._text_area.text)
