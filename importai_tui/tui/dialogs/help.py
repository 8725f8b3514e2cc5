"""The lines of the help: keys and what they do, under their headings, as wide as there is room. It knows no screen.

The help: the keys of where one is, then all others, from the table of commands; narrowed by what is typed.

A page of the manual over the reader. It scrolls like the story, and escape closes it.

The commands with the keys that hold, for what offers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple, Protocol, runtime_checkable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.keymap.commands import COMMANDS, Command
from importai_tui.keymap.screens import SCREEN_COMMANDS, Section, help_sections
from importai_tui.manual.topics import format_topic, load_topic
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.widgets.row_list import RowList


@runtime_checkable
class HasKeymap(Protocol):
    """An app that has been given keys of a preset's, or of a person's own."""

    commands: tuple[Command, ...]
    """The table with the keys that hold."""
    screen_commands: tuple[Command, ...]
    """The same of the other screens."""


def get_commands(app: object) -> tuple[Command, ...]:
    """The table as this app has it; the table's own keys where it has been told of none."""
    return app.commands if isinstance(app, HasKeymap) else COMMANDS


def get_screen_commands(app: object) -> tuple[Command, ...]:
    """The same of the other screens."""
    return app.screen_commands if isinstance(app, HasKeymap) else SCREEN_COMMANDS


_KEYS_WIDTH, _NARROW_KEYS_WIDTH = 13, 9
"""Cells of the keys' column; longer keys have a line of their own."""
_NARROW_WIDTH = 50
"""Cells below which the words need every one."""
_NO_MATCH_TEXT = "No key does that."


class HelpRow(NamedTuple):
    """One line. `command` is what it tells of; none for a heading, or a blank. `heading` is 1 for the first, else 2."""

    keys: str
    text: str
    command: Command | None = None
    heading_level: int = 0
    is_continuation: bool = False
    """Whether it only goes on with what the line above tells."""


def make_help_rows(sections: Iterable[Section], filter_text: str, width: int) -> list[HelpRow]:
    """The lines that hold all the words, in `width` cells; a heading with none under it is left out."""
    wanted = filter_text.casefold().split()
    rows: list[HelpRow] = []
    for heading, commands in sections:
        found = [
            c
            for c in commands
            if all(w in f"{c.key_label} {c.description} {heading} {c.id}".casefold() for w in wanted)
        ]
        if found:
            rows += [HelpRow("", "")] if rows else []
            rows.append(HelpRow("", heading, heading_level=2 if rows else 1))
            rows += [row for command in found for row in _make_command_rows(command, width)]
    return rows or [HelpRow("", _NO_MATCH_TEXT)]


def _make_command_rows(command: Command, width: int) -> list[HelpRow]:
    column = _get_keys_width(width)
    lines = wrap(command.description, max(10, width - column)) or [""]
    if cell_len(command.key_label) >= column:
        lines.insert(0, "")
    first, *more = lines
    return [
        HelpRow(command.key_label, first, command),
        *(HelpRow("", line, command, is_continuation=True) for line in more),
    ]


def draw_help_row(row: HelpRow, width: int) -> Content:
    """One line."""
    if row.command is None:
        return to_content(truncate(row.text, width), ("", "$mark", "$muted")[row.heading_level])
    keys = truncate(row.keys, width)
    gap = " " * (_get_keys_width(width) - cell_len(keys))
    return ContentBuilder().write(keys, "bold").write(gap).write(row.text).build()


def _get_keys_width(width: int) -> int:
    return _KEYS_WIDTH if width >= _NARROW_WIDTH else _NARROW_KEYS_WIDTH


class HelpList(RowList, can_focus=False):
    """The lines, with a cursor on one that tells of a key."""

    class Chosen(Message):
        """A click on a line."""

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__(id="help-rows")
        self._sections = sections
        self._filter_text = ""
        self._rows: list[HelpRow] = []

    @property
    def row_count(self) -> int:
        """All lines."""
        return len(self._rows)

    @property
    def selected_command(self) -> Command | None:
        """What the line under the cursor tells of."""
        return self._rows[self.cursor].command if self.cursor < len(self._rows) else None

    def set_filter(self, filter_text: str) -> None:
        """Shows only what holds the words, the cursor on the first line."""
        self._filter_text = filter_text
        self._update_rows()

    def is_selectable(self, row: int) -> bool:
        """Where a key is told, on the first of its lines."""
        return (
            super().is_selectable(row) and self._rows[row].command is not None and not self._rows[row].is_continuation
        )

    def move(self, rows: int) -> None:
        """At the first line the heading above it comes into view too."""
        super().move(rows)
        if self.cursor <= 1:
            self.scroll_to(y=0, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        return [draw_help_row(self._rows[row], min(width, self._row_width))]

    @property
    def _row_width(self) -> int:
        """Cells of a line beside a scroll bar, be there one or not."""
        return self.size.width - 1

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above. All lines of one key are lit."""
        pointed = self.selected_command
        return "on $cursor" if pointed and self._rows[row].command is pointed else ""

    def handle_choice(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Lays the lines out anew. Textual calls this before the list's own."""
        pointed = self.selected_command
        self._update_rows()
        self.move_cursor_to(next((n for n, row in enumerate(self._rows) if pointed and row.command is pointed), 1))

    def _update_rows(self) -> None:
        self._rows = make_help_rows(self._sections, self._filter_text, self._row_width)
        self.cursor = 1
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()


_MANUAL_KEYS = (("manual.page_down", "space", "page"), ("manual.close", "esc", "back"))
_LOW_HEIGHT = 20
"""Lines of a window in which the page takes all of them."""
_FRAME_WIDTH = 6
"""Cells around the words: the frame's, and the scroll bar's."""


class ManualPage(Dialog[None]):
    """One topic."""

    CSS_PATH = [DIALOG_CSS, "manual_page.tcss"]
    BINDINGS = make_screen_bindings("On a page of the manual")

    def __init__(self, topic_name: str) -> None:
        """Show the topic of that name."""
        super().__init__()
        self._topic = load_topic(topic_name)

    def compose(self) -> ComposeResult:
        """The page, and the key that closes it."""
        with Vertical(id="manual"):
            with VerticalScroll(can_focus=False):
                yield Static(id="manual-text", markup=False)
            yield Static(
                to_content(format_key_hints(self.app, *_MANUAL_KEYS), "$muted"), id="manual-keys", markup=False
            )

    def on_resize(self) -> None:
        """As wide as there is room for."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        text = format_topic(self._topic, max(1, self.app.size.width - _FRAME_WIDTH))
        self.query_one("#manual-text", Static).update(to_content(text.rstrip("\n")))

    @property
    def _scroll_area(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_scroll(self, lines: int) -> None:
        """Another line."""
        self._scroll_area.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Another page, with two lines of the last one."""
        self._scroll_area.scroll_relative(y=pages * max(1, self._scroll_area.size.height - 2), animate=False)

    def action_edge(self, last: bool) -> None:
        """The beginning or the end."""
        self._scroll_area.scroll_end(animate=False) if last else self._scroll_area.scroll_home(animate=False)

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss()


_MIN_WIDTH_FOR_ARROWS = 60
"""Cells of a window that has room to name the arrows."""


class HelpDialog(Dialog[None]):
    """A panel over the page. Typing searches, the arrows move, enter does what the line says, escape closes."""

    CSS_PATH = [DIALOG_CSS, "help.tcss"]
    BINDINGS = make_screen_bindings("In the help")

    def __init__(self, section: str = "", filter_text: str = "") -> None:
        """Tell the keys.

        Args:
            here: where one is, as a group of `SCREEN_COMMANDS`; on the page the pane is known.
            words: what is looked for at first.
        """
        super().__init__()
        self._section = section
        self._filter_text = filter_text

    def compose(self) -> ComposeResult:
        """A line to search in, the keys below it, and what enter does."""
        here = self._reading_screen.pane.value if self._reading_screen and not self._section else self._section
        with Vertical(id="help"):
            yield CleanInput(self._filter_text, placeholder="search the keys", compact=True, select_on_focus=False)
            yield HelpList(help_sections(here, get_commands(self.app), get_screen_commands(self.app)))
            yield Static(id="help-keys", markup=False)

    def on_mount(self) -> None:
        """Shows what is looked for at first."""
        self.query_one(HelpList).set_filter(self._filter_text)

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        self.call_after_refresh(self._update_hints)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what answers to the words."""
        self.query_one(HelpList).set_filter(event.value)
        self._update_hints()

    def on_input_submitted(self) -> None:
        """Enter: does what the line says, where that can be done from here."""
        command = self.query_one(HelpList).selected_command
        if self._reading_screen and command and command.action:
            page = self._reading_screen
            self.dismiss()
            self.app.call_later(page.run_action, f"screen.{command.action}")

    def on_help_list_chosen(self) -> None:
        """A click is enter."""
        self.on_input_submitted()

    def action_move(self, rows: int) -> None:
        """Another line."""
        self.query_one(HelpList).move(rows)
        self._update_hints()

    def action_page(self, share: float) -> None:
        """A page of lines."""
        self.query_one(HelpList).page(share)
        self._update_hints()

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss()

    @property
    def _reading_screen(self) -> ReadingScreen | None:
        """The page right beneath, whose commands can be run from here."""
        at = self.app.screen_stack.index(self) if self in self.app.screen_stack else 0
        beneath = self.app.screen_stack[at - 1]
        return beneath if at and isinstance(beneath, ReadingScreen) else None

    def _update_hints(self) -> None:
        pointed = self.query_one(HelpList).selected_command
        does = "enter does it   " if self._reading_screen and pointed and pointed.action else ""
        closes = format_key_hints(self.app, ("help.close", "esc", "closes"))
        moves = "↑ ↓ choose   " if self.app.size.width >= _MIN_WIDTH_FOR_ARROWS else ""
        self.query_one("#help-keys", Static).update(to_content(f"{does}{moves}{closes}", "$muted"))
