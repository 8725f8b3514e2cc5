from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from importai_tui.library.library import Library
from importai_tui.library.rows import StoryRow
from importai_tui.model import Issue
from importai_tui.tui.actions.cards import CardActions
from importai_tui.tui.actions.links import CitationActions
from importai_tui.tui.actions.marks import UndoActions
from importai_tui.tui.skim.screen import SkimHost, SkimScreen
from tests.tui.sample_app import RunningReader, long_story, run_reader, sample_issues, store_issues


@dataclass
class OpenedSkim:
    """The skim screen over a running app, and the stories that it closed with."""

    reader: RunningReader
    screen: SkimScreen
    results: list[StoryRow | None] = field(default_factory=list)

    @property
    def current_ref(self) -> str:
        """The reference of the current story."""
        return f"{self.screen._issue.ref}/{self.screen.column.cursor + 1}"

    def find_line(self, text: str) -> int:
        """Return the number of the line that contains the text."""
        return next(n for n, line in enumerate(self.reader.screen_text().splitlines()) if text in line)

    @property
    def unread_lines(self) -> list[str]:
        """The visible headlines with an unread sign."""
        return [line.strip("▌ ") for line in self.reader.screen_text().splitlines()[1:-1] if "•" in line]


@asynccontextmanager
async def open_skim_screen(
    library: Library, ref: str = "12", position: int = 1, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[OpenedSkim]:
    async with run_reader(library, "12", size=size) as reader:
        screen = reader.screen
        host = SkimHost(
            lambda: screen.session.index,
            screen.mark,
            screen.action_group(UndoActions).action_undo,
            screen.browser.open_in_thread,
            screen.notify_info,
            reader.app.copy,
            screen.action_group(CitationActions).copy_citation,
            screen.action_group(CardActions).show_works,
        )
        skim = OpenedSkim(reader, SkimScreen(library, host, ref, position))
        await reader.app.push_screen(skim.screen, skim.results.append)
        await reader.press()
        yield skim


async def test_keys_move_between_stories_and_issues(library: Library) -> None:
    async with open_skim_screen(store_issues(library), position=2) as skim:
        assert skim.current_ref == "12/2"
        assert "12   Rivers, and what counts them" in skim.reader.screen_text()
        assert "•◆•" in skim.reader.screen_text()
        await skim.reader.press("k", "k")
        assert skim.current_ref == "12/1"
        await skim.reader.press("G", "j")
        assert skim.current_ref == "12/3"
        await skim.reader.press("right_square_bracket")
        assert skim.current_ref == "11/1"
        await skim.reader.press("left_square_bracket", "left_square_bracket")
        assert skim.current_ref == "12/1"
        assert skim.reader.last_notice == "This is the newest issue"
        await skim.reader.press("j", "enter")
        assert [row and row.key for row in skim.results] == ["canal"]
        assert not library.state.get_read_keys()


async def test_space_continues_with_the_next_unread_issue(library: Library) -> None:
    store_issues(library)
    library.mark(["lake", "pond"], read=True)
    async with open_skim_screen(library, size=(40, 12)) as skim:
        pages, stories = 0, set()
        while skim.current_ref.startswith("12/"):
            assert pages < 12
            before = skim.current_ref, skim.screen.column.scroll_y
            await skim.reader.press("space")
            assert (skim.current_ref, skim.screen.column.scroll_y) != before
            pages += 1
            stories.add(skim.current_ref)
        assert pages > 2
        assert stories >= {"12/2", "12/3"}
        assert skim.current_ref == "10/1"
        assert library.state.get_read_keys() == {"lake", "pond"}
        library.mark(["rivers", "canal", "delta"], read=True)
        await skim.reader.press("G", "space", "space", "space")
        assert skim.reader.last_notice == "No unread stories left in other issues"


async def test_only_mark_keys_mark_stories(library: Library) -> None:
    async with open_skim_screen(store_issues(library)) as skim:
        assert len(skim.unread_lines) == 3
        await skim.reader.press("r")
        assert library.state.get_read_keys() == {"rivers"}
        assert len(skim.unread_lines) == 2
        assert "5 unread" in skim.reader.screen_text()
        await skim.reader.press("j", "s")
        assert "★• A long story called canal" in skim.unread_lines
        await skim.reader.press("R")
        assert library.state.get_read_keys() == {"rivers", "canal", "delta"}
        assert not skim.unread_lines
        await skim.reader.press("u", "u")
        assert len(skim.unread_lines) == 2
        assert not library.state.get_starred_keys()
        await skim.reader.press("escape")
        assert skim.results == [None]


async def test_links_of_the_current_story_are_opened_and_copied(library: Library) -> None:
    async with open_skim_screen(store_issues(library)) as skim:
        await skim.reader.press("1", "o")
        assert skim.reader.browser.opened_urls == ["https://example.org/1", "https://example.org/2"]
        await skim.reader.press("y")
        assert skim.reader.app.clipboard == "https://example.org/2"
        await skim.reader.press("Y")
        assert skim.reader.app.clipboard.startswith("[Counting Rivers](https://example.org/2)")
        await skim.reader.press("ctrl+t")
        assert skim.reader.app.clipboard.startswith("@")
        assert skim.reader.last_notice == "Copied BibTeX: Counting Rivers"
        await skim.reader.press("3")
        assert "has no URL" in skim.reader.last_notice
        await skim.reader.press("9")
        assert skim.reader.last_notice == "No link 9; this story has 3 links"
        await skim.reader.press("G", "o")
        assert skim.reader.last_notice == "This story has no links"
        await skim.reader.press("y")
        assert skim.reader.app.clipboard == "https://example.org/12"


async def test_the_current_story_stays_visible_after_changes(library: Library, other: Library) -> None:
    stories = tuple(long_story(f"lock-{n}", n, 1) for n in range(1, 13))
    issue = Issue(13, "i13", "Import AI 13: Locks", "2025-01-19", None, stories)
    async with open_skim_screen(store_issues(library, [*sample_issues(), issue]), "13", 9, size=(120, 24)) as skim:
        await skim.reader.press("k", "k")
        line = skim.find_line("lock-7")
        await skim.reader.pilot.resize_terminal(56, 24)
        await skim.reader.press()
        assert skim.find_line("lock-7") == line
        for size in ((40, 12), (80, 24), (120, 24)):
            await skim.reader.pilot.resize_terminal(*size)
            await skim.reader.press()
            assert skim.current_ref == "13/7"
            assert "called lock-7" in " ".join(skim.reader.screen_text().split())
        new = replace(stories[0], key="lock-0", headline="Before all others")
        edited = tuple(replace(story, position=n) for n, story in enumerate((new, *stories), 1))
        store_issues(other, [replace(issue, stories=edited)])
        other.mark(["lock-7"], starred=True)
        skim.reader.screen.on_tick()
        skim.screen.poll()
        await skim.reader.press()
        assert skim.current_ref == "13/8"
        assert "★• A long story called lock-7" in skim.unread_lines


async def test_an_issue_without_stories_reports_it(library: Library) -> None:
    issue = Issue(9, "i9", "Import AI 9: Nothing", "2024-11-25", None, ())
    async with open_skim_screen(store_issues(library, [*sample_issues(), issue]), "9", size=(40, 12)) as skim:
        assert "This issue has no stories" in skim.reader.screen_text()
        await skim.reader.press("enter", "o", "y", "s", "r", "R", "j", "G", "pagedown", "left_square_bracket")
        assert skim.current_ref == "10/1"
