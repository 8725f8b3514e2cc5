"""Highlights, notes and links in rendered text: where they are, and how they are drawn. Never writes.

A quote has the newsletter's own words: the small numbers that we draw after links are not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple
from unicodedata import combining, normalize

from textual.content import Content, Span
from textual.style import Style

from importai_tui.library.library import Library
from importai_tui.state.fields import Highlight
from importai_tui.tui.text import ContentBuilder
from importai_tui.tui.widgets.story_render import SUPERSCRIPT_DIGITS, RenderedBlock, get_link_number

_KEYBOARD_SIGNS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"})
"""Quotation marks and dashes, with the sign that a keyboard has for each."""
_EMPHASIS_STYLE = "bold not dim $foreground on $cursor"
"""The style of the cursor's row in a list, so that both sides look alike. Bold shows without colours."""


_LABEL = re.compile(r"(?::|\s[-–—])\s+")
"""The end of a label ("Why this matters – robots:") in the text of a story."""
_MIN_QUOTE_LENGTH = 20
"""Characters of a quote without its labels, at least, so that it is not found elsewhere."""


class StoryAnnotations(NamedTuple):
    """A story's tags in alphabetical order, its note, its highlights in the order of the text.

    `verdicts` has the quotes of forecasts with the user's verdicts on them.
    """

    tags: tuple[str, ...] = ()
    note: str | None = None
    highlights: tuple[Highlight, ...] = ()
    verdicts: tuple[tuple[str, str], ...] = ()


def load_annotations(library: Library, key: str) -> StoryAnnotations:
    """Return the annotations of a story."""
    return StoryAnnotations(library.state.get_tags(key), library.state.get_note(key), library.state.get_highlights(key))


def render_annotations(blocks: Sequence[RenderedBlock], annotations: StoryAnnotations) -> tuple[RenderedBlock, ...]:
    """Return the blocks with the highlights drawn in, and the note at the end; no block changes its index."""
    rendered = list(blocks)
    spans, missing = locate_highlights(annotations.highlights, blocks)
    for span in spans:
        body = rendered[span.block].body
        rendered[span.block] = rendered[span.block]._replace(
            body=body.stylize(_highlight_style(body), span.start, span.end)
        )
    # Remarks come after all highlights, because they shift the offsets.
    for span in spans:
        if span.is_last and span.highlight.remark:
            with_remark = (
                ContentBuilder().append(rendered[span.block].body).write(f"\n{span.highlight.remark}", "italic $second")
            )
            rendered[span.block] = rendered[span.block]._replace(body=with_remark.build())
    for quote, verdict in annotations.verdicts:
        if found := find_passage(quote, blocks):
            at = found[-1].block
            body = ContentBuilder().append(rendered[at].body).write(f"\n{verdict}", "italic $second").build()
            rendered[at] = rendered[at]._replace(body=body)
    for highlight in missing:
        builder = ContentBuilder().write("Your highlight (its text is no longer in the story)\n", "$muted")
        builder.write(highlight.quote, "on $highlight")
        if highlight.remark:
            builder.write(f"\n{highlight.remark}", "italic $second")
        rendered.append(_make_user_block(builder.build()))
    if annotations.note:
        rendered.append(
            _make_user_block(ContentBuilder().write("Your note\n", "$muted").write(annotations.note).build())
        )
    return tuple(rendered)


class HighlightSpan(NamedTuple):
    """The part of a highlight in one rendered block, from `start` to before `end`. The last part has the remark."""

    highlight: Highlight
    block: int
    """The index of the rendered block."""
    start: int
    end: int
    is_last: bool = True


def locate_highlights(
    highlights: Iterable[Highlight], blocks: Sequence[RenderedBlock]
) -> tuple[list[HighlightSpan], list[Highlight]]:
    """Return the spans of the highlights, nearest to their paragraph, and the highlights whose words are gone."""

    @cache  # most stories have no highlight, and most highlights are in the first block that is searched
    def get_text(index: int) -> SearchableText:
        return SearchableText(blocks[index].body)

    found: list[HighlightSpan] = []
    missing: list[Highlight] = []
    for highlight in highlights:
        order = sorted(
            range(len(blocks)), key=lambda index: (abs(blocks[index].block_index - highlight.paragraph), index)
        )
        span = _locate(highlight, highlight.quote, get_text, order)
        parts = [span] if span else _locate_lines(highlight, get_text, order)
        found.extend(parts)
        if not parts:
            missing.append(highlight)
    return found, missing


def find_passage(quote: str, blocks: Sequence[RenderedBlock]) -> list[HighlightSpan]:
    """Return where a quote is in the blocks of a story; of several lines, each line.

    A label at its beginning may be missing, because the story is drawn with other signs behind its labels.
    """
    for start in (0, *(label.end() for label in _LABEL.finditer(quote))):
        is_long = not start or len(quote) - start >= _MIN_QUOTE_LENGTH
        if is_long and (found := locate_highlights([Highlight("", quote[start:], None, 0)], blocks)[0]):
            return found
    return []


def find_annotation(
    annotations: StoryAnnotations, blocks: Sequence[RenderedBlock], highlight_id: str
) -> tuple[int, int] | None:
    """Return block and offset of a highlight, or of the note if the id is empty, in what `render_annotations` returns.

    Args:
        annotations: those of the story.
        blocks: the blocks without annotations.
        highlight_id: the id of the highlight.
    """
    spans, missing = locate_highlights(annotations.highlights, blocks)
    if not highlight_id:
        return (len(blocks) + len(missing), 0) if annotations.note else None
    if found := next((span for span in spans if span.highlight.id == highlight_id), None):
        return found.block, found.start
    return next(
        ((index, 0) for index, highlight in enumerate(missing, len(blocks)) if highlight.id == highlight_id), None
    )


class SearchableText:
    """The text of a rendered block without link numbers and with white space folded; knows the original offsets."""

    def __init__(self, drawn: Content) -> None:
        number_offsets = _link_number_offsets(drawn)
        self._offsets: list[int] = []
        letters: list[str] = []
        for offset, letter in enumerate(drawn.plain):
            if offset in number_offsets or (letter.isspace() and letters[-1:] == [" "]):
                continue
            letters.append(" " if letter.isspace() else letter)
            self._offsets.append(offset)
        self._text = "".join(letters)

    def find(self, quote: str) -> tuple[int, int] | None:
        """Return start and end of a quote in the drawn text; None if it is not there."""
        wanted = " ".join(quote.split())
        found = self._text.find(wanted)
        return (self._offsets[found], self._offsets[found + len(wanted) - 1] + 1) if wanted and found >= 0 else None

    def find_all(self, typed: str) -> list[tuple[int, int]]:
        """Return start and end of every match of typed words, which must be adjacent and in this order.

        Accents do not matter, and neither does case unless a capital is typed. Signs match those of a keyboard.
        """
        is_case_sensitive = any(letter.isupper() for letter in typed)
        wanted = "".join(
            _fold_letter(letter, is_case_sensitive=is_case_sensitive)
            for letter in " ".join(typed.translate(_KEYBOARD_SIGNS).split())
        )
        if not wanted:
            return []
        folded = [
            _fold_letter(letter, is_case_sensitive=is_case_sensitive)
            for letter in self._text.translate(_KEYBOARD_SIGNS)
        ]
        positions = [position for position, letters in enumerate(folded) for _ in letters]
        found: list[tuple[int, int]] = []
        for match in re.finditer(re.escape(wanted), "".join(folded)):
            start, end = positions[match.start()], positions[match.end() - 1] + 1
            while end < len(folded) and not folded[end]:  # a combining accent belongs to the letter before it
                end += 1
            found.append((self._offsets[start], self._offsets[end - 1] + 1))
        return found


def extract_quote(drawn: Content, start: int = 0, end: int | None = None) -> str:
    """Return the newsletter's own words of a drawn text, or of a part of it."""
    number_offsets = _link_number_offsets(drawn)
    return "".join(
        letter for offset, letter in enumerate(drawn.plain[:end]) if offset >= start and offset not in number_offsets
    ).strip()


def blank_link_numbers(drawn: Content) -> str:
    """Return the drawn text with a blank for each digit of a link number, so that words end before it."""
    number_offsets = _link_number_offsets(drawn)
    return "".join(" " if offset in number_offsets else letter for offset, letter in enumerate(drawn.plain))


def emphasise_link(block: RenderedBlock, number: int) -> RenderedBlock:
    """Return the block with that link's words and number emphasised; the same object if it has no such link."""
    body = block.body
    runs = [
        Span(start, end, _EMPHASIS_STYLE)
        for start, end, style in body.spans
        if number and get_link_number(style) == number
    ]
    return block._replace(body=Content(body.plain, spans=[*body.spans, *runs])) if runs else block


def _highlight_style(body: Content) -> str:
    """Return the style of a highlight; muted text would hardly be readable on its background."""
    muted = any("$muted" in str(style) for _, _, style in body.spans)
    return "$foreground on $highlight" if muted else "on $highlight"


def _make_user_block(text: Content) -> RenderedBlock:
    return RenderedBlock("yours", text)


def _locate(
    highlight: Highlight, quote: str, get_text: Callable[[int], SearchableText], order: Sequence[int]
) -> HighlightSpan | None:
    for index in order:
        if offsets := get_text(index).find(quote):
            return HighlightSpan(highlight, index, *offsets)
    return None


def _locate_lines(
    highlight: Highlight, get_text: Callable[[int], SearchableText], order: Sequence[int]
) -> list[HighlightSpan]:
    """Locate a quote of several paragraphs, which has a line for each."""
    lines = [line for line in highlight.quote.split("\n") if line.strip()]
    parts = [part for line in lines if (part := _locate(highlight, line, get_text, order))] if len(lines) > 1 else []
    return [
        HighlightSpan(part.highlight, part.block, part.start, part.end, is_last=part is parts[-1]) for part in parts
    ]


def _fold_letter(letter: str, *, is_case_sensitive: bool) -> str:
    """Return a letter without accents, in lower case unless case counts; a combining accent becomes empty."""
    letter = letter if is_case_sensitive else letter.casefold()
    return letter if letter.isascii() else "".join(part for part in normalize("NFD", letter) if not combining(part))


def _link_number_offsets(drawn: Content) -> frozenset[int]:
    """Return the offsets of link numbers: superscript digits, and nothing else, that are a click on a link."""
    return frozenset(
        offset
        for start, end, style in drawn.spans
        if isinstance(style, Style) and set(drawn.plain[start:end]) <= SUPERSCRIPT_DIGITS
        for offset in range(start, end)
    )
