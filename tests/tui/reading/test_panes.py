"""Which panes fit side by side, and how wide they are."""

from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.tui.reading.panes import THREE_PANES, TWO_PANES, Layout, Pane, Widths, choose_layout
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def test_narrow_windows_show_fewer_panes() -> None:
    assert choose_layout(140, Pane.STORY, zen=False).panes == set(Pane)
    assert choose_layout(120, Pane.STORY, zen=False).panes == {Pane.LIST, Pane.STORY}
    assert choose_layout(80, Pane.LINKS, zen=False).links_over_story
    assert choose_layout(40, Pane.LIST, zen=False).panes == {Pane.LIST}
    assert choose_layout(140, Pane.STORY, zen=True).panes == {Pane.STORY}


def test_hidden_links_cover_the_story_while_focused() -> None:
    assert choose_layout(140, Pane.STORY, zen=False, links=False).panes == {Pane.LIST, Pane.STORY}
    assert choose_layout(140, Pane.LINKS, zen=False, links=False).links_over_story


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
        default = reader.screen.query_one("#links-panel").outer_size.width
        await reader.press("l", "<", "<")
        assert reader.screen.query_one("#links-panel").outer_size.width == default - 4


async def test_a_narrow_window_refuses_a_wider_pane(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.press("h", ">")
        assert reader.last_notice == "This pane is as wide as it can be"
        assert library.state.load_value("widths") is None


@pytest.mark.parametrize("text", ["", "x", "1", "1 2 3", "1e9 2", None])
def test_invalid_widths_are_ignored(text: str | None) -> None:
    assert Widths.from_text(text) == Widths()


def test_widths_round_trip() -> None:
    assert Widths.from_text(Widths(-6, 8).to_text()) == Widths(-6, 8)


def links_width_beside_story(layout: Layout) -> int:
    return 0 if layout.links_over_story or Pane.LINKS not in layout.panes else layout.links_width


@pytest.mark.parametrize("widths", [Widths(500, 500), Widths(-500, -500), Widths(0, 500), Widths(30, 0)])
@pytest.mark.parametrize("focused", Pane)
def test_side_panes_leave_the_story_enough_width(widths: Widths, focused: Pane) -> None:
    for width in range(TWO_PANES, 251):
        default, changed = (
            choose_layout(width, focused, zen=False),
            choose_layout(width, focused, zen=False, widths=widths),
        )
        assert changed.panes == default.panes
        for before, after in ((default.list_width, changed.list_width), (default.links_width, changed.links_width)):
            assert 24 <= after <= max(before, width - 50 if width >= THREE_PANES else width - 20)
        story_width = width - changed.list_width - links_width_beside_story(changed)
        default_story_width = width - default.list_width - links_width_beside_story(default)
        assert story_width >= min(50, default_story_width)
