"""Defines the one order of issues in time, which lists, searches, works and threads use.

An issue without a date comes right after the nearest lower number that has one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from importai_tui.sqlite import Database

Place = tuple[str, int]
"""The place of an issue in time: a day, YYYY-MM-DD or empty, and the issue's number or 0. Later issues are higher."""


class IssueOrder:
    """Finds the places of issues, from the numbers and days of all issues that have both."""

    def __init__(self, dated: Iterable[tuple[int, str]]) -> None:
        """Take the number and the day of each issue that has both, in any order."""
        pairs = sorted(dated)
        self._numbers = [number for number, _ in pairs]
        self._days = [day for _, day in pairs]

    def get_place(self, number: int | None, day: str | None) -> Place:
        """Return the place of an issue; that of an issue with neither is the lowest."""
        if day is None and number is not None and (index := bisect_left(self._numbers, number)):
            day = self._days[index - 1]
        return day or "", number or 0


def load_issue_order(database: Database) -> IssueOrder:
    """Return the order of the issues in an archive."""
    sql = "SELECT number, date FROM issue WHERE date IS NOT NULL AND number IS NOT NULL"
    return IssueOrder((int(number), str(day)) for number, day in database.query(sql))
