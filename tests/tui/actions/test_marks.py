"""Actions that mark stories, and that undo and redo changes."""

from __future__ import annotations

from importai_tui.library.library import Library
from tests.tui.sample_app import (
    run_reader,
    store_issues,
)


async def test_undone_marks_are_not_set_again_by_the_timer(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("r")
        assert library.state.is_read("rivers")
        await reader.press("u")
        assert not library.state.is_read("rivers")
        assert reader.last_notice.startswith("Undid")
        await reader.advance_clock(120)
        assert not library.state.is_read("rivers")
        await reader.press("ctrl+r")
        assert library.state.is_read("rivers")
        await reader.press("u", "u")
        assert reader.last_notice == "Nothing to undo"


async def test_a_whole_issue_is_marked_read_and_unread(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("R")
        assert [row.unread_count for row in library.get_issue_rows()] == [0, 2, 1]
        await reader.press("R")
        assert [row.unread_count for row in library.get_issue_rows()] == [3, 2, 1]


async def test_all_stories_are_marked_only_after_confirmation(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("A")
        await reader.pilot.pause()
        assert "Mark all 6 listed stories as read?" in reader.screen_text()
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


async def test_undo_shows_the_headline_of_a_single_story(library: Library) -> None:
    store_issues(library).mark(["lake"], starred=True)
    headline = library.archive.get_headline("lake")
    async with run_reader(library, "12/1") as reader:
        await reader.press("u")
        assert reader.last_notice == f"Undid: star on “{headline}”"


async def test_undo_updates_issues_that_are_not_open(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("R", "]", "u")
        assert [row.unread_count for row in reader.screen.session.index.rows] == [3, 2, 1]
        assert "6 unread" in reader.screen_text()
        await reader.press("ctrl+r")
        assert [row.unread_count for row in reader.screen.session.index.rows] == [0, 2, 1]


async def test_undo_reverts_the_star_not_the_automatic_mark(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("s")
        await reader.advance_clock(20)
        assert library.state.is_read("rivers")
        await reader.press("u")
        assert reader.last_notice == f"Undid: star on “{library.archive.get_headline('rivers')}”"
        assert library.state.is_read("rivers")
        await reader.press("ctrl+r")
        assert library.state.is_starred("rivers")
        await reader.press("u", "u")
        assert reader.last_notice == "Nothing to undo"


async def test_an_automatic_mark_is_undone_by_name(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.advance_clock(20)
        await reader.type(":", *"mark.undo_read", "enter")
        assert not library.state.is_read("rivers")
        assert reader.last_notice.startswith("Marked “")
        await reader.advance_clock(60)
        assert not library.state.is_read("rivers")
        await reader.press("u")
        assert library.state.is_read("rivers")
        await reader.press("ctrl+r")
        await reader.type(":", *"mark.undo_read", "enter")
        assert reader.last_notice == "No story was marked read automatically"
