"""Computes when a forecast falls due, from its words and the date of its issue."""

from __future__ import annotations

import re
from datetime import date

_YEAR = re.compile(r"(?i)\b(?:by|in|before|until)\s+(?:the\s+)?(?:end\s+of\s+)?(20\d\d)\b")


def find_due_text(text: str) -> str:
    """Return the words of a sentence that give a time in the future ("by the end of 2026"); empty if none do."""
    match = _YEAR.search(text)
    return match[0] if match else ""


def compute_due(due_text: str, said: date | None) -> date | None:
    """Return the last day that the words allow.

    None if they are vague ("in a few years"), or need the date of the issue and it is unknown.
    """
    if said is None:
        return None
    match = _YEAR.search(due_text)
    return date(int(match[1]), 12, 31) if match else None
