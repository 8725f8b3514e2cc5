"""A story told as short as can be: why it matters, else how it begins, and what it cites. Pure; stories in and out."""

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
"""Characters: sentences are added until so many tell something, and none goes on for more."""
_MIN_FICTION_LENGTH, _MAX_FICTION_LENGTH = 260, 520
"""The same for the fiction, which begins slowly: some four lines."""
_MIN_WHY_LENGTH, _MAX_WHY_LENGTH = 160, 360
"""The same for why it matters: two sentences or three, so that an issue has room on a page or two."""
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9])")
"""The end of a sentence, as far as signs tell it."""
_ABBREVIATION_END = re.compile(r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|al|No|Fig|Inc|Jr|Sr|approx|e\.g|i\.e))\.$")
"""A full stop that ends no sentence: an initial's, an abbreviation's."""


def summarise_story(story: Story) -> Story:
    """The same story with the blocks alone that tell it at a glance, in their order.

    The first sentences of its "Why this matters" passage; where it has none, and in the fiction, those of the story.
    Then what it cites. The inspirations of the fiction stay with the full story.
    """
    cited = [block for block in story.blocks if _get_role(block) is ParagraphRole.READ_MORE]
    tale = story.kind is StoryKind.TECH_TALES
    whys = [] if tale else list(_iter_why(story))
    told = whys or list(iter_lead(story))
    return replace(story, blocks=(*told, *cited), inspirations=())


def _iter_why(story: Story) -> Iterator[Paragraph]:
    """Why it matters, in its own paragraphs; what is left out of it is told by an ellipsis."""
    whys = [block for block in story.blocks if isinstance(block, Paragraph) and block.role is ParagraphRole.WHY]
    rest = sum(len(spans_to_text(why.spans).strip()) for why in whys)
    least, most = _MIN_WHY_LENGTH, _MAX_WHY_LENGTH
    for why in whys:
        begun = take_sentences(why.spans, least, most)
        told = len(spans_to_text(begun).strip())
        rest, least, most = rest - told, least - told, most - told
        ends = least <= 0 or told < len(spans_to_text(why.spans).strip())
        more = ends and rest > 0 and not spans_to_text(begun).endswith("…")
        yield replace(why, spans=(*begun, Span(" …")) if more else begun)
        if ends:
            return


def iter_lead(story: Story) -> Iterator[Paragraph]:
    """The first sentences of a story, in its own paragraphs; of the fiction a few more."""
    tale = story.kind is StoryKind.TECH_TALES
    least, most = (_MIN_FICTION_LENGTH, _MAX_FICTION_LENGTH) if tale else (MIN_LEAD_LENGTH, MAX_LEAD_LENGTH)
    for spans in filter(_has_text, _iter_prose(story.blocks)):
        begun = take_sentences(spans, least, most)
        yield Paragraph(begun)
        told = len(spans_to_text(begun))
        least, most = least - told, most - told
        if least <= 0 or told < len(spans_to_text(spans).rstrip()):
            return


def take_sentences(spans: Sequence[Span], min_length: int, max_length: int) -> tuple[Span, ...]:
    """The whole sentences at the beginning that have `least` characters together, or all.

    A sentence that goes on beyond `most` is cut between two words, and says so with an ellipsis.
    """
    text = spans_to_text(spans)
    ends = (found.end() for found in _SENTENCE_END.finditer(text) if not _ABBREVIATION_END.search(text[: found.end()]))
    end = next((end for end in ends if end >= min_length), len(text.rstrip()))
    if end <= max_length:
        return tuple(_take_characters(spans, end))
    short = text[: max_length + 1].rpartition(" ")[0] or text[:max_length]
    kept = list(_take_characters(spans, len(short.rstrip(" ,;:–—-"))))
    return (*kept, Span("…"))


def _take_characters(spans: Iterable[Span], characters: int) -> Iterator[Span]:
    for span in spans:
        if characters <= 0:
            return
        yield (
            span
            if len(span.text) <= characters
            else Span(span.text[:characters], span.bold, span.italic, span.code, span.link)
        )
        characters -= len(span.text)


def _iter_prose(blocks: Iterable[Block]) -> Iterator[tuple[Span, ...]]:
    """What the blocks say in sentences; a list speaks with its items, a picture with its caption."""
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
    """The blank between a run-in head and what follows it, where neither has one."""
    joined = run_in and not (spans_to_text(run_in)[-1:].isspace() or spans_to_text(spans)[:1].isspace())
    return (Span(" "),) if joined else ()


def _has_text(spans: Sequence[Span]) -> bool:
    return bool(spans_to_text(spans).strip())


def _get_role(block: Block) -> ParagraphRole | None:
    return block.role if isinstance(block, Paragraph) else None
