"""The digest as one drawn column: lines made once for a width, of which only those in view are painted.

How a story is drawn in the digest: the pieces of it that are told, and each of them as lines of cells. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions

from importai_tui.library.rows import StoryRow
from importai_tui.model import Story, StoryKind
from importai_tui.tui.skim.summary import summarise_story
from importai_tui.tui.text import ContentBuilder, to_content
from importai_tui.tui.widgets.issue_list import OPEN_BAR, STAR_SIGN, UNREAD_SIGN
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from importai_tui.tui.widgets.story_view import TEXT_WIDTH

GUTTER_WIDTH = 5
"""Cells before the text: the bar, a gap, the star, the dot, a gap."""
_NARROW_WIDTH = 50
"""Cells of text below which nothing is set in far."""
NO_LINKS_TEXT = "No links."
_NO_BODY_TEXT = "There is no text to it."


@dataclass(frozen=True, slots=True)
class BlockStyle:
    """How a piece stands in the column: set in on both sides, on a ground, behind a bar, in a style of its own."""

    margin: int = 0
    style: str = ""
    bar: str = ""


_PLAIN_STYLE = BlockStyle()


def render_summary(story: Story) -> tuple[RenderedBlock, ...]:
    """What the digest tells of a story, from its headline to what it cites."""
    told = summarise_story(story)
    tale = story.kind is StoryKind.TECH_TALES
    pieces = []
    for piece in render_story(told, ""):
        if piece.style_class == "headline":
            pieces.append(_add_section_label(piece, story))
        elif piece.style_class == "paragraph":
            pieces.append(piece if tale else replace(piece, style_class="lead"))
        elif piece.style_class != "facts":
            pieces.append(piece)
    if not told.blocks:
        pieces.append(_make_muted_block(_NO_BODY_TEXT))
    if not any(piece.style_class == "cited" for piece in pieces) and (words := _format_link_count(story)):
        pieces.append(_make_muted_block(words))
    return tuple(pieces)


def render_lines(
    blocks: Sequence[RenderedBlock], width: int, background: Style, options: RenderOptions, *, is_fiction: bool
) -> list[Strip]:
    """The lines of a story, each `width` cells wide."""
    lines: list[Strip] = []
    before = ""
    for piece in blocks:
        if before and _needs_blank_line(before, piece):
            lines.append(Strip.blank(width, background.rich_style))
        setting = _get_style(piece, width, is_fiction=is_fiction)
        lines.extend(_render_block(piece, setting, width, background, options))
        before = piece.style_class
    return lines


def draw_gutter(row: StoryRow, *, is_current: bool, is_first_line: bool) -> Content:
    """What stands before a line of a story: the bar where the reader is, the marks before the headline."""
    pen = ContentBuilder().write(OPEN_BAR if is_current else " ", "$mark").write(" ")
    pen.write(STAR_SIGN if is_first_line and row.is_starred else " ", "$second")
    return pen.write(UNREAD_SIGN if is_first_line and not row.is_read else " ", "$mark").write(" ").build()


def _add_section_label(block: RenderedBlock, story: Story) -> RenderedBlock:
    """With the label that was printed above it, where that says that it is no news item."""
    if not story.section or story.kind is StoryKind.STORY:
        return block
    pen = ContentBuilder().write(block.plain, "bold").write(f"   {story.section}", "$second")
    return RenderedBlock(block.style_class, pen.build(), block.plain)


def _make_muted_block(text: str) -> RenderedBlock:
    return RenderedBlock("quiet", to_content(text, "$muted"), text, is_tight=True)


def _format_link_count(story: Story) -> str:
    """The links of a story that has no read-more line; nobody looks for any in the fiction."""
    if story.links:
        return "One link in the text." if len(story.links) == 1 else f"{len(story.links)} links in the text."
    return "" if story.kind is StoryKind.TECH_TALES else NO_LINKS_TEXT


def _needs_blank_line(before: str, block: RenderedBlock) -> bool:
    """Whether an empty line stands between a piece and the one before it: a page has to hold much."""
    return (
        before == "epigraph" or block.style_class == "epigraph" or (before == block.style_class and not block.is_tight)
    )


def _get_style(block: RenderedBlock, width: int, *, is_fiction: bool) -> BlockStyle:
    match block.style_class:
        case "why":
            return BlockStyle(1 if width < _NARROW_WIDTH else 2, "on $panel", "$second" if is_fiction else "$mark")
        case "epigraph":
            return BlockStyle(1 if width < _NARROW_WIDTH else 4)
        case "lead":
            return BlockStyle(0, "$muted")
        case _:
            return _PLAIN_STYLE


def _render_block(
    block: RenderedBlock, block_style: BlockStyle, width: int, background: Style, options: RenderOptions
) -> Iterator[Strip]:
    style = background + options.get_style(block_style.style) if block_style.style else background
    blank = style.rich_style
    bar = [Segment(OPEN_BAR, (style + options.get_style(block_style.bar)).rich_style)] if block_style.bar else []
    room = max(1, width - 2 * block_style.margin - len(bar))
    for strip in block.visual.render_strips(room, None, style, options):
        start = [*bar, Segment(" " * block_style.margin, blank)]
        yield Strip([*start, *strip.adjust_cell_length(room, blank), Segment(" " * block_style.margin, blank)])


_PAGE_OVERLAP = 2
"""Lines of the old page that stay in view on the new one."""
_STORY_GAP = 1
"""Empty lines after a story."""


class SkimColumn(ScrollView, can_focus=True, inherit_bindings=False):
    """The stories of an issue one under the other, one of them the present one."""

    ALLOW_SELECT = False

    cursor: var[int] = var(0)
    """The present story, from 0: the keys act on it."""

    class CursorMoved(Message):
        """Another story is the present one."""

    class Chosen(Message):
        """A click on the headline of the present story."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.max_text_width = TEXT_WIDTH
        """Width of the text in cells, where there is room for it."""
        self._story_blocks: tuple[tuple[RenderedBlock, ...], ...] = ()
        self._fiction_flags: tuple[bool, ...] = ()
        self._story_rows: Sequence[StoryRow] = ()
        self._lines: list[Strip] = []
        self._first_lines: list[int] = [0]
        """The first line of each story, and behind them the line where the next one would be."""
        self._rendered_width = 0
        self._is_cursor_fixed = False
        """While nobody scrolls: the lines are new, and the same story stays the present one."""

    def show_stories(self, stories: Sequence[Story], rows: Sequence[StoryRow], cursor: int) -> None:
        """Shows other stories, the one at index `at` the present one and in view."""
        self._set_stories(stories, rows)
        self._is_cursor_fixed = True
        self.cursor = cursor
        self._update_lines()
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self._is_cursor_fixed = False
        self._scroll_to_cursor()
        # A column that has no bar yet cannot be scrolled: it has one when it was drawn.
        self.call_after_refresh(self._scroll_to_cursor)

    def update_stories(self, stories: Sequence[Story], rows: Sequence[StoryRow], cursor: int) -> None:
        """Shows the stories as they are now; the present one, at index `at` by now, keeps its line of the screen."""
        into = self._get_offset_in_story()
        self._set_stories(stories, rows)
        self._is_cursor_fixed = True
        self.cursor = cursor
        self._is_cursor_fixed = False
        self._restore_offset(into)

    def update_marks(self, rows: Sequence[StoryRow]) -> None:
        """Shows the marks as they are now."""
        self._story_rows = rows
        self.refresh()

    @property
    def is_at_end(self) -> bool:
        """Whether the last line is in view."""
        return round(self.scroll_y) >= self.max_scroll_y

    def move(self, count: int) -> None:
        """That many stories on, as far as they go; the present one is brought into view."""
        if self._story_blocks:
            self.cursor = min(max(self.cursor + count, 0), len(self._story_blocks) - 1)
            self._scroll_to_cursor()

    def go_to_end(self, *, last: bool) -> None:
        """To the first or the last story."""
        self.move(len(self._story_blocks) if last else -len(self._story_blocks))

    def page(self, share: float) -> None:
        """Scrolls by a share of the height, a whole page keeps two lines; where nothing scrolls, to the edge."""
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _PAGE_OVERLAP if abs(share) >= 1 else lines)
        before = round(self.scroll_y)
        self._scroll_to_line(before + (step if share > 0 else -step))
        if round(self.scroll_y) == before:
            self.go_to_end(last=share > 0)

    def watch_cursor(self) -> None:
        """Draws the bar at the other story."""
        self.refresh()
        self.post_message(self.CursorMoved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The present story is one that begins in view, unless one alone fills it."""
        super().watch_scroll_y(old_value, new_value)
        if self._is_cursor_fixed or not self._story_blocks or round(old_value) == round(new_value):
            return
        top, bottom = round(new_value), round(new_value) + self.size.height
        begin = [at for at, start in enumerate(self._first_lines[:-1]) if top <= start < bottom]
        first, last = (begin[0], begin[-1]) if begin else (self._story_at(top),) * 2
        self.cursor = min(max(self.cursor, first), last)

    def on_resize(self) -> None:
        """At another width the lines are others; the present story stays in view."""
        if self._text_width != self._rendered_width:
            self._restore_offset(self._get_offset_in_story())
        else:
            self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """In other colours the lines are drawn anew."""
        super().notify_style_update()
        if self._rendered_width:
            self._update_lines()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The story under the mouse is the present one, before a click on a link of it acts."""
        line = event.get_content_offset_capture(self).y + round(self.scroll_y)
        if self._story_blocks and 0 <= line < len(self._lines):
            self.cursor = self._story_at(line)

    def on_click(self, event: events.Click) -> None:
        """A headline opens its story."""
        line = event.get_content_offset_capture(self).y + round(self.scroll_y)
        if self._story_blocks and line in self._first_lines[:-1] and "@click" not in event.style.meta:
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """One line of the screen, its gutter drawn with the marks as they are now."""
        width, ground = self.scrollable_content_region.width, self.visual_style
        line = y + round(self.scroll_y)
        if not (self._story_blocks and 0 <= line < len(self._lines)):
            return Strip.blank(width, ground.rich_style)
        at = self._story_at(line)
        here = at == self.cursor and line < self._first_lines[at + 1] - _STORY_GAP
        gutter = draw_gutter(self._story_rows[at], is_current=here, is_first_line=line == self._first_lines[at])
        [before] = gutter.render_strips(GUTTER_WIDTH, None, ground, self._make_render_options)
        margin = Strip.blank(
            max(0, (self._available_width - self._rendered_width) // 2 - GUTTER_WIDTH), ground.rich_style
        )
        return Strip.join([margin, before, self._lines[line]]).adjust_cell_length(width, ground.rich_style)

    def _set_stories(self, stories: Sequence[Story], rows: Sequence[StoryRow]) -> None:
        self._story_blocks = tuple(map(render_summary, stories))
        self._fiction_flags = tuple(story.kind is StoryKind.TECH_TALES for story in stories)
        self._story_rows = rows

    @property
    def _available_width(self) -> int:
        """Cells beside the bar, whether it is there or not: that must not change the lines."""
        return self.outer_size.width - 1

    @property
    def _text_width(self) -> int:
        return (
            max(1, min(self.max_text_width, self._available_width - GUTTER_WIDTH - 1)) if self.outer_size.width else 0
        )

    @property
    def _make_render_options(self) -> RenderOptions:
        return RenderOptions(self.app.stylesheet.parse_style, {})

    def _update_lines(self) -> None:
        """Makes the lines anew."""
        self._rendered_width = width = self._text_width
        self._lines, self._first_lines = [], [0]
        if not width:
            return
        ground, options = self.visual_style, self._make_render_options
        for pieces, tale in zip(self._story_blocks, self._fiction_flags, strict=True):
            self._lines.extend(render_lines(pieces, width, ground, options, is_fiction=tale))
            self._lines.extend([Strip.blank(width, ground.rich_style)] * _STORY_GAP)
            self._first_lines.append(len(self._lines))
        self.virtual_size = Size(1, max(0, len(self._lines) - _STORY_GAP))
        self.refresh()

    def _story_at(self, line: int) -> int:
        return min(max(0, bisect_right(self._first_lines, line) - 1), len(self._story_blocks) - 1)

    def _get_offset_in_story(self) -> float:
        """Where the top of the view is in the present story: lines above it as they are, in it a share of it."""
        if self.cursor + 1 >= len(self._first_lines):
            return 0.0
        start, end = self._first_lines[self.cursor : self.cursor + 2]
        top = round(self.scroll_y)
        return float(top - start) if top <= start else (top - start) / (end - start)

    def _restore_offset(self, offset: float) -> None:
        """Makes the lines anew, and scrolls to where the top of the view was."""
        self._is_cursor_fixed = True
        self._update_lines()
        if self.cursor + 1 < len(self._first_lines):
            start, end = self._first_lines[self.cursor : self.cursor + 2]
            self._scroll_to_line(start + round(offset if offset <= 0 else offset * (end - start)))
        self._is_cursor_fixed = False
        if offset <= 0:
            self._scroll_to_cursor()

    def _scroll_to_cursor(self) -> None:
        """Scrolls as little as needed to have the present story in view; of one that is too long, its beginning."""
        height = self.size.height
        if not height or self.cursor + 1 >= len(self._first_lines):
            return
        start, end = self._first_lines[self.cursor], self._first_lines[self.cursor + 1] - _STORY_GAP
        first = round(self.scroll_y)
        if start < first or end - start > height:
            self._scroll_to_line(start)
        elif end > first + height:
            self._scroll_to_line(end - height)

    def _scroll_to_line(self, line: int) -> None:
        self.scroll_to(y=line, animate=False, immediate=True, force=True)
