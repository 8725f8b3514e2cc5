"""Expands word prefixes to the words of an archive.

The full-text index holds Porter stems, which may be shorter than a typed prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from importai_tui.archive.highlighter import Highlighter, fold_text
from importai_tui.archive.search import ArchiveSearch
from importai_tui.query.conditions import Phrase

_MIN_WORD_LENGTH = 3
"""Letters; the stemmer does not change shorter words."""
_MAX_STORIES_TYPING = 50
"""Stories in which the spellings of a stem are looked up while the user types: 6 to 15 ms, once for each stem.

A rarer spelling is found when the user has typed the whole word.
"""
_MAX_STORIES = 2_000
"""Stories for a prefix with a star: 0.03 to 0.44 s with 480 issues on a busy machine, and a bound for any archive."""
_SUFFIXES = (
    *("s", "e", "es", "ed", "ing", "y", "ies", "ied", "al", "ally", "ly", "er", "ation", "ator", "ance", "ence"),
    *("ancy", "ency", "ant", "ent", "able", "ible", "ably", "ibly", "ability", "ibility", "ment", "ement", "ion"),
    *("ism", "ate", "at", "ity", "ous", "ive", "iv", "ize", "iz", "ic", "ful", "ness"),
)
"""Suffixes that the Porter stemmer removes, some of them one after another."""
_MAX_ENDING_LENGTH = 24
"""Letters of all suffixes of a word; "-ationalizabilities" has 18. A limit, because the search is exponential."""
_LAST_WORD = re.compile(r"[^\W_]+$")


class PrefixExpander:
    """Expands prefixes to words of an open archive. Use it in the thread of its archive and highlighter."""

    def __init__(self, archive: ArchiveSearch, highlighter: Highlighter) -> None:
        self._archive = archive
        self._highlighter = highlighter
        self._words_by_stem: dict[tuple[str, int], frozenset[str]] = {}
        """Cached words by stem and number of stories, because the next key press needs the same ones."""

    def expand(self, phrase: Phrase) -> Phrase:
        """Return the phrase with its `expansions`, or the same object if the index needs none.

        Stems make prefixes hard: the stemmer turns "analy" into "anali", no prefix of "analysis". The stem of
        "training" is "train", shorter than the prefix "traini". The stem of "news" is "new", a prefix of "newton".
        """
        last = _LAST_WORD.search(phrase.text)
        if not phrase.is_prefix or phrase.expansions is not None or not last:
            return phrase
        prefix = fold_text(last[0])
        if len(prefix) < _MIN_WORD_LENGTH or not prefix.isascii():
            return phrase
        before = phrase.text[: last.start()]
        stems = [stem for stem, _ in self._archive.find_stems(prefix)]
        stem_prefixes = list(self._find_stem_prefixes(prefix, stems))
        max_stories = _MAX_STORIES_TYPING if phrase.is_unfinished else _MAX_STORIES
        whole_words = list(self._find_whole_words(prefix, max_stories))
        if phrase.is_unfinished and stem_prefixes != [prefix]:
            whole_words.append(prefix)
        expansions = [Phrase(before + stem_prefix, is_prefix=True) for stem_prefix in stem_prefixes]
        expansions += (Phrase(before + word) for word in dict.fromkeys(whole_words))
        return replace(phrase, expansions=tuple(expansions))

    def _find_stem_prefixes(self, prefix: str, stems: Sequence[str]) -> Iterator[str]:
        """Yield extensions of a prefix that the stemmer does not change, and that cover all stems with the prefix."""
        if self._highlighter.get_stem(prefix) == prefix:
            yield prefix
            return
        length = len(prefix)
        for letter in sorted({stem[length] for stem in stems if len(stem) > length}):
            longer = prefix + letter
            yield from self._find_stem_prefixes(longer, [stem for stem in stems if stem.startswith(longer)])

    def _find_whole_words(self, prefix: str, max_stories: int) -> Iterator[str]:
        """Yield, for each shorter stem, one word of the stories that has the stem and the prefix."""
        stems_in_index = {stem for stem, _ in self._archive.find_stems(prefix[:_MIN_WORD_LENGTH])}
        stems = [*_find_shorter_stems(prefix)]
        if self._highlighter.get_stem(prefix) != prefix:
            stems.append(prefix)
        for stem in dict.fromkeys(stems):
            if stem in stems_in_index:
                words = (word for word in sorted(self._find_words(stem, max_stories)) if word.startswith(prefix))
                if whole_word := next((word for word in words if self._highlighter.get_stem(word) == stem), None):
                    yield whole_word

    def _find_words(self, stem: str, max_stories: int) -> frozenset[str]:
        """Return the words that start like the stem, from stories that contain it."""
        if (stem, max_stories) not in self._words_by_stem:
            pattern = re.escape(stem[:-1])
            # Matching the letters first and the word boundary after them is ten times faster.
            word_start = re.compile(rf"{pattern}(?<![^\W_]{pattern})[^\W_]*")
            words: set[str] = set()
            for story in self._archive.find_stories_with_stem(stem, max_stories):
                texts = (story.headline, story.tagline, story.section, story.series, story.text)
                links = (f"{link.text} {link.work or ''}" for link in story.links)
                words.update(word_start.findall(fold_text(" ".join((*(text for text in texts if text), *links)))))
            self._words_by_stem[stem, max_stories] = frozenset(words)
        return self._words_by_stem[stem, max_stories]


def _find_shorter_stems(prefix: str) -> Iterator[str]:
    """Yield the stems that a word with this prefix may have and that are shorter than the prefix."""
    for length in range(_MIN_WORD_LENGTH, len(prefix)):
        stem, rest = prefix[:length], prefix[length:]
        if _starts_suffix(rest):
            yield stem
            yield f"{stem}e"  # "hoping"
        if rest[0] == "y" and _starts_suffix(rest[1:]):
            yield f"{stem}i"  # "studying"
        if rest[0] == stem[-1] and _starts_suffix(rest[1:]):
            yield stem  # "running"


@lru_cache(maxsize=512)
def _starts_suffix(rest: str) -> bool:
    """Return True if these letters are the start of suffixes that the stemmer removes. Cached, because it recurses."""
    return len(rest) <= _MAX_ENDING_LENGTH and any(
        one.startswith(rest) or (rest.startswith(one) and _starts_suffix(rest[len(one) :])) for one in _SUFFIXES
    )
