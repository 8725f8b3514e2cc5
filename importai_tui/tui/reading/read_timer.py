"""How long a story was before the reader's eyes, and whether that makes it read. Pure; it is told the time."""

from __future__ import annotations

from math import inf

from importai_tui.model import WORDS_PER_MINUTE

SHARE_OF_READING_TIME = 0.4
"""Of the estimated reading time: most people read faster than the estimate, and skim what they know."""
MIN_SECONDS = 8.0
"""Seconds that even a short note must be in view, so that leafing through marks nothing."""
END_SECONDS = 2.0
"""Seconds after which a story that was paged to its end is read: less is a slip of the finger."""
_MAX_TICK = 5.0
"""Seconds one look at the clock may add: a laptop that slept was not reading."""


class ReadTimer:
    """Counts the seconds of one showing of one story."""

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
        """Another story is shown. A settled one (read, or called unread by the reader) is not marked again."""
        self._key = key
        self._needed = max(MIN_SECONDS, SHARE_OF_READING_TIME * 60 * words / WORDS_PER_MINUTE)
        self._seconds = 0.0
        self._before = None
        self._reached_end = False
        self._is_done = is_done

    def stop(self) -> None:
        """Nothing more is to be marked in this showing."""
        self._is_done = True

    def reach_end(self) -> None:
        """The reader has scrolled to the last line."""
        self._reached_end = True

    def tick(self, now: float, *, is_watched: bool) -> bool:
        """Counts the time since the last tick if the story was watched; whether it has become read.

        `now` is in seconds of any clock that never goes back.
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
