"""Clean text and dates."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from importai_tui.tui.text import (
    format_long_date,
    format_short_date,
    to_content,
    to_line_content,
    truncate,
    truncate_around,
)


def test_text_is_cleaned_and_never_markup() -> None:
    assert to_content("[AI]\x1b]0;title\x07 safety [/]").plain == "[AI] safety [/]"
    assert to_line_content("one\ntwo \x9b31mthree").plain == "one two three"


@pytest.mark.parametrize("width", range(14))
def test_a_truncated_line_fits_its_width(width: int) -> None:
    assert cell_len(truncate("河川を数える", width)) <= width
    assert truncate("河川", 4) == "河川"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", "Otters count rivers; a…"),
        ("otters", "Otters count rivers; a…"),
        ("robots", "…robots sort the mail"),
        ("otters mail", "…robots sort the mail"),
        ("nowhere", "Otters count rivers; a…"),
    ],
)
def test_a_filtered_title_shows_the_word(words: str, shown: str) -> None:
    assert truncate_around("Otters count rivers; all dance; robots sort the mail", words, 23) == shown


def test_dates_are_english() -> None:
    assert (format_long_date("2025-03-03"), format_short_date("2025-12-31")) == ("3 March 2025", "31 Dec")
    assert format_long_date("2025-03-03", is_estimated=True) == "about 3 March 2025"
