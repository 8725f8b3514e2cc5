"""A story as a list of pieces to draw, each a look and its text. Pure: no widget, no file, no theme.

A look is a CSS class of `app.tcss`; text styles are theme variables, so a piece is the same in every theme.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import assert_never

from rich.cells import cell_len
from textual.content import Content
from textual.visual import Visual

from importai_tui.citing import Citation, citations
from importai_tui.issue import (
    Block,
    Code,
    Figure,
    Heading,
    ListBlock,
    ListItem,
    Paragraph,
    Part,
    Quote,
    Rule,
    Story,
    StoryKind,
    is_at_foot,
    plain,
)
from importai_tui.tui.look.literal import Pen, literal, literal_line
from importai_tui.tui.story.hanging import Folded, Hanging
from importai_tui.tui.story.inline import follow, inline, trimmed, without_colon, without_start
from importai_tui.tui.story.superscripts import superscript

_WHY = re.compile(r"(?i)^why (?:this|it|that) matters\b")
_LEADING_ON = re.compile(r"(?i)(?<=\w) (?:here|at|(?:of )?the)$")
_WIDEST_LABEL = 20
"""Cells of the first column of the read-more table; a longer label stands on its own line."""
_SET_IN = 2
"""Cells that the table is set in where most labels stand on their own lines, which leaves no column for them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One drawn part of a story. `look` names how its widget is set; a `tight` piece follows without a gap.

    `block` is the index of the block that it is drawn from, -1 for what stands around the text.
    """

    look: str
    visual: Visual
    plain: str
    tight: bool = False
    block: int = -1


def draw_story(story: Story, facts: str) -> tuple[Piece, ...]:
    """Everything that the story pane shows, from headline to inspirations; `facts` is the muted line under them."""
    tale = story.kind is StoryKind.TECH_TALES
    colour = "$second" if tale else "$mark"
    pieces = [_text("headline", literal_line(story.headline, "bold"))]
    if story.tagline:
        look, style = ("epigraph", "italic $second") if tale else ("tagline", "italic $muted")
        pieces.append(_text(look, literal(story.tagline, style)))
    pieces.append(_text("facts", literal(facts, "$muted")))
    before: Block | None = None
    for index, block in enumerate(story.blocks):
        if not is_at_foot(block, story):
            drawn = draw_block(block, colour=colour, joined=_is_why(before))
            pieces.extend(replace(piece, block=index) for piece in drawn)
            before = block
    read_more = [b for b in story.blocks if isinstance(b, Paragraph) and b.part is Part.READ_MORE]
    pieces.extend(_draw_citations(citations(read_more), colour))
    pieces.extend(_draw_inspirations(story))
    return tuple(pieces)


def draw_block(block: Block, *, colour: str = "$mark", joined: bool = False) -> list[Piece]:
    """The pieces of one block. `joined` says that a "Why this matters" passage goes on from the block before."""
    match block:
        case Paragraph(_, _, part):
            look = "why" if part is Part.WHY else "inspired" if part is Part.INSPIRATIONS else "paragraph"
            text = _draw_why(block, colour) if part is Part.WHY else _draw_paragraph(block, colour)
            return [_text(look, text, tight=joined and part is Part.WHY)] if text else []
        case ListBlock(items):
            return _draw_list(items, colour)
        case Quote(spans):
            return [_text("quote", inline(trimmed(spans), colour=colour))]
        case Heading(spans):
            return [_text("heading", inline(trimmed(spans), base="bold", colour=colour))]
        case Code(text):
            return [_text("code", literal(text.strip("\n").expandtabs(4)))]
        case Figure(caption, link):
            pen = Pen().write("□ ", "$muted")
            pen.write(caption or "figure", "italic $muted", *([follow(link)] if link else []))
            if link:
                pen.write(superscript(link), colour, follow(link))
            return [_text("figure", pen.content())]
        case Rule():
            return [_text("rule", literal("* * *", "$muted"))]
        case _:
            assert_never(block)


def _text(look: str, text: Content, *, tight: bool = False) -> Piece:
    return Piece(look, text, text.plain, tight)


def _hung(look: str, marker: Content, body: Content, indent: int, *, tight: bool) -> Piece:
    return Piece(look, Hanging(marker, body, indent), body.plain, tight)


def _is_why(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.part is Part.WHY


def _draw_paragraph(block: Paragraph, colour: str) -> Content:
    pen = Pen().add(inline(block.run_in, base=f"bold {colour}", colour=colour))
    if pen.empty:
        return inline(trimmed(block.spans), colour=colour)
    if not (plain(block.run_in)[-1:].isspace() or plain(block.spans)[:1].isspace()):
        pen.write(" ")
    return pen.add(inline(block.spans, colour=colour)).content()


def _draw_why(block: Paragraph, colour: str) -> Content:
    """The label in colour, what the label goes on to say in bold, the passage on a line of its own after that."""
    label = trimmed(block.run_in)
    found = _WHY.match(plain(label))
    if not found:
        return _draw_paragraph(block, colour)
    pen = Pen().write(found[0], colour)
    said = plain(label)[found.end() :]
    said_spans = without_colon(trimmed(without_start(label, found.end() + len(said) - len(said.lstrip(" :.,–—-")))))
    rest = trimmed(block.spans)
    if said_spans:
        pen.write("  ").add(inline(said_spans, base="bold", colour=colour))
    if rest:
        pen.write("\n" if said_spans else "  ").add(inline(rest, colour=colour))
    return pen.content()


def _draw_list(items: tuple[ListItem, ...], colour: str) -> list[Piece]:
    pieces: list[Piece] = []
    numbers = max((len(f"{item.number}.") for item in items if item.number is not None), default=1)
    for item in items:
        start = 2 + 2 * item.depth
        sign = "–" if item.number is None else f"{item.number}.".rjust(numbers)
        marker = literal(" " * start + sign + " ", "$muted")
        body = inline(trimmed(item.spans), colour=colour)
        pieces.append(_hung("item", marker, body, start + len(sign) + 1, tight=bool(pieces)))
    return pieces


def _draw_citations(rows: tuple[Citation, ...], colour: str) -> list[Piece]:
    labels = [_label(row) for row in rows]
    short = [cell_len(label) for label in labels if cell_len(label) <= _WIDEST_LABEL]
    column = max(short, default=0) if 2 * len(short) >= len(labels) else 0
    gap = 2 * bool(column) or _SET_IN * any(labels)
    digits = max((len(str(row.link)) for row in rows), default=1)
    pieces: list[Piece] = []
    for row, label in zip(rows, labels, strict=True):
        long = cell_len(label) > column
        if long:
            pieces.append(_text("cited", literal_line(label, "$muted"), tight=bool(pieces)))
        number = str(row.link) if row.link else ""
        words = "" if long else label
        marker = Pen().write(words.ljust(column + gap - cell_len(words) + len(words)), "$muted")
        marker.write(number.rjust(digits), colour).write(" ")
        folded = Folded(
            literal_line(words, "$muted"),
            Pen().write(" " * _SET_IN).write(number.rjust(digits), colour).write(" ").content(),
            _SET_IN + digits + 1,
        )
        body = Pen()
        if row.link:
            body.write(" ".join(row.title.split()), "underline", follow(row.link))
        else:
            body.write(row.title, "$muted")
        if row.source:
            body.write(f"  {row.source}", "$muted")
        if row.tail:
            body.write(f"  {row.tail}", "$muted")
        hung = Hanging(marker.content(), body.content(), column + gap + digits + 1, folded)
        pieces.append(Piece("cited", hung, hung.body.plain, tight=bool(pieces)))
    return pieces


def _label(row: Citation) -> str:
    """The words before a citation; "here" in "Get the code here" says nothing beside a table's number."""
    return _LEADING_ON.sub("", " ".join(row.label.split()))


def _draw_inspirations(story: Story) -> list[Piece]:
    apart = [b for b in story.blocks if isinstance(b, Paragraph) and b.part is Part.INSPIRATIONS]
    if any(not is_at_foot(block, story) for block in apart) or not story.inspirations:
        return []
    pieces = [_text("inspired-head", literal("Things that inspired this story", "$muted"))]
    dash = literal("  – ", "$muted")
    items = [_hung("inspired", dash, literal(words, "$muted"), 4, tight=True) for words in story.inspirations]
    return pieces + items
