"""The help, which lists and searches the keys and the help topics, and the pages of the manual."""

from __future__ import annotations

import re
from abc import abstractmethod
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
from importai_tui.library.rows import matches_filter
from importai_tui.manual.topics import PAGE_WIDTH, TOPICS, Topic, format_topic, load_summary, load_topic
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.services import get_copy
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.widgets.row_list import RowList


@runtime_checkable
class HasKeymap(Protocol):
    """An app whose keys come from a preset or from the user's settings."""

    commands: tuple[Command, ...]
    """The commands of the reading screen with their effective keys."""
    screen_commands: tuple[Command, ...]
    """The commands of the other screens with their effective keys."""


def get_commands(app: object) -> tuple[Command, ...]:
    """Return the commands of the reading screen with the app's keys, or with the default keys."""
    return app.commands if isinstance(app, HasKeymap) else COMMANDS


def get_screen_commands(app: object) -> tuple[Command, ...]:
    """Return the commands of the other screens with the app's keys, or with the default keys."""
    return app.screen_commands if isinstance(app, HasKeymap) else SCREEN_COMMANDS


_KEYS_WIDTH, _NARROW_KEYS_WIDTH = 14, 10
"""Cells of the column of keys, in a wide and in a narrow window. Longer keys take a line of their own."""
_NARROW_WIDTH = 50
"""Cells below which the column of keys is narrow, because the descriptions need the space."""
_PLACEHOLDER = "Filter shortcuts and topics…"
_NO_MATCH_TEXT = "No matching shortcut or topic."
_TOPICS_HEADING = "Topics to read"


class HelpRow(NamedTuple):
    """One line of the help. `command` is None in a heading and in a blank line."""

    keys: str
    text: str
    command: Command | None = None
    heading_level: int = 0
    """1 for the first heading, 2 for the others, 0 for no heading."""
    is_continuation: bool = False
    """True if the line continues the description of the line above."""


def make_help_rows(sections: Iterable[Section], filter_text: str, width: int) -> list[HelpRow]:
    """Return the lines that contain all words of `filter_text`, in `width` cells, without empty sections."""
    rows: list[HelpRow] = []
    for heading, commands in sections:
        matches = [
            command
            for command in commands
            if matches_filter((command.key_label, command.description, heading, command.id), filter_text)
        ]
        if matches:
            rows += [HelpRow("", "")] if rows else []
            rows.append(HelpRow("", heading, heading_level=2 if rows else 1))
            rows += [row for command in matches for row in _make_command_rows(command, width)]
    return rows or [HelpRow("", _NO_MATCH_TEXT)]


def make_topic_section() -> Section:
    """Return the help topics as a section of the help: names in place of keys, and summaries."""
    rows = ((name, load_summary(name)) for name in TOPICS)
    return Section(
        _TOPICS_HEADING, tuple(Command(f"help {name}", "", name, "", text, _TOPICS_HEADING) for name, text in rows)
    )


def _make_command_rows(command: Command, width: int) -> list[HelpRow]:
    keys_width = _get_keys_width(width)
    lines = wrap(command.description, max(10, width - keys_width)) or [""]
    if cell_len(command.key_label) >= keys_width:
        lines.insert(0, "")
    first, *more = lines
    return [
        HelpRow(command.key_label, first, command),
        *(HelpRow("", line, command, is_continuation=True) for line in more),
    ]


def draw_help_row(row: HelpRow, width: int) -> Content:
    """Draw one line of the help."""
    if row.command is None:
        return to_content(truncate(row.text, width), ("", "$mark", "$muted")[row.heading_level])
    keys = truncate(row.keys, width)
    gap = " " * (_get_keys_width(width) - cell_len(keys))
    return ContentBuilder().write(keys, "bold").write(gap).write(row.text).build()


def _get_keys_width(width: int) -> int:
    return _KEYS_WIDTH if width >= _NARROW_WIDTH else _NARROW_KEYS_WIDTH


class HelpList(RowList, can_focus=False):
    """The lines of the help, with a cursor that stops at commands."""

    class Chosen(Message):
        """The user clicked a line."""

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__(id="help-rows")
        self._sections = sections
        self._filter_text = ""
        self._rows: list[HelpRow] = []

    @property
    def row_count(self) -> int:
        """The number of lines."""
        return len(self._rows)

    @property
    def selected_command(self) -> Command | None:
        """The command under the cursor."""
        return self._rows[self.cursor].command if self.cursor < len(self._rows) else None

    def set_filter(self, filter_text: str) -> None:
        """Show only the lines that contain the words, with the cursor on the first command."""
        self._filter_text = filter_text
        self._update_rows()

    def is_selectable(self, row: int) -> bool:
        """Return True for the first line of a command."""
        return (
            super().is_selectable(row) and self._rows[row].command is not None and not self._rows[row].is_continuation
        )

    def move(self, rows: int) -> None:
        """Move the cursor. At the first command, show the heading above it too."""
        super().move(rows)
        if self.cursor <= 1:
            self.scroll_to(y=0, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw one line."""
        return [draw_help_row(self._rows[row], min(width, self._row_width))]

    @property
    def _row_width(self) -> int:
        """Cells of a line, without the scroll bar, so that a scroll bar that appears changes no line."""
        return self.size.width - 1

    def row_style(self, row: int) -> str:
        """Highlight all lines of the selected command, even without focus: the input above moves the cursor."""
        selected = self.selected_command
        return "on $cursor" if selected and self._rows[row].command is selected else ""

    def handle_choice(self) -> None:
        """Report a click."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Wrap the lines again. Textual calls this before the handler of the base class."""
        selected = self.selected_command
        self._update_rows()
        self.move_cursor_to(next((n for n, row in enumerate(self._rows) if selected and row.command is selected), 1))

    def _update_rows(self) -> None:
        self._rows = make_help_rows(self._sections, self._filter_text, self._row_width)
        self.cursor = 1
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()


_MANUAL_KEYS = (("manual.page_down", "space", "page"), ("manual.close", "esc", "back"))
_PAN_KEY = ("manual.right", "l", "right")
_COPY_PAGE_KEY = ("manual.copy", "y", "copy")
_MIN_WIDTH_FOR_HINTS = 60
"""Cells of a window from which on the less important keys are named."""
_LOW_HEIGHT = 20
"""Lines of a window in which a page of the manual takes the full height."""
_FRAME_WIDTH = 6
"""Cells of the frame and the scroll bar around the text."""
_STYLED_PARTS = re.compile(r"`([^`]+)`|^([A-Z][^a-z\n]+)$", re.MULTILINE)
"""Inline code, and a heading."""


def draw_topic(topic: Topic, width: int) -> Content:
    """Return the page with headings and inline code in styles instead of ticks."""
    text = format_topic(topic, width).rstrip("\n")
    builder = ContentBuilder().write(topic.name, "bold")
    start = len(topic.name)
    for match in _STYLED_PARTS.finditer(text):
        code, heading = match.groups()
        builder.write(text[start : match.start()]).write(code or heading, "$accent" if code else "bold")
        start = match.end()
    return builder.write(text[start:]).build()


class TextPage(Dialog[None]):
    """A page of text. It scrolls like a story, and sideways where a line is wider than the window."""

    CSS_PATH = [DIALOG_CSS, DIALOG_CSS.with_name("help.tcss")]
    BINDINGS = make_screen_bindings("Manual page")

    @abstractmethod
    def draw_text(self, width: int) -> Content:
        """Return the text, wrapped to the width as far as that is possible."""

    @abstractmethod
    def action_copy_page(self) -> None:
        """Copy the whole page as text."""

    def compose(self) -> ComposeResult:
        """Yield the text and the key hints."""
        with Vertical(id="manual"):
            with VerticalScroll(can_focus=False):
                yield Static(id="manual-text", markup=False)
            yield Static(id="manual-keys", markup=False)

    def on_resize(self) -> None:
        """Wrap the text to the new width; name the key that scrolls sideways if a line is wider."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        width = max(1, self.app.size.width - _FRAME_WIDTH)
        text = self.draw_text(width)
        self.query_one("#manual-text", Static).update(text)
        is_wide = any(cell_len(line) > width for line in text.plain.split("\n"))
        has_room = self.app.size.width >= _MIN_WIDTH_FOR_HINTS
        keys = (*_MANUAL_KEYS, *([_PAN_KEY] if is_wide else []), *([_COPY_PAGE_KEY] if has_room else []))
        self.query_one("#manual-keys", Static).update(to_content(format_key_hints(self.app, *keys), "$muted"))

    @property
    def _scroll_area(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_scroll(self, lines: int) -> None:
        """Scroll by some lines."""
        self._scroll_area.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by some pages. Two lines of the old page stay visible."""
        self._scroll_area.scroll_relative(y=pages * max(1, self._scroll_area.size.height - 2), animate=False)

    def action_pan(self, columns: int) -> None:
        """Scroll sideways."""
        self._scroll_area.scroll_relative(x=columns, animate=False)

    def action_edge(self, last: bool) -> None:
        """Scroll to the first or the last line."""
        self._scroll_area.scroll_end(animate=False) if last else self._scroll_area.scroll_home(animate=False)

    def action_close(self) -> None:
        """Close the page."""
        self.dismiss()


class ManualPage(TextPage):
    """A help topic."""

    def __init__(self, topic_name: str) -> None:
        """Show the topic with this name."""
        super().__init__()
        self._topic = load_topic(topic_name)

    def draw_text(self, width: int) -> Content:
        """Draw the topic."""
        return draw_topic(self._topic, width)

    def action_copy_page(self) -> None:
        """Copy the whole topic as text."""
        get_copy(self.app)(format_topic(self._topic, PAGE_WIDTH), "the page", self._topic.name)


class HelpDialog(Dialog[None]):
    """The help. Typing filters keys and topics, the arrows move the cursor, Enter runs a command or opens a topic."""

    CSS_PATH = [DIALOG_CSS, "help.tcss"]
    BINDINGS = make_screen_bindings("Help")

    def __init__(self, section: str = "", filter_text: str = "") -> None:
        """Show the keys.

        Args:
            section: the section of `SCREEN_COMMANDS` to show first. Over the reading screen, its pane is the default.
            filter_text: the words to filter by at first.
        """
        super().__init__()
        self._section = section
        self._filter_text = filter_text

    def compose(self) -> ComposeResult:
        """Yield the input, the list of keys, and the key hints."""
        section = self._reading_screen.pane.value if self._reading_screen and not self._section else self._section
        with Vertical(id="help"):
            yield CleanInput(self._filter_text, placeholder=_PLACEHOLDER, compact=True, select_on_focus=False)
            sections = help_sections(section, get_commands(self.app), get_screen_commands(self.app))
            yield HelpList((*sections, make_topic_section()))
            yield Static(id="help-keys", markup=False)

    def on_mount(self) -> None:
        """Apply the first filter."""
        self.query_one(HelpList).set_filter(self._filter_text)

    def on_resize(self) -> None:
        """Drop the margins in a low window."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        self.call_after_refresh(self._update_hints)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the keys by the typed words."""
        self.query_one(HelpList).set_filter(event.value)
        self._update_hints()

    def on_input_submitted(self) -> None:
        """Open the selected topic, or run the selected command if the reading screen is right beneath."""
        command = self.query_one(HelpList).selected_command
        if command and command.group == _TOPICS_HEADING:
            self.app.push_screen(ManualPage(command.key_label))
        elif self._reading_screen and command and command.action:
            reading_screen = self._reading_screen
            self.dismiss()
            self.app.call_later(reading_screen.run_action, f"screen.{command.action}")

    def on_help_list_chosen(self) -> None:
        """Treat a click as Enter."""
        self.on_input_submitted()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some commands."""
        self.query_one(HelpList).move(rows)
        self._update_hints()

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self.query_one(HelpList).page(share)
        self._update_hints()

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss()

    @property
    def _reading_screen(self) -> ReadingScreen | None:
        """The reading screen, if it is right beneath, so that its commands can run from here."""
        index = self.app.screen_stack.index(self) if self in self.app.screen_stack else 0
        screen = self.app.screen_stack[index - 1]
        return screen if index and isinstance(screen, ReadingScreen) else None

    def _update_hints(self) -> None:
        selected = self.query_one(HelpList).selected_command
        is_topic = bool(selected and selected.group == _TOPICS_HEADING)
        run_hint = "enter run   " if self._reading_screen and selected and selected.action else ""
        run_hint = "enter read   " if is_topic else run_hint
        close_hint = format_key_hints(self.app, ("help.close", "esc", "close"))
        move_hint = "↑ ↓ select   " if self.app.size.width >= _MIN_WIDTH_FOR_HINTS else ""
        self.query_one("#help-keys", Static).update(to_content(f"{run_hint}{move_hint}{close_hint}", "$muted"))
