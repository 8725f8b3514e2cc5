"""Finds the sentences of a story that may be forecasts: those with words of time and of the future."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from importai_tui.forecasts.announcements import Section, find_announcement, may_announce
from importai_tui.forecasts.cues import Clause
from importai_tui.forecasts.due_dates import find_times
from importai_tui.forecasts.probability import PROBABILITY_WORDS
from importai_tui.forecasts.sentences import find_quotations, fold, has_any, split_sentences
from importai_tui.forecasts.speakers import Cue, find_cues, reports_others
from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Story,
    block_to_text,
    spans_to_text,
)

DATED_LABEL = re.compile(r"(?:(?:by|within|before|until)\s[^:–—]{3,30}|20[1-9]\d)\s?[:–—]")
"""The start of a sentence that names its day: "By the end of 2026:", "2028:"."""
SHORT_QUOTATION = 6
"""Most words in a quotation that only names something."""
_LABEL = re.compile(r"(?i)^(?:why|how|what) [^:.!?]{1,140}:\s+(?=\S)")
"""A label at the start of a line, which is not part of the first sentence."""
_MAX_DATED_LABEL = 40
"""Characters of a label that gives a time."""
_MAX_TEXT = 250_000
"""Characters of a story that are searched; real ones have 30,000 at most."""
_MAX_LENGTH = 1_200
"""Characters of a sentence; real ones are shorter."""
_SHORT_INTRODUCTION = 25
"""Characters above a sentence that may introduce it: "My bet."."""
_LENGTH_ABOVE = 300
"""Characters above a sentence in which the author may say whom he reports."""
_ANCHORS = ("year", "onth", "ecade", "entur", "ember", "hance", "ummer")
_YEAR_ANCHOR = re.compile(r"20[1-9]\d")
"""Each line with a sentence that looks like a forecast has one of these, unless a head announces it.

They lack the letter that may be a capital, because converting whole stories to lower case takes longer than the search.
"""
_TIMES = ("year", "month", "decade", "centur", "tember", "vember", "cember", "summer", "christmas")
"""Each sentence that looks like a forecast has one of these in small letters, a number of a year, or a probability,
unless a head announces it."""
_HINTS = (  # the most frequent ones first
    *("will", "may ", "could", "would", "might", "think", "should", "expect", " see ", "likely", "going to", "'ll"),
    *("project", "between", "believ", "says", "said", "writes", "won't", "predict", " bet", "guess", "wager", "odds"),
    *("chance", "probab", "forecast", "estimate", "imagin", "surprise", "shocked", "anticipat", "away", "coming"),
    *("certain", "confiden", "timeline", "according", "bullish", "hunch", "my hat", "calling it", "hard ", "put "),
    *("reckon", "suspect", "doubt", "rate,", "survey", "seem", "on track", "arriv", "limb", "marker", "give it"),
    *("no way", "from now", "years from", "months from", "by 20", "before 20", "next year's", "we have "),
    *("decade before", "extrapolat", "shows up", "turns up", "happens", "scenario", "someone", "somebody", "set to"),
    *("astonish", "amaze", "assign"),
)
"""Each sentence that looks like a forecast also has one of these in small letters, unless a head announces it."""


@dataclass  # not frozen, which takes three times as long to make
class Line:
    """A line of the story's text, its offset there, and its block."""

    text: str
    start: int
    block: Block

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """Start and end of what is in quotation marks."""
        return find_quotations(self.text)


@dataclass  # not frozen, which takes three times as long to make
class Statement:
    """A text, also folded, with the words in it that several rules use. They are computed once, when needed."""

    text: str
    folded: str

    @cached_property
    def whole(self) -> Clause:
        """All its words."""
        return Clause(self.folded)

    @cached_property
    def cues(self) -> list[Cue]:
        """The words that show who speaks."""
        return find_cues(self.text, self.folded)


@dataclass  # not frozen, which takes three times as long to make
class Sentence:
    """A sentence, also folded, with its line and its section. `low` is its offset in the line."""

    text: str
    folded: str
    line: Line
    low: int
    section: Section | None

    @property
    def start(self) -> int:
        """The offset in the story's text."""
        return self.line.start + self.low

    @property
    def is_block_quote(self) -> bool:
        """True for a sentence of a block that quotes somebody."""
        return isinstance(self.line.block, Quote)

    @property
    def is_why(self) -> bool:
        """True for a sentence of "Why this matters"."""
        return isinstance(self.line.block, Paragraph) and self.line.block.role is ParagraphRole.WHY

    @cached_property
    def above(self) -> str:
        """The end of the text in the line before the sentence."""
        return self.line.text[max(0, self.low - _LENGTH_ABOVE) : self.low]

    @cached_property
    def is_reported(self) -> bool:
        """True if the text above the sentence reports what others say."""
        return reports_others(self.above)

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """Start and end of what is in quotation marks, as offsets in the sentence."""
        return _get_overlaps(self.line.quotations, self.low, self.low + len(self.text))

    @cached_property
    def own_words(self) -> Statement:
        """The sentence without what it quotes."""
        return Statement(_hide(self.text, self.quotations), _hide(self.folded, self.quotations))


def find_sentences(story: Story) -> Iterator[Sentence]:
    """Yield the sentences that may be forecasts, and all below a head that announces predictions."""
    section = find_announcement(story.headline)
    candidates = _find_candidates(story.text)
    if section or (candidates and may_announce(story.text)):
        yield from _read_sections(story, section, candidates)
    elif candidates:
        for line in _iter_lines(story, candidates):
            if not isinstance(line.block, Heading):
                yield from _split_line(line, None)


def _find_candidates(text: str) -> list[int]:
    """Return the starts of the lines that have an anchor, in order."""
    starts: set[int] = set()
    for anchor in _ANCHORS:
        position = text.find(anchor)
        while position >= 0:
            starts.add(text.rfind("\n", 0, position) + 1)
            end = text.find("\n", position)
            position = text.find(anchor, end) if end >= 0 else -1
    match = _YEAR_ANCHOR.search(text)
    while match:
        starts.add(text.rfind("\n", 0, match.start()) + 1)
        end = text.find("\n", match.end())
        match = _YEAR_ANCHOR.search(text, end) if end >= 0 else None
    return sorted(starts)


def _read_sections(story: Story, section: Section | None, candidates: list[int]) -> Iterator[Sentence]:
    """Yield the sentences that may be forecasts, and those below heads that announce predictions.

    A section ends at the next heading or label, and below a paragraph that announces also at a line without a time.
    """
    starts = frozenset(candidates)
    for line in _iter_lines(story):
        if isinstance(line.block, Heading):
            section = find_announcement(line.text, section)
            continue
        label = spans_to_text(line.block.run_in).strip() if isinstance(line.block, Paragraph) else ""
        if label:
            section = find_announcement(label, section)
        if announced := find_announcement(line.text):
            section = announced._replace(is_loose=True)
            continue
        if section and section.is_loose and isinstance(line.block, Paragraph) and not find_times(line.text):
            section = None
        if line.text.strip() != label if section else line.start in starts:
            yield from _split_line(line, section)


def _iter_lines(story: Story, starts: list[int] | None = None) -> Iterator[Line]:
    """Yield the lines of a story, or only those with these offsets, which are in order."""
    wanted = frozenset(starts or ())
    position = 0
    for block, part in _pair_blocks(story):
        has_lines = starts is None or bisect_left(starts, position) < bisect_left(starts, position + len(part))
        if has_lines and not _is_skipped(block):
            start = position
            for text in part.split("\n"):
                if text and (starts is None or start in wanted):
                    yield Line(text, start, block)
                start += len(text) + 1
        position += len(part) + 2


def _pair_blocks(story: Story) -> Iterable[tuple[Block, str]]:
    """Return each block that has text, with its text. Splitting the text of the story is faster than joining spans."""
    parts = story.text.split("\n\n")
    blocks = [block for block in story.blocks if not isinstance(block, Rule)]
    if len(parts) == len(blocks) and all(parts):
        return zip(blocks, parts, strict=True)
    return ((block, part) for block in blocks if (part := block_to_text(block)))


def _is_skipped(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return block.role in {ParagraphRole.READ_MORE, ParagraphRole.INSPIRATIONS}
    return isinstance(block, (Code, Figure, Rule))


def _split_line(line: Line, section: Section | None) -> Iterator[Sentence]:
    """Yield the sentences of a line that may be forecasts."""
    text = line.text
    folded = fold(text)
    prefix = _measure_prefix(line)
    for low, end in split_sentences(text):
        if line.start + low > _MAX_TEXT:
            return
        start = prefix + len(text[prefix:end]) - len(text[prefix:end].lstrip()) if low < prefix < end else low
        if end <= prefix or not 0 < end - start <= _MAX_LENGTH:
            continue
        if not section and not _may_forecast(folded, start, end):
            continue
        yield Sentence(text[start:end], folded[start:end], line, start, section)


def _measure_prefix(line: Line) -> int:
    """Return the length of the text before the first sentence: the mark of a list item, or a label."""
    if isinstance(line.block, ListBlock):
        return len(line.text) - len(line.text.lstrip(" -"))
    if isinstance(line.block, Paragraph):
        label = spans_to_text(line.block.run_in).lstrip()
        if label and line.text.startswith(label) and not _is_dated(label):
            return len(label)
        if match := _LABEL.match(line.text):
            return match.end()
    return 0


def _is_dated(label: str) -> bool:
    """Return True for a label that gives a time and so is part of the sentence: "By the end of 2026:"."""
    return len(label) <= _MAX_DATED_LABEL and bool(find_times(label)) and not find_announcement(label)


def _may_forecast(folded: str, start: int, end: int) -> bool:
    """Return False for a sentence without words of time or of the future, as most are."""
    sentence = folded[start:end]
    if not (
        has_any(sentence, _TIMES)
        or _YEAR_ANCHOR.search(sentence)
        or ("chance" in sentence and has_any(sentence, PROBABILITY_WORDS))
    ):
        return False
    return has_any(folded[max(0, start - _SHORT_INTRODUCTION) : end], _HINTS) or bool(DATED_LABEL.match(sentence))


def _get_overlaps(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans, ordered and without overlaps, that are in a part of a text, with offsets in that part."""
    overlaps: list[tuple[int, int]] = []
    for low, high in islice(spans, bisect_right(spans, start, key=lambda span: span[1]), None):
        if low >= end:
            break
        overlaps.append((max(low, start) - start, min(high, end) - start))
    return overlaps


def _hide(text: str, spans: list[tuple[int, int]]) -> str:
    """Replace quotations with dots, except those that only name something."""
    for start, end in spans:
        if len(text[start:end].split()) > SHORT_QUOTATION:
            text = text[:start] + "." * (end - start) + text[end:]
    return text
