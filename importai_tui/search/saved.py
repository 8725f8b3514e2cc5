"""The counts of the saved searches: what is to be counted, in another thread, and what is known so far.

Saved searches: each a name and a line of the query language, and how they are remembered. Pure.

How many stories searches find, and how many of those are unread: counted whole once, and from then on kept in step.

A mark that comes or goes changes the count by what its story adds, so that story is looked at and no other, however
large the archive is.

The lines that were searched for last, as they are remembered. Pure.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.archive.search import Finder, Marks
from importai_tui.errors import DatabaseTrouble
from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line
from importai_tui.query.conditions import Clause, Marked, Query
from importai_tui.state.fields import TAG
from importai_tui.state.journal import Turned

if TYPE_CHECKING:
    from importai_tui.archive.search import Marks
    from importai_tui.library.library import Library
    from importai_tui.query.conditions import Query
    from importai_tui.state.reading_state import Stand

LONGEST_NAME = 40
"""Characters: a name is a row of a narrow list."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that the reader goes back to."""

    name: str
    line: str


UNREAD = SavedSearch("Unread", "is:unread")
FIRST = (
    UNREAD,
    SavedSearch("Starred", "is:starred"),
    SavedSearch("Tech Tales", "in:tales"),
    SavedSearch("Essays", "in:essay"),
    SavedSearch("Why this matters", '"why this matters" OR "why it matters"'),
)
"""Those that are there from the start."""


def read_saved(written: str | None) -> tuple[SavedSearch, ...]:
    """What was remembered; those of the start where nothing was, or nothing of ours."""
    try:
        told = parse_json(written)
        return tuple(SavedSearch(str(name), str(line)) for name, line in told)
    except (ValueError, TypeError):
        return FIRST


def written_saved(searches: Sequence[SavedSearch]) -> str:
    """As they are remembered."""
    return json.dumps([[search.name, search.line] for search in searches], ensure_ascii=False)


def cleaned(name: str, line: str) -> SavedSearch:
    """As it is kept: a name is one line of bounded length."""
    return SavedSearch(clean_line(name)[:LONGEST_NAME], clean_line(line))


def with_search(searches: Sequence[SavedSearch], name: str, line: str) -> tuple[SavedSearch, ...]:
    """With one more at the end, or in the place of the one that has this name."""
    new = cleaned(name, line)
    if any(search.name == new.name for search in searches):
        return tuple(new if search.name == new.name else search for search in searches)
    return (*searches, new)


def with_first(searches: Sequence[SavedSearch]) -> tuple[SavedSearch, ...]:
    """With those of the start again: each in the place of what has its name, those whose name is free before all."""
    first = {search.name: search for search in FIRST}
    free = [search for search in FIRST if search.name not in {one.name for one in searches}]
    return tuple(dict.fromkeys((*free, *(first.get(search.name, search) for search in searches))))


def without_search(searches: Sequence[SavedSearch], name: str) -> tuple[SavedSearch, ...]:
    """Without the one that has this name."""
    return tuple(search for search in searches if search.name != name)


MOST = 10
"""Lines: as many as one takes in at a glance, and half a small window."""


def read_recent(written: str | None) -> tuple[str, ...]:
    """What was remembered, newest first; a text of another version is none."""
    try:
        return tuple(str(line) for line in parse_json(written))[:MOST]
    except (ValueError, TypeError):
        return ()


def written_recent(lines: Sequence[str]) -> str:
    """As they are remembered."""
    return json.dumps(list(lines), ensure_ascii=False)


def with_recent(lines: Sequence[str], line: str) -> tuple[str, ...]:
    """With one more in front; each stands there once, however it was written."""
    new = " ".join(line.split())
    others = (other for other in lines if other.casefold() != new.casefold())
    return (new, *others)[:MOST] if new else tuple(lines)


READ = "read"
_UNREAD = Clause((Marked(READ, so=False),))


class Count(NamedTuple):
    """How many stories a search finds, and how many of them are unread."""

    unread: int
    stories: int


def fields_of(query: Query) -> frozenset[str]:
    """The fields of the reading state that its count hangs on."""
    return query.fields() | {READ}


def counted(finder: Finder, query: Query, marks: Marks) -> Count:
    """The count of a search in the whole archive."""
    stories, unread = finder.count_both(query, _UNREAD, marks)
    return Count(unread, stories)


def in_step(count: Count, finder: Finder, query: Query, turned: Sequence[Turned], in_use: Mapping[str, str]) -> Count:
    """The count after marks of these stories have come or gone; `in_use`: how the fields asked for are spelled."""
    before = _added(finder, query, _marks(((story.key, story.before) for story in turned), in_use), turned)
    now = _added(finder, query, _marks(((story.key, story.now) for story in turned), in_use), turned)
    return Count(count.unread + now.unread - before.unread, count.stories + now.stories - before.stories)


def _added(finder: Finder, query: Query, marks: Marks, stories: Sequence[Turned]) -> Count:
    found = finder.among(query, [story.key for story in stories], marks)
    return Count(sum(key not in marks[READ] for key in found), len(found))


def _marks(stories: Iterable[tuple[str, Set[str]]], in_use: Mapping[str, str]) -> Marks:
    marked: dict[str, set[str]] = {field: set() for field in in_use}
    for key, fields in stories:
        for asked, used in in_use.items():
            if any(field.startswith(TAG) for field in fields) if used == TAG else used in fields:
                marked[asked].add(key)
    return marked


SHARE = 10
"""Counting all anew takes a tenth of the time at most: while a sync stores issue after issue, a vast archive is not
counted without end."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the counts hold of: as long as it is the same, a change of marks is all that can change them."""

    archive: int
    searches: tuple[SavedSearch, ...]
    in_use: Mapping[str, str]
    """How the fields of the reading state that the searches ask for are spelled there."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be counted, for another thread. Marks that it holds follow no change."""

    ground: Ground
    stand: Stand
    queries: Mapping[str, Query]
    marks: Marks
    """Of all stories; empty where only those that have `turned` are looked at."""
    turned: tuple[Turned, ...] | None
    known: Mapping[str, Count]

    def run(self, archive: Path) -> Done:
        """Count. Where the archive cannot be asked nothing is known."""
        from importai_tui.archive.search import Finder

        began, counts = time.monotonic(), {}
        try:
            with Finder(archive) as finder:
                for name, query in self.queries.items():
                    if self.turned is None:
                        counts[name] = counted(finder, query, self.marks)
                    elif name in self.known:
                        counts[name] = in_step(self.known[name], finder, query, self.turned, self.ground.in_use)
        except DatabaseTrouble:
            counts = {}
        return Done(self, counts, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Done:
    """What was counted, by the names of the searches, and the seconds that it took."""

    task: Task
    counts: Mapping[str, Count]
    seconds: float


class Counts:
    """What is known of the counts. Ask `task` now and then, run what it gives, and tell `take` what came of it."""

    def __init__(self, *, share: int = SHARE) -> None:
        self._share = share
        self.known: dict[str, Count] = {}
        """By the names of the searches; those that were never counted are not there."""
        self._ground: Ground | None = None
        self._stand: Stand | None = None
        self._running = False
        self._rest_until = 0.0
        self._queries: dict[str, Query] = {}
        self._queries_of: tuple[SavedSearch, ...] = ()

    def task(self, library: Library, searches: tuple[SavedSearch, ...]) -> Task | None:
        """What is to be counted; None where all is as it was, or something is being counted."""
        if self._running:
            return None
        stand = library.state.stand(self._fields(searches))
        ground = Ground(library.archive.version(), searches, stand.fields)
        turned = library.state.turned_since(self._stand) if self._stand and ground == self._ground else None
        if turned and not self.known:  # it could not be counted, and perhaps now it can
            turned = None
        if turned is None and self._can_wait(ground):
            return None
        if turned == ():
            self._stand = stand
            return None
        marks = library.state.marks_at(stand) if turned is None else {}
        self._running = True
        return Task(ground, stand, self._queries, marks, turned, self.known)

    def take(self, done: Done) -> None:
        """Take over what was counted; what was counted of other searches is let go."""
        self._running = False
        task = done.task
        if task.ground.searches == self._queries_of:
            self._ground, self._stand, self.known = task.ground, task.stand, dict(done.counts)
        if task.turned is None:
            self._rest_until = time.monotonic() + (self._share - 1) * done.seconds

    def keep(self, searches: tuple[SavedSearch, ...], before: tuple[SavedSearch, ...]) -> None:
        """There are other searches now. A count is that of a line: under the same name there may be another one."""
        same = {search.name for search in searches if search in before}
        self.known = {name: count for name, count in self.known.items() if name in same}
        self._fields(searches)

    def _can_wait(self, ground: Ground) -> bool:
        """Whether only the archive is another one, and it was counted a short while ago."""
        last = self._ground
        only = (
            last and (last.searches, last.in_use) == (ground.searches, ground.in_use) and last.archive != ground.archive
        )
        return bool(only) and time.monotonic() < self._rest_until

    def _fields(self, searches: tuple[SavedSearch, ...]) -> frozenset[str]:
        if searches != self._queries_of:
            from importai_tui.query.parser import read_query

            self._queries_of = searches
            self._queries = {search.name: read_query(search.line) for search in searches}

        return frozenset().union(*map(fields_of, self._queries.values()))
