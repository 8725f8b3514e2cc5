"""Measures, wraps and pads text in terminal cells, and splits it into pages.

A Chinese character fills two cells, a combining mark none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_MIN_CELLS = 8
"""Text is never wrapped to fewer cells, however wide the indent is."""
_MIN_PAGE_LINES = 2
"""Lines of a page on the smallest screen; with fewer, most lines would be prompts."""


def text_width(text: str) -> int:
    """Return the number of cells that the text fills."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def truncate_to_width(text: str, cells: int) -> str:
    """Return the text; if it is wider than `cells`, shortened and with an ellipsis."""
    if text_width(text) <= cells:
        return text
    start, _ = _split(text, max(cells - 1, 0))
    return start.rstrip() + "…"


def pad(text: str, cells: int) -> str:
    """Return the text with spaces added up to `cells`."""
    return text + " " * (cells - text_width(text))


def wrap(text: str, cells: int | None, first: str = "", rest: str = "") -> list[str]:
    """Wrap text to lines of at most `cells`, None for no limit; its own line breaks are kept.

    Args:
        text: words with spaces between them; a word that is too wide is broken.
        cells: the width of a line, including its indent.
        first: the indent of the first line.
        rest: the indent of all other lines.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        available = None if cells is None else max(cells - text_width(rest), _MIN_CELLS)
        for line in _wrap_paragraph(paragraph, available):
            lines.append((rest if lines else first) + line)
    return [line.rstrip() for line in lines]


@dataclass(frozen=True, slots=True)
class ScreenSize:
    """The size of a screen in cells. `rows` is None if the output is no screen."""

    columns: int
    rows: int | None


@dataclass(slots=True)
class PagedText:
    """Lines that are shown page by page; it remembers the pages shown so far."""

    lines: Sequence[str]
    choices: Mapping[str, str] = field(default_factory=dict)
    """The answers that open a story or an issue, each with its reference."""
    _starts: list[int] = field(default_factory=list)
    _end: int = 0

    @property
    def is_at_end(self) -> bool:
        """True if the last line is shown."""
        return self._end >= len(self.lines)

    @property
    def is_at_start(self) -> bool:
        """True if the first line is shown."""
        return len(self._starts) < 2

    def next_page(self, screen: ScreenSize) -> Sequence[str]:
        """Return the lines of the next page; one row of the screen remains for a prompt."""
        self._starts.append(self._end)
        return self.current_page(screen)

    def previous_page(self, screen: ScreenSize) -> Sequence[str]:
        """Return the lines of the previous page; at the start those of the first page."""
        if not self.is_at_start:
            self._starts.pop()
        return self.current_page(screen)

    def current_page(self, screen: ScreenSize) -> Sequence[str]:
        """Return the lines of the current page, which a resized screen changes."""
        start = self._starts[-1]
        self._end = self._find_page_end(start, screen)
        return self.lines[start : self._end]

    def _find_page_end(self, start: int, screen: ScreenSize) -> int:
        """Return the end of the page that begins at a line; the terminal wraps lines wider than the screen."""
        if screen.rows is None:
            return len(self.lines)
        rows = max(screen.rows - 1, _MIN_PAGE_LINES)
        for index in range(start, len(self.lines)):
            rows -= max(1, -(-text_width(self.lines[index]) // max(screen.columns, 1)))
            if rows < 0:
                return max(index, start + 1)
        return len(self.lines)


def _wrap_paragraph(text: str, cells: int | None) -> Iterator[str]:
    if cells is None:
        yield text
        return
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if text_width(longer) <= cells:
            line = longer
            continue
        if line:
            yield line
        line, rest = _split(word, cells)
        while rest:
            yield line
            line, rest = _split(rest, cells)
    yield line


def _split(text: str, cells: int) -> tuple[str, str]:
    """Split text into as much as fits in `cells`, and the rest."""
    used = 0
    for index, character in enumerate(text):
        used += _character_width(character)
        if used > cells:
            return text[:index], text[index:]
    return text, ""


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
