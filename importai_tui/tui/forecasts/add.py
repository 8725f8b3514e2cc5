"""Dialogs that add a forecast by hand: one to choose a sentence of the story beneath, and one for the due date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from importai_tui.forecasts.due_dates import compute_due
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.text import ContentBuilder, format_short_date_with_year, to_content, to_line_content, wrap_title
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints, make_screen_hints
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.wording import enclose_quote

_HINTS = (Hint("enter", "add forecast", "choose"), Hint("j k", "move", "move(1)"), Hint("esc", "cancel", "cancel"))
_QUOTE_WIDTH, _QUOTE_LINES = 60, 2
_LOOKS_LIKE_DAY = re.compile(r"\d+-\d+(-\d+)?")
_ANY_DAY = date(2020, 1, 1)
"""A day to count from, to see if words have a meaning at all."""
_MAX_LENGTH = 60
"""Characters of a typed date."""


class SentencePicker(Dialog[int | None]):
    """Chooses a sentence of the story beneath. It closes with its index, or with None if the user cancels.

    The story stays visible. Only the footer is covered by key hints.
    """

    CSS_PATH = [DIALOG_CSS, "add.tcss"]
    KEYMAP_SECTION = "Sentence picker"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, count: int, first: int, show: Callable[[int | None], object]) -> None:
        """Choose one of `count` sentences, at first the one with the index `first`.

        `show` highlights the sentence with an index in the story, and none for None.
        """
        super().__init__()
        self._count = count
        self._index = first
        self._show = show

    def compose(self) -> ComposeResult:
        """Yield the key hints in place of the footer."""
        yield Static(id="pick-keys")

    def on_mount(self) -> None:
        """Show the first choice."""
        self._show(self._index)

    def on_resize(self) -> None:
        """Show as many key hints as fit."""
        content = FooterContent(make_screen_hints(self.app, self.KEYMAP_SECTION, _HINTS))
        self.query_one("#pick-keys", Static).update(draw_hints(content, self.app.size.width))

    def on_unmount(self) -> None:
        """Remove the highlight from the story."""
        self._show(None)

    def action_move(self, by: int) -> None:
        """Choose a later sentence, or an earlier one."""
        self._move_to(self._index + by)

    def action_edge(self, last: bool) -> None:
        """Choose the first or the last sentence."""
        self._move_to(self._count - 1 if last else 0)

    def action_choose(self) -> None:
        """Close with the sentence."""
        self.dismiss(self._index)

    def action_cancel(self) -> None:
        """Close without a sentence."""
        self.dismiss(None)

    def _move_to(self, index: int) -> None:
        self._index = max(0, min(index, self._count - 1))
        self._show(self._index)


class DueDate(NamedTuple):
    """A due date as the user has typed it; `day` is None if there is none. `words` are empty for a plain date."""

    day: date | None = None
    words: str = ""


class DueDateDialog(Dialog[DueDate | None]):
    """Asks when a forecast is due. It closes with the date, or with None if the user cancels.

    It takes a date or words such as "end of 2027", and says which day they mean.
    """

    KEYMAP_SECTION = "Due date"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, quote: str, suggestion: date | None, said: date | None) -> None:
        """Ask about a quote of an issue of the day `said`; `suggestion` is offered as a selected text."""
        super().__init__()
        self._quote = quote
        self._suggestion = suggestion
        self._said = said

    def compose(self) -> ComposeResult:
        """Yield the quote, the input, what it means, and the key hints."""
        keys = format_key_hints(self.app, ("due.cancel", "esc", "cancel"), ("due.help", "f1", "help"))
        lines = wrap_title(enclose_quote(self._quote), _QUOTE_WIDTH, _QUOTE_LINES)
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content("When is it due?", "bold"), classes="question")
            yield Static(to_content("\n".join(lines), "$muted"), id="due-quote", markup=False)
            yield CleanInput(
                self._suggestion.isoformat() if self._suggestion else "",
                placeholder="2027-12-31, or end of 2027",
                max_length=_MAX_LENGTH,
                compact=True,
            )
            yield Static(id="due-meaning", markup=False)
            yield Static(to_content(f"enter add   {keys}", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """Show what the suggestion means."""
        self._show_meaning(self.query_one(Input).value, "$muted")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what the typed text means."""
        self._show_meaning(event.value, "$muted")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the date, also without one; a text that is no date stays to be corrected."""
        due = read_due_date(event.value, self._said)
        if due is None:
            self._show_meaning(event.value, "$mark")
        else:
            self.dismiss(due)

    def action_cancel(self) -> None:
        """Close without a date."""
        self.dismiss(None)

    def _show_meaning(self, typed: str, style: str) -> None:
        meaning = self.query_one("#due-meaning", Static)
        meaning.update(ContentBuilder().write(describe_due_date(typed, self._said), style).build())


def read_due_date(typed: str, said: date | None) -> DueDate | None:
    """Return the date that a text means, `DueDate()` for an empty one; None if it means no date.

    `said` is the day of the issue, which words such as "next year" count from.
    """
    text = " ".join(typed.split())
    if not text:
        return DueDate()
    try:
        return DueDate(date.fromisoformat(text))
    except ValueError:
        if _LOOKS_LIKE_DAY.fullmatch(text):
            return None
    # A bare "end of 2027" has no preposition, which the rules for sentences want.
    day = compute_due(text, said) or compute_due(f"by {text}", said) or compute_due(f"by the {text}", said)
    return DueDate(day, text) if day else None


def describe_due_date(typed: str, said: date | None) -> str:
    """Return what a typed date means, for the line below the input."""
    due = read_due_date(typed, said)
    if due is None and said is None and read_due_date(typed, _ANY_DAY):
        return "The issue has no date to count from; try 2027-12-31"
    if due is None:
        return "Not a date; try 2027-12-31 or end of 2027"
    return f"due {format_short_date_with_year(due.day.isoformat())}" if due.day else "no date: it stays open"
