"""The archive's table of contents, and the order in which issues stand."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.model import format_issue_ref
from importai_tui.sqlite import DamagedDatabase, Database

if TYPE_CHECKING:
    from importai_tui.model import StoryKind


_MAX_ISSUE_NUMBER = 1_000_000
"""No issue has a higher number. Of a damaged one all numbers below it would count as missing."""
_KEY_SEPARATOR = "\x1f"
"""No key has a control character."""


class CatalogEntry(NamedTuple):
    """One issue without its stories' text. A named tuple, because an archive may hold thousands of issues."""

    id: int
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    word_count: int
    joined_keys: str | None
    """The keys of the issue's stories as one text, in order: it takes less memory than a tuple of them."""

    @property
    def story_keys(self) -> tuple[str, ...]:
        """The keys of its stories, in order."""
        return tuple(self.joined_keys.split(_KEY_SEPARATOR)) if self.joined_keys else ()

    @property
    def ref(self) -> str:
        """How the issue is named on the command line."""
        return format_issue_ref(self.number, self.slug)


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One story without its text."""

    key: str
    position: int
    kind: StoryKind
    headline: str
    word_count: int


# One row an issue: to fetch a row a story takes half as long again.
_SELECT = """SELECT id, number, slug, title, date, url, words, (SELECT group_concat(key, char(31)) FROM
    (SELECT key FROM story WHERE issue_id = issue.id ORDER BY position)) FROM issue WHERE change > ?"""


class Catalog:
    """The table of contents in memory. Only issues that were written since the last look are read again."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet: the first question reads all issues."""
        self._database = database
        self._data_version = database.get_data_version()
        self._is_stale = True
        self._last_change = 0
        self._entries: dict[int, CatalogEntry] = {}
        self._id_by_number: dict[int, int] = {}
        self._id_by_slug: dict[str, int] = {}
        self._sorted_entries: tuple[CatalogEntry, ...] | None = ()

    def get_entries(self) -> tuple[CatalogEntry, ...]:
        """All issues, newest first, as this connection or another has written them last."""
        self._refresh()
        if self._sorted_entries is None:
            self._sorted_entries = sort_newest_first(self._entries.values())
        return self._sorted_entries

    def find_by_number(self, number: int) -> CatalogEntry | None:
        """The issue with this number."""
        self._refresh()
        return self._entries[self._id_by_number[number]] if number in self._id_by_number else None

    def find_by_slug(self, slug: str) -> CatalogEntry | None:
        """The issue with this slug."""
        self._refresh()
        return self._entries[self._id_by_slug[slug]] if slug in self._id_by_slug else None

    def get_entry(self, issue_id: int) -> CatalogEntry:
        """One issue."""
        self._refresh()
        if issue_id not in self._entries:
            raise DamagedDatabase(
                f"The archive {self._database.path} is damaged: an issue is gone. {ARCHIVE_SPEC.remedy}"
            )
        return self._entries[issue_id]

    def find_candidates(self, number: int | None) -> tuple[CatalogEntry, ...]:
        """The issues that an arriving one with this number may be, newest first: that with it, else those without one.

        Storing asks once an issue, so that not all are looked through and set in order each time.
        """
        self._refresh()
        if number is None:
            return self.get_entries()
        if number in self._id_by_number:
            return (self._entries[self._id_by_number[number]],)
        if len(self._id_by_number) == len(self._entries):
            return ()
        return tuple(entry for entry in self.get_entries() if entry.number is None)

    def get_slugs(self) -> Set[str]:
        """The slugs of all issues."""
        self._refresh()
        return self._id_by_slug.keys()

    def _refresh(self) -> None:
        others = self._database.get_data_version()
        if self._is_stale or others != self._data_version:
            self._load_changed()
            self._data_version, self._is_stale = others, False

    def mark_stale(self) -> None:
        """This connection is about to write; what it wrote is read at the next look, should it be kept."""
        self._is_stale = True

    def clear(self) -> None:
        """What this connection wrote was not kept, and may have been read: all is read again at the next look."""
        self._is_stale, self._last_change, self._sorted_entries = True, 0, None
        self._entries.clear()
        self._id_by_number.clear()
        self._id_by_slug.clear()

    def _load_changed(self) -> None:
        ((seen,),) = self._database.query("SELECT max(change) FROM issue")
        if not (rows := self._database.query(_SELECT, (self._last_change,))):
            return
        for row in rows:
            if not _is_valid_row(*row):
                raise DamagedDatabase(f"The archive {self._database.path} is damaged. {ARCHIVE_SPEC.remedy}")
            entry = CatalogEntry(*row)
            self._entries[entry.id] = entry
            self._id_by_slug[entry.slug] = entry.id
            if entry.number is not None:
                self._id_by_number[entry.number] = entry.id
        self._last_change = seen
        self._sorted_entries = None


def is_iso_date(text: object) -> bool:
    """Tell whether this is a day as archives hold it, YYYY-MM-DD."""
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def are_valid_issue_values(number: object, slug: object, title: object, day: object, url: object) -> bool:
    """Tell whether the values of an issue have their types: in a damaged file any column can hold anything."""
    return (
        (number is None or (isinstance(number, int) and 0 <= number <= _MAX_ISSUE_NUMBER))
        and isinstance(slug, str)
        and isinstance(title, str)
        and (day is None or is_iso_date(day))
        and (url is None or isinstance(url, str))
    )


def _is_valid_row(_: int, number: Any, slug: Any, title: Any, day: Any, url: Any, words: Any, joined_keys: Any) -> bool:
    """Tell whether the values of a row that `_SELECT` gives have their types."""
    return (
        are_valid_issue_values(number, slug, title, day, url)
        and isinstance(words, int)
        and (joined_keys is None or isinstance(joined_keys, str))
    )


def sort_newest_first(entries: Iterable[CatalogEntry]) -> tuple[CatalogEntry, ...]:
    """By date, then number. One with a number alone stands after the nearest lower number that has a date.

    Those with neither come last, as they were imported.
    """
    known = sorted((e for e in entries if e.date or e.number is not None), key=lambda e: (e.number or 0, e.id))
    dates: dict[int, str] = {}
    latest = ""
    for entry in known:
        if entry.date and entry.number is not None:
            latest = entry.date
        dates[entry.id] = entry.date or latest
    ordered = sorted(known, key=lambda e: (dates[e.id], e.number or 0, e.id), reverse=True)
    unknown = sorted((e for e in entries if not e.date and e.number is None), key=lambda e: e.id)
    return (*ordered, *unknown)
