"""Decides when the screen reads again what a sync or another window has stored."""

from __future__ import annotations

from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.services import Clock

MIN_INTERVAL = 2.0
"""Seconds between two updates, at the least: a list that changes more often is restless."""
INTERVAL_FACTOR = 40
"""Updates take a fortieth of the time at most: after one of 50 ms follow two seconds of rest."""


class Throttle:
    """Decides how soon the next update may be. It is given the time."""

    def __init__(self) -> None:
        self._next = float("-inf")

    def is_due(self, now: float) -> bool:
        """Return whether the last update was long enough ago."""
        return now >= self._next

    def record(self, began: float, ended: float) -> None:
        """Note an update."""
        self._next = ended + max(MIN_INTERVAL, INTERVAL_FACTOR * (ended - began))


class LiveUpdate:
    """Calls for an update when the archive or the marks have changed."""

    def __init__(self, session: ReadingSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._throttle = Throttle()
        self._began: float | None = None

    def is_due(self, *, at_once: bool) -> bool:
        """Return whether something was stored and enough time has passed; `at_once` does not wait."""
        library = self._session.library
        self._began = None
        if library.state.poll_changes():
            return True
        if library.archive.get_data_version() != self._session.version and (
            at_once or self._throttle.is_due(self._clock())
        ):
            self._began = self._clock()
            return True
        return False

    def record_update(self) -> None:
        """Note that the update is done that `is_due` has called for."""
        if self._began is not None:
            self._throttle.record(self._began, self._clock())
