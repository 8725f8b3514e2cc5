"""Corrects mistyped words: replaces those that no story has by the most similar words of the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from importai_tui.archive.highlighter import Highlighter, fold_text
from importai_tui.archive.search import ArchiveSearch
from importai_tui.query.conditions import Condition, Phrase, Query
from importai_tui.query.parser import quote_words, replace_word
from importai_tui.query.spellings import FUNCTION_WORDS

_MIN_LENGTH = 4
"""Letters of a word that may be mistyped."""
_LONG_LENGTH = 7
"""Letters from which on a word may have two mistakes."""
_MAX_CANDIDATES = 10
"""Similar stems whose spellings are looked up."""
_MAX_ENDING_LENGTH = 6
"""Letters that a stem may be shorter than its word: "robot" of "robotically"."""
_MAX_SPELLING_STORIES = 8
"""Stories in which the spellings of a candidate are looked up; enough for the common ones."""
_MAX_OTHER_LETTERS = 2
"""Letters of a similar stem that the word does not have."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Correction:
    """A query with corrected words.

    `line` is the corrected line, `literal_line` the typed one with quotes, which searches for the typed words.
    """

    query: Query
    typed_words: tuple[str, ...]
    line: str
    literal_line: str

    @property
    def is_certain(self) -> bool:
        """True if the words are so long that other words are hardly so similar."""
        return all(len(word) >= _LONG_LENGTH for word in self.typed_words)


class Corrector:
    """Corrects queries with the words of an open archive. Use it in the thread of its archive and highlighter."""

    def __init__(self, archive: ArchiveSearch, highlighter: Highlighter) -> None:
        self._archive = archive
        self._highlighter = highlighter
        self._change = -1
        self._stems: dict[str, list[tuple[str, int, int]]] = {}
        """By first letter: the stems of the archive, each with its number of stories and the set of its letters."""
        self._spellings: dict[str, list[str]] = {}

    def correct(self, query: Query, expanded: Query) -> Correction | None:
        """Return the query with similar words for those that no story has; None if there are none.

        `expanded` is the expanded query. Words in quotes are never corrected.
        """
        replacements: dict[str, str] = {}
        for word in self._find_unknown_words(expanded):
            if similar := self._find_nearest_word(word):
                replacements[word] = similar
        if not replacements:
            return None
        line = query.text
        for word, similar in replacements.items():
            line = replace_word(line, word, similar)
        clauses = tuple(
            replace(clause, any_of=tuple(_correct_condition(one, replacements) for one in clause.any_of))
            if clause.is_positive
            else clause
            for clause in query.clauses
        )
        words = tuple(replacements)
        return Correction(replace(query, clauses=clauses), words, line, quote_words(query.text, words))

    def _find_unknown_words(self, query: Query) -> Iterator[str]:
        """Yield the words of an expanded query that no story has, as typed."""
        seen: set[str] = set()
        for phrase in query.phrases():
            if phrase.is_literal or self._archive.has_match(phrase):
                continue
            matches = list(_WORD.finditer(phrase.text))
            for match in matches:
                word = match[0]
                if word in seen or len(word) < _MIN_LENGTH or not word.isalpha():
                    continue
                seen.add(word)
                is_prefix = phrase.is_prefix and match is matches[-1]
                if len(matches) == 1 or not self._archive.has_match(
                    Phrase(word, is_prefix=is_prefix, is_unfinished=is_prefix)
                ):
                    yield word

    def _find_nearest_word(self, word: str) -> str | None:
        """Return the most similar word of the stories, in lower case; None if none is similar enough."""
        folded = fold_text(word)
        letters = _get_letters(folded)
        max_edits = 1 if len(folded) < _LONG_LENGTH else 2
        stem_length = len(self._highlighter.get_stem(folded))
        # The stem of a mistyped word may be longer or shorter, if its ending is mistyped.
        similar = [
            (2 * edits + abs(len(stem) - stem_length), -count, stem)
            for stem, count, stem_letters in self._get_stems(folded[:1])
            if -max_edits <= len(folded) - len(stem) <= _MAX_ENDING_LENGTH
            and (stem_letters & ~letters).bit_count() <= _MAX_OTHER_LETTERS
            and (edits := _count_edits_of_beginning(folded, stem)) <= max_edits
        ]
        candidates = [
            (_count_edits(folded, fold_text(spelling)), *_compare(folded, fold_text(spelling)), count, spelling)
            for _, count, stem in sorted(similar)[:_MAX_CANDIDATES]
            for spelling in self._find_spellings(stem)
            if spelling not in FUNCTION_WORDS
        ]
        edits, *_, spelling = min(candidates, default=(max_edits + 1, True, 0, 0, ""))
        return spelling if edits <= max_edits else None

    def _get_stems(self, letter: str) -> Sequence[tuple[str, int, int]]:
        if (change := self._archive.get_change()) != self._change:
            self._change = change
            self._stems.clear()
            self._spellings.clear()
        if letter not in self._stems:
            found = self._archive.find_stems(letter)
            self._stems[letter] = [(stem, count, _get_letters(stem)) for stem, count in found if stem.isalpha()]
        return self._stems[letter]

    def _find_spellings(self, stem: str) -> list[str]:
        if stem not in self._spellings:
            self._spellings[stem] = self._load_spellings(stem)
        return self._spellings[stem]

    def _load_spellings(self, stem: str) -> list[str]:
        texts = [
            text
            for story in self._archive.find_stories_with_stem(stem, _MAX_SPELLING_STORIES)
            for text in (story.headline, story.tagline or "", story.text, *(link.text for link in story.links))
        ]
        return self._highlighter.find_variants(stem, texts)


def _count_edits(one: str, other: str) -> int:
    """Return the number of typing mistakes: wrong, missing or extra letters, or two swapped neighbours."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, other_letter in enumerate(other, 1):
            edits = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other_letter))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == other_letter:
                edits = min(edits, before_last[column - 2] + 1)
            current.append(edits)
        before_last, last = last, current
    return last[-1]


def _compare(word: str, other: str) -> tuple[bool, int]:
    """Return the sort key of words with as many mistakes: swapped letters first, because they are most common."""
    return sorted(word) != sorted(other), abs(len(word) - len(other))


def _count_edits_of_beginning(word: str, stem: str) -> int:
    """Return the number of typing mistakes between a stem and the beginning of a word that is most like it."""
    lengths = range(len(stem) - 1, min(len(stem) + 1, len(word)) + 1)
    return min(_count_edits(word[:length], stem) for length in lengths) if lengths else len(stem)


def _get_letters(word: str) -> int:
    """Return the set of letters of a word as bits, which are fast to compare."""
    letters = 0
    for letter in word:
        letters |= 1 << (ord(letter) & 31)
    return letters


def _correct_condition(condition: Condition, replacements: dict[str, str]) -> Condition:
    if not isinstance(condition, Phrase):
        return condition
    text = _WORD.sub(lambda match: replacements.get(match[0], match[0]), condition.text)
    last_words = _WORD.findall(condition.text)[-1:]
    is_prefix = condition.is_prefix and not any(word in replacements for word in last_words)
    return replace(condition, text=text, is_prefix=is_prefix, is_unfinished=condition.is_unfinished and is_prefix)
