"""The story view, and the emphasised link in the story and in the list beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.widget import Widget

from importai_tui.library.library import Library
from importai_tui.tui.theme import derive_variables
from importai_tui.tui.widgets.annotations import emphasise_link
from importai_tui.tui.widgets.footer import Footer
from importai_tui.tui.widgets.header import Header
from importai_tui.tui.widgets.issue_list import IssueList
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from importai_tui.tui.widgets.story_view import StoryView
from tests.tui.sample_app import RunningReader, rich_story, run_reader, store_issues

Message = StoryView.LinkHovered | LinkList.LinkSelected


def emphasised_texts(block: RenderedBlock) -> list[str]:
    """Return the emphasised texts of a block."""
    body = block.body
    return [body.plain[start:end] for start, end, style in body.spans if "$cursor" in str(style)]


def test_all_occurrences_of_a_link_are_emphasised() -> None:
    blocks = [emphasise_link(block, 1) for block in render_story(rich_story(), "")]
    assert [runs for runs in map(emphasised_texts, blocks) if runs] == [
        ["machines (Example)", "¹"],
        ["A map of rivers", "¹"],
    ]


def test_a_block_without_that_link_is_unchanged() -> None:
    blocks = render_story(rich_story(), "")
    assert all(emphasise_link(block, 0) is block for block in blocks)
    assert emphasise_link(blocks[0], 1) is blocks[0]


def test_emphasis_changes_no_text() -> None:
    for block in render_story(rich_story(), ""):
        assert emphasise_link(block, 2).plain == block.plain


class StoryAndLinks(App[None]):
    """A story and its links, side by side; records their messages."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def get_css_variables(self) -> dict[str, str]:
        return derive_variables(super().get_css_variables())

    def compose(self) -> ComposeResult:
        yield StoryView(id="story")
        yield LinkList(id="links")

    def on_mount(self) -> None:
        self.query_one(StoryView).show_blocks(render_story(rich_story(), ""))
        self.query_one(LinkList).show_links(rich_story().links, {}, "12")

    def on_story_view_link_hovered(self, message: StoryView.LinkHovered) -> None:
        self.messages.append(message)

    def on_link_list_link_selected(self, message: LinkList.LinkSelected) -> None:
        self.messages.append(message)


def has_emphasis(view: StoryView) -> bool:
    """Return True if any text of the story is drawn with the background of the cursor."""
    cursor = view.app.stylesheet.parse_style("on $cursor").rich_style.bgcolor
    segments = (segment for y in range(view.size.height) for segment in view.render_line(y))
    return any(segment.style.bgcolor == cursor for segment in segments if segment.style)


async def test_emphasis_survives_redraw_but_not_the_next_story() -> None:
    app = StoryAndLinks()
    async with app.run_test(size=(80, 80)):
        view, blocks = app.query_one(StoryView), render_story(rich_story(), "")
        observed: list[bool] = []
        steps: tuple[Callable[[], object], ...] = (
            lambda: view.emphasise_link(1),
            lambda: view.redraw(blocks),
            lambda: view.repaint(dict(enumerate(blocks))),
            lambda: view.show_blocks(blocks),
            lambda: view.emphasise_link(1),
            lambda: view.emphasise_link(0),
        )
        for step in steps:
            step()
            observed.append(has_emphasis(view))
        assert observed == [True, True, True, False, True, False]


async def test_both_sides_post_the_selected_link() -> None:
    app = StoryAndLinks()
    async with app.run_test(size=(80, 80)) as pilot:
        links, view = app.query_one(LinkList), app.query_one(StoryView)
        links.focus()
        await pilot.pause()
        links.move(1)
        view.focus()
        await pilot.pause()
        assert [(type(message), message.number) for message in app.messages] == [
            (LinkList.LinkSelected, n) for n in (1, 2, 0)
        ]
        app.messages.clear()
        y, x = next((y, at) for y in range(40) if (at := view.render_line(y).text.find("(Example)")) >= 0)
        await pilot.hover(view, offset=(x, y))
        await pilot.hover(view, offset=(0, y))
        assert [(type(message), message.number) for message in app.messages] == [
            (StoryView.LinkHovered, n) for n in (1, 0)
        ]


async def test_the_row_of_a_hovered_link_is_emphasised() -> None:
    app = StoryAndLinks()
    async with app.run_test(size=(80, 80)):
        links = app.query_one(LinkList)
        links.emphasise_link(2)
        assert [links.row_style(row) for row in range(3)] == ["", "on $cursor", ""]
        links.emphasise_link(0)
        assert links.row_style(1) == ""


async def drag(reader: RunningReader, start: tuple[int, int], end: tuple[int, int]) -> str:
    """Drag the mouse from one cell of the screen to another; return the selected text."""
    await reader.pilot.mouse_down(offset=start)
    await reader.pilot.hover(offset=end)
    await reader.pilot.mouse_up(offset=end)
    await reader.pilot.pause()
    return reader.screen.get_selected_text() or ""


async def test_dragging_selects_characters(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        x, y = reader.find_on_screen("Somebody has")
        assert await drag(reader, (x, y), (x + 7, y)) == "Somebody"
        assert await drag(reader, (x + 9, y), (x + 11, y)) == "has"


async def test_a_selection_goes_over_paragraphs(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        x, y = reader.find_on_screen("Somebody has")
        _, below = reader.find_on_screen("How they count")
        assert await drag(reader, (x + 43, y), (x + 2, below)) == "count rivers.\nHow"


async def test_a_selection_ends_in_the_story(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        x, y = reader.find_on_screen("Somebody has")
        outside = reader.find_on_screen("Links")
        selected = await drag(reader, (x + 43, y), (outside[0], y))
        assert selected == "count rivers."


async def test_another_story_has_no_selection(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.click(offset=reader.find_on_screen("Somebody has"), times=2)
        await reader.press("J")
        assert not reader.screen.selections


def list_lit_lines(reader: RunningReader) -> list[str]:
    """Return what each line of the story shows in the colours of selections."""
    view = reader.screen.story_view
    background = reader.screen.get_component_styles("screen--selection").background.rich_color
    strips = map(view.render_line, range(view.size.height))
    lines = ["".join(seg.text for seg in strip if seg.style and seg.style.bgcolor == background) for strip in strips]
    return [line for line in lines if line]


async def test_lit_text_is_what_is_copied_and_highlighted(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        for first, last, lit in (
            ("Somebody has", "taught", ["Somebody has taught"]),
            ("Their brooks", "Second", ["Their brooks", "Big", "First", "Second"]),
            ("count():", "return 1", ["count():", "    return 1"]),
            ("Read more", "riverlib  GitHub", ["Counting Rivers  arXiv", "riverlib  GitHub"]),
        ):
            x, y = reader.find_on_screen(last)
            words = await drag(reader, reader.find_on_screen(first), (x + len(last) - 1, y))
            assert (list_lit_lines(reader), words) == (lit, "\n".join(lit))
            await reader.press("ctrl+c")
            assert reader.app.clipboard == words
            await reader.press("v")
            assert words in [highlight.quote for highlight in library.state.get_highlights("rivers")]
            assert not reader.screen.selections


async def test_lit_text_is_what_is_copied_from_a_scrolled_story(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2") as reader:
        await reader.press("space", "j")
        x, y = reader.find_on_screen("the old one.")
        copied = await drag(reader, (x, y), (x + 10, y + 3))
        assert copied.split() == " ".join(list_lit_lines(reader)).split()
        assert copied.startswith("the old one.")
        before = reader.screen.story_view.scroll_y
        await reader.press("j")
        assert reader.screen.story_view.scroll_y == before + 1
        assert copied.split() == " ".join(list_lit_lines(reader)).split()
        await reader.press("ctrl+c")
        assert reader.app.clipboard == copied


async def click(reader: RunningReader, words: str, times: int) -> str | None:
    """Click on the first letter of words in the story so often; return the selected text."""
    view = reader.screen.story_view
    await reader.pilot.click(view, offset=Offset(*reader.find_on_screen(words)) - view.region.offset, times=times)
    await reader.pilot.pause()
    return reader.screen.get_selected_text()


async def test_a_double_click_selects_a_word(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        assert await click(reader, "taught", 2) == "taught"
        assert await click(reader, "Rivers  arXiv", 2) == "Rivers"
        assert reader.browser.opened_urls == ["https://example.org/2"]
        assert list_lit_lines(reader) == ["Rivers"]
        assert await click(reader, "¹ to count", 2) is None


async def test_a_triple_click_selects_the_paragraph(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        assert await click(reader, "return 1", 3) == "def count():\n    return 1"
        assert await click(reader, "Big", 3) == "Big"
        assert list_lit_lines(reader) == ["Big"]


@pytest.mark.parametrize("widget", [Header, Footer, IssueList])
async def test_clicks_beside_the_story_select_nothing(library: Library, widget: type[Widget]) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.click(widget, offset=(60, 0) if widget is not IssueList else (4, 1), times=3)
        assert not reader.screen.selections


async def test_selected_text_is_drawn_in_the_colours_of_selections(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        x, y = reader.find_on_screen("Somebody has")
        await drag(reader, (x, y), (x + 7, y))
        assert list_lit_lines(reader) == ["Somebody"]
