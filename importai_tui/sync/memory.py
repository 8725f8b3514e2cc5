"""What is remembered of the sources from one sync to the next, beside the issues that it speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from importai_tui.library import Library

_WANTED, _SOUGHT = "wanted-numbers", "sought-numbers"


@dataclass(slots=True)
class Memory:
    """What is known of one source, or of the feed that stands in for a site's REST posts.

    All of it may be lost: then more is asked than had to be.
    """

    kind: str = ""
    """How it answered: "feed", "rest" or "paged" (a WordPress feed with further pages)."""
    address: str = ""
    """Where its feed or its REST posts were found, or have moved for good; "" for where they are at first."""
    etag: str = ""
    last_modified: str = ""
    by_date: bool = False
    """The ETag comes back changed by a proxy and never matches, so only the date is sent."""
    newest: int = 0
    """The highest issue number that its feed has held."""
    since: str = ""
    """Everything that the site changed before this time (its own clock, UTC, ISO 8601 without a zone) is stored."""
    next_page: int = 0
    """Where to go on with an unfinished walk through the whole catalogue; 0 if there is none."""
    page_size: int = 0
    """How many posts a page of that walk was asked for; 0 for the usual number."""
    received: int = 0
    """How many posts that walk has received."""
    posts: int = 0
    """How many posts the site said to have when that walk was there last, and those published since; 0 if it did not
    say."""
    began: str = ""
    """When that walk began, as `since` is written."""
    complete: bool = False
    """A walk through the whole catalogue has reached its end."""

    @property
    def validators(self) -> dict[str, str]:
        """The headers of a conditional request. Both are sent verbatim, because WordPress wants both to match."""
        found = {
            "If-None-Match": "" if self.by_date and self.last_modified else self.etag,
            "If-Modified-Since": self.last_modified,
        }
        return {name: value for name, value in found.items() if value}


def recall(library: Library, address: str) -> Memory:
    """What is known of the source at an address. A note that cannot be read is the same as none."""
    memory, known = Memory(), _read(library, f"source {address}")
    for name, value in known.items() if isinstance(known, dict) else ():
        # Another version may have kept other things.
        if type(value) is type(getattr(memory, name, None)):
            setattr(memory, name, value)
    return memory


def keep(library: Library, address: str, memory: Memory) -> None:
    """Remember it. To be called only when the issues that it speaks of are stored."""
    library.archive.keep_source_note(f"source {address}", json.dumps(asdict(memory)))


def wanted_numbers(library: Library) -> set[int]:
    """The numbers that a feed has shown to be missing and that no source has been asked for to the end."""
    return _numbers(library, _WANTED) - library.numbers()


def keep_wanted(library: Library, numbers: Iterable[int]) -> None:
    """Remember the numbers that are to be looked for."""
    library.archive.keep_source_note(_WANTED, json.dumps(sorted(numbers)))


def sought_numbers(library: Library) -> set[int]:
    """The numbers that were looked for and are nowhere: the author has left them out, or numbered two issues alike."""
    return _numbers(library, _SOUGHT)


def keep_sought(library: Library, numbers: Iterable[int]) -> None:
    """Remember numbers that are not to be looked for again."""
    library.archive.keep_source_note(_SOUGHT, json.dumps(sorted(numbers)))


def _numbers(library: Library, name: str) -> set[int]:
    known = _read(library, name)
    return {number for number in known if isinstance(number, int)} if isinstance(known, list) else set()


def _read(library: Library, name: str) -> Any:
    try:
        return json.loads(library.archive.source_note(name) or "null")
    except ValueError:
        return None
