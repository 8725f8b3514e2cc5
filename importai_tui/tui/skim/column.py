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
from importai_tui.tui.skim.summary import digest
from importai_tui.tui.text import ContentBuilder, to_content
from importai_tui.tui.widgets.issue_list import OPEN_BAR, STAR_SIGN, UNREAD_SIGN
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from importai_tui.tui.widgets.story_view import TEXT_WIDTH

GUTTER = 5
"""Cells before the text: the bar, a gap, the star, the dot, a gap."""
_NARROW = 50
"""Cells of text below which nothing is set in far."""
NO_LINKS = "No links."
_NO_TEXT = "There is no text to it."


@dataclass(frozen=True, slots=True)
class Setting:
    """How a piece stands in the column: set in on both sides, on a ground, behind a bar, in a style of its own."""

    margin: int = 0
    style: str = ""
    bar: str = ""


_PLAIN = Setting()


def draw_digest(story: Story) -> tuple[RenderedBlock, ...]:
    """What the digest tells of a story, from its headline to what it cites."""
    told = digest(story)
    tale = story.kind is StoryKind.TECH_TALES
    pieces = []
    for piece in render_story(told, ""):
        if piece.style_class == "headline":
            pieces.append(_headline(piece, story))
        elif piece.style_class == "paragraph":
            pieces.append(piece if tale else replace(piece, style_class="lead"))
        elif piece.style_class != "facts":
            pieces.append(piece)
    if not told.blocks:
        pieces.append(_quiet(_NO_TEXT))
    if not any(piece.style_class == "cited" for piece in pieces) and (words := _links_told(story)):
        pieces.append(_quiet(words))
    return tuple(pieces)


def lay_out(
    pieces: Sequence[RenderedBlock], width: int, ground: Style, options: RenderOptions, *, tale: bool
) -> list[Strip]:
    """The lines of a story, each `width` cells wide."""
    lines: list[Strip] = []
    before = ""
    for piece in pieces:
        if before and _is_apart(before, piece):
            lines.append(Strip.blank(width, ground.rich_style))
        setting = _setting(piece, width, tale=tale)
        lines.extend(_framed(piece, setting, width, ground, options))
        before = piece.style_class
    return lines


def draw_gutter(head: StoryRow, *, here: bool, first: bool) -> Content:
    """What stands before a line of a story: the bar where the reader is, the marks before the headline."""
    pen = ContentBuilder().write(OPEN_BAR if here else " ", "$mark").write(" ")
    pen.write(STAR_SIGN if first and head.is_starred else " ", "$second")
    return pen.write(UNREAD_SIGN if first and not head.is_read else " ", "$mark").write(" ").build()


def _headline(piece: RenderedBlock, story: Story) -> RenderedBlock:
    """With the label that was printed above it, where that says that it is no news item."""
    if not story.section or story.kind is StoryKind.STORY:
        return piece
    pen = ContentBuilder().write(piece.plain, "bold").write(f"   {story.section}", "$second")
    return RenderedBlock(piece.style_class, pen.build(), piece.plain)


def _quiet(words: str) -> RenderedBlock:
    return RenderedBlock("quiet", to_content(words, "$muted"), words, is_tight=True)


def _links_told(story: Story) -> str:
    """The links of a story that has no read-more line; nobody looks for any in the fiction."""
    if story.links:
        return "One link in the text." if len(story.links) == 1 else f"{len(story.links)} links in the text."
    return "" if story.kind is StoryKind.TECH_TALES else NO_LINKS


def _is_apart(before: str, piece: RenderedBlock) -> bool:
    """Whether an empty line stands between a piece and the one before it: a page has to hold much."""
    return (
        before == "epigraph" or piece.style_class == "epigraph" or (before == piece.style_class and not piece.is_tight)
    )


def _setting(piece: RenderedBlock, width: int, *, tale: bool) -> Setting:
    match piece.style_class:
        case "why":
            return Setting(1 if width < _NARROW else 2, "on $panel", "$second" if tale else "$mark")
        case "epigraph":
            return Setting(1 if width < _NARROW else 4)
        case "lead":
            return Setting(0, "$muted")
        case _:
            return _PLAIN


def _framed(
    piece: RenderedBlock, setting: Setting, width: int, ground: Style, options: RenderOptions
) -> Iterator[Strip]:
    style = ground + options.get_style(setting.style) if setting.style else ground
    blank = style.rich_style
    bar = [Segment(OPEN_BAR, (style + options.get_style(setting.bar)).rich_style)] if setting.bar else []
    room = max(1, width - 2 * setting.margin - len(bar))
    for strip in piece.visual.render_strips(room, None, style, options):
        start = [*bar, Segment(" " * setting.margin, blank)]
        yield Strip([*start, *strip.adjust_cell_length(room, blank), Segment(" " * setting.margin, blank)])


_OVERLAP = 2
"""Lines of the old page that stay in view on the new one."""
_GAP = 1
"""Empty lines after a story."""


class DigestColumn(ScrollView, can_focus=True, inherit_bindings=False):
    """The stories of an issue one under the other, one of them the present one."""

    ALLOW_SELECT = False

    cursor: var[int] = var(0)
    """The present story, from 0: the keys act on it."""

    class Moved(Message):
        """Another story is the present one."""

    class Chosen(Message):
        """A click on the headline of the present story."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.measure = TEXT_WIDTH
        """Width of the text in cells, where there is room for it."""
        self._told: tuple[tuple[RenderedBlock, ...], ...] = ()
        self._tales: tuple[bool, ...] = ()
        self._heads: Sequence[StoryRow] = ()
        self._lines: list[Strip] = []
        self._starts: list[int] = [0]
        """The first line of each story, and behind them the line where the next one would be."""
        self._laid_out_at = 0
        self._still = False
        """While nobody scrolls: the lines are new, and the same story stays the present one."""

    def show(self, stories: Sequence[Story], heads: Sequence[StoryRow], at: int) -> None:
        """Shows other stories, the one at index `at` the present one and in view."""
        self._put(stories, heads)
        self._still = True
        self.cursor = at
        self._lay_out()
        self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self._still = False
        self._show_cursor()
        # A column that has no bar yet cannot be scrolled: it has one when it was drawn.
        self.call_after_refresh(self._show_cursor)

    def redraw(self, stories: Sequence[Story], heads: Sequence[StoryRow], at: int) -> None:
        """Shows the stories as they are now; the present one, at index `at` by now, keeps its line of the screen."""
        into = self._into()
        self._put(stories, heads)
        self._still = True
        self.cursor = at
        self._still = False
        self._settle(into)

    def mark(self, heads: Sequence[StoryRow]) -> None:
        """Shows the marks as they are now."""
        self._heads = heads
        self.refresh()

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return round(self.scroll_y) >= self.max_scroll_y

    def move(self, stories: int) -> None:
        """That many stories on, as far as they go; the present one is brought into view."""
        if self._told:
            self.cursor = min(max(self.cursor + stories, 0), len(self._told) - 1)
            self._show_cursor()

    def edge(self, *, last: bool) -> None:
        """To the first or the last story."""
        self.move(len(self._told) if last else -len(self._told))

    def page(self, share: float) -> None:
        """Scrolls by a share of the height, a whole page keeps two lines; where nothing scrolls, to the edge."""
        lines = round(abs(share) * self.size.height)
        step = max(1, lines - _OVERLAP if abs(share) >= 1 else lines)
        before = round(self.scroll_y)
        self._scroll(before + (step if share > 0 else -step))
        if round(self.scroll_y) == before:
            self.edge(last=share > 0)

    def watch_cursor(self) -> None:
        """Draws the bar at the other story."""
        self.refresh()
        self.post_message(self.Moved())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The present story is one that begins in view, unless one alone fills it."""
        super().watch_scroll_y(old_value, new_value)
        if self._still or not self._told or round(old_value) == round(new_value):
            return
        top, bottom = round(new_value), round(new_value) + self.size.height
        begin = [at for at, start in enumerate(self._starts[:-1]) if top <= start < bottom]
        first, last = (begin[0], begin[-1]) if begin else (self._story_at(top),) * 2
        self.cursor = min(max(self.cursor, first), last)

    def on_resize(self) -> None:
        """At another width the lines are others; the present story stays in view."""
        if self._text_width != self._laid_out_at:
            self._settle(self._into())
        else:
            self._show_cursor()

    def notify_style_update(self) -> None:
        """In other colours the lines are drawn anew."""
        super().notify_style_update()
        if self._laid_out_at:
            self._lay_out()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The story under the mouse is the present one, before a click on a link of it acts."""
        line = event.get_content_offset_capture(self).y + round(self.scroll_y)
        if self._told and 0 <= line < len(self._lines):
            self.cursor = self._story_at(line)

    def on_click(self, event: events.Click) -> None:
        """A headline opens its story."""
        line = event.get_content_offset_capture(self).y + round(self.scroll_y)
        if self._told and line in self._starts[:-1] and "@click" not in event.style.meta:
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """One line of the screen, its gutter drawn with the marks as they are now."""
        width, ground = self.scrollable_content_region.width, self.visual_style
        line = y + round(self.scroll_y)
        if not (self._told and 0 <= line < len(self._lines)):
            return Strip.blank(width, ground.rich_style)
        at = self._story_at(line)
        here = at == self.cursor and line < self._starts[at + 1] - _GAP
        gutter = draw_gutter(self._heads[at], here=here, first=line == self._starts[at])
        [before] = gutter.render_strips(GUTTER, None, ground, self._options)
        margin = Strip.blank(max(0, (self._room - self._laid_out_at) // 2 - GUTTER), ground.rich_style)
        return Strip.join([margin, before, self._lines[line]]).adjust_cell_length(width, ground.rich_style)

    def _put(self, stories: Sequence[Story], heads: Sequence[StoryRow]) -> None:
        self._told = tuple(map(draw_digest, stories))
        self._tales = tuple(story.kind is StoryKind.TECH_TALES for story in stories)
        self._heads = heads

    @property
    def _room(self) -> int:
        """Cells beside the bar, whether it is there or not: that must not change the lines."""
        return self.outer_size.width - 1

    @property
    def _text_width(self) -> int:
        return max(1, min(self.measure, self._room - GUTTER - 1)) if self.outer_size.width else 0

    @property
    def _options(self) -> RenderOptions:
        return RenderOptions(self.app.stylesheet.parse_style, {})

    def _lay_out(self) -> None:
        """Makes the lines anew."""
        self._laid_out_at = width = self._text_width
        self._lines, self._starts = [], [0]
        if not width:
            return
        ground, options = self.visual_style, self._options
        for pieces, tale in zip(self._told, self._tales, strict=True):
            self._lines.extend(lay_out(pieces, width, ground, options, tale=tale))
            self._lines.extend([Strip.blank(width, ground.rich_style)] * _GAP)
            self._starts.append(len(self._lines))
        self.virtual_size = Size(1, max(0, len(self._lines) - _GAP))
        self.refresh()

    def _story_at(self, line: int) -> int:
        return min(max(0, bisect_right(self._starts, line) - 1), len(self._told) - 1)

    def _into(self) -> float:
        """Where the top of the view is in the present story: lines above it as they are, in it a share of it."""
        if self.cursor + 1 >= len(self._starts):
            return 0.0
        start, end = self._starts[self.cursor : self.cursor + 2]
        top = round(self.scroll_y)
        return float(top - start) if top <= start else (top - start) / (end - start)

    def _settle(self, into: float) -> None:
        """Makes the lines anew, and scrolls to where the top of the view was."""
        self._still = True
        self._lay_out()
        if self.cursor + 1 < len(self._starts):
            start, end = self._starts[self.cursor : self.cursor + 2]
            self._scroll(start + round(into if into <= 0 else into * (end - start)))
        self._still = False
        if into <= 0:
            self._show_cursor()

    def _show_cursor(self) -> None:
        """Scrolls as little as needed to have the present story in view; of one that is too long, its beginning."""
        height = self.size.height
        if not height or self.cursor + 1 >= len(self._starts):
            return
        start, end = self._starts[self.cursor], self._starts[self.cursor + 1] - _GAP
        first = round(self.scroll_y)
        if start < first or end - start > height:
            self._scroll(start)
        elif end > first + height:
            self._scroll(end - height)

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=y, animate=False, immediate=True, force=True)
