"""Wraps the rendered blocks of a story into lines, and draws single lines. Pure.

`get_block_style` is the table of margins, bars and backgrounds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from math import ceil
from typing import NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.style import Style

from importai_tui.tui.widgets.line_view import ParseStyle, draw_text, to_rich_style
from importai_tui.tui.widgets.story_render import HangingIndent, RenderedBlock

_MAX_MARKER_SHARE = 0.4
"""The share of the width that a marker may take; a wider marker gets a line of its own."""
_NARROW_INDENT = 2
"""Cells that the text is indented by in that case."""
_MIN_SHARE = 0.001
"""Shares have three digits, as they are stored."""
_ROUNDING_ERROR = _MIN_SHARE / 2
"""The most that a stored share can be too small: a few characters of a very long paragraph."""
_EMPTY = Content("")


class BlockStyle(NamedTuple):
    """How a block is drawn.

    Attributes:
        above, below: blank lines between this block and its neighbours; the larger of two counts.
        indent: cells on both sides of the text.
        padding_above, padding_below: blank lines in the background of the block.
        base_style: the style of all its cells.
        bar, bar_style: a character at the left edge of each line.
        is_centred: each line is centred.
    """

    above: int = 1
    below: int = 0
    indent: int = 0
    padding_above: int = 0
    padding_below: int = 0
    base_style: str = ""
    bar: str = ""
    bar_style: str = ""
    is_centred: bool = False


class PageKind(NamedTuple):
    """Properties of a page that change the styles of its blocks.

    Attributes:
        is_tale: the story is fiction.
        is_tiny: the window is narrow.
        is_ansi: the theme uses the terminal's colours. It has one background, so blocks with another one get a bar.
    """

    is_tale: bool = False
    is_tiny: bool = False
    is_ansi: bool = False


_STYLES = {
    "tagline": BlockStyle(above=0),
    "epigraph": BlockStyle(indent=4),
    "why": BlockStyle(indent=2, base_style="on $panel", bar="▌", bar_style="$mark"),
    "quote": BlockStyle(indent=2, bar="▌", bar_style="$border"),
    "code": BlockStyle(indent=2, padding_above=1, padding_below=1, base_style="on $panel"),
    "yours": BlockStyle(above=2, indent=2, bar="▌", bar_style="$secondary"),
    "rule": BlockStyle(is_centred=True),
}
_PLAIN = BlockStyle()


@lru_cache(maxsize=256)
def get_block_style(style_class: str, kind: PageKind, *, is_tight: bool = False) -> BlockStyle:
    """Return the style of the blocks of a class; a tight block follows the one before without a blank line."""
    style = _STYLES.get(style_class, _PLAIN)
    if style_class == "why" and is_tight:
        style = style._replace(padding_above=1)
    if style_class == "epigraph" and kind.is_tiny:
        style = style._replace(indent=1)
    if is_tight:
        style = style._replace(above=0)
    if kind.is_tale:
        style = _adapt_to_tale(style_class, style, is_tiny=kind.is_tiny)
    if kind.is_ansi and style_class in ("why", "code", "quote"):
        bar, bar_style = ("█", "$mark") if style_class == "why" else ("▏", "$border")
        style = style._replace(bar=bar, bar_style=bar_style)
    return style


def _adapt_to_tale(style_class: str, style: BlockStyle, *, is_tiny: bool) -> BlockStyle:
    match style_class:
        case "paragraph" | "inspired-head":
            return style._replace(above=1 if is_tiny else 2)
        case "why":
            return style._replace(bar_style="$secondary")
        case "epigraph":
            return style._replace(above=1, below=1)
        case "facts":
            return style._replace(above=0, below=1)
        case "rule":
            return style._replace(above=2, below=1)
        case _:
            return style


class Line(NamedTuple):
    """A line of a block: a marker or blanks in `indent` cells, and the text beside it.

    `start` is the offset of the text in the body of the block.
    """

    marker: Content
    indent: int
    text: Content
    start: int


class WrappedBlock(NamedTuple):
    """A block in lines of `width` cells. Lines are counted from the top of its background."""

    block: RenderedBlock
    style: BlockStyle
    width: int
    lines: Sequence[Line]
    starts: Sequence[int]
    """The offset of each line of the body."""
    lines_above_text: int
    """Lines before the first line of the body, with the padding."""

    @property
    def height(self) -> int:
        """The number of lines with the padding, without the margins."""
        return self.style.padding_above + len(self.lines) + self.style.padding_below

    def line_of(self, character: int) -> int:
        """Return the line of a character of the text."""
        return self.lines_above_text + max(0, bisect_right(self.starts, character) - 1)

    def line_at(self, share: float) -> int:
        """Return the line that this share of the text is above."""
        characters = len(self.block.plain)
        tolerance = ceil(max(0.0, _ROUNDING_ERROR * characters - 0.5))
        return self.line_of(min(int(share * characters) + tolerance, max(0, characters - 1)))

    def share_at(self, line: int) -> float:
        """Return the share of the text above a line; 0 only for lines above the block."""
        if line < 0 or not self.starts:
            return 0.0
        first = self.starts[min(max(0, line - self.lines_above_text), len(self.starts) - 1)]
        return max(_MIN_SHARE, round((first + 0.5) / max(1, len(self.block.plain)), 3))

    def find_character(self, line: int, cell: int) -> int:
        """Return the offset of the character at a cell of a line; the nearest one if there is none."""
        line -= self.style.padding_above
        if line < 0:
            return 0
        if line >= len(self.lines):
            return len(self.block.plain)
        _, indent, text, start = self.lines[line]
        cell -= len(self.style.bar) + self.style.indent + indent + self._get_centring(text)
        if cell >= text.cell_length:
            # A selection has the character at its end too, which must not be the first one of the next line.
            is_split = line + 1 < len(self.lines) and self.lines[line + 1].start == start + len(text) > start
            return start + len(text) - is_split
        before = set_cell_size(text.plain, max(0, cell))
        # A wide character that is cut is replaced by a blank.
        return start + len(before) - (not text.plain.startswith(before))

    def draw(self, line: int, page: Style, parse: ParseStyle, *, background: str = "") -> list[Segment]:
        """Return a line as segments of `width` cells.

        Args:
            line: the line, counted from the top of the block.
            page: the style of the page.
            parse: turns names of styles into styles.
            background: a background instead of the block's own.
        """
        own = background or self.style.base_style
        style = page + parse(own) if own else page
        blank = to_rich_style(style)
        segments: list[Segment] = []
        used = 0
        if self.style.bar:
            segments.append(Segment(self.style.bar, to_rich_style(style + parse(self.style.bar_style))))
            used = len(self.style.bar)
        line -= self.style.padding_above
        if 0 <= line < len(self.lines):
            marker, indent, text, _ = self.lines[line]
            before = self.style.indent + self._get_centring(text)
            if before:
                segments.append(Segment(" " * before, blank))
            if marker:
                segments += draw_text(marker, style, parse)
            if indent > marker.cell_length:
                segments.append(Segment(" " * (indent - marker.cell_length), blank))
            segments += draw_text(text, style, parse)
            used += before + max(indent, marker.cell_length) + text.cell_length
        if used < self.width:
            segments.append(Segment(" " * (self.width - used), blank))
        return segments

    def _get_centring(self, text: Content) -> int:
        """Return the cells before a centred line."""
        return (self.width - text.cell_length) // 2 if self.style.is_centred else 0


def wrap_block(block: RenderedBlock, style: BlockStyle, width: int) -> WrappedBlock:
    """Wrap a block in lines of `width` cells."""
    text_width = max(1, width - len(style.bar) - 2 * style.indent)
    above, beside, indent = _lay_out(block.hanging, text_width) if block.hanging else ([], [], 0)
    body = block.body.wrap(max(1, text_width - indent))
    starts: list[int] = []
    start = 0
    for text in body:
        # Wrapping drops white space at the end of a line.
        start = max(start, block.plain.find(text.plain, start))
        starts.append(start)
        start += len(text.plain)
    lines = [Line(marker, 0, _EMPTY, 0) for marker in above]
    for marker, text, start in zip_longest(beside, body, starts):
        lines.append(Line(marker or _EMPTY, indent, text or _EMPTY, len(block.plain) if start is None else start))
    return WrappedBlock(block, style, width, lines, starts, style.padding_above + len(above))


def _lay_out(hanging: HangingIndent, width: int) -> tuple[list[Content], list[Content], int]:
    """Return the lines of the marker above and beside the text, and the column of the text."""
    lines = hanging.marker.split("\n")
    marker_width = max(line.cell_length for line in lines)
    if not hanging.marker or marker_width <= hanging.indent <= max(4, width * _MAX_MARKER_SHARE):
        return [], lines, min(hanging.indent, max(0, width - 4))
    if narrow := hanging.narrow_layout:
        head = narrow.head.wrap(width) if narrow.head else []
        above, beside, indent = _lay_out(HangingIndent(narrow.marker, narrow.indent), width)
        return [*head, *above], beside, indent
    return hanging.marker.wrap(width), [], _NARROW_INDENT
