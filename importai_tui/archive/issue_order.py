"""Defines the one order of issues in time, and estimates the days of undated issues between dated ones.

The newsletter is weekly, so the day follows from the numbers of the neighbours. An undated issue outside all dated ones
gets no day, because nothing bounds the error. It comes right after the nearest lower number that has a day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from importai_tui.sqlite import Database

Place = tuple[str, int]
"""The place of an issue in time: a day, YYYY-MM-DD or empty, and the issue's number or 0. Later issues are higher."""


class IssueOrder:
    """Finds days and places of issues, from the numbers and days of all issues that have both."""

    def __init__(self, dated: Iterable[tuple[int, str]]) -> None:
        """Take the number and the day of each issue that has both, in any order."""
        pairs = _drop_contradictions(sorted(dated))
        self._numbers = [number for number, _ in pairs]
        self._days = [date.fromisoformat(day).toordinal() for _, day in pairs]

    def estimate_day(self, number: int | None) -> str | None:
        """Return the likely day of an undated issue, YYYY-MM-DD; None if it is not between dated ones."""
        if number is None or not self._numbers or not self._numbers[0] < number < self._numbers[-1]:
            return None
        return date.fromordinal(self._estimate(number)).isoformat()

    def find_numbers(self, start: str | None, end: str | None) -> range:
        """Return the issue numbers whose estimated day is on or after `start` and before `end`; None is open."""
        numbers = range(self._numbers[0], self._numbers[-1] + 1) if self._numbers else range(0)
        first, last = (
            bisect_left(numbers, date.fromisoformat(day).toordinal(), key=self._estimate) if day else default
            for day, default in ((start, 0), (end, len(numbers)))
        )
        return numbers[first:last]

    def get_place(self, number: int | None, day: str | None) -> Place:
        """Return the place of an issue; that of an issue with neither is the lowest."""
        if day is None and number is not None and (index := bisect_left(self._numbers, number)):
            day = self.estimate_day(number) or date.fromordinal(self._days[index - 1]).isoformat()
        return day or "", number or 0

    def _estimate(self, number: int) -> int:
        """Return the day of a number that is not outside the dated ones, as an ordinal; it rises with the number."""
        index = bisect_left(self._numbers, number)
        if self._numbers[index] == number:
            return self._days[index]
        lower, upper = self._numbers[index - 1], self._numbers[index]
        first, last = self._days[index - 1], self._days[index]
        # Whole weeks, because the newsletter nearly always comes on the same day of the week.
        weeks = round((last - first) * (number - lower) / (upper - lower) / 7)
        return min(first + 7 * weeks, last)


def load_issue_order(database: Database) -> IssueOrder:
    """Return the order of the issues in an archive."""
    # A damaged file may hold anything in any column.
    sql = "SELECT number, date FROM issue WHERE date(date) = date AND date > '0001' AND typeof(number) = 'integer'"
    return IssueOrder((int(number), str(day)) for number, day in database.query(sql))


def _drop_contradictions(pairs: Sequence[tuple[int, str]]) -> Sequence[tuple[int, str]]:
    """Return as many pairs as possible whose days never fall, because one wrong day would shift all its neighbours."""
    chain_ends: list[int] = []
    """For each length of a chain, the index of the pair that ends the one with the earliest last day."""
    previous: list[int] = []
    for index, (_, day) in enumerate(pairs):
        length = bisect_right(chain_ends, day, key=lambda end: pairs[end][1])
        previous.append(chain_ends[length - 1] if length else -1)
        chain_ends[length : length + 1] = [index]
    kept = []
    index = chain_ends[-1] if chain_ends else -1
    while index >= 0:
        kept.append(pairs[index])
        index = previous[index]
    return kept[::-1]
