"""The newsletter as a document: an issue has stories, a story has blocks, a block has spans and links.

Everything else passes these values around and nothing else. They never change, and this room knows no other of ours.

How an issue is called, for whoever lists issues and knows nothing of what is in them.

The words for what a story is and what a link leads to, for whoever asks by them and reads no story.

What a person says of an issue. It imports nothing, so that a command line can say it before any parser is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class StoryKind(StrEnum):
    """What a story is; the contract's words."""

    STORY = "story"
    TECH_TALES = "tech-tales"
    ESSAY = "essay"
    NOTE = "note"


class LinkKind(StrEnum):
    """What a link leads to; the contract's words."""

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


_NEWSLETTER_NAME = re.compile(r"(?i)^\s*import\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]?\s*")


def format_issue_ref(number: int | None, slug: str) -> str:
    """The issue's number as text, else its slug."""
    return str(number) if number is not None else slug


def shorten_title(title: str) -> str:
    """The title without the newsletter's name and number: what a list that shows the number needs."""
    return _NEWSLETTER_NAME.sub("", title).strip() or title


WORDS_PER_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), a little less for a dense page."""


class LinkRole(StrEnum):
    """Why a link stands where it stands; the contract's words."""

    READ_MORE = "read-more"
    INLINE = "inline"
    CROSS_REFERENCE = "cross-reference"


class ParagraphRole(StrEnum):
    """What a paragraph is for within its story."""

    BODY = "body"
    WHY = "why"
    """Of a "Why this matters" passage."""
    READ_MORE = "read-more"
    """A line that opens with a call to action: "Read more:", "Get the code here:"."""
    INSPIRATIONS = "inspirations"
    """The fiction's "Things that inspired this story"."""


class Span(NamedTuple):
    """A run of text in one style. `link` is the number of one of the story's links, 0 for none."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: int = 0

    @property
    def style(self) -> tuple[bool, bool, bool, int]:
        """All but the words."""
        return self.bold, self.italic, self.code, self.link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Prose. `run_in` is the bold label that opens it, if any ("What is BBEH?"); the rest follows in `spans`.

    A line break inside a paragraph (a poem's) is a newline in a span's text.
    """

    spans: tuple[Span, ...]
    run_in: tuple[Span, ...] = ()
    role: ParagraphRole = ParagraphRole.BODY


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item; `depth` is 0 for the outermost list. `number` is its ordinal in a numbered list, else None."""

    spans: tuple[Span, ...]
    depth: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list, its nested lists laid flat: each item knows its depth."""

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
    """Preformatted text, its line breaks kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture or other embedded thing, shown as its caption; `link` numbers its address, 0 for none."""

    caption: str
    link: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A break of scene inside a story."""


Block = Paragraph | ListBlock | Quote | Heading | Code | Figure | Rule


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink of a story, or a citation that lost its address (`url` is None). `n` counts from 1."""

    n: int
    text: str
    url: str | None
    kind: LinkKind
    host: str | None
    role: LinkRole
    work: str | None


@dataclass(frozen=True, slots=True)
class CrossReference:
    """A mention of another issue. `link` numbers the hyperlink that carries it, 0 for plain words."""

    number: int
    text: str
    link: int = 0


@dataclass(frozen=True)
class Story:
    """One item of an issue. `key` is stable: the same story has the same key from every source and form.

    `section` is the label printed above it, `series` the line under that label ("An occasional essay series").
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
        """The body as plain text: paragraphs divided by an empty line, list items marked `- `."""
        return "\n\n".join(part for part in map(block_to_text, self.blocks) if part)

    @cached_property
    def why(self) -> str | None:
        """The "Why this matters" passage as plain text, None where there is none."""
        parts = [block_to_text(b) for b in self.blocks if isinstance(b, Paragraph) and b.role is ParagraphRole.WHY]
        return "\n\n".join(parts) or None

    @cached_property
    def word_count(self) -> int:
        """Words of the body."""
        return len(self.text.split())

    @property
    def reading_minutes(self) -> int:
        """Reading time, whole minutes, at least one."""
        return get_reading_minutes(self.word_count)


@dataclass(frozen=True, slots=True)
class Issue:
    """One number of the newsletter. `date` is YYYY-MM-DD. `number` is None where none is known."""

    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    stories: tuple[Story, ...]

    @property
    def ref(self) -> str:
        """How the issue is named on the command line: its number, else its slug."""
        return format_issue_ref(self.number, self.slug)

    @property
    def word_count(self) -> int:
        """Words of all its stories' bodies."""
        return sum(story.word_count for story in self.stories)


def get_reading_minutes(word_count: int) -> int:
    """Whole minutes for that many words, at least one."""
    return max(1, round(word_count / WORDS_PER_MINUTE))


def spans_to_text(spans: Iterable[Span]) -> str:
    """The text of a run of spans."""
    return "".join(span.text for span in spans)


def iter_block_spans(block: Block) -> Iterator[Span]:
    """Every span of a block, in reading order; none for code, figures and rules."""
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


def block_to_text(block: Block) -> str:
    """A block as plain text; empty for a rule."""
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


def _item_to_text(item: ListItem) -> str:
    return "  " * item.depth + f"- {spans_to_text(item.spans).strip()}"


@dataclass(frozen=True, slots=True)
class GivenFacts:
    """Number, title and date (YYYY-MM-DD), as far as they were told; they win over what any document says."""

    number: int | None = None
    title: str | None = None
    date: str | None = None

    def __bool__(self) -> bool:
        """Whether anything was told."""
        return (self.number, self.title, self.date) != (None, None, None)
