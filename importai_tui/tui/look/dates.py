"""How dates are written on the screen. The platform's locale has no say: the newsletter is in English."""

from __future__ import annotations

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(date: str) -> str:
    """`2025-03-03` as `3 March 2025`."""
    year, month, day = _parts(date)
    return f"{day} {_MONTHS[month - 1]} {year}"


def short_date(date: str) -> str:
    """`2025-03-03` as `3 Mar`."""
    _, month, day = _parts(date)
    return f"{day} {_MONTHS[month - 1][:3]}"


def short_date_with_year(date: str) -> str:
    """`2025-03-03` as `3 Mar 2025`."""
    return f"{short_date(date)} {date[:4]}"


def month_and_year(date: str) -> str:
    """`2025-03-03` as `Mar 2025`."""
    year, month, _ = _parts(date)
    return f"{_MONTHS[month - 1][:3]} {year}"


def _parts(date: str) -> tuple[int, int, int]:
    year, month, day = date.split("-")
    return int(year), int(month), int(day)
