"""The piece of a story that shows why it was found: which one it is, and how it is cut. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

EXCERPT_LENGTH = 160
"""Characters of an excerpt: two lines of a terminal, enough for a sentence around a match."""
_LEAD_DIVISOR = 3
"""A third of the room that the matches leave is for what leads to them, the rest for what follows from them."""
_MAX_WORD_LENGTH = 24
"""Characters that are given up so as not to cut a word; one that is longer is cut."""
ELLIPSIS = "…"
TAGLINE_BLOCK = -1
"""The place of what is in no block."""

Range = tuple[int, int]
Ranges = tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a story on one line, ellipses where something was cut off.

    `highlights` are the matches in `text`, each from one character to before another. `block` is the index of the
    story's block that it is from, -1 where it is the tagline or nothing matches in the text.
    """

    text: str
    highlights: Ranges = ()
    block: int = TAGLINE_BLOCK


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a story that an excerpt may be of, on one line, with the place of its block."""

    text: str
    block: int


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """A piece of a passage that is one of the words asked for. `which` are the words that it is, by number."""

    start: int
    end: int
    word_numbers: frozenset[int]


def make_passages(
    texts: Iterable[str], tagline: str | None, may_match: Callable[[str], bool] = bool
) -> tuple[Passage, ...]:
    """The texts of a story's blocks in order, and its tagline last: of two that are as good the first is shown.

    Only those of which `may_be` is true, and that have any text.
    """
    placed = [*((text, place) for place, text in enumerate(texts)), (tagline or "", TAGLINE_BLOCK)]
    parts = [Passage(collapse_space(text), place) for text, place in placed if may_match(text)]
    return tuple(part for part in parts if part.text)


def make_excerpt(parts: Sequence[Passage], matches: Sequence[Sequence[PassageMatch]]) -> Excerpt | None:
    """A piece of the passage that has the most different words close together, and then the most matches.

    `matches` are those of each passage in order; None where there is none at all.
    """
    best: tuple[int, int] = (0, 0)
    found: Excerpt | None = None
    for part, inside in zip(parts, matches, strict=True):
        for first, last, worth in _iter_windows(inside):
            if worth > best:
                best = worth
                ranges = [(match.start, match.end) for match in inside]
                found = cut_passage(part, ranges, (inside[first].start, inside[last].end))
    return found


def make_default_excerpt(texts: Iterable[str], tagline: str | None) -> Excerpt:
    """Where nothing of the text was asked for: the tagline, else how the story begins."""
    parts = make_passages(texts, tagline)
    if not parts:
        return Excerpt("")
    shown = parts[-1]
    if shown.block != TAGLINE_BLOCK:
        shown = parts[0]
    return Excerpt(cut_passage(shown, (), (0, 0)).text)


def cut_passage(part: Passage, ranges: Sequence[Range], around: Range) -> Excerpt:
    """The passage cut down to `ROOM` characters around a piece of it, between words where that can be.

    The ellipses come on top.
    """
    text = part.text
    start, end = 0, len(text)
    if end > EXCERPT_LENGTH:
        first, last = around[0], min(around[1], around[0] + EXCERPT_LENGTH)
        start = max(0, min(first - (EXCERPT_LENGTH - (last - first)) // _LEAD_DIVISOR, end - EXCERPT_LENGTH))
        end = min(end, start + EXCERPT_LENGTH)
        start, end = _move_to_word_start(text, start, first), _move_to_word_end(text, end, last)
    before, after = ELLIPSIS if start else "", ELLIPSIS if end < len(text) else ""
    shift = len(before) - start
    inside = (
        (max(first, start) + shift, min(last, end) + shift) for first, last in ranges if first < end and last > start
    )
    return Excerpt(f"{before}{text[start:end]}{after}", tuple(inside), part.block)


def _move_to_word_start(text: str, start: int, latest: int) -> int:
    """The beginning of a word at `start` or soon after it, but not after `latest`."""
    if start == 0 or text[start - 1] == " ":
        return start
    blank = text.find(" ", start, min(latest, start + _MAX_WORD_LENGTH))
    return blank + 1 if blank >= 0 else start


def _move_to_word_end(text: str, end: int, earliest: int) -> int:
    """The end of a word at `end` or shortly before it, but not before `earliest`."""
    if end == len(text) or text[end] == " ":
        return end
    blank = text.rfind(" ", max(earliest, end - _MAX_WORD_LENGTH), end)
    return blank if blank > 0 else end


def _iter_windows(matches: Sequence[PassageMatch]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """For each match the last one that an excerpt beginning with it has room for, and what they are worth."""
    last = 0
    for first, match in enumerate(matches):
        last = max(first, last)
        # What is cut away to end between words is not counted on.
        while last + 1 < len(matches) and matches[last + 1].end < match.start + EXCERPT_LENGTH - _MAX_WORD_LENGTH:
            last += 1
        different = len(frozenset().union(*(one.word_numbers for one in matches[first : last + 1])))
        yield first, last, (different, last + 1 - first)


def collapse_space(text: str) -> str:
    """The text with one blank wherever it has any number of them, or a line's end."""
    return " ".join(text.split())
