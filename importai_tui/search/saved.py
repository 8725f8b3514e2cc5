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
"""Characters: a name is a row of a narrow list."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that the reader goes back to."""

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
"""Those that are there from the start."""


def saved_from_json(text: str | None) -> tuple[SavedSearch, ...]:
    """What was remembered; those of the start where nothing was, or nothing of ours."""
    try:
        told = parse_json(text)
        return tuple(SavedSearch(str(name), str(line)) for name, line in told)
    except (ValueError, TypeError):
        return DEFAULT_SEARCHES


def saved_to_json(searches: Sequence[SavedSearch]) -> str:
    """As they are remembered."""
    return json.dumps([[search.name, search.line] for search in searches], ensure_ascii=False)


def clean_search(name: str, line: str) -> SavedSearch:
    """As it is kept: a name is one line of bounded length."""
    return SavedSearch(clean_line(name)[:MAX_NAME_LENGTH], clean_line(line))


def add_search(searches: Sequence[SavedSearch], name: str, line: str) -> tuple[SavedSearch, ...]:
    """With one more at the end, or in the place of the one that has this name."""
    new = clean_search(name, line)
    if any(search.name == new.name for search in searches):
        return tuple(new if search.name == new.name else search for search in searches)
    return (*searches, new)


def restore_defaults(searches: Sequence[SavedSearch]) -> tuple[SavedSearch, ...]:
    """With those of the start again: each in the place of what has its name, those whose name is free before all."""
    first = {search.name: search for search in DEFAULT_SEARCHES}
    free = [search for search in DEFAULT_SEARCHES if search.name not in {one.name for one in searches}]
    return tuple(dict.fromkeys((*free, *(first.get(search.name, search) for search in searches))))


def remove_search(searches: Sequence[SavedSearch], name: str) -> tuple[SavedSearch, ...]:
    """Without the one that has this name."""
    return tuple(search for search in searches if search.name != name)


MAX_RECENT = 10
"""Lines: as many as one takes in at a glance, and half a small window."""


def recent_from_json(text: str | None) -> tuple[str, ...]:
    """What was remembered, newest first; a text of another version is none."""
    try:
        return tuple(str(line) for line in parse_json(text))[:MAX_RECENT]
    except (ValueError, TypeError):
        return ()


def recent_to_json(lines: Sequence[str]) -> str:
    """As they are remembered."""
    return json.dumps(list(lines), ensure_ascii=False)


def add_recent(lines: Sequence[str], line: str) -> tuple[str, ...]:
    """With one more in front; each stands there once, however it was written."""
    new = " ".join(line.split())
    others = (other for other in lines if other.casefold() != new.casefold())
    return (new, *others)[:MAX_RECENT] if new else tuple(lines)


READ = "read"
_UNREAD_CLAUSE = Clause((MarkCondition(READ, is_set=False),))


class SearchCount(NamedTuple):
    """How many stories a search finds, and how many of them are unread."""

    unread: int
    stories: int


def get_count_fields(query: Query) -> frozenset[str]:
    """The fields of the reading state that its count hangs on."""
    return query.mark_fields() | {READ}


def count_search(finder: ArchiveSearch, query: Query, marks: MarkedKeys) -> SearchCount:
    """The count of a search in the whole archive."""
    stories, unread = finder.count_both(query, _UNREAD_CLAUSE, marks)
    return SearchCount(unread, stories)


def update_count(
    count: SearchCount,
    finder: ArchiveSearch,
    query: Query,
    changes: Sequence[MarkChange],
    field_spellings: Mapping[str, str],
) -> SearchCount:
    """The count after marks of these stories have come or gone; `in_use`: how the fields asked for are spelled."""
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
"""Counting all anew takes a tenth of the time at most: while a sync stores issue after issue, a vast archive is not
counted without end."""


@dataclass(frozen=True, slots=True)
class CountsKey:
    """What the counts hold of: as long as it is the same, a change of marks is all that can change them."""

    archive: int
    searches: tuple[SavedSearch, ...]
    field_spellings: Mapping[str, str]
    """How the fields of the reading state that the searches ask for are spelled there."""


@dataclass(frozen=True, slots=True)
class CountJob:
    """What is to be counted, for another thread. Marks that it holds follow no change."""

    key: CountsKey
    version: MarksVersion
    queries: Mapping[str, Query]
    marks: MarkedKeys
    """Of all stories; empty where only those that have `turned` are looked at."""
    changes: tuple[MarkChange, ...] | None
    known_counts: Mapping[str, SearchCount]

    def run(self, archive: Path) -> CountResult:
        """Count. Where the archive cannot be asked nothing is known."""
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
    """What was counted, by the names of the searches, and the seconds that it took."""

    job: CountJob
    counts: Mapping[str, SearchCount]
    seconds: float


class SearchCounts:
    """What is known of the counts. Ask `task` now and then, run what it gives, and tell `take` what came of it."""

    def __init__(self, *, interval_factor: int = COUNT_INTERVAL_FACTOR) -> None:
        self._interval_factor = interval_factor
        self.by_name: dict[str, SearchCount] = {}
        """By the names of the searches; those that were never counted are not there."""
        self._key: CountsKey | None = None
        self._version: MarksVersion | None = None
        self._is_running = False
        self._next_full_count = 0.0
        self._queries: dict[str, Query] = {}
        self._searches: tuple[SavedSearch, ...] = ()

    def next_job(self, library: Library, searches: tuple[SavedSearch, ...]) -> CountJob | None:
        """What is to be counted; None where all is as it was, or something is being counted."""
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
        """Take over what was counted; what was counted of other searches is let go."""
        self._is_running = False
        task = result.job
        if task.key.searches == self._searches:
            self._key, self._version, self.by_name = task.key, task.version, dict(result.counts)
        if task.changes is None:
            self._next_full_count = time.monotonic() + (self._interval_factor - 1) * result.seconds

    def set_searches(self, searches: tuple[SavedSearch, ...], before: tuple[SavedSearch, ...]) -> None:
        """There are other searches now. A count is that of a line: under the same name there may be another one."""
        same = {search.name for search in searches if search in before}
        self.by_name = {name: count for name, count in self.by_name.items() if name in same}
        self._get_fields(searches)

    def _can_postpone(self, ground: CountsKey) -> bool:
        """Whether only the archive is another one, and it was counted a short while ago."""
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
