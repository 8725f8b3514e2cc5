"""The lines that a piece is drawn in at some width, and what share of its words stands above each of them. Pure."""

from __future__ import annotations

from bisect import bisect_right
from math import ceil

from importai_tui.tui.story.hanging import Hanging
from importai_tui.tui.story.passages import words_of
from importai_tui.tui.story.render import Piece

_LEAST = 0.001
"""A share is kept in three digits, as it is written down."""
_ROUNDED = _LEAST / 2
"""By which it may be too small for that: a few characters of a very long paragraph."""


class Lines:
    """A piece at a width in cells. Lines are counted from the first that is drawn, be it only a marker's."""

    def __init__(self, piece: Piece, width: int) -> None:
        visual, words = piece.visual, words_of(piece)
        above, room = visual.place_of_body(width) if isinstance(visual, Hanging) else (0, width)
        self._above = above
        self._characters = len(words.plain)
        self._starts: list[int] = []
        at = 0
        for line in words.wrap(room):
            # What a line has lost at its end is white space.
            at = max(at, words.plain.find(line.plain, at))
            self._starts.append(at)
            at += len(line.plain)

    def line_of(self, character: int) -> int:
        """The line that a character of the words is drawn on."""
        return self._above + max(0, bisect_right(self._starts, character) - 1)

    def line_at(self, share: float) -> int:
        """The line that so large a share of the words is drawn above."""
        short = ceil(max(0.0, _ROUNDED * self._characters - 0.5))
        return self.line_of(min(int(share * self._characters) + short, max(0, self._characters - 1)))

    def share_at(self, line: int) -> float:
        """How much of the words is drawn above a line; 0 only for what is above the first."""
        if line < 0 or not self._starts:
            return 0.0
        first = self._starts[min(max(0, line - self._above), len(self._starts) - 1)]
        return max(_LEAST, round((first + 0.5) / max(1, self._characters), 3))
