"""Parses stored JSON and JSON from other machines, and refuses values that SQLite cannot store."""

from __future__ import annotations

import json
import math
from typing import Any

_MAX_DIGITS = 15
"""Digits of an integer; longer ones may be too large for SQLite or a float."""


def parse_json(text: str | None) -> Any:
    """Parse one JSON value; escapes of lone surrogates are removed.

    Raises:
        ValueError: the text is not JSON or too deep, or a number is infinite or too long.
    """
    if not text:
        raise ValueError("not a text")
    try:
        value = _DECODER.decode(text)
        if "\\u" in text:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="ignore"))
    except RecursionError as error:
        raise ValueError("the text is too deep") from error
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _parse_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large")
    return number


def _parse_int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"{digits[:_MAX_DIGITS]}… is too large")
    return int(digits)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_parse_float, parse_int=_parse_int)
"""One for all texts, because making it takes as long as decoding a highlight."""
