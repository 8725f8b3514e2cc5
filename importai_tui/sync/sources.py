"""Where issues come from: the newsletter's two homes, and addresses that a person names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from importai_tui.web.addresses import endpoint, fetchable


class SourceKind(StrEnum):
    """How a source is asked."""

    FEED = "feed"
    """An RSS feed: one address."""
    SITE = "site"
    """A WordPress site: its REST posts, else its paged feed."""
    UNKNOWN = "unknown"
    """An address that has not been asked yet; its first answer tells."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place to ask. `name` is what people call it; an address that they gave is its own name."""

    name: str
    address: str
    kind: SourceKind

    @property
    def host(self) -> str:
        """The host, as messages name it."""
        return urlsplit(self.address).hostname or self.address


SUBSTACK = Source("substack", "https://importai.substack.com/feed", SourceKind.FEED)
"""The feed of the newsletter's home: the twenty newest issues."""
MIRROR = Source("mirror", "https://jack-clark.net/", SourceKind.SITE)
"""The author's own site: every issue since 2016."""

NAMED = {source.name: source for source in (SUBSTACK, MIRROR)}


def source_of(word: str) -> Source:
    """The source with that name, else the one at that address. Raises RefusedAddress for what is neither."""
    return NAMED.get(word) or Source(word, fetchable(word), SourceKind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which sources are asked for what.

    `asked` by every sync. `catalogue`, if any, holds the back catalogue: it is asked when all issues are wanted, and
    when numbers are missing between what a feed holds and what is stored, and when a feed refuses to answer.
    `is_named`: the user named these sources for this sync, so none of them is replaced by another.
    """

    asked: tuple[Source, ...]
    catalogue: Source | None
    is_named: bool = False

    @classmethod
    def of(cls, sources: tuple[Source, ...]) -> Plan:
        """The plan of one who names sources: only these are asked, the first that may be a site fills holes."""
        catalogue = next((source for source in sources if source.kind is not SourceKind.FEED), None)
        return cls(sources, catalogue, is_named=True)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that the user has named, those of this machine with their port: a redirect may lead there."""
        sources = (*self.asked, self.catalogue) if self.catalogue else self.asked
        return frozenset(endpoint(source.address) for source in sources)
