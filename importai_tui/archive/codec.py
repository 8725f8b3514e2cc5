"""A story's body as compact JSON text and back. It knows the model and nothing of databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from importai_tui.archive.database_errors import story_errors
from importai_tui.issue import (
    Block,
    Code,
    CrossReference,
    Figure,
    Heading,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    Part,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
)

_BOLD, _ITALIC, _CODE = 1, 2, 4


def encode_body(story: Story) -> str:
    """What a story holds beside its headline row: blocks, links, cross references, inspirations, series."""
    body = [
        [_block(block) for block in story.blocks],
        [[x.n, x.text, x.url, x.kind, x.host, x.role, x.work] for x in story.links],
        [[x.number, x.text, x.link] for x in story.cross_references],
        list(story.inspirations),
        story.series,
    ]
    from json import dumps

    return dumps(body, ensure_ascii=False, separators=(",", ":"))


def decode_story(
    key: str, position: int, kind: str, headline: str, tagline: str | None, section: str | None, body: str
) -> Story:
    """A story from its row; the inverse of `encode_body`. Raises DamagedStory where the row cannot be read."""
    from json import loads  # here, for a list of issues reads no story

    with story_errors():
        blocks, links, references, inspirations, series = loads(body)
        if not all(isinstance(text, str) for text in (key, headline, tagline or "", section or "")):
            raise TypeError("a text is none")
        return Story(
            key=key,
            position=position,
            kind=StoryKind(kind),
            headline=headline,
            tagline=tagline,
            section=section,
            series=series,
            blocks=tuple(map(_read_block, blocks)),
            links=tuple(Link(n, text, url, LinkKind(k), host, LinkRole(r), w) for n, text, url, k, host, r, w in links),
            cross_references=tuple(CrossReference(*reference) for reference in references),
            inspirations=tuple(inspirations),
        )


def _block(block: Block) -> list[Any]:
    match block:
        case Paragraph(spans, run_in, part):
            return ["p", _spans(spans), _spans(run_in), part]
        case ListBlock(items):
            return ["l", [[_spans(item.spans), item.depth, item.number] for item in items]]
        case Quote(spans):
            return ["q", _spans(spans)]
        case Heading(spans, level):
            return ["h", _spans(spans), level]
        case Code(text):
            return ["c", text]
        case Figure(caption, link):
            return ["f", caption, link]
        case Rule():
            return ["r"]
        case _:
            return assert_never(block)


def _read_block(data: Sequence[Any]) -> Block:
    match data:
        case ["p", spans, run_in, part]:
            return Paragraph(_read_spans(spans), _read_spans(run_in), Part(part))
        case ["l", items]:
            return ListBlock(tuple(ListItem(_read_spans(spans), depth, number) for spans, depth, number in items))
        case ["q", spans]:
            return Quote(_read_spans(spans))
        case ["h", spans, level]:
            return Heading(_read_spans(spans), level)
        case ["c", text]:
            return Code(text)
        case ["f", caption, link]:
            return Figure(caption, link)
        case ["r"]:
            return Rule()
        case _:
            raise ValueError(f"no such block: {data!r:.40}")


def _spans(spans: Iterable[Span]) -> list[Any]:
    """Nearly every span is plain text, so that one is a bare string."""
    return [_span(span) for span in spans]


def _span(span: Span) -> str | list[Any]:
    style = _BOLD * span.bold | _ITALIC * span.italic | _CODE * span.code
    return [span.text, style, span.link] if style or span.link else span.text


def _read_spans(data: Iterable[Any]) -> tuple[Span, ...]:
    return tuple(map(_read_span, data))


def _read_span(data: Any) -> Span:
    if isinstance(data, str):
        return Span(data)
    text, style, link = data
    return Span(text, bool(style & _BOLD), bool(style & _ITALIC), bool(style & _CODE), link)
