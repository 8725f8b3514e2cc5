"""Reads the days that pages and front matter state: ISO 8601, or in words ("January 15, 2026")."""

from __future__ import annotations

import re
from datetime import date, datetime

_ISO_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?=$|[T ])")
_FORMATS = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")
_WEEKDAY = re.compile(r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_MAX_LENGTH = 40
"""Characters of a day in words with its weekday, at most."""


def parse_day(text: str) -> str | None:
    """Return a day as YYYY-MM-DD; None if the text is no day, or is unclear as 1/2/2026 is."""
    text = text.strip().strip("*_. ")
    if match := _ISO_DAY.match(text):
        try:
            return date.fromisoformat(match[1]).isoformat()
        except ValueError:
            return None
    if len(text) > _MAX_LENGTH:
        return None
    words = _ORDINAL.sub("", _WEEKDAY.sub("", text)).replace(",", " ").replace(".", " ").replace("Sept ", "Sep ")
    words = " ".join(words.split())
    for form in _FORMATS:
        try:
            return datetime.strptime(words, form).date().isoformat()
        except ValueError:
            continue
    return None
