"""Decides when the screen reloads data that a sync or another window has stored."""

from __future__ import annotations

from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.services import Clock

MIN_INTERVAL = 2.0
"""Seconds between two updates, at least, because a list that changes more often is hard to read."""
INTERVAL_FACTOR = 40
"""The pause after an update, in durations of the update: updates take at most a fortieth of the time."""


class Throttle:
    """Limits how often updates run. The caller gives it the time."""

    def __init__(self) -> None:
        self._next = float("-inf")

    def is_due(self, now: float) -> bool:
        """Return True if the last update was long enough ago."""
        return now >= self._next

    def record(self, began: float, ended: float) -> None:
        """Record when an update began and ended."""
        self._next = ended + max(MIN_INTERVAL, INTERVAL_FACTOR * (ended - began))


class LiveUpdate:
    """Notices that the archive or the marks have changed."""

    def __init__(self, session: ReadingSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._throttle = Throttle()
        self._began: float | None = None

    def is_due(self, *, at_once: bool) -> bool:
        """Return True if something was stored and the throttle allows an update; `at_once` ignores the throttle."""
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
        """Record the end of the update that `is_due` has asked for."""
        if self._began is not None:
            self._throttle.record(self._began, self._clock())
