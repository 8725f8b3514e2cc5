"""The counts of the saved searches: what is to be counted, in another thread, and what is known so far."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseTrouble
from importai_tui.tui.reading.saved_search import SavedSearch

if TYPE_CHECKING:
    from importai_tui.archive.finder import Marks
    from importai_tui.library import Library
    from importai_tui.query import Query
    from importai_tui.reading.marks import Turned
    from importai_tui.reading.state import Stand
    from importai_tui.search.counting import Count

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
        from importai_tui.archive.finder import Finder
        from importai_tui.search.counting import counted, in_step

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
            from importai_tui.query import read_query

            self._queries_of = searches
            self._queries = {search.name: read_query(search.line) for search in searches}
        from importai_tui.search.counting import fields_of

        return frozenset().union(*map(fields_of, self._queries.values()))
