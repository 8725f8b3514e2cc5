"""Finds phrases in any text by the rules of the full-text index, for the highlighting of matches.

A small FTS5 index in memory decides. A prefilter without SQLite answers most calls.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from importai_tui.archive.full_text import TOKENIZER, to_indexed_text
from importai_tui.archive.match import match_any
from importai_tui.query.conditions import Phrase

Ranges = tuple[tuple[int, int], ...]
"""Parts of a text as (start, end) in characters, in order and without overlaps; `end` is exclusive."""

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_NON_LATIN = re.compile("[^\x00-\u024f\u2000-\u206f]")
"""All but Latin letters and typographic signs. In other scripts only the index knows where words end."""
_START, _END = "\x01", "\x02"
"""Markers around a match. The archive's text has no such characters; in other texts they count as spaces."""
_MARKER = re.compile(f"[{_START}{_END}]")
_UNINDEXABLE = re.compile("[\x00-\x02\ud800-\udfff]")
"""Characters that count as spaces: the markers, zero, which ends a text in SQLite, and surrogates, which it refuses."""


class Highlighter:
    """A small full-text index in memory, for one thread. It is empty between two calls."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute(f"CREATE VIRTUAL TABLE passage USING fts5 (text, tokenize='{TOKENIZER}')")
        self._connection.execute("CREATE VIRTUAL TABLE stem USING fts5vocab (passage, instance)")

    def close(self) -> None:
        """Free the memory; a second call does nothing."""
        self._connection.close()

    def find_matches(self, phrases: Sequence[Phrase], texts: Sequence[str]) -> list[Ranges]:
        """Return where any of the phrases match in each text. Each text counts as a headline."""
        found: list[Ranges] = [()] * len(texts)
        prefilter = self.create_prefilter(phrases)
        candidates = [prefilter.find_candidates(text) for text in texts]
        words = list({text[a:b] for text, ranges in zip(texts, candidates, strict=True) for a, b in ranges or ()})
        matching = {
            word for word, indexes in zip(words, self.find_matching_phrases(phrases, words), strict=True) if indexes
        }
        undecided: list[int] = []
        for row, (text, ranges) in enumerate(zip(texts, candidates, strict=True)):
            if ranges is not None:
                found[row] = tuple((start, end) for start, end in ranges if text[start:end] in matching)
            elif prefilter.may_match(text):
                undecided.append(row)
        exact = self._find_with_index(phrases, [texts[row] for row in undecided])
        for row, ranges in zip(undecided, exact, strict=True):
            found[row] = ranges
        return found

    def create_prefilter(self, phrases: Sequence[Phrase]) -> Prefilter:
        """Return a fast filter for texts that have none of the phrases."""
        return Prefilter(_in_any_column(phrases), self.get_stem)

    def find_matching_phrases(self, phrases: Sequence[Phrase], texts: Sequence[str]) -> list[frozenset[int]]:
        """Return for each text the indexes of the phrases that match in it."""
        found: list[set[int]] = [set() for _ in texts]
        sql = "SELECT rowid FROM passage WHERE passage MATCH ?"
        with self._indexed_texts(texts):
            for index, phrase in enumerate(phrases):
                for usable in _in_any_column([phrase]):
                    for (row,) in self._connection.execute(sql, (match_any([usable]),)):
                        found[row].add(index)
        return [frozenset(indexes) for indexes in found]

    def get_stem(self, word: str) -> str:
        """Return the stem of the first word of a text, as the index stores it; the text itself if it has no word."""
        with self._indexed_texts([word]):
            rows = self._connection.execute("SELECT term FROM stem ORDER BY offset LIMIT 1").fetchall()
        return str(rows[0][0]) if rows else word

    def find_variants(self, stem: str, texts: Iterable[str]) -> list[str]:
        """Return the words of the texts that have this stem, in lower case, the most frequent first."""
        count: dict[str, int] = {}
        for text in texts:
            for word in _WORD.findall(text.casefold()):
                if word[:1] == stem[:1]:
                    count[word] = count.get(word, 0) + 1
        words = list(count)
        with self._indexed_texts(words):
            rows = self._connection.execute("SELECT DISTINCT doc FROM stem WHERE term = ?", (stem,)).fetchall()
        return sorted((words[row[0]] for row in rows), key=lambda word: (-count[word], word))

    def _find_with_index(self, phrases: Sequence[Phrase], texts: Sequence[str]) -> list[Ranges]:
        """Return the same as `find_matches`, without the prefilter."""
        found: list[Ranges] = [()] * len(texts)
        match = match_any(_in_any_column(phrases))
        if not (match and texts):
            return found
        sql = f"SELECT rowid, highlight(passage, 0, '{_START}', '{_END}') FROM passage WHERE passage MATCH ?"
        with self._indexed_texts(texts):
            for row, text in self._connection.execute(sql, (match,)):
                found[row] = _parse_ranges(text)
        return found

    @contextmanager
    def _indexed_texts(self, texts: Sequence[str]) -> Iterator[None]:
        """Index the texts, under their positions, for the time of the block."""
        # Never committed, because a rollback is faster than removing word by word.
        self._connection.execute("BEGIN")
        try:
            rows = ((row, to_indexed_text(_replace_unindexable(text))) for row, text in enumerate(texts))
            self._connection.executemany("INSERT INTO passage (rowid, text) VALUES (?, ?)", rows)
            yield
        finally:
            self._connection.execute("ROLLBACK")


class Prefilter:
    """Finds without SQLite which texts, and which words of a text, may match a phrase.

    It may return too much, and never too little. The stemmer changes at most the last letter of a stem. So a word
    begins with its stem, except for that letter.
    """

    def __init__(self, phrases: Iterable[Phrase], stem: Callable[[str], str]) -> None:
        """Prepare the filter; `stem` returns the stem of a word, as `Highlighter.get_stem` does."""
        flat = [form for one in phrases for form in (one.expansions if one.expansions is not None else (one,))]
        words = [_WORD.findall(to_indexed_text(phrase.text)) for phrase in flat]
        self._has_single_words = all(len(of_phrase) == 1 for of_phrase in words)
        # The longest word of a phrase is the rarest.
        longest = [max(of_phrase, key=len) for of_phrase in words if of_phrase]
        self._is_usable = all(map(str.isascii, longest))
        beginnings = {stem(word)[:-1] or word[:1].lower() for word in longest} if self._is_usable else ()
        self._beginnings = tuple(sorted(beginnings))
        # First the letters, then that they begin a word: ten times as fast as the other order.
        escaped = map(re.escape, self._beginnings)
        source = "|".join(rf"{beginning}(?<![^\W_]{beginning})" for beginning in escaped)
        self._candidate = re.compile(rf"(?:{source})[^\W_]*")

    def may_match(self, text: str) -> bool:
        """Return False if none of the phrases can match in the text."""
        if not self._is_usable:
            return True
        lower = text.lower()
        if not text.isascii():
            # Faster than `fold_text`. It removes more characters, which can only add matches.
            lower = unicodedata.normalize("NFD", lower).encode("ascii", "ignore").decode()
        return any(beginning in lower for beginning in self._beginnings)

    def find_candidates(self, text: str) -> Ranges | None:
        """Return the words of the text that may match.

        None if only the index can decide: for phrases of several words, and for letters that it replaces.
        """
        if not (self._is_usable and self._has_single_words):
            return None
        folded = to_indexed_text(text).lower() if text.isascii() else fold_text(to_indexed_text(text))
        if not text.isascii() and (len(folded) != len(text) or _NON_LATIN.search(text)):
            return None
        return tuple(found.span() for found in self._candidate.finditer(folded)) if self._beginnings else ()


def fold_text(text: str) -> str:
    """Return the text in lower case without accents, as the index stores it."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))


def _replace_unindexable(text: str) -> str:
    # Printable text, as nearly all is, has no such characters.
    return text if text.isprintable() else _UNINDEXABLE.sub(" ", text)


def _in_any_column(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Return the phrases that are not empty, none of them limited to the headline."""
    return [
        Phrase(phrase.text, phrase.is_prefix, is_unfinished=phrase.is_unfinished, expansions=phrase.expansions)
        for phrase in phrases
        if not phrase.is_empty
    ]


def _parse_ranges(marked: str) -> Ranges:
    """Return the parts of a text between the markers, in positions of the text without them."""
    ranges: list[tuple[int, int]] = []
    start = end = 0
    for index, part in enumerate(_MARKER.split(marked)):
        start, end = end, end + len(part)
        if index % 2:
            ranges.append((start, end))
    return tuple(ranges)
