"""The middle pane: one story, with a reused widget for each rendered block. Keeps its scroll position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import NULL_SIZE, Region, Size
from textual.getters import query_one
from textual.message import Message
from textual.reactive import var
from textual.selection import Selection
from textual.style import Style
from textual.widget import Widget, _RenderCache
from textual.widgets import Static

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.textual_caches import StoryCaches
from importai_tui.tui.widgets.annotations import LineMap, emphasise_link, get_link_number
from importai_tui.tui.widgets.story_render import RenderedBlock

MIN_TEXT_WIDTH, TEXT_WIDTH, MAX_TEXT_WIDTH = 66, 72, 80
"""Width of the text in cells: the bounds of `<` and `>`, and the default."""
TEXT_MARGINS = 4
"""Cells beside the text, two on each side; one of them is the scroll bar's."""
_PAGE_MARGINS = 2
"""Cells of the column beside the text: one on each side."""
_NO_SIZE = Size(0, 0)
_PAGE_OVERLAP = 2
"""Lines of the old page that stay in view on the new one."""
_SPARE_VIEWS = 16
"""Widgets made in advance when a longer story needs more: each time costs another layout."""
_EMPTY_BLOCK = RenderedBlock("", Content(""), "")


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far the story is scrolled: the percentage above the lower edge, and whether its headline is in view."""

    percent: int = 0
    is_headline_visible: bool = True

    @property
    def is_at_end(self) -> bool:
        """True if the last line is in view."""
        return self.percent == 100


class NoRelayout(Widget):
    """A widget without a second layout after the first one has measured its height.

    Use it as a base after the widget's own base: Textual takes the styles from the first.
    """

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002  # Textual's own signature
    ) -> bool:
        """Update the size; only a scroll bar that appears or disappears needs a layout, and asks for it itself."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class StoryColumn(Vertical, NoRelayout):
    """The block views, one beneath the other."""


class StoryView(VerticalScroll, NoRelayout, can_focus=True, inherit_bindings=False):
    """Shows rendered blocks, and posts that the user has scrolled."""

    page_column = query_one("#page", StoryColumn)

    progress: var[ReadingProgress] = var(ReadingProgress())
    """How far the story is scrolled."""

    class Scrolled(Message):
        """The user has scrolled in the story."""

        def __init__(self) -> None:
            super().__init__()

    class LinkHovered(Message):
        """The mouse has moved onto a link, or away from it: its number, 0 for none."""

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
        """The size in which the position was last restored: scrolling in another size is not the user's."""
        self._has_scrolled = False
        self._goal: tuple[int, int] | None = None
        self._is_scroll_bar_mounted = False
        self._regions: tuple[Region, ...] = ()
        self._region_sizes = (_NO_SIZE, _NO_SIZE)
        """The sizes of the pane and of the column for which `_regions` were computed."""

    def compose(self) -> ComposeResult:
        """Yield the column of the text; block views are added as they are needed."""
        yield StoryColumn(id="page")

    def show_blocks(self, blocks: Sequence[RenderedBlock], position: ScrollPosition | None = None) -> None:
        """Show another story, from `position` on."""
        self._caches.count_story()
        self._emphasised_link = 0
        self._fill_views(blocks)
        self._scroll_position = position or ScrollPosition()
        self._goal = None
        self._has_scrolled = False
        # Without its watchers, because the screen refreshes its bars anyway.
        self.set_reactive(StoryView.progress, ReadingProgress())
        # This scrolling is not the user's.
        self._restored_size = _NO_SIZE
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self.call_after_refresh(self._restore_scroll)

    def redraw(self, blocks: Sequence[RenderedBlock]) -> None:
        """Show the same story again after a change; the first visible line stays where it is."""
        self._scroll_position = relocate_position(
            self._scroll_position, [view.plain for view in self._block_views], [block.plain for block in blocks]
        )
        self._restored_size = _NO_SIZE
        self._fill_views(blocks)
        self.call_after_refresh(self._restore_scroll)

    def _fill_views(self, blocks: Sequence[RenderedBlock]) -> None:
        """Show the blocks in the pooled widgets, and make missing ones."""
        missing = len(blocks) - len(self._pool)
        new = [BlockView() for _ in range(missing + (_SPARE_VIEWS if self._pool else 0))] if missing > 0 else []
        self._pool += new
        for number, (view, block) in enumerate(zip(self._pool, blocks, strict=False)):
            view.emphasise_link(0)
            view.show_block(block, is_first=number == 0)
            view.emphasise_link(self._emphasised_link)
        self._block_views = self._pool[: len(blocks)]
        for view in self._pool[len(blocks) :]:
            view.recycle()
        if new:
            self.page_column.mount(*new)
        self._region_sizes = (_NO_SIZE, _NO_SIZE)

    def show_message(self, text: Content) -> None:
        """Show some words instead of a story."""
        self.show_blocks([RenderedBlock("paragraph", text, text.plain)])

    @property
    def scroll_position(self) -> ScrollPosition:
        """The position of the first visible line."""
        return self._scroll_position

    def restore_position(self, position: ScrollPosition) -> None:
        """Scroll to a position; this does not count as scrolling by the user."""
        self._scroll_position, self._goal = position, None
        self._restored_size = _NO_SIZE
        self._restore_scroll()

    @property
    def has_scrolled(self) -> bool:
        """True if the user has scrolled since the story was shown."""
        return self._has_scrolled

    @property
    def block_views(self) -> tuple[BlockView, ...]:
        """The widgets of the blocks, in their order."""
        return tuple(self._block_views)

    def pick_block(self, index: int | None) -> None:
        """Mark a block as picked and scroll it into view; None removes the mark."""
        for position, view in enumerate(self._block_views):
            view.set_class(position == index, "-picked")
        if index is not None:
            self.scroll_to_widget(self._block_views[index], animate=False, immediate=True)

    def emphasise_link(self, number: int) -> None:
        """Emphasise a link in all blocks that have it; 0 for none. Nothing scrolls."""
        self._emphasised_link = number
        for view in self._block_views:
            view.emphasise_link(number)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Post the link under the mouse."""
        self._hover(get_link_number(Style.from_meta(event.style.meta)))

    def on_leave(self) -> None:
        """Post that the mouse is over no link."""
        self._hover(0)

    def _hover(self, number: int) -> None:
        if number != self._hovered_link:
            self._hovered_link = number
            self.post_message(self.LinkHovered(number))

    def repaint(self, blocks: Mapping[int, RenderedBlock]) -> None:
        """Show blocks, given by their indices, with the same text in other styles."""
        for index, block in blocks.items():
            if index < len(self._block_views):
                self._block_views[index].repaint(block)

    def scroll_to_character(self, goal: tuple[int, int] | None) -> None:
        """Scroll a character into view, given as block index and offset; None ends it.

        This does not count as scrolling by the user. A character out of view comes a third from the top. It stays in
        view at other widths until the user scrolls.
        """
        self._goal = goal
        if goal and self._restored_size == self.size:
            self._scroll_to_goal(goal)
            self._update_progress()

    @property
    def is_at_end(self) -> bool:
        """True if the last line is in view."""
        return round(self.scroll_y) >= self.max_scroll_y

    def set_text_width(self, cells: int) -> None:
        """Set the width of the text; the first visible line stays in view."""
        self.page_column.styles.max_width = cells + _PAGE_MARGINS
        self._restored_size = _NO_SIZE
        self.call_after_refresh(self._restore_scroll)

    def move(self, rows: int) -> None:
        """Scroll by lines."""
        self._scroll_to_line(round(self.scroll_y) + rows)

    def page(self, share: float) -> None:
        """Scroll by a share of the height; a whole page keeps two lines of the old one."""
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _PAGE_OVERLAP if abs(share) >= 1 else lines)
        self._scroll_to_line(round(self.scroll_y) + (step if share > 0 else -step))

    def go_to_end(self, *, last: bool) -> None:
        """Scroll to the end, or to the beginning if `last` is False."""
        self._scroll_to_line(round(self.max_scroll_y) if last else 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note the first visible line, unless the change comes from a new size, or the pane is hidden."""
        super().watch_scroll_y(old_value, new_value)
        if self.size and self.size == self._restored_size and round(old_value) != round(new_value):
            self._scroll_position = self._find_position()
            self._goal = None
            self._has_scrolled = True
            self._update_progress()
            self.post_message(self.Scrolled())

    def on_resize(self, event: events.Resize) -> None:
        """Scroll back to what was in view before a new size."""
        if event.size != self._restored_size:
            self.call_after_refresh(self._restore_scroll)

    def _scroll_to_line(self, y: int) -> None:
        self.scroll_to(y=y, animate=False, immediate=True)

    def _restore_scroll(self) -> None:
        """Scroll to the saved position, once the blocks have their heights."""
        if not self.children:  # the screen was closed
            return
        # This scrolling is not the user's.
        self._restored_size = _NO_SIZE
        if self._goal:
            # From the top, so that it does not matter where an unfinished layout had the goal.
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
            self._scroll_to_goal(self._goal)
        elif self._scroll_position == ScrollPosition():
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
            # Before it is mounted it ignores the length of the story.
            self.vertical_scrollbar.refresh()
            self._is_scroll_bar_mounted = self.vertical_scrollbar.is_mounted
        self._update_progress()

    def _update_progress(self) -> None:
        regions, size = self._block_regions(), self.size
        if not (regions and size.height):
            self.progress = ReadingProgress()
            return
        top = round(self.scroll_y)
        percent = 100 if self.is_at_end else min(99, 100 * (top + size.height) // self.virtual_size.height)
        headline_bottom = self.page_column.virtual_region.y + regions[0].bottom
        self.progress = ReadingProgress(percent, is_headline_visible=top < headline_bottom)

    def _scroll_to_goal(self, goal: tuple[int, int]) -> None:
        index, character = goal
        if not (index < len(self._block_views) and self.size.width):
            return
        view = self._block_views[index]
        y = self.page_column.virtual_region.y + self._block_regions()[index].y + view.line_of(character)
        top, height = round(self.scroll_y), self.size.height
        if top < y < top + height - 1:
            return
        # This scrolling is not the user's.
        size_before, self._restored_size = self._restored_size, _NO_SIZE
        self.scroll_to(y=y - height // 3, animate=False, immediate=True, force=True)
        self._scroll_position, self._restored_size = self._find_position(), size_before

    def _find_position(self) -> ScrollPosition:
        top = round(self.scroll_y) - self.page_column.virtual_region.y
        for index, (view, region) in enumerate(zip(self._block_views, self._block_regions(), strict=True)):
            if region.bottom > top:
                return ScrollPosition(index, view.share_at(top - region.y))
        return ScrollPosition()

    def _block_regions(self) -> tuple[Region, ...]:
        """Return the regions of the blocks in the column; cached, because Textual would compute the layout again."""
        sizes = (self.size, self.page_column.size)
        if sizes != self._region_sizes:
            self._region_sizes = sizes
            self._regions = tuple(view.virtual_region for view in self._block_views)
        return self._regions


class BlockView(Static, NoRelayout):
    """Draws one rendered block. Its text can be selected, its links clicked."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        # Textual's link styles would replace ours.
        self.auto_links = False
        self._block = _EMPTY_BLOCK
        self._style_class = ""
        self._emphasised_link = 0

    def show_block(self, block: RenderedBlock, *, is_first: bool) -> None:
        """Show another block."""
        self._block = block
        classes = {self._style_class: False, block.style_class: True, "-tight": block.is_tight or is_first}
        self._style_class = block.style_class
        # A widget that is not mounted yet gets its styles when it is.
        self.update_classes(classes, update=self.is_attached)
        if not self.display:
            self.display = True
        self.update(emphasise_link(block, self._emphasised_link).visual)

    def recycle(self) -> None:
        """Hide the widget and free its content: the lines of a long story would stay in memory until reuse."""
        if self.display:
            self.display = False
            self._block = _EMPTY_BLOCK
            self.update(_EMPTY_BLOCK.visual, layout=False)
            self._render_cache = _RenderCache(NULL_SIZE, [])

    def repaint(self, block: RenderedBlock) -> None:
        """Show the same text in other styles."""
        self._block = block
        self.update(emphasise_link(block, self._emphasised_link).visual, layout=False)

    def emphasise_link(self, number: int) -> None:
        """Emphasise the link with that number, if it is in this block; 0 for none."""
        before, self._emphasised_link = emphasise_link(self._block, self._emphasised_link), number
        after = emphasise_link(self._block, number)
        if after is not before:
            self.update(after.visual, layout=False)

    @property
    def plain(self) -> str:
        """The text of the block."""
        return self._block.plain

    def line_of(self, character: int) -> int:
        """Return the line of a character of the text, counted from the top of the widget."""
        return self.gutter.top + self._line_map.line_of(character)

    def line_at(self, share: float) -> int:
        """Return the line that this share of the text is above, counted in the same way."""
        return self.gutter.top + self._line_map.line_at(share)

    def share_at(self, line: int) -> float:
        """Return the share of the text above such a line; 0 only in the gap above the widget."""
        return self._line_map.share_at(max(0, line - self.gutter.top) if line >= 0 else line)

    @property
    def _line_map(self) -> LineMap:
        return LineMap(self._block, max(1, self.size.width))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text; Textual does not know the text of a hanging block."""
        return selection.extract(self.plain), "\n"


def relocate_position(position: ScrollPosition, before: Sequence[str], after: Sequence[str]) -> ScrollPosition:
    """Return a position after an edit: in the nearest block with the same text, else at the same index."""
    if not after or position.block >= len(before):
        return ScrollPosition()
    same_text = [index for index, text in enumerate(after) if text == before[position.block]]
    nearest = min(same_text, key=lambda index: abs(index - position.block), default=min(position.block, len(after) - 1))
    text, above = after[nearest], before[position.block][: int(position.share * len(before[position.block]))]
    if above and text != before[position.block] and text.startswith(above):
        return ScrollPosition(nearest, min(1.0, (len(above) + 0.5) / len(text)))
    return ScrollPosition(nearest, position.share)
