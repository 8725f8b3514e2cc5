"""Where a quoted passage stands in the drawn story, and what the words of a drawn passage are. Pure.

A quotation is the newsletter's own words: the small numbers that we draw after links are no part of it.

What the reader has added to a story, and how it is drawn into it. It never writes.

The lines that a piece is drawn in at some width, and what share of its words stands above each of them. Pure.

The one link that the reader points at, lit where it stands in the story. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil
from unicodedata import combining, normalize

from textual.content import Content, Span
from textual.selection import Selection
from textual.style import Style

from importai_tui.library.library import Library
from importai_tui.state.fields import Highlight
from importai_tui.tui.text import ContentBuilder
from importai_tui.tui.widgets.story_render import SUPERSCRIPT_DIGITS, HangingIndent, RenderedBlock

_KEYBOARD_SIGNS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"})
"""What stands for quotation marks and dashes on a keyboard."""


@dataclass(frozen=True, slots=True)
class HighlightSpan:
    """A part of a highlight in a piece, from one character of its words to before another; `last` has the remark."""

    highlight: Highlight
    block: int
    start: int
    end: int
    is_last: bool = True


class SearchableText:
    """The words of a drawn text without link numbers, white space folded, that know where they were drawn."""

    def __init__(self, drawn: Content) -> None:
        numbers = _link_number_offsets(drawn)
        self._offsets: list[int] = []
        letters: list[str] = []
        for at, letter in enumerate(drawn.plain):
            if at in numbers or (letter.isspace() and letters[-1:] == [" "]):
                continue
            letters.append(" " if letter.isspace() else letter)
            self._offsets.append(at)
        self._text = "".join(letters)

    def find(self, quote: str) -> tuple[int, int] | None:
        """Where the quotation begins and ends in the drawn text."""
        wanted = " ".join(quote.split())
        found = self._text.find(wanted)
        return (self._offsets[found], self._offsets[found + len(wanted) - 1] + 1) if wanted and found >= 0 else None

    def find_all(self, typed: str) -> list[tuple[int, int]]:
        """Every place of what a reader types, its words side by side and in their order.

        Accents do not matter, nor do capitals unless one is typed, and the signs are those that a keyboard has.
        """
        cased = any(letter.isupper() for letter in typed)
        wanted = "".join(
            _fold_letter(letter, cased=cased) for letter in " ".join(typed.translate(_KEYBOARD_SIGNS).split())
        )
        if not wanted:
            return []
        folded = [_fold_letter(letter, cased=cased) for letter in self._text.translate(_KEYBOARD_SIGNS)]
        places = [place for place, letters in enumerate(folded) for _ in letters]
        found: list[tuple[int, int]] = []
        for match in re.finditer(re.escape(wanted), "".join(folded)):
            start, end = places[match.start()], places[match.end() - 1] + 1
            while end < len(folded) and not folded[end]:  # an accent of its own belongs to the letter before it
                end += 1
            found.append((self._offsets[start], self._offsets[end - 1] + 1))
        return found


def get_body(block: RenderedBlock) -> Content:
    """The drawn text of a piece, without the marker that may hang beside it."""
    visual = block.visual
    if isinstance(visual, HangingIndent):
        return visual.body
    assert isinstance(visual, Content)
    return visual


def replace_body(block: RenderedBlock, body: Content) -> RenderedBlock:
    """The piece with other words, or the same ones in other styles, beside the same marker."""
    visual = block.visual.with_body(body) if isinstance(block.visual, HangingIndent) else body
    return replace(block, visual=visual, plain=body.plain)


def extract_quote(drawn: Content, start: int = 0, end: int | None = None) -> str:
    """The words of a drawn text, or of a part of it, as they are kept."""
    numbers = _link_number_offsets(drawn)
    return "".join(letter for at, letter in enumerate(drawn.plain[:end]) if at >= start and at not in numbers).strip()


def blank_link_numbers(drawn: Content) -> str:
    """The drawn text with a blank in the place of each link number, so that words end before it."""
    numbers = _link_number_offsets(drawn)
    return "".join(" " if at in numbers else letter for at, letter in enumerate(drawn.plain))


def selection_offsets(selection: Selection, text: str) -> tuple[int, int]:
    """The characters of a text that a selection covers: from one, to before another."""
    lines = text.split("\n")

    def at(x: int, y: int) -> int:
        if y >= len(lines):
            return len(text)
        return sum(len(line) + 1 for line in lines[:y]) + min(x, len(lines[y]))

    start, end = selection
    return at(*start) if start else 0, at(*end) if end else len(text)


def locate_highlights(
    highlights: Iterable[Highlight], blocks: Sequence[RenderedBlock]
) -> tuple[list[HighlightSpan], list[Highlight]]:
    """The highlights where their words stand now, nearest to where they stood; and those whose words are gone."""

    @cache  # mostly there is nothing to find, and else it stands in the first piece that is looked at
    def words(at: int) -> SearchableText:
        return SearchableText(get_body(blocks[at]))

    found: list[HighlightSpan] = []
    gone: list[Highlight] = []
    for highlight in highlights:
        order = sorted(range(len(blocks)), key=lambda at: (abs(blocks[at].block_index - highlight.paragraph), at))
        here = _locate(highlight, highlight.quote, words, order)
        parts = [here] if here else _locate_lines(highlight, words, order)
        found.extend(parts)
        if not parts:
            gone.append(highlight)
    return found, gone


def _locate(
    highlight: Highlight, quote: str, words: Callable[[int], SearchableText], order: Sequence[int]
) -> HighlightSpan | None:
    for at in order:
        if place := words(at).find(quote):
            return HighlightSpan(highlight, at, *place)
    return None


def _locate_lines(
    highlight: Highlight, words: Callable[[int], SearchableText], order: Sequence[int]
) -> list[HighlightSpan]:
    """A passage of several paragraphs has a line for each."""
    lines = [line for line in highlight.quote.split("\n") if line.strip()]
    parts = [part for line in lines if (part := _locate(highlight, line, words, order))] if len(lines) > 1 else []
    return [
        HighlightSpan(part.highlight, part.block, part.start, part.end, is_last=part is parts[-1]) for part in parts
    ]


def _fold_letter(letter: str, *, cased: bool) -> str:
    """A letter without its accents, and without its case unless that counts; nothing is left of an accent alone."""
    letter = letter if cased else letter.casefold()
    return letter if letter.isascii() else "".join(part for part in normalize("NFD", letter) if not combining(part))


def _link_number_offsets(drawn: Content) -> frozenset[int]:
    """Where link numbers stand: raised digits, and nothing else, that are a click on their link."""
    return frozenset(
        at
        for start, end, style in drawn.spans
        if isinstance(style, Style) and set(drawn.plain[start:end]) <= SUPERSCRIPT_DIGITS
        for at in range(start, end)
    )


_MIN_SHARE = 0.001
"""A share is kept in three digits, as it is written down."""
_ROUNDING_ERROR = _MIN_SHARE / 2
"""By which it may be too small for that: a few characters of a very long paragraph."""


class LineMap:
    """A piece at a width in cells. Lines are counted from the first that is drawn, be it only a marker's."""

    def __init__(self, block: RenderedBlock, width: int) -> None:
        visual, words = block.visual, get_body(block)
        above, room = visual.body_position(width) if isinstance(visual, HangingIndent) else (0, width)
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
        short = ceil(max(0.0, _ROUNDING_ERROR * self._characters - 0.5))
        return self.line_of(min(int(share * self._characters) + short, max(0, self._characters - 1)))

    def share_at(self, line: int) -> float:
        """How much of the words is drawn above a line; 0 only for what is above the first."""
        if line < 0 or not self._starts:
            return 0.0
        first = self._starts[min(max(0, line - self._above), len(self._starts) - 1)]
        return max(_MIN_SHARE, round((first + 0.5) / max(1, self._characters), 3))


_EMPHASIS_STYLE = "bold not dim $foreground on $cursor"
"""As the row under a list's cursor: the same light on both sides. Bold says it without a colour; nothing is muted."""


def emphasise_link(block: RenderedBlock, number: int) -> RenderedBlock:
    """The piece with the words and the small number of that link lit; the same piece where it has no such link."""
    words = get_body(block)
    runs = [
        Span(start, end, _EMPHASIS_STYLE)
        for start, end, style in words.spans
        if number and get_link_number(style) == number
    ]
    return replace_body(block, Content(words.plain, spans=[*words.spans, *runs])) if runs else block


def get_link_number(style: str | Style) -> int:
    """The number of the link that a click on text in this style opens; 0 where it opens none."""
    action = style.meta.get("@click") if isinstance(style, Style) else None
    match action:
        case ("screen.open_link", (int(number),)):
            return number
        case _:
            return 0


@dataclass(frozen=True, slots=True)
class Annotations:
    """A story's tags in alphabetical order, its note, its highlights in the order of the text."""

    tags: tuple[str, ...] = ()
    note: str | None = None
    highlights: tuple[Highlight, ...] = ()


def load_annotations(library: Library, key: str) -> Annotations:
    """What is kept of a story now."""
    return Annotations(library.state.get_tags(key), library.state.get_note(key), library.state.get_highlights(key))


def render_annotations(blocks: Sequence[RenderedBlock], annotations: Annotations) -> tuple[RenderedBlock, ...]:
    """The pieces with the highlights in them and the note at their foot; no piece changes its place."""
    drawn = list(blocks)
    found, gone = locate_highlights(annotations.highlights, blocks)
    for part in found:
        words = get_body(drawn[part.block])
        drawn[part.block] = replace_body(
            drawn[part.block], words.stylize(_highlight_style(words), part.start, part.end)
        )
    # After all the grounds, whose places the remarks would move.
    for part in found:
        if part.is_last and part.highlight.remark:
            said = (
                ContentBuilder()
                .append(get_body(drawn[part.block]))
                .write(f"\n{part.highlight.remark}", "italic $second")
            )
            drawn[part.block] = replace_body(drawn[part.block], said.build())
    for highlight in gone:
        pen = ContentBuilder().write("Your highlight; the text no longer has these words\n", "$muted")
        pen.write(highlight.quote, "on $highlight")
        if highlight.remark:
            pen.write(f"\n{highlight.remark}", "italic $second")
        drawn.append(_make_user_block(pen.build()))
    if annotations.note:
        drawn.append(_make_user_block(ContentBuilder().write("Your note\n", "$muted").write(annotations.note).build()))
    return tuple(drawn)


def _highlight_style(words: Content) -> str:
    """How kept words are drawn; a muted caption could hardly be read on the ground of highlights."""
    muted = any("$muted" in str(style) for _, _, style in words.spans)
    return "$foreground on $highlight" if muted else "on $highlight"


def _make_user_block(text: Content) -> RenderedBlock:
    return RenderedBlock("yours", text, text.plain)
