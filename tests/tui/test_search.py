from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events

from importai_tui.library.library import Library
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.search.screen import SearchScreen
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def shown(reader: RunningReader) -> SearchScreen:
    """The search, which lies over the page."""
    screen = reader.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def headlines(reader: RunningReader) -> list[str]:
    """Of what is found."""
    answer = shown(reader)._results.result
    return [found.headline for found in answer.hits] if answer else []


def is_told(reader: RunningReader, words: str) -> Callable[[], bool]:
    """Whether the line beneath the typed one says so."""
    return lambda: words in reader.screen_text()


async def look_for(reader: RunningReader, line: str, told: str) -> None:
    """Opens the search if it is not, puts the line in, and waits for what is told of it."""
    if not isinstance(reader.app.screen, SearchScreen):
        await reader.press("F")
    shown(reader).line.value = line
    shown(reader).line.cursor_position = len(line)
    await reader.wait_until(is_told(reader, told))


async def test_a_story_that_was_found_is_opened_at_the_passage_with_the_matches_lit(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await reader.press("F", *"twice")
        await reader.wait_until(is_told(reader, "One story."))
        assert headlines(reader) == ["Machines learn to count rivers"]
        assert "They count twice" in reader.screen_text()
        await reader.press("enter")
        assert reader.open_story == ("12", 1)
        assert reader.screen.pane is Pane.STORY
        (match,) = reader.screen.matches.matches
        assert reader.screen.pieces[match.piece].plain[match.start : match.end] == "twice"


async def test_the_first_match_is_the_one_that_the_excerpt_has_shown(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1", size=(80, 24)) as reader:
        await look_for(reader, '"paragraph 9"', "4 stories")
        await reader.press("down", "enter")
        match = reader.screen.matches.matches[reader.screen.matches.present]
        assert reader.screen.pieces[match.piece].plain.startswith("Paragraph 9.")
        assert "Paragraph 9." in reader.screen_text()


async def test_leaving_a_search_leads_back_to_where_one_was(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await reader.press("space")
        before = (reader.open_story, reader.screen.story_view.scroll_y, reader.screen.pane, reader.screen_text())
        await look_for(reader, "rivers", "6 stories, the best first.")
        await reader.press("down", "escape")
        assert (
            reader.open_story,
            reader.screen.story_view.scroll_y,
            reader.screen.pane,
            reader.screen_text(),
        ) == before


async def test_a_search_is_found_again_as_it_was_left_and_typing_begins_anew(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await look_for(reader, "rivers", "6 stories, the best first.")
        await reader.press("down", "down", "down", "down", "down")
        left = (
            headlines(reader),
            shown(reader).hit_list.cursor,
            shown(reader).hit_list.scroll_y,
            reader.screen_text().splitlines()[3:],
        )
        assert left[1] == 5
        await reader.press("enter")
        await reader.press("F")
        again = (headlines(reader), shown(reader).hit_list.cursor, shown(reader).hit_list.scroll_y)
        assert again == left[:3]
        await reader.press("t")
        assert shown(reader).line.value == "t"
        await reader.press("backspace")
        await reader.wait_until(lambda: "Searched before" in reader.screen_text())
        assert "is:unread" in reader.screen_text()
        await reader.press("enter")
        assert shown(reader).line.value == "rivers"


async def test_tab_completes_the_word_and_takes_what_was_meant(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("F")
        shown(reader).line.value = "is:"
        await reader.pilot.press("end", "tab")
        await reader.wait_until(lambda: shown(reader).line.value == "is:unread")
        await reader.press("tab", "tab")
        assert shown(reader).line.value == "is:starred"
        await reader.press("shift+tab", "shift+tab")
        await reader.wait_until(lambda: len(headlines(reader)) == 6)
        await look_for(reader, "is:unred -in:tals", "Did you mean is:unread?")
        await reader.press("tab")
        await reader.wait_until(lambda: shown(reader).line.value == "is:unread -in:tales")
        await look_for(reader, "machnies", "Did you mean machines?")
        await reader.press("tab")
        await reader.wait_until(lambda: shown(reader).line.value == "machines" and headlines(reader))


async def test_tab_goes_on_to_what_a_field_takes(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("F", "h", "a")
        await reader.pilot.press("tab")
        await reader.wait_until(lambda: shown(reader).line.value == "has:")
        await reader.pilot.press("tab")
        await reader.wait_until(lambda: shown(reader).line.value == "has:paper")
        await reader.press("tab")
        assert shown(reader).line.value == "has:code"


async def test_enter_opens_what_the_newest_line_finds(library: Library) -> None:
    async with run_reader(store_issues(library), "10/1") as reader:
        await look_for(reader, "paragraph", "4 stories")
        shown(reader).line.value = "deltas"
        shown(reader).on_input_submitted()
        await reader.wait_until(lambda: not isinstance(reader.app.screen, SearchScreen))
        assert reader.open_story == ("12", 3)


async def test_a_bar_narrows_the_search_to_its_time(library: Library) -> None:
    async with run_reader(store_issues(library), size=(60, 16)) as reader:
        await look_for(reader, "rivers", "6 stories")
        await reader.press("ctrl+t")
        await reader.wait_until(is_told(reader, "2025-Q1  5 of 5 stories"))
        await reader.press("left", "enter")
        assert shown(reader).line.value == "rivers after:2024-10 before:2025-01"
        await reader.wait_until(is_told(reader, "One story."))
        await reader.press("escape", "escape")
        assert not shown(reader).trend_chart.display
        assert shown(reader).line.has_focus


@pytest.mark.parametrize("key", ["escape", "backspace"])
async def test_a_bar_that_was_chosen_is_taken_back_at_the_bars(library: Library, key: str) -> None:
    async with run_reader(store_issues(library)) as reader:
        await look_for(reader, "rivers year:2020..", "6 stories")
        await reader.press("ctrl+t")
        await reader.wait_until(is_told(reader, "2025-Q1  5 of 5 stories"))
        await reader.press("enter")
        assert shown(reader).line.value == "rivers after:2025-01 before:2025-04"
        assert "esc all times again" in reader.footer
        await reader.press(key)
        assert shown(reader).line.value == "rivers year:2020.."
        assert shown(reader).trend_chart.has_focus
        assert "esc put away" in reader.footer


async def test_the_trend_that_is_asked_for_while_one_types_comes_with_the_answer(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("F")
        for key in (*"rivers", "ctrl+t"):
            reader.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await reader.wait_until(is_told(reader, "2025-Q1  5 of 5 stories"))
        assert shown(reader).line.value == "rivers"
        assert shown(reader).trend_chart.has_focus


async def test_a_search_is_saved_under_a_name(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("h", "slash")
        await look_for(reader, "rivers", "6 stories")
        await reader.pilot.press("ctrl+s", "ctrl+u", *"Water", "enter")
        await reader.press("escape")
        assert "Water" in reader.screen_text()
