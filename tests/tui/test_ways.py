"""The ways of reading, as one uses them: catching up, the book of tales, skimming, and the line of commands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.model import WORDS_A_MINUTE, Issue
from importai_tui.tui.reading.footer_content import format_remaining
from importai_tui.tui.reading.panes import Pane
from tests.tui.made import fill, long_story, made_issues, reading, tale


def with_tales() -> list[Issue]:
    """Four issues of which the two oldest have a tale too, and of one of these no date is known."""
    oldest, older, *newer = made_issues()
    undated = replace(older, date=None, stories=(*older.stories, replace(tale("ford", 3), headline="The Ford")))
    return [replace(oldest, stories=(*oldest.stories, replace(tale("well", 2), headline="The Well"))), undated, *newer]


@pytest.mark.parametrize(
    ("stories", "words", "brief", "told"),
    [
        (0, 0, False, "all caught up"),
        (1, 0, False, "1 story left, 1 min"),
        (12, WORDS_A_MINUTE * 14, False, "12 stories left, 14 min"),
        (12, WORDS_A_MINUTE * 65, True, "12 left, 1 h 05 min"),
        (2190, WORDS_A_MINUTE * 60 * 71, False, "2,190 stories left, 71 h 00 min"),
    ],
)
def test_what_is_left_is_told_in_stories_and_minutes(stories: int, words: int, brief: bool, told: str) -> None:
    assert format_remaining(stories, words, brief=brief) == told


async def test_one_catches_up_from_the_oldest_unread_story_to_the_last(library: Library) -> None:
    fill(library, [*made_issues(), Issue(13, "i13", "Import AI 13: Springs", "2025-01-19", None, (tale("spring", 1),))])
    async with reading(library, "12/2", size=(120, 30)) as reader:
        await reader.press("c")
        assert reader.at == ("10", 1)
        assert "7 stories left" in reader.footer
        assert "c end catch-up" in reader.footer
        seen = []
        for _ in range(7):
            seen.append(reader.at)
            await reader.press("G", "space")
        assert seen == [("10", 1), ("11", 1), ("11", 2), ("12", 1), ("12", 2), ("12", 3), ("13", 1)]
        assert reader.said == "That was the last unread story: you have caught up."
        assert "all caught up" in reader.footer
        assert not library.next_unread(None)
        await reader.press("c", "c")
        assert reader.said == "Everything is read."


async def test_while_one_catches_up_the_keys_lead_towards_the_newer_issue(library: Library) -> None:
    async with reading(fill(library), "12/2") as reader:
        await reader.press("c", "J")
        assert reader.at == ("11", 1)
        await reader.press("n", "n")
        assert reader.at == ("12", 1)
        await reader.press("K")
        assert reader.at == ("11", 2)
        await reader.press("N")
        assert reader.at == ("11", 1)
        await reader.press("right_square_bracket")
        assert reader.at == ("10", 1)


async def test_catching_up_lasts_over_a_restart_and_ends_with_a_step_out_of_the_whole_list(library: Library) -> None:
    async with reading(fill(library), size=(80, 24)) as reader:
        await reader.press("c", "z", "escape")
        assert not reader.desk.panes.is_zen
        assert "c end catch-up" in reader.footer
    async with reading(library, "10/1", size=(80, 24)) as reader:
        await reader.press("n")
        assert reader.at == ("11", 1)
        assert "5 left" not in reader.footer
        assert "6 left" in reader.footer
        await reader.press("escape")
        assert reader.desk.pane is Pane.LIST
        assert "c end catch-up" in reader.footer
        await reader.press("escape")
        assert reader.said == "Catching up has ended; c goes on with it."
        assert "left" not in reader.footer
        await reader.press("n", "n")
        assert reader.at == ("10", 1)


async def test_the_tales_are_one_book_in_the_order_of_the_list_from_its_end(library: Library) -> None:
    async with reading(fill(library, with_tales()), "12/2", size=(120, 30)) as reader:
        await reader.press("a")
        assert reader.at == ("10", 2)
        assert "n next tale" in reader.footer
        assert "tale 1 of 3" in reader.footer
        await reader.press("G", "space")
        assert reader.at == ("11", 3)
        await reader.press("n")
        assert reader.at == ("12", 3)
        await reader.press("n")
        assert reader.said == "This is the end of Tech Tales."
        await reader.press("N", "K", "K")
        assert reader.at == ("10", 2)
        assert reader.said == "This is the first story of Tech Tales."
        await reader.press("escape", "escape")
        assert reader.desk.session.reading_list is None
        assert reader.at == ("10", 2)


async def test_the_book_opens_where_it_was_left_also_at_a_tale_that_the_cursor_came_to_in_the_list(
    library: Library,
) -> None:
    async with reading(fill(library, with_tales()), "12/2") as reader:
        await reader.press("a", "h", "j")
        reader.desk.show_pointed()
        assert reader.at == ("11", 3)
        await reader.press("l", "a")
        await reader.type(":", *"12/1", "enter")
        assert reader.at == ("12", 1)
    async with reading(library, "12/1") as reader:
        await reader.press("a")
        assert reader.at == ("11", 3)
        await reader.press("a")
        assert reader.desk.session.reading_list is None


async def test_the_book_has_a_row_where_no_saved_search_has_its_name_and_catching_up_waits_for_its_end(
    library: Library,
) -> None:
    async with reading(fill(library, with_tales())) as reader:
        reader.desk.saved_searches.change((), "Removed")
        await reader.press("c", "a")
        assert "Tech Tales" in reader.text()
        assert "The Well" in "".join(reader.lines[:6])
        assert "catch-up" not in reader.footer
        await reader.press("h", "g", "delete")
        assert reader.said == "The cursor is on no saved search."
        await reader.press("enter", "c")
        assert reader.desk.session.reading_list is None
        assert reader.at == ("10", 1)
        assert "Tech Tales" not in "".join(reader.lines[:6])
        assert "c end catch-up" in reader.footer


async def test_where_there_is_nothing_each_way_says_so_with_the_key_that_helps(library: Library) -> None:
    async with reading(library) as reader:
        await reader.press("a")
        assert reader.said == "No tale is here yet: S brings in the newest issues."
        await reader.press("d")
        assert reader.said == "There is no issue to skim yet: S brings in the newest ones."
        await reader.press("c")
        assert reader.said == "Everything is read."


async def test_from_the_digest_one_opens_the_story_or_comes_back_to_where_one_was(library: Library) -> None:
    async with reading(fill(library), "12/2") as reader:
        await reader.press("d", "j", "enter")
        assert reader.at == ("12", 3)
        assert reader.desk.pane is Pane.STORY
        await reader.press("d", "right_square_bracket", "d")
        assert reader.at == ("12", 3)
        await reader.press("escape", "G", "d", "enter")
        assert reader.at == ("10", 1)
        assert not library.state.read_keys()


async def test_a_line_of_words_does_what_it_says(library: Library) -> None:
    wells = Issue(None, "wells", "Wells", None, None, (long_story("well", 1),))
    async with reading(fill(library, [*made_issues(), wells]), "12/1") as reader:
        for line, at in (
            ("11/2", ("11", 2)),
            ("latest", ("12", 1)),
            ("wells", ("wells", 1)),
            ("catch_up", ("wells", 1)),
        ):
            await reader.type(":", *line, "enter")
            assert reader.at == at, line
        await reader.type(":", *"zen", "enter")
        assert reader.desk.panes.is_zen
        await reader.type(":", *"theme", "space", *"pap", "enter")
        assert reader.app.theme == "paper"
        await reader.type(":", "up")
        assert reader.footer.startswith("  : theme pap")


async def test_f1_tells_the_keys_wherever_one_is(library: Library) -> None:
    async with reading(fill(library), "12/1") as reader:
        for key, heading in (
            ("i", "In a thread"),
            ("t", "Tagging"),
            ("e", "Writing a note"),
            ("ctrl+o", "Among stories visited"),
        ):
            await reader.press("J")
            await reader.type(key, "f1")
            assert heading in reader.text()
            await reader.type("escape", "escape")
            assert not reader.app.screen.is_modal


async def test_a_list_that_is_narrowed_is_whole_again_before_another_way_begins(library: Library) -> None:
    async with reading(fill(library, with_tales()), "12/2") as reader:
        await reader.type("h", "f", *"12", "enter", "c")
        assert reader.at == ("10", 1)
        assert list(reader.desk.session.shown_issues()) == list(reader.desk.session.index.heads)
        await reader.type("h", "f", *"12", "enter", "a")
        await reader.until(lambda: reader.desk.session.reading_list)
        assert not reader.desk.session.narrows_issues


async def test_a_book_that_is_narrowed_is_still_a_book(library: Library) -> None:
    async with reading(fill(library, with_tales()), "12/2") as reader:
        await reader.type("a")
        await reader.until(lambda: reader.desk.session.reading_list)
        await reader.type("h", "f", *"well", "enter")
        assert reader.desk.session.reading_list
        assert reader.desk.session.reading_list.is_book
        assert [head.headline for head in reader.desk.session.reading_list.heads] == ["The Well"]
