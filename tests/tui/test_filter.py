from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.library.rows import holds
from importai_tui.tui.reading.panes import Pane
from tests.tui.made import Reader, fill, reading


def issues(reader: Reader) -> list[str]:
    return [head.ref for head in reader.desk.session.shown_issues()]


async def press(reader: Reader, *keys: str) -> None:
    await reader.type(*keys)


@pytest.mark.parametrize(
    ("words", "there"), [("river", True), ("RIVER 402", True), ("rivers lake", False), ("", True), ("[a]", False)]
)
def test_every_word_must_be_there_whatever_its_capitals(words: str, there: bool) -> None:
    assert holds(("402", "Counting Rivers"), words) is there


async def test_the_list_narrows_as_one_types_and_escape_brings_it_back_with_the_cursor(library: Library) -> None:
    async with reading(fill(library), "12/2") as reader:
        await press(reader, "h", "j")
        whole, cursor = issues(reader), reader.desk.story_list.cursor
        assert len(whole) > 1
        await press(reader, "f", *"11")
        assert issues(reader) == ["11"]
        assert not any("Starred" in line for line in reader.lines)
        await press(reader, "escape")
        assert issues(reader) == whole
        assert reader.desk.story_list.cursor == cursor
        assert any("Starred" in line for line in reader.lines)


async def test_the_links_narrow_where_one_is_there_and_escape_brings_them_back(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        links = reader.desk.link_list
        whole = links.shown_links
        await press(reader, "l", "j", "f", *"counting")
        assert [link.n for link in links.shown_links] == [2]
        assert "1 link" in reader.text()
        await press(reader, "enter", "enter")
        assert reader.browser.asked == ["https://example.org/2"]
        await press(reader, "escape")
        assert (links.shown_links, reader.desk.pane) == (whole, Pane.LINKS)
        await press(reader, "f", *"nothing like it", "escape")
        assert links.shown_links == whole


async def test_a_filter_that_was_kept_is_what_is_shown_and_marked(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        unread = reader.desk.session.index.unread
        of_11 = next(head.unread for head in reader.desk.session.index.heads if head.ref == "11")
        await press(reader, "f", *"11", "enter", "A")
        reader.clock.now += 1
        await press(reader, "y")
        assert reader.desk.session.index.unread == unread - of_11
        await press(reader, "escape")
        assert len(issues(reader)) > 1


async def test_a_walk_is_narrowed_to_the_stories_that_hold_the_words(library: Library) -> None:
    fill(library).mark(["rivers", "lake", "old"], starred=True)
    async with reading(library, "12/1") as reader:
        await press(reader, "h", "g", "j", "enter")
        await reader.until(lambda: reader.desk.session.reading_list)
        await press(reader, "f", *"lake", "enter")
        assert [head.key for head in reader.desk.session.rows] == ["lake"]
        await press(reader, "escape")
        assert len(reader.desk.session.rows) == 3


async def test_a_list_that_stays_narrowed_says_so_first(library: Library) -> None:
    fill(library).mark(["rivers", "lake", "old"], starred=True)
    async with reading(library, "12/1") as reader:
        await press(reader, "h", "f", *"11", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all issues"
        assert "narrowed to: 11" in reader.footer
        assert "? help" in reader.footer
        await press(reader, "escape")
        assert "narrowed" not in reader.footer
        await press(reader, "g", "j", "enter")
        await reader.until(lambda: reader.desk.session.reading_list)
        await press(reader, "f", *"lake", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all stories"
        await press(reader, "escape", "l", "l", "f", *"one", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all links"
        assert "narrowed to: one" in reader.footer
        assert reader.footer.count("esc") == 1
        await press(reader, "escape")
        assert "narrowed" not in reader.footer


async def test_a_walk_that_was_left_is_narrowed_no_more_and_does_not_come_back(library: Library) -> None:
    fill(library).mark(["rivers", "lake", "old"], starred=True)
    async with reading(library, "12/1") as reader:
        await press(reader, "h", "g", "j", "enter")
        await reader.until(lambda: reader.desk.session.reading_list)
        await press(reader, "f", *"lake", "enter", "]")
        assert reader.desk.session.reading_list is None
        assert "narrowed" not in reader.footer
        await press(reader, "escape")
        assert reader.desk.session.reading_list is None
