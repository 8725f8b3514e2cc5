from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events

from importai_tui.library.library import Library
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.search.screen import SearchScreen
from tests.examples import make_issue
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def search_screen(reader: RunningReader) -> SearchScreen:
    screen = reader.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def found_headlines(reader: RunningReader) -> list[str]:
    result = search_screen(reader)._results.result
    return [hit.headline for hit in result.hits] if result else []


def shows(reader: RunningReader, text: str) -> Callable[[], bool]:
    return lambda: text in reader.screen_text()


async def search_for(reader: RunningReader, line: str, status: str) -> None:
    """Open the search screen if needed, search for the line, and wait for the status."""
    if not isinstance(reader.app.screen, SearchScreen):
        await reader.press("F")
    search_screen(reader).line.value = line
    search_screen(reader).line.cursor_position = len(line)
    await reader.wait_until(shows(reader, status))


async def test_enter_opens_a_hit_at_its_highlighted_match(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await reader.press("F", *"twice")
        await reader.wait_until(shows(reader, "1 story"))
        assert found_headlines(reader) == ["Machines learn to count rivers"]
        assert "They count twice" in reader.screen_text()
        await reader.press("enter")
        assert reader.open_story == ("12", 1)
        assert reader.screen.pane is Pane.STORY
        (match,) = reader.screen.matches.matches
        assert reader.screen.story_display.blocks[match.block].plain[match.start : match.end] == "twice"


async def test_a_hit_opens_at_the_match_of_its_excerpt(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1", size=(80, 24)) as reader:
        await search_for(reader, '"paragraph 9"', "4 stories")
        await reader.press("down", "enter")
        match = reader.screen.matches.matches[reader.screen.matches.current]
        assert reader.screen.story_display.blocks[match.block].plain.startswith("Paragraph 9.")
        assert "Paragraph 9." in reader.screen_text()


async def test_escape_returns_to_the_open_story(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await reader.press("space")
        before = (reader.open_story, reader.screen.story_view.scroll_y, reader.screen.pane, reader.screen_text())
        await search_for(reader, "rivers", "6 stories, best match first")
        await reader.press("down", "escape")
        assert (
            reader.open_story,
            reader.screen.story_view.scroll_y,
            reader.screen.pane,
            reader.screen_text(),
        ) == before


async def test_the_screen_reopens_in_its_last_state(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:

        def get_state() -> tuple[list[str], int, float]:
            hit_list = search_screen(reader).hit_list
            return found_headlines(reader), hit_list.cursor, hit_list.scroll_y

        await search_for(reader, "rivers", "6 stories, best match first")
        await reader.press("down", "down", "down", "down", "down")
        before = get_state()
        assert before[1] == 5
        await reader.press("enter")
        await reader.press("F")
        assert get_state() == before


async def test_typing_edits_the_last_search(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await search_for(reader, "rivers", "6 stories")
        await reader.press("enter")
        await reader.press("F")
        await reader.press(*" is:unread")
        assert search_screen(reader).line.value == "rivers is:unread"


async def test_ctrl_u_clears_the_search(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await search_for(reader, "rivers", "6 stories")
        await reader.press("enter")
        await reader.press("F", "ctrl+u")
        await reader.wait_until(lambda: "Recent searches" in reader.screen_text())
        assert "is:unread" in reader.screen_text()
        await reader.press("enter")
        assert search_screen(reader).line.value == "rivers"


async def test_tab_completes_words_and_applies_corrections(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("F")
        search_screen(reader).line.value = "is:"
        await reader.pilot.press("end", "tab")
        await reader.wait_until(lambda: search_screen(reader).line.value == "is:unread")
        await reader.press("tab", "tab")
        assert search_screen(reader).line.value == "is:starred"
        await reader.press("shift+tab", "shift+tab")
        await reader.wait_until(lambda: len(found_headlines(reader)) == 6)
        await search_for(reader, "is:unred -in:tals", "Did you mean is:unread?")
        await reader.press("tab")
        await reader.wait_until(lambda: search_screen(reader).line.value == "is:unread -in:tales")
        await search_for(reader, "machnies", "Searched for “machines”. Search for “machnies” instead?")
        assert found_headlines(reader)
        await reader.press("tab")
        await reader.wait_until(
            lambda: search_screen(reader).line.value == '"machnies"' and "No results" in reader.screen_text()
        )


async def test_tab_completes_a_field_and_then_its_values(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("F", "h", "a")
        await reader.pilot.press("tab")
        await reader.wait_until(lambda: search_screen(reader).line.value == "has:")
        await reader.pilot.press("tab")
        await reader.wait_until(lambda: search_screen(reader).line.value == "has:paper")
        await reader.press("tab")
        assert search_screen(reader).line.value == "has:code"


async def test_enter_waits_for_the_results_of_the_typed_line(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await search_for(reader, "paragraph", "4 stories")
        search_screen(reader).line.value = "deltas"
        search_screen(reader).on_input_submitted()
        await reader.wait_until(lambda: not isinstance(reader.app.screen, SearchScreen))
        assert reader.open_story == ("12", 3)


async def test_a_bar_restricts_the_search_to_its_period(library: Library) -> None:
    async with run_reader(store_issues(library), size=(60, 16)) as reader:
        await search_for(reader, "rivers", "6 stories")
        await reader.press("ctrl+t")
        await reader.wait_until(shows(reader, "2025-Q1  5 of 5 stories"))
        await reader.press("left", "enter")
        assert search_screen(reader).line.value == "rivers after:2024-10 before:2025-01"
        await reader.wait_until(shows(reader, "1 story"))
        await reader.press("escape", "escape")
        assert not search_screen(reader).trend_chart.display
        assert search_screen(reader).line.has_focus


@pytest.mark.parametrize("key", ["escape", "backspace"])
async def test_a_chosen_bar_can_be_undone(library: Library, key: str) -> None:
    async with run_reader(store_issues(library)) as reader:
        await search_for(reader, "rivers year:2020..", "6 stories")
        await reader.press("ctrl+t")
        await reader.wait_until(shows(reader, "2025-Q1  5 of 5 stories"))
        await reader.press("enter")
        assert search_screen(reader).line.value == "rivers after:2025-01 before:2025-04"
        assert "esc clear period" in reader.footer
        await reader.press(key)
        assert search_screen(reader).line.value == "rivers year:2020.."
        assert search_screen(reader).trend_chart.has_focus
        assert "esc close" in reader.footer


async def test_a_trend_requested_during_typing_comes_with_the_results(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("F")
        for key in (*"rivers", "ctrl+t"):
            reader.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await reader.wait_until(shows(reader, "2025-Q1  5 of 5 stories"))
        assert search_screen(reader).line.value == "rivers"
        assert search_screen(reader).trend_chart.has_focus


async def test_a_search_is_saved_with_a_name(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("h", "slash")
        await search_for(reader, "rivers", "6 stories")
        await reader.pilot.press("ctrl+s", "ctrl+u", *"Water", "enter")
        await reader.press("escape")
        assert "Water" in reader.screen_text()


async def test_n_goes_on_to_the_next_result(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await search_for(reader, '"paragraph 9"', "4 stories")
        await reader.press("enter")
        refs = [row.ref for row in reader.screen.session.rows]
        assert len(refs) == 4
        assert "result 1/4" in reader.footer
        await reader.press("n")
        assert reader.open_story == (refs[1].partition("/")[0], int(refs[1].partition("/")[2]))
        assert "result 2/4 · match 1/1" in reader.footer
        assert "Paragraph 9." in reader.screen_text()
        await reader.press("J", "N", "J", "J")
        assert "result 4/4" in reader.footer
        await reader.press("n")
        assert reader.last_notice == "This is the last result"


async def test_n_steps_through_matches_first(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await search_for(reader, "rivers", "6 stories")
        await reader.press("enter")
        count = len(reader.screen.matches.matches)
        assert count > 1
        current = reader.screen.matches.current
        assert f"result 1/6 · match {current + 1}/{count}" in reader.footer
        assert "n next match   J next result" in reader.footer
        await reader.press(*["n"] * (count - 1 - current))
        assert "n next result   esc results" in reader.footer
        await reader.press("n")
        assert "result 2/6 · match 1/" in reader.footer
        await reader.press("N")
        assert f"result 1/6 · match {count}/{count}" in reader.footer


async def test_escape_returns_to_the_results_then_home(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await reader.press("space")
        before = (reader.open_story, reader.screen.story_view.scroll_y, reader.screen.pane)
        await search_for(reader, "rivers", "6 stories")
        await reader.press("enter", "J", "J")
        open_key = reader.screen.session.rows[2].key
        await reader.press("escape")
        selected = search_screen(reader).hit_list.selected_hit
        assert selected
        assert selected[0].key == open_key
        await reader.press("escape")
        assert (reader.open_story, reader.screen.story_view.scroll_y, reader.screen.pane) == before
        assert reader.screen.session.reading_list is None
        assert not reader.screen.matches.matches


async def test_results_are_listed_and_read_in_order(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        library.mark(["lake", "pond"], read=True)
        await search_for(reader, "rivers", "6 stories")
        await reader.press("enter")
        assert any("Search: rivers" in line for line in reader.list_lines)
        await reader.press("G", "space")
        assert "result 2/6" in reader.footer


async def test_the_list_gets_results_not_loaded_yet(library: Library) -> None:
    issues = [make_issue(f"k{n}", number=100 + n) for n in range(70)]
    async with run_reader(store_issues(library, issues)) as reader:
        await search_for(reader, "says", "70 stories")
        await reader.press("enter")
        await reader.wait_until(lambda: "/70" in reader.footer)
