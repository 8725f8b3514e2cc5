"""Turns the lines of a segment into the blocks of a story.

A run-in is the bold text that starts a paragraph ("What is BBEH?", "Why this matters - …:").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    block_to_text,
    spans_to_text,
)
from importai_tui.parse import headings
from importai_tui.parse.calls import find_plain_citation, is_call_to_action, split_call
from importai_tui.parse.lines import Line, LineKind, Run, bold_prefix_length, join_text, slice_runs
from importai_tui.parse.links import StoryLinks, find_cross_references
from importai_tui.parse.segments import Segment


@dataclass(frozen=True, slots=True)
class PageStyle:
    """The style of the page; see `PageLines`."""

    styled: bool
    gaps: bool


def build_story(segment: Segment, key: str, position: int, style: PageStyle, issue_number: int | None) -> Story:
    """Build the story of a segment. `issue_number` is its own issue, which is no cross reference."""
    reader = _BlockReader(segment, style)
    reader.links.add_runs(segment.heading_links, LinkRole.INLINE)
    blocks = tuple(reader.blocks())
    links = reader.links.to_links()
    text = "\n\n".join(filter(None, map(block_to_text, blocks)))
    return Story(
        key=key,
        position=position,
        kind=segment.kind,
        headline=segment.headline,
        tagline=_join_lines(segment.tagline),
        section=_join_lines(segment.section),
        series=_join_lines(segment.series),
        blocks=blocks,
        links=links,
        cross_references=find_cross_references(text, links, issue_number),
        inspirations=tuple(_find_inspirations(blocks)),
    )


def _join_lines(text: str | None) -> str | None:
    """Replace line ends by blanks. A character such as U+2028 may end a line in prose, but not in a headline."""
    return text and text.replace("\n", " ")


_DASH_ITEM = re.compile(r"^[-–•*·]\s+(?=\S)")


def make_marked_block(line: Line, links: StoryLinks) -> Block:
    """Make the block of a line whose kind the markup states: not of prose or an item. Adds its links to `links`."""
    match line.kind:
        case LineKind.QUOTE:
            return Quote(links.add_runs(line.runs, LinkRole.INLINE))
        case LineKind.HEADING:
            return Heading(links.add_runs(line.runs, LinkRole.INLINE), line.depth)
        case LineKind.CODE:
            return Code("".join(run.text for run in line.runs))
        case LineKind.FIGURE:
            href = line.runs[0].href
            return Figure(line.text, links.add_url(href, line.text) if href else 0)
        case _:
            return Rule()


class _BlockReader:
    def __init__(self, segment: Segment, style: PageStyle) -> None:
        self.links = StoryLinks()
        self._lines = [part for line in segment.body for part in split_call(line)]
        self._style = style
        self._has_plain_citations = segment.has_plain_citations or not style.styled
        self._in_why_passage = False  # True inside a "Why this matters" passage

    def blocks(self) -> Iterator[Block]:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            match line.kind:
                case LineKind.ITEM if line.runs[0].bold and is_call_to_action(line):
                    # In earlier years a call was a list of one item.
                    yield self._make_paragraph(line, ParagraphRole.READ_MORE, _measure_run_in(line, styled=True))
                    at += 1
                case LineKind.ITEM:
                    end = self._find_list_end(at)
                    yield ListBlock(tuple(self._make_item(item) for item in self._lines[at:end]))
                    at = end
                case LineKind.TEXT if self._is_dash_item(at):
                    end = at
                    while end < len(self._lines) and self._is_dash_item(end):
                        end += 1
                    yield ListBlock(tuple(self._make_item(_strip_dash(item)) for item in self._lines[at:end]))
                    at = end
                case LineKind.TEXT:
                    used, block = self._read_prose(at)
                    yield block
                    at += used
                case _:
                    yield make_marked_block(line, self.links)
                    at += 1
            if line.kind is not LineKind.TEXT:
                self._in_why_passage = self._in_why_passage and line.kind in (LineKind.ITEM, LineKind.QUOTE)

    def _find_list_end(self, at: int) -> int:
        """Return the position after the list that starts here."""
        end = at + 1
        while (line := self._get_line(end)) is not None and line.kind is LineKind.ITEM:
            if line.runs[0].bold and is_call_to_action(line):
                break
            end += 1
        return end

    def _is_dash_item(self, at: int) -> bool:
        """Return True for a list without `<ul>`, as in earlier years: two or more lines with a dash or bullet."""
        if not self._starts_with_dash(at):
            return False
        return (
            self._starts_with_dash(at + 1)
            or (at > 0 and self._starts_with_dash(at - 1))
            or not self._lines[at].text.startswith("-")
        )

    def _starts_with_dash(self, at: int) -> bool:
        line = self._lines[at] if 0 <= at < len(self._lines) else None
        return line is not None and line.kind is LineKind.TEXT and bool(_DASH_ITEM.match(line.text))

    def _make_item(self, line: Line) -> ListItem:
        return ListItem(self.links.add_runs(line.runs, LinkRole.INLINE), line.depth, line.number)

    def _read_prose(self, at: int) -> tuple[int, Block]:
        """Return the number of lines of a paragraph, and its block."""
        line = self._lines[at]
        if headings.INSPIRATIONS_LABEL.match(line.text):
            return self._read_inspirations(at)
        if is_call_to_action(line):
            self._in_why_passage = False
            return 1, self._make_paragraph(line, ParagraphRole.READ_MORE, _measure_run_in(line, styled=True))
        if self._has_plain_citations and (cited := find_plain_citation(line)):
            self._in_why_passage = False
            return 1, self._make_citation(line, *cited)
        if line.is_bold and self._style.styled and len(line.text) < MAX_RUN_IN_LENGTH:
            return self._read_bold_line(at)
        length = _measure_run_in(line, styled=self._style.styled)
        if length and not self._style.styled and length >= len(line.text.rstrip()):
            return self._read_label(at)
        used, joined = self._join_broken_lines(at)
        return used, self._make_paragraph(joined, self._choose_role(joined, length), length)

    def _choose_role(self, line: Line, length: int) -> ParagraphRole:
        """Return the role of a paragraph: WHY if it starts or continues a "Why this matters" passage."""
        if length:
            self._in_why_passage = bool(_WHY_LABEL.match(line.text[: length + 1]))
        elif self._style.gaps and line.gap:
            self._in_why_passage = False
        return ParagraphRole.WHY if self._in_why_passage else ParagraphRole.BODY

    def _join_broken_lines(self, at: int) -> tuple[int, Line]:
        """Join a paragraph with the lines after plain line breaks, as in a poem. Return the number of lines too."""
        line, used = self._lines[at], 1
        if not (self._style.styled and self._style.gaps):
            return 1, line
        runs = list(line.runs)
        while (after := self._get_line(at + used)) is not None and self._continues_paragraph(after):
            runs += (Run("\n"), *after.runs)
            used += 1
        return used, Line(tuple(runs), gap=line.gap, indent=line.indent) if used > 1 else line

    def _continues_paragraph(self, line: Line) -> bool:
        return (
            line.kind is LineKind.TEXT
            and not (line.gap or line.indent or line.is_bold or is_call_to_action(line) or _DASH_ITEM.match(line.text))
            and not _measure_run_in(line, styled=True)
            and not headings.INSPIRATIONS_LABEL.match(line.text)
        )

    def _get_line(self, at: int) -> Line | None:
        return self._lines[at] if at < len(self._lines) else None

    def _read_bold_line(self, at: int) -> tuple[int, Block]:
        """Read a bold line: the run-in of the paragraph below, or a heading."""
        line, after = self._lines[at], self._get_line(at + 1)
        if line.text[-1] in ":?!." or _WHY_LABEL.match(line.text):
            return self._read_label(at)
        if after is None or after.kind is not LineKind.TEXT or after.is_bold or not line.gap:
            return 1, self._make_paragraph(line, self._choose_role(line, 0), 0)
        self._in_why_passage = False
        return 1, Heading(self.links.add_runs(line.runs, LinkRole.INLINE))

    def _read_label(self, at: int) -> tuple[int, Block]:
        """Read a run-in on its own line, joined with the paragraph that follows, if any."""
        line, after = self._lines[at], self._get_line(at + 1)
        self._in_why_passage = bool(_WHY_LABEL.match(line.text))
        role = ParagraphRole.WHY if self._in_why_passage else ParagraphRole.BODY
        run_in = self.links.add_runs(line.runs, LinkRole.INLINE)
        alone = after is None or after.kind is not LineKind.TEXT or self._starts_block(at + 1)
        if alone or after is None:
            return 1, Paragraph((), run_in, role)
        used, joined = self._join_broken_lines(at + 1)
        spans = (Span(" "), *self.links.add_runs(joined.runs, LinkRole.INLINE))
        return 1 + used, Paragraph(spans, run_in, role)

    def _starts_block(self, at: int) -> bool:
        line = self._lines[at]
        return (
            line.is_bold
            or is_call_to_action(line)
            or self._is_dash_item(at)
            or bool(headings.INSPIRATIONS_LABEL.match(line.text))
            or bool(_measure_run_in(line, styled=self._style.styled))
            or (self._has_plain_citations and find_plain_citation(line) is not None)
        )

    def _make_paragraph(self, line: Line, role: ParagraphRole, length: int) -> Paragraph:
        link_role = LinkRole.READ_MORE if role is ParagraphRole.READ_MORE else LinkRole.INLINE
        if not length:
            return Paragraph(self.links.add_runs(line.runs, link_role), (), role)
        lead, rest = _split_run_in(line, length)
        return Paragraph(*_split_spans(self.links, lead, rest, link_role), role)

    def _make_citation(self, line: Line, start: int, end: int) -> Paragraph:
        """Make a call in plain text, whose cited words are a link without a URL."""
        words = join_text(slice_runs(line.runs, start, end))
        before, after = join_text(slice_runs(line.runs, 0, start)), join_text(slice_runs(line.runs, end))
        number = self.links.add_citation(words, before)
        label = before.rstrip()
        spans = (Span(before[len(label) :]), Span(words, link=number), Span(after))
        return Paragraph(tuple(s for s in spans if s.text), (Span(label),), ParagraphRole.READ_MORE)

    def _read_inspirations(self, at: int) -> tuple[int, Block]:
        """Read the inspirations of a tale. Their label may stand on its own line."""
        line = self._lines[at]
        self._in_why_passage = False
        length = _measure_run_in(line, styled=self._style.styled) or line.text.find(":") + 1
        after = self._get_line(at + 1)
        alone = length >= len(line.text) or not line.text[length:].strip()
        if alone and after is not None and after.kind is LineKind.TEXT:
            label = self.links.add_runs(line.runs, LinkRole.INLINE)
            spans = (Span(" "), *self.links.add_runs(after.runs, LinkRole.INLINE))
            return 2, Paragraph(spans, label, ParagraphRole.INSPIRATIONS)
        return 1, self._make_paragraph(line, ParagraphRole.INSPIRATIONS, length)


def _split_spans(
    links: StoryLinks, lead: tuple[Run, ...], rest: tuple[Run, ...], role: LinkRole
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans of the rest and of the run-in, with links numbered in order of appearance.

    A link across the end of the bold text is one link, so both are numbered together.
    """
    size = sum(len(run.text) for run in lead)
    spans = links.add_runs((*lead, *rest), role)
    run_in: list[Span] = []
    body: list[Span] = []
    for span in spans:
        if size >= len(span.text):
            run_in.append(span)
        elif size > 0:
            run_in.append(Span(span.text[:size], span.bold, span.italic, span.code, span.link))
            body.append(Span(span.text[size:], span.bold, span.italic, span.code, span.link))
        else:
            body.append(span)
        size -= min(size, len(span.text))
    return tuple(body), tuple(run_in)


def _strip_dash(line: Line) -> Line:
    """Return an item without its dash. The output draws list markers itself."""
    match = _DASH_ITEM.match(join_text(line.runs))
    return line.with_runs(slice_runs(line.runs, match.end())) if match else line


def _find_inspirations(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph) and block.role is ParagraphRole.INSPIRATIONS:
            for item in spans_to_text(block.spans).split(";"):
                if words := item.strip().strip(".").strip():
                    yield words


MAX_RUN_IN_LENGTH = 260
"""Characters; the longest of the corpus has 208."""
_WHY_LABEL = re.compile(
    r"(?i)^\W*why (?:does )?(?:(?:this|it|that|these|those|all this)(?:\s+\w+)?\s+(?:matters?|is (?:useful|important))|"
    r"[^.:?!]{2,40}? matters?\s*[-–—:])"
)
_PLAIN_LABEL = re.compile(r"^(?P<label>[A-Z0-9“\"'‘][^.:;!?()“”\"]{1,70}(?::|\?))\s+(?=\S.{30,})", re.S)
_MAX_PLAIN_LABEL_WORDS = 9
_PLAIN_WHY_LABEL = re.compile(r"(?i)^(?P<label>why [^:?!]{2,60}? matters?\b[^:.?!]{0,240}(?:[:?!]|\.(?=\s)))\s*", re.S)
_LABEL_END = re.compile(r"[:?!.…][\"”’')]*$")


def _measure_run_in(line: Line, *, styled: bool) -> int:
    """Return the length of a paragraph's run-in, including its colon; 0 if there is none."""
    if line.kind not in (LineKind.TEXT, LineKind.ITEM):
        return 0
    text = join_text(line.runs)
    if not styled:
        return _measure_plain_run_in(text)
    lead = bold_prefix_length(line.runs)
    if not 0 < lead <= MAX_RUN_IN_LENGTH:
        return 0
    colon = re.match(r"\s*:", text[lead:])
    if colon:
        return lead + colon.end()
    label = text[:lead].rstrip()
    return lead if _LABEL_END.search(label) or (_WHY_LABEL.match(label) and lead < len(text)) else 0


def _split_run_in(line: Line, length: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Split the runs of a line after its run-in. Converters drop the blank between them."""
    lead, rest = slice_runs(line.runs, 0, length), slice_runs(line.runs, length)
    if lead and rest and _LABEL_END.search(lead[-1].text) and not rest[0].text[0].isspace():
        rest = (Run(" "), *rest)
    return lead, rest


def _measure_plain_run_in(text: str) -> int:
    match = _PLAIN_WHY_LABEL.match(text) or _PLAIN_LABEL.match(text)
    if match is None:
        return 0
    label = match["label"]
    return match.end("label") if _WHY_LABEL.match(label) or len(label.split()) <= _MAX_PLAIN_LABEL_WORDS else 0
