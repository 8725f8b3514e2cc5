"""The middle pane: one story, a pooled widget for each piece, scrolled as a page and never losing its place.

One piece of a story as a widget: used again for other pieces, and lit where the reader points at a link of it.

What spares a second layout to widgets that the first one has measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import NULL_SIZE, Region, Size
from textual.getters import query_one
from textual.message import Message
from textual.selection import Selection
from textual.style import Style
from textual.widget import Widget, _RenderCache
from textual.widgets import Static

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.textual_caches import StoryCaches
from importai_tui.tui.widgets.annotations import LineMap, emphasise_link, get_link_number
from importai_tui.tui.widgets.story_render import RenderedBlock


class NoRelayout(Widget):
    """A widget whose height is asked for to lay it out: that it has it then is no reason to lay out all anew.

    A base beside the one that the widget has its looks from, and after it: Textual takes those from the first.
    """

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002  # Textual's own signature
    ) -> bool:
        """As ever; only a scroll bar that comes or goes asks for another layout, and that by itself."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)


_EMPTY_BLOCK = RenderedBlock("", Content(""), "")


class BlockView(Static, NoRelayout):
    """One piece of a story. Its words can be selected, its links clicked."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        # Textual would paint over the colours of our own link styles.
        self.auto_links = False
        self._block = _EMPTY_BLOCK
        self._style_class = ""
        self._emphasised_link = 0

    def show_block(self, block: RenderedBlock, *, is_first: bool) -> None:
        """Shows another piece."""
        self._block = block
        looks = {self._style_class: False, block.style_class: True, "-tight": block.is_tight or is_first}
        self._style_class = block.style_class
        # One that is yet to be mounted is dressed then.
        self.update_classes(looks, update=self.is_attached)
        if not self.display:
            self.display = True
        self.update(emphasise_link(block, self._emphasised_link).visual)

    def recycle(self) -> None:
        """Shows nothing, and holds nothing of what it showed: a long story's lines would stay until the next one."""
        if self.display:
            self.display = False
            self._block = _EMPTY_BLOCK
            self.update(_EMPTY_BLOCK.visual, layout=False)
            self._render_cache = _RenderCache(NULL_SIZE, [])

    def repaint(self, block: RenderedBlock) -> None:
        """Shows the same words in other colours."""
        self._block = block
        self.update(emphasise_link(block, self._emphasised_link).visual, layout=False)

    def emphasise_link(self, number: int) -> None:
        """Lights the link with that number, if it is in this piece; 0: none."""
        before, self._emphasised_link = emphasise_link(self._block, self._emphasised_link), number
        after = emphasise_link(self._block, number)
        if after is not before:
            self.update(after.visual, layout=False)

    @property
    def plain(self) -> str:
        """The words of the piece."""
        return self._block.plain

    def line_of(self, character: int) -> int:
        """The line, counted from the top of the widget, that a character of the piece's words is drawn on."""
        return self.gutter.top + self._line_map.line_of(character)

    def line_at(self, share: float) -> int:
        """The line, counted in the same way, that so large a share of the words is drawn above."""
        return self.gutter.top + self._line_map.line_at(share)

    def share_at(self, line: int) -> float:
        """How much of the words is drawn above such a line; 0 only in the gap above the widget."""
        return self._line_map.share_at(max(0, line - self.gutter.top) if line >= 0 else line)

    @property
    def _line_map(self) -> LineMap:
        return LineMap(self._block, max(1, self.size.width))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected words; a hanging piece is asked for its own, which Textual does not know."""
        return selection.extract(self.plain), "\n"


MIN_TEXT_WIDTH, TEXT_WIDTH, MAX_TEXT_WIDTH = 66, 72, 80
"""Width of the text in cells: what `<` and `>` allow, and what it is at first."""
_MARGINS = 2
"""Cells of the column beside the text: one on each side."""
_NO_SIZE = Size(0, 0)
_PAGE_OVERLAP = 2
"""Lines of the old page that stay in view on the new one."""
_SPARE_VIEWS = 16
"""Widgets that are made over those that a longer story needs: each making costs another layout."""


class StoryColumn(Vertical, NoRelayout):
    """The pieces, one beneath the other."""


class StoryView(VerticalScroll, NoRelayout, can_focus=True, inherit_bindings=False):
    """Draws the pieces that it is given. It tells when the reader has scrolled."""

    page_column = query_one("#page", StoryColumn)

    class Scrolled(Message):
        """The reader has moved in the story."""

        def __init__(self) -> None:
            super().__init__()

    class LinkHovered(Message):
        """The mouse has come over a link, or left it: its number, 0 for none."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._caches = StoryCaches()
        self._pool: list[BlockView] = []
        self._block_views: list[BlockView] = []
        self._emphasised_link = self._hovered_link = 0
        self._scroll_position = ScrollPosition()
        self._restored_size = _NO_SIZE
        """The size that the story was last brought to its place in: what moves in another one is not the reader."""
        self._has_scrolled = False
        self._goal: tuple[int, int] | None = None
        self._is_scroll_bar_mounted = False
        self._regions: tuple[Region, ...] = ()
        self._region_sizes = (_NO_SIZE, _NO_SIZE)
        """The sizes, of the pane and of all the text, that these places of the pieces are for."""

    def compose(self) -> ComposeResult:
        """The column that is as wide as the measure, pieces come into it as they are needed."""
        yield StoryColumn(id="page")

    def show_blocks(self, blocks: Sequence[RenderedBlock], position: ScrollPosition | None = None) -> None:
        """Shows another story, from `spot` on."""
        self._caches.story_shown()
        self._emphasised_link = 0
        self._fill_views(blocks)
        self._scroll_position = position or ScrollPosition()
        self._goal = None
        self._has_scrolled = False
        # Nobody scrolls when the old story's place goes with it.
        self._restored_size = _NO_SIZE
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self.call_after_refresh(self._restore_scroll)

    def redraw(self, blocks: Sequence[RenderedBlock]) -> None:
        """Shows the story as it is now; what is first in view stays there, and nobody has scrolled."""
        self._scroll_position = relocate_position(
            self._scroll_position, [view.plain for view in self._block_views], [piece.plain for piece in blocks]
        )
        self._restored_size = _NO_SIZE
        self._fill_views(blocks)
        self.call_after_refresh(self._restore_scroll)

    def _fill_views(self, blocks: Sequence[RenderedBlock]) -> None:
        """Widgets are used again; only missing ones are made."""
        missing = len(blocks) - len(self._pool)
        new = [BlockView() for _ in range(missing + (_SPARE_VIEWS if self._pool else 0))] if missing > 0 else []
        self._pool += new
        for index, (view, piece) in enumerate(zip(self._pool, blocks, strict=False)):
            view.emphasise_link(0)
            view.show_block(piece, is_first=index == 0)
            view.emphasise_link(self._emphasised_link)
        self._block_views = self._pool[: len(blocks)]
        for view in self._pool[len(blocks) :]:
            view.recycle()
        if new:
            self.page_column.mount(*new)
        self._region_sizes = (_NO_SIZE, _NO_SIZE)

    def show_message(self, text: Content) -> None:
        """Shows a few words instead of a story."""
        self.show_blocks([RenderedBlock("paragraph", text, text.plain)])

    @property
    def scroll_position(self) -> ScrollPosition:
        """The place of the first visible line."""
        return self._scroll_position

    def restore_position(self, position: ScrollPosition) -> None:
        """Shows a spot again, which counts as no scrolling of the reader's."""
        self._scroll_position, self._goal = position, None
        self._restored_size = _NO_SIZE
        self._restore_scroll()

    @property
    def has_scrolled(self) -> bool:
        """Whether the reader has scrolled in this showing of the story."""
        return self._has_scrolled

    @property
    def block_views(self) -> tuple[BlockView, ...]:
        """The widgets of the pieces, in their order."""
        return tuple(self._block_views)

    def pick_block(self, piece: int | None) -> None:
        """Marks a piece as picked and brings it into view; None: none is picked any more."""
        for index, view in enumerate(self._block_views):
            view.set_class(index == piece, "-picked")
        if piece is not None:
            self.scroll_to_widget(self._block_views[piece], animate=False, immediate=True)

    def emphasise_link(self, number: int) -> None:
        """Lights a link, by its number, wherever the story has it; 0: none. Nothing scrolls."""
        self._emphasised_link = number
        for view in self._block_views:
            view.emphasise_link(number)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tells which link the mouse is over."""
        self._hover(get_link_number(Style.from_meta(event.style.meta)))

    def on_leave(self) -> None:
        """It is over none."""
        self._hover(0)

    def _hover(self, number: int) -> None:
        if number != self._hovered_link:
            self._hovered_link = number
            self.post_message(self.LinkHovered(number))

    def repaint(self, blocks: Mapping[int, RenderedBlock]) -> None:
        """Shows pieces, by their places, with the same words in other colours."""
        for at, piece in blocks.items():
            if at < len(self._block_views):
                self._block_views[at].repaint(piece)

    def scroll_to_character(self, goal: tuple[int, int] | None) -> None:
        """Brings a character of a piece into view, which counts as no scrolling of the reader's; None: not any more.

        It comes a third from the top, unless it is well in view, and stays in view at another width until the reader
        scrolls.
        """
        self._goal = goal
        if goal and self._restored_size == self.size:
            self._scroll_to_goal(goal)

    @property
    def is_at_end(self) -> bool:
        """Whether the last line is in view."""
        return round(self.scroll_y) >= self.max_scroll_y

    def set_text_width(self, cells: int) -> None:
        """Sets the width of the text; what was in view stays in view."""
        self.page_column.styles.max_width = cells + _MARGINS
        self._restored_size = _NO_SIZE
        self.call_after_refresh(self._restore_scroll)

    def move(self, rows: int) -> None:
        """Scrolls by lines."""
        self._scroll_to_line(round(self.scroll_y) + rows)

    def page(self, share: float) -> None:
        """Scrolls by a share of the height; a whole page keeps two lines of the old one."""
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _PAGE_OVERLAP if abs(share) >= 1 else lines)
        self._scroll_to_line(round(self.scroll_y) + (step if share > 0 else -step))

    def go_to_end(self, *, last: bool) -> None:
        """Scrolls to the beginning or the end."""
        self._scroll_to_line(round(self.max_scroll_y) if last else 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remembers what is first in view, unless it is only a new size that has moved it."""
        super().watch_scroll_y(old_value, new_value)
        if self.size == self._restored_size and round(old_value) != round(new_value):
            self._scroll_position = self._find_position()
            self._goal = None
            self._has_scrolled = True
            self.post_message(self.Scrolled())

    def on_resize(self, event: events.Resize) -> None:
        """After a new size, scrolls back to what was in view."""
        if event.size != self._restored_size:
            self.call_after_refresh(self._restore_scroll)

    def _scroll_to_line(self, y: int) -> None:
        self.scroll_to(y=y, animate=False, immediate=True)

    def _restore_scroll(self) -> None:
        """Scroll to the remembered spot, once the pieces have their heights."""
        if not self.children:  # the screen was closed meanwhile
            return
        if self._scroll_position == ScrollPosition():
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
        elif self._scroll_position.block < len(self._block_views):
            view, share = self._block_views[self._scroll_position.block], self._scroll_position.share
            region = self._block_regions()[self._scroll_position.block]
            line = region.y + view.line_at(share) if share else region.grow(view.styles.margin).y
            y = self.page_column.virtual_region.y + line
            self.scroll_to(y=y, animate=False, immediate=True, force=True)
        self._block_regions()
        self._restored_size = self.size
        if not self._is_scroll_bar_mounted:
            # Until it is mounted it does not hear how long the story is.
            self.vertical_scrollbar.refresh()
            self._is_scroll_bar_mounted = self.vertical_scrollbar.is_mounted
        if self._goal:
            self._scroll_to_goal(self._goal)

    def _scroll_to_goal(self, goal: tuple[int, int]) -> None:
        piece, character = goal
        if not (piece < len(self._block_views) and self.size.width):
            return
        view = self._block_views[piece]
        y = self.page_column.virtual_region.y + self._block_regions()[piece].y + view.line_of(character)
        top, height = round(self.scroll_y), self.size.height
        if top < y < top + height - 1:
            return
        # Nobody scrolls who is shown the way.
        settled, self._restored_size = self._restored_size, _NO_SIZE
        self.scroll_to(y=y - height // 3, animate=False, immediate=True, force=True)
        self._scroll_position, self._restored_size = self._find_position(), settled

    def _find_position(self) -> ScrollPosition:
        top = round(self.scroll_y) - self.page_column.virtual_region.y
        for index, (view, region) in enumerate(zip(self._block_views, self._block_regions(), strict=True)):
            if region.bottom > top:
                return ScrollPosition(index, view.share_at(top - region.y))
        return ScrollPosition()

    def _block_regions(self) -> tuple[Region, ...]:
        """Where the pieces stand in the column. After scrolling, Textual would lay out all anew to tell it."""
        sizes = (self.size, self.page_column.size)
        if sizes != self._region_sizes:
            self._region_sizes = sizes
            self._regions = tuple(view.virtual_region for view in self._block_views)
        return self._regions


def relocate_position(position: ScrollPosition, before: Sequence[str], after: Sequence[str]) -> ScrollPosition:
    """The same spot after an edit: in the nearest piece with the same words, else in the one that has its place."""
    if not after or position.block >= len(before):
        return ScrollPosition()
    same = [index for index, words in enumerate(after) if words == before[position.block]]
    nearest = min(same, key=lambda index: abs(index - position.block), default=min(position.block, len(after) - 1))
    words, above = after[nearest], before[position.block][: int(position.share * len(before[position.block]))]
    if above and words != before[position.block] and words.startswith(above):
        return ScrollPosition(nearest, min(1.0, (len(above) + 0.5) / len(words)))
    return ScrollPosition(nearest, position.share)
