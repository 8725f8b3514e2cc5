"""Dialogs that ask for yes or no, a number, or a name, or whether to save an edit."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.inputs import CleanInput

IGNORE_KEYS_SECONDS = 0.2
"""Seconds in which an answer that changes something is ignored: the key was typed before the question was visible."""


class ConfirmDialog(Dialog[bool]):
    """Asks a question. `y` and Enter answer yes."""

    BINDINGS = make_screen_bindings("Question")

    def __init__(self, question: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self._question = question
        self._clock = clock
        self._asked_at = clock()

    def compose(self) -> ComposeResult:
        """Yield the question and the key hints."""
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield Static(
                to_content(format_key_hints(self.app, ("confirm.yes", "y", "yes"), ("confirm.no", "n", "no")), "$muted")
            )

    def action_answer(self, yes: bool) -> None:
        """Close with the answer. Ignore a yes that comes too early."""
        if not yes or self._clock() - self._asked_at >= IGNORE_KEYS_SECONDS:
            self.dismiss(yes)


class SaveDialog(Dialog[bool | None]):
    """Asks whether to save an edit: True saves it, False discards it, None goes on with it."""

    BINDINGS = make_screen_bindings("Unsaved text")

    def __init__(self, question: str, yes: str, no: str, clock: Callable[[], float]) -> None:
        """Ask the question; `yes` and `no` say what these answers do."""
        super().__init__()
        self._question = question
        self._answers = (("unsaved.yes", "y", yes), ("unsaved.no", "n", no), ("unsaved.edit", "esc", "keep editing"))
        self._clock = clock
        self._asked_at = clock()

    def compose(self) -> ComposeResult:
        """Yield the question and the key hints."""
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield Static(to_content(format_key_hints(self.app, *self._answers), "$muted"))

    def action_answer(self, save: bool | None) -> None:
        """Close with the answer. Ignore an answer that comes too early, except that the edit goes on."""
        if save is None or self._clock() - self._asked_at >= IGNORE_KEYS_SECONDS:
            self.dismiss(save)


class NumberDialog(Dialog[int | None]):
    """Asks for the number of a link. It closes with None if the user cancels."""

    BINDINGS = make_screen_bindings("Number prompt")

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Yield the question and the input."""
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield CleanInput(restrict=r"[0-9]*", max_length=3, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the number."""
        self.dismiss(int(event.value) if event.value else None)

    def on_key(self, event: events.Key) -> None:
        """Cancel at `q`, as everywhere else, because the input takes only digits."""
        if event.key == "q":
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Close without a number."""
        self.dismiss(None)


class NameDialog(Dialog[str | None]):
    """Asks for a name. It closes with None if the user cancels or the input is blank."""

    BINDINGS = make_screen_bindings("Name prompt")

    def __init__(self, question: str, default: str, max_length: int) -> None:
        """Offer `default` as a selected text, so that typing replaces it."""
        super().__init__()
        self._question = question
        self._default = default
        self._max_length = max_length

    def compose(self) -> ComposeResult:
        """Yield the question, the input, and the key hints."""
        cancel = format_key_hints(self.app, ("name.cancel", "esc", "cancel"))
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield CleanInput(self._default[: self._max_length], max_length=self._max_length, compact=True)
            yield Static(to_content(f"enter save   {cancel}", "$muted"), classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the name, with single spaces."""
        self.dismiss(" ".join(event.value.split()) or None)

    def action_cancel(self) -> None:
        """Close without a name."""
        self.dismiss(None)
