"""Resolves a mention of an issue to one of its stories, with a certainty, and holds the stop words for that.

It reads no archive: the caller passes in words, document frequencies and candidates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import IntEnum
from math import log
from typing import NamedTuple

_GRAMMAR_WORDS = """
    a about above across after against all along also although am among amongst an and another any anybody anyone
    anything anywhere are around as at be because been before behind being below beneath beside besides between
    beyond both but by can cannot could despite did do does doing done down during each either else etc even every
    everybody everyone everything everywhere except few for from had has have having he her here hers herself him
    himself his how i if in inside into is it its itself less like many may me might mine more most much must my
    myself near neither no nobody none nor not nothing nowhere of off on one ones onto or other others our ours
    ourselves out outside over own per plus same several shall she should since so some somebody someone something
    somewhere such than that the their theirs them themselves then there these they this those though through
    throughout till to too toward towards under unless until up upon us versus very via was we were what whatever
    when whenever where wherever whereas whether which whichever while who whoever whole whom whose why will with
    within without would yet you your yours yourself first second third two three four five six seven eight nine ten
    dozen hundred thousand million billion
"""
"""Pronouns, articles, prepositions, conjunctions, auxiliaries, numbers."""
_ADVERBS = """
    ago again ahead almost already always anyway apart aside away back clearly early enough especially ever far fast
    formerly forward further hardly hence here hereby how however indeed instead just last later least likely long
    maybe meanwhile mostly nearly never nevertheless next nonetheless nor now nowadays often once only otherwise
    overall particularly perhaps please pretty probably quite rather regularly right shortly similarly simply
    slightly sometimes somewhat soon still then therefore thereby thus today together tomorrow tonight twice usually
    well yes yesterday
"""
_GENERAL_WORDS = """
    able bad best better big bit certain day days different easier easy full general good great hard high huge
    important interesting issue issues kind large little lot lots low main major month months new nice old part
    people possible real recent similar simple single small sort sure thanks thing things true usual various way
    ways week weeks whole worse worst wrong year years
"""
"""Adjectives and nouns that occur with any subject."""
_CITATION_WORDS = """
    arxiv blog github matters official paper papers pdf read reads reading research researcher researchers say says
    twitter
"""
_VERBS = """
    achieve add aim allow appear apply argue ask base become begin believe bring call change come consider contain
    continue create decide describe develop do enable end expect explain feel figure find follow get give go guess
    happen have hear help hold hope improve include inspire involve keep know lead learn leave let like live look
    love make mean move need offer perform point produce provide put raise reach realize receive refer remain
    remember represent require run say seem set show spend stand start stay stop suggest take talk tell thank think
    try turn understand use wait want watch wish wonder work write
"""
_IRREGULAR_FORMS = """
    became become began begun brought came chose felt fell found gave given gone got gotten heard held kept knew
    known led left lost made meant met paid ran said sat saw see seeing seen sees sent shown spent stood taken
    thought told took understood went won written wrote
"""
_CONTRACTION_PARTS = "ain aren couldn didn doesn don hadn hasn isn ll re shouldn ve wasn weren wouldn"
"""Parts of contractions whose apostrophe is an unknown character."""


def _inflect(verb: str) -> tuple[str, ...]:
    bare = verb.removesuffix("e")
    forms = [verb, f"{verb}s", f"{verb}es", f"{bare}ed", f"{bare}ing", f"{verb}{verb[-1]}ing", f"{verb}{verb[-1]}ed"]
    if verb.endswith("y"):
        forms += [f"{verb[:-1]}ies", f"{verb[:-1]}ied"]
    return tuple(forms)


_STOP_WORDS = frozenset(
    " ".join((_GRAMMAR_WORDS, _ADVERBS, _GENERAL_WORDS, _CITATION_WORDS, _IRREGULAR_FORMS, _CONTRACTION_PARTS)).split()
) | frozenset(form for verb in _VERBS.split() for form in _inflect(verb))
_ADVERB = re.compile(r".{2,}(?:al|[ai]b|[ae]nt|ous|ive|ed|ing|ful|less|[aei]te|ck|ght|se|re)ly")
"""An adverb made from an adjective; "family", "rally", "Italy" and "Grammarly" do not match."""
_APOSTROPHE = "['’ʼ´`‘′]"
_CONTRACTION = re.compile(rf"(?i)(?P<not>n{_APOSTROPHE}t)$|{_APOSTROPHE}(?:s|re|ve|ll|d|m)$")
WORD_PATTERN = re.compile(rf"[^\W_]+(?:(?:[-.]|{_APOSTROPHE})[^\W_]+)*\+*")
"""A word with its joined parts: "don't", "GPT-4", "C++"."""
HEADLINE_FACTOR = 2.0
"""Factor for a word in a headline."""
MIN_LIKELY_WEIGHT, MIN_POSSIBLE_WEIGHT = 2.3, 1.3
"""Minimum weight of the shared words for a likely and for a possible story.

Measured on the 41 mentions in 34 real issues: all 9 whose issue is present find their story, with weights of 1.5 to
8.0. Against 1,344 wrong issues, 4 % find a likely story, mostly on the same subject, and another 13 % a possible one.
"""
_MIN_LEAD = 1.6
"""Minimum ratio of the best story's weight to that of the second."""
_MAX_REASON_WORDS = 3
"""Words in a reason; short, so that users read it."""
MAX_CITING_STORIES = 4
"""Stories that cite a work; a work with more citations identifies none of them."""


class Certainty(IntEnum):
    """The certainty of a resolved mention."""

    ISSUE_ONLY = 0
    """The story is unknown, or the mention means the whole issue."""
    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3

    @property
    def label(self) -> str:
        """Text for the user; empty if the story is certain."""
        return ("story not specified", "possible match", "probable match", "")[self]


class WeightedWord(NamedTuple):
    """A word that may identify the mentioned story; a word beside the mention weighs 1, a name 1.5."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story of the mentioned issue. `word_factors` maps the context words that it has to `HEADLINE_FACTOR` or 1."""

    headline: str
    works: Set[str]
    word_factors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The index of the mentioned story among the candidates, None if unknown.

    `reason` says why: "shared terms: rivers, otters".
    """

    index: int | None
    certainty: Certainty
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentFrequency:
    """The total number of stories, and the number that contain each word."""

    total: int
    counts: Mapping[str, int]

    def get_rarity(self, word: str) -> float:
        """Return 1 for a word that no other story has, down to 0 for one that all have or that is not counted."""
        if self.total < 2 or word not in self.counts:
            return 0.0
        # Subtract the mentioning story, which has every word.
        return log(self.total / max(1, self.counts[word] - 1)) / log(self.total)


def resolve_mention(
    words: Sequence[WeightedWord],
    frequency: DocumentFrequency,
    candidates: Sequence[Candidate],
    *,
    anchor: str = "",
    shared_counts: Mapping[str, int] | None = None,
) -> Resolution:
    """Find the story that a mention means.

    Args:
        words: the words around the mention.
        frequency: the document frequencies of these words.
        candidates: the stories of the issue, in order.
        anchor: the words of the URL's fragment.
        shared_counts: the works that the mentioning story cites, each with its number of citing stories.
    """
    if len(candidates) == 1:
        return Resolution(0, Certainty.CERTAIN, "its only story")
    if (index := _find_by_anchor(anchor, candidates)) is not None:
        return Resolution(index, Certainty.CERTAIN, "the link leads to it")
    return _resolve_by_works(shared_counts or {}, candidates) or _resolve_by_words(words, frequency, candidates)


SHARED_TERMS = "shared terms"
"""The label before shared words, by which the list of references recognises such a reason."""


def format_shared_words(words: Sequence[str]) -> str:
    """Return the reason for two stories that share words; empty without words."""
    return f"{SHARED_TERMS}: {', '.join(words)}" if words else ""


def is_site_root(work: str) -> bool:
    """Return True if a work is the front page of a site, which unrelated stories cite."""
    return work.startswith("https://") and work.count("/") == 2


def is_distinctive(word: str) -> bool:
    """Return True if a word may distinguish stories: no stop word, no adverb, no number, more than one letter."""
    folded = word.casefold()
    return len(word) > 1 and not word.isdecimal() and folded not in _STOP_WORDS and not _ADVERB.fullmatch(folded)


def strip_contraction(word: str) -> str:
    """Remove a contraction ("Google's", "they'll"); a negated verb ("don't") becomes empty."""
    contracted = _CONTRACTION.search(word)
    if contracted is None:
        return word
    return "" if contracted["not"] else word[: contracted.start()]


def _find_by_anchor(anchor: str, candidates: Sequence[Candidate]) -> int | None:
    anchor_words = _split_words(anchor)
    if len(anchor_words) < 2:
        return None
    matches = [
        index
        for index, candidate in enumerate(candidates)
        if _has_prefix(_split_words(candidate.headline), anchor_words)
    ]
    return matches[0] if len(matches) == 1 else None


def _split_words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def _has_prefix(headline: Sequence[str], anchor: Sequence[str]) -> bool:
    """Return True if one is a prefix of the other, because sites truncate anchors."""
    length = min(len(headline), len(anchor))
    return length >= 2 and list(headline[:length]) == list(anchor[:length])


def _resolve_by_works(shared_counts: Mapping[str, int], candidates: Sequence[Candidate]) -> Resolution | None:
    rare = {work for work, stories in shared_counts.items() if stories <= MAX_CITING_STORIES and not is_site_root(work)}
    matches = [(index, rare & candidate.works) for index, candidate in enumerate(candidates) if rare & candidate.works]
    if len(matches) != 1:
        return None
    index, works = matches[0]
    return Resolution(index, Certainty.CERTAIN, f"both cite {min(works)}")


def _resolve_by_words(
    words: Sequence[WeightedWord], frequency: DocumentFrequency, candidates: Sequence[Candidate]
) -> Resolution:
    weights = {word.word: word.weight * frequency.get_rarity(word.word) for word in words}
    scores = [
        {word: weights[word] * factor for word, factor in candidate.word_factors.items() if word in weights}
        for candidate in candidates
    ]
    order = sorted(range(len(scores)), key=lambda index: -sum(scores[index].values()))
    if not order:
        return Resolution(None, Certainty.ISSUE_ONLY, "")
    best, second = (sum(scores[index].values()) for index in order[:2])
    if best < MIN_POSSIBLE_WEIGHT or best < _MIN_LEAD * second:
        return Resolution(None, Certainty.ISSUE_ONLY, "")
    certainty = Certainty.LIKELY if best >= MIN_LIKELY_WEIGHT else Certainty.POSSIBLE
    return Resolution(order[0], certainty, format_shared_words(_get_top_words(scores[order[0]])))


def _get_top_words(weights: Mapping[str, float]) -> list[str]:
    return sorted(weights, key=lambda word: -weights[word])[:_MAX_REASON_WORDS]
