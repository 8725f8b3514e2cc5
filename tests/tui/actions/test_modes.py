"""Catching up, the book of tales, skimming, and the command line."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.tui.reading.panes import Pane
from tests.tui.sample_app import fiction_story, long_story, run_reader, sample_issues, store_issues


def make_issues_with_tales() -> list[Issue]:
    """Return issues with tales in the two oldest ones, one of which has no date."""
    oldest, older, *newer = sample_issues()
    undated = replace(
        older, date=None, stories=(*older.stories, replace(fiction_story("ford", 3), headline="The Ford"))
    )
    return [
        replace(oldest, stories=(*oldest.stories, replace(fiction_story("well", 2), headline="The Well"))),
        undated,
        *newer,
    ]


async def test_catching_up_starts_at_the_oldest_unread_story(library: Library) -> None:
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
        assert "7 left · " in reader.footer
        assert "c end catch-up" in reader.footer
        seen = []
        for _ in range(7):
            seen.append(reader.open_story)
            await reader.press("G", "space")
        assert seen == [("10", 1), ("11", 1), ("11", 2), ("12", 1), ("12", 2), ("12", 3), ("13", 1)]
        assert reader.last_notice == "Last unread story: you're all caught up"
        assert "all caught up" in reader.footer
        assert not library.find_next_unread(None)
        await reader.press("c", "c")
        assert reader.last_notice == "No unread stories left"


async def test_catching_up_moves_towards_newer_issues(library: Library) -> None:
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


async def test_catching_up_survives_a_restart(library: Library) -> None:
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
        assert reader.last_notice == "Catch-up ended. Press c to resume."
        assert "left" not in reader.footer
        await reader.press("n", "n")
        assert reader.open_story == ("10", 1)


async def test_the_tales_are_a_book_in_reverse_order(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues_with_tales()), "12/2", size=(120, 30)) as reader:
        await reader.press("a")
        assert reader.open_story == ("10", 2)
        assert "n next tale" in reader.footer
        assert "tale 1 of 3" in reader.footer
        await reader.press("G", "space")
        assert reader.open_story == ("11", 3)
        await reader.press("n")
        assert reader.open_story == ("12", 3)
        await reader.press("n")
        assert reader.last_notice == "This is the end of Tech Tales"
        await reader.press("N", "K", "K")
        assert reader.open_story == ("10", 2)
        assert reader.last_notice == "This is the first story in Tech Tales"
        await reader.press("escape", "escape")
        assert reader.screen.session.reading_list is None
        assert reader.open_story == ("10", 2)


async def test_the_book_opens_at_its_last_tale(
    library: Library,
) -> None:
    async with run_reader(store_issues(library, make_issues_with_tales()), "12/2") as reader:
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


async def test_the_book_has_its_row_and_suspends_catching_up(
    library: Library,
) -> None:
    async with run_reader(store_issues(library, make_issues_with_tales())) as reader:
        reader.screen.saved_searches.change((), "Removed")
        await reader.press("c", "a")
        assert "Tech Tales" in reader.screen_text()
        assert "The Well" in "".join(reader.list_lines[:6])
        assert "catch-up" not in reader.footer
        await reader.press("h", "g", "delete")
        assert reader.last_notice == "Select a saved search first"
        await reader.press("enter", "c")
        assert reader.screen.session.reading_list is None
        assert reader.open_story == ("10", 1)
        assert "Tech Tales" not in "".join(reader.list_lines[:6])
        assert "c end catch-up" in reader.footer


async def test_an_empty_archive_gives_advice(library: Library) -> None:
    async with run_reader(library) as reader:
        await reader.press("a")
        assert reader.last_notice == "No tales yet. Press S to download issues."
        await reader.press("d")
        assert reader.last_notice == "No issues yet. Press S to download them."
        await reader.press("c")
        assert reader.last_notice == "No unread stories left"


async def test_skimming_opens_a_story_or_returns(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("d", "j", "enter")
        assert reader.open_story == ("12", 3)
        assert reader.screen.pane is Pane.STORY
        await reader.press("d", "right_square_bracket", "d")
        assert reader.open_story == ("12", 3)
        await reader.press("escape", "G", "d", "enter")
        assert reader.open_story == ("10", 1)
        assert not library.state.get_read_keys()


async def test_the_command_line_runs_its_command(library: Library) -> None:
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


async def test_f1_shows_the_keys_of_each_dialog(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        for key, heading in (
            ("i", "Thread screen"),
            ("t", "Tags"),
            ("e", "Note editor"),
            ("ctrl+o", "History"),
        ):
            await reader.press("J")
            await reader.type(key, "f1")
            assert heading in reader.screen_text()
            await reader.type("escape", "escape")
            assert not reader.app.screen.is_modal


async def test_another_mode_ends_the_filter(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues_with_tales()), "12/2") as reader:
        await reader.type("h", "f", *"12", "enter", "c")
        assert reader.open_story == ("10", 1)
        assert list(reader.screen.session.filter_issues()) == list(reader.screen.session.index.rows)
        await reader.type("h", "f", *"12", "enter", "a")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        assert not reader.screen.session.is_issue_list_filtered


async def test_a_filtered_book_remains_a_book(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues_with_tales()), "12/2") as reader:
        await reader.type("a")
        await reader.wait_until(lambda: reader.screen.session.reading_list)
        await reader.type("h", "f", *"well", "enter")
        assert reader.screen.session.reading_list
        assert reader.screen.session.reading_list.is_book
        assert [row.headline for row in reader.screen.session.reading_list.rows] == ["The Well"]
