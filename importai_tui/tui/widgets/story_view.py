"""The middle pane: one story, drawn line by line. Keeps its scroll position."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import var
from textual.selection import Selection
from textual.style import Style

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.textual_caches import StoryCaches
from importai_tui.tui.widgets.annotations import blank_link_numbers, emphasise_link
from importai_tui.tui.widgets.line_view import LineView, to_rich_style
from importai_tui.tui.widgets.story_lines import PageKind, WrappedBlock, get_block_style, wrap_block
from importai_tui.tui.widgets.story_render import RenderedBlock, get_link_number

MIN_TEXT_WIDTH, TEXT_WIDTH, MAX_TEXT_WIDTH = 66, 72, 80
"""Width of the text in cells: the bounds of `<` and `>`, and the default."""
TEXT_MARGINS = 4
"""Cells beside the text, two on each side; one of them is the scroll bar's."""
_PAGE_MARGINS = 2
"""Cells of the page beside the text: one on each side."""
_LINES_AFTER_END = 2
"""Blank lines after the story."""
_PAGE_OVERLAP = 2
"""Lines of the old page that stay in view on the new one."""
_DOUBLE_CLICK = 2
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


class ReadingProgress(NamedTuple):
    """How far the story is scrolled: the percentage above the lower edge, and whether its headline is in view."""

    percent: int = 0
    is_headline_visible: bool = True

    @property
    def is_at_end(self) -> bool:
        """True if the last line is in view."""
        return self.percent == 100


class StoryView(LineView, can_focus=True, inherit_bindings=False):
    """Shows rendered blocks, and posts that the user has scrolled.

    In a selection of text, y is the index of a block, and x an offset in its text.
    """

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

    class TextSelected(Message):
        """A word was clicked twice, or a paragraph three times."""

        def __init__(self, selection: Selection) -> None:
            super().__init__()
            self.selection = selection

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        # Textual's link styles would replace ours.
        self.auto_links = False
        self._caches = StoryCaches()
        self._max_text_width = TEXT_WIDTH
        self._is_tale = False
        self._blocks: list[RenderedBlock] = []
        self._wrapped: list[WrappedBlock] = []
        self._tops: list[int] = []
        """The first line of each block."""
        self._left = 0
        """The column of the text."""
        self._drawn: dict[int, list[Segment]] = {}
        """The drawn lines by their number."""
        self._laid_out_sizes: tuple[Size, Size] | None = None
        """The sizes that the lines were made for, and scrolled in: scrolling in other sizes is not the user's."""
        self._picked: int | None = None
        self._emphasised_link = self._hovered_link = 0
        self._scroll_position = ScrollPosition()
        self._has_scrolled = False
        self._goal: tuple[int, int] | None = None

    def show_blocks(
        self, blocks: Sequence[RenderedBlock], position: ScrollPosition | None = None, *, is_tale: bool = False
    ) -> None:
        """Show another story, from `position` on."""
        self._caches.count_story()
        if self.text_selection:
            self.screen.clear_selection()
        self._emphasised_link = 0
        self._picked = self._goal = None
        self._is_tale = is_tale
        self._blocks = list(blocks)
        self._scroll_position = position or ScrollPosition()
        self._has_scrolled = False
        # Without its watchers, because the screen refreshes its bars anyway.
        self.set_reactive(StoryView.progress, ReadingProgress())
        self._lay_out()

    def redraw(self, blocks: Sequence[RenderedBlock]) -> None:
        """Show the same story again after a change; the first visible line stays where it is."""
        self._scroll_position = relocate_position(
            self._scroll_position, [block.plain for block in self._blocks], [block.plain for block in blocks]
        )
        self._blocks = list(blocks)
        self._lay_out()

    def repaint(self, blocks: Mapping[int, RenderedBlock]) -> None:
        """Show blocks, given by their indices, with the same text in other styles."""
        for index, block in blocks.items():
            if index < len(self._blocks):
                self._blocks[index] = block
        self._repaint(blocks)

    def show_message(self, text: Content) -> None:
        """Show some words instead of a story."""
        self.show_blocks([RenderedBlock("paragraph", text)])

    @property
    def blocks(self) -> Sequence[RenderedBlock]:
        """The blocks that are shown."""
        return self._blocks

    @property
    def text_width(self) -> int:
        """The width of the text in cells."""
        return max(0, min(self._max_text_width, self.line_width - _PAGE_MARGINS))

    @property
    def scroll_position(self) -> ScrollPosition:
        """The position of the first visible line."""
        return self._scroll_position

    def restore_position(self, position: ScrollPosition) -> None:
        """Scroll to a position; this does not count as scrolling by the user."""
        self._scroll_position, self._goal = position, None
        self._restore_scroll()

    @property
    def has_scrolled(self) -> bool:
        """True if the user has scrolled since the story was shown."""
        return self._has_scrolled

    @property
    def picked(self) -> int | None:
        """The index of the block that is marked as picked."""
        return self._picked

    def pick_block(self, index: int | None) -> None:
        """Mark a block as picked and scroll it into view; None removes the mark."""
        self._picked = index
        self._drawn.clear()
        self.refresh()
        if index is None or not self._wrapped:
            return
        top, bottom = self._tops[index], self._tops[index] + self._wrapped[index].height
        first, height = round(self.scroll_y), self.size.height
        if top < first or bottom - top > height:
            self.scroll_to_line(top)
        elif bottom > first + height:
            self.scroll_to_line(bottom - height)

    def emphasise_link(self, number: int) -> None:
        """Emphasise a link in all blocks that have it; 0 for none. Nothing scrolls."""
        before, self._emphasised_link = self._emphasised_link, number
        self._repaint(
            index
            for index, block in enumerate(self._blocks)
            if emphasise_link(block, before) is not emphasise_link(block, number)
        )

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

    def scroll_to_character(self, goal: tuple[int, int] | None) -> None:
        """Scroll a character into view, given as block index and offset; None ends it.

        This does not count as scrolling by the user. A character out of view comes a third from the top. It stays in
        view at other widths until the user scrolls.
        """
        self._goal = goal
        if goal and self._wrapped:
            self._scroll_to_goal(goal)
            self._update_progress()

    @property
    def is_at_end(self) -> bool:
        """True if the last line is in view."""
        return round(self.scroll_y) >= self.max_scroll_y

    def set_text_width(self, cells: int) -> None:
        """Set the width of the text; the first visible line stays in view."""
        self._max_text_width = cells
        self._lay_out()

    def move(self, rows: int) -> None:
        """Scroll by lines."""
        self.scroll_to_line(round(self.scroll_y) + rows)

    def page(self, share: float) -> None:
        """Scroll by a share of the height; a whole page keeps two lines of the old one."""
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _PAGE_OVERLAP if abs(share) >= 1 else lines)
        self.scroll_to_line(round(self.scroll_y) + (step if share > 0 else -step))

    def go_to_end(self, *, last: bool) -> None:
        """Scroll to the end, or to the beginning if `last` is False."""
        self.scroll_to_line(round(self.max_scroll_y) if last else 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note the first visible line, unless the change comes from a new size, or the pane is hidden."""
        super().watch_scroll_y(old_value, new_value)
        if self.size and self._sizes == self._laid_out_sizes and round(old_value) != round(new_value):
            self._scroll_position = self._find_position()
            self._goal = None
            self._has_scrolled = True
            self._update_progress()
            self.post_message(self.Scrolled())

    def on_resize(self) -> None:
        """Make the lines for the new size, and scroll back to what was in view before."""
        if self._sizes != self._laid_out_sizes:
            self._lay_out()

    def notify_style_update(self) -> None:
        """Draw the lines again in new colours."""
        super().notify_style_update()
        if self._wrapped:
            self._lay_out()

    # Selection

    def find_text_offset(self, screen_offset: Offset) -> Offset:
        """Return the place in the text at a cell of the screen, or the nearest one, as selections have it."""
        if not self._wrapped:
            return Offset(0, 0)
        x, y = screen_offset - self.content_region.offset
        line = y + round(self.scroll_y)
        index = max(0, bisect_right(self._tops, line) - 1)
        return Offset(self._wrapped[index].find_character(line - self._tops[index], x - self._left), index)

    def get_selected_ranges(self) -> list[tuple[int, int, int]]:
        """Return the selected passages: the index of a block, and the start and end in its text."""
        selection = self.text_selection
        if not selection:
            return []
        ranges = (self._get_range(index, selection) for index in range(len(self._blocks)))
        return [(index, start, end) for index, start, end in ranges if end > start]

    def on_click(self, event: events.Click) -> None:
        """Select the word under a double click, or the paragraph under a triple click."""
        if event.chain < _DOUBLE_CLICK or not self._wrapped:
            return
        # Textual would select the whole story, or everything on the screen, and open a link again.
        event.prevent_default()
        event.stop()
        character, index = self.find_text_offset(event.screen_offset)
        body = self._blocks[index].body
        spans = [(0, len(body))]
        if event.chain == _DOUBLE_CLICK:
            spans = [word.span() for word in _WORD.finditer(blank_link_numbers(body))]
        for start, end in spans:
            if start <= character < end:
                self.post_message(self.TextSelected(Selection(Offset(start, index), Offset(end, index))))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text."""
        ranges = (self._get_range(index, selection) for index in range(len(self._blocks)))
        return "\n".join(self._blocks[index].plain[start:end] for index, start, end in ranges if end > start), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002  # Textual's own signature
        """Draw the selection."""
        self._repaint(range(len(self._blocks)))

    def _get_range(self, index: int, selection: Selection) -> tuple[int, int, int]:
        start, end = selection.get_span(index) or (0, 0)
        return index, start, len(self._blocks[index].plain) if end < 0 else end

    # Lines

    def draw_line(self, line: int, width: int, style: Style) -> list[Segment]:  # noqa: ARG002  # the width is known
        """Draw one line of the story."""
        if line not in self._drawn:
            self._drawn[line] = self._draw_line(line, style)
        return self._drawn[line]

    def _draw_line(self, line: int, page: Style) -> list[Segment]:
        index = bisect_right(self._tops, line) - 1
        if index < 0 or line >= self._tops[index] + self._wrapped[index].height:
            return []
        parse = self.app.stylesheet.parse_style
        background = self._picked_style if index == self._picked else ""
        segments = self._wrapped[index].draw(line - self._tops[index], page, parse, background=background)
        return [Segment(" " * self._left, to_rich_style(page)), *segments] if self._left else segments

    def _lay_out(self) -> None:
        """Wrap all blocks, and scroll to the saved position; later if the pane has no size yet."""
        self._drawn.clear()
        self._laid_out_sizes = None
        if not (self.text_width and self.size.height):
            self._wrapped, self._tops = [], []
            return
        self._left = (self.line_width - self.text_width) // 2
        self._wrapped = [self._wrap(index) for index in range(len(self._blocks))]
        self._tops = []
        line = gap = 0
        for wrapped in self._wrapped:
            line += max(gap, wrapped.style.above) if self._tops else 0
            self._tops.append(line)
            line += wrapped.height
            gap = wrapped.style.below
        self.set_line_count(line + _LINES_AFTER_END if self._tops else 0)
        self._restore_scroll()

    def _repaint(self, indices: Iterable[int]) -> None:
        """Wrap blocks again that have the same text in other styles."""
        if not self._wrapped:
            return
        for index in indices:
            if index < len(self._wrapped):
                self._wrapped[index] = self._wrap(index)
        self._drawn.clear()
        self.refresh()

    def _wrap(self, index: int) -> WrappedBlock:
        block = emphasise_link(self._blocks[index], self._emphasised_link)
        if selection := self.text_selection:
            _, start, end = self._get_range(index, selection)
            selected = Style.from_styles(self.screen.get_component_styles("screen--selection"))
            block = block._replace(body=block.body.stylize(selected, start, end))
        style = get_block_style(block.style_class, self._page_kind, is_tight=block.is_tight)
        return wrap_block(block, style, self.text_width)

    @property
    def _sizes(self) -> tuple[Size, Size]:
        """The size for lines, and the size by which Textual limits scrolling: new padding changes that one later."""
        return self.size, self.container_size

    @property
    def _picked_style(self) -> str:
        return "reverse" if self.app.native_ansi_color else "on $block-cursor-background"

    @property
    def _page_kind(self) -> PageKind:
        return PageKind(
            is_tale=self._is_tale,
            is_tiny=self.screen.has_class("-tiny"),
            is_ansi=self.app.native_ansi_color,
        )

    def _restore_scroll(self) -> None:
        """Scroll to the saved position."""
        # This scrolling is not the user's.
        self._laid_out_sizes = None
        position = self._scroll_position
        if self._goal:
            # From the top, so that it does not matter what was in view.
            self.scroll_to_line(0)
            self._scroll_to_goal(self._goal)
        elif position.block < len(self._wrapped):
            wrapped, top = self._wrapped[position.block], self._tops[position.block]
            is_at_start = position == ScrollPosition()
            line = top + wrapped.line_at(position.share) if position.share else top - wrapped.style.above
            self.scroll_to_line(0 if is_at_start else line)
        self._laid_out_sizes = self._sizes
        self._update_progress()

    def _update_progress(self) -> None:
        height = self.size.height
        if not (self._wrapped and height):
            self.progress = ReadingProgress()
            return
        top = round(self.scroll_y)
        percent = 100 if self.is_at_end else min(99, 100 * (top + height) // self.virtual_size.height)
        self.progress = ReadingProgress(percent, is_headline_visible=top < self._wrapped[0].height)

    def _scroll_to_goal(self, goal: tuple[int, int]) -> None:
        index, character = goal
        if index >= len(self._wrapped):
            return
        line = self._tops[index] + self._wrapped[index].line_of(character)
        top, height = round(self.scroll_y), self.size.height
        if top < line < top + height - 1:
            return
        # This scrolling is not the user's.
        sizes_before, self._laid_out_sizes = self._laid_out_sizes, None
        self.scroll_to_line(line - height // 3)
        self._scroll_position, self._laid_out_sizes = self._find_position(), sizes_before

    def _find_position(self) -> ScrollPosition:
        """Return the position of the first visible line."""
        top = round(self.scroll_y)
        for index, (wrapped, first) in enumerate(zip(self._wrapped, self._tops, strict=True)):
            if first + wrapped.height > top:
                return ScrollPosition(index, wrapped.share_at(top - first))
        return ScrollPosition()


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
