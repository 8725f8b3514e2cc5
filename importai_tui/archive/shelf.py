"""The archive's table of contents, and the order in which issues stand."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from importai_tui.archive.database import Database
from importai_tui.naming import issue_ref
from importai_tui.values import value

if TYPE_CHECKING:
    from importai_tui.issue import StoryKind


@value
class Entry:
    """One issue without its stories' text. `keys` are its stories', in order."""

    id: int
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    words: int
    keys: tuple[str, ...]

    @property
    def ref(self) -> str:
        """How the issue is named on the command line."""
        return issue_ref(self.number, self.slug)


@value
class StoryRow:
    """One story without its text."""

    key: str
    position: int
    kind: StoryKind
    headline: str
    words: int


READ_AT_ONCE = 2_000
"""Issues; to read more of them takes longer than to draw a screen."""
_COLUMNS = "SELECT change, id, number, slug, title, date, url, words FROM issue"


class Shelf:
    """The table of contents in memory. Only issues that were written since the last look are read again."""

    def __init__(self, database: Database, *, few: bool = False) -> None:
        """Reads it all, so that a file damaged behind its first page shows at once; a vast one when it is asked for.

        `few`: only a few issues will be asked for, so that it is as with a vast one.
        """
        self._database = database
        ((issues, dated, numbered),) = database.rows("SELECT count(*), count(date), count(number) FROM issue")
        is_in_order = dated == issues and (few or numbered == issues)
        self._is_vast = issues > (0 if few else READ_AT_ONCE) and is_in_order
        self._others = database.version_of_others()
        self._stale = True
        self._seen = 0
        self._entries: dict[int, Entry] = {}
        self._numbered: dict[int, int] = {}
        self._slugs: dict[str, int] = {}
        self._ordered: tuple[Entry, ...] | None = ()
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
        """Whether it is so large, and so plainly in the order of days and numbers, that a part can be had alone.

        Only until all of it was read.
        """
        return self._is_vast and not self._seen

    def near(self, issue: Entry | None, many: int) -> tuple[Entry, ...]:
        """So many issues at the most above one of a vast archive, and below it with itself; without one, the newest."""
        down, up = (f"date {way}, number {way}, id {way} LIMIT ?" for way in ("DESC", "ASC"))
        if issue is None:
            return self._some(f"ORDER BY {down}", (many,))
        place, here = "(date, number, id)", (issue.date, issue.number, issue.id)
        above = self._some(f"WHERE {place} > (?, ?, ?) ORDER BY {up}", (*here, many))
        return (*reversed(above), *self._some(f"WHERE {place} <= (?, ?, ?) ORDER BY {down}", (*here, many)))

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

    def _some(self, which: str, values: tuple[object, ...]) -> tuple[Entry, ...]:
        """A few issues and nothing else."""
        keys = "SELECT key FROM story WHERE issue_id = ? ORDER BY position"
        found = []
        for _, issue_id, number, slug, title, date, url, words in self._database.rows(f"{_COLUMNS} {which}", values):
            of_issue = tuple(key for (key,) in self._database.rows(keys, (issue_id,)))
            found.append(Entry(issue_id, number, slug, title, date, url, words, of_issue))
        return tuple(found)

    def _read(self) -> None:
        # One row an issue: to fetch a row a story takes half as long again. No key has a control character.
        sql = """SELECT change, id, number, slug, title, date, url, words, (SELECT group_concat(key, char(31)) FROM
            (SELECT key FROM story WHERE issue_id = issue.id ORDER BY position)) FROM issue WHERE change > ?"""
        rows = self._database.rows(sql, (self._seen,))
        if not rows:
            return
        for _, issue_id, number, slug, title, date, url, words, keys in rows:
            of_issue = tuple(keys.split("\x1f")) if keys else ()
            self._entries[issue_id] = Entry(issue_id, number, slug, title, date, url, words, of_issue)
            self._slugs[slug] = issue_id
            if number is not None:
                self._numbered[number] = issue_id
        self._seen = max(row[0] for row in rows)
        self._ordered = None


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
