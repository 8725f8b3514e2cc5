"""Finds the sentences of a story that look like a forecast."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from importai_tui.forecasts import cues
from importai_tui.forecasts.announcements import Section, find_announcement, may_announce
from importai_tui.forecasts.due_dates import TimeKind, TimeWords, find_times
from importai_tui.forecasts.forecast import FoundForecast, Speaker, make_forecast_id
from importai_tui.forecasts.probability import find_probability
from importai_tui.forecasts.sentences import find_quotations, fold, has_any, split_sentences
from importai_tui.forecasts.speakers import Strength, find_nearest_cue, reports_others
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
    StoryKind,
    block_to_text,
    spans_to_text,
)

MAX_FORECASTS = 100
"""Forecasts of one story; real ones have a dozen at most."""
_MAX_TEXT = 250_000
"""Characters of a story that are searched; real ones have 30,000 at most."""
_MAX_JUDGED = 500
"""Sentences of a story that are examined closely; real ones have 30 at most."""
_MAX_LENGTH = 1_200
"""Characters of a sentence; real ones are shorter."""
_SHORT_INTRODUCTION = 25
"""Characters above a sentence that may introduce it: "My bet."."""
_LENGTH_ABOVE = 500
"""Characters above a sentence in which the author may say whom he reports."""
_ANCHORS = ("year", "month", "decade", "centur", "ember", "chance", "summer", "christmas")
_YEAR_ANCHOR = re.compile(r"20[1-9]\d")
"""Each sentence that looks like a forecast has one of these, in small letters, unless a head announces it."""
_HINTS = (
    *("will", "won't", "'ll", "going to", "likely", "expect", "predict", " bet", "guess", "wager", "odds", "chance"),
    *("probab", "project", "forecast", "estimate", "may ", "might", "could", "would", "should", "believ", "think"),
    *("imagin", "surprise", "shocked", "anticipat", "away", "coming", "certain", "confiden", "timeline", "says"),
    *(
        "said",
        "writes",
        "according",
        "bullish",
        "hunch",
        "my hat",
        "calling it",
        "hard ",
        "put ",
        "reckon",
        "suspect",
        "doubt",
        "rate,",
    ),
    *("survey", "seem", "on track", "arriv", "limb", "marker", "give it", "no way", "from now", "between"),
    *("scenario", "someone", "somebody", "set to", " see ", "astonish", "amaze"),
)
"""Each sentence that looks like a forecast has one of these too, in small letters, unless a head announces it."""

_PROBABILITY_WORDS = (
    "%",
    "percent",
    "per cent",
    "50-50",
    "50/50",
    "fifty",
    "coin",
    "one in",
    " in ten",
    "even ",
    "0.",
    "1 in ",
)


class _Line(NamedTuple):
    """A line of the story's text, where it starts there, and its block."""

    text: str
    start: int
    block: Block


def find_forecasts(story: Story) -> tuple[FoundForecast, ...]:
    """Return the sentences that look like a forecast, in the order of the text. A tech tale has none."""
    if story.kind is StoryKind.TECH_TALES:
        return ()
    found: dict[str, FoundForecast] = {}
    for sentence in islice(_iter_sentences(story), _MAX_JUDGED):
        if judged := _judge(sentence):
            forecast_id = make_forecast_id(sentence.text)
            found.setdefault(forecast_id, FoundForecast(forecast_id, sentence.text, sentence.start, *judged))
            if len(found) == MAX_FORECASTS:
                break
    return tuple(found.values())


def _iter_sentences(story: Story) -> Iterator[_Sentence]:
    """Yield the sentences that may forecast."""
    folded = fold(story.text)
    section = find_announcement(story.headline)
    candidates = _find_candidates(folded)
    if section or may_announce(folded):
        yield from _read_sections(story, section, candidates)
    elif candidates:
        last = max(candidates)
        for line in _iter_lines(story):
            if line.start in candidates and not isinstance(line.block, Heading):
                yield from _split_line(line, None)
            if line.start >= last:
                return


def _find_candidates(folded: str) -> set[int]:
    """Return the starts of the lines that have an anchor."""
    starts: set[int] = set()
    for anchor in _ANCHORS:
        position = folded.find(anchor)
        while position >= 0:
            starts.add(folded.rfind("\n", 0, position) + 1)
            end = folded.find("\n", position)
            position = folded.find(anchor, end) if end >= 0 else -1
    match = _YEAR_ANCHOR.search(folded)
    while match:
        starts.add(folded.rfind("\n", 0, match.start()) + 1)
        end = folded.find("\n", match.end())
        match = _YEAR_ANCHOR.search(folded, end) if end >= 0 else None
    return starts


def _read_sections(story: Story, section: Section | None, candidates: set[int]) -> Iterator[_Sentence]:
    """Yield the sentences that may forecast, with regard to heads that announce predictions.

    A section lasts until the next heading or label; below a paragraph that announces, only as long as lines have times.
    """
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
        if line.text.strip() != label if section else line.start in candidates:
            yield from _split_line(line, section)


def _iter_lines(story: Story) -> Iterator[_Line]:
    position = 0
    for block, part in _pair_blocks(story):
        if not _is_skipped(block):
            start = position
            for text in part.split("\n"):
                if text:
                    yield _Line(text, start, block)
                start += len(text) + 1
        position += len(part) + 2


def _pair_blocks(story: Story) -> Iterable[tuple[Block, str]]:
    """Return the blocks that have text, with it. The text of the story is split, which is faster than joining spans."""
    parts = story.text.split("\n\n")
    blocks = [block for block in story.blocks if not isinstance(block, Rule)]
    if len(parts) == len(blocks) and all(parts):
        return zip(blocks, parts, strict=True)
    return ((block, part) for block in blocks if (part := block_to_text(block)))


def _is_skipped(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return block.role in {ParagraphRole.READ_MORE, ParagraphRole.INSPIRATIONS}
    return isinstance(block, (Code, Figure, Rule))


# --- lines --------------------------------------------------------------------------------------------------------


class _Sentence(NamedTuple):
    """A sentence, and where it stands.

    `start` is its offset in the story's text, `quotations` has offsets in the sentence, and `above` is what its line
    says just before it.
    """

    text: str
    start: int
    quotations: list[tuple[int, int]]
    is_quoted: bool
    above: str
    is_why: bool
    section: Section | None


_DATED_LABEL = re.compile(r"(?:by|within|before|until)\s[^:–—]{3,30}[:–—]")
_MAX_DATED_LABEL = 40
_LABEL = re.compile(r"(?i)^(?:why|how|what) [^:.!?]{1,140}:\s+(?=\S)")


def _split_line(line: _Line, section: Section | None) -> Iterator[_Sentence]:
    """Yield the sentences of a line that may forecast."""
    text = line.text
    folded = fold(text)
    quotations: list[tuple[int, int]] | None = None
    prefix = _measure_prefix(line)
    is_why = isinstance(line.block, Paragraph) and line.block.role is ParagraphRole.WHY
    for low, end in split_sentences(text):
        if line.start + low > _MAX_TEXT:
            return
        start = prefix + len(text[prefix:end]) - len(text[prefix:end].lstrip()) if low < prefix < end else low
        if end <= prefix or not 0 < end - start <= _MAX_LENGTH:
            continue
        if not section and not _may_forecast(folded, start, end):
            continue
        if quotations is None:
            quotations = find_quotations(text)
        yield _Sentence(
            text=text[start:end],
            start=line.start + start,
            quotations=_get_overlaps(quotations, start, end),
            is_quoted=isinstance(line.block, Quote),
            above=text[max(0, start - _LENGTH_ABOVE) : start],
            is_why=is_why,
            section=section,
        )


def _measure_prefix(line: _Line) -> int:
    """Return the length of what stands before the first sentence: the mark of a list item, or a label."""
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
    """Return True for a label that gives a time, and so belongs to the sentence: "By the end of 2026:"."""
    return len(label) <= _MAX_DATED_LABEL and bool(find_times(label)) and not find_announcement(label)


def _may_forecast(folded: str, start: int, end: int) -> bool:
    """Return False for most sentences that do not forecast: they have no word of time, or none of the future."""
    sentence = folded[start:end]
    if not has_any(sentence, _ANCHORS) and not _YEAR_ANCHOR.search(sentence):
        return False
    return has_any(folded[max(0, start - _SHORT_INTRODUCTION) : end], _HINTS) or bool(_DATED_LABEL.match(sentence))


def _get_overlaps(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans, ordered and without overlaps, that are in a part of a text, with offsets in that part."""
    overlaps: list[tuple[int, int]] = []
    for low, high in islice(spans, bisect_right(spans, start, key=lambda span: span[1]), None):
        if low >= end:
            break
        overlaps.append((max(low, start) - start, min(high, end) - start))
    return overlaps


def _judge(sentence: _Sentence) -> tuple[str, Speaker, float | None] | None:
    """Return the words of the time, the speaker and the probability if the sentence looks like a forecast."""
    folded = fold(sentence.text)
    if folded.rstrip("\"”')* ").endswith("?"):
        return None
    probability = find_probability(sentence.text) if has_any(folded, _PROBABILITY_WORDS) else None
    times = [
        words
        for words in find_times(sentence.text)
        if not words.is_bare or sentence.section or _names_year(folded, words)
    ]
    if sentence.section:
        due_text = next((words.text for words in times if not _is_past(cues.Clause(folded), words)), "")
        due_text = due_text or ("" if times else sentence.section.due_text)
        if due_text:
            return due_text, sentence.section.speaker, probability
    judged = [(words, speaker) for words in times if (speaker := _judge_time(sentence, words))]
    judged.sort(key=lambda pair: (pair[1] is Speaker.OTHER, _KINDS.index(pair[0].kind), not pair[0].is_ahead))
    if judged:
        words, speaker = judged[0]
        return words.text, speaker, probability
    if probability is not None and (speaker := _judge_probability(sentence)):
        return "", speaker, probability
    return None


_KINDS = (TimeKind.DATED, TimeKind.SPAN, TimeKind.VAGUE)
"""Kinds of times, most precise first. The most precise time of a sentence is its due date."""
_AFTER_YEAR = re.compile(
    r"\s(?:will|is\sgoing\sto|is\slikely|looks\s(?:set|likely)|may|might|could|should|to\s(?:be|bring|see)|promises|brings"
    r"|is\s(?:when|the\syear|shaping))\b|['’]ll\b"
)
_BEFORE_YEAR = re.compile(r"\b(?:prediction|forecast|bet|expectation|guess|down)s?\s(?:for|about)\s$|\bof\s$")


def _names_year(folded: str, words: TimeWords) -> bool:
    """Return True if a year without a preposition is meant as a time: "2027 will be", "my prediction for 2027"."""
    return bool(_AFTER_YEAR.match(folded, words.end) or _BEFORE_YEAR.search(folded[: words.start]))


def _judge_time(sentence: _Sentence, words: TimeWords) -> Speaker | None:
    """Return who forecasts something for this time; None if nobody does."""
    text = sentence.text
    if sentence.is_quoted:
        return Speaker.OTHER if _is_quoted_forecast(fold(text), words) else None
    quotation = next(((low, high) for low, high in sentence.quotations if low <= words.start < high), None)
    if not quotation:
        return _judge_clause(_blank(text, sentence.quotations), words, sentence)
    low, high = quotation
    cue = find_nearest_cue(text[:low], low)
    if (cue and cue.speaker is Speaker.AUTHOR) or (not cue and len(text[low:high].split()) <= _SHORT_QUOTATION):
        return _judge_clause(text, words, sentence)
    inner = words._replace(start=words.start - low, end=words.end - low)
    if (cue and cue.strength is Strength.PREDICTS) or _is_quoted_forecast(fold(text[low:high]), inner):
        return Speaker.OTHER
    return None


_SHORT_QUOTATION = 6
"""Words of a quotation that only names something."""


def _judge_clause(text: str, words: TimeWords, sentence: _Sentence) -> Speaker | None:
    folded = fold(text)
    clause = cues.Clause(_get_clause(folded, words))
    whole = cues.Clause(folded)
    if cues.NEWSLETTER.are_in(whole):
        return None
    cue = find_nearest_cue(text, words.start)
    if cue and cue.speaker is Speaker.AUTHOR and cue.strength is Strength.PREDICTS:
        return Speaker.AUTHOR
    if words.is_bare and folded.endswith("of ", 0, words.start):
        return None
    if cues.ADVICE.are_in(clause) and not cues.WILL.are_in(clause):
        return None
    if cue and cue.speaker is Speaker.AUTHOR:
        is_forecast = _looks_ahead(clause, words) or (
            cues.WOULD.are_in(clause) if words.is_ahead else words.kind is TimeKind.DATED and cues.MAY.are_in(clause)
        )
        return Speaker.AUTHOR if is_forecast else None
    is_announced = not cue and (_ANNOUNCED_ABOVE.search(fold(sentence.above)) or _DATED_LABEL.match(folded))
    if is_announced and words.is_ahead and not _is_past(clause, words):
        return Speaker.AUTHOR
    if not cue and not _speaks_of_future(clause, words):
        return None
    if _LONG_AGO.search(folded) or (words.kind is TimeKind.SPAN and _PAST_YEAR.search(folded[: words.start])):
        return None
    if cues.SETTING.are_in(whole) or cues.MACHINE.are_in(whole):
        return None
    if cue and cue.strength is Strength.PREDICTS:
        return Speaker.OTHER if _is_reported_forecast(whole, clause, words) else None
    if cues.PLANS.are_in(whole) or cues.SCHEDULE.are_in(whole) or _EXACT_DAY.match(fold(words.text)):
        return None
    if cue:
        return Speaker.OTHER if _looks_ahead(clause, words) or cues.WOULD.are_in(clause) else None
    return Speaker.OTHER if not sentence.is_why and reports_others(sentence.above) else Speaker.AUTHOR


_ANNOUNCED_ABOVE = re.compile(
    r"\b(?:my|a|another|one|bold|here's|some)\s(?:\w+\s){0,3}(?:prediction|bet|guess|forecast|hunch|wager)s?[.?!:]\s*$"
)


_EXACT_DAY = re.compile(r"on\s(?:the\s)?(?:\d|[a-z]{3,9}\s\d{1,2}\b)")
"""A day of a schedule: "on 1 January 2026"."""
_EXPECTS_TO = re.compile(r"\bexpect(?:s|ed|ing)?\sto\s")
_LONG_AGO = re.compile(r"\b(?:years?|decades?)\sago\b|\bback\sin\b|\bwould\shave\b")
_PAST_YEAR = re.compile(r"\b(?:in|since)\s(?:19|20)\d\d\b")


def _is_reported_forecast(whole: cues.Clause, clause: cues.Clause, words: TimeWords) -> bool:
    if _EXPECTS_TO.search(whole.text) and cues.SCHEDULE.are_in(whole):
        return False
    if words.kind is not TimeKind.SPAN and not _is_past(clause, words):
        return True
    return words.is_ahead or _looks_ahead(clause, words) or bool(cues.WOULD.are_in(clause))


def _get_clause(folded: str, words: TimeWords) -> str:
    """Return the clause with these words; the whole text if the clause has little else."""
    low, high = 0, len(folded)
    for match in cues.CLAUSE_END.finditer(folded):
        if match.end() <= words.start:
            low = match.end()
        elif match.start() >= words.end:
            high = match.start()
            break
    clause = folded[low:high]
    return clause if len(clause.split()) - len(words.text.split()) >= _MIN_CLAUSE else folded


_LIMIT = re.compile(r"(?:by|before|between|until|some\s?time)\s")
_MIN_CLAUSE = 3
"""Words of a clause besides the time."""


def _speaks_of_future(clause: cues.Clause, words: TimeWords) -> bool:
    if cues.WILL.are_in(clause):
        return True
    is_certain = words.text.endswith((" from now", " from today", " hence")) or (
        words.kind is TimeKind.DATED and _LIMIT.match(fold(words.text)) and cues.ANYBODY.are_in(clause)
    )
    if is_certain and not cues.PAST.are_in(clause):
        return True
    return (words.is_ahead or words.is_bare or words.kind is TimeKind.VAGUE) and bool(cues.MAY.are_in(clause))


def _looks_ahead(clause: cues.Clause, words: TimeWords) -> bool:
    return _speaks_of_future(clause, words) or ((words.is_ahead or words.is_bare) and not _is_past(clause, words))


def _is_past(clause: cues.Clause, words: TimeWords) -> bool:
    """Return True if a clause tells what was. By a date in the future, things "have been done" too."""
    return not (words.kind is TimeKind.DATED and words.is_ahead) and cues.PAST.are_in(clause)


def _is_quoted_forecast(folded: str, words: TimeWords) -> bool:
    if not _looks_ahead(cues.Clause(_get_clause(folded, words)), words):
        return False
    whole = cues.Clause(folded)
    return not (cues.PLANS.are_in(whole) or cues.SCHEDULE.are_in(whole) or cues.ADVICE.are_in(whole))


_PROBABLE = re.compile(r"\b(?:chance|odds|probability|likelihood)\b|%\+?\s(?:confident|certain|sure|likely)")
_HAPPENING = re.compile(
    r"\b(?:chance|odds|probability|likelihood)s?\s(?:of\s(?:this|that|it)\s\w+|that\s[^.]*\b(?:will|we['’]ll|happens))"
)


def _judge_probability(sentence: _Sentence) -> Speaker | None:
    """Return who states the probability of something in the future; None if it is another kind of probability."""
    folded = fold(sentence.text)
    if cues.MACHINE.are_in(cues.Clause(folded)) or not _PROBABLE.search(folded):
        return None
    if sentence.is_quoted or sentence.quotations:
        return Speaker.OTHER
    if cue := find_nearest_cue(sentence.text, len(folded)):
        return cue.speaker
    return Speaker.AUTHOR if _HAPPENING.search(folded) else None


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with dots in place of its quotations, except those that only name something."""
    for start, end in spans:
        if len(text[start:end].split()) > _SHORT_QUOTATION:
            text = text[:start] + "." * (end - start) + text[end:]
    return text
