"""Sources of issues, the plan of a sync, and the stored state of each source."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from importai_tui.http.addresses import check_source_url, get_endpoint

if TYPE_CHECKING:
    from importai_tui.library.library import Library

_WANTED, _GIVEN_UP = "wanted-numbers", "sought-numbers"
"""Names of notes in the archive with issue numbers. They must not change, because existing archives use them."""


class SourceKind(StrEnum):
    """Kind of a source."""

    FEED = "feed"
    """An RSS feed: one address."""
    SITE = "site"
    """A WordPress site: its REST posts, else its feed page by page."""
    UNKNOWN = "unknown"
    """An address whose kind is detected from its first response."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source. `name` is the name in settings and messages; an address from the user is its own name."""

    name: str
    address: str
    kind: SourceKind

    @property
    def host(self) -> str:
        """The host, for messages."""
        return urlsplit(self.address).hostname or self.address


SUBSTACK = Source("substack", "https://importai.substack.com/feed", SourceKind.FEED)
"""The feed of the newsletter's home: the twenty newest issues."""
MIRROR = Source("mirror", "https://jack-clark.net/", SourceKind.SITE)
"""The author's own site: every issue since 2016."""

NAMED_SOURCES = {source.name: source for source in (SUBSTACK, MIRROR)}


def get_source(name_or_address: str) -> Source:
    """Return the source with this name or at this address. Raises RefusedAddressError if it is neither."""
    return NAMED_SOURCES.get(name_or_address) or Source(
        name_or_address, check_source_url(name_or_address), SourceKind.UNKNOWN
    )


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """The sources of a sync.

    Every sync asks `sources`. `backfill_source`, if any, has the back catalogue. It is asked if all issues are wanted,
    if numbers are missing between a feed and the stored issues, and if a feed refuses to answer. `is_named`: the user
    named these sources for this sync, so none of them is replaced by another.
    """

    sources: tuple[Source, ...]
    backfill_source: Source | None
    is_named: bool = False

    @classmethod
    def for_sources(cls, sources: tuple[Source, ...]) -> SyncPlan:
        """Return the plan for named sources: only these are asked, and the first possible site is for backfills."""
        backfill_source = next((source for source in sources if source.kind is not SourceKind.FEED), None)
        return cls(sources, backfill_source, is_named=True)

    @property
    def trusted_endpoints(self) -> frozenset[str]:
        """Endpoints of the sources, to which redirects may lead (see `http.addresses.get_endpoint`)."""
        sources = (*self.sources, self.backfill_source) if self.backfill_source else self.sources
        return frozenset(get_endpoint(source.address) for source in sources)


@dataclass(slots=True)
class SourceState:
    """Stored state of one source, or of the feed that is used in place of a site's REST posts.

    Losing it costs only requests.
    """

    kind: str = ""
    """Detected kind: "feed", "rest" or "paged" (a WordPress feed with further pages)."""
    address: str = ""
    """Address where the feed or the REST posts were found or have moved to; "" for the default address."""
    etag: str = ""
    last_modified: str = ""
    by_date: bool = False
    """True if a proxy changes the ETag, so it never matches and only the date is sent."""
    newest: int = 0
    """Highest issue number seen in the feed."""
    since: str = ""
    """All changes of the site before this time are stored (the site's clock, UTC, ISO 8601 without a zone)."""
    next_page: int = 0
    """Page at which to resume an unfinished backfill of the whole catalogue; 0 if there is none."""
    page_size: int = 0
    """Posts per page of that backfill; 0 for the default."""
    received: int = 0
    """Posts received by that backfill."""
    posts: int = 0
    """Number of posts that the site reported to that backfill, plus those published since; 0 if it reported none."""
    began: str = ""
    """Start time of that backfill, in the format of `since`."""
    complete: bool = False
    """True if a backfill has reached the end of the catalogue."""

    @property
    def validators(self) -> dict[str, str]:
        """Headers of a conditional request. Both are sent verbatim, because WordPress requires both to match."""
        found = {
            "If-None-Match": "" if self.by_date and self.last_modified else self.etag,
            "If-Modified-Since": self.last_modified,
        }
        return {name: value for name, value in found.items() if value}


def load_state(library: Library, address: str) -> SourceState:
    """Load the state of the source at an address; an unreadable note counts as none."""
    state, stored = SourceState(), _load_note(library, f"source {address}")
    for name, value in stored.items() if isinstance(stored, dict) else ():
        # Another version of the program may have stored other fields.
        if type(value) is type(getattr(state, name, None)):
            setattr(state, name, value)
    return state


def save_state(library: Library, address: str, state: SourceState) -> None:
    """Save the state. Call this only after the issues that it refers to are stored."""
    library.archive.save_source_note(f"source {address}", json.dumps(asdict(state)))


def load_wanted(library: Library) -> set[int]:
    """Load the issue numbers that are missing behind a feed and not yet searched for in every source."""
    return _load_numbers(library, _WANTED) - library.get_issue_numbers()


def save_wanted(library: Library, numbers: Iterable[int]) -> None:
    """Save the issue numbers to search for."""
    library.archive.save_source_note(_WANTED, json.dumps(sorted(numbers)))


def load_given_up(library: Library) -> set[int]:
    """Load the issue numbers that no source has, because the author skipped them or used a number twice."""
    return _load_numbers(library, _GIVEN_UP)


def save_given_up(library: Library, numbers: Iterable[int]) -> None:
    """Save issue numbers that are not to be searched for again."""
    library.archive.save_source_note(_GIVEN_UP, json.dumps(sorted(numbers)))


def _load_numbers(library: Library, name: str) -> set[int]:
    stored = _load_note(library, name)
    return {number for number in stored if isinstance(number, int)} if isinstance(stored, list) else set()


def _load_note(library: Library, name: str) -> Any:
    try:
        return json.loads(library.archive.get_source_note(name) or "null")
    except ValueError:
        return None
