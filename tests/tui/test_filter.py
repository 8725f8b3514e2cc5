from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.library.rows import matches_filter
from importai_tui.tui.reading.panes import Pane
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def issues(reader: RunningReader) -> list[str]:
    return [head.ref for head in reader.screen.session.filter_issues()]


async def press(reader: RunningReader, *keys: str) -> None:
    await reader.type(*keys)


@pytest.mark.parametrize(
    ("words", "there"), [("river", True), ("RIVER 402", True), ("rivers lake", False), ("", True), ("[a]", False)]
)
def test_every_word_must_be_there_whatever_its_capitals(words: str, there: bool) -> None:
    assert matches_filter(("402", "Counting Rivers"), words) is there


async def test_the_list_narrows_as_one_types_and_escape_brings_it_back_with_the_cursor(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await press(reader, "h", "j")
        whole, cursor = issues(reader), reader.screen.story_list.cursor
        assert len(whole) > 1
        await press(reader, "f", *"11")
        assert issues(reader) == ["11"]
        assert not any("Starred" in line for line in reader.list_lines)
        await press(reader, "escape")
        assert issues(reader) == whole
        assert reader.screen.story_list.cursor == cursor
        assert any("Starred" in line for line in reader.list_lines)


async def test_the_links_narrow_where_one_is_there_and_escape_brings_them_back(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        links = reader.screen.link_list
        whole = links.shown_links
        await press(reader, "l", "j", "f", *"counting")
        assert [link.n for link in links.shown_links] == [2]
        assert "1 link" in reader.screen_text()
        await press(reader, "enter", "enter")
        assert reader.browser.opened_urls == ["https://example.org/2"]
        await press(reader, "escape")
        assert (links.shown_links, reader.screen.pane) == (whole, Pane.LINKS)
        await press(reader, "f", *"nothing like it", "escape")
        assert links.shown_links == whole


async def test_a_filter_that_was_kept_is_what_is_shown_and_marked(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        unread = reader.screen.session.index.unread_count
        of_11 = next(head.unread_count for head in reader.screen.session.index.rows if head.ref == "11")
        await press(reader, "f", *"11", "enter", "A")
        reader.clock.now += 1
        await press(reader, "y")
        assert reader.screen.session.index.unread_count == unread - of_11
        await press(reader, "escape")
        assert len(issues(reader)) > 1


async def test_a_walk_is_narrowed_to_the_stories_that_hold_the_words(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await press(reader, "h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await press(reader, "f", *"lake", "enter")
        assert [head.key for head in reader.screen.session.rows] == ["lake"]
        await press(reader, "escape")
        assert len(reader.screen.session.rows) == 3


async def test_a_list_that_stays_narrowed_says_so_first(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await press(reader, "h", "f", *"11", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all issues"
        assert "narrowed to: 11" in reader.footer
        assert "? help" in reader.footer
        await press(reader, "escape")
        assert "narrowed" not in reader.footer
        await press(reader, "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await press(reader, "f", *"lake", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all stories"
        await press(reader, "escape", "l", "l", "f", *"one", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all links"
        assert "narrowed to: one" in reader.footer
        assert reader.footer.count("esc") == 1
        await press(reader, "escape")
        assert "narrowed" not in reader.footer


async def test_a_walk_that_was_left_is_narrowed_no_more_and_does_not_come_back(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await press(reader, "h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await press(reader, "f", *"lake", "enter", "]")
        assert reader.screen.session.reading_list is None
        assert "narrowed" not in reader.footer
        await press(reader, "escape")
        assert reader.screen.session.reading_list is None
