"""The link that the reader points at is lit on both sides: in the story, and in the list beside it."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.content import Content

from importai_tui.tui.theme import derive_variables
from importai_tui.tui.widgets.annotations import emphasise_link, get_body
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from importai_tui.tui.widgets.story_view import StoryView
from tests.tui.sample_app import rich_story

Message = StoryView.LinkHovered | LinkList.LinkSelected


def lit(piece: RenderedBlock) -> list[str]:
    """What of a piece is lit, each run once."""
    words = get_body(piece)
    return [words.plain[start:end] for start, end, style in words.spans if "$cursor" in str(style)]


def test_the_words_of_a_link_and_its_number_are_lit_wherever_the_story_has_it() -> None:
    pieces = [emphasise_link(piece, 1) for piece in render_story(rich_story(), "")]
    assert [runs for runs in map(lit, pieces) if runs] == [["machines (Example)", "¹"], ["A map of rivers", "¹"]]


def test_a_piece_without_that_link_is_left_as_it_is() -> None:
    pieces = render_story(rich_story(), "")
    assert all(emphasise_link(piece, 0) is piece for piece in pieces)
    assert emphasise_link(pieces[0], 1) is pieces[0]


def test_light_changes_no_words() -> None:
    for piece in render_story(rich_story(), ""):
        assert emphasise_link(piece, 2).plain == piece.plain


class Sides(App[None]):
    """The story and its links, side by side, and what they tell."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Message] = []

    def get_css_variables(self) -> dict[str, str]:
        return derive_variables(super().get_css_variables())

    def compose(self) -> ComposeResult:
        yield StoryView(id="story")
        yield LinkList(id="links")

    def on_mount(self) -> None:
        self.query_one(StoryView).show_blocks(render_story(rich_story(), ""))
        self.query_one(LinkList).show_links(rich_story().links, {}, "12")

    def on_story_view_link_hovered(self, message: StoryView.LinkHovered) -> None:
        self.told.append(message)

    def on_link_list_link_selected(self, message: LinkList.LinkSelected) -> None:
        self.told.append(message)


def shines(view: StoryView) -> bool:
    """Whether anything in the story is lit."""
    contents = [piece.content for piece in view.block_views]
    return any("$cursor" in str(style) for text in contents if isinstance(text, Content) for _, _, style in text.spans)


async def test_the_light_lasts_while_the_story_is_drawn_anew_and_not_into_the_next() -> None:
    app = Sides()
    async with app.run_test(size=(80, 80)):
        view, pieces = app.query_one(StoryView), render_story(rich_story(), "")
        seen: list[bool] = []
        acts: tuple[Callable[[], object], ...] = (
            lambda: view.emphasise_link(1),
            lambda: view.redraw(pieces),
            lambda: view.repaint(dict(enumerate(pieces))),
            lambda: view.show_blocks(pieces),
            lambda: view.emphasise_link(1),
            lambda: view.emphasise_link(0),
        )
        for act in acts:
            act()
            seen.append(shines(view))
        assert seen == [True, True, True, False, True, False]


async def test_each_side_tells_which_link_is_pointed_at() -> None:
    app = Sides()
    async with app.run_test(size=(80, 80)) as pilot:
        links, view = app.query_one(LinkList), app.query_one(StoryView)
        links.focus()
        await pilot.pause()
        links.move(1)
        view.focus()
        await pilot.pause()
        assert [(type(it), it.number) for it in app.told] == [(LinkList.LinkSelected, n) for n in (1, 2, 0)]
        app.told.clear()
        at = view.block_views[3].plain.index("(Example)")
        await pilot.hover(view.block_views[3], offset=(at, 0))
        await pilot.hover(view.block_views[3], offset=(0, 0))
        assert [(type(it), it.number) for it in app.told] == [(StoryView.LinkHovered, n) for n in (1, 0)]


async def test_a_link_that_is_pointed_at_in_the_story_has_its_row_lit() -> None:
    app = Sides()
    async with app.run_test(size=(80, 80)):
        links = app.query_one(LinkList)
        links.emphasise_link(2)
        assert [links.row_style(row) for row in range(3)] == ["", "on $cursor", ""]
        links.emphasise_link(0)
        assert links.row_style(1) == ""
