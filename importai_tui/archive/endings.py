"""The words that one still being typed may become, where their stem is shorter than what is typed. Pure."""

from __future__ import annotations

import re

_ENDINGS = {
    **dict.fromkeys(("ing", "ed", "ation", "ments", "ity"), 1),
    **dict.fromkeys(("ness", "ful", "ous", "ly", "ion", "ive", "ize", "ance", "ence", "ability"), 2),
    "ator": 3,
}
"""What the Porter stemmer takes off, and how many of its letters must be typed: with fewer it leaves what another
ending leaves, which would then count twice, or what is another word ("model" could become "modely", as of a mode).

Of the beginnings of all words in 194 real stories 14 in a hundred begin no stem; with these one in a hundred, and two
in a hundred find another word as well.
"""
_BEGUN = re.compile(r"(?<![^\W_])[A-Za-z]{3,}$")
_BEFORE_ONE, _BEFORE_MORE = 4, 3
"""Letters of a word before one letter, and before more letters, of an ending: with fewer "they" could be "thing"."""


def continued(text: str) -> tuple[str, ...]:
    """The text with its last word ended, for an ending of which a part is typed: "traini" becomes "training".

    The index holds the stem "train", which "traini" does not begin. Most of the words do not exist; they cost nothing.
    """
    found = _BEGUN.search(text)
    if not found:
        return ()
    word = found[0]
    whole = [
        ending[typed:]
        for typed in range(1, len(word) - _BEFORE_MORE + 1)
        if len(word) - typed >= (_BEFORE_ONE if typed == 1 else _BEFORE_MORE)
        for ending, least in _ENDINGS.items()
        if least <= typed < len(ending) and ending.startswith(word[-typed:].lower())
    ]
    if len(word) > _BEFORE_MORE and word[-1] == word[-2] and word[-1] not in "aeiou":
        whole.append("ing")  # "debugg": the stem has one letter of the two
    return tuple(text + rest for rest in dict.fromkeys(whole))
