"""Finds the most similar of many headlines. Pure.

Difflib's ratio decides, but it takes 0.2 ms a pair, so an issue with 400 changed headlines would take minutes. Upper
bounds of the ratio, which cost a thousandth of that, exclude nearly all pairs first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

SAME_HEADLINE = 0.8
"""From this ratio on (difflib's, 0 to 1) a changed headline is an edit of the old one: "robot" to "robots", a corrected
name. Two different stories of one issue stay far below it."""
_FEW = 40
"""Headlines, twice as many as an issue has: all that pass the bounds are compared exactly."""
_CLOSEST = 2
"""Of more headlines than that, only these many, by their shared pairs of letters, are compared exactly."""


class SimilarHeadlines:
    """A set of headlines by key that can be asked for the one most similar to another headline."""

    def __init__(self, headlines: Mapping[str, str]) -> None:
        self._bits: dict[object, int] = {}
        self._shapes = {key: self._shape(headline.casefold()) for key, headline in headlines.items()}

    def remove(self, key: str) -> None:
        """Leave out a headline from now on."""
        del self._shapes[key]

    def closest(self, headline: str, among: Collection[str] | None = None) -> str | None:
        """The key of the most similar headline, None where none is an edit of this one.

        Args:
            headline: the headline to compare with.
            among: the keys to look at; all where it is None.
        """
        wanted = self._shape(headline.casefold())
        shapes = self._shapes if among is None else {key: self._shapes[key] for key in among}
        possible = [key for key, shape in shapes.items() if _may_be_edit(wanted, shape)]
        if not possible:
            return None
        if len(possible) > _FEW:
            possible.sort(key=lambda key: (wanted.pairs & shapes[key].pairs).bit_count(), reverse=True)
            del possible[_CLOSEST:]
        # Imported here: only an edited issue needs it, every command would pay for it.
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(b=wanted.text, autojunk=False)
        ratios: dict[str, float] = {}
        for key in possible:
            matcher.set_seq1(shapes[key].text)
            ratios[key] = matcher.ratio()
        best = max(ratios, key=ratios.__getitem__)
        return best if ratios[best] >= SAME_HEADLINE else None

    def _shape(self, text: str) -> _Shape:
        return _Shape(text, len(text), self._bits_of(text), self._bits_of(pairwise(text)))

    def _bits_of(self, parts: Iterable[object]) -> int:
        # The second "a" of a text is another bit than the first one, so that each counts as often as both have it.
        counted: Counter[object] = Counter()
        found = 0
        for part in parts:
            counted[part] += 1
            found |= 1 << self._bits.setdefault((part, counted[part]), len(self._bits))
        return found


class _Shape(NamedTuple):
    """A text with its letters and its pairs of neighbouring letters, each as bits that two texts have in common."""

    text: str
    length: int
    letters: int
    pairs: int


def _may_be_edit(one: _Shape, other: _Shape) -> bool:
    """Whether an upper bound of the ratio of two texts is high enough.

    No more letters can match than both have. And M matching letters of T stand in at most T - 2M + 1 runs; within a
    run the pairs match too, so 3M is at most the shared pairs + T + 1.
    """
    total = one.length + other.length
    least = SAME_HEADLINE * total / 2 - 1e-6  # so that rounding excludes none
    return (one.letters & other.letters).bit_count() >= least and (
        one.pairs & other.pairs
    ).bit_count() + total + 1 >= 3 * least
