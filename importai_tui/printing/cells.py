"""Text measured in terminal cells: a Chinese character fills two, a combining mark none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def width(text: str) -> int:
    """Cells that the text fills."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, cells: int) -> str:
    """The text, ended by an ellipsis where it is wider than `cells`."""
    if width(text) <= cells:
        return text
    head, _ = _split(text, max(cells - 1, 0))
    return head.rstrip() + "…"


def pad(text: str, cells: int) -> str:
    """The text followed by blanks up to `cells`."""
    return text + " " * (cells - width(text))


def wrap(text: str, cells: int | None, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most `cells`, None for no limit; its own line breaks are kept.

    Args:
        text: words divided by blanks; a word wider than the room is broken.
        cells: width of a whole line, indent included.
        first: put before the first line.
        rest: put before all other lines.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        room = None if cells is None else max(cells - width(rest), 8)
        for line in _lines(paragraph, room):
            lines.append((rest if lines else first) + line)
    return [line.rstrip() for line in lines]


def _lines(text: str, room: int | None) -> Iterator[str]:
    if room is None:
        yield text
        return
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer) <= room:
            line = longer
            continue
        if line:
            yield line
        while width(word) > room:
            head, word = _split(word, room)
            yield head
        line = word
    yield line


def _split(text: str, cells: int) -> tuple[str, str]:
    used = 0
    for at, character in enumerate(text):
        used += _cells(character)
        if used > cells:
            return text[:at], text[at:]
    return text, ""


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
