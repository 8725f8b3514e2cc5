from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.tui.text import to_content
from importai_tui.tui.widgets.annotations import LineMap
from importai_tui.tui.widgets.story_render import HangingIndent, RenderedBlock
from tests.tui.sample_app import run_reader, store_issues

SMALL = (80, 24)


async def test_a_story_opens_again_where_it_was_left(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "space")
        spot, line = reader.screen.story_view.scroll_position, reader.screen.story_view.scroll_y
        await reader.press("J", "K")
        await reader.pilot.pause(0.05)
        assert reader.screen.story_view.scroll_position == ScrollPosition(spot.block, round(spot.share, 3))
        assert abs(reader.screen.story_view.scroll_y - line) <= 1


async def test_the_place_outlives_the_program_and_is_no_step_of_undo(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "q")
    assert library.undo() is None
    async with run_reader(library, "12/2", size=SMALL) as reader:
        assert reader.screen.story_view.scroll_position.block > 1


async def test_a_story_read_to_its_end_opens_at_its_top(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "J", "K", "G", "J")
        assert library.state.get_scroll_position("canal") is None
        await reader.press("K")
        assert reader.screen.story_view.scroll_position == ScrollPosition()


async def test_a_story_that_is_only_shown_has_no_place(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("J", "J", "K", "K", "q")
    assert [library.state.get_scroll_position(key) for key in ("canal", "delta", "lake")] == [None] * 3


async def test_a_story_that_was_left_before_it_could_be_drawn_keeps_its_place(library: Library) -> None:
    store_issues(library).save_scroll_position("lake", "[5,0.5]")
    async with run_reader(library, "12/2", size=SMALL) as reader:
        await reader.press("space", "J")
        reader.screen.open_story("11", 1)
        reader.screen.open_story("11", 2)
        assert ScrollPosition.from_json(library.state.get_scroll_position("lake")) == ScrollPosition(5, 0.5)


async def test_passing_over_a_story_does_not_count_as_scrolling_in_it(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=SMALL) as reader:
        await reader.press("space", "h", "j")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("12", 2)
        assert reader.screen.session.preview


@pytest.mark.parametrize("written", [None, "", "7", "[1]", "[-1,0]", "[1,2]", '["x",0]', "[1,NaN]", "[1e999,0]"])
def test_what_is_no_place_is_none(written: str | None) -> None:
    assert ScrollPosition.from_json(written) is None


def test_a_place_is_read_as_it_was_written() -> None:
    assert ScrollPosition.from_json(ScrollPosition(4, 0.25).to_json()) == ScrollPosition(4, 0.25)


async def test_a_place_behind_the_end_of_a_shorter_text_does_no_harm(library: Library) -> None:
    store_issues(library).save_scroll_position("canal", "[900,0.5]")
    async with run_reader(library, "12/2", size=SMALL) as reader:
        assert "Paragraph 1." in reader.screen_text()
        await reader.press("space", "J")
    assert ScrollPosition.from_json(library.state.get_scroll_position("canal")) != ScrollPosition(900, 0.5)


@pytest.mark.parametrize("keys", [("j",) * 9, ("space", "j", "j", "j", "j"), ("G",)], ids=["begun", "within", "end"])
async def test_the_first_line_in_view_outlives_every_size(library: Library, keys: tuple[str, ...]) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press(*keys)
        view = reader.screen.story_view
        line, spot = view.scroll_y, view.scroll_position
        for size in ((80, 60), (80, 12), (40, 12), (250, 80), SMALL):
            await reader.pilot.resize_terminal(*size)
            await reader.pilot.pause()
            assert view.scroll_position == spot
        assert view.scroll_y == line


@pytest.mark.parametrize("width", [7, 20, 33, 71])
def test_a_line_is_found_again_by_the_words_above_it(width: int) -> None:
    words = to_content("A “river”¹ of 河川の数 words\n\n  and anextraordinarilylongone at its end. " * 12)
    for visual in (words, HangingIndent(to_content("  – "), words, 4), HangingIndent(to_content("12 "), words, 3)):
        lines = LineMap(RenderedBlock("paragraph", visual, words.plain), width)
        drawn = range(visual.get_height({}, width))
        assert [lines.line_at(lines.share_at(line)) for line in drawn] == list(drawn)


async def test_zen_is_remembered(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("z")
    async with run_reader(library) as reader:
        assert not reader.screen.story_list.display
        await reader.press("z")
    async with run_reader(library) as reader:
        assert reader.screen.story_list.display


async def test_links_that_were_put_away_stay_away_and_come_back(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        assert reader.screen.query_one("#links-panel").display
        await reader.press("P", "P")
        assert not reader.screen.query_one("#links-panel").display
    async with run_reader(library, "12/1") as reader:
        assert not reader.screen.query_one("#links-panel").display
        await reader.press("P", "escape")
        assert reader.screen.query_one("#links-panel").display


async def test_in_a_window_without_room_for_the_links_nothing_is_remembered_of_them(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=SMALL) as reader:
        await reader.press("P", "P")
    assert library.state.load_value("links") is None
