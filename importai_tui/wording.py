"""Formats numbers with their nouns, for messages."""

from __future__ import annotations


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return "1 story" or "1,200 stories". `nouns` is the form for all counts but one; `noun` with an "s" by default.

    Both forms may carry their verb: `plural(count, "change is", "changes are")`.
    """
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"
