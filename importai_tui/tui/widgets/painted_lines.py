"""Painting of single lines: of a widget that must be drawn again, only the lines that have changed are painted."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget


class PaintedLines(Widget):
    """Use it as a base after the widget's own one, from which Textual takes the styles. It draws its own lines.

    Textual's own cache of lines is not used: for each line it costs more than drawing the text. Lines are counted from
    the upper edge of the widget.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._painted: dict[int, Strip] = {}
        """The drawn lines."""
        self._stale: set[int] = set()
        """The lines that must be drawn again."""
        self._changed: set[int] = set()
        """The lines that have changed since they were last painted on the screen."""

    @abstractmethod
    def draw_strips(self, lines: Sequence[int]) -> list[Strip]:
        """Draw these lines, each as wide as the widget. Lines of the upper border are not among them."""

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
        # To ask for a region now would make Textual compute an outstanding layout, and not paint what it moves.
        if self._has_other_borders or self.screen._compositor._full_map_invalidated:
            return regions
        top, (width, height) = self.gutter.top, self.outer_size
        self._update_lines({line for region in regions for line in region.line_range if top <= line < height})
        border = [Region(0, 0, width, top)] if any(region.y < top for region in regions) else []
        changed, self._changed = self._changed, set()
        return [*border, *_join_lines(changed, width)]

    def _update_lines(self, lines: Iterable[int]) -> None:
        """Draw those lines that are stale, and note which have changed."""
        stale = [y for y in lines if y in self._stale or y not in self._painted]
        if not stale:
            return
        # All our colours are true colours, or the theme is the terminal's own.
        filters = [each for each in self.get_line_filters() if not isinstance(each, ANSIToTruecolor)]
        background = self.background_colors[1]
        for y, strip in zip(stale, self._draw_or_recover(stale), strict=True):
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            if strip != self._painted.get(y):
                self._changed.add(y)
                self._painted[y] = strip
        self._stale.difference_update(stale)

    def _draw_or_recover(self, lines: Sequence[int]) -> list[Strip]:
        """Draw lines; if that fails, leave them blank, so that all other widgets and the notice are drawn."""
        try:
            return self.draw_strips(lines)
        except Exception as error:
            recover = getattr(self.app, "recover_from", None)
            if not (recover and recover(error)):
                raise
            return [Strip.blank(self.outer_size.width, self.visual_style.rich_style)] * len(lines)


class LineScrollBar(ScrollBar, PaintedLines):
    """A vertical scroll bar that paints only the ends that move."""

    def draw_strips(self, lines: Sequence[int]) -> list[Strip]:
        """Draw the bar with Textual's own glyphs and colours."""
        bar: Any = self.render()
        height = max(1, self.outer_size.height)
        segments = bar.render_bar(
            size=height,
            # While a window changes its size, everything may fit for a moment, which Textual can't draw; 0 is no bar.
            virtual_size=bar.virtual_size if bar.virtual_size > bar.window_size else 0,
            window_size=bar.window_size,
            position=bar.position,
            thickness=self.thickness,
            back_color=bar.style.bgcolor,
            bar_color=bar.style.color,
        ).segments
        # For a moment, Textual may also ask for lines that the bar has no longer.
        return [Strip([segments[min(y, height - 1)]], self.thickness) for y in lines]


def _join_lines(lines: Iterable[int], width: int) -> list[Region]:
    """Return the lines as few regions."""
    regions: list[Region] = []
    for line in sorted(lines):
        if regions and regions[-1].bottom == line:
            regions[-1] = regions[-1].grow((0, 0, 1, 0))
        else:
            regions.append(Region(0, line, width, 1))
    return regions
