from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.tui.sample_app import run_reader, sample_issues, store_issues


async def test_it_opens_the_newest_unread_story_and_shows_its_links(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        assert reader.open_story == ("12", 1)
        screen = reader.screen_text()
        assert "Machines learn to count rivers" in screen
        assert " 3 riverlib" in screen
        assert "no address" in screen
        assert "6 unread" in screen


async def test_a_reference_is_opened_and_an_unknown_one_is_told(library: Library) -> None:
    async with run_reader(store_issues(library), "11/2") as reader:
        assert reader.open_story == ("11", 2)
    async with run_reader(library, "nowhere") as reader:
        assert "nowhere" in reader.last_notice


async def test_stories_follow_one_another_across_issues(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await reader.press("J")
        assert reader.open_story == ("11", 1)
        await reader.press("K", "K")
        assert reader.open_story == ("12", 2)
        await reader.press("]")
        assert reader.open_story == ("11", 1)
        await reader.press("[")
        assert reader.open_story == ("12", 1)
        await reader.press("[")
        assert reader.last_notice == "This is the newest issue."


async def test_the_next_unread_story_may_be_in_another_issue(library: Library) -> None:
    store_issues(library).mark(["canal", "delta", "lake"], read=True)
    async with run_reader(library, "12/1") as reader:
        await reader.press("n")
        assert reader.open_story == ("11", 2)
        await reader.press("N")
        assert reader.open_story == ("12", 1)


async def test_enter_goes_from_issue_to_story_to_links_and_escape_comes_back(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("h", "G", "enter")
        assert reader.open_story == ("10", 1)
        assert reader.screen.pane.name == "LIST"
        await reader.press("enter")
        assert reader.screen.pane.name == "STORY"
        await reader.press("enter")
        assert reader.screen.pane.name == "LINKS"
        await reader.press("escape", "escape")
        assert reader.screen.pane.name == "LIST"


async def test_the_cursor_on_a_story_shows_it_after_a_moment(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("h", "j")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("12", 2)
        await reader.advance_clock(300)
        assert not library.state.is_read("canal")


async def test_a_mark_is_for_the_story_under_the_cursor_even_before_it_is_shown(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("h", "j", "r")
        assert library.state.is_read("canal")
        assert not library.state.is_read("rivers")


async def test_a_mark_with_the_cursor_on_an_issue_is_for_that_issue(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await reader.press("h", "j", "r")
        assert [head.unread_count for head in library.get_issue_rows()] == [3, 0, 1]
        assert reader.open_story == ("12", 3)


async def test_a_story_is_read_after_a_while_and_only_while_it_is_watched(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.app.app_focus = False
        await reader.advance_clock(60)
        assert not library.state.is_read("rivers")
        reader.app.app_focus = True
        await reader.advance_clock(7)
        assert not library.state.is_read("rivers")
        await reader.advance_clock(8)
        assert library.state.is_read("rivers")
        assert "5 unread" in reader.screen_text()


async def test_nobody_reads_a_story_beneath_the_help(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("?")
        await reader.advance_clock(60)
        assert not library.state.is_read("rivers")


async def test_space_pages_and_at_the_end_marks_read_and_goes_on(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        for _ in range(30):
            if reader.open_story != ("12", 2):
                break
            await reader.press("space")
        assert reader.open_story == ("12", 3)
        assert library.state.is_read("canal")
        assert not library.state.is_read("delta")


async def test_a_story_scrolled_to_its_end_is_read_two_seconds_later(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("G")
        assert not library.state.is_read("canal")
        await reader.advance_clock(4)
        assert library.state.is_read("canal")


async def test_marks_are_undone_and_redone_and_not_applied_again_at_once(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("r")
        assert library.state.is_read("rivers")
        await reader.press("u")
        assert not library.state.is_read("rivers")
        assert reader.last_notice.startswith("Undone")
        await reader.advance_clock(120)
        assert not library.state.is_read("rivers")
        await reader.press("ctrl+r")
        assert library.state.is_read("rivers")
        await reader.press("u", "u")
        assert reader.last_notice == "There is nothing to undo."


async def test_a_whole_issue_is_marked_and_unmarked(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("R")
        assert [head.unread_count for head in library.get_issue_rows()] == [0, 2, 1]
        await reader.press("R")
        assert [head.unread_count for head in library.get_issue_rows()] == [3, 2, 1]


async def test_everything_is_marked_read_only_after_a_yes(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark 6 shown stories read?" in reader.screen_text()
        await reader.pilot.press("enter")
        assert len(reader.app.screen_stack) == 2, "a key typed ahead is no answer"
        await reader.pilot.press("n")
        await reader.pilot.pause()
        assert library.get_issue_rows()[0].unread_count == 3
        await reader.pilot.press("A")
        await reader.pilot.pause()
        reader.clock.now += 1
        await reader.press("y")
        assert not library.get_issue_rows(unread_only=True)
        await reader.press("u")
        assert library.get_issue_rows()[0].unread_count == 3


async def test_a_star_is_seen_in_the_list(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("s")
        assert library.get_story_rows("12")[0].is_starred
        assert "* • Machines learn" in reader.screen_text()


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (40, 12), (20, 5)])
async def test_every_key_works_at_every_size(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), size=size) as reader:
        await reader.press(*"jGlzz<LJn]ru", "shift+tab", "pagedown", "ctrl+u", "space", "b")
        assert reader.screen_text()


async def test_panes_fold_and_the_place_in_the_text_is_kept(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(140, 24)) as reader:
        await reader.press("space", "space")
        piece = reader.screen.story_view.scroll_position.block
        assert piece > 3
        for size in ((80, 24), (40, 12), (140, 24), (60, 20)):
            await reader.pilot.resize_terminal(*size)
            await reader.pilot.pause(0.05)
            assert reader.screen.story_view.scroll_position.block == piece
        await reader.pilot.resize_terminal(40, 12)
        await reader.pilot.pause()
        assert not reader.screen.story_list.display
        await reader.press("h")
        assert not reader.screen.story_view.display
        assert reader.screen.story_list.display


async def test_another_measure_keeps_the_place_and_is_remembered(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("space", "space")
        piece = reader.screen.story_view.scroll_position.block
        await reader.press("<", "<")
        assert reader.screen.story_view.scroll_position.block == piece
    assert library.state.load_value("measure") == "68"


async def test_it_opens_where_it_was_left(library: Library) -> None:
    async with run_reader(store_issues(library), "11/2", size=(100, 30)) as reader:
        await reader.press("space", "space", "q")
        spot = reader.screen.story_view.scroll_position
        assert spot.block > 1
    async with run_reader(library, size=(100, 30)) as reader:
        await reader.pilot.pause(0.05)
        assert reader.open_story == ("11", 2)
        assert reader.screen.story_view.scroll_position == spot
        assert f"Paragraph {spot.block}." in reader.screen_text()


async def test_the_theme_is_remembered(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("T")
        assert reader.app.theme == "paper"
    async with run_reader(library) as reader:
        assert reader.app.theme == "paper"


@pytest.mark.parametrize("theme", ["nord", "textual-light", "ansi-dark", "gruvbox"])
async def test_built_in_themes_know_our_colours(library: Library, theme: str) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.app.theme = theme
        await reader.pilot.pause()
        assert "Machines learn" in reader.screen_text()


async def test_an_empty_archive_says_what_to_do(library: Library) -> None:
    async with run_reader(library) as reader:
        assert "importai-tui import PATH" in reader.screen_text()
        await reader.press(*"jGnJ]rRAuoOy1#s", "space", "enter", "tab")
        assert reader.screen_text()


async def test_the_guide_can_be_put_away(library: Library) -> None:
    async with run_reader(store_issues(library), guide=True) as reader:
        assert reader.open_story == ("12", 1)
        await reader.press("ctrl+g")
        assert library.state.load_value("guide") == "away"
        assert reader.last_notice.startswith("Put away")


async def test_the_guide_lies_over_the_archive_and_leaving_it_comes_back(library: Library, tmp_path: Path) -> None:
    def open_guide() -> Library:
        return store_issues(Library.open(Places.under(tmp_path / "guide")), sample_issues()[:1])

    async with run_reader(store_issues(library), "12/1", open_guide=open_guide) as reader:
        await reader.press("ctrl+g")
        assert reader.open_story == ("10", 1)
        assert "Import AI · guide" in reader.screen_text()
        await reader.press("q")
        assert reader.open_story == ("12", 1)
        assert library.state.load_value("guide") is None
        await reader.press("ctrl+g", "ctrl+g")
        assert reader.open_story == ("12", 1)


async def test_q_leaves_and_in_a_narrow_window_steps_back_first(library: Library) -> None:
    async with run_reader(store_issues(library), size=(40, 12)) as reader:
        await reader.press("q")
        assert reader.screen.pane.name == "LIST"
        await reader.press("q")
        assert reader.app._exit


async def test_marks_of_another_window_show_up(library: Library, places: Places) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        other = Library.open(places)
        other.mark(["canal"], read=True)
        other.close()
        await reader.advance_clock(1)
        assert "5 unread" in reader.screen_text()
