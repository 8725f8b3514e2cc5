"""How a story is drawn in the digest: the pieces of it that are told, and each of them as lines of cells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions

from importai_tui.digest import digest
from importai_tui.issue import Story, StoryKind
from importai_tui.library import StoryHead
from importai_tui.tui.lists.list_rows import BAR, STAR, UNREAD
from importai_tui.tui.look.literal import Pen, literal
from importai_tui.tui.story.render import Piece, draw_story

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


def draw_digest(story: Story) -> tuple[Piece, ...]:
    """What the digest tells of a story, from its headline to what it cites."""
    told = digest(story)
    tale = story.kind is StoryKind.TECH_TALES
    pieces = []
    for piece in draw_story(told, ""):
        if piece.look == "headline":
            pieces.append(_headline(piece, story))
        elif piece.look == "paragraph":
            pieces.append(piece if tale else replace(piece, look="lead"))
        elif piece.look != "facts":
            pieces.append(piece)
    if not told.blocks:
        pieces.append(_quiet(_NO_TEXT))
    if not any(piece.look == "cited" for piece in pieces) and (words := _links_told(story)):
        pieces.append(_quiet(words))
    return tuple(pieces)


def lay_out(pieces: Sequence[Piece], width: int, ground: Style, options: RenderOptions, *, tale: bool) -> list[Strip]:
    """The lines of a story, each `width` cells wide."""
    lines: list[Strip] = []
    before = ""
    for piece in pieces:
        if before and _is_apart(before, piece):
            lines.append(Strip.blank(width, ground.rich_style))
        setting = _setting(piece, width, tale=tale)
        lines.extend(_framed(piece, setting, width, ground, options))
        before = piece.look
    return lines


def draw_gutter(head: StoryHead, *, here: bool, first: bool) -> Content:
    """What stands before a line of a story: the bar where the reader is, the marks before the headline."""
    pen = Pen().write(BAR if here else " ", "$mark").write(" ")
    pen.write(STAR if first and head.starred else " ", "$second")
    return pen.write(UNREAD if first and not head.read else " ", "$mark").write(" ").content()


def _headline(piece: Piece, story: Story) -> Piece:
    """With the label that was printed above it, where that says that it is no news item."""
    if not story.section or story.kind is StoryKind.STORY:
        return piece
    pen = Pen().write(piece.plain, "bold").write(f"   {story.section}", "$second")
    return Piece(piece.look, pen.content(), piece.plain)


def _quiet(words: str) -> Piece:
    return Piece("quiet", literal(words, "$muted"), words, tight=True)


def _links_told(story: Story) -> str:
    """The links of a story that has no read-more line; nobody looks for any in the fiction."""
    if story.links:
        return "One link in the text." if len(story.links) == 1 else f"{len(story.links)} links in the text."
    return "" if story.kind is StoryKind.TECH_TALES else NO_LINKS


def _is_apart(before: str, piece: Piece) -> bool:
    """Whether an empty line stands between a piece and the one before it: a page has to hold much."""
    return before == "epigraph" or piece.look == "epigraph" or (before == piece.look and not piece.tight)


def _setting(piece: Piece, width: int, *, tale: bool) -> Setting:
    match piece.look:
        case "why":
            return Setting(1 if width < _NARROW else 2, "on $panel", "$second" if tale else "$mark")
        case "epigraph":
            return Setting(1 if width < _NARROW else 4)
        case "lead":
            return Setting(0, "$muted")
        case _:
            return _PLAIN


def _framed(piece: Piece, setting: Setting, width: int, ground: Style, options: RenderOptions) -> Iterator[Strip]:
    style = ground + options.get_style(setting.style) if setting.style else ground
    blank = style.rich_style
    bar = [Segment(BAR, (style + options.get_style(setting.bar)).rich_style)] if setting.bar else []
    room = max(1, width - 2 * setting.margin - len(bar))
    for strip in piece.visual.render_strips(room, None, style, options):
        start = [*bar, Segment(" " * setting.margin, blank)]
        yield Strip([*start, *strip.adjust_cell_length(room, blank), Segment(" " * setting.margin, blank)])
