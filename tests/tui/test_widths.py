from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.tui.reading.panes import THREE_PANES, TWO_PANES, Pane, Widths, fold
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def list_width(reader: RunningReader) -> int:
    return reader.screen.story_list.outer_size.width


async def test_the_list_is_made_wider_from_within_and_stays_so(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(140, 40)) as reader:
        usual, measure = list_width(reader), reader.screen.panes.measure
        await reader.press("h", ">", ">")
        assert (list_width(reader), reader.screen.panes.measure) == (usual + 4, measure)
    async with run_reader(library, "12/1", size=(140, 40)) as reader:
        assert list_width(reader) == usual + 4
        await reader.press("h", "<", "<", "<")
        assert list_width(reader) == usual - 2


async def test_the_links_have_a_width_of_their_own(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(140, 40)) as reader:
        usual = reader.screen.query_one("#links-panel").outer_size.width
        await reader.press("l", "<", "<")
        assert reader.screen.query_one("#links-panel").outer_size.width == usual - 4


async def test_where_there_is_no_room_it_is_said_and_nothing_is_remembered(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        await reader.press("h", ">")
        assert reader.last_notice == "This pane cannot be wider here."
        assert library.state.load_value("widths") is None


@pytest.mark.parametrize("written", ["", "x", "1", "1 2 3", "1e9 2", None])
def test_what_is_no_width_of_ours_is_none(written: str | None) -> None:
    assert Widths.read(written) == Widths()


def test_widths_are_read_as_they_were_written() -> None:
    assert Widths.read(Widths(-6, 8).written()) == Widths(-6, 8)


@pytest.mark.parametrize("wish", [Widths(500, 500), Widths(-500, -500), Widths(0, 500), Widths(30, 0)])
@pytest.mark.parametrize("at", Pane)
def test_side_panes_of_any_wish_leave_the_story_its_room(wish: Widths, at: Pane) -> None:
    for width in range(TWO_PANES, 251):
        usual, wanted = fold(width, at, zen=False), fold(width, at, zen=False, widths=wish)
        assert wanted.panes == usual.panes
        for before, after in ((usual.list_width, wanted.list_width), (usual.links_width, wanted.links_width)):
            assert 24 <= after <= max(before, width - 50 if width >= THREE_PANES else width - 20)
        left = width - wanted.list_width - (0 if wanted.over or Pane.LINKS not in wanted.panes else wanted.links_width)
        usually = width - usual.list_width - (0 if usual.over or Pane.LINKS not in usual.panes else usual.links_width)
        assert left >= min(50, usually)
