"""How long to wait before a source is asked again, and when to give up. Pure: it neither sleeps nor asks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from importai_tui.errors import SyncTrouble

LONGEST_WAIT = 60.0
"""Seconds of a single wait. Who is asked to wait for longer does better to come back, for what is stored stays."""
LONGEST_WAITING = 120.0
"""Seconds that one question may wait in all: nobody who watches is kept longer, and a cron job has its next turn."""
BACK_OFF = (2.0, 4.0, 8.0)
"""Seconds before each further try where nothing else is asked; what other readers of Substack came to."""
JITTER = 0.2
"""Up to this share more or less, so that readers who failed together do not come back together."""
_LONGEST_TOLD = 366 * 24 * 3600.0
"""Seconds; a server that names more says no more by it, and a date can still be reckoned from this."""


LONGEST_PAUSE = 30.0
"""Seconds between two requests to a host that keeps asking for fewer."""


class Trouble(Enum):
    """What makes a second try worth while; the value is how many further tries it is worth."""

    BUSY = 3
    """The source asks to slow down: 429, or 503 with a time."""
    FAILING = 2
    """The source is out of order: 5xx."""
    BROKEN = 1
    """The answer did not come, or broke off."""


class Setback(SyncTrouble):
    """One try failed in a way that may pass.

    `asked` is the wait in seconds that the source asks for, None if it names none. `slow_down`: the source has too many
    requests, so the following ones must come at a greater distance. The text begins a sentence: who did what.
    """

    def __init__(
        self, said: str, host: str, trouble: Trouble, asked: float | None = None, *, slow_down: bool = False
    ) -> None:
        super().__init__(said)
        self.said = said
        self.host = host
        self.trouble = trouble
        self.asked = asked
        self.slow_down = slow_down


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110, section 10.2.3), None where it says nothing.

    It is a number of seconds or a date in any of the three forms of HTTP. What lies in the past is 0.
    """
    value = (value or "").strip()
    if re.fullmatch("[0-9]+", value):
        seconds = float(value)  # which takes thousands of digits; an int does not
    else:
        try:
            when = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        seconds = ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_TOLD)


class Patience:
    """What one question has left of it: tries of each kind, and time to wait."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._left = LONGEST_WAITING
        self._had = dict.fromkeys(Trouble, 0)

    @property
    def tries(self) -> int:
        """How often the question was asked, when the last try failed too."""
        return sum(self._had.values()) + 1

    def next_wait(self, trouble: Trouble, asked: float | None) -> float | None:
        """The seconds to wait before the next try, None to give up. Never less than the source asks for."""
        had = self._had[trouble]
        if had >= trouble.value:
            return None
        wait = BACK_OFF[had] * (1 + JITTER * (2 * self._jitter() - 1))
        wait = max(asked, wait) if asked is not None else wait
        if wait > LONGEST_WAIT or wait > self._left:
            return None
        self._had[trouble] = had + 1
        self._left -= wait
        return wait


def told(seconds: float) -> str:
    """A time as it is told: "30 s", "15 min", "6 h"."""
    if seconds <= 120:
        return f"{math.ceil(seconds)} s"
    if seconds <= 7200:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600)} h"
