"""Writes that wait for another program to release the reading state. They are done in the order they were asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from importai_tui.archive.database import BusyDatabase


@dataclass(frozen=True, slots=True)
class Pending:
    """A write that waits."""

    act: Callable[[], object]
    asked: bool
    """Whether the user has asked for it; else it is a position or a setting."""


class PendingWrites:
    """A queue of writes. It knows no screen and no clock."""

    def __init__(self) -> None:
        self._queue: dict[object, Pending] = {}

    def add(self, act: Callable[[], object], *, asked: bool, name: str) -> None:
        """Add a write at the end; one with a name takes the place of an older one with that name."""
        self._queue.pop(name, None)
        self._queue[name or object()] = Pending(act, asked)

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def changes(self) -> int:
        """How many changes wait that the user has asked for."""
        return sum(pending.asked for pending in self._queue.values())

    def next(self) -> Pending:
        """Return the write that is due first."""
        return next(iter(self._queue.values()))

    def drop_next(self) -> None:
        """Remove it, because it is done or cannot be done."""
        del self._queue[next(iter(self._queue))]

    def flush(self) -> int:
        """Do what can be done, without a screen; return how many changes are lost."""
        while self:
            try:
                self.next().act()
            except BusyDatabase:
                break
            except Exception:
                if self.next().asked:
                    break
            self.drop_next()
        return self.changes
