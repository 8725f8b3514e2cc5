"""What a search begins with: the lines searched for last, and what can be asked. It asks nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.look.literal import Pen, cut

_MARGIN = 3
_TWO_COLUMNS = 96
"""Cells from which on two explanations stand side by side; the longest of them is cut."""
_LOW = 24
"""Lines below which only a few recent searches are offered, so that the help beneath them is seen."""
_FEW = 4
_GAP = 3
"""Cells between an explanation and what stands beside it."""

Told = tuple[str, str]
"""What is typed, and what it means."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A line that can be taken again."""

    line: str


StartRow = str | Recent | tuple[Told, ...]
"""A heading or a blank; a recent search; explanations side by side."""


def start_rows(recent: Sequence[str], told: Sequence[Told], width: int, height: int) -> list[StartRow]:
    """The rows in a window of so many cells and lines."""
    rows: list[StartRow] = []
    if recent:
        offered = recent if height >= _LOW else recent[:_FEW]
        rows += ["Searched before", *map(Recent, offered), ""]
    rows.append("What can be asked")
    if width < _TWO_COLUMNS:
        return [*rows, *((one,) for one in told)]
    half = (len(told) + 1) // 2
    return [*rows, *(tuple(told[n::half]) for n in range(half))]


def columns_of(rows: Sequence[StartRow]) -> tuple[int, ...]:
    """The widths of what is typed, for each explanation of a row."""
    told = [row for row in rows if isinstance(row, tuple)]
    most = max((len(row) for row in told), default=0)
    return tuple(max(cell_len(row[n][0]) for row in told if n < len(row)) for n in range(most))


def draw_start_row(row: StartRow, width: int, *, columns: Sequence[int], strong: bool = False) -> Content:
    """One row; `columns` are the widths of what is typed."""
    pen = Pen().write(" " * _MARGIN)
    match row:
        case str(heading):
            pen.write(cut(heading, width - _MARGIN), "$mark")
        case Recent(line):
            pen.write(cut(line, width - _MARGIN - 1), "bold" if strong else "")
        case _:
            room = (width - _MARGIN) // len(columns)
            for (typed, means), column in zip(row, columns, strict=False):
                words = cut(means, room - column - 2 - _GAP)
                pen.write(typed.ljust(column + 2), "bold").write(words, "$muted")
                pen.write(" " * (room - column - 2 - cell_len(words)))
    return pen.content()


class StartList(RowList, can_focus=False):
    """Recent searches under the cursor; where there are none, what can be asked."""

    class Taken(Message):
        """A click on a recent search."""

    def __init__(self, *, id: str, recent: Sequence[str], told: Sequence[Told]) -> None:
        super().__init__(id=id)
        self._recent = recent
        self._told = told
        self._rows: list[StartRow] = []
        self._columns: tuple[int, ...] = ()

    @property
    def row_count(self) -> int:
        """All lines."""
        return len(self._rows)

    @property
    def pointed(self) -> str | None:
        """The recent search under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else ""
        return row.line if isinstance(row, Recent) else None

    def can_stop_at(self, row: int) -> bool:
        """Only on what can be taken."""
        return super().can_stop_at(row) and isinstance(self._rows[row], Recent)

    def move(self, rows: int) -> None:
        """Behind the last recent search the list is scrolled: there is nothing to point at in the help."""
        before = self.cursor
        super().move(rows)
        if self.cursor == before:
            self.scroll_relative(y=rows, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        return [draw_start_row(self._rows[row], width, columns=self._columns, strong=row == self.cursor)]

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor and self.can_stop_at(row) else ""

    def row_chosen(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Taken())

    def on_resize(self) -> None:
        """As much as there is room for, as broad as there is room for. Textual calls this before the list's own."""
        self._rows = start_rows(self._recent, self._told, self.size.width, self.size.height)
        self._columns = columns_of(self._rows)
        self.cursor = 1 if self._recent else 0
        self.rows_changed()
