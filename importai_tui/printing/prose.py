"""Issues and stories as plain text: wrapped for a terminal, unwrapped for a pipe, link numbers after their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from importai_tui.issue import (
    Block,
    Code,
    Figure,
    Heading,
    Issue,
    Link,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Span,
    Story,
    plain,
    short_title,
)
from importai_tui.printing.cells import wrap
from importai_tui.printing.tables import address_text

MEASURE = 72
"""Cells of a line of prose: what one reads with ease; a wider terminal does not make it wider."""


def issue_text(issue: Issue, columns: int | None) -> str:
    """A whole issue; `columns` is the terminal's width, None for lines of any length."""
    measure = _measure(columns)
    name = f"Import AI {issue.number}" if issue.number is not None else issue.slug
    facts = " · ".join(fact for fact in (name, issue.date, issue.url) if fact)
    parts = ["\n".join([*wrap(short_title(issue.title), measure), facts])]
    parts += [story_text(story, issue.ref, None, columns) for story in issue.stories]
    return "\n\n\n".join(parts)


def story_text(story: Story, issue_ref: str, date: str | None, columns: int | None) -> str:
    """One story: headline, tagline, a line of facts, the body, and the addresses of its links."""
    measure = _measure(columns)
    head = wrap(story.headline, measure)
    if story.tagline:
        head += wrap(story.tagline, measure)
    facts = (f"{issue_ref}/{story.position}", date, story.section, f"{story.minutes} min")
    head.append(" · ".join(fact for fact in facts if fact))
    parts = ["\n".join(head)]
    parts += ["\n".join(lines) for block in story.blocks if (lines := block_lines(block, measure))]
    if story.links:
        parts.append("\n".join(_address(link) for link in story.links))
    return "\n\n".join(parts)


def _measure(columns: int | None) -> int | None:
    return None if columns is None else min(columns, MEASURE)


def _address(link: Link) -> str:
    return f"[{link.n}] {address_text(link.url) if link.url else f'no address: {link.text}'}"


def block_lines(block: Block, measure: int | None, first: int = 1) -> list[str]:
    """One block; `measure` None for lines of any length, `first` the number of the story's first link."""
    match block:
        case Paragraph(spans, run_in):
            apart = run_in and not plain(run_in)[-1:].isspace() and plain(spans)[:1].isalnum()
            return wrap(numbered((*run_in, *([Span(" ")] if apart else ()), *spans), first), measure)
        case ListBlock(items):
            lines = []
            for item in items:
                mark = "- " if item.number is None else f"{item.number}. "
                indent = "  " * item.depth
                lines += wrap(numbered(item.spans, first), measure, indent + mark, indent + " " * len(mark))
            return lines
        case Quote(spans):
            return wrap(numbered(spans, first), measure, "> ", "> ")
        case Heading(spans):
            return wrap(numbered(spans, first), measure)
        case Code(text):
            return [f"    {line}".rstrip() for line in text.split("\n")]
        case Figure(caption, link):
            number = f" [{link + first - 1}]" if link else ""
            return wrap(f"(Picture: {caption}){number}" if caption else f"(Picture){number}", measure)
        case Rule():
            return ["* * *"]
        case _:
            return assert_never(block)


def numbered(spans: Sequence[Span], first: int = 1) -> str:
    """The words, each link's number in brackets behind its last word; `first` is that of the story's first link."""
    text = ""
    for number, words in joined(spans):
        bare = words.rstrip()
        text += f"{bare} [{number + first - 1}]{words[len(bare) :]}" if number else words
    return text.strip()


def joined(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """Neighbouring spans of one link as one run: its number, 0 for none, and its words."""
    number, words = 0, ""
    for span in spans:
        if span.link != number and words:
            yield number, words
            words = ""
        number = span.link
        words += span.text
    if words:
        yield number, words
