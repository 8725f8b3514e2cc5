"""A story as a list of pieces to draw, each a look and its text. Pure: no widget, no file, no theme.

A look is a CSS class of `app.tcss`; text styles are theme variables, so a piece is the same in every theme.

A marker with text hanging beside it: list items, and rows of a small table. The one use of Textual's Visual.

Spans of the model as drawn text: bold, italic, code, and links with their small numbers. Pure.

Link numbers as they stand in the text: small and raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, assert_never

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from importai_tui.model import (
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
    Span,
    Story,
    StoryKind,
    is_at_foot,
    plain,
)
from importai_tui.tui.text import Pen, literal, literal_line
from importai_tui.works.titles import Citation, citations

RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
"""All digits that a link's number is drawn with."""
_TO_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def superscript(number: int) -> str:
    """The number in raised digits: 12 is ¹²."""
    return str(number).translate(_TO_RAISED)


WIDEST_SHARE = 0.4
"""Of the width, that the marker may take; in less room it stands on a line of its own."""
FOLDED_INDENT = 2
"""Cells that the text is then set in."""


class Folded(NamedTuple):
    """How a marker of two parts stands in less room: the head on lines of its own, then the rest beside the body."""

    head: Content
    marker: Content
    indent: int


class Hanging(Visual):
    """Draws `marker`, and `body` wrapped in the room to its right, from column `indent` on.

    A marker that is too long for its column stands on a line above, or as `folded` says.
    """

    def __init__(self, marker: Content, body: Content, indent: int, folded: Folded | None = None) -> None:
        self.marker = marker
        self.body = body
        self._indent = indent
        self._folded = folded

    def with_body(self, body: Content) -> Hanging:
        """The same marker beside other words."""
        return Hanging(self.marker, body, self._indent, self._folded)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines, in the order of the Visual protocol."""
        indent, beside = self._layout(width)
        if self._folded and not beside:
            lines, inner = self._fold(self._folded, width)
            strips = [self._marker_strip(line, style, options) for line in lines]
            strips += inner.render_strips(width, None, style, options)
            return strips if height is None else strips[:height]
        room = max(1, width - indent)
        body = self.body.render_strips(room, None, style, options)
        ground = style.background_style.rich_style
        hung = [Strip([Segment(" " * indent, ground), *strip], indent + strip.cell_length) for strip in body]
        if beside:
            head = self._marker_strip(self.marker, style, options).extend_cell_length(indent, ground)
            hung[:1] = [Strip.join([head, body[0]])] if body else [head]
        else:
            lines = self.marker.wrap(width)
            hung[:0] = [self._marker_strip(line, style, options) for line in lines]
        return hung if height is None else hung[:height]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Marker and body on one line."""
        return self._indent + self.body.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Lines at this width."""
        indent, beside = self._layout(width)
        if self._folded and not beside:
            head, inner = self._fold(self._folded, width)
            return len(head) + inner.get_height(rules, width)
        lines = self.body.get_height(rules, max(1, width - indent))
        return max(1, lines) if beside else lines + len(self.marker.wrap(width))

    def place_of_body(self, width: int) -> tuple[int, int]:
        """The lines above the body, and the cells that it is wrapped in."""
        indent, beside = self._layout(width)
        if self._folded and not beside:
            head, inner = self._fold(self._folded, width)
            above, room = inner.place_of_body(width)
            return len(head) + above, room
        return 0 if beside else len(self.marker.wrap(width)), max(1, width - indent)

    def _fold(self, folded: Folded, width: int) -> tuple[list[Content], Hanging]:
        head = list(folded.head.wrap(width)) if folded.head else []
        return head, Hanging(folded.marker, self.body, folded.indent)

    def _layout(self, width: int) -> tuple[int, bool]:
        """Where the body starts, and whether the marker stands beside it."""
        if not self.marker or self.marker.cell_length <= self._indent <= max(4, width * WIDEST_SHARE):
            return min(self._indent, max(0, width - 4)), True
        return FOLDED_INDENT, False

    def _marker_strip(self, line: Content, style: Style, options: RenderOptions) -> Strip:
        """Markers carry no text offsets: they are no part of what can be selected."""
        return Strip(
            [
                Segment(text, (style + text_style).rich_style)
                for text, text_style in line.render(style, end="", parse_style=options.get_style)
            ],
            line.cell_length,
        )


def follow(number: int) -> Style:
    """The meta that makes a run of text a click on link `number`; a tuple, so nothing of it is ever parsed."""
    return Style.from_meta({"@click": ("screen.open_link", (number,))})


def inline(spans: Iterable[Span], *, base: str = "", colour: str = "$mark") -> Content:
    """The spans in the style `base`; link words are underlined, their number raised after them in `colour`."""
    pen = Pen()
    runs = list(spans)
    for index, span in enumerate(runs):
        if not span.link:
            pen.write(span.text, *_styles(span, base))
            continue
        last = index + 1 == len(runs) or runs[index + 1].link != span.link
        words = span.text.rstrip() if last else span.text
        pen.write(words, *_styles(span, base), "underline", follow(span.link))
        if last:
            pen.write(superscript(span.link), colour, follow(span.link))
            pen.write(span.text[len(words) :], base)
    return pen.content()


def trimmed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the white space around them, empty ones left out."""
    kept = list(spans)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = _with_text(kept[0], kept[0].text.lstrip())
        kept[-1] = _with_text(kept[-1], kept[-1].text.rstrip())
    return tuple(span for span in kept if span.text)


def without_start(spans: Sequence[Span], characters: int) -> tuple[Span, ...]:
    """The spans without their first characters."""
    kept: list[Span] = []
    for span in spans:
        if characters < len(span.text):
            kept.append(_with_text(span, span.text[characters:]))
        characters = max(0, characters - len(span.text))
    return tuple(kept)


def without_colon(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the colon that ends them; what follows is set apart in another way."""
    if not spans or not spans[-1].text.endswith(":"):
        return tuple(spans)
    return trimmed((*spans[:-1], _with_text(spans[-1], spans[-1].text[:-1])))


def _with_text(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.code, span.link)


def _styles(span: Span, base: str) -> list[str]:
    styles = [base]
    if span.bold:
        styles.append("bold")
    if span.italic:
        styles.append("italic")
    if span.code:
        styles.append("on $panel")
    return styles


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
