"""Text width, wrapping and pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importai_tui.output.layout import PagedText, ScreenSize, pad, text_width, truncate_to_width, wrap


def test_text_width_counts_wide_and_combining_characters() -> None:
    assert [text_width(text) for text in ("abc", "漢字", "é", "")] == [3, 4, 1, 0]


def test_truncate_shortens_only_wide_text() -> None:
    assert truncate_to_width("漢字", 4) == "漢字"
    assert truncate_to_width("漢字表", 4) == "漢…"


@given(st.text(), st.integers(1, 30))
def test_truncated_text_fits(text: str, cells: int) -> None:
    assert text_width(truncate_to_width(text, cells)) <= max(cells, 1)


def test_padding_counts_cells() -> None:
    assert pad("漢", 4) + "|" == "漢  |"
    assert pad("longer", 4) == "longer"


def test_wrap_keeps_line_breaks_and_indents() -> None:
    assert wrap("one two three\nfour", 12, "- ", "  ") == ["- one two", "  three", "  four"]
    assert wrap("one two three\nfour", None, "> ", "> ") == ["> one two three", "> four"]


def test_wrap_breaks_a_long_word() -> None:
    assert wrap("https://example.org/long", 10) == ["https://ex", "ample.org/", "long"]


HUGE_WORD = "漢" * 200_000
"""`tests.benchmarks.hostile_texts` measures the time."""


def test_a_huge_word_is_wrapped() -> None:
    assert len(wrap(HUGE_WORD, 80)) == 5_000


@given(st.text(alphabet="ab 漢\n", max_size=60), st.integers(8, 20))
def test_wrap_loses_no_letter_and_fits(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(text_width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


LINES = ["one", "two", "three", "four", "five"]


def test_a_page_leaves_one_row_for_the_prompt() -> None:
    text, screen = PagedText(LINES), ScreenSize(40, 3)
    assert [list(text.next_page(screen)) for _ in range(3)] == [["one", "two"], ["three", "four"], ["five"]]
    assert text.is_at_end


def test_previous_page_returns_to_shown_pages() -> None:
    text, screen = PagedText(LINES), ScreenSize(40, 3)
    text.next_page(screen)
    text.next_page(screen)
    assert list(text.previous_page(screen)) == ["one", "two"]
    assert text.is_at_start
    assert list(text.previous_page(screen)) == ["one", "two"]
    assert list(text.next_page(screen)) == ["three", "four"]


def test_a_wrapped_line_counts_its_rows() -> None:
    text = PagedText(["x" * 30, "日本" * 6, "end"])
    assert list(text.next_page(ScreenSize(20, 5))) == ["x" * 30, "日本" * 6]
    assert list(text.next_page(ScreenSize(20, 5))) == ["end"]


def test_a_line_longer_than_the_screen_is_shown() -> None:
    text = PagedText(["x" * 500, "end"])
    assert list(text.next_page(ScreenSize(20, 5))) == ["x" * 500]
    assert list(text.next_page(ScreenSize(20, 5))) == ["end"]


def test_without_rows_the_text_is_one_page() -> None:
    assert list(PagedText(LINES).next_page(ScreenSize(72, None))) == LINES


def test_a_resized_screen_shows_the_same_start() -> None:
    text = PagedText(LINES)
    text.next_page(ScreenSize(40, 3))
    text.next_page(ScreenSize(40, 3))
    assert list(text.current_page(ScreenSize(40, 9))) == ["three", "four", "five"]
