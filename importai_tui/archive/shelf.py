"""The archive's table of contents as plain values, and the order in which issues stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
