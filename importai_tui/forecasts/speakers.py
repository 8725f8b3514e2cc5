"""Finds the speaker of a forecast: the author ("I expect", "my guess"), or another person ("they expect")."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple

from importai_tui.forecasts.forecast import Speaker
from importai_tui.forecasts.sentences import fold, has_any


class Strength(IntEnum):
    """The strength of a speaker's words as a sign of a forecast."""

    SAYS = 1
    """They report anything: "said", "writes", "according to"."""
    THINKS = 2
    """They give an opinion, which forecasts if it looks ahead: "I think"."""
    PREDICTS = 3
    """They forecast: "I expect", "my guess", "is projected"."""


class Cue(NamedTuple):
    """Words that show the speaker, and their place in the text."""

    start: int
    end: int
    speaker: Speaker
    strength: Strength


def get_nearest_cue(cues: list[Cue], text: str, position: int) -> Cue | None:
    """Return the cue that governs a position of the text: the nearest before it, else the first after it."""
    cues = [cue for n, cue in enumerate(cues) if not (n and _is_aside(text, cue, cues[n - 1]))]
    before = [cue for cue in cues if cue.start < position]
    return before[-1] if before else cues[0] if cues else None


def _is_aside(text: str, cue: Cue, previous: Cue) -> bool:
    """Return True for words between commas after words of the author: "I expect, as they say, …"."""
    return previous.speaker is Speaker.AUTHOR and cue.speaker is Speaker.OTHER and text.startswith(",", cue.end)


def reports_others(text: str) -> bool:
    """Return True if a text reports what others say."""
    return any(cue.speaker is Speaker.OTHER for cue in find_cues(text, fold(text)))


def find_cues(text: str, folded: str) -> list[Cue]:
    """Return the words of a text that show the speaker, in order. Words of the author take precedence."""
    cues = [
        Cue(*match.span(), speaker, strength)
        for pattern, hints, speaker, strength in _PATTERNS
        if has_any(folded, hints)
        for match in pattern.finditer(folded)
    ]
    if not _FORMS.keys().isdisjoint(_WORD.findall(folded)):  # most texts have none, and matches are slow
        cues += [cue for match in _WORD.finditer(folded) if match[0] in _FORMS and (cue := _describe_verb(text, match))]
    own = [cue for cue in cues if cue.speaker is Speaker.AUTHOR]
    return sorted(
        cue
        for cue in cues
        if cue.speaker is Speaker.AUTHOR or not any(cue.start < mine.end and mine.start < cue.end for mine in own)
    )


# --- words that are not verbs ------------------------------------------------------------

_I_WOULD = re.compile(
    r"""(?x)
    \bi(?:'m|\sam|\swas)\s(?:\w+\s){0,2}(?:(?:willing|happy)\sto\s(?:bet|wager)|calling\sit|putting\sdown|planting\sa\sflag|on\s(?:the\s)?record|registering)\b
    |\bi(?:'d|'ll|\swould|\swill|\sshould)(?:n't)?\s(?:not\s|never\s)?(?:be|have\sbeen)\s(?:\w+\s){0,2}
      (?:surprised|shocked|astonished|amazed|stunned|astounded|flabbergasted|(?:willing|happy)\sto\s(?:bet|wager))\b
    |\bi(?:'d|\swould|\swill|'ll)?(?:n't)?\s(?:\w+\s)?(?:put|give|assign|place|say|lay|hazard)\s[^.;]{0,40}?
      (?:odds|chance|probability|likelihood|money|guess|\d\s?%)
    |\bout\son\sa\slimb\b|\b(?:i'd|i\swould|^)\s?(?:\w+\s)?give\s(?:it|this|them)\s
    """
)
_MY_GUESS = re.compile(
    r"\bmy\s(?:\w+\s){0,3}?(?:guess|bet|prediction|expectation|forecast|hunch|wager|timelines?|money\sis|median|prior|estimate"
    r"|suspicion|p\(doom\)|words\b)"
)
_PREDICTION = re.compile(
    r"\bit(?:'s|\sis)\s(?:a\s)?(?:very\s|pretty\s|fairly\s)?(?:safe|good|fair|sure)\sbet\b"
    r"|\b(?:registering|here'?s?(?:\sis)?|making|make)\s(?:a|my|one|another)\s(?:\w+\s)?(?:prediction|forecast|bet)\b"
    r"|\bwhat\si\s(?:think|expect|suspect)\s(?:happens|comes|will|to)\b"
    r"|^\W*(?:\w+\s){0,2}(?:prediction|forecast|bet|guess)s?(?:\s(?:for|about)\s[\w\s]{1,40}|\stime)?\s?(?:[:–—]|-\s)"
)
_SURPRISE = re.compile(
    r"\b(?:surprise|shock|astonish|amaze)\sme\b|\b(?:do\snot|don't|nobody\sshould|no\sone\sshould)\sbe\ssurprised\b|\bcolou?r\sme\s(?:surprised|shocked)\b"
    r"|\b(?:put|count)\sme\sdown\b|\bhard\s(?:for\sme\s)?to\s(?:see|imagine|picture)\b"
)
_WE_SHOULD_EXPECT = re.compile(
    r"\b(?:we|you|one|readers|people|everyone|everybody)\s(?:\w+ly\s|also\s|all\s){0,2}(?:should|can|could|may|might|must|ought\sto)"
    r"\s(?:\w+ly\s|also\s|all\s|not\s|now\s){0,2}(?:expect|anticipate)\b"
    r"|(?:^|[:;–—]\s|\s-\s)(?:(?:so|and|also|but|therefore|then|instead|now),?\s)?expect\s(?!to\s(?:pay|receive))"
    r"|^\W*(?:over|in|by|within|before|during|until|next|later|this|if|unless|once|when|given|barring|absent)\s[^,]{1,80},\sexpect\s(?!to\b)"
)
_I_AM_SURE = re.compile(
    r"\bi(?:'m|\sam)\s(?:\w+\s){0,2}(?:confident|certain|sure|bullish|bearish|optimistic|pessimistic|s[ck]eptical|convinced"
    r"|worried|inclined)\b"
)
_MY_VIEW = re.compile(
    r"\bmy\s(?:\w+\s){0,2}?(?:sense|view|intuition|belief|feeling|assumption|opinion|take|thesis|fear|worry)\b"
)
_MAKES_ME_THINK = re.compile(
    r"\b(?:makes?|made|leads?|led|leaves?)\sme\s(?:\w+\s)?(?:to\s)?(?:think|believe|suspect|expect|wonder)\b"
    r"|\b(?:seems?|looks?|feels?|appears?)\s(?:\w+\s)?(?:likely|plausible|probable|inevitable|certain)\s(?:to\sme\b|that\b)"
    r"|\b(?:seems?|looks?|feels?)\sto\sme\b"
)
_OTHERS_PREDICT = re.compile(
    r"""(?x)
    \b(?:their|his|her|its|authors?['’]s?|(?!(?:here|let|year|it|that|there|what|today|who)')\w+'s|consensus|median|official|expert|analysts?['’]?)\s(?:\w+\s)?(?:prediction|reckoning
      |forecast|projection|estimate|expectation|view|opinion|belief|guess|bet|timeline|scenario)s?\b
    |\b(?:prediction|forecast|projection|estimate)s?\s(?:by|from|of)\b
    |\b(?:gives|gave|puts)\s[^.;%]{0,40}?\d\s?%
    |\b(?:metaculus|polymarket|manifold|gartner|prediction\smarkets?)\b|forecasters(?:\s\w+){0,9},?\s(?:put|give|gave|giving|expect|think|say|said|estimate|assign|on\b)
    """
)
_OTHERS_SAY = re.compile(
    r"\b(?:according\sto|in\s(?:the\s)?words\sof|per\sthe|(?:finds?|found|shows?|showed|reveals?)\sthat)\b"
)
_FORECAST_NOUNS = (
    *("prediction", "forecast", "projection", "estimate", "reckoning", "expectation", " view", "opinion", "belief"),
    *("guess", " bet", "timeline", "scenario", "metaculus", "polymarket", "manifold", "gartner"),
    *("gives ", "gave ", "puts "),
)
_PATTERNS = (
    (
        _I_WOULD,
        ("i'", "i w", "i a", "i s", "i p", "i g", "i l", "i h", "limb", "give it", "give this", "give them"),
        Speaker.AUTHOR,
        Strength.PREDICTS,
    ),
    (_MY_GUESS, ("my ",), Speaker.AUTHOR, Strength.PREDICTS),
    (_PREDICTION, ("prediction", "forecast", "bet", "guess", "what i "), Speaker.AUTHOR, Strength.PREDICTS),
    (_SURPRISE, ("surprise", "shock", "astonish", "amaze", "me down", "hard "), Speaker.AUTHOR, Strength.PREDICTS),
    (_WE_SHOULD_EXPECT, ("expect", "anticipate"), Speaker.AUTHOR, Strength.PREDICTS),
    (_I_AM_SURE, ("i'm", "i am"), Speaker.AUTHOR, Strength.THINKS),
    (_MY_VIEW, ("my ",), Speaker.AUTHOR, Strength.THINKS),
    (
        _MAKES_ME_THINK,
        (" me ", "likely", "plausible", "probable", "inevitable", "certain"),
        Speaker.AUTHOR,
        Strength.THINKS,
    ),
    (_OTHERS_PREDICT, _FORECAST_NOUNS, Speaker.OTHER, Strength.PREDICTS),
    (
        _OTHERS_SAY,
        ("according", "words of", "per ", "s that", "d that", "w that", "l that"),
        Speaker.OTHER,
        Strength.SAYS,
    ),
)
"""Patterns of words other than verbs, parts one of which each text with a match has, and the meaning of a match."""

# --- verbs ------------------------------------------------------------

_PREDICTING = (
    "expect predict anticipate reckon speculate suspect project forecast estimate guess bet wager foresee hypothesize"
    " hypothesise pre-register preregister doubt calculate envision envisage posit imagine"
)
_THINKING = "think believe assume fear worry see feel"
_SAYING = "say write argue claim suggest warn contend assert conclude maintain note tell announce put give"
_IRREGULAR = {
    "foresaw": "foresee",
    "thought": "think",
    "said": "say",
    "wrote": "write",
    "told": "tell",
    "gave": "give",
    "felt": "feel",
    "saw": "see",
    "worries": "worry",
    "worried": "worry",
}


def _list_forms() -> dict[str, tuple[Strength, bool]]:
    """Return each form of each verb with its strength, and True if it is the base form ("they expect")."""
    forms: dict[str, tuple[Strength, bool]] = {}
    for verbs, strength in (
        (_PREDICTING, Strength.PREDICTS),
        (_THINKING, Strength.THINKS),
        (_SAYING, Strength.SAYS),
    ):
        for verb in verbs.split():
            stem = verb.removesuffix("e")
            for form in (f"{verb}s", f"{verb}es", f"{stem}ed", f"{verb}ted", f"{stem}ing"):
                forms[form] = strength, False
            forms[verb] = strength, True
    return forms | {form: (forms[verb][0], False) for form, verb in _IRREGULAR.items()}


_FORMS = _list_forms()
_WORD = re.compile(r"[\w-]+")
_LEFT = 60
"""Characters before a verb in which its subject stands."""
_FILLER = (
    r"(?:\w+ly|\w+n['’]t|also|now|still|just|rather|do|not|would|will|could|can|might|may|should|must|have|had\sto|had|even|only|first"
    r"|so|half|sort\sof|kind\sof|continue\sto|tend\sto|at\sleast|always|then|once|am|was|be|going\sto|want\sto|like\sto|dare\sto),?\s"
)
_I = re.compile(rf"(?:^|[^\w’'])i(?:['’](?:d|ll|m|ve))?\s(?:{_FILLER}){{0,3}}$")
_WE = re.compile(r"(?:^|[^\w'])we\s(?:\w+ly\s|also\s|now\s|can\s|should\s)?$")
_THAN = re.compile(r"\bthan\s(?:\w+\s){1,3}$")
"""Comparisons with the expectations of others, which are not cues: "stranger than most people expect"."""
_WHAT = re.compile(r"\b(?:what|whatever|how)\s(?:\w+\s){1,2}$")
"""Objects that are not reports: "what humanity writes in a year"."""
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s(?:\w+ly\s|also\s|now\s|still\s)?$")
_NO_SUBJECT = re.compile(
    r"(?:^|[^\w'])(?:an?|the|my|our|your|of|for|as|than|in|on|at|by|no|any|best|wild|educated|good|rough"
    r"|safe|fair|i|we|you|i'\w+|we'\w+|you'\w+)\s(?:(?:\w+ly|also|now|still|just|even|only|all)\s){0,2}$"
)
_NO_BASE_SUBJECT = re.compile(
    r"(?:^|[^\w'])(?:to|not|never|let|let's|would|could|should|can|cannot|might|may|will|must|do|did|\w+n't|and|or|but|if|this|that)"
    r"\s(?:(?:\w+ly|also|now|still|just|even|only|all)\s){0,2}$|[^\w'\")”\s]\s?$|^$"
)
_PERSON = re.compile(
    r"(?:\b(?:they|he|she|who|which|it|people|some|many|most|others|folks|\w+ists?|\w+ers?|authors?|paper|report|study|survey|team|group|participants?|respondents?|attendees?"
    r"|agency|bank|company|institute|body|lab|ministry))\s(?:\w+ly\s|also\s|now\s|still\s)?$"
)
_NAME = re.compile(r"\b[A-Z][\w.’'-]*\s(?:\w+ly\s|also\s|now\s|still\s)?$")
_AMBIGUOUS = re.compile(
    r"(?:projects?|forecasts?|estimates?|guess(?:es)?|bets?|wagers?|doubts?|fears?|notes?|claims?|s[ae]w|sees?|seeing|feels?|felt|put(?:s|ting)?"
    r"|giv(?:es?|ing)|gave|suspects?|assumed)$"
)
"""Forms that are often not a verb of opinion, unless a person stands before them."""
_THAT = re.compile(r"\s(?:[$€£]?\d[\w,.]*\s)?that\s")
_THING = re.compile(r"\b(?:this|these|that|which|it|all|results?|data|evidence|numbers|trends?)\s$")


def _describe_verb(text: str, match: re.Match[str]) -> Cue | None:
    """Return the cue of a verb; None if its subject is not a person ("to predict", "the project")."""
    left = match.string[max(0, match.start() - _LEFT) : match.start()]
    word = match[0]
    strength, is_base = _FORMS[word]
    if _I.search(left):
        return Cue(*match.span(), Speaker.AUTHOR, max(strength, Strength.THINKS))
    if strength is Strength.PREDICTS and is_base and _WE.search(left):
        return Cue(*match.span(), Speaker.AUTHOR, Strength.THINKS)
    if "than " in left and _THAN.search(left):
        return None
    if strength is Strength.SAYS and _WHAT.search(left):
        return None
    is_me = text.startswith(" me ", match.end())
    is_noun = _AMBIGUOUS.match(word) and not (
        _PERSON.search(left)
        or _NAME.search(text[match.start() - len(left) : match.start()])
        or _THAT.match(text, match.end())
    )
    if is_me or is_noun or (word.startswith("suggest") and _THING.search(left)):
        return None
    if _PASSIVE.search(left):
        is_forecast = strength is not Strength.SAYS and not is_base
        return Cue(*match.span(), Speaker.OTHER, Strength.PREDICTS) if is_forecast else None
    if _NO_SUBJECT.search(left) or (is_base and _NO_BASE_SUBJECT.search(left)):
        return None
    return Cue(*match.span(), Speaker.OTHER, Strength.SAYS if strength is Strength.SAYS else Strength.PREDICTS)
