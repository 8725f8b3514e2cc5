from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from textual.style import Style
from textual.visual import RenderOptions

from importai_tui.library.library import Library
from importai_tui.library.rows import StoryRow
from importai_tui.model import Issue, Link, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.tui.skim.column import draw_gutter, render_lines, render_summary
from importai_tui.tui.skim.screen import SkimHost, SkimScreen
from tests.tui.sample_app import (
    RunningReader,
    fiction_story,
    long_story,
    make_link,
    rich_story,
    run_reader,
    sample_issues,
    store_issues,
)

OPTIONS = RenderOptions(lambda _: Style(), {})


def drawn(story: Story, width: int = 60) -> list[str]:
    """The lines of a story in the digest."""
    pieces = render_summary(story)
    lines = render_lines(pieces, width, Style(), OPTIONS, is_fiction=story.kind is StoryKind.TECH_TALES)
    assert {line.cell_length for line in lines} == {width}
    return [line.text.rstrip() for line in lines]


def test_a_story_is_its_headline_its_tagline_why_it_matters_and_what_it_cites() -> None:
    assert drawn(rich_story()) == [
        "Machines learn to count rivers",
        "…Slow water, patient machines…",
        "▌  Why this matters  rivers are many",
        "▌  Whoever counts them begins somewhere.",
        "▌  And goes on.",
        "Read more     2 Counting Rivers  arXiv",
        "Get the code  3 riverlib  GitHub",
    ]


def test_a_tale_is_its_headline_its_dateline_and_its_first_lines() -> None:
    assert drawn(fiction_story("delta", 3)) == [
        "The River Counter   Tech Tales",
        "",
        "    [A delta, 2041]",
        "",
        "It rained.",
    ]


@pytest.mark.parametrize(
    ("links", "text", "told"),
    [
        ((), "It swims.", ["Otters", "It swims.", "No links."]),
        ((make_link(1, "One"),), "It swims.", ["Otters", "It swims.", "One link in the text."]),
        ((make_link(1, "One"), make_link(2, "Two")), "It swims.", ["Otters", "It swims.", "2 links in the text."]),
        ((), "", ["Otters", "There is no text to it.", "No links."]),
    ],
)
def test_what_a_story_lacks_is_said(links: tuple[Link, ...], text: str, told: list[str]) -> None:
    blocks = (Paragraph((Span(text),)),) if text else ()
    assert drawn(Story("o", 1, StoryKind.STORY, "Otters", blocks=blocks, links=links)) == told


@pytest.mark.parametrize(
    "words", ["河川計測装置" * 30, "[/] [@click=app.quit]x[/] " * 9, "\x1b]0;t\x07\u202eOtters " * 9]
)
def test_every_line_has_its_width_and_says_no_more_than_text(words: str) -> None:
    why = Paragraph((Span(words),), (Span("Why this matters:"),), ParagraphRole.WHY)
    story = Story("o", 1, StoryKind.STORY, words, words, words, blocks=(why,))
    for width in range(20, 90, 9):
        lines = drawn(story, width)
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(lines))
    assert not any("click" in str(span.style) for piece in render_summary(story)[:2] for span in piece.visual.spans)  # type: ignore[attr-defined]


def test_the_gutter_has_the_bar_and_before_the_headline_the_marks() -> None:
    head = StoryRow("12/1", "o", 1, StoryKind.STORY, "Otters", 10, is_read=False, is_starred=True)
    assert draw_gutter(head, is_current=True, is_first_line=True).plain == "▌ *• "
    assert draw_gutter(head, is_current=False, is_first_line=False).plain == "     "
    assert (
        draw_gutter(replace(head, is_read=True, is_starred=False), is_current=False, is_first_line=True).plain
        == "     "
    )


@dataclass
class Skimmed:
    """The digest over a reader, and what it closed with."""

    reader: RunningReader
    screen: SkimScreen
    left: list[StoryRow | None] = field(default_factory=list)

    @property
    def at(self) -> str:
        """The present story."""
        return f"{self.screen._issue.ref}/{self.screen.column.cursor + 1}"

    def line(self, words: str) -> int:
        """The line of the screen that has these words."""
        return next(at for at, line in enumerate(self.reader.screen_text().splitlines()) if words in line)

    @property
    def marks(self) -> list[str]:
        """The lines that begin a story, as far as they are in view."""
        return [line.strip("▌ ") for line in self.reader.screen_text().splitlines()[1:-1] if "•" in line]


@asynccontextmanager
async def skimming(
    library: Library, ref: str = "12", position: int = 1, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Skimmed]:
    """The digest of an issue."""
    async with run_reader(library, "12", size=size) as reader:
        desk = reader.screen
        beneath = SkimHost(lambda: desk.session.index, desk.mark, desk.action_undo, desk.browser.hand_over, desk.say)
        shown = Skimmed(reader, SkimScreen(library, beneath, ref, position))
        await reader.app.push_screen(shown.screen, shown.left.append)
        await reader.press()
        yield shown


async def test_one_goes_from_story_to_story_and_issue_to_issue_and_opens_the_full_one(library: Library) -> None:
    async with skimming(store_issues(library), position=2) as shown:
        assert shown.at == "12/2"
        assert "12   Rivers, and what counts them" in shown.reader.screen_text()
        assert "•◆•" in shown.reader.screen_text()
        await shown.reader.press("k", "k")
        assert shown.at == "12/1"
        await shown.reader.press("G", "j")
        assert shown.at == "12/3"
        await shown.reader.press("right_square_bracket")
        assert shown.at == "11/1"
        await shown.reader.press("left_square_bracket", "left_square_bracket")
        assert shown.at == "12/1"
        assert shown.reader.last_notice == "This is the newest issue."
        await shown.reader.press("j", "enter")
        assert [head and head.key for head in shown.left] == ["canal"]
        assert not library.state.get_read_keys()


async def test_space_pages_to_the_end_and_on_to_the_next_issue_with_something_unread(library: Library) -> None:
    store_issues(library)
    library.mark(["lake", "pond"], read=True)
    async with skimming(library, size=(40, 12)) as shown:
        pages, stories = 0, set()
        while shown.at.startswith("12/"):
            assert pages < 12
            before = shown.at, shown.screen.column.scroll_y
            await shown.reader.press("space")
            assert (shown.at, shown.screen.column.scroll_y) != before
            pages += 1
            stories.add(shown.at)
        assert pages > 2
        assert stories >= {"12/2", "12/3"}
        assert shown.at == "10/1"
        assert library.state.get_read_keys() == {"lake", "pond"}
        library.mark(["rivers", "canal", "delta"], read=True)
        await shown.reader.press("G", "space", "space", "space")
        assert shown.reader.last_notice == "No other issue has anything unread."


async def test_only_the_keys_that_say_so_mark_and_each_is_undone(library: Library) -> None:
    async with skimming(store_issues(library)) as shown:
        assert len(shown.marks) == 3
        await shown.reader.press("r")
        assert library.state.get_read_keys() == {"rivers"}
        assert len(shown.marks) == 2
        assert "5 unread" in shown.reader.screen_text()
        await shown.reader.press("j", "s")
        assert "*• A long story called canal" in shown.marks
        await shown.reader.press("R")
        assert library.state.get_read_keys() == {"rivers", "canal", "delta"}
        assert not shown.marks
        await shown.reader.press("u", "u")
        assert len(shown.marks) == 2
        assert not library.state.get_starred_keys()
        await shown.reader.press("escape")
        assert shown.left == [None]


async def test_the_links_of_the_present_story_are_opened_and_copied_by_the_numbers_of_the_story(
    library: Library,
) -> None:
    async with skimming(store_issues(library)) as shown:
        await shown.reader.press("1", "o")
        assert shown.reader.browser.opened_urls == ["https://example.org/1", "https://example.org/2"]
        await shown.reader.press("y")
        assert shown.reader.app.clipboard == "https://example.org/2"
        await shown.reader.press("3")
        assert "has no web address" in shown.reader.last_notice
        await shown.reader.press("9")
        assert shown.reader.last_notice == "There is no link 9: this story has 3."
        await shown.reader.press("G", "o")
        assert shown.reader.last_notice == "This story has no links."
        await shown.reader.press("y")
        assert shown.reader.app.clipboard == "https://example.org/12"


async def test_the_present_story_stays_in_view_at_another_size_and_when_it_is_edited_or_marked_elsewhere(
    library: Library, other: Library
) -> None:
    stories = tuple(long_story(f"lock-{n}", n, 1) for n in range(1, 13))
    long = Issue(13, "i13", "Import AI 13: Locks", "2025-01-19", None, stories)
    async with skimming(store_issues(library, [*sample_issues(), long]), "13", 9, size=(120, 24)) as shown:
        await shown.reader.press("k", "k")
        line = shown.line("lock-7")
        await shown.reader.pilot.resize_terminal(56, 24)
        await shown.reader.press()
        assert shown.line("lock-7") == line
        for size in ((40, 12), (80, 24), (120, 24)):
            await shown.reader.pilot.resize_terminal(*size)
            await shown.reader.press()
            assert shown.at == "13/7"
            assert "called lock-7" in " ".join(shown.reader.screen_text().split())
        new = replace(stories[0], key="lock-0", headline="Before all others")
        edited = tuple(replace(story, position=n) for n, story in enumerate((new, *stories), 1))
        store_issues(other, [replace(long, stories=edited)])
        other.mark(["lock-7"], starred=True)
        shown.reader.screen.tick()
        shown.screen.poll()
        await shown.reader.press()
        assert shown.at == "13/8"
        assert "*• A long story called lock-7" in shown.marks


async def test_an_issue_without_stories_says_so_and_leads_to_others(library: Library) -> None:
    empty = Issue(9, "i9", "Import AI 9: Nothing", "2024-11-25", None, ())
    async with skimming(store_issues(library, [*sample_issues(), empty]), "9", size=(40, 12)) as shown:
        assert "This issue holds no stories" in shown.reader.screen_text()
        await shown.reader.press("enter", "o", "y", "s", "r", "R", "j", "G", "pagedown", "left_square_bracket")
        assert shown.at == "10/1"
