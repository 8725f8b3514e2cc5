"""The newsletter as a document: an issue has stories, a story has blocks, and a block has spans and links.

All values are immutable. The module depends on no other module of the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

WORDS_PER_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), a little less for a dense page."""

MAX_LIST_INDENT = 4
"""Levels of nested lists that are indented. Deeper ones are shown at this level, so that their text has room."""
_NEWSLETTER_NAME = re.compile(r"(?i)^\s*import\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]?\s*")


class StoryKind(StrEnum):
    """The kind of a story, as in the JSON output."""

    STORY = "story"
    TECH_TALES = "tech-tales"
    ESSAY = "essay"
    NOTE = "note"


class LinkKind(StrEnum):
    """The kind of a link's target, as in the JSON output."""

    PAPER = "paper"
    CODE = "code"
    DATASET = "dataset"
    MODEL = "model"
    POST = "post"
    NEWS = "news"
    VIDEO = "video"
    SOCIAL = "social"
    ISSUE = "issue"
    OTHER = "other"


class LinkRole(StrEnum):
    """The role of a link in its story, as in the JSON output."""

    READ_MORE = "read-more"
    INLINE = "inline"
    CROSS_REFERENCE = "cross-reference"


class ParagraphRole(StrEnum):
    """The role of a paragraph in its story."""

    BODY = "body"
    WHY = "why"
    """A paragraph of a "Why this matters" passage."""
    READ_MORE = "read-more"
    """A line that begins with a call to action: "Read more:", "Get the code here:"."""
    INSPIRATIONS = "inspirations"
    """The "Things that inspired this story" of a Tech Tale."""


class Span(NamedTuple):
    """A run of text in one style. `link` is the number of one of the story's links, 0 for none."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: int = 0

    @property
    def style(self) -> tuple[bool, bool, bool, int]:
        """All fields but the text."""
        return self.bold, self.italic, self.code, self.link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Prose. `run_in` is the bold label that begins it, if any ("What is BBEH?"); `spans` is the rest.

    A line break inside a paragraph, as in a poem, is a newline in a span's text.
    """

    spans: tuple[Span, ...]
    run_in: tuple[Span, ...] = ()
    role: ParagraphRole = ParagraphRole.BODY


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list. `depth` is 0 in the outermost list. `number` is its ordinal in a numbered list, else None."""

    spans: tuple[Span, ...]
    depth: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list. Items of nested lists are in the same tuple, with a greater depth."""

    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation, or one paragraph of it."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a story; `level` from 1."""

    spans: tuple[Span, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Code:
    """Preformatted text with its line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture or other embedded content, shown as its caption. `link` is the number of its link, 0 for none."""

    caption: str
    link: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A scene break inside a story."""


Block = Paragraph | ListBlock | Quote | Heading | Code | Figure | Rule


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink of a story, or a citation without a URL (`url` is None).

    `n` is its number in the story, from 1. `work` is the canonical id of the linked work.
    """

    n: int
    text: str
    url: str | None
    kind: LinkKind
    host: str | None
    role: LinkRole
    work: str | None


@dataclass(frozen=True, slots=True)
class CrossReference:
    """A mention of the issue `number`. `link` is the number of its hyperlink, 0 for plain text."""

    number: int
    text: str
    link: int = 0


@dataclass(frozen=True)
class Story:
    """A story of an issue. `key` is stable: the same story has the same key from every source and in every format.

    `section` is the label printed above it, `series` the line below that label ("An occasional essay series").
    """

    key: str
    position: int
    kind: StoryKind
    headline: str
    tagline: str | None = None
    section: str | None = None
    series: str | None = None
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    cross_references: tuple[CrossReference, ...] = ()
    inspirations: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The body as plain text: paragraphs separated by an empty line, list items with `- `."""
        return "\n\n".join(part for part in map(block_to_text, self.blocks) if part)

    @cached_property
    def why(self) -> str | None:
        """The "Why this matters" passage as plain text; None if there is none."""
        parts = [block_to_text(b) for b in self.blocks if isinstance(b, Paragraph) and b.role is ParagraphRole.WHY]
        return "\n\n".join(parts) or None

    @cached_property
    def word_count(self) -> int:
        """The number of words in the body."""
        return len(self.text.split())

    @property
    def reading_minutes(self) -> int:
        """The reading time in minutes, at least 1."""
        return get_reading_minutes(self.word_count)


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of the newsletter. `date` is YYYY-MM-DD. `number` is None if it is unknown.

    The library estimates the date of an undated issue between dated ones, and then sets `is_date_estimated`.
    """

    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    stories: tuple[Story, ...]
    is_date_estimated: bool = False

    @property
    def ref(self) -> str:
        """The reference that the command line accepts."""
        return format_issue_ref(self.number, self.slug)

    @property
    def word_count(self) -> int:
        """The number of words in the bodies of its stories."""
        return sum(story.word_count for story in self.stories)


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """Number, title and date (YYYY-MM-DD) of an issue, if the user gives them; they override those of the document."""

    number: int | None = None
    title: str | None = None
    date: str | None = None

    def __bool__(self) -> bool:
        """Return True if the user has given any."""
        return (self.number, self.title, self.date) != (None, None, None)


def format_issue_ref(number: int | None, slug: str) -> str:
    """Return the issue number as text; the slug if it has none."""
    return str(number) if number is not None else slug


def shorten_title(title: str) -> str:
    """Return the title without the newsletter's name and number, for lists that show the number."""
    return _NEWSLETTER_NAME.sub("", title).strip() or title


def get_reading_minutes(word_count: int) -> int:
    """Return the reading time in minutes, at least 1."""
    return max(1, round(word_count / WORDS_PER_MINUTE))


def spans_to_text(spans: Iterable[Span]) -> str:
    """Return the text of spans."""
    return "".join(span.text for span in spans)


def block_to_text(block: Block) -> str:
    """Return a block as plain text; empty for a rule."""
    match block:
        case ListBlock(items):
            return "\n".join(_item_to_text(item) for item in items)
        case Code(text):
            return text
        case Figure(caption):
            return caption
        case Rule():
            return ""
        case _:
            return spans_to_text(iter_block_spans(block)).strip()


def iter_block_spans(block: Block) -> Iterator[Span]:
    """Yield the spans of a block in reading order; code, figures and rules have none."""
    match block:
        case Paragraph(spans, run_in):
            yield from run_in
            yield from spans
        case ListBlock(items):
            for item in items:
                yield from item.spans
        case Quote(spans) | Heading(spans):
            yield from spans
        case Code() | Figure() | Rule():
            return


def is_below_body(block: Block, story: Story) -> bool:
    """Return True for a block that is printed below the body, not in its place.

    These are the read-more lines, and the paragraph of inspirations if the story lists them and it has no links.
    """
    if not isinstance(block, Paragraph):
        return False
    if block.role is ParagraphRole.INSPIRATIONS:
        return bool(story.inspirations) and not any(span.link for span in block.run_in + block.spans)
    return block.role is ParagraphRole.READ_MORE


def _item_to_text(item: ListItem) -> str:
    return "  " * item.depth + f"- {spans_to_text(item.spans).strip()}"
