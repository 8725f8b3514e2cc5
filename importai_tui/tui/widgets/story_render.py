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
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
    is_below_body,
    spans_to_text,
)
from importai_tui.tui.text import ContentBuilder, to_content, to_line_content
from importai_tui.works.titles import Citation, parse_citations

SUPERSCRIPT_DIGITS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
"""All digits that a link's number is drawn with."""
_TO_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def to_superscript(number: int) -> str:
    """The number in raised digits: 12 is ¹²."""
    return str(number).translate(_TO_SUPERSCRIPT)


MAX_MARKER_SHARE = 0.4
"""Of the width, that the marker may take; in less room it stands on a line of its own."""
NARROW_INDENT = 2
"""Cells that the text is then set in."""


class NarrowLayout(NamedTuple):
    """How a marker of two parts stands in less room: the head on lines of its own, then the rest beside the body."""

    head: Content
    marker: Content
    indent: int


class HangingIndent(Visual):
    """Draws `marker`, and `body` wrapped in the room to its right, from column `indent` on.

    A marker that is too long for its column stands on a line above, or as `folded` says.
    """

    def __init__(self, marker: Content, body: Content, indent: int, narrow_layout: NarrowLayout | None = None) -> None:
        self.marker = marker
        self.body = body
        self._indent = indent
        self._narrow_layout = narrow_layout

    def with_body(self, body: Content) -> HangingIndent:
        """The same marker beside other words."""
        return HangingIndent(self.marker, body, self._indent, self._narrow_layout)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The lines, in the order of the Visual protocol."""
        indent, beside = self._layout(width)
        if self._narrow_layout and not beside:
            lines, inner = self._apply_narrow_layout(self._narrow_layout, width)
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
        if self._narrow_layout and not beside:
            head, inner = self._apply_narrow_layout(self._narrow_layout, width)
            return len(head) + inner.get_height(rules, width)
        lines = self.body.get_height(rules, max(1, width - indent))
        return max(1, lines) if beside else lines + len(self.marker.wrap(width))

    def body_position(self, width: int) -> tuple[int, int]:
        """The lines above the body, and the cells that it is wrapped in."""
        indent, beside = self._layout(width)
        if self._narrow_layout and not beside:
            head, inner = self._apply_narrow_layout(self._narrow_layout, width)
            above, room = inner.body_position(width)
            return len(head) + above, room
        return 0 if beside else len(self.marker.wrap(width)), max(1, width - indent)

    def _apply_narrow_layout(self, layout: NarrowLayout, width: int) -> tuple[list[Content], HangingIndent]:
        head = list(layout.head.wrap(width)) if layout.head else []
        return head, HangingIndent(layout.marker, self.body, layout.indent)

    def _layout(self, width: int) -> tuple[int, bool]:
        """Where the body starts, and whether the marker stands beside it."""
        if not self.marker or self.marker.cell_length <= self._indent <= max(4, width * MAX_MARKER_SHARE):
            return min(self._indent, max(0, width - 4)), True
        return NARROW_INDENT, False

    def _marker_strip(self, line: Content, style: Style, options: RenderOptions) -> Strip:
        """Markers carry no text offsets: they are no part of what can be selected."""
        return Strip(
            [
                Segment(text, (style + text_style).rich_style)
                for text, text_style in line.render(style, end="", parse_style=options.get_style)
            ],
            line.cell_length,
        )


def make_link_style(number: int) -> Style:
    """The meta that makes a run of text a click on link `number`; a tuple, so nothing of it is ever parsed."""
    return Style.from_meta({"@click": ("screen.open_link", (number,))})


def render_spans(spans: Iterable[Span], *, base: str = "", colour: str = "$mark") -> Content:
    """The spans in the style `base`; link words are underlined, their number raised after them in `colour`."""
    pen = ContentBuilder()
    runs = list(spans)
    for index, span in enumerate(runs):
        if not span.link:
            pen.write(span.text, *_list_styles(span, base))
            continue
        last = index + 1 == len(runs) or runs[index + 1].link != span.link
        words = span.text.rstrip() if last else span.text
        pen.write(words, *_list_styles(span, base), "underline", make_link_style(span.link))
        if last:
            pen.write(to_superscript(span.link), colour, make_link_style(span.link))
            pen.write(span.text[len(words) :], base)
    return pen.build()


def trim_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the white space around them, empty ones left out."""
    kept = list(spans)
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[0] = _replace_text(kept[0], kept[0].text.lstrip())
        kept[-1] = _replace_text(kept[-1], kept[-1].text.rstrip())
    return tuple(span for span in kept if span.text)


def drop_characters(spans: Sequence[Span], characters: int) -> tuple[Span, ...]:
    """The spans without their first characters."""
    kept: list[Span] = []
    for span in spans:
        if characters < len(span.text):
            kept.append(_replace_text(span, span.text[characters:]))
        characters = max(0, characters - len(span.text))
    return tuple(kept)


def drop_final_colon(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without the colon that ends them; what follows is set apart in another way."""
    if not spans or not spans[-1].text.endswith(":"):
        return tuple(spans)
    return trim_spans((*spans[:-1], _replace_text(spans[-1], spans[-1].text[:-1])))


def _replace_text(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.code, span.link)


def _list_styles(span: Span, base: str) -> list[str]:
    styles = [base]
    if span.bold:
        styles.append("bold")
    if span.italic:
        styles.append("italic")
    if span.code:
        styles.append("on $panel")
    return styles


_WHY_LABEL = re.compile(r"(?i)^why (?:this|it|that) matters\b")
_TRAILING_FILLER = re.compile(r"(?i)(?<=\w) (?:here|at|(?:of )?the)$")
_MAX_LABEL_WIDTH = 20
"""Cells of the first column of the read-more table; a longer label stands on its own line."""
_TABLE_INDENT = 2
"""Cells that the table is set in where most labels stand on their own lines, which leaves no column for them."""


@dataclass(frozen=True, slots=True)
class RenderedBlock:
    """One drawn part of a story. `look` names how its widget is set; a `tight` piece follows without a gap.

    `block` is the index of the block that it is drawn from, -1 for what stands around the text.
    """

    style_class: str
    visual: Visual
    plain: str
    is_tight: bool = False
    block_index: int = -1


def render_story(story: Story, byline: str) -> tuple[RenderedBlock, ...]:
    """Everything that the story pane shows, from headline to inspirations; `facts` is the muted line under them."""
    tale = story.kind is StoryKind.TECH_TALES
    colour = "$second" if tale else "$mark"
    pieces = [_make_block("headline", to_line_content(story.headline, "bold"))]
    if story.tagline:
        look, style = ("epigraph", "italic $second") if tale else ("tagline", "italic $muted")
        pieces.append(_make_block(look, to_content(story.tagline, style)))
    pieces.append(_make_block("facts", to_content(byline, "$muted")))
    before: Block | None = None
    for index, block in enumerate(story.blocks):
        if not is_below_body(block, story):
            drawn = render_block(block, colour=colour, continues_why=_is_why(before))
            pieces.extend(replace(piece, block_index=index) for piece in drawn)
            before = block
    read_more = [b for b in story.blocks if isinstance(b, Paragraph) and b.role is ParagraphRole.READ_MORE]
    pieces.extend(_render_citations(parse_citations(read_more), colour))
    pieces.extend(_render_inspirations(story))
    return tuple(pieces)


def render_block(block: Block, *, colour: str = "$mark", continues_why: bool = False) -> list[RenderedBlock]:
    """The pieces of one block. `joined` says that a "Why this matters" passage goes on from the block before."""
    match block:
        case Paragraph(_, _, part):
            look = (
                "why"
                if part is ParagraphRole.WHY
                else "inspired"
                if part is ParagraphRole.INSPIRATIONS
                else "paragraph"
            )
            text = _render_why(block, colour) if part is ParagraphRole.WHY else _render_paragraph(block, colour)
            return [_make_block(look, text, tight=continues_why and part is ParagraphRole.WHY)] if text else []
        case ListBlock(items):
            return _render_list(items, colour)
        case Quote(spans):
            return [_make_block("quote", render_spans(trim_spans(spans), colour=colour))]
        case Heading(spans):
            return [_make_block("heading", render_spans(trim_spans(spans), base="bold", colour=colour))]
        case Code(text):
            return [_make_block("code", to_content(text.strip("\n").expandtabs(4)))]
        case Figure(caption, link):
            pen = ContentBuilder().write("□ ", "$muted")
            pen.write(caption or "figure", "italic $muted", *([make_link_style(link)] if link else []))
            if link:
                pen.write(to_superscript(link), colour, make_link_style(link))
            return [_make_block("figure", pen.build())]
        case Rule():
            return [_make_block("rule", to_content("* * *", "$muted"))]
        case _:
            assert_never(block)


def _make_block(look: str, text: Content, *, tight: bool = False) -> RenderedBlock:
    return RenderedBlock(look, text, text.plain, tight)


def _make_hanging_block(look: str, marker: Content, body: Content, indent: int, *, tight: bool) -> RenderedBlock:
    return RenderedBlock(look, HangingIndent(marker, body, indent), body.plain, tight)


def _is_why(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.role is ParagraphRole.WHY


def _render_paragraph(block: Paragraph, colour: str) -> Content:
    pen = ContentBuilder().append(render_spans(block.run_in, base=f"bold {colour}", colour=colour))
    if pen.is_empty:
        return render_spans(trim_spans(block.spans), colour=colour)
    if not (spans_to_text(block.run_in)[-1:].isspace() or spans_to_text(block.spans)[:1].isspace()):
        pen.write(" ")
    return pen.append(render_spans(block.spans, colour=colour)).build()


def _render_why(block: Paragraph, colour: str) -> Content:
    """The label in colour, what the label goes on to say in bold, the passage on a line of its own after that."""
    label = trim_spans(block.run_in)
    found = _WHY_LABEL.match(spans_to_text(label))
    if not found:
        return _render_paragraph(block, colour)
    pen = ContentBuilder().write(found[0], colour)
    said = spans_to_text(label)[found.end() :]
    said_spans = drop_final_colon(
        trim_spans(drop_characters(label, found.end() + len(said) - len(said.lstrip(" :.,–—-"))))
    )
    rest = trim_spans(block.spans)
    if said_spans:
        pen.write("  ").append(render_spans(said_spans, base="bold", colour=colour))
    if rest:
        pen.write("\n" if said_spans else "  ").append(render_spans(rest, colour=colour))
    return pen.build()


def _render_list(items: tuple[ListItem, ...], colour: str) -> list[RenderedBlock]:
    pieces: list[RenderedBlock] = []
    numbers = max((len(f"{item.number}.") for item in items if item.number is not None), default=1)
    for item in items:
        start = 2 + 2 * item.depth
        sign = "–" if item.number is None else f"{item.number}.".rjust(numbers)
        marker = to_content(" " * start + sign + " ", "$muted")
        body = render_spans(trim_spans(item.spans), colour=colour)
        pieces.append(_make_hanging_block("item", marker, body, start + len(sign) + 1, tight=bool(pieces)))
    return pieces


def _render_citations(rows: tuple[Citation, ...], colour: str) -> list[RenderedBlock]:
    labels = [_format_label(row) for row in rows]
    short = [cell_len(label) for label in labels if cell_len(label) <= _MAX_LABEL_WIDTH]
    column = max(short, default=0) if 2 * len(short) >= len(labels) else 0
    gap = 2 * bool(column) or _TABLE_INDENT * any(labels)
    digits = max((len(str(row.link)) for row in rows), default=1)
    pieces: list[RenderedBlock] = []
    for row, label in zip(rows, labels, strict=True):
        long = cell_len(label) > column
        if long:
            pieces.append(_make_block("cited", to_line_content(label, "$muted"), tight=bool(pieces)))
        number = str(row.link) if row.link else ""
        words = "" if long else label
        marker = ContentBuilder().write(words.ljust(column + gap - cell_len(words) + len(words)), "$muted")
        marker.write(number.rjust(digits), colour).write(" ")
        folded = NarrowLayout(
            to_line_content(words, "$muted"),
            ContentBuilder().write(" " * _TABLE_INDENT).write(number.rjust(digits), colour).write(" ").build(),
            _TABLE_INDENT + digits + 1,
        )
        body = ContentBuilder()
        if row.link:
            body.write(" ".join(row.title.split()), "underline", make_link_style(row.link))
        else:
            body.write(row.title, "$muted")
        if row.source:
            body.write(f"  {row.source}", "$muted")
        if row.tail:
            body.write(f"  {row.tail}", "$muted")
        hung = HangingIndent(marker.build(), body.build(), column + gap + digits + 1, folded)
        pieces.append(RenderedBlock("cited", hung, hung.body.plain, is_tight=bool(pieces)))
    return pieces


def _format_label(row: Citation) -> str:
    """The words before a citation; "here" in "Get the code here" says nothing beside a table's number."""
    return _TRAILING_FILLER.sub("", " ".join(row.label.split()))


def _render_inspirations(story: Story) -> list[RenderedBlock]:
    apart = [b for b in story.blocks if isinstance(b, Paragraph) and b.role is ParagraphRole.INSPIRATIONS]
    if any(not is_below_body(block, story) for block in apart) or not story.inspirations:
        return []
    pieces = [_make_block("inspired-head", to_content("Things that inspired this story", "$muted"))]
    dash = to_content("  – ", "$muted")
    items = [
        _make_hanging_block("inspired", dash, to_content(words, "$muted"), 4, tight=True)
        for words in story.inspirations
    ]
    return pieces + items
