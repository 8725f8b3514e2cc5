"""Which words tell one story from another, and which are but the language's own. Pure: it knows no archive."""

from __future__ import annotations

import re

_GRAMMAR = """
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
_LIGHT = """
    able bad best better big bit certain day days different easier easy full general good great hard high huge
    important interesting issue issues kind large little lot lots low main major month months new nice old part
    people possible real recent similar simple single small sort sure thanks thing things true usual various way
    ways week weeks whole worse worst wrong year years
"""
"""Adjectives and nouns that go with any subject."""
_CITATIONS = """
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
_IRREGULAR = """
    became become began begun brought came chose felt fell found gave given gone got gotten heard held kept knew
    known led left lost made meant met paid ran said sat saw see seeing seen sees sent shown spent stood taken
    thought told took understood went won written wrote
"""
_BROKEN = "ain aren couldn didn doesn don hadn hasn isn ll re shouldn ve wasn weren wouldn"
"""What is left of a contraction where a sign stands in it that is no apostrophe."""


def _forms(verb: str) -> tuple[str, ...]:
    bare = verb.removesuffix("e")
    forms = [verb, f"{verb}s", f"{verb}es", f"{bare}ed", f"{bare}ing", f"{verb}{verb[-1]}ing", f"{verb}{verb[-1]}ed"]
    if verb.endswith("y"):
        forms += [f"{verb[:-1]}ies", f"{verb[:-1]}ied"]
    return tuple(forms)


_PLAIN = frozenset(" ".join((_GRAMMAR, _ADVERBS, _LIGHT, _CITATIONS, _IRREGULAR, _BROKEN)).split()) | frozenset(
    form for verb in _VERBS.split() for form in _forms(verb)
)
_ADVERB = re.compile(r".{2,}(?:al|[ai]b|[ae]nt|ous|ive|ed|ing|ful|less|[aei]te|ck|ght|se|re)ly")
"""The endings that make an adverb of an adjective; "family", "rally", "Italy" and "Grammarly" have none of them."""
_APOSTROPHE = "['’ʼ´`‘′]"
_CONTRACTED = re.compile(rf"(?i)(?P<not>n{_APOSTROPHE}t)$|{_APOSTROPHE}(?:s|re|ve|ll|d|m)$")
WORD = re.compile(rf"[^\W_]+(?:(?:[-.]|{_APOSTROPHE})[^\W_]+)*\+*")
"""A word as it is written, with what is joined to it: "don't", "GPT-4", "C++"."""


def bare_word(written: str) -> str:
    """A word without what is drawn to it ("Google's", "they'll"); nothing of one to which "not" is drawn."""
    contracted = _CONTRACTED.search(written)
    if contracted is None:
        return written
    return "" if contracted["not"] else written[: contracted.start()]


def tells(word: str) -> bool:
    """Whether a word may tell one story from another: no number, no word of grammar, no common verb, no adverb."""
    folded = word.casefold()
    return len(word) > 1 and not word.isdecimal() and folded not in _PLAIN and not _ADVERB.fullmatch(folded)
