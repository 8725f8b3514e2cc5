"""Safe text for widgets: cleaned, never read as markup. Dates as the screen shows them.

A plain `str` given to a widget is parsed as markup, which loses "[AI]" and lets "[@click=…]" act. Control sequences
would reach the terminal. So all text that a widget draws goes through here, even text from the parser.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.content import Content, Span
from textual.style import Style

from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.wording import format_date


def to_content(text: str, style: str = "") -> Content:
    """Return cleaned text as Content, with its line breaks."""
    return ContentBuilder().write(text, style).build()


def to_line_content(text: str, style: str = "") -> Content:
    """Return cleaned text as Content on one line."""
    return ContentBuilder().write(clean_line(text), style).build()


_MIN_WIDTH_TO_SHIFT = 8
"""Cells from which on a text can lose its beginning and still be read."""


def truncate(text: str, width: int) -> str:
    """Return one line of text in at most `width` cells, with an ellipsis if something was cut off."""
    line = clean_line(text)
    if width <= 0:
        return ""
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


def truncate_around(text: str, words: str, width: int) -> str:
    """Truncate one line of text; if that hides one of the words, cut off its beginning too, so that the word shows."""
    line = clean_line(text)
    short, folded = truncate(line, width), line.casefold()
    found = ((word, folded.find(word)) for word in words.casefold().split())
    hidden = next((at for word, at in found if at >= 0 and word not in short.casefold()), None)
    if hidden is None or width < _MIN_WIDTH_TO_SHIFT:
        return short
    # At a word, some way before the hidden one, and not so late that room is left over.
    earliest = max(0, min(hidden - width // 3, len(line) - width + 1))
    start = line.find(" ", earliest, hidden) + 1 or hidden
    return truncate("…" + line[start:], width)


def wrap_title(text: str, width: int, max_lines: int) -> list[str]:
    """Return one line of text on at most `max_lines` lines of at most `width` cells; the last one is truncated."""
    line = clean_line(text)
    lines: list[str] = []
    while cell_len(line) > width > 0 and len(lines) + 1 < max_lines:
        head = set_cell_size(line, width + 1).rstrip("\n")
        cut = head.rfind(" ")
        if cut <= 0:
            cut = len(set_cell_size(line, width).rstrip())
        lines.append(line[:cut])
        line = line[cut:].lstrip()
    return [*lines, truncate(line, width)]


class ContentBuilder:
    """Builds a Content from styled runs. Styles are theme variables ("bold $mark") or Style objects."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._spans: list[Span] = []
        self._length = 0

    @property
    def is_empty(self) -> bool:
        """True if nothing was written yet."""
        return self._length == 0

    def write(self, text: str, *styles: str | Style) -> ContentBuilder:
        """Add cleaned text in these styles."""
        clean = clean_text(text)
        end = self._length + len(clean)
        self._spans.extend(Span(self._length, end, style) for style in styles if style)
        self._text.append(clean)
        self._length = end
        return self

    def append(self, content: Content) -> ContentBuilder:
        """Add a Content that was built before."""
        self._text.append(content.plain)
        self._spans.extend(Span(start + self._length, end + self._length, style) for start, end, style in content.spans)
        self._length += len(content.plain)
        return self

    def build(self) -> Content:
        """Return the Content."""
        return Content("".join(self._text), spans=self._spans)


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def format_long_date(date: str, *, is_estimated: bool = False) -> str:
    """Return `2025-03-03` as `3 March 2025`; English in any locale, as the newsletter is.

    An estimated date becomes `about 3 March 2025`. The other forms, which are in columns, are then `~3 Mar`.
    """
    year, month, day = _split_day(date)
    return format_date(f"{day} {_MONTHS[month - 1]} {year}", is_estimated=is_estimated)


def format_short_date(date: str) -> str:
    """Return `2025-03-03` as `3 Mar`."""
    _, month, day = _split_day(date)
    return f"{day} {_MONTHS[month - 1][:3]}"


def format_short_date_with_year(date: str, *, is_estimated: bool = False) -> str:
    """Return `2025-03-03` as `3 Mar 2025`."""
    return f"{'~' * is_estimated}{format_short_date(date)} {date[:4]}"


def format_month(date: str, *, is_estimated: bool = False) -> str:
    """Return `2025-03-03` as `Mar 2025`."""
    year, month, _ = _split_day(date)
    return f"{'~' * is_estimated}{_MONTHS[month - 1][:3]} {year}"


def _split_day(date: str) -> tuple[int, int, int]:
    year, month, day = date.split("-")
    return int(year), int(month), int(day)
