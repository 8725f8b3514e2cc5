"""Where a quoted passage stands in the drawn story, and what the words of a drawn passage are. Pure.

A quotation is the newsletter's own words: the small numbers that we draw after links are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from unicodedata import combining, normalize

from textual.content import Content
from textual.selection import Selection
from textual.style import Style

from importai_tui.reading import Highlight
from importai_tui.tui.story.hanging import Hanging
from importai_tui.tui.story.render import Piece
from importai_tui.tui.story.superscripts import RAISED

_TYPED = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"})
"""What stands for quotation marks and dashes on a keyboard."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of a highlight in a piece, from one character of its words to before another; `last` has the remark."""

    highlight: Highlight
    piece: int
    start: int
    end: int
    last: bool = True


class Words:
    """The words of a drawn text without link numbers, white space folded, that know where they were drawn."""

    def __init__(self, drawn: Content) -> None:
        numbers = _numbers(drawn)
        self._at: list[int] = []
        letters: list[str] = []
        for at, letter in enumerate(drawn.plain):
            if at in numbers or (letter.isspace() and letters[-1:] == [" "]):
                continue
            letters.append(" " if letter.isspace() else letter)
            self._at.append(at)
        self._text = "".join(letters)

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where the quotation begins and ends in the drawn text."""
        wanted = " ".join(quote.split())
        found = self._text.find(wanted)
        return (self._at[found], self._at[found + len(wanted) - 1] + 1) if wanted and found >= 0 else None

    def find_all(self, typed: str) -> list[tuple[int, int]]:
        """Every place of what a reader types, its words side by side and in their order.

        Accents do not matter, nor do capitals unless one is typed, and the signs are those that a keyboard has.
        """
        cased = any(letter.isupper() for letter in typed)
        wanted = "".join(_folded(letter, cased=cased) for letter in " ".join(typed.translate(_TYPED).split()))
        if not wanted:
            return []
        folded = [_folded(letter, cased=cased) for letter in self._text.translate(_TYPED)]
        places = [place for place, letters in enumerate(folded) for _ in letters]
        found: list[tuple[int, int]] = []
        for match in re.finditer(re.escape(wanted), "".join(folded)):
            start, end = places[match.start()], places[match.end() - 1] + 1
            while end < len(folded) and not folded[end]:  # an accent of its own belongs to the letter before it
                end += 1
            found.append((self._at[start], self._at[end - 1] + 1))
        return found


def words_of(piece: Piece) -> Content:
    """The drawn text of a piece, without the marker that may hang beside it."""
    visual = piece.visual
    if isinstance(visual, Hanging):
        return visual.body
    assert isinstance(visual, Content)
    return visual


def with_words(piece: Piece, words: Content) -> Piece:
    """The piece with other words, or the same ones in other styles, beside the same marker."""
    visual = piece.visual.with_body(words) if isinstance(piece.visual, Hanging) else words
    return replace(piece, visual=visual, plain=words.plain)


def quotation(drawn: Content, start: int = 0, end: int | None = None) -> str:
    """The words of a drawn text, or of a part of it, as they are kept."""
    numbers = _numbers(drawn)
    return "".join(letter for at, letter in enumerate(drawn.plain[:end]) if at >= start and at not in numbers).strip()


def unnumbered(drawn: Content) -> str:
    """The drawn text with a blank in the place of each link number, so that words end before it."""
    numbers = _numbers(drawn)
    return "".join(" " if at in numbers else letter for at, letter in enumerate(drawn.plain))


def selected(selection: Selection, text: str) -> tuple[int, int]:
    """The characters of a text that a selection covers: from one, to before another."""
    lines = text.split("\n")

    def at(x: int, y: int) -> int:
        if y >= len(lines):
            return len(text)
        return sum(len(line) + 1 for line in lines[:y]) + min(x, len(lines[y]))

    start, end = selection
    return at(*start) if start else 0, at(*end) if end else len(text)


def placed(highlights: Iterable[Highlight], pieces: Sequence[Piece]) -> tuple[list[Placed], list[Highlight]]:
    """The highlights where their words stand now, nearest to where they stood; and those whose words are gone."""

    @cache  # mostly there is nothing to find, and else it stands in the first piece that is looked at
    def words(at: int) -> Words:
        return Words(words_of(pieces[at]))

    found: list[Placed] = []
    gone: list[Highlight] = []
    for highlight in highlights:
        order = sorted(range(len(pieces)), key=lambda at: (abs(pieces[at].block - highlight.paragraph), at))
        here = _find(highlight, highlight.quote, words, order)
        parts = [here] if here else _find_lines(highlight, words, order)
        found.extend(parts)
        if not parts:
            gone.append(highlight)
    return found, gone


def _find(highlight: Highlight, quote: str, words: Callable[[int], Words], order: Sequence[int]) -> Placed | None:
    for at in order:
        if place := words(at).find(quote):
            return Placed(highlight, at, *place)
    return None


def _find_lines(highlight: Highlight, words: Callable[[int], Words], order: Sequence[int]) -> list[Placed]:
    """A passage of several paragraphs has a line for each."""
    lines = [line for line in highlight.quote.split("\n") if line.strip()]
    parts = [part for line in lines if (part := _find(highlight, line, words, order))] if len(lines) > 1 else []
    return [Placed(part.highlight, part.piece, part.start, part.end, last=part is parts[-1]) for part in parts]


def _folded(letter: str, *, cased: bool) -> str:
    """A letter without its accents, and without its case unless that counts; nothing is left of an accent alone."""
    letter = letter if cased else letter.casefold()
    return letter if letter.isascii() else "".join(part for part in normalize("NFD", letter) if not combining(part))


def _numbers(drawn: Content) -> frozenset[int]:
    """Where link numbers stand: raised digits, and nothing else, that are a click on their link."""
    return frozenset(
        at
        for start, end, style in drawn.spans
        if isinstance(style, Style) and set(drawn.plain[start:end]) <= RAISED
        for at in range(start, end)
    )
