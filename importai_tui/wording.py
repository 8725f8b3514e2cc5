"""Formats numbers with their nouns, and dates that may be estimated, for messages."""

from __future__ import annotations


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return "1 story" or "1,200 stories". `nouns` is the form for all counts but one; `noun` with an "s" by default.

    Both forms may carry their verb: `plural(count, "change is", "changes are")`.
    """
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def format_date(date: str | None, *, is_estimated: bool) -> str:
    """Return a date in any form, after "about" if it is estimated; empty if there is none."""
    return f"about {date}" if date and is_estimated else date or ""
