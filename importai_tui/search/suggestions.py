"""Which words of an archive begin as a word that may go on: the index holds stems, which may be shorter. No SQL.

What a search may have meant whose words are in no story: the nearest word that is in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from importai_tui.archive.highlighter import Highlighter, fold_text
from importai_tui.archive.search import ArchiveSearch
from importai_tui.query.conditions import Clause, Condition, Phrase, Query

_LAST_WORD = re.compile(r"[^\W_]+$")
_MIN_WORD_LENGTH = 3
"""Letters: the stemmer leaves shorter words alone."""
_MAX_STORIES_TYPING = 50
"""Of a stem, at which its spellings are looked up while one types: 6 to 15 ms, once for each stem. What is rarer among
them is found when it is typed to its end."""
_MAX_STORIES = 2_000
"""The same where a star was typed: 0.03 to 0.44 s of 480 issues on a busy machine, and an end in an archive of any
size."""
_SUFFIXES = (
    *("s", "e", "es", "ed", "ing", "y", "ies", "ied", "al", "ally", "ly", "er", "ation", "ator", "ance", "ence"),
    *("ancy", "ency", "ant", "ent", "able", "ible", "ably", "ibly", "ability", "ibility", "ment", "ement", "ion"),
    *("ism", "ate", "at", "ity", "ous", "ive", "iv", "ize", "iz", "ic", "ful", "ness"),
)
"""What the Porter stemmer takes off, in some order and one after another."""
_MAX_ENDING_LENGTH = 24
"""Letters of all that it may take off one word: "-ationalizabilities" has 18. Of more letters the ways to read them as
endings have no end."""


class PrefixExpander:
    """The words of an open archive by their beginnings. For the thread of the finder and the passages alone."""

    def __init__(self, finder: ArchiveSearch, highlighter: Highlighter) -> None:
        self._finder = finder
        self._highlighter = highlighter
        self._words_by_stem: dict[tuple[str, int], frozenset[str]] = {}
        """Of a stem, and so many places, the words that were seen: the next letter asks for the same ones."""

    def expand_query(self, query: Query) -> Query:
        """The query with the forms of all its words that may go on."""
        clauses = tuple(
            Clause(tuple(map(self._expand_condition, one.any_of)), one.is_positive) for one in query.clauses
        )
        return query if clauses == query.clauses else Query(query.text, clauses, query.sort, query.remarks)

    def expand(self, phrase: Phrase) -> Phrase:
        """The words with what the last one may become; the very same where the index can be asked for them as they are.

        "analy" begins "analysis", but not to the stemmer, which makes "anali" of it; "traini" begins no stem, yet
        "training", whose stem is "train"; and "newton" does not begin as "news" does, though the stem of that is "new".
        """
        last = _LAST_WORD.search(phrase.text)
        if not phrase.is_prefix or phrase.expansions is not None or not last:
            return phrase
        begun = fold_text(last[0])
        if len(begun) < _MIN_WORD_LENGTH or not begun.isascii():
            return phrase
        before = phrase.text[: last.start()]
        longer = list(self._find_stem_prefixes(begun, [stem for stem, _ in self._finder.find_stems(begun)]))
        whole = list(self._find_whole_words(begun, _MAX_STORIES_TYPING if phrase.is_unfinished else _MAX_STORIES))
        if phrase.is_unfinished and longer != [begun]:
            whole.append(begun)
        begins = (Phrase(before + one, is_prefix=True) for one in longer)
        forms = (*begins, *(Phrase(before + one) for one in dict.fromkeys(whole)))
        return Phrase(phrase.text, phrase.is_prefix, phrase.in_headline, phrase.is_unfinished, forms)

    def _expand_condition(self, condition: Condition) -> Condition:
        return self.expand(condition) if isinstance(condition, Phrase) else condition

    def _find_stem_prefixes(self, prefix: str, stems: Sequence[str]) -> Iterator[str]:
        """Beginnings that the stemmer leaves as they are, and that all stems with this beginning have."""
        if self._highlighter.get_stem(prefix) == prefix:
            yield prefix
            return
        at = len(prefix)
        for letter in sorted({stem[at] for stem in stems if len(stem) > at}):
            further = prefix + letter
            yield from self._find_stem_prefixes(further, [stem for stem in stems if stem.startswith(further)])

    def _find_whole_words(self, prefix: str, places: int) -> Iterator[str]:
        """For each stem that is shorter, one of its words in the stories that really begins so."""
        known = {stem for stem, _ in self._finder.find_stems(prefix[:_MIN_WORD_LENGTH])}
        stems = (
            _find_shorter_stems(prefix)
            if self._highlighter.get_stem(prefix) == prefix
            else (*_find_shorter_stems(prefix), prefix)
        )
        for stem in dict.fromkeys(stems):
            if stem in known:
                words = (word for word in sorted(self._find_words(stem, places)) if word.startswith(prefix))
                if found := next((word for word in words if self._highlighter.get_stem(word) == stem), None):
                    yield found

    def _find_words(self, stem: str, places: int) -> frozenset[str]:
        """The words that begin as this stem does, in stories that have it."""
        if (stem, places) not in self._words_by_stem:
            begin = re.escape(stem[:-1])
            # The letters first, and then that they begin a word: that is ten times as quick as the other way round.
            begins = re.compile(rf"{begin}(?<![^\W_]{begin})[^\W_]*")
            words: set[str] = set()
            for story in self._finder.find_stories_with_stem(stem, places):
                texts = (story.headline, story.tagline, story.section, story.series, story.text)
                links = (f"{link.text} {link.work or ''}" for link in story.links)
                words.update(begins.findall(fold_text(" ".join((*(one for one in texts if one), *links)))))
            self._words_by_stem[stem, places] = frozenset(words)
        return self._words_by_stem[stem, places]


def _find_shorter_stems(prefix: str) -> Iterator[str]:
    """The stems that a word may have which begins so, but of which that is no beginning."""
    for at in range(_MIN_WORD_LENGTH, len(prefix)):
        stem, rest = prefix[:at], prefix[at:]
        if _starts_suffix(rest):
            yield stem
            yield f"{stem}e"  # "hoping"
        if rest[0] == "y" and _starts_suffix(rest[1:]):
            yield f"{stem}i"  # "studying"
        if rest[0] == stem[-1] and _starts_suffix(rest[1:]):
            yield stem  # "running"


@lru_cache(maxsize=512)
def _starts_suffix(rest: str) -> bool:
    """Whether these letters begin what the stemmer takes off. Kept, for endings end alike in many ways."""
    return len(rest) <= _MAX_ENDING_LENGTH and any(
        one.startswith(rest) or (rest.startswith(one) and _starts_suffix(rest[len(one) :])) for one in _SUFFIXES
    )


_WORD = re.compile(r"[^\W_]+")
_MIN_SIMILARITY = 0.75
"""Of difflib's likeness: one letter wrong, missing or too many in a word of four, two in one of eight."""
_SAME_LETTERS_SIMILARITY = 0.95
_MAX_CANDIDATES = 4
"""Stems whose spelling is looked up."""
_MAX_SPELLING_STORIES = 3
"""Stories that a stem's spelling is taken from: its other spellings are less like what most stories write."""


def suggest_query(
    query: Query, finder: ArchiveSearch, highlighter: Highlighter, expander: PrefixExpander
) -> str | None:
    """The whole line with the words replaced that no story has; None where they all are in one, or none is near."""
    line = query.text
    for word in _find_unknown_words(query, finder, expander):
        near = _find_nearest_word(word, finder, highlighter)
        if near:
            # Imported here, as what tells likeness is.
            from importai_tui.query.parser import replace_word

            line = replace_word(line, word, near)
    return line if line != query.text else None


def _find_unknown_words(query: Query, finder: ArchiveSearch, expander: PrefixExpander) -> Iterator[str]:
    """The words of the query that are in no story, each as it was typed."""
    seen: set[str] = set()
    for words in query.phrases():
        found = list(_WORD.finditer(words.text))
        for at, one in enumerate(found):
            word = one[0]
            begun = words.is_prefix and at == len(found) - 1
            if word in seen or len(word) < _MIN_WORD_LENGTH or any(map(str.isdigit, word)):
                continue
            seen.add(word)
            asked = Phrase(word, is_prefix=begun, is_unfinished=begun and words.is_unfinished)
            if not finder.has_match(expander.expand(asked)):
                yield word


def _find_nearest_word(word: str, finder: ArchiveSearch, highlighter: Highlighter) -> str | None:
    """The word of the stories that is most like this one, in small letters."""
    # Imported here: who finds what he looks for needs no likeness.
    from difflib import SequenceMatcher, get_close_matches

    small = word.casefold()
    stem = highlighter.get_stem(small)
    stories = dict(finder.find_stems(stem[:1]))
    near = get_close_matches(stem, stories, _MAX_CANDIDATES, _MIN_SIMILARITY)
    letters = sorted(stem)
    near += [other for other in stories if len(other) == len(stem) and sorted(other) == letters]

    def likeness(one: str) -> float:
        # Two letters in the other order are the commonest slip of all, and difflib counts them as two.
        return _SAME_LETTERS_SIMILARITY if sorted(one) == sorted(small) else SequenceMatcher(None, small, one).ratio()

    spelled = ((one, stories[other]) for other in near for one in _find_spellings(other, finder, highlighter))
    alike = ((likeness(one), count, one) for one, count in spelled)
    best = max(alike, default=None)
    return best[2] if best else None


def _find_spellings(stem: str, finder: ArchiveSearch, highlighter: Highlighter) -> list[str]:
    texts = [
        text
        for story in finder.find_stories_with_stem(stem, _MAX_SPELLING_STORIES)
        for text in (story.headline, story.tagline or "", story.text, *(link.text for link in story.links))
    ]
    return highlighter.find_variants(stem, texts)
