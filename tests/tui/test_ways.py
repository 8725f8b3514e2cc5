"""The ways of reading, as one uses them: catching up, the book of tales, skimming, and the line of commands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.model import WORDS_PER_MINUTE, Issue
from importai_tui.tui.reading.footer_content import format_remaining
from importai_tui.tui.reading.panes import Pane
from tests.tui.sample_app import fiction_story, long_story, run_reader, sample_issues, store_issues


def with_tales() -> list[Issue]:
    """Four issues of which the two oldest have a tale too, and of one of these no date is known."""
    oldest, older, *newer = sample_issues()
    undated = replace(
        older, date=None, stories=(*older.stories, replace(fiction_story("ford", 3), headline="The Ford"))
    )
    return [
        replace(oldest, stories=(*oldest.stories, replace(fiction_story("well", 2), headline="The Well"))),
        undated,
        *newer,
    ]


@pytest.mark.parametrize(
    ("stories", "words", "brief", "told"),
    [
        (0, 0, False, "all caught up"),
        (1, 0, False, "1 story left, 1 min"),
        (12, WORDS_PER_MINUTE * 14, False, "12 stories left, 14 min"),
        (12, WORDS_PER_MINUTE * 65, True, "12 left, 1 h 05 min"),
        (2190, WORDS_PER_MINUTE * 60 * 71, False, "2,190 stories left, 71 h 00 min"),
    ],
)
def test_what_is_left_is_told_in_stories_and_minutes(stories: int, words: int, brief: bool, told: str) -> None:
    assert format_remaining(stories, words, brief=brief) == told


async def test_one_catches_up_from_the_oldest_unread_story_to_the_last(library: Library) -> None:
    store_issues(
        library,
        [
            *sample_issues(),
            Issue(13, "i13", "Import AI 13: Springs", "2025-01-19", None, (fiction_story("spring", 1),)),
        ],
    )
    async with run_reader(library, "12/2", size=(120, 30)) as reader:
        await reader.press("c")
        assert reader.open_story == ("10", 1)
        assert "7 stories left" in reader.footer
        assert "c end catch-up" in reader.footer
        seen = []
        for _ in range(7):
            seen.append(reader.open_story)
            await reader.press("G", "space")
        assert seen == [("10", 1), ("11", 1), ("11", 2), ("12", 1), ("12", 2), ("12", 3), ("13", 1)]
        assert reader.last_notice == "That was the last unread story: you have caught up."
        assert "all caught up" in reader.footer
        assert not library.find_next_unread(None)
        await reader.press("c", "c")
        assert reader.last_notice == "Everything is read."


async def test_while_one_catches_up_the_keys_lead_towards_the_newer_issue(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("c", "J")
        assert reader.open_story == ("11", 1)
        await reader.press("n", "n")
        assert reader.open_story == ("12", 1)
        await reader.press("K")
        assert reader.open_story == ("11", 2)
        await reader.press("N")
        assert reader.open_story == ("11", 1)
        await reader.press("right_square_bracket")
        assert reader.open_story == ("10", 1)


async def test_catching_up_lasts_over_a_restart_and_ends_with_a_step_out_of_the_whole_list(library: Library) -> None:
    async with run_reader(store_issues(library), size=(80, 24)) as reader:
        await reader.press("c", "z", "escape")
        assert not reader.screen.panes.is_zen
        assert "c end catch-up" in reader.footer
    async with run_reader(library, "10/1", size=(80, 24)) as reader:
        await reader.press("n")
        assert reader.open_story == ("11", 1)
        assert "5 left" not in reader.footer
        assert "6 left" in reader.footer
        await reader.press("escape")
        assert reader.screen.pane is Pane.LIST
        assert "c end catch-up" in reader.footer
        await reader.press("escape")
        assert reader.last_notice == "Catching up has ended; c goes on with it."
        assert "left" not in reader.footer
        await reader.press("n", "n")
        assert reader.open_story == ("10", 1)


async def test_the_tales_are_one_book_in_the_order_of_the_list_from_its_end(library: Library) -> None:
    async with run_reader(store_issues(library, with_tales()), "12/2", size=(120, 30)) as reader:
        await reader.press("a")
        assert reader.open_story == ("10", 2)
        assert "n next tale" in reader.footer
        assert "tale 1 of 3" in reader.footer
        await reader.press("G", "space")
        assert reader.open_story == ("11", 3)
        await reader.press("n")
        assert reader.open_story == ("12", 3)
        await reader.press("n")
        assert reader.last_notice == "This is the end of Tech Tales."
        await reader.press("N", "K", "K")
        assert reader.open_story == ("10", 2)
        assert reader.last_notice == "This is the first story of Tech Tales."
        await reader.press("escape", "escape")
        assert reader.screen.session.reading_list is None
        assert reader.open_story == ("10", 2)


async def test_the_book_opens_where_it_was_left_also_at_a_tale_that_the_cursor_came_to_in_the_list(
    library: Library,
) -> None:
    async with run_reader(store_issues(library, with_tales()), "12/2") as reader:
        await reader.press("a", "h", "j")
        reader.screen.show_pending_preview()
        assert reader.open_story == ("11", 3)
        await reader.press("l", "a")
        await reader.type(":", *"12/1", "enter")
        assert reader.open_story == ("12", 1)
    async with run_reader(library, "12/1") as reader:
        await reader.press("a")
        assert reader.open_story == ("11", 3)
        await reader.press("a")
        assert reader.screen.session.reading_list is None


async def test_the_book_has_a_row_where_no_saved_search_has_its_name_and_catching_up_waits_for_its_end(
    library: Library,
) -> None:
    async with run_reader(store_issues(library, with_tales())) as reader:
        reader.screen.saved_searches.change((), "Removed")
        await reader.press("c", "a")
        assert "Tech Tales" in reader.screen_text()
        assert "The Well" in "".join(reader.list_lines[:6])
        assert "catch-up" not in reader.footer
        await reader.press("h", "g", "delete")
        assert reader.last_notice == "The cursor is on no saved search."
        await reader.press("enter", "c")
        assert reader.screen.session.reading_list is None
        assert reader.open_story == ("10", 1)
        assert "Tech Tales" not in "".join(reader.list_lines[:6])
        assert "c end catch-up" in reader.footer


async def test_where_there_is_nothing_each_way_says_so_with_the_key_that_helps(library: Library) -> None:
    async with run_reader(library) as reader:
        await reader.press("a")
        assert reader.last_notice == "No tale is here yet: S brings in the newest issues."
        await reader.press("d")
        assert reader.last_notice == "There is no issue to skim yet: S brings in the newest ones."
        await reader.press("c")
        assert reader.last_notice == "Everything is read."


async def test_from_the_digest_one_opens_the_story_or_comes_back_to_where_one_was(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("d", "j", "enter")
        assert reader.open_story == ("12", 3)
        assert reader.screen.pane is Pane.STORY
        await reader.press("d", "right_square_bracket", "d")
        assert reader.open_story == ("12", 3)
        await reader.press("escape", "G", "d", "enter")
        assert reader.open_story == ("10", 1)
        assert not library.state.get_read_keys()


async def test_a_line_of_words_does_what_it_says(library: Library) -> None:
    wells = Issue(None, "wells", "Wells", None, None, (long_story("well", 1),))
    async with run_reader(store_issues(library, [*sample_issues(), wells]), "12/1") as reader:
        for line, at in (
            ("11/2", ("11", 2)),
            ("latest", ("12", 1)),
            ("wells", ("wells", 1)),
            ("catch_up", ("wells", 1)),
        ):
            await reader.type(":", *line, "enter")
            assert reader.open_story == at, line
        await reader.type(":", *"zen", "enter")
        assert reader.screen.panes.is_zen
        await reader.type(":", *"theme", "space", *"pap", "enter")
        assert reader.app.theme == "paper"
        await reader.type(":", "up")
        assert reader.footer.startswith("  : theme pap")


async def test_f1_tells_the_keys_wherever_one_is(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        for key, heading in (
            ("i", "In a thread"),
            ("t", "Tagging"),
            ("e", "Writing a note"),
            ("ctrl+o", "Among stories visited"),
        ):
            await reader.press("J")
            await reader.type(key, "f1")
            assert heading in reader.screen_text()
            await reader.type("escape", "escape")
            assert not reader.app.screen.is_modal


async def test_a_list_that_is_narrowed_is_whole_again_before_another_way_begins(library: Library) -> None:
    async with run_reader(store_issues(library, with_tales()), "12/2") as reader:
        await reader.type("h", "f", *"12", "enter", "c")
        assert reader.open_story == ("10", 1)
        assert list(reader.screen.session.filter_issues()) == list(reader.screen.session.index.rows)
        await reader.type("h", "f", *"12", "enter", "a")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        assert not reader.screen.session.is_issue_list_filtered


async def test_a_book_that_is_narrowed_is_still_a_book(library: Library) -> None:
    async with run_reader(store_issues(library, with_tales()), "12/2") as reader:
        await reader.type("a")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await reader.type("h", "f", *"well", "enter")
        assert reader.screen.session.reading_list
        assert reader.screen.session.reading_list.is_book
        assert [head.headline for head in reader.screen.session.reading_list.rows] == ["The Well"]
