"""The lines of the help: keys and what they do, under their headings, as wide as there is room. It knows no screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.keymap import Command
from importai_tui.keymap.help_sections import Section
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.look.literal import Pen, cut, literal

_COLUMN, _NARROW_COLUMN = 13, 9
"""Cells of the keys' column; longer keys have a line of their own."""
_NARROW = 50
"""Cells below which the words need every one."""
_NOTHING = "No key does that."


class HelpRow(NamedTuple):
    """One line. `command` is what it tells of; none for a heading, or a blank. `heading` is 1 for the first, else 2."""

    keys: str
    words: str
    command: Command | None = None
    heading: int = 0
    goes_on: bool = False
    """Whether it only goes on with what the line above tells."""


def help_rows(told: Iterable[Section], words: str, width: int) -> list[HelpRow]:
    """The lines that hold all the words, in `width` cells; a heading with none under it is left out."""
    wanted = words.casefold().split()
    rows: list[HelpRow] = []
    for heading, commands in told:
        found = [c for c in commands if all(w in f"{c.shown} {c.words} {heading} {c.id}".casefold() for w in wanted)]
        if found:
            rows += [HelpRow("", "")] if rows else []
            rows.append(HelpRow("", heading, heading=2 if rows else 1))
            rows += [row for command in found for row in _lines(command, width)]
    return rows or [HelpRow("", _NOTHING)]


def _lines(command: Command, width: int) -> list[HelpRow]:
    column = _column(width)
    lines = wrap(command.words, max(10, width - column)) or [""]
    if cell_len(command.shown) >= column:
        lines.insert(0, "")
    first, *more = lines
    return [HelpRow(command.shown, first, command), *(HelpRow("", line, command, goes_on=True) for line in more)]


def draw_help_row(row: HelpRow, width: int) -> Content:
    """One line."""
    if row.command is None:
        return literal(cut(row.words, width), ("", "$mark", "$muted")[row.heading])
    keys = cut(row.keys, width)
    gap = " " * (_column(width) - cell_len(keys))
    return Pen().write(keys, "bold").write(gap).write(row.words).content()


def _column(width: int) -> int:
    return _COLUMN if width >= _NARROW else _NARROW_COLUMN


class HelpRows(RowList, can_focus=False):
    """The lines, with a cursor on one that tells of a key."""

    class Chosen(Message):
        """A click on a line."""

    def __init__(self, told: Sequence[Section]) -> None:
        super().__init__(id="help-rows")
        self._told = told
        self._words = ""
        self._rows: list[HelpRow] = []

    @property
    def row_count(self) -> int:
        """All lines."""
        return len(self._rows)

    @property
    def pointed(self) -> Command | None:
        """What the line under the cursor tells of."""
        return self._rows[self.cursor].command if self.cursor < len(self._rows) else None

    def narrow(self, words: str) -> None:
        """Shows only what holds the words, the cursor on the first line."""
        self._words = words
        self._lay_out()

    def can_stop_at(self, row: int) -> bool:
        """Where a key is told, on the first of its lines."""
        return super().can_stop_at(row) and self._rows[row].command is not None and not self._rows[row].goes_on

    def move(self, rows: int) -> None:
        """At the first line the heading above it comes into view too."""
        super().move(rows)
        if self.cursor <= 1:
            self.scroll_to(y=0, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        return [draw_help_row(self._rows[row], min(width, self._room))]

    @property
    def _room(self) -> int:
        """Cells of a line beside a scroll bar, be there one or not."""
        return self.size.width - 1

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above. All lines of one key are lit."""
        pointed = self.pointed
        return "on $cursor" if pointed and self._rows[row].command is pointed else ""

    def row_chosen(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Lays the lines out anew. Textual calls this before the list's own."""
        pointed = self.pointed
        self._lay_out()
        self.put_cursor(next((n for n, row in enumerate(self._rows) if pointed and row.command is pointed), 1))

    def _lay_out(self) -> None:
        self._rows = help_rows(self._told, self._words, self._room)
        self.cursor = 1
        self.scroll_to(y=0, animate=False, immediate=True)
        self.rows_changed()
