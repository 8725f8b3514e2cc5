"""Counts the stories that saved searches find, in another thread, and keeps the counts current.

A full count searches the whole archive. After a change of marks, only the changed stories are searched again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from importai_tui.archive.search import ArchiveSearch, MarkedKeys
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.query.conditions import Clause, MarkCondition, Query
from importai_tui.search.saved import SavedSearch
from importai_tui.state.fields import READ, TAG_PREFIX
from importai_tui.state.journal import MarkChange
from importai_tui.state.reading_state import MarksVersion

_UNREAD = Clause((MarkCondition(READ, is_set=False),))
_INTERVAL_FACTOR = 10
"""A full count takes at most a tenth of the time, because a sync changes the archive with every issue."""


class SearchCount(NamedTuple):
    """The number of unread stories that a search finds, and that of all."""

    unread: int
    stories: int


@dataclass(frozen=True, slots=True)
class CountsKey:
    """Cache key of the counts: while it is the same, only changes of marks affect them."""

    archive_version: int
    searches: tuple[SavedSearch, ...]
    field_spellings: Mapping[str, str]
    """Maps the fields of the reading state in the searches to their spelling there."""


@dataclass(frozen=True, slots=True)
class CountJob:
    """A count to run in another thread, on copies of the marks."""

    key: CountsKey
    version: MarksVersion
    queries: Mapping[str, Query]
    marks: MarkedKeys
    """The marks of all stories for a full count, else empty."""
    changes: tuple[MarkChange, ...] | None
    """The changes since `known_counts`; None for a full count."""
    known_counts: Mapping[str, SearchCount]

    def run(self, archive_path: Path) -> CountResult:
        """Count the searches. There are no counts if the archive cannot be read."""
        start, counts = time.monotonic(), {}
        try:
            queries = self._expand_queries(archive_path)
            with ArchiveSearch(archive_path) as archive:
                for name, query in queries.items():
                    if self.changes is None:
                        counts[name] = self._count(archive, query)
                    elif name in self.known_counts:
                        counts[name] = self._update(archive, query, self.known_counts[name], self.changes)
        except DatabaseError:
            counts = {}
        return CountResult(self, counts, time.monotonic() - start)

    def _expand_queries(self, archive_path: Path) -> Mapping[str, Query]:
        """Return the queries with the words and spellings of the archive; queries without words stay as they are."""
        if not any(query.has_text for query in self.queries.values()):
            return self.queries
        # Imported here, because the built-in searches have no words, and the first screen counts them.
        from importai_tui.search.search import Search

        with Search(archive_path) as search:
            return {name: search.expand(query) for name, query in self.queries.items()}

    def _count(self, archive: ArchiveSearch, query: Query) -> SearchCount:
        stories, unread = archive.count_both(query, _UNREAD, self.marks)
        return SearchCount(unread, stories)

    def _update(
        self, archive: ArchiveSearch, query: Query, count: SearchCount, changes: Sequence[MarkChange]
    ) -> SearchCount:
        keys = [change.key for change in changes]
        spellings = self.key.field_spellings
        old_marks = _make_marks(((change.key, change.before) for change in changes), spellings)
        new_marks = _make_marks(((change.key, change.after) for change in changes), spellings)
        old, new = (_count_among(archive, query, keys, marks) for marks in (old_marks, new_marks))
        return SearchCount(count.unread + new.unread - old.unread, count.stories + new.stories - old.stories)


@dataclass(frozen=True, slots=True)
class CountResult:
    """The counts by name of the search, and the seconds that they took."""

    job: CountJob
    counts: Mapping[str, SearchCount]
    seconds: float


class SearchCounts:
    """The counts of the saved searches. Poll `next_job`, run the job in another thread, and `store` its result."""

    def __init__(self, *, interval_factor: int = _INTERVAL_FACTOR) -> None:
        """Start without counts.

        Args:
            interval_factor: full counts start at least this many times their duration apart.
        """
        self._interval_factor = interval_factor
        self.by_name: dict[str, SearchCount] = {}
        """Counts by name of the search, without those not yet counted."""
        self._key: CountsKey | None = None
        self._version: MarksVersion | None = None
        self._is_running = False
        self._next_full_count = 0.0
        self._searches: tuple[SavedSearch, ...] = ()
        self._queries: dict[str, Query] = {}

    def next_job(self, library: Library, searches: tuple[SavedSearch, ...]) -> CountJob | None:
        """Return the next job; None if the counts are current or a job is running."""
        if self._is_running:
            return None
        self._parse(searches)
        fields = {READ}.union(*(query.mark_fields() for query in self._queries.values()))
        version = library.state.get_marks_version(fields)
        key = CountsKey(library.archive.get_data_version(), searches, version.fields)
        changes = library.state.get_mark_changes(self._version) if self._version and key == self._key else None
        if changes and not self.by_name:  # the last count failed; try again
            changes = None
        if changes is None and self._can_postpone(key):
            return None
        if changes == ():
            self._version = version
            return None
        marks = library.state.get_marks_at(version) if changes is None else {}
        self._is_running = True
        return CountJob(key, version, self._queries, marks, changes, self.by_name)

    def store(self, result: CountResult) -> None:
        """Store the result of a job, unless the searches have changed since."""
        self._is_running = False
        job = result.job
        if job.key.searches == self._searches:
            self._key, self._version, self.by_name = job.key, job.version, dict(result.counts)
        if job.changes is None:
            self._next_full_count = time.monotonic() + (self._interval_factor - 1) * result.seconds

    def set_searches(self, searches: tuple[SavedSearch, ...]) -> None:
        """Replace the searches. Counts stay only for unchanged ones, because a name may have a new query."""
        unchanged = {search.name for search in searches if search in self._searches}
        self.by_name = {name: count for name, count in self.by_name.items() if name in unchanged}
        self._parse(searches)

    def _parse(self, searches: tuple[SavedSearch, ...]) -> None:
        if searches != self._searches:
            # Imported here, because the first screen must not wait for it.
            from importai_tui.query.parser import parse_query

            self._searches = searches
            self._queries = {search.name: parse_query(search.line) for search in searches}

    def _can_postpone(self, key: CountsKey) -> bool:
        """Return True if only the archive has changed, and the last full count was a short time ago."""
        last = self._key
        only_archive = (
            last is not None
            and (last.searches, last.field_spellings) == (key.searches, key.field_spellings)
            and last.archive_version != key.archive_version
        )
        return only_archive and time.monotonic() < self._next_full_count


def _count_among(archive: ArchiveSearch, query: Query, keys: Sequence[str], marks: MarkedKeys) -> SearchCount:
    matching = archive.filter_keys(query, keys, marks)
    return SearchCount(sum(key not in marks[READ] for key in matching), len(matching))


def _make_marks(stories: Iterable[tuple[str, Set[str]]], field_spellings: Mapping[str, str]) -> MarkedKeys:
    """Return, for each field of the queries, the keys of the stories where it is set."""
    marks: dict[str, set[str]] = {field: set() for field in field_spellings}
    for key, set_fields in stories:
        for field, spelling in field_spellings.items():
            if spelling == TAG_PREFIX:  # any tag
                is_set = any(set_field.startswith(TAG_PREFIX) for set_field in set_fields)
            else:
                is_set = spelling in set_fields
            if is_set:
                marks[field].add(key)
    return marks
