"""Finds the sentences of a story that look like a forecast."""

from __future__ import annotations

import re
from itertools import islice

from importai_tui.forecasts import cues
from importai_tui.forecasts.candidates import DATED_LABEL, SHORT_QUOTATION, Sentence, Statement, find_sentences
from importai_tui.forecasts.due_dates import TimeKind, TimeWords, find_times
from importai_tui.forecasts.forecast import FoundForecast, Speaker, make_forecast_id
from importai_tui.forecasts.probability import PROBABILITY_WORDS, find_probability
from importai_tui.forecasts.sentences import fold, has_any
from importai_tui.forecasts.speakers import Strength, find_cues, get_nearest_cue
from importai_tui.model import Story, StoryKind

MAX_FORECASTS = 100
"""Forecasts of one story; real stories have a dozen at most."""
_MAX_JUDGED = 500
"""Sentences of a story that are judged; real stories have 30 at most."""
_KINDS = (TimeKind.DATED, TimeKind.SPAN, TimeKind.VAGUE)
"""The kinds of times, most precise first, because the most precise time of a sentence is its due date."""
_AFTER_YEAR = re.compile(
    r"\s(?:will|is\sgoing\sto|is\slikely|looks\s(?:set|likely)|may|might|could|should|to\s(?:be|bring|see)|promises|brings"
    r"|is\s(?:when|the\syear|shaping)|was\sthe\syear)\b|['’]ll\b"
)
"""Words after a year that is a time: "2027 will be"."""
_BEFORE_YEAR = re.compile(
    r"\b(?:prediction|forecast|bet|expectation|guess|down)s?\s(?:for|about)\s$|\bof\s$"
    r"|\b(?:timelines?|estimate|median|guess|prediction)\b[^.;]{0,80}\s(?:to|towards?|is|at)\s(?:now\s)?$"
)
"""Words before a year that is a time: "my prediction for 2027"."""
_WE_THINK = re.compile(
    r"\b(?:we|i)\s(?:\w+ly\s|now\s|also\s|would\s)?(?:believe|think|expect|predict|anticipate|forecast|bet)\b"
)
"""Words of an opinion within a quotation."""
_ANNOUNCED_ABOVE = re.compile(
    r"\b(?:my|a|another|one|bold|here's|some)\s(?:\w+\s){0,3}(?:prediction|bet|guess|forecast|hunch|wager)s?[.?!:]\s*$"
)
"""A sentence that announces the next one: "Here's a prediction."."""
_EXACT_DAY = re.compile(r"on\s(?:the\s)?(?:\d|[a-z]{3,9}\s\d{1,2}\b)")
"""A day of a schedule: "on 1 January 2026"."""
_EXPECTS_TO = re.compile(r"\bexpect(?:s|ed|ing)?\sto\s")
"""A plan of the speaker: "the lab expects to open in May"."""
_LONG_AGO = re.compile(r"\b(?:years?|decades?)\sago\b|\bback\sin\b|\bwould\shave\b")
"""Words of a sentence about the past."""
_PAST_YEAR = re.compile(r"\b(?:in|since)\s(?:19|20)\d\d\b")
"""A year before a span, which then begins in that year: "in 2012, within two years"."""
_LIMIT = re.compile(r"(?:by|before|between|until|some\s?time)\s")
"""The first word of a time that is a limit."""
_MIN_CLAUSE = 3
"""Fewest words of a clause besides the time."""
_PROBABLE = re.compile(r"\b(?:chance|odds|probability|likelihood)\b|%\+?\s(?:confident|certain|sure|likely)")
"""Words of a probability of an event, not of a share or a rate."""
_HAPPENING = re.compile(
    r"\b(?:chance|odds|probability|likelihood)s?\s(?:of\s(?:this|that|it)\s\w+|that\s[^.]*\b(?:will|we['’]ll|happens))"
    r"|\bthere(?:'s|\sis)\s[^.]{0,40}\b(?:chance|probability|likelihood)\sthat\b"
)
"""Words of the probability of a future event."""


def find_forecasts(story: Story) -> tuple[FoundForecast, ...]:
    """Return the sentences that look like a forecast, in the order of the text. A tech tale has none."""
    if story.kind is StoryKind.TECH_TALES:
        return ()
    found: dict[str, FoundForecast] = {}
    for sentence in islice(find_sentences(story), _MAX_JUDGED):
        if judged := _judge(sentence):
            forecast_id = make_forecast_id(sentence.text)
            found.setdefault(forecast_id, FoundForecast(forecast_id, sentence.text, sentence.start, *judged))
            if len(found) == MAX_FORECASTS:
                break
    return tuple(found.values())


def _judge(sentence: Sentence) -> tuple[str, Speaker, float | None] | None:
    """Return the words of the time, the speaker and the probability if the sentence looks like a forecast."""
    folded = sentence.folded
    if folded.rstrip("\"”')* ").endswith("?"):
        return None
    probability = find_probability(folded) if has_any(folded, PROBABILITY_WORDS) else None
    times = [
        words
        for words in find_times(sentence.text, folded)
        if not words.is_bare or sentence.section or _names_year(folded, words)
    ]
    if sentence.section:
        due_text = next((words.text for words in times if not _is_past(cues.Clause(folded), words)), "")
        due_text = due_text or ("" if times else sentence.section.due_text)
        if due_text:
            return due_text, sentence.section.speaker, probability
    times.sort(key=lambda words: (_KINDS.index(words.kind), not words.is_ahead))
    reported = ""
    for words in times:
        speaker = _judge_time(sentence, words)
        if speaker is Speaker.AUTHOR:
            return words.text, speaker, probability
        if speaker and not reported:
            reported = words.text
    if reported:
        return reported, Speaker.OTHER, probability
    if probability is not None and (speaker := _judge_probability(sentence)):
        return "", speaker, probability
    return None


def _names_year(folded: str, words: TimeWords) -> bool:
    """Return True if a year without a preposition is a time: "2027 will be", "my prediction for 2027", "2027:"."""
    return bool(
        _AFTER_YEAR.match(folded, words.end)
        or _BEFORE_YEAR.search(folded[: words.start])
        or (words.start == 0 and DATED_LABEL.match(folded))
    )


def _judge_time(sentence: Sentence, words: TimeWords) -> Speaker | None:
    """Return the speaker of a forecast for this time; None if there is none."""
    text = sentence.text
    if sentence.is_block_quote:
        return Speaker.OTHER if _is_quoted_forecast(sentence.folded, words) else None
    quotation = next(((low, high) for low, high in sentence.quotations if low <= words.start < high), None)
    if not quotation:
        return _judge_clause(sentence, sentence.own_words, words)
    low, high = quotation
    cue = get_nearest_cue(find_cues(text[:low], sentence.folded[:low]), text, low)
    if (cue and cue.speaker is Speaker.AUTHOR) or (not cue and len(text[low:high].split()) <= SHORT_QUOTATION):
        return _judge_clause(sentence, Statement(text, sentence.folded), words)
    inner = words._replace(start=words.start - low, end=words.end - low)
    if (
        (cue and cue.strength is Strength.PREDICTS)
        or _WE_THINK.search(sentence.folded, low, high)
        or _is_quoted_forecast(sentence.folded[low:high], inner)
    ):
        return Speaker.OTHER
    return None


def _judge_clause(sentence: Sentence, statement: Statement, words: TimeWords) -> Speaker | None:
    """Return the speaker of a forecast for this time in a statement, which is a sentence or most of it."""
    folded, whole = statement.folded, statement.whole
    clause = cues.Clause(_get_clause(folded, words))
    if cues.NEWSLETTER.are_in(whole):
        return None
    cue = get_nearest_cue(statement.cues, statement.text, words.start)
    if cue and cue.speaker is Speaker.AUTHOR and cue.strength is Strength.PREDICTS:
        return Speaker.AUTHOR
    if words.is_bare and folded.endswith("of ", 0, words.start) and not _AFTER_YEAR.match(folded, words.end):
        return None
    if cues.ADVICE.are_in(clause) and not cues.WILL.are_in(clause):
        return None
    if cue and cue.speaker is Speaker.AUTHOR:
        is_forecast = _looks_ahead(clause, words) or (
            cues.WOULD.are_in(clause) if words.is_ahead else words.kind is TimeKind.DATED and cues.MAY.are_in(clause)
        )
        return Speaker.AUTHOR if is_forecast else None
    has_label = words.start == 0 and DATED_LABEL.match(folded)
    is_announced = not cue and (has_label or _ANNOUNCED_ABOVE.search(fold(sentence.above)))
    if is_announced and (words.is_ahead or (has_label and cues.PRESENT.are_in(clause))) and not _is_past(clause, words):
        return Speaker.AUTHOR
    if not cue and not _speaks_of_future(clause, words):
        return None
    if _LONG_AGO.search(folded) or (words.kind is TimeKind.SPAN and _PAST_YEAR.search(folded[: words.start])):
        return None
    if cues.SETTING.are_in(clause) or cues.MACHINE.are_in(whole):
        return None
    if cue and cue.strength is Strength.PREDICTS:
        return Speaker.OTHER if _is_reported_forecast(whole, clause, words) else None
    is_plan = cues.PLANS.are_in(whole) or cues.SCHEDULE.are_in(whole) or _EXACT_DAY.match(fold(words.text))
    if is_plan and not cues.HEDGE.are_in(clause):
        return None
    if cue:
        return Speaker.OTHER if _looks_ahead(clause, words) or cues.WOULD.are_in(clause) else None
    return Speaker.OTHER if not sentence.is_why and sentence.is_reported else Speaker.AUTHOR


def _is_reported_forecast(whole: cues.Clause, clause: cues.Clause, words: TimeWords) -> bool:
    if _EXPECTS_TO.search(whole.text) and cues.SCHEDULE.are_in(whole):
        return False
    is_duration = words.kind is TimeKind.SPAN or words.text.startswith("for ")
    if not is_duration and not _is_past(clause, words):
        return True
    return words.is_ahead or _looks_ahead(clause, words) or bool(cues.WOULD.are_in(clause))


def _get_clause(folded: str, words: TimeWords) -> str:
    """Return the clause that has these words; the whole text if the clause has few others."""
    low, high = 0, len(folded)
    for match in cues.CLAUSE_END.finditer(folded):
        if match.end() <= words.start:
            low = match.end()
        elif match.start() >= words.end:
            high = match.start()
            break
    clause = folded[low:high]
    return clause if len(clause.split()) - len(words.text.split()) >= _MIN_CLAUSE else folded


def _speaks_of_future(clause: cues.Clause, words: TimeWords) -> bool:
    if cues.WILL.are_in(clause):
        return True
    is_certain = words.text.endswith((" from now", " from today", " hence", " from", " before")) or (
        words.kind is TimeKind.DATED
        and _LIMIT.match(fold(words.text))
        and (cues.ANYBODY.are_in(clause) or cues.PRESENT.are_in(clause))
    )
    if is_certain and not cues.PAST.are_in(clause):
        return True
    if words.kind is TimeKind.DATED and cues.ARRIVES.are_in(clause):
        return True
    return (words.is_ahead or words.is_bare or words.kind is TimeKind.VAGUE) and bool(cues.MAY.are_in(clause))


def _looks_ahead(clause: cues.Clause, words: TimeWords) -> bool:
    return _speaks_of_future(clause, words) or ((words.is_ahead or words.is_bare) and not _is_past(clause, words))


def _is_past(clause: cues.Clause, words: TimeWords) -> bool:
    """Return True if a clause is about the past. "Will have been built by 2030" is not."""
    return not (words.kind is TimeKind.DATED and words.is_ahead) and cues.PAST.are_in(clause)


def _is_quoted_forecast(folded: str, words: TimeWords) -> bool:
    if not _looks_ahead(cues.Clause(_get_clause(folded, words)), words):
        return False
    whole = cues.Clause(folded)
    return not (cues.PLANS.are_in(whole) or cues.SCHEDULE.are_in(whole) or cues.ADVICE.are_in(whole))


def _judge_probability(sentence: Sentence) -> Speaker | None:
    """Return the speaker of the probability of a future event; None for another kind of probability."""
    folded = sentence.folded
    if cues.MACHINE.are_in(cues.Clause(folded)) or not _PROBABLE.search(folded):
        return None
    if sentence.is_block_quote or sentence.quotations:
        return Speaker.OTHER
    if cue := get_nearest_cue(find_cues(sentence.text, folded), sentence.text, len(folded)):
        return cue.speaker
    return Speaker.AUTHOR if _HAPPENING.search(folded) else None
