"""Finds sentences in which the author scores a forecast of an earlier issue."""

from __future__ import annotations

import re
from typing import NamedTuple

from importai_tui.forecasts.sentences import fold, has_any, split_sentences
from importai_tui.model import Story, StoryKind

MAX_SCORINGS = 20
"""Scorings of one story; real ones have two at most."""
_MAX_LENGTH = 1_200
"""Characters of a sentence; real ones are shorter."""
_HINTS = (
    "predict",
    "regist",
    "bet",
    "forecast",
    "said",
    "guess",
    "wrong",
    "right",
    "timeline",
    "expect",
    "thought",
    "wager",
)
_CUE = re.compile(
    r"""(?x)
    \b(?:prediction|forecast|bet|guess|wager)s?\s(?:was\s|were\s|is\s|are\s)?(?:confirmed|update|check|scorecard|falsified|resolved)\b
    |\b(?:scoring|checking|revisiting|grading)\s(?:my|an?|some|old|past|earlier|previous)\s(?:\w+\s){0,2}?(?:prediction|forecast|bet)s?\b
    |\bi\s(?:\w+\s){0,3}?(?:predicted|pre-?registered|registered|forecasted|guessed|wagered)\b
    |\bi(?:'ve|\shave)?\s(?:\w+\s){0,2}?(?:made|placed|wrote\sdown|registered|logged)\s(?:a|my|the|some|this)\s(?:\w+\s)?(?:bet|prediction|forecast|wager)s?\b
    |\bi\s(?:said|wrote|thought|expected|bet|estimated|argued|suggested|claimed)\b[^.;]{0,60}?\b(?:import\s?ai|\#\d|issue\s\#?\d)
    |\b(?:import\s?ai|in\sissue)\s\#?\d{1,3}\b[^.;]{0,40}?\bi\s(?:said|wrote|thought|expected|bet|estimated|argued|suggested|claimed)\b
    |\bi\s(?:was|am|have\sbeen|got\s(?:it|this|that))\s(?:\w+\s){0,2}?(?:right|wrong)\b(?!\s(?:now|there|at))
    |\bproven\s(?:right|wrong)\b
    |\b(?:faster|slower|sooner|earlier|later|better|worse)\sthan\si\s(?:\w+\s)?(?:expected|predicted|thought|guessed|anticipated)\b
    |\bupdate\s(?:on|to)\smy\s(?:\w+\s)?(?:timelines?|predictions?|forecasts?|bets?)\b
    |\bmy\s(?:\w+\s){0,2}?(?:prediction|forecast|bet|guess|wager)s?\b[^.;]{0,80}?\b(?:right|wrong|true|correct|incorrect|confirmed|off|missed|early|late)\b
    """
)
_NUMBER = re.compile(
    r"(?:\bimport\s?ai\W{0,3}(?:issue\s|number\s|no\.?\s)?\#?|\bissue\s\#?|\#)(\d{1,3})\b(?:(?:,|\sand|,\sand)\s\#?(\d{1,3})\b(?!\s?%))?"
)


class Scoring(NamedTuple):
    """A sentence that scores an earlier forecast, and the issues that it mentions.

    `issues` has the numbers in the sentence; if it has none, those in its paragraph, else those of the story.
    """

    sentence: str
    issues: tuple[int, ...]


def find_scorings(story: Story) -> tuple[Scoring, ...]:
    """Return the sentences that score an earlier forecast ("Prediction confirmed"), in the order of the text.

    Only those are returned that mention an issue, in the sentence or near it.
    """
    if story.kind is StoryKind.TECH_TALES or not story.cross_references:
        return ()
    folded_text = fold(story.text)
    if not has_any(folded_text, _HINTS):
        return ()
    numbers = tuple(dict.fromkeys(reference.number for reference in story.cross_references))
    found: list[Scoring] = []
    for line in story.text.split("\n"):
        folded = fold(line)
        if not has_any(folded, _HINTS):
            continue
        for start, end in split_sentences(line):
            if end - start > _MAX_LENGTH or not _CUE.search(folded, start, end):
                continue
            issues = _find_numbers(folded[start:end], numbers) or _find_numbers(folded, numbers) or numbers
            found.append(Scoring(line[start:end], issues))
            if len(found) == MAX_SCORINGS:
                return tuple(found)
    return tuple(found)


def _find_numbers(folded: str, known: tuple[int, ...]) -> tuple[int, ...]:
    """Return the numbers of issues in a text that the parser knows as such."""
    found = (int(number) for match in _NUMBER.finditer(folded) for number in match.groups() if number)
    return tuple(dict.fromkeys(number for number in found if number in known))
