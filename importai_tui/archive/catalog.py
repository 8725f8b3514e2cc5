"""The archive's table of contents, and the order in which issues stand."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from importai_tui.archive.schema import PLAN
from importai_tui.model import issue_ref
from importai_tui.sqlite import DamagedDatabase, Database

if TYPE_CHECKING:
    from importai_tui.model import StoryKind


_MOST_NUMBER = 1_000_000
"""No issue has a higher number. Of a damaged one all numbers below it would count as missing."""
_KEY_SEPARATOR = "\x1f"
"""No key has a control character."""


class Entry(NamedTuple):
    """One issue without its stories' text. A named tuple, because an archive may hold thousands of issues."""

    id: int
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    words: int
    joined_keys: str | None
    """The keys of the issue's stories as one text, in order: it takes less memory than a tuple of them."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its stories, in order."""
        return tuple(self.joined_keys.split(_KEY_SEPARATOR)) if self.joined_keys else ()

    @property
    def ref(self) -> str:
        """How the issue is named on the command line."""
        return issue_ref(self.number, self.slug)


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One story without its text."""

    key: str
    position: int
    kind: StoryKind
    headline: str
    words: int


# One row an issue: to fetch a row a story takes half as long again.
_SELECT = """SELECT id, number, slug, title, date, url, words, (SELECT group_concat(key, char(31)) FROM
    (SELECT key FROM story WHERE issue_id = issue.id ORDER BY position)) FROM issue WHERE change > ?"""


class Shelf:
    """The table of contents in memory. Only issues that were written since the last look are read again."""

    def __init__(self, database: Database) -> None:
        """Read nothing yet: the first question reads all issues."""
        self._database = database
        self._others = database.version_of_others()
        self._stale = True
        self._seen = 0
        self._entries: dict[int, Entry] = {}
        self._numbered: dict[int, int] = {}
        self._slugs: dict[str, int] = {}
        self._ordered: tuple[Entry, ...] | None = ()

    def entries(self) -> tuple[Entry, ...]:
        """All issues, newest first, as this connection or another has written them last."""
        self._look()
        if self._ordered is None:
            self._ordered = newest_first(self._entries.values())
        return self._ordered

    def numbered(self, number: int) -> Entry | None:
        """The issue with this number."""
        self._look()
        return self._entries[self._numbered[number]] if number in self._numbered else None

    def called(self, slug: str) -> Entry | None:
        """The issue with this slug."""
        self._look()
        return self._entries[self._slugs[slug]] if slug in self._slugs else None

    def entry(self, issue_id: int) -> Entry:
        """One issue."""
        self._look()
        if issue_id not in self._entries:
            raise DamagedDatabase(f"The archive {self._database.path} is damaged: an issue is gone. {PLAN.remedy}")
        return self._entries[issue_id]

    def candidates(self, number: int | None) -> tuple[Entry, ...]:
        """The issues that an arriving one with this number may be, newest first: that with it, else those without one.

        Storing asks once an issue, so that not all are looked through and set in order each time.
        """
        self._look()
        if number is None:
            return self.entries()
        if number in self._numbered:
            return (self._entries[self._numbered[number]],)
        if len(self._numbered) == len(self._entries):
            return ()
        return tuple(entry for entry in self.entries() if entry.number is None)

    def slugs(self) -> Set[str]:
        """The slugs of all issues."""
        self._look()
        return self._slugs.keys()

    def _look(self) -> None:
        others = self._database.version_of_others()
        if self._stale or others != self._others:
            self._read()
            self._others, self._stale = others, False

    def written(self) -> None:
        """This connection is about to write; what it wrote is read at the next look, should it be kept."""
        self._stale = True

    def forget(self) -> None:
        """What this connection wrote was not kept, and may have been read: all is read again at the next look."""
        self._stale, self._seen, self._ordered = True, 0, None
        self._entries.clear()
        self._numbered.clear()
        self._slugs.clear()

    def _read(self) -> None:
        ((seen,),) = self._database.rows("SELECT max(change) FROM issue")
        if not (rows := self._database.rows(_SELECT, (self._seen,))):
            return
        for row in rows:
            if not _is_sound(*row):
                raise DamagedDatabase(f"The archive {self._database.path} is damaged. {PLAN.remedy}")
            entry = Entry(*row)
            self._entries[entry.id] = entry
            self._slugs[entry.slug] = entry.id
            if entry.number is not None:
                self._numbered[entry.number] = entry.id
        self._seen = seen
        self._ordered = None


def is_day(text: object) -> bool:
    """Tell whether this is a day as archives hold it, YYYY-MM-DD."""
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def are_sound(number: object, slug: object, title: object, day: object, url: object) -> bool:
    """Tell whether the values of an issue have their types: in a damaged file any column can hold anything."""
    return (
        (number is None or (isinstance(number, int) and 0 <= number <= _MOST_NUMBER))
        and isinstance(slug, str)
        and isinstance(title, str)
        and (day is None or is_day(day))
        and (url is None or isinstance(url, str))
    )


def _is_sound(_: int, number: Any, slug: Any, title: Any, day: Any, url: Any, words: Any, joined_keys: Any) -> bool:
    """Tell whether the values of a row that `_SELECT` gives have their types."""
    return (
        are_sound(number, slug, title, day, url)
        and isinstance(words, int)
        and (joined_keys is None or isinstance(joined_keys, str))
    )


def newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
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
