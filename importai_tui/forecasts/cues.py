"""Defines the words that show that a clause is about the future, or is not a forecast.

They are sets of words and phrases rather than regular expressions, because looking up the words of a sentence takes a
tenth of the time. All texts are folded (`sentences.fold`).
"""

from __future__ import annotations

import re

from importai_tui.forecasts.sentences import has_any

_WORD = re.compile(r"[\w'%$€£-]+")


class Clause:
    """A folded text and its words."""

    __slots__ = ("text", "words")

    def __init__(self, text: str) -> None:
        """Split the text into words."""
        self.text = text
        self.words = frozenset(_WORD.findall(text))


class Cues:
    """Words, phrases and a pattern; any of them shows the subject of a clause."""

    __slots__ = ("_pattern", "_phrases", "_words")

    def __init__(self, words: str = "", phrases: tuple[str, ...] = (), pattern: str | None = None) -> None:
        """Take words separated by blanks, phrases that may begin and end within a word, and a regular expression."""
        self._words = frozenset(words.split())
        self._phrases = phrases
        self._pattern = re.compile(pattern) if pattern else None

    def are_in(self, clause: Clause) -> bool:
        """Return True if the clause has one of them."""
        if not self._words.isdisjoint(clause.words) or has_any(clause.text, self._phrases):
            return True
        return self._pattern is not None and self._pattern.search(clause.text) is not None


WILL = Cues(
    "will won't gonna likely unlikely probably inevitable inevitably certainly shall chance chances odds probability"
    " likelihood poised destined extrapolate extrapolating extrapolated",
    (
        *("going to", "'ll ", "almost certain", "nearly certain", "bound to", "on track to", "on track for"),
        *("on course to", "set to be", "shaping up", "at this rate", "at this pace", "at the current rate"),
        *("current trend", "if this trend", "if the trend", "if trends", "should see", "should expect", "should have"),
        *("should reach", "should be able", "years away", "months away", "decades away", "year away", "decade away"),
        *("weeks away", "is coming", "'s coming", "are coming", "'re coming", "is arriving", "are arriving"),
        *("only a matter of", "no way "),
    ),
    r"\b(?:we|i)(?:'re|'m|\sare|\sam)\s(?:\w+\s){0,2}(?:weeks|months|years|decades|a\s(?:year|few|decade|couple)|heading|headed)\b",
)
"""Words of the future."""

MAY = Cues("could may might can arrive arrives arriving possible plausible", ("how long before",))
"""Words of a possible future, if the words of time are about the future too."""

ANYBODY = Cues("we someone somebody nobody everyone everybody")
"""Subjects of forecasts in the present tense: "by 2030 we have …"."""

HEDGE = Cues(
    phrases=(
        *("will likely", "will probably", "likely that", "is unlikely", "are unlikely", "probably going"),
        *("inevitable that", "chance that", "chance of", "chances of", "odds of", "odds that", "almost certain to"),
        "'ll probably",
    )
)
"""Words of doubt, with which even plans are forecasts: "the launch will probably slip to next year"."""

ARRIVES = Cues("arrives happens", ("shows up", "turns up", "comes along"))
"""Verbs in the present tense, for events on a day in the future."""

PRESENT = Cues("is are isn't aren't becomes become")
"""Verbs in the present tense, for the state of things on a day in the future."""

WOULD = Cues("would", (), r"\bto\s[a-z]+\b")
"""Words of a reported future."""

PLANS = Cues(
    "planning planned aims aimed aiming intend intends intended hope hopes hoped hoping scheduled slated pledge pledges"
    " pledged committed commitment commitments vow vows vowed targeted deadline deadlines contract contracts tender"
    " obliges mandates mandated roadmap announces announced announcing unveil unveils unveiled budget budgeted"
    " expire expires registration submission submissions apply tickets"
    " hackathon legislation decommissioned allocate allocates allocated earmark earmarked wants wanted",
    (
        *("plans to", "plans on", "plan to", "plans for", "aim to", "looking to", "is to be", "are to be", "seek to"),
        *("seeks to", "seeking to", "agreed to", "promises to", "promised to", "commits to", "five-year plan"),
        *("is due", "are due", "was due", ", due ", "sign up", "fiscal year", "summer school", "bill would"),
        *("bill to ", "act will", "act requires", "applications close", "applications are", "challenge will"),
        *("challenge runs", "want to have", "goal of", "goal is", "target of", "target is", "a target", "targets for"),
        *("law will", "new law", "law requires", "the grant", "a grant", "contest will", "competition will"),
        *("competition offers", "prize of", "prizes of", "prize pool", "prize money", "cash prize", "the prize"),
        *("prize will", "prizes for", "prizes worth"),
    ),
    r"\b(?:workshop|conference|symposium|summit|treaty)\s(?:is|on|in|at|by|starts|takes|will|runs|that\swill|to\sbe)\b"
    r"|\bwhen\s(?:it|they)\s(?:opens?|launch\w*|ships?|starts?)\b"
    r"|\b(?:openai|google|deepmind|microsoft|facebook|meta|amazon|apple|anthropic|nvidia|baidu|tencent|alibaba|huawei|ibm|intel|tesla"
    r"|uber|waymo|salesforce|bytedance|samsung|amd|xai|mistral|(?:the|this)\s(?:company|companies|startup|firm|lab|researchers?|team"
    r"|organi[sz]ation|agency|ministry|university|consortium|fund|foundation|project|department|military|army|navy|council"
    r"|commission|committee))\s(?:also\s|then\s)?will\s(?!\w+ly\b|be\b|have\b|see\b|not\b|need\b|lose\b|fail\b|struggle\b"
    r"|find\b|face\b|overtake\b|surpass\b|become\b|end\sup\b|still\b|want\b|do\b)"
    r"|\bunder\s(?:the|an?|this|its)\s(?:\w+\s)?(?:agreement|deal|plan|rules|terms|programme|program)\b"
    r"|\b(?:say|says|said)\s(?:that\s)?(?:[\w\s]{0,25}\s)?(?:they|he|she|it)(?:'ll|\swill|\swould)\s"
    r"(?!be\b|have\b|see\b|take\b)",
)
"""Words of plans, deadlines, laws and budgets."""

_DONE_BY_PLAN = (
    r"(?:releas(?:e|ed|ing)|launch(?:ed|ing)?|open(?:ed|ing)?(?!\sup|-)|publish(?:ed|ing)?|present(?:ed|ing)?|host(?:ed|ing)?"
    r"|hold(?:ing)?\s(?:an?|the|its|their)|held|take\splace|begin|start(?!\sto)|kick\soff|close|finish(?:ed)?|ship(?:ped|ping)?"
    r"|com(?:e|ing)\s(?:online|into\s(?:force|effect)|out)|take\seffect|go\s(?:live|into\s(?:force|effect))|spend(?:ing)?"
    r"|invest(?:ed|ing)?|award(?:ed)?|given|receive|hire|recruit|step\sdown|(?:remain|stay)\s[^.]{0,40}?\suntil|out|unveil(?:ed)?|announced?|debut|roll(?:ed)?\sout"
    r"|install(?:ed)?|collect|attend|visit|speak(?:ing)?|vote|meet|join|expire|retired?|deprecated|discontinued"
    r"|phased?\sout|delivered?|extended?|updated?|fund(?:ed)?|provide|pay|donat\w+|explained|described|discuss(?:ed)?"
    r"|on\s(?:holiday|leave|vacation)|ready|operational|online|completed|expanded|repeated|available|interview|resolve|sponsor|acquired?|convene|appoint|report\sback|tested|trialled|piloted|heard?|apply|renewed|revised"
    r"|maintain|turn\s\d+|run\s(?:from|until|for)|last\s(?:for|until)|build\s(?:an?|the|its|their|out)|built\s(?:in|at|near))\b"
)
SCHEDULE = Cues(
    pattern=r"(?:\b(?:will|to|should|going\sto|would|won't|may|might|could)|'ll)\s"
    rf"(?:\w+ly\s|also\s|then\s|soon\s|now\s|not\s|start\s|begin\s|be\s(?:able\sto\s)?)*{_DONE_BY_PLAN}"
)
"""Verbs of schedules and decisions: "will open", "will be published"."""

ADVICE = Cues(
    "should must need needs urge recommend recommends important crucial let's",
    ("ought to", "have to", "has to", "call for", "calls for", "call on", "calls on"),
)
NEWSLETTER = Cues(
    "paternity",
    (
        *("this issue", "next issue", "next edition", "future issues", "stay tuned", "i hope", "i want", "i plan"),
        *("i intend", "i'd love", "i'd like", "i'm hoping", "i'm excited", "looking forward", "i'm going to be "),
        *("i'm going to take", "my talk", "my holiday", "my vacation", "my book", "my wife", "my family", "my travel"),
    ),
    r"\bi(?:'ll|\swill)\sbe\stalking\b|\b(?:i|we)(?:'(?:ll|m|re)|\s(?:will|am|are|expect|plan|hope|intend|aim))\s(?:to\s)?(?:be\s)?"
    r"(?:at\s|on\sh|away|attending|speaking|giving\sa|writing|taking|travell?ing|hosting|publish|releas|launch|back\b|covering"
    r"|share\b|report\b|update\b)",
)
"""Plans and hopes of the author himself: travel, leave, coming issues."""

MACHINE = Cues(
    "timesteps simulated simulation simulator frames",
    ("time steps", "to predict", "to forecast", "can predict", "can forecast", "of predicting", "for predicting"),
    r"\b(?:system|model|network|algorithm|agent|classifier|method|technique|approach|software|tool|program|robot|policy|nets?|bot)s?"
    r"\s(?:\w+\s){0,2}?(?:(?:that|which|to|can|could)\s)?(?:\w+\s)?(?:predicts?|forecasts?|estimates?|predicting|forecasting"
    r"|anticipates?|assigns?)\b|\b(?:that|which)\s(?:predicts?|forecasts?)\b",
)
"""Programs that predict: "a system that predicts the weather for the next ten days"."""

SETTING = Cues(
    "prompt prompts prompted",
    ("questions such as", "questions like", "questions about", "the question:", "the question is", "imagine it is"),
    r"\bask(?:s|ed|ing)?\s(?:\w+\s){0,3}(?:whether|if|what|when|who|how|about|to)\b"
    r"|\bin\s(?:the|this|a)\s(?:story|novel|tale|film|book)\b|\bin\sthe\syear\s2\d{3}",
)
"""Words of questions in a benchmark, and of fiction."""

PAST = Cues(
    "had was were did took grew rose fell became got began made saw went came been trained found ran led used built"
    " released published showed launched started announced introduced developed ago since",
    ("last year", "last month", "last week", "last decade"),
)
CLAUSE_END = re.compile(
    r"\s[–—-]\s|[;:]\s|[()—…]|,\s(?:so|but|and|which|while|whereas|though|although|because|yet)\s|\.{3,}"
)
