"""Actions that move between stories, issues and panes, and through the visit history."""

from __future__ import annotations

from importai_tui.library.library import Library
from tests.tui.sample_app import run_reader, store_issues

SMALL = (80, 24)


async def test_back_and_forward_restore_scroll_positions_after_a_restart(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=SMALL) as reader:
        await reader.press("space", "space")
        position = reader.screen.story_view.scroll_position
        # A preview is not a visit.
        await reader.press("h", "j")
        await reader.pilot.pause(0.2)
        assert reader.open_story == ("12", 3)
        await reader.press("]", "alt+left")
        assert reader.open_story == ("12", 2)
        await reader.pilot.pause(0.05)
        assert reader.screen.story_view.scroll_position == position
        await reader.press("H")
        assert reader.last_notice == "No story to go back to"
        await reader.press("ctrl+q")
    # The next story has another key after the restart, at the same position.
    library.state.save_value("history", (library.state.load_value("history") or "").replace('"lake"', '"mere"'))
    async with run_reader(library, size=SMALL) as reader:
        assert reader.open_story == ("12", 2)
        await reader.press("L")
        assert reader.open_story == ("11", 1)
        await reader.press("H")
        assert reader.open_story == ("12", 2)
        await reader.press("L")
        await reader.press("K", "L")
        assert reader.last_notice == "No story to go forward to"
        assert reader.open_story == ("12", 3)


async def test_the_list_of_visited_stories_is_filtered_and_opened(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        await reader.press("J", "]", "h")
        await reader.pilot.press("ctrl+o")
        await reader.pilot.pause()
        rows = [line.split() for line in reader.screen_text().splitlines()]
        assert [row[:2] for row in rows if "long" in row or "River" in row] == [
            ["today", "A"],
            ["The", "River"],
            ["A", "long"],
        ]
        # The cursor is on the story before the open one.
        await reader.pilot.press("enter")
        await reader.pilot.pause()
        assert reader.open_story == ("12", 3)
        await reader.pilot.press("ctrl+o", *"LO", "space", *"nal", "enter")
        await reader.pilot.pause()
        assert reader.open_story == ("12", 2)


async def test_next_story_crosses_issues(library: Library) -> None:
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
        assert reader.last_notice == "This is the newest issue"


async def test_the_next_unread_story_may_be_in_another_issue(library: Library) -> None:
    store_issues(library).mark(["canal", "delta", "lake"], read=True)
    async with run_reader(library, "12/1") as reader:
        await reader.press("n")
        assert reader.open_story == ("11", 2)
        await reader.press("N")
        assert reader.open_story == ("12", 1)


async def test_enter_and_escape_move_between_the_panes(library: Library) -> None:
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


async def test_space_at_the_end_marks_the_story_read(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        for _ in range(30):
            if reader.open_story != ("12", 2):
                break
            await reader.press("space")
        assert reader.open_story == ("12", 3)
        assert library.state.is_read("canal")
        assert not library.state.is_read("delta")


async def test_zen_is_saved(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("z")
    async with run_reader(library) as reader:
        assert not reader.screen.story_list.display
        await reader.press("z")
    async with run_reader(library) as reader:
        assert reader.screen.story_list.display


async def test_hidden_links_stay_hidden_after_a_restart(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        assert reader.screen.query_one("#links").display
        await reader.press("P", "P")
        assert not reader.screen.query_one("#links").display
    async with run_reader(library, "12/1") as reader:
        assert not reader.screen.query_one("#links").display
        await reader.press("P", "escape")
        assert reader.screen.query_one("#links").display


async def test_a_narrow_window_does_not_save_hidden_links(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=SMALL) as reader:
        await reader.press("P", "P")
    assert library.state.load_value("links") is None
