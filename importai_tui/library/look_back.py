"""Chooses what the start screen recalls: an older highlight, or an issue from this week of an earlier year.

The choice depends on the day alone, so that it stays the same all day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from zlib import crc32

from importai_tui.archive.catalog import CatalogEntry
from importai_tui.library.annotations import Annotation, load_annotations
from importai_tui.library.library import Library
from importai_tui.state.fields import HIGHLIGHT_PREFIX

_MIN_AGE = timedelta(days=30)
"""The age from which on a highlight is preferred: the user still remembers younger ones."""
_WEEK = 3
"""Days before and after the day of an earlier year that are of the same week."""


class LookBack(NamedTuple):
    """A story to recall, and the highlight in it, if that is the reason."""

    key: str
    headline: str
    date: str | None
    annotation: Annotation | None = None


def find_old_highlight(library: Library, today: date) -> LookBack | None:
    """Return the highlight of the day, of those older than 30 days if there are any; None without highlights."""
    times = library.state.get_highlight_times()
    limit = (today - _MIN_AGE).isoformat()
    candidates = [place for place, at in times.items() if at[:10] <= limit] or list(times)
    for key, field in sorted(candidates, key=lambda place: _rank(today, *place)):
        if library.find_story(key):
            id = field.removeprefix(HIGHLIGHT_PREFIX)
            for found in load_annotations(library, keys=[key]):
                if found.highlight_id == id:
                    return LookBack(key, found.story.headline, _find_day(found.at), found)
    return None


def find_story_of_week(library: Library, today: date) -> LookBack | None:
    """Return the first story of an issue from this week of an earlier year; None if there is no such issue."""
    entries = [entry for entry in library.archive.get_entries() if entry.story_keys and _is_this_week(entry, today)]
    if not entries:
        return None
    entry = min(entries, key=lambda entry: _rank(today, entry.slug))
    key = entry.story_keys[0]
    return LookBack(key, library.archive.get_headline(key) or "", entry.date)


def _find_day(at: str) -> str | None:
    """Return the day of a register's time; None for a damaged time."""
    try:
        return date.fromisoformat(at[:10]).isoformat()
    except ValueError:
        return None


def _is_this_week(entry: CatalogEntry, today: date) -> bool:
    if not entry.date or entry.date[:4] >= str(today.year):
        return False
    day = date.fromisoformat(entry.date)
    return any(abs((anniversary - today).days) <= _WEEK for anniversary in _iter_anniversaries(day, today.year))


def _iter_anniversaries(day: date, year: int) -> Iterator[date]:
    """Yield the same day of this year and of its neighbours, because a week may span the turn of the year."""
    for other in (year - 1, year, year + 1):
        yield day.replace(year=other, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=other)


def _rank(today: date, *names: str) -> int:
    """Return a number that is another one each day; new highlights change the order of the others not at all."""
    return crc32("\n".join((today.isoformat(), *names)).encode())
