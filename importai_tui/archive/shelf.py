"""The archive's table of contents, and the order in which issues stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from importai_tui.archive.database import Database
from importai_tui.issue import StoryKind, issue_ref


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One story without its text."""

    key: str
    position: int
    kind: StoryKind
    headline: str
    words: int


class Shelf:
    """The table of contents in memory. Only issues that were written since the last look are read again."""

    def __init__(self, database: Database) -> None:
        """Reads it all, so that a file damaged behind its first page shows at once."""
        self._database = database
        self._others = database.version_of_others()
        self._stale = True
        self._seen = 0
        self._entries: dict[int, Entry] = {}
        self._ordered: tuple[Entry, ...] = ()
        self.entries()

    def entries(self) -> tuple[Entry, ...]:
        """All issues, newest first, as this connection or another has written them last."""
        others = self._database.version_of_others()
        if self._stale or others != self._others:
            self._read()
            self._others, self._stale = others, False
        return self._ordered

    def entry(self, issue_id: int) -> Entry:
        """One issue."""
        self.entries()
        return self._entries[issue_id]

    def written(self) -> None:
        """This connection is about to write; what it wrote is read at the next look, should it be kept."""
        self._stale = True

    def _read(self) -> None:
        sql = "SELECT change, id, number, slug, title, date, url, words FROM issue WHERE change > ?"
        rows = self._database.rows(sql, (self._seen,))
        if not rows:
            return
        sql = """SELECT issue_id, key FROM story WHERE issue_id IN (SELECT id FROM issue WHERE change > ?)
                 ORDER BY issue_id, position"""
        keys: dict[int, list[str]] = {}
        for issue_id, key in self._database.rows(sql, (self._seen,)):
            keys.setdefault(issue_id, []).append(key)
        for _, issue_id, number, slug, title, date, url, words in rows:
            of_issue = tuple(keys.get(issue_id, ()))
            self._entries[issue_id] = Entry(issue_id, number, slug, title, date, url, words, of_issue)
        self._seen = max(row[0] for row in rows)
        self._ordered = newest_first(self._entries.values())


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
