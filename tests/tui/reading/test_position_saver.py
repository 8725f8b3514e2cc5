"""Saved positions: where the app, and each story, opens again."""

from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.tui.text import to_content
from importai_tui.tui.widgets.story_lines import BlockStyle, wrap_block
from importai_tui.tui.widgets.story_render import HangingIndent, RenderedBlock
from tests.tui.sample_app import run_reader, store_issues

SMALL = (80, 24)


async def test_a_story_opens_at_its_last_scroll_position(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "space")
        position, line = reader.screen.story_view.scroll_position, reader.screen.story_view.scroll_y
        await reader.press("J", "K")
        await reader.pilot.pause(0.05)
        assert reader.screen.story_view.scroll_position == ScrollPosition(position.block, round(position.share, 3))
        assert abs(reader.screen.story_view.scroll_y - line) <= 1


async def test_the_position_is_saved_and_is_not_undoable(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "q", "q")
    assert library.undo() is None
    async with run_reader(library, "12/2", size=SMALL) as reader:
        assert reader.screen.story_view.scroll_position.block > 1


async def test_a_finished_story_opens_at_its_top(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "J", "K", "G", "J")
        assert library.state.get_scroll_position("canal") is None
        await reader.press("K")
        assert reader.screen.story_view.scroll_position == ScrollPosition()


async def test_a_story_without_scrolling_has_no_position(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("J", "J", "K", "K", "q")
    assert [library.state.get_scroll_position(key) for key in ("canal", "delta", "lake")] == [None] * 3


async def test_leaving_before_drawing_preserves_the_position(library: Library) -> None:
    store_issues(library).save_scroll_position("lake", "[5,0.5]")
    async with run_reader(library, "12/2", size=SMALL) as reader:
        await reader.press("space", "J")
        reader.screen.open_story("11", 1)
        reader.screen.open_story("11", 2)
        assert ScrollPosition.from_json(library.state.get_scroll_position("lake")) == ScrollPosition(5, 0.5)


async def test_a_preview_does_not_count_as_scrolling(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=SMALL) as reader:
        await reader.press("space", "h", "j")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("12", 2)
        assert reader.screen.session.preview


@pytest.mark.parametrize("written", [None, "", "7", "[1]", "[-1,0]", "[1,2]", '["x",0]', "[1,NaN]", "[1e999,0]"])
def test_invalid_positions_are_ignored(written: str | None) -> None:
    assert ScrollPosition.from_json(written) is None


def test_positions_round_trip() -> None:
    assert ScrollPosition.from_json(ScrollPosition(4, 0.25).to_json()) == ScrollPosition(4, 0.25)


async def test_a_position_past_the_end_is_harmless(library: Library) -> None:
    store_issues(library).save_scroll_position("canal", "[900,0.5]")
    async with run_reader(library, "12/2", size=SMALL) as reader:
        assert "Paragraph 1." in reader.screen_text()
        await reader.press("space", "J")
    assert ScrollPosition.from_json(library.state.get_scroll_position("canal")) != ScrollPosition(900, 0.5)


@pytest.mark.parametrize("keys", [("j",) * 9, ("space", "j", "j", "j", "j"), ("G",)], ids=["begun", "within", "end"])
async def test_every_window_size_preserves_the_first_line(library: Library, keys: tuple[str, ...]) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press(*keys)
        view = reader.screen.story_view
        line, position = view.scroll_y, view.scroll_position
        for size in ((80, 60), (80, 12), (40, 12), (250, 80), SMALL):
            await reader.pilot.resize_terminal(*size)
            await reader.pilot.pause()
            assert view.scroll_position == position
        await reader.wait_until(lambda: view.scroll_y == line)


@pytest.mark.parametrize("width", [7, 20, 33, 71])
def test_a_line_is_found_by_the_words_above(width: int) -> None:
    words = to_content("A “river”¹ of 河川の数 words\n\n  and anextraordinarilylongone at its end. " * 12)
    for hanging in (None, HangingIndent(to_content("  – "), 4), HangingIndent(to_content("12 "), 3)):
        lines = wrap_block(RenderedBlock("paragraph", words, hanging=hanging), BlockStyle(), width)
        assert [lines.line_at(lines.share_at(line)) for line in range(lines.height)] == list(range(lines.height))
