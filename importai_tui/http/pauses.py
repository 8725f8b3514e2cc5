"""Remembers when hosts were last asked, so that all clients that share it keep the pauses between two requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from importai_tui.http.retry import MAX_PAUSE

_TOLERANCE = 0.000_1
"""Seconds, so that a sleep that ends a moment too early is not repeated."""


class HostPauses:
    """The times of the last requests to hosts, and the hosts that need longer pauses. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, float] = {}
        self._longer: dict[str, float] = {}
        self._lock = Lock()

    def claim(self, host: str, pause: float) -> float:
        """Note a request to a host and return 0; if it must wait, note nothing and return the seconds.

        `pause` is the time between two requests. A host that asked for fewer needs more.
        """
        with self._lock:
            now = self._clock()
            start = self._times.get(host, now - MAX_PAUSE) + self._longer.get(host, pause)
            if start - now > _TOLERANCE:
                return start - now
            self._times[host] = now
            return 0.0

    def note_end(self, host: str) -> None:
        """Note that a request to a host is over: the pause begins."""
        with self._lock:
            self._times[host] = self._clock()

    def end(self, host: str) -> None:
        """End the pause of a host."""
        with self._lock:
            self._times.pop(host, None)

    def lengthen(self, host: str, pause: float, delay: float) -> None:
        """Pause twice as long between requests to a host as before, and at least the delay that it asks for."""
        with self._lock:
            self._longer[host] = min(MAX_PAUSE, max(delay, 2 * self._longer.get(host, pause)))
