"""Formats numbers with their nouns, dates that may be estimated, times, and errors of the system."""

from __future__ import annotations

NEWSLETTER = "Import AI"
AUTHOR = "Jack Clark"
"""The author of the newsletter, for exports; its pages need not name him."""


def format_missing_extra(what: str, extra: str) -> str:
    """Format a message: `what` needs an extra that is not installed, and how to install it."""
    return (
        f"{what} needs the extra “{extra}”. Reinstall importai-tui as 'importai-tui[{extra}]', "
        f"or in a copy of the repository as '.[{extra}]' (with pipx or uv, add --force and name all extras you use)."
    )


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return "1 story" or "1,200 stories". `nouns` is the form for all counts but one; `noun` with an "s" by default.

    Both forms may carry their verb: `plural(count, "change is", "changes are")`.
    """
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def format_count(count: int, total: int, noun: str, nouns: str = "") -> str:
    """Return "12 of 340 notes", or "340 notes" if all of them are shown."""
    return plural(total, noun, nouns) if count == total else f"{count:,} of {plural(total, noun, nouns)}"


def enclose_quote(text: str) -> str:
    """Return a text in quotation marks; one that begins with a mark gets no second pair."""
    return text if text.startswith(("“", '"')) else f"“{text}”"


def format_date(date: str | None, *, is_estimated: bool) -> str:
    """Return a date in any form, after "about" if it is estimated; empty if there is none."""
    return f"about {date}" if date and is_estimated else date or ""


def format_rate(issues: float) -> str:
    """Format issues per second: "12/s", a slow rate as "30/min"."""
    return f"{issues:,.0f}/s" if issues >= 1 else f"{issues * 60:.0f}/min"


def format_eta(seconds: float) -> str:
    """Format the remaining time: "1:25 left"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} left" if hours else f"{minutes}:{rest:02} left"


def format_os_error(error: OSError) -> str:
    """Return the system's reason, in lower case, for a sentence: "no space left on device"."""
    return (error.strerror or str(error)).lower()
