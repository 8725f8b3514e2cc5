"""A list whose rows have different heights: each has some lines of a long text."""

from __future__ import annotations

import re
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from textual.content import Content

from importai_tui.parse.clean import clean_line
from importai_tui.tui.text import wrap_title
from importai_tui.tui.widgets.row_list import RowList

_LOW_HEIGHT, _SPACED_HEIGHT = 12, 16
"""Lines of the list: from the first on three lines of a text are shown, from the second on a blank line follows."""
_WIDE = re.compile("[\u0300-\u036f\u1100-\u1fff\u2e80-\uffff\U00010000-\U0010ffff]")
"""Characters that may be wider or narrower than a cell."""
_MATCH_STYLE = "$foreground on $match"


class RowShape(NamedTuple):
    """The most lines of the text and of the comment, and the blank lines after a row."""

    text: int = 3
    comment: int = 2
    gap: int = 1

    @classmethod
    def for_height(cls, height: int) -> RowShape:
        """Return the shape for a list of that many lines."""
        if height < _LOW_HEIGHT:
            return cls(2, 1, 0)
        return cls(gap=1 if height >= _SPACED_HEIGHT else 0)


class TallRowList(RowList):
    """A subclass returns the height of each row. It calls `measure_rows` when its rows have changed."""

    LINES_PER_ROW = 4

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._tops = [0]
        """The first line of each row, and the number of all lines."""
        self._measured_size = (0, 0)
        """The width of a line and the height of the list for which the rows were measured."""

    @abstractmethod
    def list_heights(self, width: int, shape: RowShape) -> Iterable[int]:
        """Return the number of lines of each row."""

    @property
    def shape(self) -> RowShape:
        """The shape of the rows at the present height."""
        return RowShape.for_height(self._measured_size[1])

    def measure_rows(self) -> None:
        """Measure and draw all rows."""
        self._measured_size = (self.line_width, self.size.height)
        self._tops = [0, *accumulate(self.list_heights(self.line_width, self.shape))]
        self.refresh_rows()

    def place_cursor(self, row: int, scroll: int | None) -> None:
        """Put the cursor on a row, with the line `scroll` at the top; None scrolls as little as needed."""
        self.cursor = max(0, min(row, self.row_count - 1))
        self._scroll(scroll)
        # Again, because a list that is shown for the first time has no size yet, and one that grows no scroll bar.
        self.call_after_refresh(self._scroll, scroll)

    def row_top(self, row: int) -> int:
        """Return the line that a row begins on."""
        return self._tops[min(row, len(self._tops) - 1)]

    def row_at(self, line: int) -> int:
        """Return the row that has this line."""
        return bisect_right(self._tops, line) - 1

    def on_resize(self) -> None:
        """Measure the rows for the new size. Textual calls this before the handler that keeps the cursor visible."""
        if self._measured_size != (self.line_width, self.size.height):
            self.measure_rows()

    def _scroll(self, scroll: int | None) -> None:
        if scroll is not None:
            self.scroll_to(y=scroll, animate=False, immediate=True)
        self.scroll_to_row(self.cursor)


def count_lines(text: str, width: int, most: int) -> int:
    """Return the number of lines that `wrap_title` needs. It is fast, because each row of a list is measured.

    Runs of blanks count, so that text with some may need fewer lines.
    """
    if len(text) > width * most:  # also before the list has a width
        return most
    if not text.isascii() and _WIDE.search(text):
        return len(wrap_title(text, width, most))
    lines = start = 0
    while start < len(text) and lines < most:
        lines += 1
        cut = text.rfind(" ", start, start + width + 1) if len(text) - start > width else len(text)
        start = cut + 1 if cut > start else start + width
    return lines


def find_excerpt(text: str, words: Sequence[str], length: int) -> str:
    """Return text on one line, from its beginning if that has one of the words; else from before the first word.

    At least `length` characters are left, so that the excerpt needs as many lines as the text. The words are folded.
    """
    line = clean_line(text)
    folded = line.casefold()
    first = min((at for word in words if (at := folded.find(word)) >= 0), default=0)
    if first < length * 3 // 4:
        return line
    start = line.rfind(" ", 0, max(0, min(first - length // 4, len(line) - length))) + 1
    return f"…{line[start:]}" if start else line


def mark_words(line: Content, words: Sequence[str]) -> Content:
    """Return a line with the words of the filter highlighted."""
    for word in words:
        for found in re.finditer(re.escape(word), line.plain, re.IGNORECASE):
            line = line.stylize(_MATCH_STYLE, *found.span())
    return line
