"""What a search may have meant whose words are in no story: the nearest word that is in one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from importai_tui.archive.finder import Finder
from importai_tui.archive.passages import Passages
from importai_tui.query import Query, Words
from importai_tui.search.beginnings import Beginnings

_WORD = re.compile(r"[^\W_]+")
_ALIKE = 0.75
"""Of difflib's likeness: one letter wrong, missing or too many in a word of four, two in one of eight."""
_SAME_LETTERS = 0.95
_SHORTEST = 3
"""Letters: a shorter word is like too many."""
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
            from importai_tui.query.mending import mended

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
