"""Finds the other ways to write a word or words in a row: "GPT4o" and "GPT-4o", "data center" and "datacenter".

The candidates are guesses by rules. Search only for those that the archive has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise, product

MAX_JOINED_WORDS = 3
"""Typed words that may be one name in the archive: "post train bench"."""
_MAX_ATOMS = 6
"""Letters and digits in a row count as one atom. More atoms have too many ways to be joined."""
_MIN_SPLIT_LENGTH = 5
"""Letters of a word that may be two words: "robots" is long enough, "into" is not."""
_MIN_RULE_LENGTH = 4
"""Letters of a word that may have a British and an American spelling."""
_MIN_LONG_RULE_LENGTH = 6
"""Letters of a word in which a single letter may be spelled in another way."""
_ATOM = re.compile(r"[^\W\d_]+|\d+")
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"['’ʼ‘`´′＇](?:s\b)?", re.IGNORECASE)
_DOTTED_LETTERS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
_AMOUNTS = {"b": ("billion", "bn"), "m": ("million", "mn"), "t": ("trillion", "tn"), "k": ("thousand",)}
_AMOUNT_FORMS = {form: (letter, *forms) for letter, forms in _AMOUNTS.items() for form in (letter, *forms)}

_FUNCTION_WORDS = """
a about actually after again against all almost already also always am among an and another any anybody anyone
anything are aren arent around as ask at away be became because become been before being best better between bit
both but by came can cannot cant come comes could couldn did didn didnt do does doesn doesnt doing don done dont
down during each either else enough even ever every everybody everyone everything fact far few find first for from
get gets getting give given go goes going good got had hadn happen happened happening happens has hasn have haven
having he her here hers him his how however i if in instead into is isn isnt it its itself just keep kind know known
last least less let like likely little ll long look looks lot lots make makes making many may maybe me mean means
might mine more most much must my near need neither never new next no nobody none nor not nothing now of off often
ok on once one only or other others our ours out over own per perhaps place please point possible put quite rather
re really right s said same say says see seem seems seen shall she should shouldn since so some somebody someone
something sometimes soon sort still such sure t take taken takes taking tell tells than that the their theirs them
themselves then there these they thing things think this those though thought through to together too took toward
towards tried tries try trying under until up upon us use used uses using ve very via want wants was wasn way ways
we well were weren what whatever when whenever where whether which while who whole whom whose why will with within
without won wont worth worthwhile would wouldn yes yet you your yours
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words of questions, which say nothing about the topic. They are ignored if no story has all words of a query."""


def find_spellings(word: str) -> tuple[str, ...]:
    """Return other spellings of one typed word, as words separated by spaces, without the word itself."""
    found: dict[str, None] = {}
    plain = _remove_possessive(word)
    if plain != word:
        found[_fold(plain)] = None
    atoms = _ATOM.findall(plain)
    camel_atoms = _ATOM.findall(_CAMEL_CASE.sub(" ", plain))
    if _DOTTED_LETTERS.fullmatch(plain) and len(atoms) > 1:
        found["".join(atoms)] = None
    elif 1 < len(camel_atoms) <= _MAX_ATOMS:
        found |= dict.fromkeys(_join_atoms(camel_atoms))
        found |= dict.fromkeys(_join_atoms([_swap_greek(atom) for atom in camel_atoms]))
        found |= dict.fromkeys(_format_amounts(atoms))
    elif 1 < len(atoms) <= _MAX_ATOMS:
        found |= dict.fromkeys(_join_atoms(atoms))
    elif len(atoms) == 1 and atoms[0] == plain:
        found |= dict.fromkeys(_split_number(plain) if plain.isdecimal() else _respell(_fold(plain)))
    return _normalise(found, word)


def find_joined_spellings(words: Sequence[str]) -> tuple[str, ...]:
    """Return spellings of words in a row without spaces between them."""
    atoms: list[str] = []
    gaps: set[int] = set()
    for word in map(_remove_possessive, words):
        if _fold(word) in FUNCTION_WORDS or len(word) > 40:
            return ()
        if atoms:
            gaps.add(len(atoms))
        atoms += _ATOM.findall(word)
    if not 2 <= len(words) <= len(atoms) <= _MAX_ATOMS:
        return ()
    found = dict.fromkeys(_join_atoms(atoms, joined=gaps))
    found |= dict.fromkeys(_format_amounts(atoms))
    return _normalise(found, " ".join(words))


def split_compound(word: str) -> Iterator[str]:
    """Yield the ways to write a word of letters as two words."""
    folded = _fold(word)
    if not folded.isalpha() or not _MIN_SPLIT_LENGTH <= len(folded) <= 40:
        return
    for end in range(2, len(folded) - 1):
        first, second = folded[:end], folded[end:]
        if not {first, second} & FUNCTION_WORDS:
            yield f"{first} {second}"


def _remove_possessive(word: str) -> str:
    """Return the word without a possessive ending; without the apostrophe in any other place: "don't" is "dont"."""
    return _POSSESSIVE.sub("", word)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _normalise(found: dict[str, None], word: str) -> tuple[str, ...]:
    """Return the spellings in lower case, without those that the index reads as the word itself."""
    as_indexed = " ".join(re.findall(r"[^\W_]+", _fold(word)))
    return tuple(text for text in dict.fromkeys(map(_fold, found)) if text and text != as_indexed)


def _join_atoms(atoms: Sequence[str], joined: Container[int] = ()) -> Iterator[str]:
    """Yield all ways to write the atoms with or without spaces; two numbers are never joined.

    Args:
        atoms: letters in a row, or digits in a row.
        joined: the positions of atoms that are always joined to the one before.
    """
    choices = [
        [gap for gap in ("", " ") if not (gap and position in joined) and (gap or not (a.isdigit() and b.isdigit()))]
        for position, (a, b) in enumerate(pairwise(atoms), 1)
    ]
    for gaps in product(*choices):
        yield atoms[0] + "".join(gap + atom for gap, atom in zip(gaps, atoms[1:], strict=True))


def _format_amounts(atoms: Sequence[str]) -> Iterator[str]:
    """Yield the forms of a number with a unit: "70 billion" for 70B."""
    *number, unit = atoms
    if number and not unit.isdigit() and all(part.isdigit() for part in number):
        digits = " ".join(number)
        for form in _AMOUNT_FORMS.get(_fold(unit), ()):
            yield f"{digits} {form}"
            yield f"{digits}{form}"
        if _fold(unit) == "k":
            yield f"{digits} 000"
    elif [len(part) for part in atoms[1:]] == [3] * (len(atoms) - 1) and all(part.isdigit() for part in atoms):
        yield "".join(atoms)  # 100,000
        if atoms[-1] == "000":
            yield f"{' '.join(number)}k"


def _swap_greek(atom: str) -> str:
    """Return the name of a Greek letter for the letter, and the letter for its name; anything else as it is."""
    if len(atom) == 1:
        return unicodedata.name(atom, "").removeprefix("GREEK SMALL LETTER ").lower() if "α" <= atom <= "ω" else atom
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {atom.upper()}")
    except KeyError:
        return atom


def _split_number(digits: str) -> Iterator[str]:
    """Yield a number with commas between its thousands, which the index reads as several numbers."""
    if 4 <= len(digits) <= 12:
        yield f"{int(digits):,}".replace(",", " ")
        if digits.endswith("000"):
            yield f"{digits[:-3]}k"


_VERB_ENDINGS = "e|es|ed|er|ers|ing|able|ation|ations|ational"
_PAIRS = (
    # One spelling, the other, the endings of the word after it (or None for any), letters of the word before it.
    ("our", "or", "|s|ed|er|ers|ing|ings|able|al|ally|ation|ations|ist|ists|ism|ite|ites|ful|less|y|hood|ly", 3),
    ("is", "iz", _VERB_ENDINGS, 3),
    ("ys", "yz", "e|es|ed|er|ers|ing", 2),
    ("tre", "ter", "|s", 2),
    ("tred", "tered", "", 2),
    ("bre", "ber", "|s", 2),
    ("ence", "ense", "|s|less", 2),
    ("ogue", "og", "|s", 3),
    ("ll", "l", "|s|ed|er|ers|ing|ings|or|ors|ment|ments", 3),
    ("ss", "s", "ed|es|ing", 3),
    ("ae", "e", None, 0),
    ("oe", "e", None, 0),
    ("gramme", "gram", "|s", 0),
    ("dgement", "dgment", "|s|al", 2),
    ("geing", "ging", "", 1),
    ("inium", "inum", "", 3),
    ("grey", "gray", None, 0),
    ("scept", "skept", None, 0),
    ("mould", "mold", None, 0),
    ("artefact", "artifact", None, 0),
    ("plough", "plow", None, 0),
    ("cosy", "cozy", "", 0),
)
"""British and American spellings."""
_RULES = tuple(
    (old, new, None if endings is None else frozenset(endings.split("|")), before)
    for one, other, endings, before in _PAIRS
    for old, new in ((one, other), (other, one))
)
_SECOND_RULES = _RULES[:4]
"""Rules of which a word may need two: "colourise"."""


def _respell(word: str) -> Iterator[str]:
    """Yield the British spellings of an American word, and the other way round; most are no words."""
    if not word.isalpha() or len(word) < _MIN_RULE_LENGTH:
        return
    forms = list(_apply_rules(_RULES, word))
    yield from forms
    for form in forms:
        yield from _apply_rules(_SECOND_RULES, form)


def _apply_rules(rules: Sequence[tuple[str, str, frozenset[str] | None, int]], word: str) -> Iterator[str]:
    for old, new, endings, before in rules:
        if len(old) == 1 and len(word) < _MIN_LONG_RULE_LENGTH:
            continue
        start = word.find(old, before)
        while start >= 0:
            rest = word[start + len(old) :]
            if endings is None or rest in endings:
                yield word[:start] + new + rest
            start = word.find(old, start + 1)
