"""Which pieces of a text may be words that are asked for, told without an index. Pure.

It may say too many and never too few: the stemmer changes no more than the last letter of what it leaves, so a word
begins as its stem does, but for that letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from importai_tui.archive.story_index import searchable
from importai_tui.query import Words

_TOKEN = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_FOREIGN = re.compile("[^\x00-\u024f\u2000-\u206f]")
"""All but Latin letters, and the signs of good typography: where words end in other scripts the index alone tells."""


class Sieve:
    """What texts are asked for."""

    def __init__(self, words: Iterable[Words], stem: Callable[[str], str]) -> None:
        """`words` are those that are asked for; `stem` tells how one stands in the index."""
        asked = [form for one in words for form in (one.forms if one.forms is not None else (one,))]
        tokens = [_TOKEN.findall(searchable(one.text)) for one in asked]
        self._one_by_one = all(len(of_one) == 1 for of_one in tokens)
        # Of a phrase the longest word is the rarest.
        longest = [max(of_one, key=len) for of_one in tokens if of_one]
        self._tells = all(map(str.isascii, longest))
        self._begins = tuple(sorted({stem(one)[:-1] or one[:1].lower() for one in longest} if self._tells else ()))
        each = map(re.escape, self._begins)
        # The letters first, and then that they begin a word: that is ten times as quick as the other way round.
        source = "|".join(rf"{begin}(?<![^\W_]{begin})" for begin in each)
        self._piece = re.compile(rf"(?:{source})[^\W_]*")

    def may_have(self, text: str) -> bool:
        """Whether the text may have any of the words."""
        if not self._tells:
            return True
        small = text.lower()
        if not text.isascii():
            # Quicker than `folded`, and what else it takes out can only make more of the words.
            small = unicodedata.normalize("NFD", small).encode("ascii", "ignore").decode()
        return any(begin in small for begin in self._begins)

    def pieces(self, text: str) -> tuple[tuple[int, int], ...] | None:
        """The words of the text that may be asked for, each from one character to before another.

        None where the index alone can tell: of phrases, and of letters that it takes for others.
        """
        if not (self._tells and self._one_by_one):
            return None
        small = searchable(text).lower() if text.isascii() else folded(searchable(text))
        if not text.isascii() and (len(small) != len(text) or _FOREIGN.search(text)):
            return None
        return tuple(found.span() for found in self._piece.finditer(small)) if self._begins else ()


def folded(text: str) -> str:
    """Small letters without accents, as the index has them."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
