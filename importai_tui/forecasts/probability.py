"""Reads a stated probability: "a 20% chance", "one in three", "50-50"."""

from __future__ import annotations

import re

from importai_tui.forecasts.sentences import fold, has_any

_NUMBER = r"(?P<{0}>\d{{1,3}}(?:\.\d{{1,3}})?)"
_NOUNS = ("chance", "probab", "likel", "odds", "confiden", "certain", "sure", "p(", "put", "place ")
"""Each text with a percentage or a fraction that is a probability has one of these."""
_NOUN = r"(?:chance|chances|probability|likelihood|odds|likely|probable|confident|confidence|certain|certainty|sure)"
_PERCENT = r"\s?(?:%|percent\b|per\scent\b)\+?"
_RANGE = rf"{_NUMBER.format('low')}(?:\s?(?:%|percent)?\s?(?:-|–|—|to|and)\s?{_NUMBER.format('high')})?{_PERCENT}"
_PERCENT_NOUN = re.compile(rf"(?<![\d.]){_RANGE}[\s-](?:\w+\s){{0,2}}?{_NOUN}\b(?!\sto\srefuse|\s\w+\sthan)")
_NOUN_PERCENT = re.compile(
    rf"\b(?:{_NOUN}|p\(\w+\))\b(?:[^.;!?%\d]|\s\d{{4}}\b){{0,60}}?(?:[:=(]\s?|\b(?:at|of|is|to|than|below|above|about|around)\s)"
    rf"(?:\w+\s){{0,2}}?{_RANGE}"
)
_PUT_AT = re.compile(rf"\b(?:put|puts|place)\s(?:this|it|that|these|them)\sat\s(?:\w+\s){{0,2}}?{_RANGE}")
_NOUN_FRACTION = re.compile(r"\b(?:probability|chance|likelihood)\s(?:of\s)?(?:\w+\s)?(?P<fraction>0?\.\d{1,3})\b")
_ODDS_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20, "hundred": 100}
_ONE_IN = re.compile(
    r"\b(?P<n>one|two|three|four|\d{1,2})[\s-]in[\s-](?:a\s)?(?P<of>two|three|four|five|ten|twenty|hundred|\d{1,3})\b"
    r"(?:\schance)?"
)
_EVEN = re.compile(r"\b(?:50[-/:]50|fifty[-\s]fifty|coin[\s-](?:flip|toss)|even\s(?:odds|chance|money))\b")
_CHANCE = re.compile(r"\b(?:chances?|odds|probability|likelihood)\b")


PROBABILITY_WORDS = (
    *("%", "percent", "per cent", "50-50", "50/50", "fifty", "coin", "one in", " in ten", "even ", "0.", "1 in "),
)
"""Each text that states a probability has one of these, in small letters."""


def find_probability(text: str) -> float | None:
    """Return the probability that a text states, from 0 to 1; the middle of a range; None if it states none."""
    folded = fold(text)
    if has_any(folded, _NOUNS):
        for pattern in (_PERCENT_NOUN, _NOUN_PERCENT, _PUT_AT):
            if match := pattern.search(folded):
                low = float(match["low"])
                value = (low + float(match["high"] or low)) / 200
                return round(value, 4) if value <= 1 else None
        if match := _NOUN_FRACTION.search(folded):
            return float(match["fraction"])
    if _EVEN.search(folded):
        return 0.5
    if _CHANCE.search(folded) and (match := _ONE_IN.search(folded)):
        part, whole = (_ODDS_WORDS.get(match[name].casefold()) or int(match[name]) for name in ("n", "of"))
        return round(part / whole, 4) if whole and part <= whole else None
    return None
