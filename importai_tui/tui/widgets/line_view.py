"""Base of the widgets that draw single lines and scroll. A change of their text needs no layout of the screen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.style import Style

from importai_tui.tui.widgets.painted_lines import LineScrollBar, PaintedLines

ParseStyle = Callable[[str | Style], Style]
"""Turns the name of a style, with theme variables, into the style."""


class LineView(ScrollView, PaintedLines, can_focus=True, inherit_bindings=False):
    """Scrolls through lines. A subclass sets their number, and draws one."""

    _scroll_bar_sizes: tuple[Size, Size, Size, bool] | None = None
    """The sizes of the widget, its container and all its lines for which the scroll bar was last drawn."""

    @abstractmethod
    def draw_line(self, line: int, width: int, style: Style) -> list[Segment]:
        """Return a line, counted from the first one, in at most `width` cells; `style` is that of the widget."""

    @property
    def line_width(self) -> int:
        """The width of a line in cells, beside the scroll bar."""
        # Not `scrollable_content_region`, which makes Textual compute an outstanding layout.
        return max(0, self.outer_size.width - self.gutter.width)

    def render_line(self, y: int) -> Strip:
        """Return a line of the screen."""
        width, style = self.line_width, self.visual_style
        return _fit([*self.draw_line(y + round(self.scroll_y), width, style)], width, to_rich_style(style))

    def set_line_count(self, count: int) -> None:
        """Set the number of lines, and draw the widget."""
        size = Size(1, count)
        if self.styles.is_auto_height:
            self.virtual_size = size
        else:
            # The same without a new layout of the screen: only the scroll bar may change, and it asks for one itself.
            self.set_reactive(LineView.virtual_size, size)
            self._scroll_update(size)
        self.refresh()

    def _scroll_update(self, virtual_size: Size) -> None:
        """Draw the scroll bar only if it changes: Textual asks for it at every layout."""
        # A scroll bar that is not mounted yet ignores updates.
        is_mounted = self.show_vertical_scrollbar and self.vertical_scrollbar.is_mounted
        sizes = (self.outer_size, self.container_size, virtual_size, is_mounted)
        if sizes != self._scroll_bar_sizes:
            self._scroll_bar_sizes = sizes
            super()._scroll_update(virtual_size)

    def scroll_to_line(self, line: int) -> None:
        """Scroll at once so that the line is the first visible one, as far as there are lines."""
        self.scroll_to(y=line, animate=False, immediate=True, force=True)

    def draw_strips(self, lines: Sequence[int]) -> list[Strip]:
        """Draw lines with the padding beside them."""
        style, line_width, width, gutter = self.visual_style, self.line_width, self.outer_size.width, self.gutter
        blank = to_rich_style(style)
        left = [Segment(" " * gutter.left, blank)] if gutter.left else []
        first = round(self.scroll_y) - gutter.top
        return [_fit([*left, *self.draw_line(first + y, line_width, style)], width, blank) for y in lines]

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scroll bar, which is created when it is first asked for."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = LineScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar


def draw_text(text: Content, style: Style, parse: ParseStyle) -> list[Segment]:
    """Return one line of text as segments, without what Textual adds for widgets: wrapping and selection offsets."""
    return [Segment(run, to_rich_style(run_style)) for run, run_style in text.render(style, end="", parse_style=parse)]


@lru_cache(maxsize=512)
def to_rich_style(style: Style) -> RichStyle:
    """Convert a style. Cached, because few styles are used for many words."""
    return style.rich_style


def _fit(segments: list[Segment], width: int, blank: RichStyle) -> Strip:
    """Return the segments in `width` cells."""
    length = sum(segment.cell_length for segment in segments)
    if length > width:
        return Strip(segments, length).crop(0, width)
    if length < width:
        segments.append(Segment(" " * (width - length), blank))
    return Strip(segments, width)
