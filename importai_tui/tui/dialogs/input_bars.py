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
from importai_tui.tui.dialogs.dialog import LOOK, Dialog
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput

LONGEST = 500
"""Characters of a line: a long search."""
_MARGIN = 2
_KEYS = (("command.complete", "tab", "completes"), ("command.cancel", "esc", "leaves"))
_ROOMY = 60
"""Cells of a window that has room for the keys beside the line."""


class Typed(NamedTuple):
    """What was typed, to be remembered, and what it means."""

    line: str
    means: ParsedCommand


class CommandLine(Dialog[Typed | None]):
    """Stays until the line is understood; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "command_line.tcss"]
    BINDINGS = make_screen_bindings("On the line of commands")

    def __init__(self, known: KnownNames, recent: Sequence[str]) -> None:
        """Ask; `known` is what there is to name, `recent` the last lines, newest first."""
        super().__init__()
        self._known = known
        self._lines = ("", *recent)
        self._at = 0
        self._offered = complete_command_line("", known)
        self._taken = -1
        self._wrong = ""

    def compose(self) -> ComposeResult:
        """What the line may become, or what is wrong with it; beneath it the line, where the footer is."""
        with Vertical(id="command"):
            yield Static(id="command-told", markup=False)
            with Horizontal(id="command-ask"):
                yield Static(to_content(":", "$mark"), id="command-sign")
                yield CleanInput(placeholder="402/3, sync, search …", max_length=LONGEST, compact=True)
                yield Static(to_content(format_key_hints(self.app, *_KEYS), "$muted"), id="command-keys")

    def on_resize(self) -> None:
        """As much as there is room for."""
        self.query_one("#command-keys").display = self.app.size.width >= _ROOMY
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what it may become."""
        self._offered, self._taken, self._wrong = complete_command_line(event.value, self._known), -1, ""
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: closes with what is meant. A line that means nothing stays to be corrected; an empty one leaves."""
        line = event.value.strip()
        if not line:
            self.dismiss(None)
            return
        means = parse_command_line(line, self._known)
        if isinstance(means, InvalidCommand):
            self._wrong = means.message
            self._tell()
        else:
            self.dismiss(Typed(line, means))

    def action_complete(self, step: int) -> None:
        """The next of the lines that are offered, round and round."""
        if self._offered:
            first = 0 if step > 0 else len(self._offered) - 1
            self._taken = (self._taken + step) % len(self._offered) if self._taken >= 0 else first
            self._write(self._offered[self._taken])
        self._tell()

    def action_recall(self, step: int) -> None:
        """One of the last lines; what was being typed waits beneath them."""
        if self._at == 0:
            self._lines = (self.query_one(Input).value, *self._lines[1:])
        if 0 <= self._at + step < len(self._lines):
            self._at += step
            self._write(self._lines[self._at])
            self._offered, self._taken = complete_command_line(self._lines[self._at], self._known), -1
        self._tell()

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(Help("On the line of commands"))

    def _write(self, line: str) -> None:
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = line
        field.cursor_position = len(line)
        self._wrong = ""

    def _tell(self) -> None:
        told = self.query_one("#command-told", Static)
        width = self.app.size.width - 2 * _MARGIN
        told.update(
            to_content(self._wrong, "$mark") if self._wrong else draw_offered(self._offered, self._taken, width)
        )
        told.display = bool(self._wrong or self._offered)


def draw_offered(lines: Sequence[str], taken: int, width: int) -> Content:
    """As many of the lines as have room, from the taken one on where it would not be seen; that one stands out."""
    first = 0
    while taken > first and sum(cell_len(line) + 3 for line in lines[first : taken + 1]) > width:
        first += 1
    pen, left = ContentBuilder(), width
    for at, line in enumerate(lines[first:], first):
        needed = cell_len(line) + (0 if pen.is_empty else 3)
        if needed > left and not pen.is_empty:
            break
        pen.write("" if pen.is_empty else "   ").write(truncate(line, left), "bold" if at == taken else "$muted")
        left -= needed
    return pen.build()


class FindLine(Dialog[str | None]):
    """Closes with what was typed; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "find_line.tcss"]
    BINDINGS = make_screen_bindings("Finding and narrowing")

    def __init__(
        self,
        find: Callable[[str], str],
        step: Callable[[int], str],
        last: str,
        *,
        sign: str = "/",
        asks: str = "find in this story",
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
        self._asks = last or asks
        self._count = ""

    def compose(self) -> ComposeResult:
        """The line where the footer is."""
        with Horizontal(id="find"):
            yield Static(to_content(self._sign, "$mark"), id="find-sign")
            yield CleanInput(placeholder=self._asks, compact=True)
            yield Static(id="find-count")

    def on_resize(self) -> None:
        """The keys, where there is room."""
        self._tell(self._count)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what there is of it."""
        self._tell(self._find(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)

    def action_step(self, step: int) -> None:
        """Another match."""
        self._tell(self._step(step))

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _tell(self, count: str) -> None:
        self._count = count
        pen = ContentBuilder().write(count)
        if self.app.size.width >= _ROOMY:
            pen.write("   enter keep   ↑ ↓ walk   esc leave", "$muted")
        self.query_one("#find-count", Static).update(pen.build())
