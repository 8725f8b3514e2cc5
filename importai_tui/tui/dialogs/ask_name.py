"""Asks for a name."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from importai_tui.tui.keys import bindings_in, keys_line
from importai_tui.tui.look.dialog import Dialog
from importai_tui.tui.look.line import Line
from importai_tui.tui.look.literal import literal, literal_line


class AskName(Dialog[str | None]):
    """Closes with what was typed; None if the reader thinks better of it, or typed nothing."""

    BINDINGS = bindings_in("Asked for a name")

    def __init__(self, question: str, offered: str, longest: int) -> None:
        """Offer a name, selected, so that typing replaces it."""
        super().__init__()
        self._question = question
        self._offered = offered
        self._longest = longest

    def compose(self) -> ComposeResult:
        """The question, a line, the keys."""
        leave = keys_line(self.app, ("name.cancel", "esc", "leave"))
        with Vertical(classes="dialog"):
            yield Static(literal_line(self._question, "bold"), classes="question")
            yield Line(self._offered[: self._longest], max_length=self._longest, compact=True)
            yield Static(literal(f"enter save   {leave}", "$muted"), classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(" ".join(event.value.split()) or None)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)
