"""The number that a stored story has: it holds its day and its place, so that the index stands in the list's order.

Pure. A story that is stored again gets another number, and no number is ever given twice.
"""

from __future__ import annotations

from datetime import date

_DAY, _CHANGE = 40, 12
"""Bits below the day, and below the change that stored the story."""
_LAST_POSITION = (1 << _CHANGE) - 1
"""More stories than any issue has: a post with as many paragraphs is cut far below."""
FIRST = 1 << _DAY
"""No story has a lower number; those of older versions of the archive do."""


def story_id(day: str | None, change: int, position: int) -> int:
    """The number of a story: higher is newer, and within an issue further up.

    Args:
        day: of the issue, YYYY-MM-DD; None where it is not known, which stands below all others.
        change: the archive's count of changes when it is stored.
        position: in its issue, from 1.
    """
    return (_ordinal(day) + 1) << _DAY | change << _CHANGE | (_LAST_POSITION - min(position, _LAST_POSITION))


def first_of(day: str) -> int:
    """The number below which the stories of earlier days lie; `day` may be one of the future."""
    return (_ordinal(day) + 1) << _DAY


def day_of(number: int) -> str | None:
    """The day in a story's number, YYYY-MM-DD; None where none is known."""
    days = (number >> _DAY) - 1
    return date.fromordinal(days).isoformat() if days > 0 else None


def _ordinal(day: str | None) -> int:
    try:
        return date.fromisoformat(day).toordinal() if day else 0
    except ValueError:
        return 0
