"""Numbers that are missing: which of them are worth looking for."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from importai_tui.sync.memory import keep_wanted, sought_numbers, wanted_numbers
from importai_tui.sync.visit import Arrived, Visit


def note_missing(visit: Visit, arrived: Iterable[Arrived]) -> None:
    """Remember the numbers that are missing behind what has arrived, before it is stored.

    Before: afterwards nobody could tell a hole that the newest issues leave from a part that was never wanted.
    """
    library = visit.library
    numbers = {one.issue.number for one in arrived if one.issue.number is not None}
    missing = missing_behind(numbers, library.numbers()) - sought_numbers(library)
    if missing:
        keep_wanted(library, missing | wanted_numbers(library))


def missing_behind(arrived: Collection[int], stored: Collection[int]) -> set[int]:
    """The numbers between the newest arrived one and the nearest stored one below all that have arrived."""
    if not arrived:
        return set()
    oldest = min(arrived)
    below = max((number for number in stored if number < oldest), default=oldest)
    return set(range(below + 1, max(arrived))).difference(arrived, stored)
