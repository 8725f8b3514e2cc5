"""Keeps the table of contents of the archive in memory: all issues without their text, newest first."""

from __future__ import annotations

from collections.abc import Collection, Set
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from importai_tui.archive.issue_order import IssueOrder
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.model import format_issue_ref
from importai_tui.sqlite import DamagedDatabase, Database

if TYPE_CHECKING:
    from importai_tui.model import StoryKind

_MAX_ISSUE_NUMBER = 1_000_000
"""With a higher number in a damaged file, all numbers below it would count as missing issues."""
_KEY_SEPARATOR = "\x1f"
"""A control character, which no story key contains."""

# One row an issue: a row a story would take half as long again.
_SELECT = """SELECT id, number, slug, title, date, url, words, (SELECT group_concat(key, char(31)) FROM
    (SELECT key FROM story WHERE issue_id = issue.id ORDER BY position)) FROM issue WHERE change > ?"""


class CatalogEntry(NamedTuple):
    """An issue without the text of its stories; a named tuple, because an archive may hold thousands.

    `date` is the stored one, YYYY-MM-DD. `joined_keys` holds the story keys as one text, which takes less memory than
    a tuple.
    """

    id: int
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    word_count: int
    joined_keys: str | None

    @property
    def story_keys(self) -> tuple[str, ...]:
        """The keys of its stories, in order."""
        return tuple(self.joined_keys.split(_KEY_SEPARATOR)) if self.joined_keys else ()

    @property
    def ref(self) -> str:
        """The reference that the command line accepts."""
        return format_issue_ref(self.number, self.slug)


class StoryEntry(NamedTuple):
    """A story without its text; `position` counts from 1."""

    key: str
    position: int
    kind: StoryKind
    headline: str
    word_count: int


class Catalog:
    """The table of contents in memory. Each method first loads the issues that have changed in the file."""

    def __init__(self, database: Database) -> None:
        """Load nothing yet; the first method call loads all issues."""
        self._database = database
        self._data_version = database.get_data_version()
        self._is_stale = True
        self._last_change = 0
        self._entries: dict[int, CatalogEntry] = {}
        self._id_by_number: dict[int, int] = {}
        self._id_by_slug: dict[str, int] = {}
        self._sorted_entries: tuple[CatalogEntry, ...] | None = ()
        self._order: IssueOrder | None = None

    def get_entries(self) -> tuple[CatalogEntry, ...]:
        """Return all issues, newest first."""
        self._refresh()
        if self._sorted_entries is None:
            self._sorted_entries = sort_newest_first(self._entries.values(), self._get_order())
        return self._sorted_entries

    def estimate_date(self, number: int | None) -> str | None:
        """Return the likely date of an undated issue with this number: see `IssueOrder.estimate_day`."""
        self._refresh()
        return self._get_order().estimate_day(number)

    def find_by_number(self, number: int) -> CatalogEntry | None:
        """Return the issue with this number."""
        self._refresh()
        return self._entries[self._id_by_number[number]] if number in self._id_by_number else None

    def find_by_slug(self, slug: str) -> CatalogEntry | None:
        """Return the issue with this slug."""
        self._refresh()
        return self._entries[self._id_by_slug[slug]] if slug in self._id_by_slug else None

    def get_entry(self, issue_id: int) -> CatalogEntry:
        """Return an issue that the archive refers to. Raises DamagedDatabase if it is missing."""
        self._refresh()
        if issue_id not in self._entries:
            message = f"The archive {self._database.path} is damaged: an issue is gone. {ARCHIVE_SPEC.remedy}"
            raise DamagedDatabase(message)
        return self._entries[issue_id]

    def find_candidates(self, number: int | None) -> tuple[CatalogEntry, ...]:
        """Return the issues that a copy with this number may belong to, newest first.

        These are the issue with the number, else the issues without one; all issues if the copy has no number. So
        storing many issues does not sort and scan all of them each time.
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
        """Return the slugs of all issues."""
        self._refresh()
        return self._id_by_slug.keys()

    def mark_stale(self) -> None:
        """Load changed issues at the next call, because this connection writes some."""
        self._is_stale = True

    def clear(self) -> None:
        """Drop everything, because it may include changes that were rolled back."""
        self._is_stale, self._last_change, self._sorted_entries, self._order = True, 0, None, None
        self._entries.clear()
        self._id_by_number.clear()
        self._id_by_slug.clear()

    def _refresh(self) -> None:
        data_version = self._database.get_data_version()
        if self._is_stale or data_version != self._data_version:
            self._load_changed()
            self._data_version, self._is_stale = data_version, False

    def _load_changed(self) -> None:
        ((last_change,),) = self._database.query("SELECT max(change) FROM issue")
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
        self._last_change = last_change
        self._sorted_entries = self._order = None

    def _get_order(self) -> IssueOrder:
        if self._order is None:
            entries = self._entries.values()
            self._order = IssueOrder((x.number, x.date) for x in entries if x.date and x.number is not None)
        return self._order


def sort_newest_first(entries: Collection[CatalogEntry], order: IssueOrder) -> tuple[CatalogEntry, ...]:
    """Sort issues by their place in time, newest first: see `issue_order`.

    Issues with neither date nor number come last, in the order of their import.
    """
    known = (entry for entry in entries if entry.date or entry.number is not None)
    ordered = sorted(known, key=lambda entry: (order.get_place(entry.number, entry.date), entry.id), reverse=True)
    unknown = sorted((entry for entry in entries if not entry.date and entry.number is None), key=lambda e: e.id)
    return (*ordered, *unknown)


def are_valid_issue_values(number: object, slug: object, title: object, day: object, url: object) -> bool:
    """Return True if the values of an issue have their types; a damaged file may hold anything in any column."""
    return (
        (number is None or (isinstance(number, int) and 0 <= number <= _MAX_ISSUE_NUMBER))
        and isinstance(slug, str)
        and isinstance(title, str)
        and (day is None or is_iso_date(day))
        and (url is None or isinstance(url, str))
    )


def is_iso_date(value: object) -> bool:
    """Return True for a text YYYY-MM-DD that is a date."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_valid_row(_: int, number: Any, slug: Any, title: Any, day: Any, url: Any, words: Any, keys: Any) -> bool:
    """Return True if the values of a row of `_SELECT` have their types."""
    return (
        are_valid_issue_values(number, slug, title, day, url)
        and isinstance(words, int)
        and (keys is None or isinstance(keys, str))
    )
