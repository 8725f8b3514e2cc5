"""A marker with text hanging beside it: list items, and rows of a small table. The one use of Textual's Visual."""

from __future__ import annotations

from typing import NamedTuple

from rich.segment import Segment
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

WIDEST_SHARE = 0.4
"""Of the width, that the marker may take; in less room it stands on a line of its own."""
FOLDED_INDENT = 2
"""Cells that the text is then set in."""


class Folded(NamedTuple):
    """How a marker of two parts stands in less room: the head on lines of its own, then the rest beside the body."""

    head: Content
    marker: Content
    indent: int


class Hanging(Visual):
    """Draws `marker`, and `body` wrapped in the room to its right, from column `indent` on.

    A marker that is too long for its column stands on a line above, or as `folded` says.
    """

    def __init__(self, marker: Content, body: Content, indent: int, folded: Folded | None = None) -> None:
        self.marker = marker
        self.body = body
        self._indent = indent
        self._folded = folded

    def with_body(self, body: Content) -> Hanging:
        """The same marker beside other words."""
        return Hanging(self.marker, body, self._indent, self._folded)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines, in the order of the Visual protocol."""
        indent, beside = self._layout(width)
        if self._folded and not beside:
            lines, inner = self._fold(self._folded, width)
            strips = [self._marker_strip(line, style, options) for line in lines]
            strips += inner.render_strips(width, None, style, options)
            return strips if height is None else strips[:height]
        room = max(1, width - indent)
        body = self.body.render_strips(room, None, style, options)
        ground = style.background_style.rich_style
        hung = [Strip([Segment(" " * indent, ground), *strip], indent + strip.cell_length) for strip in body]
        if beside:
            head = self._marker_strip(self.marker, style, options).extend_cell_length(indent, ground)
            hung[:1] = [Strip.join([head, body[0]])] if body else [head]
        else:
            lines = self.marker.wrap(width)
            hung[:0] = [self._marker_strip(line, style, options) for line in lines]
        return hung if height is None else hung[:height]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Marker and body on one line."""
        return self._indent + self.body.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Lines at this width."""
        indent, beside = self._layout(width)
        if self._folded and not beside:
            head, inner = self._fold(self._folded, width)
            return len(head) + inner.get_height(rules, width)
        lines = self.body.get_height(rules, max(1, width - indent))
        return max(1, lines) if beside else lines + len(self.marker.wrap(width))

    def place_of_body(self, width: int) -> tuple[int, int]:
        """The lines above the body, and the cells that it is wrapped in."""
        indent, beside = self._layout(width)
        if self._folded and not beside:
            head, inner = self._fold(self._folded, width)
            above, room = inner.place_of_body(width)
            return len(head) + above, room
        return 0 if beside else len(self.marker.wrap(width)), max(1, width - indent)

    def _fold(self, folded: Folded, width: int) -> tuple[list[Content], Hanging]:
        head = list(folded.head.wrap(width)) if folded.head else []
        return head, Hanging(folded.marker, self.body, folded.indent)

    def _layout(self, width: int) -> tuple[int, bool]:
        """Where the body starts, and whether the marker stands beside it."""
        if not self.marker or self.marker.cell_length <= self._indent <= max(4, width * WIDEST_SHARE):
            return min(self._indent, max(0, width - 4)), True
        return FOLDED_INDENT, False

    def _marker_strip(self, line: Content, style: Style, options: RenderOptions) -> Strip:
        """Markers carry no text offsets: they are no part of what can be selected."""
        return Strip(
            [
                Segment(text, (style + text_style).rich_style)
                for text, text_style in line.render(style, end="", parse_style=options.get_style)
            ],
            line.cell_length,
        )
