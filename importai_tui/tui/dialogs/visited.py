"""The stories visited, newest first, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import LOOK, Dialog
from importai_tui.tui.text import ContentBuilder, format_short_date, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.widgets.row_list import RowList

_WHEN, _REF = 11, 9
"""Cells of the columns: a day, and the number of an issue and a story, with a gap behind each."""
_ROOMY = 56
"""Cells of a row that has room for the number too."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A row of the list: a story, and the day of its last visit."""

    key: str
    ref: str
    day: date
    headline: str


class VisitedRows(RowList):
    """A line for each story; the day stands once for all of its stories."""

    class Chosen(Message):
        """Enter or a click on a story."""

        def __init__(self, row: Visited) -> None:
            super().__init__()
            self.row = row

    def __init__(self, today: date) -> None:
        super().__init__()
        self.can_focus = False
        self._today = today
        self._rows: Sequence[Visited] = ()

    @property
    def row_count(self) -> int:
        """How many stories are shown."""
        return len(self._rows)

    def show(self, rows: Sequence[Visited], at: int = 0) -> None:
        """Shows these, the cursor on one of them."""
        self._rows = rows
        self.cursor = min(at, max(0, len(rows) - 1))
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def row_style(self, row: int) -> str:
        """The cursor is always seen: the keys that move it are those of the line above."""
        return "on $cursor" if row == self.cursor else ""

    def draw_row(self, row: int, width: int) -> list[Content]:
        """When, where and what."""
        day = self._rows[row].day
        told = row == round(self.scroll_y) or self._rows[row - 1].day != day
        when = day_said(day, self._today) if told else ""
        return [draw_visited(self._rows[row], when, width, strong=row == self.cursor)]

    def handle_choice(self) -> None:
        """Tells which story."""
        if self._rows:
            self.post_message(self.Chosen(self._rows[self.cursor]))


class VisitedList(Dialog[Visited | None]):
    """Closes with the chosen story; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "visited.tcss"]
    BINDINGS = make_screen_bindings("Among stories visited")

    def __init__(self, rows: Sequence[Visited], today: date, here: str, tell_keys: Callable[[], object]) -> None:
        """Offer `rows`; the story that is open has the key `here`, and as the newest it is not what one looks for.

        `tell_keys` shows the help.
        """
        super().__init__()
        self._all = rows
        self._today = today
        self._tell_keys = tell_keys
        self._first = 1 if rows and rows[0].key == here else 0

    def compose(self) -> ComposeResult:
        """The line, the stories, the keys."""
        leave = format_key_hints(self.app, ("visited.cancel", "esc", "leave"))
        with Vertical(classes="dialog", id="visited"):
            yield CleanInput(placeholder="stories visited: type to narrow", compact=True)
            yield VisitedRows(self._today)
            yield Static(to_content(f"enter go there   ↑ ↓ choose   {leave}", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """Shows all."""
        self._rows.show(self._all, self._first)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what has the words."""
        self._rows.show(narrowed(self._all, event.value))

    def on_input_submitted(self) -> None:
        """Enter."""
        self._rows.handle_choice()

    def on_visited_rows_chosen(self, message: VisitedRows.Chosen) -> None:
        """Closes with the story."""
        self.dismiss(message.row)

    def action_move(self, rows: int) -> None:
        """Another row."""
        self._rows.move(rows)

    def action_page(self, share: float) -> None:
        """Another page."""
        self._rows.page(share)

    def action_help(self) -> None:
        """The keys."""
        self._tell_keys()

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    @property
    def _rows(self) -> VisitedRows:
        return self.query_one(VisitedRows)


def narrowed(rows: Sequence[Visited], typed: str) -> list[Visited]:
    """The rows that have every word typed, in the headline or as the number."""
    wanted = typed.casefold().split()
    return [row for row in rows if all(word in f"{row.ref} {row.headline}".casefold() for word in wanted)]


def day_said(day: date, today: date) -> str:
    """A day as one says it; of another year, the month."""
    if day in (today, today - timedelta(days=1)):
        return "today" if day == today else "yesterday"
    said = format_short_date(day.isoformat())
    return said if day.year == today.year else f"{said.partition(' ')[2]} {day.year}"


def draw_visited(row: Visited, when: str, width: int, *, strong: bool) -> Content:
    """One row in at most `width` cells: the day, the number where there is room and one, the headline."""
    quiet = "" if strong else "$muted"
    pen = ContentBuilder().write(" ").write(when.ljust(_WHEN), quiet)
    room = width - 1 - _WHEN
    if width >= _ROOMY:
        ref = row.ref if row.ref[:1].isdecimal() and cell_len(row.ref) < _REF else ""
        pen.write(ref.ljust(_REF), quiet)
        room -= _REF
    return pen.write(truncate(row.headline, room - 1)).build()
