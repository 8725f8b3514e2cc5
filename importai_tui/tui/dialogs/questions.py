"""Dialogs that ask for yes or no, a number, or a name, or whether to save an edit."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.inputs import CleanInput

IGNORE_KEYS_SECONDS = 0.2
"""Seconds in which an answer that changes something is ignored: the key was typed before the question was visible."""


class ConfirmDialog(Dialog[bool]):
    """Asks a question. `y` and Enter answer yes."""

    KEYMAP_SECTION = "Question"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

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

    KEYMAP_SECTION = "Unsaved text"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

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


class _NumberInput(CleanInput):
    """Leaves all keys but digits to the bindings of the dialog."""

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002  (Textual calls it)
        """Return True for a digit."""
        return character is not None and character.isdecimal()


class NumberDialog(Dialog[int | None]):
    """Asks for the number of a link. It stays open after a wrong number, and closes with None if the user cancels."""

    KEYMAP_SECTION = "Number prompt"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, question: str, find_error: Callable[[int], str]) -> None:
        """Ask `question`. `find_error` returns what is wrong with a number, an empty text for a valid one."""
        super().__init__()
        self._question = question
        self._find_error = find_error

    def compose(self) -> ComposeResult:
        """Yield the question, the input, and the key hints or an error."""
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield _NumberInput(restrict=r"[0-9]*", max_length=3, compact=True)
            yield Static(self._draw_keys(), classes="keys")

    def on_input_changed(self) -> None:
        """Show the keys again in place of an error."""
        self.query_one(".keys", Static).update(self._draw_keys())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the number if it is valid; else show why it is not."""
        if not event.value:
            self.dismiss(None)
        elif error := self._find_error(int(event.value)):
            field = self.query_one(Input)
            with self.prevent(Input.Changed):
                field.value = ""
            self.query_one(".keys", Static).update(to_content(error, "$mark"))
        else:
            self.dismiss(int(event.value))

    def _draw_keys(self) -> Content:
        return to_content(f"enter open   {format_key_hints(self.app, ('ask.cancel', 'esc', 'cancel'))}", "$muted")

    def action_cancel(self) -> None:
        """Close without a number."""
        self.dismiss(None)


class NameDialog(Dialog[str | None]):
    """Asks for a name. It closes with None if the user cancels or the input is blank."""

    KEYMAP_SECTION = "Name prompt"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, question: str, default: str, max_length: int) -> None:
        """Offer `default` as a selected text, so that typing replaces it."""
        super().__init__()
        self._question = question
        self._default = default
        self._max_length = max_length

    def compose(self) -> ComposeResult:
        """Yield the question, the input, and the key hints."""
        keys = format_key_hints(self.app, ("name.cancel", "esc", "cancel"), ("name.help", "f1", "help"))
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield CleanInput(self._default[: self._max_length], max_length=self._max_length, compact=True)
            yield Static(to_content(f"enter save   {keys}", "$muted"), classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the name, with single spaces."""
        self.dismiss(" ".join(event.value.split()) or None)

    def action_cancel(self) -> None:
        """Close without a name."""
        self.dismiss(None)
