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

SHORTEST, LONGEST = 80, 420
"""Characters: sentences are added until so many tell something, and none goes on for more."""
_TALE_SHORTEST, _TALE_LONGEST = 260, 520
"""The same for the fiction, which begins slowly: some four lines."""
_WHY_SHORTEST, _WHY_LONGEST = 160, 360
"""The same for why it matters: two sentences or three, so that an issue has room on a page or two."""
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9])")
"""The end of a sentence, as far as signs tell it."""
_NO_END = re.compile(r"(?:\b[A-Z]|\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|al|No|Fig|Inc|Jr|Sr|approx|e\.g|i\.e))\.$")
"""A full stop that ends no sentence: an initial's, an abbreviation's."""


def digest(story: Story) -> Story:
    """The same story with the blocks alone that tell it at a glance, in their order.

    The first sentences of its "Why this matters" passage; where it has none, and in the fiction, those of the story.
    Then what it cites. The inspirations of the fiction stay with the full story.
    """
    cited = [block for block in story.blocks if _part(block) is ParagraphRole.READ_MORE]
    tale = story.kind is StoryKind.TECH_TALES
    whys = [] if tale else list(_why(story))
    told = whys or list(beginning(story))
    return replace(story, blocks=(*told, *cited), inspirations=())


def _why(story: Story) -> Iterator[Paragraph]:
    """Why it matters, in its own paragraphs; what is left out of it is told by an ellipsis."""
    whys = [block for block in story.blocks if isinstance(block, Paragraph) and block.role is ParagraphRole.WHY]
    rest = sum(len(spans_to_text(why.spans).strip()) for why in whys)
    least, most = _WHY_SHORTEST, _WHY_LONGEST
    for why in whys:
        begun = begin(why.spans, least, most)
        told = len(spans_to_text(begun).strip())
        rest, least, most = rest - told, least - told, most - told
        ends = least <= 0 or told < len(spans_to_text(why.spans).strip())
        more = ends and rest > 0 and not spans_to_text(begun).endswith("…")
        yield replace(why, spans=(*begun, Span(" …")) if more else begun)
        if ends:
            return


def beginning(story: Story) -> Iterator[Paragraph]:
    """The first sentences of a story, in its own paragraphs; of the fiction a few more."""
    tale = story.kind is StoryKind.TECH_TALES
    least, most = (_TALE_SHORTEST, _TALE_LONGEST) if tale else (SHORTEST, LONGEST)
    for spans in filter(_says_something, _prose(story.blocks)):
        begun = begin(spans, least, most)
        yield Paragraph(begun)
        told = len(spans_to_text(begun))
        least, most = least - told, most - told
        if least <= 0 or told < len(spans_to_text(spans).rstrip()):
            return


def begin(spans: Sequence[Span], least: int, most: int) -> tuple[Span, ...]:
    """The whole sentences at the beginning that have `least` characters together, or all.

    A sentence that goes on beyond `most` is cut between two words, and says so with an ellipsis.
    """
    text = spans_to_text(spans)
    ends = (found.end() for found in _END.finditer(text) if not _NO_END.search(text[: found.end()]))
    end = next((end for end in ends if end >= least), len(text.rstrip()))
    if end <= most:
        return tuple(_first(spans, end))
    short = text[: most + 1].rpartition(" ")[0] or text[:most]
    kept = list(_first(spans, len(short.rstrip(" ,;:–—-"))))
    return (*kept, Span("…"))


def _first(spans: Iterable[Span], characters: int) -> Iterator[Span]:
    for span in spans:
        if characters <= 0:
            return
        yield (
            span
            if len(span.text) <= characters
            else Span(span.text[:characters], span.bold, span.italic, span.code, span.link)
        )
        characters -= len(span.text)


def _prose(blocks: Iterable[Block]) -> Iterator[tuple[Span, ...]]:
    """What the blocks say in sentences; a list speaks with its items, a picture with its caption."""
    for block in blocks:
        match block:
            case Paragraph(spans, run_in, ParagraphRole.BODY | ParagraphRole.WHY):
                yield (*run_in, *_apart(run_in, spans), *spans)
            case ListBlock(items):
                yield from (item.spans for item in items)
            case Quote(spans):
                yield spans
            case Figure(caption):
                yield (Span(caption),)
            case Paragraph() | Heading() | Code() | Rule():
                pass


def _apart(run_in: Sequence[Span], spans: Sequence[Span]) -> tuple[Span, ...]:
    """The blank between a run-in head and what follows it, where neither has one."""
    joined = run_in and not (spans_to_text(run_in)[-1:].isspace() or spans_to_text(spans)[:1].isspace())
    return (Span(" "),) if joined else ()


def _says_something(spans: Sequence[Span]) -> bool:
    return bool(spans_to_text(spans).strip())


def _part(block: Block) -> ParagraphRole | None:
    return block.role if isinstance(block, Paragraph) else None
