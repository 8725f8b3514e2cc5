"""The archive's table of contents, and the order in which issues stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from importai_tui.archive.database import DamagedDatabase, Database
from importai_tui.archive.schema import PLAN
from importai_tui.naming import issue_ref

if TYPE_CHECKING:
    from importai_tui.issue import StoryKind


_MOST_NUMBER = 1_000_000
"""No issue has a higher number. Of a damaged one all numbers below it would count as missing."""
_BETWEEN = "\x1f"
"""No key has a control character."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One issue without its stories' text."""

    id: int
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    words: int
    joined: str | None
    """The keys of its stories as one text: of a vast archive they would be most of what lies in memory."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its stories, in order."""
        return tuple(self.joined.split(_BETWEEN)) if self.joined else ()

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


READ_AT_ONCE = 2_000
"""Issues; to read more of them takes longer than to draw a screen."""
_IN_ONE_GO = 300
"""Of the issues of a vast archive; a key that waits for them is as quick as any."""
# One row an issue: to fetch a row a story takes half as long again.
_COLUMNS = """SELECT id, number, slug, title, date, url, words, (SELECT group_concat(key, char(31)) FROM
    (SELECT key FROM story WHERE issue_id = issue.id ORDER BY position)) FROM issue"""
_PLACE = "(date, coalesce(number, 0), id)"
"""Of an issue with a date, in the order of the list."""
_ORDER = "ORDER BY date {0}, coalesce(number, 0) {0}, id {0}"


class Shelf:
    """The table of contents in memory. Only issues that were written since the last look are read again."""

    def __init__(self, database: Database, *, few: bool = False) -> None:
        """Reads it all, so that a file damaged behind its first page shows at once; a vast one when it is asked for.

        `few`: only a few issues will be asked for, so that it is as with a vast one.
        """
        self._database = database
        ((issues, dated),) = database.rows("SELECT count(*), count(date) FROM issue")
        self._is_vast = issues > (0 if few else READ_AT_ONCE) and dated == issues
        self._others = database.version_of_others()
        self._stale = True
        self._seen = 0
        self._entries: dict[int, Entry] = {}
        self._numbered: dict[int, int] = {}
        self._slugs: dict[str, int] = {}
        self._ordered: tuple[Entry, ...] | None = ()
        self._coming: Iterator[None] | None = None
        if not self._is_vast:
            self.entries()

    def entries(self) -> tuple[Entry, ...]:
        """All issues, newest first, as this connection or another has written them last."""
        self._look()
        if self._ordered is None:
            self._ordered = newest_first(self._entries.values())
        return self._ordered

    @property
    def is_vast(self) -> bool:
        """Whether it is so large, and so plainly in the order of days, that a part can be had alone.

        Only until all of it was read.
        """
        return self._is_vast and not self._seen

    def near(self, issue: Entry | None, many: int) -> tuple[Entry, ...]:
        """So many issues at the most above one of a vast archive, and below it with itself; without one, the newest."""
        if issue is None:
            return self._some(f"{_ORDER.format('DESC')} LIMIT ?", (many,))
        here = (issue.date, issue.date, issue.number or 0, issue.id)
        # The day for itself is what the index knows.
        above = self._some(f"WHERE date >= ? AND {_PLACE} > (?, ?, ?) {_ORDER.format('ASC')} LIMIT ?", (*here, many))
        below = self._some(f"WHERE date <= ? AND {_PLACE} <= (?, ?, ?) {_ORDER.format('DESC')} LIMIT ?", (*here, many))
        return (*reversed(above), *below)

    def widest(self) -> tuple[Entry, ...]:
        """The issue with the highest number, and one that has none, on a day of two digits where there is one."""
        unnumbered = "WHERE number IS NULL"
        later = self._some(f"{unnumbered} AND substr(date, 9, 1) > '0' LIMIT 1")
        highest = self._some("WHERE number = (SELECT max(number) FROM issue)")
        return (*highest, *(later or self._some(f"{unnumbered} LIMIT 1")))

    def numbered(self, number: int) -> Entry | None:
        """The issue with this number."""
        if self.is_vast:
            return next(iter(self._some("WHERE number = ?", (number,))), None)
        self._look()
        return self._entries[self._numbered[number]] if number in self._numbered else None

    def called(self, slug: str) -> Entry | None:
        """The issue with this slug."""
        if self.is_vast:
            return next(iter(self._some("WHERE slug = ?", (slug,))), None)
        self._look()
        return self._entries[self._slugs[slug]] if slug in self._slugs else None

    def entry(self, issue_id: int) -> Entry:
        """One issue."""
        if self.is_vast:
            return self._some("WHERE id = ?", (issue_id,))[0]
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

    def read_on(self) -> bool:
        """Reads a few more issues of a vast archive; False once all of them have been read.

        Who has time in between asks again; whoever asks for all issues waits for those that are left.
        """
        if not self.is_vast:
            return False
        self._coming = self._coming or self._read_in_parts()
        return next(self._coming, True) is None

    def _read_in_parts(self) -> Iterator[None]:
        # Both asked first: what is written meanwhile is read at the next look, where it was missed or was read early.
        others = self._database.version_of_others()
        ((seen, last),) = self._database.rows("SELECT max(change), max(id) FROM issue")
        for first in range(0, last + 1, _IN_ONE_GO):
            self._take(self._some("WHERE id BETWEEN ? AND ?", (first, first + _IN_ONE_GO - 1)))
            yield
        in_order = self._database.rows(f"SELECT id FROM issue {_ORDER.format('DESC')}")
        yield
        self._ordered = tuple(self._entries[id] for (id,) in in_order if id in self._entries)
        self._seen, self._others = seen, others

    def _look(self) -> None:
        while self._coming and self.read_on():
            pass
        others = self._database.version_of_others()
        if self._stale or others != self._others:
            self._read()
            self._others, self._stale = others, False

    def written(self) -> None:
        """This connection is about to write; what it wrote is read at the next look, should it be kept."""
        self._stale = True

    def forget(self) -> None:
        """What this connection wrote was not kept, and may have been read: all is read again at the next look."""
        self._stale, self._seen, self._ordered, self._coming = True, 0, None, None
        self._entries.clear()
        self._numbered.clear()
        self._slugs.clear()

    def _some(self, which: str, values: tuple[object, ...] = ()) -> tuple[Entry, ...]:
        """A few issues and nothing else."""
        found: list[Entry] = []
        for row in self._database.rows(f"{_COLUMNS} {which}", values):
            entry = _entry(*row)
            if entry is None:
                raise DamagedDatabase(f"The archive {self._database.path} is damaged. {PLAN.remedy}")
            found.append(entry)
        return tuple(found)

    def _read(self) -> None:
        ((seen,),) = self._database.rows("SELECT max(change) FROM issue")
        if found := self._some("WHERE change > ?", (self._seen,)):
            self._take(found)
            self._seen = seen
            self._ordered = None

    def _take(self, found: Iterable[Entry]) -> None:
        for entry in found:
            self._entries[entry.id] = entry
            self._slugs[entry.slug] = entry.id
            if entry.number is not None:
                self._numbered[entry.number] = entry.id


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


def _entry(id: int, number: Any, slug: Any, title: Any, day: Any, url: Any, words: Any, joined: Any) -> Entry | None:
    """Make the entry of a row; None where the row is damaged."""
    if are_sound(number, slug, title, day, url) and isinstance(words, int) and isinstance(joined, str | None):
        return Entry(id, number, slug, title, day, url, words, joined)
    return None


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
