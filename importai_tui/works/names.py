"""Distinguishes authors from publishers among the names that are printed after a title: "(Ada Heron, Substack)".

A name counts as an author only if it certainly is that of a person; every other name is a publisher.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

_MAX_PERSON_WORDS = 4
_NAME_WORD = re.compile(
    r"(?:(?:Mc|Mac|De|Di|Du|La|Le|Van|O['’]|D['’])(?=[A-Z]))?[^\W\d_a-z][a-zà-ÿ'’]+(?:-[^\W\d_]?[a-zà-ÿ]+)*"
)
"""A word of a person's name: capitalised, without digits and without capitals inside, as in "OpenAI"."""
_AND = re.compile(r"\s+(?:and|&)\s+")
_INITIAL = re.compile(r"[A-Z]\.?(?:-?[A-Z]\.)?")
_PARTICLE_LIST = "al bin da de del della der di dos du el ibn la le van von zu"
_PARTICLES = frozenset(_PARTICLE_LIST.split())
_SUFFIXES = frozenset(["jr", "jr.", "sr", "sr.", "ii", "iii"])
_NO_NAME_WORD_LIST = (
    "academy advisors age agency agent agents ai algorithm algorithms alignment alliance american analysis"
    " analytics and apple applied archive army asian asimov association astral atlantic atomic audit authority"
    " automated bank basis beta bio biology biotech black blog board books boston brain brains brief british"
    " brookings bureau business california cambridge capital carnegie cell center central centre china chinese"
    " city climate cloud club codex coding cohere college commission committee community company compute computer"
    " computing confidential congress control cooperative corporation council court daily data dataset day deep"
    " defence defense department design development digital district division dynamics earth east economic"
    " economics economist economy education effective electric embedded embodied energy engineering enterprise"
    " epoch equity essays ethics europe european everyday evidence evolution experimental express face facebook"
    " faculty federal federation figure financial first for forecasting foreign forest forum foundation france"
    " free frontier full fund fusion future game games general genetics german germany global goldman good google"
    " governance government graphics group guardian hacker health high history home hong hopkins house hub hugging"
    " human humane humanity humans imaging impact import in independent india indian industries information"
    " infrastructure initiative innovation insider insight insights institute intellect intelligence interactive"
    " international internet investigations island japan johns journal justice knowledge kong korea lab label"
    " laboratories laboratory labs language law learning less lesson liberty library life logic london machine"
    " machines magazine management marginal market markets mathematics media medical medicine mellon memory meta"
    " metrics microsoft military mind minds ministry model models modern morgan national natural nature network"
    " networks neural new news newsletter north nuclear office official online open optimal organization palisade"
    " paper papers parliament party pharma philosophy physical physics planet podcast policy political politics"
    " polytechnic post power press prime problem problems product program progress project public quantum radical"
    " radio random reality redwood register regulation report reports republic research review reviews revolution"
    " risk robot robotic robotics robots rocks royal sachs safe safety samsung scale school science sciences"
    " scientific scientist sea search secret security semiconductor senate series services show signal silicon"
    " simulation singapore site slate social society software solutions source south space special stability stack"
    " standard standards stanford stanley state states statistics strategic strategy street studies studio studios"
    " summit superintelligence supply survey system systems talks team tech technica technical technologies"
    " technology the theory things think thinking thread time times today trade transformer trust truth turing"
    " twitter union united universal universe university valley vector venture ventures verge video view virtual"
    " vision voice wall war washington watch web weekly west white wired wireless work works workshop world worlds"
    " xinhua yahoo year york"
)
_SMALL_WORD_LIST = "anyone are everyone how if is it my nobody not of our someone to what when who why your"
_NO_NAME_WORDS = frozenset((*_NO_NAME_WORD_LIST.split(), *_SMALL_WORD_LIST.split()))
"""Words of organisations, sites and places. With one of them, a name is not certainly a person's."""
_NO_NAME_ENDING = re.compile(
    r"(?:[dnst]ed|[^r]ing|[st]ion|ity|ness|ment|ics|ical|ology|ence|ance|ful|less|ware|works?|labs?|tech|bots?|soft|ous"
    r"|ive|able|ible|ship|verse)$"
)
"""Endings of common nouns and adjectives: "Bounded Regret" is a blog."""


def is_person(name: str) -> bool:
    """Return True if a name has the form of a person's, "Ada Heron", and no word of an organisation's."""
    words = name.split()
    if words and words[-1].casefold() in _SUFFIXES:
        words.pop()
    if not 2 <= len(words) <= _MAX_PERSON_WORDS:
        return False
    first, *middle, last = words
    if not (_NAME_WORD.fullmatch(first) or _INITIAL.fullmatch(first)) or not _NAME_WORD.fullmatch(last):
        return False
    if not all(
        _NAME_WORD.fullmatch(word) or _INITIAL.fullmatch(word) or word.casefold() in _PARTICLES for word in middle
    ):
        return False
    folded = [word.casefold() for word in words]
    return not any(word in _NO_NAME_WORDS or _NO_NAME_ENDING.search(word) for word in folded)


def split_authors(title: str) -> tuple[str, tuple[str, ...]]:
    """Split the authors off the end of a title: "Why Sheep?, Ada Heron, Bo Lamb".

    There must be two of them, or the title must end with its own punctuation, because "All the Sheep, Good Lamb" may be
    one title.
    """
    head, authors = title, list[str]()
    while True:
        rest, comma, last = head.rpartition(",")
        names = _AND.split(last.strip())
        if not (comma and all(map(is_person, names))):
            break
        head, authors = rest.rstrip(), names + authors
    if len(authors) > 1 or (authors and head[-1:] in '?!”".'):
        return head, tuple(authors)
    return title, ()


def sort_names(names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the authors and the publisher among the names in a parenthesis.

    Authors come first: "(Max Lamb, Lamb’s blog)". The publisher is the first other name, or empty.
    """
    parts = [re.sub(r"['’]s$", "", part.strip()) for name in names for part in _AND.split(name)]
    authors = tuple(takewhile(is_person, parts))
    others = names[len(authors) :] if len(parts) == len(names) else parts[len(authors) :]
    return authors, next(iter(others), "")
