"""How fast a run goes, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable

_ENOUGH = 3
"""Issues before a pace is told: the first come with the time of the first answer."""


class Pace:
    """Counts issues against a clock (seconds that never go back)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._first = 0

    def begin_at(self, done: int) -> None:
        """That many were done before this run."""
        self._began, self._first = self._clock(), done

    def at(self, done: int, total: int | None) -> tuple[float | None, float | None]:
        """Issues a second, and the seconds that are left of `total`; None before there is enough to tell."""
        counted, passed = done - self._first, self._clock() - self._began
        if counted < _ENOUGH or passed <= 0:
            return None, None
        rate = counted / passed
        return rate, max(0, total - done) / rate if total is not None else None
