"""The time between two issues, in the words of people. Pure; days are YYYY-MM-DD."""

from __future__ import annotations

from datetime import date

from importai_tui.wording import plural

_WEEKS_OF_A_YEAR = 365.25 / 7


def weeks_between(earlier: str | None, later: str | None) -> int | None:
    """Whole weeks, the nearest; negative where the first is the later one; None where a day is not known."""
    try:
        days = (date.fromisoformat(later) - date.fromisoformat(earlier)).days if earlier and later else None
    except ValueError:
        return None
    return round(days / 7) if days is not None else None


def span_words(weeks: int) -> str:
    """`12 weeks`, `1 week`, `the same week`; from two years on `3 years`, for nobody counts more weeks."""
    if weeks == 0:
        return "the same week"
    years = round(abs(weeks) / _WEEKS_OF_A_YEAR)
    if abs(weeks) >= 2 * _WEEKS_OF_A_YEAR - 1:
        return f"{years} years"
    return plural(abs(weeks), "week")


def gap_words(weeks: int | None, *, later: bool) -> str:
    """`12 weeks before`, or `after` where `later`; empty where it is not known."""
    if weeks is None:
        return ""
    return span_words(weeks) + ("" if weeks == 0 else " later" if later else " before")
