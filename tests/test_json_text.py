"""Stored JSON, as it is and as it may be damaged."""

from __future__ import annotations

import pytest

from importai_tui.json_text import parse_json


def test_a_value_is_read() -> None:
    assert parse_json('["402", 3, 0.25, null, "☃ \\ud83d\\ude00"]') == ["402", 3, 0.25, None, "☃ \N{GRINNING FACE}"]


def test_half_a_character_is_left_out() -> None:
    assert parse_json('["a\\ud800b"]') == ["ab"]


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "Infinity", "[-Infinity]", "[NaN]", "1e999", "[-1e999]", "9" * 400, "9" * 9000, "[" * 100_000],
)
def test_what_nothing_can_be_done_with_is_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_what_is_too_deep_is_refused(opening: str) -> None:
    with pytest.raises(ValueError, match="deep"):
        parse_json(opening * 50_000)
