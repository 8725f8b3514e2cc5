"""Input bars at the bottom of the screen: one for a command, one for text to find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from importai_tui.keymap.command_line import (
    InvalidCommand,
    KnownNames,
    ParsedCommand,
    RunSearch,
    complete_command_line,
    parse_command_line,
)
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput

MAX_LINE_LENGTH = 500
"""Characters of a command. A long search needs most of them."""
_SIDE_MARGIN = 2
_COMMAND_KEYS = (
    ("command.complete", "tab", "complete"),
    ("command.cancel", "esc", "cancel"),
    ("command.help", "f1", "help"),
)
_MAX_OFFERED = 40
"""Characters of the typed text that an offer repeats."""
_MIN_WIDTH_FOR_KEYS = 60
"""Cells of a window from which on the key hints fit beside the input."""
_MIN_WIDTH_FOR_ALL_KEYS = 90
"""Cells of a window from which on all hints of the find bar fit beside the input."""


class EnteredCommand(NamedTuple):
    """A typed line, for the history, and the command that it stands for."""

    line: str
    command: ParsedCommand


class CommandBar(Dialog[EnteredCommand | None]):
    """Asks for a command. It closes with the parsed command, or with None if the user cancels.

    An invalid line stays in the input with an error message, so that the user can correct it.
    """

    CSS_PATH = [DIALOG_CSS, "input_bars.tcss"]
    KEYMAP_SECTION = "Command line"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, names: KnownNames, recent_lines: Sequence[str]) -> None:
        """Complete lines with `names`. `recent_lines` is the history, newest first."""
        super().__init__()
        self._names = names
        self._history = ("", *recent_lines)
        self._history_index = 0
        self._completions = complete_command_line("", names)
        self._completion_index = -1
        self._offer: RunSearch | None = None
        """The search that Enter starts, because the line is no command."""
        self._error = ""

    def compose(self) -> ComposeResult:
        """Yield the completions or the error, and the input in place of the footer."""
        with Vertical(id="command"):
            yield Static(id="command-told", markup=False)
            with Horizontal(id="command-ask"):
                yield Static(to_content(":", "$mark"), id="command-sign")
                yield CleanInput(
                    placeholder="402/3, search robots, tag later, sync", max_length=MAX_LINE_LENGTH, compact=True
                )
                yield Static(to_content(format_key_hints(self.app, *_COMMAND_KEYS), "$muted"), id="command-keys")

    def on_resize(self) -> None:
        """Show the key hints if they fit."""
        self.query_one("#command-keys").display = self.app.size.width >= _MIN_WIDTH_FOR_KEYS
        self._update_message()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the completions of the typed text, or offer a search for it. A colon after an error starts afresh."""
        if self._error and event.value.endswith(":"):
            self.query_one(Input).value = ""
            return
        self._completions, self._completion_index, self._error = complete_command_line(event.value, self._names), -1, ""
        self._offer = None if self._completions else self._find_offer(event.value)
        self._update_message()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the parsed command. Show an error for an invalid line. Cancel if the line is empty."""
        line = event.value.strip()
        if not line:
            self.dismiss(None)
            return
        command: ParsedCommand = parse_command_line(line, self._names)
        if isinstance(command, InvalidCommand) and command.offer and self._error == command.message:
            command = command.offer
        if isinstance(command, InvalidCommand):
            self._error = command.message
            self._update_message()
        else:
            self.dismiss(EnteredCommand(line, command))

    def action_complete(self, step: int) -> None:
        """Put the next completion into the input. After the last comes the first."""
        if self._completions:
            first = 0 if step > 0 else len(self._completions) - 1
            next_index = (self._completion_index + step) % len(self._completions)
            self._completion_index = next_index if self._completion_index >= 0 else first
            self._replace_line(self._completions[self._completion_index])
        self._update_message()

    def action_recall(self, step: int) -> None:
        """Put an older or newer line of the history into the input. The typed text is the newest."""
        if self._history_index == 0:
            self._history = (self.query_one(Input).value, *self._history[1:])
        if 0 <= self._history_index + step < len(self._history):
            self._history_index += step
            self._replace_line(self._history[self._history_index])
            self._completions, self._completion_index = (
                complete_command_line(self._history[self._history_index], self._names),
                -1,
            )
        self._update_message()

    def action_cancel(self) -> None:
        """Close without a command."""
        self.dismiss(None)

    def _replace_line(self, line: str) -> None:
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = line
        field.cursor_position = len(line)
        self._error, self._offer = "", None

    def _find_offer(self, line: str) -> RunSearch | None:
        command = parse_command_line(line, self._names) if line.strip() else None
        return command if isinstance(command, RunSearch) and command.is_offer else None

    def _update_message(self) -> None:
        message = self.query_one("#command-told", Static)
        width = self.app.size.width - 2 * _SIDE_MARGIN
        if self._error:
            message.update(to_content(self._error, "$mark"))
        elif self._offer:
            message.update(draw_offer(self._offer.line))
        else:
            message.update(draw_line_completions(self._completions, self._completion_index, width))
        message.display = bool(self._error or self._offer or self._completions)


def draw_offer(line: str) -> Content:
    """Draw the offer to search for a line."""
    words = truncate(line, _MAX_OFFERED)
    return ContentBuilder().write(f"Search for “{words}”?", "$muted").write("  enter", "bold $muted").build()


def draw_line_completions(completions: Sequence[str], selected: int, width: int) -> Content:
    """Draw as many completions as fit, so that the selected one is visible and bold."""
    first = 0
    while selected > first and sum(cell_len(line) + 3 for line in completions[first : selected + 1]) > width:
        first += 1
    builder, remaining_width = ContentBuilder(), width
    for index, line in enumerate(completions[first:], first):
        line_width = cell_len(line) + (0 if builder.is_empty else 3)
        if line_width > remaining_width and not builder.is_empty:
            break
        style = "bold" if index == selected else "$muted"
        builder.write("" if builder.is_empty else "   ").write(truncate(line, remaining_width), style)
        remaining_width -= line_width
    return builder.build()


class FindBar(Dialog[str | None]):
    """Asks for text to find. It closes with the text, or with None if the user cancels."""

    CSS_PATH = [DIALOG_CSS, "input_bars.tcss"]
    KEYMAP_SECTION = "Find and filter"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(
        self,
        find: Callable[[str], str],
        step: Callable[[int], str],
        last_text: str,
        *,
        sign: str = "/",
        placeholder: str = "Find in this story",
    ) -> None:
        """Ask for text.

        Args:
            find: shows the matches of a text, and returns their count for the user.
            step: moves by some matches, and returns the position for the user.
            last_text: the text of the last search; Enter in an empty input repeats it.
            sign: the key that opened the bar, shown before the input.
            placeholder: the text in the empty input if there was no search before.
        """
        super().__init__()
        self._find = find
        self._step = step
        self._sign = sign
        self._placeholder = last_text or placeholder
        self._count_text = ""

    def compose(self) -> ComposeResult:
        """Yield the input in place of the footer."""
        with Horizontal(id="find"):
            yield Static(to_content(self._sign, "$mark"), id="find-sign")
            yield CleanInput(placeholder=self._placeholder, compact=True)
            yield Static(id="find-count")

    def on_resize(self) -> None:
        """Show the key hints if they fit."""
        self._update_count(self._count_text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the matches of the typed text."""
        self._update_count(self._find(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the typed text."""
        self.dismiss(event.value)

    def action_step(self, step: int) -> None:
        """Move to another match."""
        self._update_count(self._step(step))

    def action_cancel(self) -> None:
        """Close without a text."""
        self.dismiss(None)

    def _update_count(self, count_text: str) -> None:
        self._count_text = count_text
        builder = ContentBuilder().write(count_text)
        if self.app.size.width >= _MIN_WIDTH_FOR_KEYS:
            keys = format_key_hints(self.app, ("find.cancel", "esc", "cancel"), ("bar.help", "f1", "help"))
            moves = "enter done   ↑ ↓ next/previous   " if self.app.size.width >= _MIN_WIDTH_FOR_ALL_KEYS else ""
            builder.write(f"   {moves}{keys}", "$muted")
        self.query_one("#find-count", Static).update(builder.build())
