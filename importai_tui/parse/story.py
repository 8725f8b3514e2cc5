"""A segment's lines as the blocks of a story: run-ins, "Why this matters", read-more lines, lists, inspirations.

Run-in subheads: the bold words that open a paragraph ("What is BBEH?", "Why this matters - …:").
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
    Part,
    Quote,
    Rule,
    Span,
    Story,
    block_text,
    plain,
)
from importai_tui.parse import headings
from importai_tui.parse.calls import is_call, parted_call, plain_citation
from importai_tui.parse.lines import Line, LineKind, Run, bold_lead, cut, joined
from importai_tui.parse.links import LinkList, cross_references
from importai_tui.parse.segmenter import Segment

LONGEST_RUN_IN = 260
"""Characters; the longest of the corpus has 208."""
WHY = re.compile(
    r"(?i)^\W*why (?:does )?(?:(?:this|it|that|these|those|all this)(?:\s+\w+)?\s+(?:matters?|is (?:useful|important))|"
    r"[^.:?!]{2,40}? matters?\s*[-–—:])"
)
_PLAIN_LABEL = re.compile(r"^(?P<label>[A-Z0-9“\"'‘][^.:;!?()“”\"]{1,70}(?::|\?))\s+(?=\S.{30,})", re.S)
_PLAIN_LABEL_WORDS = 9
_WHY_LABEL = re.compile(r"(?i)^(?P<label>why [^:?!]{3,60}? matters?\b[^:.?!]{0,180}(?:[:?!]|\.(?=\s)))\s*", re.S)
_CLOSED = re.compile(r"[:?!.…][\"”’')]*$")


def run_in_length(line: Line, *, styled: bool) -> int:
    """How many characters of a paragraph's runs its run-in takes, its colon included; 0 without one."""
    if line.kind not in (LineKind.TEXT, LineKind.ITEM):
        return 0
    text = joined(line.runs)
    if not styled:
        return _plain_length(text)
    lead = bold_lead(line.runs)
    if not 0 < lead <= LONGEST_RUN_IN:
        return 0
    colon = re.match(r"\s*:", text[lead:])
    if colon:
        return lead + colon.end()
    label = text[:lead].rstrip()
    return lead if _CLOSED.search(label) or (WHY.match(label) and lead < len(text)) else 0


def parted(line: Line, length: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs of the run-in and the rest."""
    return cut(line.runs, 0, length), cut(line.runs, length)


def _plain_length(text: str) -> int:
    match = _WHY_LABEL.match(text) or _PLAIN_LABEL.match(text)
    if match is None:
        return 0
    label = match["label"]
    return match.end("label") if WHY.match(label) or len(label.split()) <= _PLAIN_LABEL_WORDS else 0


_DASH_ITEM = re.compile(r"^[-–•*·]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the page was written, as far as reading a story needs it: see `Page`."""

    styled: bool
    gaps: bool


def read_story(segment: Segment, key: str, position: int, manner: Manner, issue: int | None) -> Story:
    """The story of a segment. `issue` is the number of its issue, which is no cross reference of its own."""
    reader = _Reader(segment, manner)
    blocks = tuple(reader.blocks())
    links = reader.links.links()
    text = "\n\n".join(filter(None, map(block_text, blocks)))
    return Story(
        key=key,
        position=position,
        kind=segment.kind,
        headline=segment.headline,
        tagline=_on_one_line(segment.tagline),
        section=_on_one_line(segment.section),
        series=_on_one_line(segment.series),
        blocks=blocks,
        links=links,
        cross_references=cross_references(text, links, issue),
        inspirations=tuple(_inspirations(blocks)),
    )


def _on_one_line(text: str | None) -> str | None:
    """A character inside a line can end one (U+2028), which is right in prose but not in a story's head."""
    return text and text.replace("\n", " ")


class _Reader:
    def __init__(self, segment: Segment, manner: Manner) -> None:
        self.links = LinkList()
        self._lines = [part for line in segment.body for part in parted_call(line)]
        self._manner = manner
        self._why = False  # whether a "Why this matters" passage is open

    def blocks(self) -> Iterator[Block]:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            match line.kind:
                case LineKind.ITEM if line.runs[0].bold and is_call(line):
                    # Earlier years put their calls in a list of one.
                    yield self._paragraph(line, Part.READ_MORE, run_in_length(line, styled=True))
                    at += 1
                case LineKind.ITEM:
                    end = self._items_from(at)
                    yield ListBlock(tuple(self._item(item) for item in self._lines[at:end]))
                    at = end
                case LineKind.TEXT if self._is_dash_item(at):
                    end = at
                    while end < len(self._lines) and self._is_dash_item(end):
                        end += 1
                    yield ListBlock(tuple(self._item(_undashed(item)) for item in self._lines[at:end]))
                    at = end
                case LineKind.TEXT:
                    used, block = self._prose(at)
                    yield block
                    at += used
                case _:
                    yield self._marked(line)
                    at += 1
            if line.kind is not LineKind.TEXT:
                self._why = self._why and line.kind in (LineKind.ITEM, LineKind.QUOTE)

    def _items_from(self, at: int) -> int:
        """Where the list that begins here ends."""
        end = at + 1
        while (line := self._line_at(end)) is not None and line.kind is LineKind.ITEM:
            if line.runs[0].bold and is_call(line):
                break
            end += 1
        return end

    def _is_dash_item(self, at: int) -> bool:
        """A list of the years without `<ul>`: two lines or more that begin with a dash or a bullet."""
        if not self._dashed(at):
            return False
        return self._dashed(at + 1) or (at > 0 and self._dashed(at - 1)) or not self._lines[at].text.startswith("-")

    def _dashed(self, at: int) -> bool:
        line = self._lines[at] if 0 <= at < len(self._lines) else None
        return line is not None and line.kind is LineKind.TEXT and bool(_DASH_ITEM.match(line.text))

    def _item(self, line: Line) -> ListItem:
        return ListItem(self.links.spans(line.runs, LinkRole.INLINE), line.depth, line.number)

    def _marked(self, line: Line) -> Block:
        """A block whose kind the markup told."""
        match line.kind:
            case LineKind.QUOTE:
                return Quote(self.links.spans(line.runs, LinkRole.INLINE))
            case LineKind.HEADING:
                return Heading(self.links.spans(line.runs, LinkRole.INLINE), line.depth)
            case LineKind.CODE:
                return Code("".join(run.text for run in line.runs))
            case LineKind.FIGURE:
                href = line.runs[0].href
                return Figure(line.text, self.links.address(href, line.text) if href else 0)
            case _:
                return Rule()

    # --- prose ---------------------------------------------------------------------------------------------------

    def _prose(self, at: int) -> tuple[int, Block]:
        """A paragraph and how many lines it takes."""
        line = self._lines[at]
        if headings.INSPIRED.match(line.text):
            return self._inspired(at)
        if is_call(line):
            self._why = False
            return 1, self._paragraph(line, Part.READ_MORE, run_in_length(line, styled=True))
        if not self._manner.styled and (cited := plain_citation(line)):
            self._why = False
            return 1, self._citation(line, *cited)
        if line.bold and self._manner.styled and len(line.text) < LONGEST_RUN_IN:
            return self._bold_line(at)
        length = run_in_length(line, styled=self._manner.styled)
        if length and not self._manner.styled and length >= len(line.text.rstrip()):
            return self._label(at)
        used, whole = self._with_breaks(at)
        return used, self._paragraph(whole, self._part(whole, length), length)

    def _part(self, line: Line, length: int) -> Part:
        """Whether a paragraph is of a "Why this matters" passage: it opens one, or goes on with one."""
        if length:
            self._why = bool(WHY.match(line.text[: length + 1]))
        elif self._manner.gaps and line.gap:
            self._why = False
        return Part.WHY if self._why else Part.BODY

    def _with_breaks(self, at: int) -> tuple[int, Line]:
        """A paragraph with the lines that a bare line break sets under it (a poem's), as one."""
        line, used = self._lines[at], 1
        if not (self._manner.styled and self._manner.gaps):
            return 1, line
        runs = list(line.runs)
        while (after := self._line_at(at + used)) is not None and self._goes_on(after):
            runs += (Run("\n"), *after.runs)
            used += 1
        return used, Line(tuple(runs), gap=line.gap, indent=line.indent) if used > 1 else line

    def _goes_on(self, line: Line) -> bool:
        return (
            line.kind is LineKind.TEXT
            and not (line.gap or line.indent or line.bold or is_call(line) or _DASH_ITEM.match(line.text))
            and not run_in_length(line, styled=True)
            and not headings.INSPIRED.match(line.text)
        )

    def _line_at(self, at: int) -> Line | None:
        return self._lines[at] if at < len(self._lines) else None

    def _bold_line(self, at: int) -> tuple[int, Block]:
        """A bold line of its own: the run-in of the paragraph under it, or a heading."""
        line, after = self._lines[at], self._line_at(at + 1)
        if line.text[-1] in ":?!." or WHY.match(line.text):
            return self._label(at)
        if after is None or after.kind is not LineKind.TEXT or after.bold or not line.gap:
            return 1, self._paragraph(line, self._part(line, 0), 0)
        self._why = False
        return 1, Heading(self.links.spans(line.runs, LinkRole.INLINE))

    def _label(self, at: int) -> tuple[int, Block]:
        """A run-in on a line of its own, joined with the paragraph that it opens, if one follows."""
        line, after = self._lines[at], self._line_at(at + 1)
        why = bool(WHY.match(line.text))
        self._why = why
        part = Part.WHY if why else Part.BODY
        run_in = self.links.spans(line.runs, LinkRole.INLINE)
        alone = after is None or after.kind is not LineKind.TEXT or self._opens_something(at + 1)
        if alone or after is None:
            return 1, Paragraph((), run_in, part)
        used, whole = self._with_breaks(at + 1)
        spans = (Span(" "), *self.links.spans(whole.runs, LinkRole.INLINE))
        return 1 + used, Paragraph(spans, run_in, part)

    def _opens_something(self, at: int) -> bool:
        line = self._lines[at]
        return (
            line.bold
            or is_call(line)
            or self._is_dash_item(at)
            or bool(headings.INSPIRED.match(line.text))
            or bool(run_in_length(line, styled=self._manner.styled))
            or (not self._manner.styled and plain_citation(line) is not None)
        )

    def _paragraph(self, line: Line, part: Part, length: int) -> Paragraph:
        role = LinkRole.READ_MORE if part is Part.READ_MORE else LinkRole.INLINE
        if not length:
            return Paragraph(self.links.spans(line.runs, role), (), part)
        lead, rest = parted(line, length)
        return Paragraph(*_told_apart(self.links, lead, rest, role), part)

    def _citation(self, line: Line, start: int, end: int) -> Paragraph:
        """A plain-text call whose cited words are a link without an address."""
        words = joined(cut(line.runs, start, end))
        before, after = joined(cut(line.runs, 0, start)), joined(cut(line.runs, end))
        number = self.links.citation(words, before)
        label = before.rstrip()
        spans = (Span(before[len(label) :]), Span(words, link=number), Span(after))
        return Paragraph(tuple(s for s in spans if s.text), (Span(label),), Part.READ_MORE)

    def _inspired(self, at: int) -> tuple[int, Block]:
        """The fiction's inspirations; their label may stand on a line of its own."""
        line = self._lines[at]
        self._why = False
        length = run_in_length(line, styled=self._manner.styled) or line.text.find(":") + 1
        after = self._line_at(at + 1)
        alone = length >= len(line.text) or not line.text[length:].strip()
        if alone and after is not None and after.kind is LineKind.TEXT:
            label = self.links.spans(line.runs, LinkRole.INLINE)
            spans = (Span(" "), *self.links.spans(after.runs, LinkRole.INLINE))
            return 2, Paragraph(spans, label, Part.INSPIRATIONS)
        return 1, self._paragraph(line, Part.INSPIRATIONS, length)


def _told_apart(
    links: LinkList, lead: tuple[Run, ...], rest: tuple[Run, ...], role: LinkRole
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Spans of the rest and of the run-in, numbered in the order in which they stand.

    A link that begins inside the bold words and goes on behind them is one link, so both are numbered in one go.
    """
    size = sum(len(run.text) for run in lead)
    whole = links.spans((*lead, *rest), role)
    run_in: list[Span] = []
    body: list[Span] = []
    for span in whole:
        if size >= len(span.text):
            run_in.append(span)
        elif size > 0:
            run_in.append(Span(span.text[:size], span.bold, span.italic, span.code, span.link))
            body.append(Span(span.text[size:], span.bold, span.italic, span.code, span.link))
        else:
            body.append(span)
        size -= min(size, len(span.text))
    return tuple(body), tuple(run_in)


def _undashed(line: Line) -> Line:
    """An item without the dash that its line begins with; the list draws its own."""
    match = _DASH_ITEM.match(joined(line.runs))
    return line.with_runs(cut(line.runs, match.end())) if match else line


def _inspirations(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph) and block.part is Part.INSPIRATIONS:
            for item in plain(block.spans).split(";"):
                if words := item.strip().strip(".").strip():
                    yield words
