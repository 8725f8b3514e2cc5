"""The character at a cell of a wrapped block."""

from __future__ import annotations

from textual.content import Content

from importai_tui.tui.widgets.story_lines import BlockStyle, WrappedBlock, wrap_block
from importai_tui.tui.widgets.story_render import RenderedBlock


def wrap(text: str, width: int) -> WrappedBlock:
    """Return a paragraph in lines of this width."""
    return wrap_block(RenderedBlock("paragraph", Content(text)), BlockStyle(), width)


def test_both_cells_of_a_wide_letter_are_the_letter() -> None:
    block = wrap("日本語 x", 20)
    assert [block.find_character(0, cell) for cell in range(9)] == [0, 0, 1, 1, 2, 2, 3, 4, 5]


def test_a_cell_beside_the_text_is_its_nearest_end() -> None:
    block = wrap("water rivers", 8)
    assert block.find_character(0, -3) == 0
    assert block.find_character(0, 99) == 5
    assert block.find_character(1, -3) == 6
    assert block.find_character(1, 99) == 12


def test_a_cell_after_a_split_word_is_its_last_letter() -> None:
    block = wrap("abcdefgh", 4)
    assert block.find_character(0, 99) == 3
    assert block.find_character(1, 99) == 8
