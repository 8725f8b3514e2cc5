"""The forecasts of the open story: their number for the line of facts, and the verdicts beneath the sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from importai_tui.library.forecasts import Forecast
from importai_tui.wording import plural

_NAMED = ("due", "right", "wrong", "void")
"""The kinds that are counted by name; all others are open."""
_NUMBERS = {1: "one", 2: "two", 3: "three"}


def format_forecasts(forecasts: Sequence[Forecast], today: date) -> str:
    """Return "2 forecasts, one due"; an empty text if there are none."""
    if not forecasts:
        return ""
    counts = Counter("due" if each.is_due(today) else each.status.value for each in forecasts)
    named = [(_NUMBERS.get(counts[name], str(counts[name])), name) for name in _NAMED if counts[name]]
    parts = [name if len(forecasts) == 1 else f"{number} {name}" for number, name in named]
    return ", ".join((plural(len(forecasts), "forecast"), *parts))


def list_verdicts(forecasts: Sequence[Forecast]) -> tuple[tuple[str, str], ...]:
    """Return the quote of each scored forecast with the line to draw beneath it."""
    return tuple(
        (each.quote, f"Forecast: {each.status.value}{f' – {each.note}' if each.note else ''}")
        for each in forecasts
        if each.status.is_scored
    )
