"""Retry policy: how long to wait before the next try and when to give up. Pure: no sleeping, no network."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from importai_tui.errors import SyncError

MAX_DELAY = 60.0
"""Seconds of a single wait; all waits of a request may last twice as long, because a user may be watching. For a
longer one the user is asked to run the sync again, because stored issues stay."""
BACKOFF = (2.0, 4.0, 8.0)
"""Seconds before each further try where the source names no time; the values of other readers of Substack."""
JITTER = 0.2
"""Share by which a delay is varied up or down, so that clients that failed together do not retry together."""
MAX_PAUSE = 30.0
"""Seconds between two requests to a host that keeps asking for fewer."""
_MAX_RETRY_AFTER = 366 * 24 * 3600.0
"""Seconds; the cap keeps the date that is computed from it within the range of `datetime`."""


_USED_UP = re.compile(r"\br=0;\s*t=([0-9]{1,9})\b")
"""Matches a `RateLimit` header that leaves no request, with the seconds until the limit is reset."""


class FailureKind(Enum):
    """Why a try failed; the value is the number of further tries that are allowed."""

    BUSY = 3
    """The source asks to slow down: 429, or 503 with a time."""
    FAILING = 2
    """The source is out of order: 5xx."""
    BROKEN = 1
    """No response came, or only a part of it."""


class RetryableError(SyncError):
    """One try failed, and a later one may succeed.

    `summary` is the beginning of a sentence that names the host and the failure. `retry_after` is the wait in seconds
    that the source asks for, None if it names none. With `slow_down`, later requests must keep a longer pause.
    """

    def __init__(
        self,
        summary: str,
        host: str,
        kind: FailureKind,
        retry_after: float | None = None,
        *,
        slow_down: bool = False,
    ) -> None:
        super().__init__(summary)
        self.summary = summary
        self.host = host
        self.kind = kind
        self.retry_after = retry_after
        self.slow_down = slow_down


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks for (RFC 9110, section 10.2.3), None if it is not valid.

    The value is a number of seconds or a date in any of HTTP's three forms. A date in the past gives 0.
    """
    value = (value or "").strip()
    if re.fullmatch("[0-9]+", value):
        seconds = float(value)  # int() refuses more than 4300 digits
    else:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), _MAX_RETRY_AFTER)


def get_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a response asks to wait; None if it names no time. Header names are in lower case.

    Read are `Retry-After`, the headers of GitHub for a used up limit (docs.github.com, "Rate limits for the REST API"),
    and the `RateLimit` of the IETF's draft "RateLimit header fields for HTTP", which Hugging Face sends.
    """
    seconds = parse_retry_after(headers.get("retry-after"), now)
    if seconds is None and (draft := _USED_UP.search(headers.get("ratelimit", ""))):
        seconds = float(draft[1])
    reset = headers.get("x-ratelimit-reset", "")
    if seconds is None and headers.get("x-ratelimit-remaining") == "0" and re.fullmatch("[0-9]{1,11}", reset):
        seconds = float(reset) - now.timestamp()
    return None if seconds is None else min(max(seconds, 0.0), _MAX_RETRY_AFTER)


class RetryPolicy:
    """Counts the tries of one request and its time spent waiting.

    `jitter` returns random numbers from 0 to 1. `max_delay` limits a single wait, and all of them to twice as much.
    """

    def __init__(self, jitter: Callable[[], float], max_delay: float = MAX_DELAY) -> None:
        self._jitter = jitter
        self._max_delay = max_delay
        self._remaining = 2 * max_delay
        self._retries = dict.fromkeys(FailureKind, 0)

    @property
    def tries(self) -> int:
        """Number of tries so far, given that the last one failed."""
        return sum(self._retries.values()) + 1

    def next_delay(self, kind: FailureKind, retry_after: float | None) -> float | None:
        """Return the seconds to wait before the next try, at least `retry_after`; None to give up."""
        retries = self._retries[kind]
        if retries >= kind.value:
            return None
        delay = BACKOFF[retries] * (1 + JITTER * (2 * self._jitter() - 1))
        delay = max(retry_after, delay) if retry_after is not None else delay
        if delay > self._max_delay or delay > self._remaining:
            return None
        self._retries[kind] = retries + 1
        self._remaining -= delay
        return delay


def format_duration(seconds: float) -> str:
    """Format a duration for messages, rounded up: "30 s", "15 min", "6 h"."""
    if seconds <= 120:
        return f"{math.ceil(seconds)} s"
    if seconds <= 7200:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600)} h"
