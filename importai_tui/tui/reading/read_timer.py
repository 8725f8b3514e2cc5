"""Measures how long the open story was visible, and decides when it counts as read. Callers give it the time."""

from __future__ import annotations

from math import inf

from importai_tui.model import WORDS_PER_MINUTE

SHARE_OF_READING_TIME = 0.4
"""Share of the estimated reading time after which a story is read, because most people read faster and skim."""
MIN_SECONDS = 8.0
"""Seconds that even a short story must be visible, so that leafing through stories marks nothing."""
END_SECONDS = 2.0
"""Seconds after which a story that was scrolled to its end is read; less may be a slip of the finger."""
_MAX_TICK = 5.0
"""Seconds that one tick may add, because a laptop that slept showed nothing."""


class ReadTimer:
    """Counts the seconds for which the open story is visible."""

    def __init__(self) -> None:
        self._after: str | float = "auto"
        """The setting: "auto", "end", "never", or the seconds in view after which a story is read."""
        self._key = ""
        self._needed = MIN_SECONDS
        self._seconds = 0.0
        self._before: float | None = None
        self._reached_end = False
        self._is_done = True

    def configure(self, after: str | float) -> None:
        """Use another setting: "auto", "end", "never", or seconds."""
        self._after = after

    def start(self, key: str, words: int, *, is_done: bool) -> None:
        """Start to count for another story; `is_done` marks nothing, because the story is read already."""
        self._key = key
        self._needed = max(MIN_SECONDS, SHARE_OF_READING_TIME * 60 * words / WORDS_PER_MINUTE)
        self._seconds = 0.0
        self._before = None
        self._reached_end = False
        self._is_done = is_done

    def stop(self) -> None:
        """Mark nothing until another story is opened."""
        self._is_done = True

    def reach_end(self) -> None:
        """Note that the user has scrolled to the last line."""
        self._reached_end = True

    def tick(self, now: float, *, is_watched: bool) -> bool:
        """Add the time since the last tick if the story was watched; return True if the story has become read.

        `now` is in seconds of a monotonic clock.
        """
        if is_watched and self._before is not None:
            self._seconds += min(_MAX_TICK, max(0.0, now - self._before))
        self._before = now if is_watched else None
        return is_watched and not self._is_done and self._seconds >= self._compute_needed()

    def _compute_needed(self) -> float:
        match self._after:
            case "never":
                return inf
            case _ if self._reached_end:
                return END_SECONDS
            case float() | int():
                return self._after
            case "end":
                return inf
            case _:
                return self._needed
