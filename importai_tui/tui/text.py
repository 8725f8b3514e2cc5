"""The one way in which text becomes something a widget may draw: cleaned, and never read as markup.

A plain `str` given to a widget is parsed as markup, which loses "[AI]" and lets "[@click=…]" act; and control
sequences pass through to the terminal. So every text takes this door, even after the parser's own.

How dates are written on the screen. The platform's locale has no say: the newsletter is in English.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.content import Content, Span
from textual.style import Style

from importai_tui.parse.clean import clean_line, clean_text


def literal(text: str, style: str = "") -> Content:
    """The text as it stands, line breaks kept."""
    return Pen().write(text, style).content()


def literal_line(text: str, style: str = "") -> Content:
    """The text folded to one line."""
    return Pen().write(clean_line(text), style).content()


def cut(text: str, width: int) -> str:
    """One line of text in at most `width` cells, an ellipsis where something was cut off."""
    line = clean_line(text)
    if width <= 0:
        return ""
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - 1).rstrip() + "…"


class Pen:
    """Writes styled runs one after another into a Content. Styles are theme variables ("bold $mark") or Styles."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._spans: list[Span] = []
        self._at = 0

    @property
    def empty(self) -> bool:
        """Whether nothing was written yet."""
        return self._at == 0

    def write(self, text: str, *styles: str | Style) -> Pen:
        """Adds cleaned text in these styles."""
        clean = clean_text(text)
        end = self._at + len(clean)
        self._spans.extend(Span(self._at, end, style) for style in styles if style)
        self._text.append(clean)
        self._at = end
        return self

    def add(self, content: Content) -> Pen:
        """Adds what another pen has written."""
        self._text.append(content.plain)
        self._spans.extend(Span(start + self._at, end + self._at, style) for start, end, style in content.spans)
        self._at += len(content.plain)
        return self

    def content(self) -> Content:
        """What was written."""
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


def long_date(date: str) -> str:
    """`2025-03-03` as `3 March 2025`."""
    year, month, day = _parts(date)
    return f"{day} {_MONTHS[month - 1]} {year}"


def short_date(date: str) -> str:
    """`2025-03-03` as `3 Mar`."""
    _, month, day = _parts(date)
    return f"{day} {_MONTHS[month - 1][:3]}"


def short_date_with_year(date: str) -> str:
    """`2025-03-03` as `3 Mar 2025`."""
    return f"{short_date(date)} {date[:4]}"


def month_and_year(date: str) -> str:
    """`2025-03-03` as `Mar 2025`."""
    year, month, _ = _parts(date)
    return f"{_MONTHS[month - 1][:3]} {year}"


def _parts(date: str) -> tuple[int, int, int]:
    year, month, day = date.split("-")
    return int(year), int(month), int(day)
