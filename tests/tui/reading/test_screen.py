"""The reading screen with its keys, in a running app."""

from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.tui.sample_app import run_reader, store_issues


async def test_the_newest_unread_story_is_opened_at_the_start(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        assert reader.open_story == ("12", 1)
        screen = reader.screen_text()
        assert "Machines learn to count rivers" in screen
        assert " 3 riverlib" in screen
        assert "no URL" in screen
        assert "6 unread" in screen


async def test_a_reference_is_opened_and_an_unknown_one_reported(library: Library) -> None:
    async with run_reader(store_issues(library), "11/2") as reader:
        assert reader.open_story == ("11", 2)
    async with run_reader(library, "nowhere") as reader:
        assert "nowhere" in reader.last_notice


async def test_the_selected_story_is_shown_after_a_delay(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("h", "j")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("12", 2)
        await reader.advance_clock(300)
        assert not library.state.is_read("canal")


async def test_a_mark_is_for_the_story_under_the_cursor(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("h", "j", "r")
        assert library.state.is_read("canal")
        assert not library.state.is_read("rivers")


async def test_a_mark_on_an_issue_row_marks_the_issue(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await reader.press("h", "j", "r")
        assert [row.unread_count for row in library.get_issue_rows()] == [3, 0, 1]
        assert reader.open_story == ("12", 3)


async def test_a_story_becomes_read_only_while_it_is_watched(library: Library) -> None:
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


async def test_a_covered_story_does_not_become_read(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("?")
        await reader.advance_clock(60)
        assert not library.state.is_read("rivers")


async def test_a_story_scrolled_to_its_end_becomes_read_soon(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("G")
        assert not library.state.is_read("canal")
        await reader.advance_clock(4)
        assert library.state.is_read("canal")


async def test_a_star_is_shown_in_the_list(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("s")
        assert library.get_story_rows("12")[0].is_starred
        assert "★ • Machines learn" in reader.screen_text()


@pytest.mark.parametrize("size", [(140, 40), (80, 24), (40, 12), (20, 5)])
async def test_every_key_works_at_every_size(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), size=size) as reader:
        await reader.press(*"jGlzz<LJn]ru", "shift+tab", "pagedown", "ctrl+u", "space", "b")
        assert reader.screen_text()


async def test_other_window_sizes_preserve_the_scroll_position(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(140, 24)) as reader:
        await reader.press("space", "space")
        block = reader.screen.story_view.scroll_position.block
        assert block > 3
        for size in ((80, 24), (40, 12), (140, 24), (60, 20)):
            await reader.pilot.resize_terminal(*size)
            await reader.pilot.pause(0.05)
            assert reader.screen.story_view.scroll_position.block == block
        await reader.pilot.resize_terminal(40, 12)
        await reader.pilot.pause()
        assert not reader.screen.story_list.display
        await reader.press("h")
        assert not reader.screen.story_view.display
        assert reader.screen.story_list.display


async def test_a_new_text_width_preserves_the_position(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("space", "space")
        block = reader.screen.story_view.scroll_position.block
        await reader.press("<", "<")
        assert reader.screen.story_view.scroll_position.block == block
    assert library.state.load_value("measure") == "68"


async def test_the_last_position_is_opened_at_the_start(library: Library) -> None:
    async with run_reader(store_issues(library), "11/2", size=(120, 30)) as reader:
        await reader.press("space", "space", "q")
        position = reader.screen.story_view.scroll_position
        assert position.block > 1
    async with run_reader(library, size=(120, 30)) as reader:
        await reader.pilot.pause(0.05)
        assert reader.open_story == ("11", 2)
        assert reader.screen.story_view.scroll_position == position
        assert f"Paragraph {position.block}." in reader.screen_text()


async def test_the_theme_is_saved(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("T")
        assert reader.app.theme == "paper"
    async with run_reader(library) as reader:
        assert reader.app.theme == "paper"


@pytest.mark.parametrize("theme", ["nord", "textual-light", "ansi-dark", "gruvbox"])
async def test_built_in_themes_have_the_needed_colours(library: Library, theme: str) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.app.theme = theme
        await reader.pilot.pause()
        assert "Machines learn" in reader.screen_text()


async def test_an_empty_archive_shows_instructions(library: Library) -> None:
    async with run_reader(library) as reader:
        assert "importai-tui import PATH" in reader.screen_text()
        await reader.press(*"jGnJ]rRAuoOy1#s", "space", "enter", "tab")
        assert reader.screen_text()


async def test_marks_of_another_window_are_shown(library: Library, places: Places) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        other = Library.open(places)
        other.mark(["canal"], read=True)
        other.close()
        await reader.advance_clock(1)
        assert "5 unread" in reader.screen_text()


async def test_a_click_on_a_row_opens_it(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        y = next(n for n, line in enumerate(reader.screen_text().splitlines()) if "A long story called c" in line)
        await reader.pilot.click(offset=(12, y))
        await reader.press()
        assert reader.open_story == ("12", 2)
        y = next(n for n, line in enumerate(reader.screen_text().splitlines()) if "Lakes; ponds" in line)
        await reader.pilot.click(offset=(12, y))
        await reader.press()
        assert reader.open_story == ("11", 1)
