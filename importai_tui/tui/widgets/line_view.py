"""Base of the widgets that draw single lines of the screen: a change of their text needs no layout of the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.style import Style

ParseStyle = Callable[[str | Style], Style]
"""Turns the name of a style, with theme variables, into the style."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Scrolls through lines. A subclass sets their number, and draws one in `render_line`."""

    _scroll_bar_sizes: tuple[Size, Size, Size, bool] | None = None
    """The sizes of the widget, its container and all its lines for which the scroll bar was last drawn."""

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


def draw_text(text: Content, style: Style, parse: ParseStyle) -> list[Segment]:
    """Return one line of text as segments, without what Textual adds for widgets: wrapping and selection offsets."""
    return [Segment(run, to_rich_style(run_style)) for run, run_style in text.render(style, end="", parse_style=parse)]


@lru_cache(maxsize=512)
def to_rich_style(style: Style) -> RichStyle:
    """Convert a style. Cached, because few styles are used for many words."""
    return style.rich_style
