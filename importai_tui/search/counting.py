"""How many stories searches find, and how many of those are unread: counted whole once, and from then on kept in step.

A mark that comes or goes changes the count by what its story adds, so that story is looked at and no other, however
large the archive is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from importai_tui.archive.finder import Finder, Marks
from importai_tui.query import Clause, Marked, Query
from importai_tui.reading.fields import TAG
from importai_tui.reading.marks import Turned

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
