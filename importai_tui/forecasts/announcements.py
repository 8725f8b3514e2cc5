"""Reads heads that announce predictions ("Some predictions for 2026:"), below which lines with a date are forecasts."""

from __future__ import annotations

import re
from typing import NamedTuple

from importai_tui.forecasts.due_dates import TimeKind, find_times
from importai_tui.forecasts.forecast import Speaker
from importai_tui.forecasts.sentences import fold, has_any
from importai_tui.forecasts.speakers import reports_others

_ANNOUNCING_WORDS = ("rediction", "orecast")
"""Heads that announce predictions have one of these. They lack the letter that may be a capital."""
_MAX_HEAD, _MAX_INTRODUCTION = 160, 400
"""Characters of a head, and of a paragraph that ends with a colon; longer ones announce nothing."""
_NOUN = r"(?:predictions?|forecasts?)"
_HEAD = re.compile(
    r"^\W*(?:(?:here|here's|are|is|these|some|my|a|few|our|the|more|concrete|specific|and|now|for|of|several|couple|other|two|three"
    r"|four|five|six|seven|eight|nine|ten|\d{1,4}|ai|new|year|years|year's|big|bold|wild|random|short|long|quick|personal|falsifiable"
    r"|testable|dated|registered|pre-registered|public|final|further|additional|registering|making|let|me|make|so|with|that|in"
    r"|mind|i|will|want|to|have|i'll|i've|rough|tentative|updated|actual|following|certain|as|own)[\s,]+)*"
    rf"{_NOUN}\b(?:,?\s\(?(?:for|about|on|in|regarding|with|and|through|until|as)\b(?!.*\b(?:was|were|is|are|has|have|made|come|came|true|real|right|wrong|fail\w*|gets?|shows?)\b)[^.!?:]{{0,90}})?\W*$"
)
_INTRODUCTION = re.compile(
    rf"\b(?:here|my|some|few|following|several|these|own|make|making|register|registering)\b[^.!?]{{0,60}}?\b{_NOUN}\b[^.!?]*:\W*$"
)
_OF_OTHERS = re.compile(
    rf"\b(?:their|his|her|its|weather|model|models|metaculus|expert|experts'?|authors?'?|analysts?'?|(?!(?:year|here|today|let)'s)\w+'s)"
    rf"\s(?:\w+\s){{0,2}}{_NOUN}\b"
)


class Section(NamedTuple):
    """The lines below a head that announces predictions.

    `due_text` has the time that the head gives, if any. A section is loose if a paragraph announces it, not a heading.
    """

    due_text: str
    speaker: Speaker
    is_loose: bool = False


def may_announce(text: str) -> bool:
    """Return False for most texts without a head, label or short paragraph that announces predictions."""
    for word in _ANNOUNCING_WORDS:
        position = text.find(word)
        while position >= 0:
            start, end = text.rfind("\n", 0, position) + 1, text.find("\n", position)
            end = end if end >= 0 else len(text)
            if position - start <= _MAX_HEAD or end - start <= _MAX_INTRODUCTION:
                return True
            position = text.find(word, end)
    return False


def find_announcement(head: str, outer: Section | None = None) -> Section | None:
    """Return the section below a head that announces predictions, or that gives a time within such a section."""
    if len(head) > _MAX_INTRODUCTION:
        return None
    if has_any(head, _ANNOUNCING_WORDS) or head.isupper():
        folded = fold(head)
        is_head = len(head) <= _MAX_HEAD and _HEAD.match(folded)
        if is_head or _INTRODUCTION.search(folded):
            is_of_others = _OF_OTHERS.search(folded) or (not is_head and reports_others(head))
            speaker = Speaker.OTHER if is_of_others else Speaker.AUTHOR
            return Section(_get_time(head), speaker)
    if outer and len(head) <= _MAX_HEAD and (time := _get_time(head)) and len(head.strip(" :.-–—")) - len(time) <= 6:
        return Section(time, outer.speaker)
    return None


def _get_time(head: str) -> str:
    """Return the words of a head that give a time with a day; empty if there are none."""
    return next((words.text for words in find_times(head) if words.kind is not TimeKind.VAGUE), "")
