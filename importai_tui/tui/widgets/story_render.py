"""A story as rendered blocks: headline, paragraphs, lists, citations. Pure.

Markers hang beside their text, link words are underlined and followed by the link's number in superscript.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, assert_never

from textual.content import Content
from textual.content import Span as ContentSpan
from textual.style import Style

from importai_tui.model import (
    MAX_LIST_INDENT,
    Block,
    Code,
    Figure,
    Heading,
    Link,
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
"""The digits that link numbers are drawn with."""
_TO_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_STRUCK = re.compile(r"~~[^~]+~~")
_WHY_LABEL = re.compile(r"(?i)^why (?:this|it|that) matters\b")
_TRAILING_FILLER = re.compile(r"(?i)(?<=\w) (?:here|at|(?:of )?the)$")
_MAX_LABEL_WIDTH = 20
"""Cells of the first column of the read-more table; a longer label is wrapped in it."""
_TABLE_INDENT = 2
"""Cells that the table is indented by in a narrow window, where the labels are on their own lines."""


class NarrowLayout(NamedTuple):
    """Layout of a marker of two parts in a narrow window: `head` on lines of its own, `marker` beside the body."""

    head: Content
    marker: Content
    indent: int


class HangingIndent(NamedTuple):
    """A marker, which may have several lines, beside a text that is wrapped from column `indent` on.

    A marker that is too wide for its column is drawn on a line above, or as `narrow_layout` says.
    """

    marker: Content
    indent: int
    narrow_layout: NarrowLayout | None = None


class RenderedBlock(NamedTuple):
    """A drawn part of a story. `style_class` names its style; a tight block follows without a gap.

    `block_index` is the index of the story's block, -1 for the parts around the text. The `hanging` marker is not part
    of the text.
    """

    style_class: str
    body: Content
    is_tight: bool = False
    block_index: int = -1
    hanging: HangingIndent | None = None

    @property
    def plain(self) -> str:
        """The text."""
        return self.body.plain


def render_story(story: Story, byline: str) -> tuple[RenderedBlock, ...]:
    """Return everything that the story pane shows, from headline to inspirations; `byline` is the muted line."""
    is_fiction = story.kind is StoryKind.TECH_TALES
    colour = "$second" if is_fiction else "$mark"
    rendered = [RenderedBlock("headline", to_line_content(story.headline, "bold"))]
    if story.tagline:
        style_class, style = ("epigraph", "italic $second") if is_fiction else ("tagline", "italic $muted")
        rendered.append(RenderedBlock(style_class, to_content(story.tagline, style)))
    rendered.append(RenderedBlock("facts", to_content(byline, "$muted")))
    previous: Block | None = None
    for index, block in enumerate(story.blocks):
        if not is_below_body(block, story):
            parts = render_block(block, colour=colour, continues_why=_is_why(previous))
            rendered.extend(part._replace(block_index=index) for part in parts)
            previous = block
    read_more = [b for b in story.blocks if isinstance(b, Paragraph) and b.role is ParagraphRole.READ_MORE]
    rendered.extend(_render_citations(parse_citations(read_more), colour))
    rendered.extend(_render_inspirations(story))
    return tuple(add_urls(rendered, story.links))


def render_block(block: Block, *, colour: str = "$mark", continues_why: bool = False) -> list[RenderedBlock]:
    """Return one block of a story as rendered blocks.

    With `continues_why`, a "Why this matters" paragraph continues that of the block before.
    """
    match block:
        case Paragraph(_, _, part):
            style_class = (
                "why"
                if part is ParagraphRole.WHY
                else "inspired"
                if part is ParagraphRole.INSPIRATIONS
                else "paragraph"
            )
            text = _render_why(block, colour) if part is ParagraphRole.WHY else _render_paragraph(block, colour)
            return (
                [RenderedBlock(style_class, text, is_tight=continues_why and part is ParagraphRole.WHY)] if text else []
            )
        case ListBlock(items):
            return _render_list(items, colour)
        case Quote(spans):
            return [RenderedBlock("quote", render_spans(trim_spans(spans), colour=colour))]
        case Heading(spans):
            return [RenderedBlock("heading", render_spans(trim_spans(spans), base="bold", colour=colour))]
        case Code(text):
            return [RenderedBlock("code", to_content(text.strip("\n").expandtabs(4)))]
        case Figure(caption, link):
            builder = ContentBuilder().write("□ ", "$muted")
            builder.write(caption or "figure", "italic $muted", *([make_link_style(link)] if link else []))
            if link:
                builder.write(to_superscript(link), colour, make_link_style(link))
            return [RenderedBlock("figure", builder.build())]
        case Rule():
            return [RenderedBlock("rule", to_content("* * *", "$muted"))]
        case _:
            assert_never(block)


def render_spans(spans: Iterable[Span], *, base: str = "", colour: str = "$mark") -> Content:
    """Return the spans in the style `base`; links are underlined and followed by their number in `colour`."""
    builder = ContentBuilder()
    runs = list(spans)
    for index, span in enumerate(runs):
        if not span.link:
            builder.write(span.text, *_list_styles(span, base))
            continue
        is_last = index + 1 == len(runs) or runs[index + 1].link != span.link
        text = span.text.rstrip() if is_last else span.text
        builder.write(text, *_list_styles(span, base), "underline", make_link_style(span.link))
        if is_last:
            builder.write(to_superscript(span.link), colour, make_link_style(span.link))
            builder.write(span.text[len(text) :], base)
    content = builder.build()
    if "~~" in content.plain:
        content = Content(content.plain, spans=[*content.spans, *_find_struck(content.plain)])
    return content


def _find_struck(text: str) -> Iterator[ContentSpan]:
    """Yield a style for each struck text, which the parser puts between tildes."""
    yield from (ContentSpan(match.start(), match.end(), "strike") for match in _STRUCK.finditer(text))


def make_link_style(number: int) -> Style:
    """Return a style whose click opens the link; its arguments are a tuple, so nothing of it is parsed."""
    return Style.from_meta({"@click": ("screen.open_link", (number,))})


def get_link_number(style: str | Style) -> int:
    """Return the number of the link that a click on text in this style opens; 0 for none."""
    action = style.meta.get("@click") if isinstance(style, Style) else None
    match action:
        case ("screen.open_link", (int(number),)):
            return number
        case _:
            return 0


def add_urls(blocks: Iterable[RenderedBlock], links: Iterable[Link]) -> list[RenderedBlock]:
    """Return the blocks with the addresses of their links, for terminals that have hyperlinks."""
    styles = {link.n: make_link_style(link.n) + Style(link=link.url) for link in links if link.url}
    return [block._replace(body=_add_urls(block.body, styles)) for block in blocks]


def _add_urls(body: Content, styles: Mapping[int, Style]) -> Content:
    numbers = [get_link_number(span.style) for span in body.spans]
    if not any(numbers):
        return body
    spans = [
        span._replace(style=styles.get(number, span.style)) for span, number in zip(body.spans, numbers, strict=True)
    ]
    return Content(body.plain, spans=spans)


def to_superscript(number: int) -> str:
    """Return the number in superscript digits: 12 is ¹²."""
    return str(number).translate(_TO_SUPERSCRIPT)


def trim_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans without white space at both ends, and without empty spans."""
    trimmed = list(spans)
    while trimmed and not trimmed[0].text.strip():
        trimmed.pop(0)
    while trimmed and not trimmed[-1].text.strip():
        trimmed.pop()
    if trimmed:
        trimmed[0] = _replace_text(trimmed[0], trimmed[0].text.lstrip())
        trimmed[-1] = _replace_text(trimmed[-1], trimmed[-1].text.rstrip())
    return tuple(span for span in trimmed if span.text)


def drop_characters(spans: Sequence[Span], characters: int) -> tuple[Span, ...]:
    """Return the spans without their first characters."""
    remaining: list[Span] = []
    for span in spans:
        if characters < len(span.text):
            remaining.append(_replace_text(span, span.text[characters:]))
        characters = max(0, characters - len(span.text))
    return tuple(remaining)


def drop_final_colon(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans without a colon at their end."""
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


def _make_hanging_block(
    style_class: str, marker: Content, body: Content, indent: int, *, is_tight: bool
) -> RenderedBlock:
    return RenderedBlock(style_class, body, is_tight, hanging=HangingIndent(marker, indent))


def _is_why(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.role is ParagraphRole.WHY


def _render_paragraph(paragraph: Paragraph, colour: str) -> Content:
    builder = ContentBuilder().append(render_spans(paragraph.run_in, base=f"bold {colour}", colour=colour))
    if builder.is_empty:
        return render_spans(trim_spans(paragraph.spans), colour=colour)
    if not (spans_to_text(paragraph.run_in)[-1:].isspace() or spans_to_text(paragraph.spans)[:1].isspace()):
        builder.write(" ")
    # A line break at the end would be an empty line.
    return builder.append(render_spans(paragraph.spans, colour=colour)).build().rstrip()


def _render_why(block: Paragraph, colour: str) -> Content:
    """Return the label in colour, the rest of the label in bold, and then the passage on its own line."""
    label = trim_spans(block.run_in)
    match = _WHY_LABEL.match(spans_to_text(label))
    if not match:
        return _render_paragraph(block, colour)
    builder = ContentBuilder().write(match[0], colour)
    rest_of_label = spans_to_text(label)[match.end() :]
    claim = drop_final_colon(
        trim_spans(drop_characters(label, match.end() + len(rest_of_label) - len(rest_of_label.lstrip(" :.,–—-"))))
    )
    passage = trim_spans(block.spans)
    if claim:
        builder.write("  ").append(render_spans(claim, base="bold", colour=colour))
    if passage:
        builder.write("\n" if claim else "  ").append(render_spans(passage, colour=colour))
    return builder.build()


def _render_list(items: tuple[ListItem, ...], colour: str) -> list[RenderedBlock]:
    rendered: list[RenderedBlock] = []
    number_width = max((len(f"{item.number}.") for item in items if item.number is not None), default=1)
    for item in items:
        start = 2 + 2 * min(item.depth, MAX_LIST_INDENT)
        sign = "–" if item.number is None else f"{item.number}.".rjust(number_width)
        marker = to_content(" " * start + sign + " ", "$muted")
        body = render_spans(trim_spans(item.spans), colour=colour)
        rendered.append(_make_hanging_block("item", marker, body, start + len(sign) + 1, is_tight=bool(rendered)))
    return rendered


def _render_citations(rows: tuple[Citation, ...], colour: str) -> list[RenderedBlock]:
    labels = [to_line_content(_format_label(row), "$muted").wrap(_MAX_LABEL_WIDTH) for row in rows]
    column = max((line.cell_length for label in labels for line in label), default=0)
    gap = 2 * bool(column)
    digits = max((len(str(row.link)) for row in rows), default=1)
    rendered: list[RenderedBlock] = []
    for row, label in zip(rows, labels, strict=True):
        number = (str(row.link) if row.link else "").rjust(digits)
        first, *others = label or [Content("")]
        marker = ContentBuilder().append(first).write(" " * (column + gap - first.cell_length)).write(number, colour)
        for line in others:
            marker.write("\n").append(line)
        marker.write("" if others else " ")
        narrow_layout = NarrowLayout(
            to_line_content(_format_label(row), "$muted"),
            ContentBuilder().write(" " * _TABLE_INDENT).write(number, colour).write(" ").build(),
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
        hanging = HangingIndent(marker.build(), column + gap + digits + 1, narrow_layout)
        rendered.append(RenderedBlock("cited", body.build(), is_tight=bool(rendered), hanging=hanging))
    return rendered


def _format_label(row: Citation) -> str:
    """Return the words before a citation, without a final "here", which is meaningless in a table."""
    return _TRAILING_FILLER.sub("", " ".join(row.label.split()))


def _render_inspirations(story: Story) -> list[RenderedBlock]:
    paragraphs = [b for b in story.blocks if isinstance(b, Paragraph) and b.role is ParagraphRole.INSPIRATIONS]
    if any(not is_below_body(block, story) for block in paragraphs) or not story.inspirations:
        return []
    rendered = [RenderedBlock("inspired-head", to_content("Things that inspired this story", "$muted"))]
    dash = to_content("  – ", "$muted")
    items = [
        _make_hanging_block("inspired", dash, to_content(words, "$muted"), 4, is_tight=True)
        for words in story.inspirations
    ]
    return rendered + items
