"""Saved searches, each a name and a query, and the recent queries; as JSON and as tuples that functions change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.archive.search import ArchiveSearch, MarkedKeys
from importai_tui.errors import DatabaseError
from importai_tui.json_text import parse_json
from importai_tui.parse.clean import clean_line
from importai_tui.query.conditions import Clause, MarkCondition, Query
from importai_tui.state.fields import TAG_PREFIX
from importai_tui.state.journal import MarkChange

if TYPE_CHECKING:
    from importai_tui.archive.search import MarkedKeys
    from importai_tui.library.library import Library
    from importai_tui.query.conditions import Query
    from importai_tui.state.reading_state import MarksVersion

MAX_NAME_LENGTH = 40
"""Characters; a name is a row in a narrow list."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query that the user saved under a name."""

    name: str
    line: str


UNREAD_SEARCH = SavedSearch("Unread", "is:unread")
DEFAULT_SEARCHES = (
    UNREAD_SEARCH,
    SavedSearch("Starred", "is:starred"),
    SavedSearch("Tech Tales", "in:tales"),
    SavedSearch("Essays", "in:essay"),
    SavedSearch("Why this matters", '"why this matters" OR "why it matters"'),
)
"""Searches that exist before the user saves any."""


def saved_from_json(text: str | None) -> tuple[SavedSearch, ...]:
    """Read saved searches from JSON; the defaults for None and for other text."""
    try:
        told = parse_json(text)
        return tuple(SavedSearch(str(name), str(line)) for name, line in told)
    except (ValueError, TypeError):
        return DEFAULT_SEARCHES


def saved_to_json(searches: Sequence[SavedSearch]) -> str:
    """Return saved searches as JSON."""
    return json.dumps([[search.name, search.line] for search in searches], ensure_ascii=False)


def clean_search(name: str, line: str) -> SavedSearch:
    """Return a saved search with a clean name of at most `MAX_NAME_LENGTH` characters."""
    return SavedSearch(clean_line(name)[:MAX_NAME_LENGTH], clean_line(line))


def add_search(searches: Sequence[SavedSearch], name: str, line: str) -> tuple[SavedSearch, ...]:
    """Return the searches with a new one at the end, or in place of the one with the same name."""
    new = clean_search(name, line)
    if any(search.name == new.name for search in searches):
        return tuple(new if search.name == new.name else search for search in searches)
    return (*searches, new)


def restore_defaults(searches: Sequence[SavedSearch]) -> tuple[SavedSearch, ...]:
    """Return the searches with the defaults restored: in place of those with the same name, the others first."""
    first = {search.name: search for search in DEFAULT_SEARCHES}
    free = [search for search in DEFAULT_SEARCHES if search.name not in {one.name for one in searches}]
    return tuple(dict.fromkeys((*free, *(first.get(search.name, search) for search in searches))))


def remove_search(searches: Sequence[SavedSearch], name: str) -> tuple[SavedSearch, ...]:
    """Return the searches without the one with this name."""
    return tuple(search for search in searches if search.name != name)


MAX_RECENT = 10
"""Recent queries; half a small window."""


def recent_from_json(text: str | None) -> tuple[str, ...]:
    """Read recent queries from JSON, newest first; none for None and for other text."""
    try:
        return tuple(str(line) for line in parse_json(text))[:MAX_RECENT]
    except (ValueError, TypeError):
        return ()


def recent_to_json(lines: Sequence[str]) -> str:
    """Return recent queries as JSON."""
    return json.dumps(list(lines), ensure_ascii=False)


def add_recent(lines: Sequence[str], line: str) -> tuple[str, ...]:
    """Return the queries with a new one first, without duplicates in other letter case."""
    new = " ".join(line.split())
    others = (other for other in lines if other.casefold() != new.casefold())
    return (new, *others)[:MAX_RECENT] if new else tuple(lines)


READ = "read"
_UNREAD_CLAUSE = Clause((MarkCondition(READ, is_set=False),))


class SearchCount(NamedTuple):
    """The number of unread stories that a search finds, and that of all."""

    unread: int
    stories: int


def get_count_fields(query: Query) -> frozenset[str]:
    """Return the fields of the reading state that the count of a query depends on."""
    return query.mark_fields() | {READ}


def count_search(finder: ArchiveSearch, query: Query, marks: MarkedKeys) -> SearchCount:
    """Count a query in the whole archive."""
    stories, unread = finder.count_both(query, _UNREAD_CLAUSE, marks)
    return SearchCount(unread, stories)


def update_count(
    count: SearchCount,
    finder: ArchiveSearch,
    query: Query,
    changes: Sequence[MarkChange],
    field_spellings: Mapping[str, str],
) -> SearchCount:
    """Update a count after changed marks, by searching only the changed stories.

    `field_spellings` maps the fields in the query to their spelling in the reading state.
    """
    before = _count_among(
        finder, query, _make_marks(((story.key, story.before) for story in changes), field_spellings), changes
    )
    now = _count_among(
        finder, query, _make_marks(((story.key, story.after) for story in changes), field_spellings), changes
    )
    return SearchCount(count.unread + now.unread - before.unread, count.stories + now.stories - before.stories)


def _count_among(finder: ArchiveSearch, query: Query, marks: MarkedKeys, stories: Sequence[MarkChange]) -> SearchCount:
    found = finder.filter_keys(query, [story.key for story in stories], marks)
    return SearchCount(sum(key not in marks[READ] for key in found), len(found))


def _make_marks(stories: Iterable[tuple[str, Set[str]]], field_spellings: Mapping[str, str]) -> MarkedKeys:
    marked: dict[str, set[str]] = {field: set() for field in field_spellings}
    for key, fields in stories:
        for asked, used in field_spellings.items():
            if any(field.startswith(TAG_PREFIX) for field in fields) if used == TAG_PREFIX else used in fields:
                marked[asked].add(key)
    return marked


COUNT_INTERVAL_FACTOR = 10
"""A full count takes at most a tenth of the time, so that a sync does not cause counts of a large archive all the
time."""


@dataclass(frozen=True, slots=True)
class CountsKey:
    """Cache key of the counts: while it is the same, only changes of marks affect them."""

    archive: int
    searches: tuple[SavedSearch, ...]
    field_spellings: Mapping[str, str]
    """Maps the fields in the searches to their spelling in the reading state."""


@dataclass(frozen=True, slots=True)
class CountJob:
    """A count to run in another thread, on copies of the marks."""

    key: CountsKey
    version: MarksVersion
    queries: Mapping[str, Query]
    marks: MarkedKeys
    """The marks of all stories; empty if only `changes` are counted."""
    changes: tuple[MarkChange, ...] | None
    known_counts: Mapping[str, SearchCount]

    def run(self, archive: Path) -> CountResult:
        """Count the searches; no counts if the archive cannot be read."""
        from importai_tui.archive.search import ArchiveSearch

        began, counts = time.monotonic(), {}
        try:
            with ArchiveSearch(archive) as finder:
                for name, query in self.queries.items():
                    if self.changes is None:
                        counts[name] = count_search(finder, query, self.marks)
                    elif name in self.known_counts:
                        counts[name] = update_count(
                            self.known_counts[name], finder, query, self.changes, self.key.field_spellings
                        )
        except DatabaseError:
            counts = {}
        return CountResult(self, counts, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class CountResult:
    """The counts by name of the search, and the seconds that they took."""

    job: CountJob
    counts: Mapping[str, SearchCount]
    seconds: float


class SearchCounts:
    """The counts of the saved searches. Poll `next_job`, run the job in another thread, and `store` its result."""

    def __init__(self, *, interval_factor: int = COUNT_INTERVAL_FACTOR) -> None:
        self._interval_factor = interval_factor
        self.by_name: dict[str, SearchCount] = {}
        """Counts by name of the search, without those not yet counted."""
        self._key: CountsKey | None = None
        self._version: MarksVersion | None = None
        self._is_running = False
        self._next_full_count = 0.0
        self._queries: dict[str, Query] = {}
        self._searches: tuple[SavedSearch, ...] = ()

    def next_job(self, library: Library, searches: tuple[SavedSearch, ...]) -> CountJob | None:
        """Return the next job; None if the counts are current or a job is running."""
        if self._is_running:
            return None
        stand = library.state.get_marks_version(self._get_fields(searches))
        ground = CountsKey(library.archive.get_data_version(), searches, stand.fields)
        turned = library.state.get_mark_changes(self._version) if self._version and ground == self._key else None
        if turned and not self.by_name:  # it could not be counted, and perhaps now it can
            turned = None
        if turned is None and self._can_postpone(ground):
            return None
        if turned == ():
            self._version = stand
            return None
        marks = library.state.get_marks_at(stand) if turned is None else {}
        self._is_running = True
        return CountJob(ground, stand, self._queries, marks, turned, self.by_name)

    def store(self, result: CountResult) -> None:
        """Store the result of a job, unless the searches have changed since."""
        self._is_running = False
        task = result.job
        if task.key.searches == self._searches:
            self._key, self._version, self.by_name = task.key, task.version, dict(result.counts)
        if task.changes is None:
            self._next_full_count = time.monotonic() + (self._interval_factor - 1) * result.seconds

    def set_searches(self, searches: tuple[SavedSearch, ...], before: tuple[SavedSearch, ...]) -> None:
        """Replace the searches. Counts stay only for unchanged ones, because a name may have a new query."""
        same = {search.name for search in searches if search in before}
        self.by_name = {name: count for name, count in self.by_name.items() if name in same}
        self._get_fields(searches)

    def _can_postpone(self, ground: CountsKey) -> bool:
        """Return True if only the archive has changed, and the last full count was a short time ago."""
        last = self._key
        only = (
            last
            and (last.searches, last.field_spellings) == (ground.searches, ground.field_spellings)
            and last.archive != ground.archive
        )
        return bool(only) and time.monotonic() < self._next_full_count

    def _get_fields(self, searches: tuple[SavedSearch, ...]) -> frozenset[str]:
        if searches != self._searches:
            from importai_tui.query.parser import parse_query

            self._searches = searches
            self._queries = {search.name: parse_query(search.line) for search in searches}

        return frozenset().union(*map(get_count_fields, self._queries.values()))
