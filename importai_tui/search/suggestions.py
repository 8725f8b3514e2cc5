"""Which words of an archive begin as a word that may go on: the index holds stems, which may be shorter. No SQL.

What a search may have meant whose words are in no story: the nearest word that is in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from importai_tui.archive.highlighter import Passages, folded
from importai_tui.archive.search import Finder
from importai_tui.query.conditions import Clause, Condition, Query, Words

_LAST = re.compile(r"[^\W_]+$")
_SHORTEST = 3
"""Letters: the stemmer leaves shorter words alone."""
_PLACES = 50
"""Of a stem, at which its spellings are looked up while one types: 6 to 15 ms, once for each stem. What is rarer among
them is found when it is typed to its end."""
_ALL_PLACES = 2_000
"""The same where a star was typed: 0.03 to 0.44 s of 480 issues on a busy machine, and an end in an archive of any
size."""
_SUFFIXES = (
    *("s", "e", "es", "ed", "ing", "y", "ies", "ied", "al", "ally", "ly", "er", "ation", "ator", "ance", "ence"),
    *("ancy", "ency", "ant", "ent", "able", "ible", "ably", "ibly", "ability", "ibility", "ment", "ement", "ion"),
    *("ism", "ate", "at", "ity", "ous", "ive", "iv", "ize", "iz", "ic", "ful", "ness"),
)
"""What the Porter stemmer takes off, in some order and one after another."""
_LONGEST_ENDING = 24
"""Letters of all that it may take off one word: "-ationalizabilities" has 18. Of more letters the ways to read them as
endings have no end."""


class Beginnings:
    """The words of an open archive by their beginnings. For the thread of the finder and the passages alone."""

    def __init__(self, finder: Finder, passages: Passages) -> None:
        self._finder = finder
        self._passages = passages
        self._spelled: dict[tuple[str, int], frozenset[str]] = {}
        """Of a stem, and so many places, the words that were seen: the next letter asks for the same ones."""

    def looked_up(self, query: Query) -> Query:
        """The query with the forms of all its words that may go on."""
        clauses = tuple(Clause(tuple(map(self._condition, one.any_of)), one.wanted) for one in query.clauses)
        return query if clauses == query.clauses else Query(query.text, clauses, query.sort, query.remarks)

    def of(self, words: Words) -> Words:
        """The words with what the last one may become; the very same where the index can be asked for them as they are.

        "analy" begins "analysis", but not to the stemmer, which makes "anali" of it; "traini" begins no stem, yet
        "training", whose stem is "train"; and "newton" does not begin as "news" does, though the stem of that is "new".
        """
        last = _LAST.search(words.text)
        if not words.prefix or words.forms is not None or not last:
            return words
        begun = folded(last[0])
        if len(begun) < _SHORTEST or not begun.isascii():
            return words
        before = words.text[: last.start()]
        longer = list(self._longer(begun, [stem for stem, _ in self._finder.stems(begun)]))
        whole = list(self._whole(begun, _PLACES if words.typed else _ALL_PLACES))
        if words.typed and longer != [begun]:
            whole.append(begun)
        begins = (Words(before + one, prefix=True) for one in longer)
        forms = (*begins, *(Words(before + one) for one in dict.fromkeys(whole)))
        return Words(words.text, words.prefix, words.headline, words.typed, forms)

    def _condition(self, condition: Condition) -> Condition:
        return self.of(condition) if isinstance(condition, Words) else condition

    def _longer(self, begun: str, stems: Sequence[str]) -> Iterator[str]:
        """Beginnings that the stemmer leaves as they are, and that all stems with this beginning have."""
        if self._passages.stem(begun) == begun:
            yield begun
            return
        at = len(begun)
        for letter in sorted({stem[at] for stem in stems if len(stem) > at}):
            further = begun + letter
            yield from self._longer(further, [stem for stem in stems if stem.startswith(further)])

    def _whole(self, begun: str, places: int) -> Iterator[str]:
        """For each stem that is shorter, one of its words in the stories that really begins so."""
        known = {stem for stem, _ in self._finder.stems(begun[:_SHORTEST])}
        stems = _shorter(begun) if self._passages.stem(begun) == begun else (*_shorter(begun), begun)
        for stem in dict.fromkeys(stems):
            if stem in known:
                words = (word for word in sorted(self._words(stem, places)) if word.startswith(begun))
                if found := next((word for word in words if self._passages.stem(word) == stem), None):
                    yield found

    def _words(self, stem: str, places: int) -> frozenset[str]:
        """The words that begin as this stem does, in stories that have it."""
        if (stem, places) not in self._spelled:
            begin = re.escape(stem[:-1])
            # The letters first, and then that they begin a word: that is ten times as quick as the other way round.
            begins = re.compile(rf"{begin}(?<![^\W_]{begin})[^\W_]*")
            words: set[str] = set()
            for story in self._finder.stories_with(stem, places):
                texts = (story.headline, story.tagline, story.section, story.series, story.text)
                links = (f"{link.text} {link.work or ''}" for link in story.links)
                words.update(begins.findall(folded(" ".join((*(one for one in texts if one), *links)))))
            self._spelled[stem, places] = frozenset(words)
        return self._spelled[stem, places]


def _shorter(begun: str) -> Iterator[str]:
    """The stems that a word may have which begins so, but of which that is no beginning."""
    for at in range(_SHORTEST, len(begun)):
        stem, rest = begun[:at], begun[at:]
        if _ends(rest):
            yield stem
            yield f"{stem}e"  # "hoping"
        if rest[0] == "y" and _ends(rest[1:]):
            yield f"{stem}i"  # "studying"
        if rest[0] == stem[-1] and _ends(rest[1:]):
            yield stem  # "running"


@lru_cache(maxsize=512)
def _ends(rest: str) -> bool:
    """Whether these letters begin what the stemmer takes off. Kept, for endings end alike in many ways."""
    return len(rest) <= _LONGEST_ENDING and any(
        one.startswith(rest) or (rest.startswith(one) and _ends(rest[len(one) :])) for one in _SUFFIXES
    )


_WORD = re.compile(r"[^\W_]+")
_ALIKE = 0.75
"""Of difflib's likeness: one letter wrong, missing or too many in a word of four, two in one of eight."""
_SAME_LETTERS = 0.95
_NEAREST = 4
"""Stems whose spelling is looked up."""
_STORIES = 3
"""Stories that a stem's spelling is taken from: its other spellings are less like what most stories write."""


def suggestion(query: Query, finder: Finder, passages: Passages, beginnings: Beginnings) -> str | None:
    """The whole line with the words replaced that no story has; None where they all are in one, or none is near."""
    line = query.text
    for word in _strangers(query, finder, beginnings):
        near = _nearest(word, finder, passages)
        if near:
            # Imported here, as what tells likeness is.
            from importai_tui.query.parser import mended

            line = mended(line, word, near)
    return line if line != query.text else None


def _strangers(query: Query, finder: Finder, beginnings: Beginnings) -> Iterator[str]:
    """The words of the query that are in no story, each as it was typed."""
    seen: set[str] = set()
    for words in query.words():
        found = list(_WORD.finditer(words.text))
        for at, one in enumerate(found):
            word = one[0]
            begun = words.prefix and at == len(found) - 1
            if word in seen or len(word) < _SHORTEST or any(map(str.isdigit, word)):
                continue
            seen.add(word)
            asked = Words(word, prefix=begun, typed=begun and words.typed)
            if not finder.has(beginnings.of(asked)):
                yield word


def _nearest(word: str, finder: Finder, passages: Passages) -> str | None:
    """The word of the stories that is most like this one, in small letters."""
    # Imported here: who finds what he looks for needs no likeness.
    from difflib import SequenceMatcher, get_close_matches

    small = word.casefold()
    stem = passages.stem(small)
    stories = dict(finder.stems(stem[:1]))
    near = get_close_matches(stem, stories, _NEAREST, _ALIKE)
    letters = sorted(stem)
    near += [other for other in stories if len(other) == len(stem) and sorted(other) == letters]

    def likeness(one: str) -> float:
        # Two letters in the other order are the commonest slip of all, and difflib counts them as two.
        return _SAME_LETTERS if sorted(one) == sorted(small) else SequenceMatcher(None, small, one).ratio()

    spelled = ((one, stories[other]) for other in near for one in _spellings(other, finder, passages))
    alike = ((likeness(one), count, one) for one, count in spelled)
    best = max(alike, default=None)
    return best[2] if best else None


def _spellings(stem: str, finder: Finder, passages: Passages) -> list[str]:
    texts = [
        text
        for story in finder.stories_with(stem, _STORIES)
        for text in (story.headline, story.tagline or "", story.text, *(link.text for link in story.links))
    ]
    return passages.spellings(stem, texts)
