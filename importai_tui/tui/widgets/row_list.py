"""A list drawn line by line: its cost depends on the height of the screen, never on the number of rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import lru_cache
from itertools import chain

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

_BREAKS_TO_SPACES = str.maketrans("\n\t", "  ")
"""What would go on beneath the row, or beside it, in a text that its list did not expect."""


def _make_strip(text: Content, width: int, style: Style, parse: Callable[[str | Style], Style]) -> Strip:
    """A line as cells, without what a list has no use for: wrapping, links, places to select from."""
    segments = [Segment(run, _rich_style(look)) for run, look in text.render(style, end="", parse_style=parse)]
    return Strip(segments, text.cell_length).adjust_cell_length(width, style.rich_style)


def _on_one_line(text: Content) -> Content:
    return (
        text if text.plain.isprintable() else Content(text.plain.translate(_BREAKS_TO_SPACES), spans=list(text.spans))
    )


@lru_cache(maxsize=256)
def _rich_style(style: Style) -> RichStyle:
    """A look is worked out once, not for every word that has it."""
    return style.rich_style


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of equal height with a cursor. A subclass says how many there are and draws one."""

    LINES_PER_ROW = 1
    """Height of a row in lines."""

    ALLOW_SELECT = False

    cursor: var[int] = var(0)
    """The row that the keys act on."""

    _scroll_bar_sizes: tuple[Size, Size, Size, bool] | None = None
    """The sizes of the list, of what holds it and of all its rows that the scroll bar was last drawn for."""

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def draw_row(self, row: int, width: int) -> list[Content]:
        """The lines of one row, each at most `width` cells; missing ones are blank."""

    def row_style(self, row: int) -> str:
        """The ground of a row, a style of theme variables; empty for the list's own."""
        return "on $cursor" if row == self.cursor and self.has_focus else ""

    def is_selectable(self, row: int) -> bool:
        """Whether the cursor may rest on that row."""
        return 0 <= row < self.row_count

    def handle_cursor_move(self) -> None:
        """The cursor was moved by the reader; for subclasses that tell someone."""

    def handle_choice(self) -> None:
        """The reader chose the row under the cursor; for subclasses that tell someone."""

    def move(self, rows: int) -> None:
        """Moves the cursor that many rows on, over rows where it cannot rest, as far as the list goes."""
        self.move_cursor_to(self._nearest_selectable(self.cursor + rows, 1 if rows > 0 else -1))

    def page(self, share: float) -> None:
        """Moves the cursor by a share of the visible height; negative is up."""
        rows = max(1, int(abs(share) * self.size.height / self.LINES_PER_ROW))
        self.move(rows if share > 0 else -rows)

    def go_to_end(self, *, last: bool) -> None:
        """Moves the cursor to the first or the last row."""
        self.move_cursor_to(self._nearest_selectable(self.row_count - 1 if last else 0, -1 if last else 1))

    def move_cursor_to(self, row: int, *, notify: bool = True) -> None:
        """Puts the cursor on a row and brings it into view. `tell` as if the reader had moved it."""
        if not self.is_selectable(row):
            return
        moved = row != self.cursor
        self.cursor = row
        self.scroll_to_row(row)
        if moved and notify:
            self.handle_cursor_move()

    def scroll_to_row(self, row: int) -> None:
        """Scrolls as little as needed to have that row in view, with a row to spare."""
        height = self.size.height
        if not height:
            return
        top, bottom = row * self.LINES_PER_ROW, (row + 1) * self.LINES_PER_ROW
        spare = self.LINES_PER_ROW if height > 4 * self.LINES_PER_ROW else 0
        first = round(self.scroll_y)
        if top - spare < first:
            self.scroll_to(y=max(0, top - spare), animate=False, immediate=True)
        elif bottom + spare > first + height:
            self.scroll_to(y=bottom + spare - height, animate=False, immediate=True)

    def refresh_rows(self) -> None:
        """To be called when rows came or went: measures the list anew and draws it."""
        size = Size(1, self.row_count * self.LINES_PER_ROW)
        if self.styles.is_auto_height:
            self.virtual_size = size
        else:
            # As above, without a new layout of the screen: only the scroll bar may change, and asks for one itself.
            self.set_reactive(RowList.virtual_size, size)
            self._scroll_update(size)
        self.refresh()

    def _scroll_update(self, virtual_size: Size) -> None:
        """Draws the scroll bar only where it changes: Textual asks for it whenever anything is laid out."""
        # A bar that is yet to be mounted does not hear what it is told.
        stands = self.show_vertical_scrollbar and self.vertical_scrollbar.is_mounted
        measured = (self.outer_size, self.container_size, virtual_size, stands)
        if measured != self._scroll_bar_sizes:
            self._scroll_bar_sizes = measured
            super()._scroll_update(virtual_size)

    def refresh_row(self, row: int) -> None:
        """Draws one row anew."""
        top = row * self.LINES_PER_ROW - round(self.scroll_y)
        self.refresh(Region(0, top, self.size.width, self.LINES_PER_ROW))

    def watch_cursor(self, old: int, new: int) -> None:
        """Draws the two rows that the cursor left and reached."""
        self.refresh_row(old)
        self.refresh_row(new)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is seen only in the list that has the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen, drawn from its row, beside the scroll bar."""
        width = self.scrollable_content_region.width
        row, line = divmod(y + round(self.scroll_y), self.LINES_PER_ROW)
        style = self.visual_style
        if not 0 <= row < self.row_count:
            return Strip.blank(width, style.rich_style)
        lines = self.draw_row(row, width)
        text = _on_one_line(lines[line]) if line < len(lines) else Content("")
        ground = self.row_style(row) if line < len(lines) else ""
        if not (text or ground):
            return Strip.blank(width, style.rich_style)
        if ground:
            style += self.app.stylesheet.parse_style(ground)
        return _make_strip(text.truncate(width), width, style, self.app.stylesheet.parse_style)

    def on_click(self, event: events.Click) -> None:
        """A click is the cursor and enter."""
        row = (event.get_content_offset_capture(self).y + round(self.scroll_y)) // self.LINES_PER_ROW
        if self.is_selectable(row):
            self.cursor = row
            self.handle_choice()

    def on_resize(self) -> None:
        """The cursor stays in view when the window changes."""
        self.scroll_to_row(self.cursor)

    def _nearest_selectable(self, row: int, step: int) -> int:
        """The nearest row for the cursor: onwards from `row`, else back from it."""
        row = min(max(row, 0), self.row_count - 1)
        onwards = range(row, self.row_count if step > 0 else -1, step)
        back = range(row, self.cursor, -step)
        return next((candidate for candidate in chain(onwards, back) if self.is_selectable(candidate)), self.cursor)
