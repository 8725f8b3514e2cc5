"""Validates the user's verdict on a forecast (the field `forecast:<id>`) and the note on it (`forecast_note:<id>`).

Each value has the forecast's own words and dates too, so that it can be read, exported and found again without the
archive and after a change of the rules. It may come from another machine, so nothing of it is trusted.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.forecasts.forecast import Speaker
from importai_tui.parse.clean import clean_line
from importai_tui.state.values import MAX_NAME_LENGTH, StateValueError, clean_value_text, dump_json, load_json

if TYPE_CHECKING:
    from typing import Any

_DATE_PATTERN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Verdict(StrEnum):
    """The user's verdicts on a forecast."""

    OPEN = "open"
    """It is a forecast, and neither right nor wrong yet."""
    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"
    """It cannot be decided any more."""
    DISMISSED = "dismissed"
    """The sentence is not a forecast."""


class ForecastRecord(NamedTuple):
    """A forecast as the reading state has it.

    `said` and `due` are None if they are unknown. `probability` is from 0 to 1, None if none is stated. `is_by_hand`:
    the user has added it, so its due date is the user's too.
    """

    id: str
    quote: str
    verdict: Verdict = Verdict.OPEN
    note: str | None = None
    due_text: str = ""
    said: date | None = None
    due: date | None = None
    speaker: Speaker = Speaker.AUTHOR
    probability: float | None = None
    is_by_hand: bool = False

    def to_json(self) -> str:
        """Return the value to store, a JSON object."""
        return dump_json(
            {
                "quote": self.quote,
                "verdict": self.verdict.value,
                "note": self.note,
                "due_text": self.due_text,
                "said": self.said.isoformat() if self.said else None,
                "due": self.due.isoformat() if self.due else None,
                "speaker": self.speaker.value,
                "probability": self.probability,
                "by_hand": self.is_by_hand,
            }
        )

    @classmethod
    def from_json(cls, id: str, value: str) -> ForecastRecord:
        """Create a record from its id and its stored value, cleaned. Raises StateValueError."""
        try:
            return _parse(id, load_json(value))
        except (KeyError, TypeError, ValueError) as error:
            raise StateValueError("A forecast needs a quote, a verdict, and dates like 2026-12-31.") from error


def judge(found: ForecastRecord, present: ForecastRecord | None, verdict: Verdict | None) -> ForecastRecord | None:
    """Return the record with a verdict, without a note; None if there is nothing to store.

    Without a verdict, a forecast that was added by hand is open.

    Args:
        found: the forecast as it is shown.
        present: the stored record, if there is one.
        verdict: the new verdict; None takes the present one back.
    """
    is_by_hand = present is not None and present.is_by_hand
    if verdict is None and not is_by_hand:
        return None
    return found._replace(verdict=verdict or Verdict.OPEN, note=None, is_by_hand=is_by_hand)


def annotate(found: ForecastRecord, note: str | None) -> ForecastRecord | None:
    """Return the record with a note, without a verdict; None without a note."""
    note = clean_value_text(note or "") or None
    return found._replace(verdict=Verdict.OPEN, note=note, is_by_hand=False) if note else None


def add_by_hand(found: ForecastRecord, present: ForecastRecord | None) -> ForecastRecord:
    """Return the record of a forecast that the user adds, without a note; see `judge`."""
    verdict = present.verdict if present and present.verdict is not Verdict.DISMISSED else Verdict.OPEN
    return found._replace(verdict=verdict, note=None, is_by_hand=True)


def _parse(id: str, data: Any) -> ForecastRecord:
    quote = clean_value_text(_require_text(data["quote"]))
    if not quote:
        raise ValueError("no quote")
    by_hand = data.get("by_hand", False)
    if not isinstance(by_hand, bool):
        raise TypeError("by_hand")
    return ForecastRecord(
        id,
        quote,
        Verdict(data["verdict"]),
        clean_value_text(_require_text(data.get("note") or "")) or None,
        clean_line(_require_text(data.get("due_text") or ""))[:MAX_NAME_LENGTH].strip(),
        _parse_date(data.get("said")),
        _parse_date(data.get("due")),
        Speaker(data.get("speaker", Speaker.AUTHOR)),
        _parse_probability(data.get("probability")),
        by_hand,
    )


def _require_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _parse_date(value: object) -> date | None:
    if value is None:
        return None
    text = _require_text(value)
    if not _DATE_PATTERN.fullmatch(text):
        raise ValueError("not a date")
    return date.fromisoformat(text)


def _parse_probability(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("not a probability")
    return float(value)
