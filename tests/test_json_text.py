"""Stored JSON, valid and damaged."""

from __future__ import annotations

import pytest

from importai_tui.json_text import parse_json


def test_a_value_is_parsed() -> None:
    assert parse_json('["402", 3, 0.25, null, "☃ \\ud83d\\ude00"]') == ["402", 3, 0.25, None, "☃ \N{GRINNING FACE}"]


def test_a_lone_surrogate_is_removed() -> None:
    assert parse_json('["a\\ud800b"]') == ["ab"]


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "Infinity", "[-Infinity]", "[NaN]", "1e999", "[-1e999]", "9" * 400, "9" * 9000, "[" * 100_000],
)
def test_invalid_values_are_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_deep_nesting_is_refused(opening: str) -> None:
    with pytest.raises(ValueError, match="deep"):
        parse_json(opening * 50_000)
