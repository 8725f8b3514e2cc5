"""Actions that find words in the open story and filter the lists."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.color import Color
from textual.content import Content

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.library.rows import matches_filter
from importai_tui.model import Paragraph, Span
from importai_tui.tui.actions.find import find_first_from, find_matches
from importai_tui.tui.reading.matches import Match
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.widgets.annotations import SearchableText
from importai_tui.tui.widgets.story_render import RenderedBlock, render_spans
from tests.tui.live_updates import check_for_changes, store_edited
from tests.tui.sample_app import RunningReader, run_reader, sample_issues, store_issues


def find_texts(text: str, typed: str) -> list[str]:
    """Return the texts of all matches."""
    return [text[start:end] for start, end in SearchableText(Content(text)).find_all(typed)]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Otters, otters.", "otter", ["Otter", "otter"]),
        ("Otters, otters.", "Otter", ["Otter"]),
        ("deep\n  water", " deep  water ", ["deep\n  water"]),
        ("it’s “deep” – low", 'it\'s "deep" - low', ["it’s “deep” – low"]),
        ("a.b (axb)", "a.b", ["a.b"]),
        ("Die STRASSE, die Straße", "strasse", ["STRASSE", "Straße"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("words", "  ", []),
        ("The use; of the use  of it", "the use of", ["the use  of"]),
        ("Une idée, idee, ide\u0301e.", "idee", ["idée", "idee", "ide\u0301e"]),
        ("Cafe\u0301.", "café", ["Cafe\u0301"]),
        ("Malmö, MALMO", "Malmo", ["Malmö"]),
    ],
)
def test_typed_words_match_the_text(text: str, typed: str, expected: list[str]) -> None:
    assert find_texts(text, typed) == expected


def test_link_numbers_do_not_interrupt_a_match() -> None:
    drawn = render_spans((Span("the "), Span("rivers", link=1), Span(" and lakes")))
    ((start, end),) = SearchableText(drawn).find_all("rivers and")
    assert drawn.plain[start:end] == "rivers¹ and"


def test_the_first_match_is_not_above_the_page() -> None:
    texts = [Content("one otter"), Content("an otter and an otter"), Content("otter")]
    matches = find_matches([SearchableText(text) for text in texts], "otter")
    blocks = [RenderedBlock("paragraph", text) for text in texts]
    positions = (
        ScrollPosition(),
        ScrollPosition(1),
        ScrollPosition(1, 0.5),
        ScrollPosition(2),
        ScrollPosition(2, 0.9),
        ScrollPosition(9),
    )
    assert [find_first_from(matches, blocks, position) for position in positions] == [0, 1, 2, 3, 0, 0]


async def press_keys(reader: RunningReader, *keys: str) -> None:
    """Press keys, some of which open the find bar."""
    await reader.pilot.press(*keys)
    await reader.pilot.pause()


def current_match(reader: RunningReader) -> str:
    """Return the current match as the screen shows it."""
    mark = Color.parse(reader.app.theme_variables["mark"]).rich_color
    styled = ((part.text, part.style) for strip in reader.app.screen._compositor.render_strips() for part in strip)
    return "".join(text for text, style in styled if style and style.reverse and style.color == mark)


@pytest.mark.parametrize("size", [(140, 40), (40, 12)])
async def test_matches_are_highlighted_while_typing_until_escape(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), "12/2", size=size) as reader:
        await reader.press("space")
        position, line = reader.screen.story_view.scroll_position, reader.screen.story_view.scroll_y
        await press_keys(reader, "/", *"ph", "space", *"19")
        assert "1 of 1" in reader.footer
        assert current_match(reader) == "ph 19"
        await press_keys(reader, "x")
        assert "no match" in reader.footer
        assert reader.screen.story_view.scroll_y == line
        await press_keys(reader, "backspace", "escape")
        assert isinstance(reader.app.screen, ReadingScreen)
        assert (reader.screen.story_view.scroll_position, reader.screen.story_view.scroll_y, current_match(reader)) == (
            position,
            line,
            "",
        )


async def test_keys_move_through_matches_until_escape(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await press_keys(reader, "/", *"ph", "enter")
        assert "match 1 of 20: ph" in reader.footer
        await press_keys(reader, "N", "N")
        assert "match 19 of 20" in reader.footer
        assert "Paragraph 19." in reader.screen_text()
        # Only scrolling by the user saves a position and reaches the end.
        assert not reader.screen.story_view.has_scrolled
        await press_keys(reader, "n", "n", "n")
        assert "match 2 of 20" in reader.footer
        await press_keys(reader, "escape")
        assert current_match(reader) == ""
        assert "n next unread" in reader.footer
        await press_keys(reader, "n")
        assert reader.open_story == ("12", 3)


async def test_the_find_bar_offers_the_last_found_words(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await press_keys(reader, "/", *"h", "space", *"12", "enter")
        await press_keys(reader, "/", *"otterbahn", "enter")
        assert reader.last_notice == "“otterbahn” is not in this story"
        await press_keys(reader, "/")
        assert "h 12" in reader.screen_text().splitlines()[-1]
        await press_keys(reader, "enter")
        assert current_match(reader) == "h 12"


async def test_matches_survive_redraws_but_not_another_story(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await press_keys(reader, "/", *"h", "space", *"12", "enter")
        library.tag(["canal"], "water")
        reader.screen.redraw_annotations()
        await press_keys(reader, "<", "T")
        assert current_match(reader) == "h 12"
        await press_keys(reader, "]")
        assert reader.screen.matches.matches == ()
        await press_keys(reader, "/", "enter")
        assert current_match(reader) == "h 12"


async def test_an_edit_removes_only_matches_in_changed_text(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await press_keys(reader, "/", *"ph", "enter", "n")
        issue = sample_issues()[2]
        one, two, three = issue.stories
        edited = replace(two, blocks=(Paragraph((Span("Other words."),)), *two.blocks[1:]))
        store_edited(other, replace(issue, stories=(one, edited, three)))
        await check_for_changes(reader)
        assert "match 1 of 19" in reader.footer
        assert current_match(reader) == "ph"


async def test_a_story_can_be_opened_at_a_match(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        reader.screen.open_story("12", 2)
        reader.screen.matches.show_matches([Match(12, 0, 9), Match(3, 0, 9)], at=1)
        await reader.pilot.pause()
        assert current_match(reader) == "Paragraph"
        assert [line[:15] for line in reader.screen_text().splitlines()][4] == " Paragraph 11. "
        await press_keys(reader, "n")
        assert "Paragraph 2." in reader.screen_text()


def filtered_refs(reader: RunningReader) -> list[str]:
    return [row.ref for row in reader.screen.session.filter_issues()]


async def type_keys(reader: RunningReader, *keys: str) -> None:
    await reader.type(*keys)


@pytest.mark.parametrize(
    ("words", "matches"), [("river", True), ("RIVER 402", True), ("rivers lake", False), ("", True), ("[a]", False)]
)
def test_a_filter_needs_every_word_in_any_case(words: str, matches: bool) -> None:
    assert matches_filter(("402", "Counting Rivers"), words) is matches


async def test_escape_ends_the_filter_and_restores_the_cursor(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await type_keys(reader, "h", "j")
        whole, cursor = filtered_refs(reader), reader.screen.story_list.cursor
        assert len(whole) > 1
        await type_keys(reader, "f", *"11")
        assert filtered_refs(reader) == ["11"]
        assert not any("Unread" in line for line in reader.list_lines)
        await type_keys(reader, "escape")
        assert filtered_refs(reader) == whole
        assert reader.screen.story_list.cursor == cursor
        assert any("Unread" in line for line in reader.list_lines)


async def test_focused_links_are_filtered_until_escape(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        links = reader.screen.link_list
        whole = links.shown_links
        await type_keys(reader, "l", "j", "f", *"counting")
        assert [link.n for link in links.shown_links] == [2]
        assert "1 link" in reader.screen_text()
        await type_keys(reader, "enter", "enter")
        assert reader.browser.opened_urls == ["https://example.org/2"]
        await type_keys(reader, "escape")
        assert (links.shown_links, reader.screen.pane) == (whole, Pane.LINKS)
        await type_keys(reader, "f", *"nothing like it", "escape")
        assert links.shown_links == whole


async def test_mark_all_read_respects_the_filter(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        unread = reader.screen.session.index.unread_count
        of_11 = next(row.unread_count for row in reader.screen.session.index.rows if row.ref == "11")
        await type_keys(reader, "f", *"11", "enter", "A")
        reader.clock.now += 1
        await type_keys(reader, "y")
        assert reader.screen.session.index.unread_count == unread - of_11
        await type_keys(reader, "escape")
        assert len(filtered_refs(reader)) > 1


async def test_a_reading_list_is_filtered(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await type_keys(reader, "f", *"lake", "enter")
        assert [row.key for row in reader.screen.session.rows] == ["lake"]
        await type_keys(reader, "escape")
        assert len(reader.screen.session.rows) == 3


async def test_the_footer_shows_the_filter_first(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "h", "f", *"11", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all issues"
        assert "filter: 11" in reader.footer
        assert "? help" in reader.footer
        await type_keys(reader, "escape")
        assert "filter:" not in reader.footer
        await type_keys(reader, "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await type_keys(reader, "f", *"lake", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all stories"
        await type_keys(reader, "escape", "l", "l", "f", *"one", "enter")
        assert reader.footer.split("   ")[0].strip() == "esc all links"
        assert "filter: one" in reader.footer
        assert reader.footer.count("esc") == 1
        await type_keys(reader, "escape")
        assert "filter:" not in reader.footer


async def test_leaving_a_reading_list_ends_its_filter(library: Library) -> None:
    store_issues(library).mark(["rivers", "lake", "old"], starred=True)
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "h", "g", "j", "enter")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await type_keys(reader, "f", *"lake", "enter", "]")
        assert reader.screen.session.reading_list is None
        assert "filter:" not in reader.footer
        await type_keys(reader, "escape")
        assert reader.screen.session.reading_list is None
