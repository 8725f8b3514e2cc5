"""The line at the bottom in which one types what to do. It does nothing itself: it closes with what was understood.

The line at the bottom in which one types what to find in what is above. It knows nothing of that.
"""

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
    complete_command_line,
    parse_command_line,
)
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput

MAX_LINE_LENGTH = 500
"""Characters of a line: a long search."""
_SIDE_MARGIN = 2
_COMMAND_KEYS = (("command.complete", "tab", "completes"), ("command.cancel", "esc", "leaves"))
_MIN_WIDTH_FOR_KEYS = 60
"""Cells of a window that has room for the keys beside the line."""


class EnteredCommand(NamedTuple):
    """What was typed, to be remembered, and what it means."""

    line: str
    command: ParsedCommand


class CommandBar(Dialog[EnteredCommand | None]):
    """Stays until the line is understood; None if the reader thinks better of it."""

    CSS_PATH = [DIALOG_CSS, "command_line.tcss"]
    BINDINGS = make_screen_bindings("On the line of commands")

    def __init__(self, names: KnownNames, recent_lines: Sequence[str]) -> None:
        """Ask; `known` is what there is to name, `recent` the last lines, newest first."""
        super().__init__()
        self._names = names
        self._history = ("", *recent_lines)
        self._history_index = 0
        self._completions = complete_command_line("", names)
        self._completion_index = -1
        self._error = ""

    def compose(self) -> ComposeResult:
        """What the line may become, or what is wrong with it; beneath it the line, where the footer is."""
        with Vertical(id="command"):
            yield Static(id="command-told", markup=False)
            with Horizontal(id="command-ask"):
                yield Static(to_content(":", "$mark"), id="command-sign")
                yield CleanInput(placeholder="402/3, sync, search …", max_length=MAX_LINE_LENGTH, compact=True)
                yield Static(to_content(format_key_hints(self.app, *_COMMAND_KEYS), "$muted"), id="command-keys")

    def on_resize(self) -> None:
        """As much as there is room for."""
        self.query_one("#command-keys").display = self.app.size.width >= _MIN_WIDTH_FOR_KEYS
        self._update_message()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what it may become."""
        self._completions, self._completion_index, self._error = complete_command_line(event.value, self._names), -1, ""
        self._update_message()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: closes with what is meant. A line that means nothing stays to be corrected; an empty one leaves."""
        line = event.value.strip()
        if not line:
            self.dismiss(None)
            return
        means = parse_command_line(line, self._names)
        if isinstance(means, InvalidCommand):
            self._error = means.message
            self._update_message()
        else:
            self.dismiss(EnteredCommand(line, means))

    def action_complete(self, step: int) -> None:
        """The next of the lines that are offered, round and round."""
        if self._completions:
            first = 0 if step > 0 else len(self._completions) - 1
            self._completion_index = (
                (self._completion_index + step) % len(self._completions) if self._completion_index >= 0 else first
            )
            self._replace_line(self._completions[self._completion_index])
        self._update_message()

    def action_recall(self, step: int) -> None:
        """One of the last lines; what was being typed waits beneath them."""
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
        """Escape."""
        self.dismiss(None)

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpDialog("On the line of commands"))

    def _replace_line(self, line: str) -> None:
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = line
        field.cursor_position = len(line)
        self._error = ""

    def _update_message(self) -> None:
        told = self.query_one("#command-told", Static)
        width = self.app.size.width - 2 * _SIDE_MARGIN
        told.update(
            to_content(self._error, "$mark")
            if self._error
            else draw_line_completions(self._completions, self._completion_index, width)
        )
        told.display = bool(self._error or self._completions)


def draw_line_completions(completions: Sequence[str], selected: int, width: int) -> Content:
    """As many of the lines as have room, from the taken one on where it would not be seen; that one stands out."""
    first = 0
    while selected > first and sum(cell_len(line) + 3 for line in completions[first : selected + 1]) > width:
        first += 1
    pen, left = ContentBuilder(), width
    for at, line in enumerate(completions[first:], first):
        needed = cell_len(line) + (0 if pen.is_empty else 3)
        if needed > left and not pen.is_empty:
            break
        pen.write("" if pen.is_empty else "   ").write(truncate(line, left), "bold" if at == selected else "$muted")
        left -= needed
    return pen.build()


class FindBar(Dialog[str | None]):
    """Closes with what was typed; None if the reader thinks better of it."""

    CSS_PATH = [DIALOG_CSS, "find_line.tcss"]
    BINDINGS = make_screen_bindings("Finding and narrowing")

    def __init__(
        self,
        find: Callable[[str], str],
        step: Callable[[int], str],
        last_text: str,
        *,
        sign: str = "/",
        placeholder: str = "find in this story",
    ) -> None:
        """Ask.

        Args:
            find: shows what there is of what is typed, and says how much.
            step: goes that many matches on, and says which one it is.
            last: what was found before; enter alone stands for it.
            sign: the key that asks, before the line.
            asks: what the line is for.
        """
        super().__init__()
        self._find = find
        self._step = step
        self._sign = sign
        self._placeholder = last_text or placeholder
        self._count_text = ""

    def compose(self) -> ComposeResult:
        """The line where the footer is."""
        with Horizontal(id="find"):
            yield Static(to_content(self._sign, "$mark"), id="find-sign")
            yield CleanInput(placeholder=self._placeholder, compact=True)
            yield Static(id="find-count")

    def on_resize(self) -> None:
        """The keys, where there is room."""
        self._update_count(self._count_text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what there is of it."""
        self._update_count(self._find(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)

    def action_step(self, step: int) -> None:
        """Another match."""
        self._update_count(self._step(step))

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _update_count(self, count_text: str) -> None:
        self._count_text = count_text
        pen = ContentBuilder().write(count_text)
        if self.app.size.width >= _MIN_WIDTH_FOR_KEYS:
            pen.write("   enter keep   ↑ ↓ walk   esc leave", "$muted")
        self.query_one("#find-count", Static).update(pen.build())
