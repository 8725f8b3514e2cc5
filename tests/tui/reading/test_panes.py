"""Which panes fit side by side, and how wide they are."""

from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.tui.reading.panes import Pane, Widths, choose_layout
from importai_tui.tui.widgets.story_view import TEXT_MARGINS
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def test_side_panes_appear_where_the_text_keeps_its_width() -> None:
    assert choose_layout(140, Pane.STORY).panes == set(Pane)
    assert choose_layout(120, Pane.STORY).panes == {Pane.LIST, Pane.STORY}
    assert choose_layout(100, Pane.STORY).panes == {Pane.STORY}
    assert choose_layout(100, Pane.STORY, measure=66).panes == {Pane.LIST, Pane.STORY}
    assert choose_layout(80, Pane.LIST).panes == {Pane.LIST}
    assert choose_layout(80, Pane.LINKS).panes == {Pane.STORY, Pane.LINKS}
    assert choose_layout(40, Pane.LINKS).panes == {Pane.LINKS}
    assert choose_layout(140, Pane.STORY, zen=True).panes == {Pane.STORY}


def test_hidden_links_cover_the_story_while_focused() -> None:
    assert choose_layout(140, Pane.STORY, links=False).panes == {Pane.LIST, Pane.STORY}
    assert choose_layout(140, Pane.LINKS, links=False).links_over_story


@pytest.mark.parametrize("measure", [66, 72, 80])
@pytest.mark.parametrize("widths", [Widths(), Widths(20, -20), Widths(-20, 20), Widths(60, 60)])
def test_a_wider_window_never_has_narrower_text(measure: int, widths: Widths) -> None:
    text_widths = []
    for width in range(30, 201):
        layout = choose_layout(width, Pane.STORY, measure=measure, widths=widths)
        text_widths.append(min(measure, width - layout.list_width - layout.links_width - TEXT_MARGINS))
    assert text_widths == sorted(text_widths)
    assert text_widths[-1] == measure


async def test_text_never_gets_narrower_on_screen(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(30, 20)) as reader:
        shown = []
        for width in (30, 49, 50, 60, 75, 76, 80, 103, 104, 129, 130, 140, 200):
            await reader.pilot.resize_terminal(width, 20)
            await reader.pilot.pause()
            shown.append(reader.screen.story_view.text_width)
        assert shown == sorted(shown)
        assert shown[-1] == 72


def list_width(reader: RunningReader) -> int:
    return reader.screen.story_list.outer_size.width


async def test_the_list_width_changes_and_is_saved(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(140, 40)) as reader:
        default, measure = list_width(reader), reader.screen.panes.measure
        await reader.press("h", ">", ">")
        assert (list_width(reader), reader.screen.panes.measure) == (default + 4, measure)
    async with run_reader(library, "12/1", size=(140, 40)) as reader:
        assert list_width(reader) == default + 4
        await reader.press("h", "<", "<", "<")
        assert list_width(reader) == default - 2


async def test_the_links_have_their_own_width(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(140, 40)) as reader:
        default = reader.screen.query_one("#links").outer_size.width
        await reader.press("l", "<", "<")
        assert reader.screen.query_one("#links").outer_size.width == default - 4


async def test_a_full_window_gives_a_pane_the_room_of_the_other(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(140, 40)) as reader:
        before = list_width(reader)
        await reader.press("l", ">")
        assert list_width(reader) == before - 2
        assert reader.last_notice.startswith("Links width: ")
        assert reader.screen.story_view.text_width == 72


async def test_the_notice_tells_the_text_width(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(140, 40)) as reader:
        await reader.press(">")
        assert reader.last_notice == "Text width: 74 columns"
        assert reader.screen.story_view.text_width == 74
        await reader.press(">", ">", ">", ">")
        assert reader.last_notice == "Text width: 80 columns (the widest)"
        await reader.pilot.resize_terminal(75, 40)
        await reader.press(">")
        assert reader.last_notice == "This window has room for only 71 columns of text"
        await reader.press("<")
        assert reader.last_notice == "Text width: 69 columns"
        await reader.pilot.resize_terminal(60, 20)
        await reader.pilot.pause()
        await reader.press("<")
        assert reader.last_notice == "This window has room for only 56 columns of text"


async def test_a_pane_that_fills_the_window_keeps_its_width(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.press("h", ">")
        assert reader.last_notice == "This pane fills the window"
        assert library.state.load_value("widths") is None


@pytest.mark.parametrize("text", ["", "x", "1", "1 2 3", "1e9 2", None])
def test_invalid_widths_are_ignored(text: str | None) -> None:
    assert Widths.from_text(text) == Widths()


def test_widths_round_trip() -> None:
    assert Widths.from_text(Widths(-6, 8).to_text()) == Widths(-6, 8)


@pytest.mark.parametrize("widths", [Widths(500, 500), Widths(-500, -500), Widths(0, 500), Widths(30, 0)])
@pytest.mark.parametrize("focused", Pane)
def test_the_user_cannot_take_width_from_the_text(widths: Widths, focused: Pane) -> None:
    for width in range(30, 251):
        default, changed = choose_layout(width, focused), choose_layout(width, focused, widths=widths)
        assert changed.panes == default.panes
        links_beside = 0 if changed.links_over_story else changed.links_width
        if Pane.LIST in changed.panes and Pane.STORY in changed.panes:
            assert changed.list_width >= 24
            assert width - changed.list_width - links_beside >= 72 + TEXT_MARGINS
        if changed.links_over_story:
            assert 24 <= changed.links_width <= width - 20
