"""Summaries of stories: why they matter or how they begin, and what they cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
    spans_to_text,
)

MIN_LEAD_LENGTH, MAX_LEAD_LENGTH = 80, 420
"""Characters of the first sentences: at least so many are taken, and a sentence is cut beyond the maximum."""
_MIN_FICTION_LENGTH, _MAX_FICTION_LENGTH = 260, 520
"""Characters of the first sentences of fiction, which begins slowly: about four lines."""
_MIN_WHY_LENGTH, _MAX_WHY_LENGTH = 160, 360
"""Characters of the reason why a story matters: two or three sentences, so that an issue fits two pages."""
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9])")
"""The end of a sentence: punctuation before a capital letter or a digit."""
_ABBREVIATION_END = re.compile(r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|al|No|Fig|Inc|Jr|Sr|approx|e\.g|i\.e))\.$")
"""A full stop of an initial or an abbreviation, which ends no sentence."""


def summarise_story(story: Story) -> Story:
    """Return the story with only the blocks of its summary, in their order.

    They are the first sentences of "Why this matters", and the links it cites. Stories without that passage and fiction
    show their first sentences instead. The inspirations of fiction are dropped.
    """
    cited = [block for block in story.blocks if _get_role(block) is ParagraphRole.READ_MORE]
    why = [] if story.kind is StoryKind.TECH_TALES else list(_iter_why(story))
    lead = why or list(_iter_lead(story))
    return replace(story, blocks=(*lead, *cited), inspirations=())


def _iter_why(story: Story) -> Iterator[Paragraph]:
    """Yield the start of "Why this matters" in its own paragraphs, with an ellipsis if more follows."""
    whys = [block for block in story.blocks if isinstance(block, Paragraph) and block.role is ParagraphRole.WHY]
    remaining = sum(len(spans_to_text(why.spans).strip()) for why in whys)
    min_length, max_length = _MIN_WHY_LENGTH, _MAX_WHY_LENGTH
    for why in whys:
        spans = take_sentences(why.spans, min_length, max_length)
        length = len(spans_to_text(spans).strip())
        remaining, min_length, max_length = remaining - length, min_length - length, max_length - length
        is_last = min_length <= 0 or length < len(spans_to_text(why.spans).strip())
        needs_ellipsis = is_last and remaining > 0 and not spans_to_text(spans).endswith("…")
        yield replace(why, spans=(*spans, Span(" …")) if needs_ellipsis else spans)
        if is_last:
            return


def _iter_lead(story: Story) -> Iterator[Paragraph]:
    """Yield the first sentences of a story in its own paragraphs."""
    min_length, max_length = MIN_LEAD_LENGTH, MAX_LEAD_LENGTH
    if story.kind is StoryKind.TECH_TALES:
        min_length, max_length = _MIN_FICTION_LENGTH, _MAX_FICTION_LENGTH
    for spans in filter(_has_text, _iter_prose(story.blocks)):
        sentences = take_sentences(spans, min_length, max_length)
        yield Paragraph(sentences)
        length = len(spans_to_text(sentences))
        min_length, max_length = min_length - length, max_length - length
        if min_length <= 0 or length < len(spans_to_text(spans).rstrip()):
            return


def take_sentences(spans: Sequence[Span], min_length: int, max_length: int) -> tuple[Span, ...]:
    """Return the first whole sentences with at least `min_length` characters, or everything.

    A sentence that exceeds `max_length` is cut after a word, with an ellipsis.
    """
    text = spans_to_text(spans)
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    sentence_ends = (end for end in ends if not _ABBREVIATION_END.search(text[:end]))
    end = next((end for end in sentence_ends if end >= min_length), len(text.rstrip()))
    if end <= max_length:
        return tuple(_take_characters(spans, end))
    short = text[: max_length + 1].rpartition(" ")[0] or text[:max_length]
    return (*_take_characters(spans, len(short.rstrip(" ,;:–—-"))), Span("…"))


def _take_characters(spans: Iterable[Span], count: int) -> Iterator[Span]:
    for span in spans:
        if count <= 0:
            return
        yield span if len(span.text) <= count else span._replace(text=span.text[:count])
        count -= len(span.text)


def _iter_prose(blocks: Iterable[Block]) -> Iterator[tuple[Span, ...]]:
    """Yield the text of the blocks: paragraphs, items of lists, quotes, and captions."""
    for block in blocks:
        match block:
            case Paragraph(spans, run_in, ParagraphRole.BODY | ParagraphRole.WHY):
                yield (*run_in, *_get_separator(run_in, spans), *spans)
            case ListBlock(items):
                yield from (item.spans for item in items)
            case Quote(spans):
                yield spans
            case Figure(caption):
                yield (Span(caption),)
            case Paragraph() | Heading() | Code() | Rule():
                pass


def _get_separator(run_in: Sequence[Span], spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return a space between a run-in head and the text after it, if there is none."""
    needs_space = run_in and not (spans_to_text(run_in)[-1:].isspace() or spans_to_text(spans)[:1].isspace())
    return (Span(" "),) if needs_space else ()


def _has_text(spans: Sequence[Span]) -> bool:
    return bool(spans_to_text(spans).strip())


def _get_role(block: Block) -> ParagraphRole | None:
    return block.role if isinstance(block, Paragraph) else None
