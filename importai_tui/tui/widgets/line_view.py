"""Base of the widgets that draw single lines. A change of their text needs no layout, and paints only changed lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

ParseStyle = Callable[[str | Style], Style]
"""Turns the name of a style, with theme variables, into the style."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Scrolls through lines. A subclass sets their number, and draws one.

    Textual's own cache of lines is not used: for each line it costs more than drawing the text.
    """

    _scroll_bar_sizes: tuple[Size, Size, Size, bool] | None = None
    """The sizes of the widget, its container and all its lines for which the scroll bar was last drawn."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painted: dict[int, Strip] = {}
        """The drawn lines of the widget, counted from its upper edge."""
        self._stale: set[int] = set()
        """The lines of them that must be drawn again."""
        self._changed: set[int] = set()
        """The lines that have changed since they were last painted on the screen."""

    @abstractmethod
    def draw_line(self, line: int, width: int, style: Style) -> list[Segment]:
        """Return a line, counted from the first one, in at most `width` cells; `style` is that of the widget."""

    @property
    def line_width(self) -> int:
        """The width of a line in cells, beside the scroll bar."""
        return self.scrollable_content_region.width

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

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the widget, with its border and padding."""
        if self._has_other_borders:
            return super().render_lines(crop)
        above = max(0, min(self.gutter.top, crop.bottom) - crop.y)
        strips = super().render_lines(Region(crop.x, crop.y, crop.width, above)) if above else []
        self._update_lines(range(crop.y + above, crop.bottom))
        lines = [self._painted[y] for y in range(crop.y + above, crop.bottom)]
        if crop.column_span != (0, self.outer_size.width):
            lines = [line.crop(*crop.column_span) for line in lines]
        return strips + lines

    @property
    def _has_other_borders(self) -> bool:
        """True if there is a border at another edge than the upper one."""
        styles = self.styles
        return bool(styles.border_left[0] or styles.border_right[0] or styles.border_bottom[0])

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if regions:
            top = self.content_offset.y
            self._stale.update(line + top for region in regions for line in region.line_range)
        else:
            self._stale.update(range(self.outer_size.height))

    def _exchange_repaint_regions(self) -> Collection[Region]:
        """Return the regions to paint: of the lines only those that have changed."""
        regions = super()._exchange_repaint_regions()
        if self._has_other_borders:
            return regions
        top, (width, height) = self.gutter.top, self.outer_size
        self._update_lines({line for region in regions for line in region.line_range if top <= line < height})
        border = [Region(0, 0, width, top)] if any(region.y < top for region in regions) else []
        changed, self._changed = self._changed, set()
        return [*border, *_join_lines(changed, width)]

    def _update_lines(self, lines: Iterable[int]) -> None:
        """Draw those lines of the widget that are stale, and note which have changed."""
        stale = [y for y in lines if y in self._stale or y not in self._painted]
        if not stale:
            return
        style, line_width, width, gutter = self.visual_style, self.line_width, self.outer_size.width, self.gutter
        blank = to_rich_style(style)
        left = [Segment(" " * gutter.left, blank)] if gutter.left else []
        first = round(self.scroll_y) - gutter.top
        # All our colours are true colours, or the theme is the terminal's own.
        filters = [each for each in self.get_line_filters() if not isinstance(each, ANSIToTruecolor)]
        background = self.background_colors[1]
        lines_of_text = self._draw_lines([first + y for y in stale], line_width, style)
        for y, segments in zip(stale, lines_of_text, strict=True):
            strip = _fit([*left, *segments], width, blank)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            if strip != self._painted.get(y):
                self._changed.add(y)
                self._painted[y] = strip
        self._stale.difference_update(stale)

    def _draw_lines(self, lines: Sequence[int], width: int, style: Style) -> list[list[Segment]]:
        """Draw lines; if that fails, leave them blank, so that all other widgets and the notice are drawn."""
        try:
            return [self.draw_line(line, width, style) for line in lines]
        except Exception as error:
            recover = getattr(self.app, "recover_from", None)
            if not (recover and recover(error)):
                raise
            return [[] for _ in lines]


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
    if length < width:
        segments.append(Segment(" " * (width - length), blank))
    return Strip(segments, max(length, width)) if length <= width else Strip(segments, length).crop(0, width)


def _join_lines(lines: Iterable[int], width: int) -> list[Region]:
    """Return the lines as few regions."""
    regions: list[Region] = []
    for line in sorted(lines):
        if regions and regions[-1].bottom == line:
            regions[-1] = regions[-1].grow((0, 0, 1, 0))
        else:
            regions.append(Region(0, line, width, 1))
    return regions
