"""The works screen as it was left, so that it is found again so; and the orders in which it stands. Plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from importai_tui.works import Work
from importai_tui.works.choosing import Order, ordered


class Sorting(Enum):
    """The orders, as one key goes through them; the value is what is said of one."""

    LAST = "last cited first"
    FIRST = "newcomers first"
    TIMES = "most cited first"
    TITLE = "by title"

    @property
    def next(self) -> Sorting:
        """The one after this, round and round."""
        orders = list(Sorting)
        return orders[(orders.index(self) + 1) % len(orders)]


@dataclass(frozen=True, slots=True)
class WorksStand:
    """The line, the order, and the work one was at; all works, the last cited first, of the archive's `version`.

    `chosen` is the reference of the story that it was left for.
    """

    line: str = ""
    sorting: Sorting = Sorting.LAST
    at: str = ""
    scroll: int = 0
    works: tuple[Work, ...] = ()
    version: int = 0
    chosen: str | None = None


def in_order(works: Iterable[Work], sorting: Sorting) -> list[Work]:
    """The works in that order; where it makes no difference, as they come."""
    match sorting:
        case Sorting.LAST:
            return ordered(works, Order.LAST)
        case Sorting.FIRST:
            return ordered(works, Order.FIRST)
        case Sorting.TIMES:
            return ordered(works, Order.TIMES)
        case Sorting.TITLE:
            return sorted(works, key=lambda work: work.title.casefold())
