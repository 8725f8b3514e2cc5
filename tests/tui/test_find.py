from __future__ import annotations

from dataclasses import replace

import pytest
from textual.color import Color
from textual.content import Content

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.model import Paragraph, Span
from importai_tui.tui.actions.find import find_first_from, find_matches
from importai_tui.tui.reading.matches import Match
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.widgets.annotations import SearchableText
from importai_tui.tui.widgets.story_render import RenderedBlock, render_spans
from tests.tui.live_updates import check_for_changes, store_edited
from tests.tui.sample_app import RunningReader, run_reader, sample_issues, store_issues


def places(text: str, typed: str) -> list[str]:
    """What is found in a text, as it stands there."""
    return [text[start:end] for start, end in SearchableText(Content(text)).find_all(typed)]


@pytest.mark.parametrize(
    ("text", "typed", "wanted"),
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
def test_what_is_typed_is_found_as_plain_words(text: str, typed: str, wanted: list[str]) -> None:
    assert places(text, typed) == wanted


def test_the_number_of_a_link_does_not_come_between_words() -> None:
    drawn = render_spans((Span("the "), Span("rivers", link=1), Span(" and lakes")))
    ((start, end),) = SearchableText(drawn).find_all("rivers and")
    assert drawn.plain[start:end] == "rivers¹ and"


def test_one_begins_at_the_first_match_that_is_not_above_the_page() -> None:
    texts = [Content("one otter"), Content("an otter and an otter"), Content("otter")]
    matches = find_matches([SearchableText(text) for text in texts], "otter")
    pieces = [RenderedBlock("paragraph", text, text.plain) for text in texts]
    spots = (
        ScrollPosition(),
        ScrollPosition(1),
        ScrollPosition(1, 0.5),
        ScrollPosition(2),
        ScrollPosition(2, 0.9),
        ScrollPosition(9),
    )
    assert [find_first_from(matches, pieces, spot) for spot in spots] == [0, 1, 2, 3, 0, 0]


async def type_in(reader: RunningReader, *keys: str) -> None:
    """Keys that leave the line open."""
    await reader.pilot.press(*keys)
    await reader.pilot.pause()


def present(reader: RunningReader) -> str:
    """The words that the reader is at, as they are seen on the screen."""
    mark = Color.parse(reader.app.theme_variables["mark"]).rich_color
    styled = ((part.text, part.style) for strip in reader.app.screen._compositor.render_strips() for part in strip)
    return "".join(text for text, style in styled if style and style.reverse and style.color == mark)


@pytest.mark.parametrize("size", [(140, 40), (40, 12)])
async def test_words_light_up_as_one_types_and_escape_leads_back(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), "12/2", size=size) as reader:
        await reader.press("space")
        spot, line = reader.screen.story_view.scroll_position, reader.screen.story_view.scroll_y
        await type_in(reader, "/", *"ph", "space", *"19")
        assert "1 of 1" in reader.footer
        assert present(reader) == "ph 19"
        await type_in(reader, "x")
        assert "no match" in reader.footer
        assert reader.screen.story_view.scroll_y == line
        await type_in(reader, "backspace", "escape")
        assert isinstance(reader.app.screen, ReadingScreen)
        assert (reader.screen.story_view.scroll_position, reader.screen.story_view.scroll_y, present(reader)) == (
            spot,
            line,
            "",
        )


async def test_matches_that_are_kept_are_walked_through_and_put_away_before_anything_else(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await type_in(reader, "/", *"ph", "enter")
        assert "match 1 of 20: ph" in reader.footer
        await type_in(reader, "N", "N")
        assert "match 19 of 20" in reader.footer
        assert "Paragraph 19." in reader.screen_text()
        # It is the reader who scrolls that keeps a place in the story, and reaches its end.
        assert not reader.screen.story_view.has_scrolled
        await type_in(reader, "n", "n", "n")
        assert "match 2 of 20" in reader.footer
        await type_in(reader, "escape")
        assert present(reader) == ""
        assert "n next unread" in reader.footer
        await type_in(reader, "n")
        assert reader.open_story == ("12", 3)


async def test_the_line_comes_back_with_what_was_found_last_and_not_with_what_was_not(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await type_in(reader, "/", *"h", "space", *"12", "enter")
        await type_in(reader, "/", *"otterbahn", "enter")
        assert reader.last_notice == "This story has no “otterbahn”."
        await type_in(reader, "/")
        assert "h 12" in reader.screen_text().splitlines()[-1]
        await type_in(reader, "enter")
        assert present(reader) == "h 12"


async def test_matches_outlive_every_redraw_and_no_other_story(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await type_in(reader, "/", *"h", "space", *"12", "enter")
        library.tag(["canal"], "water")
        reader.screen.redraw_annotations()
        await type_in(reader, "<", "T")
        assert present(reader) == "h 12"
        await type_in(reader, "]")
        assert reader.screen.matches.matches == ()
        await type_in(reader, "/", "enter")
        assert present(reader) == "h 12"


async def test_a_match_whose_words_are_edited_is_none_and_the_others_stay(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await type_in(reader, "/", *"ph", "enter", "n")
        issue = sample_issues()[2]
        one, two, three = issue.stories
        edited = replace(two, blocks=(Paragraph((Span("Other words."),)), *two.blocks[1:]))
        store_edited(other, replace(issue, stories=(one, edited, three)))
        await check_for_changes(reader)
        assert "match 1 of 19" in reader.footer
        assert present(reader) == "ph"


async def test_a_story_may_be_opened_at_its_matches(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        reader.screen.open_story("12", 2)
        reader.screen.matches.show_matches([Match(12, 0, 9), Match(3, 0, 9)], at=1)
        await reader.pilot.pause()
        assert present(reader) == "Paragraph"
        assert [line[:15] for line in reader.screen_text().splitlines()][5] == " Paragraph 11. "
        await type_in(reader, "n")
        assert "Paragraph 2." in reader.screen_text()
