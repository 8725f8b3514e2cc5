"""The help: every key, made from the table of commands, narrowed by what is typed."""

from __future__ import annotations

from itertools import groupby

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from importai_tui.tui.keys import COMMANDS, WITHIN
from importai_tui.tui.literal import Pen, literal

_COLUMN = 13
"""Cells of the keys' column."""


class Help(ModalScreen[None]):
    """A panel over the page. Typing searches, the arrows scroll, escape closes."""

    BINDINGS = [
        Binding("escape,ctrl+c,f1,question_mark", "close", "Close", id="help.close", priority=True),
        Binding("down", "scroll(1)", "Down", id="help.down", priority=True),
        Binding("up", "scroll(-1)", "Up", id="help.up", priority=True),
        Binding("pagedown,ctrl+f,ctrl+d", "scroll(10)", "Page down", id="help.page_down", priority=True),
        Binding("pageup,ctrl+b,ctrl+u", "scroll(-10)", "Page up", id="help.page_up", priority=True),
    ]

    def compose(self) -> ComposeResult:
        """A line to search in, the keys below it."""
        with Vertical(id="help"):
            yield Input(placeholder="search the keys — esc closes", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(draw_help(""), markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what answers to the words."""
        self.query_one(Static).update(draw_help(event.value))

    def action_scroll(self, lines: int) -> None:
        """Scrolls the keys."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_close(self) -> None:
        """Back to reading."""
        self.dismiss()


def draw_help(words: str) -> Content:
    """The keys whose line holds all the words; a group with none is left out."""
    wanted = words.casefold().split()
    pen = Pen()
    for group, members in groupby((*COMMANDS, *WITHIN), key=lambda command: command.group):
        rows = [c for c in members if c.shown and all(w in f"{c.shown} {c.words} {group}".casefold() for w in wanted)]
        if not rows:
            continue
        pen.write("" if pen.empty else "\n").write(f"{group}\n", "$mark")
        for command in rows:
            pen.write(command.shown.ljust(_COLUMN), "bold").write(f"{command.words}\n")
    return literal("No key does that.", "$muted") if pen.empty else pen.content()
