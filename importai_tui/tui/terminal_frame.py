"""The cells that are on the terminal. An update of the screen is written as the cells that differ from them.

Textual writes each changed line as a whole, and each run of text with all its colours. Over ssh that is ten times as
much: 35 kB for another story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from importai_tui.output.hyperlinks import END_LINK, format_link_start

_NARROW = re.compile(
    "[ -~\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u2070-\u208e\u20a0-\u20bf"
    "\u2100-\u218b\u2190-\u2319\u2500-\u25fc\u25ff\u2605\u2606]+"
)
"""Characters that are one cell wide on every terminal that Textual can be used on."""
_SAME_SURENESS = re.compile(f"(?P<narrow>{_NARROW.pattern})|[^{_NARROW.pattern[1:-2]}]+")
_MAX_KEPT_CELLS = 3
"""Unchanged cells that are written again, because moving over them takes more bytes."""
_FOREGROUND, _BACKGROUND = "38", "48"
_COLOUR_LENGTHS = {"2": 5, "5": 3}
"""The number of parts of a colour, by the second part: three of red, green and blue, or one of a palette."""
_VISIBLE_ON_BLANK = {"3", "4", "7", "9", "21", "51", "52", "53"}
"""Codes of attributes that can be seen on a blank: underlined, reversed, struck, framed and overlined text.

Italics too: GNU screen, and tmux on a terminal without italics, show them as reversed.
"""
_RESET = "\x1b[0m"
_LINK = "\0"
"""Separates the codes of a style from the address of its hyperlink."""
_WRAPPING_OFF, _WRAPPING_ON = "\x1b[?7l", "\x1b[?7h"

_Cell = tuple[str, str]
"""A character, and its style: the codes as Rich writes them, and an address after `_LINK` if it is a hyperlink."""
_Row = list[_Cell | None]
"""The cells of a row; None if the content is not known."""


class TerminalFrame:
    """The present content of the terminal, as far as it is known."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._width = 0
        self.has_hyperlinks = False
        """True to write links as hyperlinks of the terminal."""

    def forget(self) -> None:
        """Assume nothing about the terminal any more, so that the next update writes everything that it has."""
        self._rows = []

    def wrap(self, update: LayoutUpdate | ChopsUpdate, width: int, height: int) -> _FrameUpdate:
        """Return an update that writes only the cells that differ; it must be written, and in this order."""
        return _FrameUpdate(self, update, width, height)

    def format_changes(self, update: LayoutUpdate | ChopsUpdate, width: int, height: int, colours: ColorSystem) -> str:
        """Return the control sequences and texts that change the terminal, and note that they are written."""
        if (width, height) != (self._width, len(self._rows)):
            self._width = width
            self._rows = [[None] * width for _ in range(height)]
        writer = _Writer()
        for x, y, strip in _list_pieces(update):
            if y < height and x < width:
                self._write(writer, x, y, strip, colours)
        return writer.finish()

    def _write(self, writer: _Writer, x: int, y: int, strip: Strip, colours: ColorSystem) -> None:
        if strip.cell_length > self._width - x:
            strip = strip.crop(0, self._width - x)
        row = self._rows[y]
        runs = _list_runs(strip, colours, hyperlinks=self.has_hyperlinks)
        if any(not _NARROW.fullmatch(text) for text, _ in runs):
            writer.write_unsure(x, y, runs)
            row[x:] = [None] * (self._width - x)
            return
        cells = _make_cells(runs)
        end = x + len(cells)
        before = row[x:end]
        if before != cells:
            for start, stop in _find_changes(before, cells):
                writer.write(x + start, y, cells[start:stop])
            row[x:end] = cells


class _FrameUpdate(CompositorUpdate):
    """An update that is written as its difference from the terminal."""

    def __init__(self, frame: TerminalFrame, update: LayoutUpdate | ChopsUpdate, width: int, height: int) -> None:
        self._frame = frame
        self._update = update
        self._width = width
        self._height = height

    def render_segments(self, console: Console) -> str:
        """Return what is written to the terminal."""
        colours = console._color_system or ColorSystem.TRUECOLOR
        return self._frame.format_changes(self._update, self._width, self._height, colours)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._update


class _Writer:
    """Collects texts, and writes those of one style after another: a move of the cursor is shorter than two colours."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._style = ""
        self._position = (-1, -1)
        self._waiting: dict[str, list[tuple[int, int, str]]] = {}
        """Column, row and text by the codes of the style."""

    def write(self, x: int, y: int, cells: list[_Cell]) -> None:
        """Write narrow cells at a position, at the end."""
        first, style = 0, cells[0][1]
        for n, (text, codes) in enumerate(cells):
            if codes != style and (text != " " or codes != _format_blank(style)):
                self._wait(x, y, cells, first, n, style)
                first, style = n, codes
        self._wait(x, y, cells, first, len(cells), style)

    def _wait(self, x: int, y: int, cells: list[_Cell], first: int, end: int, style: str) -> None:
        if first < end:
            text = "".join(text for text, _ in cells[first:end])
            self._waiting.setdefault(style, []).append((x + first, y, text))

    def write_unsure(self, x: int, y: int, runs: list[_Cell]) -> None:
        """Write a line with characters that the terminal may draw wider or narrower: what follows them stays in place.

        It would show the old cells behind a narrower one, and wrap a wider one at its edge into the next row.
        """
        self._parts.append(_WRAPPING_OFF)
        for text, codes in runs:
            start = 0
            for run in _SAME_SURENESS.finditer(text):
                end = cell_len(text[: run.end()])
                self._add(x + start, y, run[0] if run["narrow"] else " " * (end - start), codes)
                if not run["narrow"]:
                    self._add(x + start, y, run[0], codes)
                    self._position = (-1, -1)
                start = end
            x += start
        self._parts.append(_WRAPPING_ON)

    def _add(self, x: int, y: int, text: str, codes: str) -> None:
        """Write a text of narrow characters now."""
        at_x, at_y = self._position
        if (x, y) != self._position:
            self._parts.append(f"\x1b[{x - at_x}C" if y == at_y and x > at_x else f"\x1b[{y + 1};{x + 1}H")
        if codes != self._style:
            self._parts.append(_format_transition(self._style, codes))
        self._parts.append(text)
        self._style, self._position = codes, (x + len(text), y)

    def finish(self) -> str:
        """Return everything, with the terminal's own style at the end."""
        for codes, texts in self._waiting.items():
            for x, y, text in texts:
                self._add(x, y, text, codes)
        if self._style:
            self._parts.append(_format_transition(self._style, ""))
        return "".join(self._parts)


def _list_pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the pieces of lines of an update, each with its column and row."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, first, end in update.spans:
        for strip_end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if piece is not None and x < end and strip_end > first:
                yield x, y, piece if strip_end <= end else piece.crop(0, end - x)


def _list_runs(strip: Strip, colours: ColorSystem, *, hyperlinks: bool) -> list[_Cell]:
    """Return the texts of a strip with their styles."""
    return [
        (text, _format_style(style, colours, hyperlinks) if style else "")
        for text, style, control in strip
        if text and not control
    ]


def _format_style(style: Style, colours: ColorSystem, hyperlinks: bool) -> str:
    codes = Strip.render_ansi(style, colours)
    return f"{codes}{_LINK}{style.link}" if style.link and hyperlinks else codes


def _make_cells(runs: list[_Cell]) -> list[_Cell]:
    """Return the cells of texts whose characters are all narrow."""
    cells: list[_Cell] = []
    for text, codes in runs:
        blank = _format_blank(codes)
        cells += [(character, blank if character == " " else codes) for character in text]
    return cells


def _find_changes(before: _Row, cells: list[_Cell]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the runs of cells that differ."""
    start = last = -1
    for n, (old, new) in enumerate(zip(before, cells, strict=True)):
        if old == new:
            continue
        if start >= 0 and n - last > _MAX_KEPT_CELLS + 1:
            yield start, last + 1
            start = n
        elif start < 0:
            start = n
        last = n
    if start >= 0:
        yield start, last + 1


def _format_transition(before: str, after: str) -> str:
    """Return the shortest control sequences that change a style into another."""
    before, _, old_url = before.partition(_LINK)
    after, _, url = after.partition(_LINK)
    link = "" if url == old_url else format_link_start(url) or END_LINK
    return link + (_format_code_change(before, after) if before != after else "")


@lru_cache(maxsize=4096)
def _format_code_change(before: str, after: str) -> str:
    """Return the shortest control sequence that changes codes, as Rich writes them, into others."""
    if not after:
        return _RESET
    old, new = _split_codes(before), _split_codes(after)
    is_default = (old.foreground and not new.foreground) or (old.background and not new.background)
    if not old.attributes <= new.attributes or is_default:
        return f"{_RESET}\x1b[{after}m"
    codes = sorted(new.attributes - old.attributes)
    codes += [new.foreground] if new.foreground != old.foreground else []
    codes += [new.background] if new.background != old.background else []
    return f"\x1b[{';'.join(codes)}m"


def _format_blank(style: str) -> str:
    """Return the part of a style that is visible on a blank. A hyperlink is, because many terminals underline it."""
    return style if _LINK in style else _format_blank_codes(style)


@lru_cache(maxsize=1024)
def _format_blank_codes(codes: str) -> str:
    """Return the codes that are visible on a blank; a reversed blank or a line in it has all colours."""
    _, background, attributes = _split_codes(codes)
    return background if attributes.isdisjoint(_VISIBLE_ON_BLANK) else codes


class _Codes(NamedTuple):
    foreground: str
    background: str
    attributes: frozenset[str]


def _split_codes(codes: str) -> _Codes:
    """Split the codes of a style into attributes and the two colours."""
    parts = codes.split(";") if codes else []
    attributes, foreground, background = set(), "", ""
    n = 0
    while n < len(parts):
        length = _COLOUR_LENGTHS.get(parts[n + 1], 1) if parts[n] in (_FOREGROUND, _BACKGROUND) else 1
        code = ";".join(parts[n : n + length])
        number = int(parts[n])
        if 30 <= number <= 39 or 90 <= number <= 97:
            foreground = code
        elif 40 <= number <= 49 or 100 <= number <= 107:
            background = code
        else:
            attributes.add(code)
        n += length
    return _Codes(foreground, background, frozenset(attributes))
