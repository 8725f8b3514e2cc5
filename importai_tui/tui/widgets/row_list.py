"""A list that is drawn line by line: its cost depends on the height of the screen, not on its rows."""

from __future__ import annotations

from abc import abstractmethod
from itertools import chain

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.reactive import var
from textual.style import Style

from importai_tui.tui.widgets.line_view import LineView, draw_text, to_rich_style

_BREAKS_TO_SPACES = str.maketrans("\n\t", "  ")
"""Characters in a text that would draw beneath the row or beside it."""
_BLANK = Content("")


class RowList(LineView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor. A subclass returns their number and draws one.

    Rows have `LINES_PER_ROW` lines, unless a subclass overrides `row_top` and `row_at`.
    """

    LINES_PER_ROW = 1
    """Height of a row in lines, or the usual height if a subclass has rows of different heights."""

    ALLOW_SELECT = False

    cursor: var[int] = var(0)
    """The row that keys act on."""

    _last_row: tuple[int, int, list[Content]] | None = None
    """The row that was drawn last, its width, and its lines."""

    @property
    @abstractmethod
    def row_count(self) -> int:
        """The number of rows."""

    @abstractmethod
    def draw_row(self, row: int, width: int) -> list[Content]:
        """Return the lines of one row, each at most `width` cells; missing lines are blank."""

    def draw_outside(self, line: int) -> Content:  # noqa: ARG002  # for subclasses
        """Draw a line above the first row or below the last one."""
        return _BLANK

    def row_top(self, row: int) -> int:
        """Return the line that a row begins on; of the number of rows, the number of all lines."""
        return row * self.LINES_PER_ROW

    def row_at(self, line: int) -> int:
        """Return the row that has this line."""
        return line // self.LINES_PER_ROW

    def row_style(self, row: int) -> str:
        """Return the background of a row as a style of theme variables; empty for the list's own."""
        return "on $cursor" if row == self.cursor and self.has_focus else ""

    def is_selectable(self, row: int) -> bool:
        """Return True if the cursor may rest on that row."""
        return 0 <= row < self.row_count

    def handle_cursor_move(self) -> None:
        """React to a cursor that the user has moved; for subclasses."""

    def handle_choice(self) -> None:
        """React to the user choosing the row under the cursor; for subclasses."""

    def move(self, rows: int) -> None:
        """Move the cursor by that many rows, past rows that are not selectable, to the end of the list at most."""
        self.move_cursor_to(self._nearest_selectable(self.cursor + rows, 1 if rows > 0 else -1))

    def page(self, share: float) -> None:
        """Move the cursor by a share of the visible height; negative is up."""
        rows = max(1, int(abs(share) * self.size.height / self.LINES_PER_ROW))
        self.move(rows if share > 0 else -rows)

    def go_to_end(self, *, last: bool) -> None:
        """Move the cursor to the last row, or to the first if `last` is False."""
        self.move_cursor_to(self._nearest_selectable(self.row_count - 1 if last else 0, -1 if last else 1))

    def move_cursor_to(self, row: int, *, notify: bool = True) -> None:
        """Move the cursor to a row and scroll it into view; `notify` as if the user had moved it."""
        if not self.is_selectable(row):
            return
        has_moved = row != self.cursor
        self.cursor = row
        self.scroll_to_row(row)
        if has_moved and notify:
            self.handle_cursor_move()

    def scroll_to_row(self, row: int) -> None:
        """Scroll as little as needed to show that row, with another row beside it."""
        height = self.size.height
        if not height:
            return
        top, bottom = self.row_top(row), self.row_top(row + 1)
        margin = self.LINES_PER_ROW if height > 4 * self.LINES_PER_ROW else 0
        first = round(self.scroll_y)
        if top - margin < first:
            self.scroll_to(y=max(0, top - margin), animate=False, immediate=True)
        elif bottom + margin > first + height:
            self.scroll_to(y=bottom + margin - height, animate=False, immediate=True)

    def refresh_rows(self) -> None:
        """Measure and draw the list again; call it after rows were added or removed."""
        self.set_line_count(self.row_top(self.row_count))

    def refresh_row(self, row: int) -> None:
        """Draw one row again."""
        top, bottom = self.row_top(row), self.row_top(row + 1)
        self.refresh(Region(0, top - round(self.scroll_y), self.size.width, bottom - top))

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the old and the new row of the cursor."""
        self.refresh_row(old)
        self.refresh_row(new)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Draw the list: only the focused list shows its cursor."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def draw_line(self, line: int, width: int, style: Style) -> list[Segment]:
        """Draw one line of a row, or a line outside the rows."""
        row, text, background = self.row_at(line), _BLANK, ""
        if 0 <= row < self.row_count:
            lines, line = self._draw_row_once(row, width), line - self.row_top(row)
            if line < len(lines):
                text, background = _on_one_line(lines[line]), self.row_style(row)
        else:
            text = self.draw_outside(line)
        if not (text or background):
            return []
        parse = self.app.stylesheet.parse_style
        if background:
            style += parse(background)
        segments = draw_text(text.truncate(width), style, parse)
        if background and text.cell_length < width:
            segments.append(Segment(" " * (width - text.cell_length), to_rich_style(style)))
        return segments

    def _draw_row_once(self, row: int, width: int) -> list[Content]:
        """Draw a row, or return it if it was drawn for the line before."""
        if self._last_row is None or self._last_row[:2] != (row, width):
            self._last_row = (row, width, self.draw_row(row, width))
        return self._last_row[2]

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        self._last_row = None

    def on_click(self, event: events.Click) -> None:
        """Move the cursor and choose the row."""
        row = self.row_at(event.get_content_offset_capture(self).y + round(self.scroll_y))
        if self.is_selectable(row):
            self.cursor = row
            self.handle_choice()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.scroll_to_row(self.cursor)

    def _nearest_selectable(self, row: int, step: int) -> int:
        """Return the nearest selectable row: first in the direction of `step`, else back towards the cursor."""
        row = min(max(row, 0), self.row_count - 1)
        ahead = range(row, self.row_count if step > 0 else -1, step)
        back = range(row, self.cursor, -step)
        return next((candidate for candidate in chain(ahead, back) if self.is_selectable(candidate)), self.cursor)


def _on_one_line(text: Content) -> Content:
    return (
        text if text.plain.isprintable() else Content(text.plain.translate(_BREAKS_TO_SPACES), spans=list(text.spans))
    )
