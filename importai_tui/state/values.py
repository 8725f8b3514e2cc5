"""Limits, error and canonical JSON that all values of the reading state share."""

from __future__ import annotations

from typing import Any

from importai_tui.errors import ReaderError
from importai_tui.parse.clean import clean_text

MAX_TEXT_LENGTH = 100_000
"""Characters of a note, a quotation or a remark: three times the longest known issue as text."""
MAX_NAME_LENGTH = 200
"""Characters of a key, a tag, an issue's slug or a scroll position. The parser's keys and slugs have at most sixty."""


class StateValueError(ReaderError):
    """Raised when a value does not have the form that its field requires."""


def clean_value_text(value: str) -> str:
    """Return a text of several lines without control characters, which a terminal would obey."""
    cleaned = clean_text(value).strip()
    if len(cleaned) > MAX_TEXT_LENGTH:
        raise StateValueError(f"The text is too long: {len(cleaned):,} of {MAX_TEXT_LENGTH:,} characters. Shorten it.")
    return cleaned


def load_json(value: str) -> Any:
    """Return the value of a JSON text from anywhere; None if it is not one."""
    # Imported here, like json below, because most commands store no JSON value.
    from importai_tui.json_text import parse_json

    try:
        return parse_json(value)
    except ValueError:
        return None


def dump_json(value: object) -> str:
    """Return the canonical JSON of a value, because all machines must agree on the order of two values."""
    from json import dumps

    return dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
