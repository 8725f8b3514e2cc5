from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importai_tui.printing.cells import cut, pad, width, wrap


def test_a_wide_character_fills_two_cells_and_a_mark_none() -> None:
    assert [width(text) for text in ("abc", "漢字", "é", "")] == [3, 4, 1, 0]


def test_text_that_fits_is_not_cut() -> None:
    assert cut("漢字", 4) == "漢字"
    assert cut("漢字表", 4) == "漢…"


@given(st.text(), st.integers(1, 30))
def test_cut_text_fits(text: str, cells: int) -> None:
    assert width(cut(text, cells)) <= max(cells, 1)


def test_padding_counts_cells() -> None:
    assert pad("漢", 4) + "|" == "漢  |"
    assert pad("longer", 4) == "longer"


def test_wrapping_keeps_line_breaks_and_indents() -> None:
    assert wrap("one two three\nfour", 12, "- ", "  ") == ["- one two", "  three", "  four"]
    assert wrap("one two three\nfour", None, "> ", "> ") == ["> one two three", "> four"]


def test_a_word_wider_than_the_line_is_broken() -> None:
    assert wrap("https://example.org/long", 10) == ["https://ex", "ample.org/", "long"]


@given(st.text(alphabet="ab 漢\n", max_size=60), st.integers(8, 20))
def test_wrapping_loses_no_letter_and_fits(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
