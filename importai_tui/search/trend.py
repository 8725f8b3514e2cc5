"""How often a subject comes up through time: the stories that a search finds, by year or by quarter. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from importai_tui.query import Clause, Days, Query

YEARS = 4
"""A shorter time than this is shown by quarters: fewer bars than four show no course."""
EVERY_STORY = Query("", (Clause((Days(None, None),)),))
"""Asks for all stories whose day is known: what the shares are of."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a quarter. `first` is its first day, `end` the first one after it, both YYYY-MM-DD.

    `stories` are those that match, `of` all that there are in that time.
    """

    name: str
    first: str
    end: str
    stories: int
    of: int

    @property
    def share(self) -> float:
        """The part of all stories of that time that match, from 0 to 1."""
        return self.stories / self.of if self.of else 0.0

    @property
    def fields(self) -> str:
        """What a line of the search language must have added to ask for this time alone."""
        return f"year:{self.name}" if self.name.isdecimal() else f"after:{self.first[:7]} before:{self.end[:7]}"


def trend(found: Mapping[str | None, int], every: Mapping[str | None, int]) -> tuple[Period, ...]:
    """The stories from the first year that has one to the last, also those years between that have none.

    By quarters where they lie less than four years apart. Stories of an unknown day are in no period.

    Args:
        found: how many stories match, by their day.
        every: how many there are at all, by their day.
    """
    days = sorted(day for day, stories in found.items() if day and stories)
    if not days:
        return ()
    months = 3 if _months(days[-1]) - _months(days[0]) < YEARS * 12 else 12
    first, last = (_months(day) // months for day in (days[0], days[-1]))
    matching, all_ = _counted(found, months), _counted(every, months)
    return tuple(
        Period(_name(n, months), _day(n * months), _day((n + 1) * months), matching[n], all_[n])
        for n in range(first, last + 1)
    )


def _counted(stories: Mapping[str | None, int], months: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for day, count in stories.items():
        if day:
            counts[_months(day) // months] += count
    return counts


def _months(day: str) -> int:
    """Whole months from the year 0 to the day's."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def _day(months: int) -> str:
    # No date: the day after the last year that one can hold has none.
    return f"{months // 12:04}-{months % 12 + 1:02}-01"


def _name(n: int, months: int) -> str:
    return f"{n:04}" if months == 12 else f"{n // 4:04}-Q{n % 4 + 1}"
