"""The card of a cited work, and the raw data that a source gives for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from importai_tui.model import Block, Link, LinkKind, block_to_text


@dataclass(frozen=True, slots=True)
class CardTarget:
    """A cited work whose card is wanted.

    `work` is its canonical id (`links.work_ids`), for many works the normalised URL. `url` is the URL of the citation,
    None if the work has none; then no source has its card.
    """

    work: str
    url: str | None
    kind: LinkKind = LinkKind.OTHER


class BodyFormat(StrEnum):
    """The format of the text of a card, as a source sends it."""

    PLAIN = "plain"
    """Paragraphs separated by empty lines, perhaps with TeX formulas."""
    MARKDOWN = "markdown"
    HTML = "html"
    """An HTML or JATS fragment."""


@dataclass(frozen=True, slots=True)
class CardDraft:
    """The data of a source about one work, as received: nothing is cleaned, shortened or checked.

    `published` is an ISO date, whole or with a year or a month only. `facts` are short facts for the line below the
    title, such as "1,234 stars". `base_url` resolves relative links in the body.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    venue: str | None = None
    license: str | None = None
    url: str | None = None
    pdf_url: str | None = None
    doi: str | None = None
    facts: tuple[str, ...] = ()
    body: str = ""
    body_format: BodyFormat = BodyFormat.PLAIN
    base_url: str | None = None
    kind: LinkKind | None = None
    """The kind, if the source knows it better than the citation."""


@dataclass(frozen=True)
class Card:
    """A card: clean text, checked addresses. See `CardDraft` for the fields that it shares.

    `source` is the name of the source ("arXiv"), `fetched_at` an ISO time in UTC. `blocks` is the abstract, README or
    article, whose spans refer to `links` by number.
    """

    work: str
    kind: LinkKind
    title: str
    url: str
    source: str
    fetched_at: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    venue: str | None = None
    license: str | None = None
    pdf_url: str | None = None
    doi: str | None = None
    facts: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = field(default=())

    @cached_property
    def text(self) -> str:
        """The body as plain text, its blocks separated by empty lines."""
        return "\n\n".join(filter(None, map(block_to_text, self.blocks)))

    @property
    def year(self) -> int | None:
        """The year of publication; None if it is unknown."""
        return int(self.published[:4]) if self.published else None

    @property
    def summary(self) -> CardSummary:
        """The facts without the body."""
        return CardSummary(self.work, self.title, self.authors, self.published, self.venue, self.doi)


@dataclass(frozen=True, slots=True)
class CardSummary:
    """The facts of a stored card that lists and bibliographies use, without its body."""

    work: str
    title: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    venue: str | None = None
    doi: str | None = None
