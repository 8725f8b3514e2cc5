"""The column of story summaries, and the functions that draw a summary.

All lines are made once for a width. Only the visible ones are painted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.style import Style

from importai_tui.library.rows import StoryRow
from importai_tui.model import Story, StoryKind
from importai_tui.tui.skim.summary import summarise_story
from importai_tui.tui.text import ContentBuilder, to_content
from importai_tui.tui.widgets.issue_list import OPEN_BAR, STAR_SIGN, UNREAD_SIGN
from importai_tui.tui.widgets.line_view import LineView, ParseStyle, draw_text, to_rich_style
from importai_tui.tui.widgets.story_lines import BlockStyle, wrap_block
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from importai_tui.tui.widgets.story_view import TEXT_WIDTH

GUTTER_WIDTH = 5
"""Cells before the text: the bar, a gap, the star, the unread sign, a gap."""
_NARROW_WIDTH = 50
"""Cells of text below which indents are small."""
NO_LINKS_TEXT = "No links"
_NO_BODY_TEXT = "This story has no text."


def render_summary(story: Story) -> tuple[RenderedBlock, ...]:
    """Render the summary of a story: headline, tagline, why it matters, and what it cites."""
    summary = summarise_story(story)
    is_fiction = story.kind is StoryKind.TECH_TALES
    blocks = []
    for block in render_story(summary, ""):
        if block.style_class == "headline":
            blocks.append(_add_section_label(block, story))
        elif block.style_class == "paragraph":
            blocks.append(block if is_fiction else block._replace(style_class="lead"))
        elif block.style_class != "facts":
            blocks.append(block)
    if not summary.blocks:
        blocks.append(_make_muted_block(_NO_BODY_TEXT))
    if not any(block.style_class == "cited" for block in blocks) and (link_count := _format_link_count(story)):
        blocks.append(_make_muted_block(link_count))
    return tuple(blocks)


def render_lines(
    blocks: Sequence[RenderedBlock], width: int, page: Style, parse: ParseStyle, *, is_fiction: bool
) -> list[Strip]:
    """Return the lines of a story, each `width` cells wide."""
    lines: list[Strip] = []
    before = ""
    for block in blocks:
        if before and _needs_blank_line(before, block):
            lines.append(Strip.blank(width, to_rich_style(page)))
        wrapped = wrap_block(block, _get_style(block, width, is_fiction=is_fiction), width)
        strips = (Strip(wrapped.draw(line, page, parse)) for line in range(wrapped.height))
        lines.extend(strip.adjust_cell_length(width, to_rich_style(page)) for strip in strips)
        before = block.style_class
    return lines


def draw_gutter(row: StoryRow, *, is_current: bool, is_first_line: bool) -> Content:
    """Draw the gutter: a bar at the current story, and the marks before the headline."""
    builder = ContentBuilder().write(OPEN_BAR if is_current else " ", "$mark").write(" ")
    builder.write(STAR_SIGN if is_first_line and row.is_starred else " ", "$second")
    return builder.write(UNREAD_SIGN if is_first_line and not row.is_read else " ", "$mark").write(" ").build()


def _add_section_label(block: RenderedBlock, story: Story) -> RenderedBlock:
    """Add the printed section to the headline of a story that is not news."""
    if not story.section or story.kind is StoryKind.STORY:
        return block
    builder = ContentBuilder().write(block.plain, "bold").write(f"   {story.section}", "$second")
    return block._replace(body=builder.build())


def _make_muted_block(text: str) -> RenderedBlock:
    return RenderedBlock("quiet", to_content(text, "$muted"), is_tight=True)


def _format_link_count(story: Story) -> str:
    """Return the number of links of a story without a read-more line. Fiction rarely has links."""
    if story.links:
        return "One link in the text." if len(story.links) == 1 else f"{len(story.links)} links in the text."
    return "" if story.kind is StoryKind.TECH_TALES else NO_LINKS_TEXT


def _needs_blank_line(before: str, block: RenderedBlock) -> bool:
    """Return True for a blank line before the block. There are few, so that much fits a page.

    `before` is the style class of the previous block.
    """
    is_epigraph = "epigraph" in (before, block.style_class)
    return is_epigraph or (before == block.style_class and not block.is_tight)


def _get_style(block: RenderedBlock, width: int, *, is_fiction: bool) -> BlockStyle:
    match block.style_class:
        case "why":
            indent = 1 if width < _NARROW_WIDTH else 2
            bar_style = "$second" if is_fiction else "$mark"
            return BlockStyle(indent=indent, base_style="on $panel", bar=OPEN_BAR, bar_style=bar_style)
        case "epigraph":
            return BlockStyle(indent=1 if width < _NARROW_WIDTH else 4)
        case "lead":
            return BlockStyle(base_style="$muted")
        case _:
            return BlockStyle()


_PAGE_OVERLAP = 2
"""Lines of the old page that stay visible on the new one."""
_STORY_GAP = 1
"""Blank lines after a story."""


class SkimColumn(LineView, can_focus=True, inherit_bindings=False):
    """The summaries of an issue's stories, one below the other. One story is the current one."""

    ALLOW_SELECT = False

    cursor: var[int] = var(0)
    """The index of the current story, which the keys act on."""

    class CursorMoved(Message):
        """Another story is the current one."""

    class Chosen(Message):
        """The user clicked the headline of the current story."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.max_text_width = TEXT_WIDTH
        """Cells of the text in a wide window."""
        self._story_blocks: tuple[tuple[RenderedBlock, ...], ...] = ()
        self._fiction_flags: tuple[bool, ...] = ()
        self._story_rows: Sequence[StoryRow] = ()
        self._lines: list[Strip] = []
        self._first_lines: list[int] = [0]
        """The index of the first line of each story, and the number of all lines."""
        self._rendered_width = 0
        self._is_cursor_fixed = False
        """True while the column scrolls by itself, so that scrolling does not change the current story."""

    def show_stories(self, stories: Sequence[Story], rows: Sequence[StoryRow], cursor: int) -> None:
        """Show other stories, with the story at the index `cursor` as the current one."""
        self._set_stories(stories, rows)
        self._is_cursor_fixed = True
        self.cursor = cursor
        self._make_lines()
        self.scroll_to_line(0)
        self._is_cursor_fixed = False
        self._scroll_to_cursor()
        # A column without a scroll bar cannot scroll. The scroll bar appears with the next refresh.
        self.call_after_refresh(self._scroll_to_cursor)

    def update_stories(self, stories: Sequence[Story], rows: Sequence[StoryRow], cursor: int) -> None:
        """Show edited stories. The current one, now at the index `cursor`, keeps its line on the screen."""
        offset = self._get_offset_in_story()
        self._set_stories(stories, rows)
        self._is_cursor_fixed = True
        self.cursor = cursor
        self._is_cursor_fixed = False
        self._restore_offset(offset)

    def update_marks(self, rows: Sequence[StoryRow]) -> None:
        """Show changed marks."""
        self._story_rows = rows
        self.refresh()

    @property
    def is_at_end(self) -> bool:
        """True if the last line is visible."""
        return round(self.scroll_y) >= self.max_scroll_y

    def move(self, count: int) -> None:
        """Move the cursor by `count` stories, at most to the first or last one, and make the story visible."""
        if self._story_blocks:
            self.cursor = min(max(self.cursor + count, 0), len(self._story_blocks) - 1)
            self._scroll_to_cursor()

    def go_to_end(self, *, last: bool) -> None:
        """Go to the first or the last story."""
        self.move(len(self._story_blocks) if last else -len(self._story_blocks))

    def page(self, share: float) -> None:
        """Scroll by a share of the height. A full page keeps two lines.

        If nothing scrolls, move the cursor to the first or the last story.
        """
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _PAGE_OVERLAP if abs(share) >= 1 else lines)
        before = round(self.scroll_y)
        self.scroll_to_line(before + (step if share > 0 else -step))
        if round(self.scroll_y) == before:
            self.go_to_end(last=share > 0)

    def watch_cursor(self) -> None:
        """Draw the bar at the new current story."""
        self.refresh()
        self.post_message(self.CursorMoved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the cursor on a story that starts in view, or on the one that fills the view."""
        super().watch_scroll_y(old_value, new_value)
        if self._is_cursor_fixed or not self._story_blocks or round(old_value) == round(new_value):
            return
        top, bottom = round(new_value), round(new_value) + self.size.height
        starting = [index for index, line in enumerate(self._first_lines[:-1]) if top <= line < bottom]
        first, last = (starting[0], starting[-1]) if starting else (self._find_story_at(top),) * 2
        self.cursor = min(max(self.cursor, first), last)

    def on_resize(self) -> None:
        """Make the lines again if the width changed. The current story stays visible."""
        if self._text_width != self._rendered_width:
            self._restore_offset(self._get_offset_in_story())
        else:
            self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """Make the lines again in new colours."""
        super().notify_style_update()
        if self._rendered_width:
            self._make_lines()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Select the story under the mouse before its links handle the click."""
        line = event.get_content_offset_capture(self).y + round(self.scroll_y)
        if self._story_blocks and 0 <= line < len(self._lines):
            self.cursor = self._find_story_at(line)

    def on_click(self, event: events.Click) -> None:
        """Open a story whose headline was clicked."""
        line = event.get_content_offset_capture(self).y + round(self.scroll_y)
        if self._story_blocks and line in self._first_lines[:-1] and "@click" not in event.style.meta:
            self.post_message(self.Chosen())

    def draw_line(self, line: int, width: int, style: Style) -> list[Segment]:  # noqa: ARG002  # the width is known
        """Draw one line. The gutter shows the current marks."""
        if not (self._story_blocks and 0 <= line < len(self._lines)):
            return []
        index = self._find_story_at(line)
        is_current = index == self.cursor and line < self._first_lines[index + 1] - _STORY_GAP
        is_first_line = line == self._first_lines[index]
        gutter = draw_gutter(self._story_rows[index], is_current=is_current, is_first_line=is_first_line)
        margin = max(0, (self._available_width - self._rendered_width) // 2 - GUTTER_WIDTH)
        return [
            Segment(" " * margin, to_rich_style(style)),
            *draw_text(gutter, style, self.app.stylesheet.parse_style),
            *self._lines[line],
        ]

    def _set_stories(self, stories: Sequence[Story], rows: Sequence[StoryRow]) -> None:
        self._story_blocks = tuple(map(render_summary, stories))
        self._fiction_flags = tuple(story.kind is StoryKind.TECH_TALES for story in stories)
        self._story_rows = rows

    @property
    def _available_width(self) -> int:
        """Cells beside the scroll bar. It is always subtracted, so that it changes no line."""
        return self.outer_size.width - 1

    @property
    def _text_width(self) -> int:
        if not self.outer_size.width:
            return 0
        return max(1, min(self.max_text_width, self._available_width - GUTTER_WIDTH - 1))

    def _make_lines(self) -> None:
        """Make all lines for the current width."""
        self._rendered_width = width = self._text_width
        self._lines, self._first_lines = [], [0]
        if not width:
            return
        page, parse = self.visual_style, self.app.stylesheet.parse_style
        for blocks, is_fiction in zip(self._story_blocks, self._fiction_flags, strict=True):
            self._lines.extend(render_lines(blocks, width, page, parse, is_fiction=is_fiction))
            self._lines.extend([Strip.blank(width, to_rich_style(page))] * _STORY_GAP)
            self._first_lines.append(len(self._lines))
        self.set_line_count(max(0, len(self._lines) - _STORY_GAP))

    def _find_story_at(self, line: int) -> int:
        return min(max(0, bisect_right(self._first_lines, line) - 1), len(self._story_blocks) - 1)

    def _get_offset_in_story(self) -> float:
        """Return where the top of the view is, relative to the current story.

        Above the story it is a number of lines, at most 0. Inside it is a share of the story's lines.
        """
        if self.cursor + 1 >= len(self._first_lines):
            return 0.0
        start, end = self._first_lines[self.cursor : self.cursor + 2]
        top = round(self.scroll_y)
        return float(top - start) if top <= start else (top - start) / (end - start)

    def _restore_offset(self, offset: float) -> None:
        """Make the lines again, and scroll to an offset from `_get_offset_in_story`."""
        self._is_cursor_fixed = True
        self._make_lines()
        if self.cursor + 1 < len(self._first_lines):
            start, end = self._first_lines[self.cursor : self.cursor + 2]
            self.scroll_to_line(start + round(offset if offset <= 0 else offset * (end - start)))
        self._is_cursor_fixed = False
        if offset <= 0:
            self._scroll_to_cursor()

    def _scroll_to_cursor(self) -> None:
        """Scroll as little as needed to show the current story, or its start if it is too long."""
        height = self.size.height
        if not height or self.cursor + 1 >= len(self._first_lines):
            return
        start, end = self._first_lines[self.cursor], self._first_lines[self.cursor + 1] - _STORY_GAP
        top = round(self.scroll_y)
        if start < top or end - start > height:
            self.scroll_to_line(start)
        elif end > top + height:
            self.scroll_to_line(end - height)
