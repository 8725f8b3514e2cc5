"""Finds words in any text by the very rules of the index: in what is shown of a story. It knows no archive.

Which pieces of a text may be words that are asked for, told without an index. Pure.

It may say too many and never too few: the stemmer changes no more than the last letter of what it leaves, so a word
begins as its stem does, but for that letter.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from importai_tui.archive.full_text import TOKENIZER, to_indexed_text
from importai_tui.archive.search import match_any
from importai_tui.query.conditions import Phrase

_TOKEN = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_FOREIGN = re.compile("[^\x00-\u024f\u2000-\u206f]")
"""All but Latin letters, and the signs of good typography: where words end in other scripts the index alone tells."""


class Prefilter:
    """What texts are asked for."""

    def __init__(self, words: Iterable[Phrase], stem: Callable[[str], str]) -> None:
        """`words` are those that are asked for; `stem` tells how one stands in the index."""
        asked = [form for one in words for form in (one.expansions if one.expansions is not None else (one,))]
        tokens = [_TOKEN.findall(to_indexed_text(one.text)) for one in asked]
        self._has_single_words = all(len(of_one) == 1 for of_one in tokens)
        # Of a phrase the longest word is the rarest.
        longest = [max(of_one, key=len) for of_one in tokens if of_one]
        self._is_usable = all(map(str.isascii, longest))
        self._beginnings = tuple(
            sorted({stem(one)[:-1] or one[:1].lower() for one in longest} if self._is_usable else ())
        )
        each = map(re.escape, self._beginnings)
        # The letters first, and then that they begin a word: that is ten times as quick as the other way round.
        source = "|".join(rf"{begin}(?<![^\W_]{begin})" for begin in each)
        self._candidate = re.compile(rf"(?:{source})[^\W_]*")

    def may_match(self, text: str) -> bool:
        """Whether the text may have any of the words."""
        if not self._is_usable:
            return True
        small = text.lower()
        if not text.isascii():
            # Quicker than `folded`, and what else it takes out can only make more of the words.
            small = unicodedata.normalize("NFD", small).encode("ascii", "ignore").decode()
        return any(begin in small for begin in self._beginnings)

    def find_candidates(self, text: str) -> tuple[tuple[int, int], ...] | None:
        """The words of the text that may be asked for, each from one character to before another.

        None where the index alone can tell: of phrases, and of letters that it takes for others.
        """
        if not (self._is_usable and self._has_single_words):
            return None
        small = to_indexed_text(text).lower() if text.isascii() else fold_text(to_indexed_text(text))
        if not text.isascii() and (len(small) != len(text) or _FOREIGN.search(text)):
            return None
        return tuple(found.span() for found in self._candidate.finditer(small)) if self._beginnings else ()


def fold_text(text: str) -> str:
    """Small letters without accents, as the index has them."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))


Ranges = tuple[tuple[int, int], ...]
"""Pieces of a text, each from one character to before another, in order and apart."""

_BEGIN, _END = "\x01", "\x02"
"""Around a match. The archive's text has no such characters; in any other they count as blanks, as a zero does, which
SQLite takes for the end of a text, and half a surrogate pair, which it refuses."""
_UNINDEXABLE = re.compile("[\x00-\x02\ud800-\udfff]")
_MARKER = re.compile(f"[{_BEGIN}{_END}]")
_WORD = re.compile(r"[^\W_]+")


class Highlighter:
    """A small index in memory, for one thread. It is empty between two questions."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute(f"CREATE VIRTUAL TABLE passage USING fts5 (text, tokenize='{TOKENIZER}')")
        self._connection.execute("CREATE VIRTUAL TABLE stem USING fts5vocab (passage, instance)")

    def close(self) -> None:
        """Give its memory back; a second call does nothing."""
        self._connection.close()

    def find_matches(self, words: Sequence[Phrase], texts: Sequence[str]) -> list[Ranges]:
        """Where any of the words stand in each of the texts; a phrase is one range. Every text counts as a headline."""
        found: list[Ranges] = [()] * len(texts)
        sieve = self.create_prefilter(words)
        pieces = [sieve.find_candidates(text) for text in texts]
        spelled = list({text[a:b] for text, some in zip(texts, pieces, strict=True) for a, b in some or ()})
        asked_for = {
            text for text, which in zip(spelled, self.find_matching_phrases(words, spelled), strict=True) if which
        }
        unsure: list[int] = []
        for row, (text, some) in enumerate(zip(texts, pieces, strict=True)):
            if some is not None:
                found[row] = tuple((start, end) for start, end in some if text[start:end] in asked_for)
            elif sieve.may_match(text):
                unsure.append(row)
        for row, ranges in zip(unsure, self._find_with_index(words, [texts[row] for row in unsure]), strict=True):
            found[row] = ranges
        return found

    def create_prefilter(self, words: Sequence[Phrase]) -> Prefilter:
        """What tells of a text, in no time, that it has none of the words."""
        return Prefilter(_without_column(words), self.get_stem)

    def find_matching_phrases(self, words: Sequence[Phrase], texts: Sequence[str]) -> list[frozenset[int]]:
        """For each text, which of the words it has, by their places in `words`."""
        found: list[set[int]] = [set() for _ in texts]
        with self._indexed_texts(texts):
            for at, one in enumerate(words):
                for asked in _without_column([one]):
                    for (row,) in self._connection.execute(
                        "SELECT rowid FROM passage WHERE passage MATCH ?", (match_any([asked]),)
                    ):
                        found[row].add(at)
        return [frozenset(places) for places in found]

    def get_stem(self, word: str) -> str:
        """The first word of a text as it stands in the index; the text itself where there is none."""
        with self._indexed_texts([word]):
            rows = self._connection.execute("SELECT term FROM stem ORDER BY offset LIMIT 1").fetchall()
        return str(rows[0][0]) if rows else word

    def find_variants(self, stem: str, texts: Iterable[str]) -> list[str]:
        """The words of the texts, in small letters, that have this stem in the index; the most frequent first."""
        count: dict[str, int] = {}
        for text in texts:
            for word in _WORD.findall(text.casefold()):
                if word[:1] == stem[:1]:
                    count[word] = count.get(word, 0) + 1
        words = list(count)
        with self._indexed_texts(words):
            rows = self._connection.execute("SELECT DISTINCT doc FROM stem WHERE term = ?", (stem,)).fetchall()
        return sorted((words[row[0]] for row in rows), key=lambda word: (-count[word], word))

    def _find_with_index(self, words: Sequence[Phrase], texts: Sequence[str]) -> list[Ranges]:
        """What `matches` tells, of texts that the index must be asked of."""
        found: list[Ranges] = [()] * len(texts)
        asked = match_any(_without_column(words))
        if not (asked and texts):
            return found
        sql = f"SELECT rowid, highlight(passage, 0, '{_BEGIN}', '{_END}') FROM passage WHERE passage MATCH ?"
        with self._indexed_texts(texts):
            for row, text in self._connection.execute(sql, (asked,)):
                found[row] = _parse_ranges(text)
        return found

    @contextmanager
    def _indexed_texts(self, texts: Sequence[str]) -> Iterator[None]:
        # Never committed, so that nothing is left to be taken out word by word.
        self._connection.execute("BEGIN")
        try:
            rows = ((row, to_indexed_text(_replace_unindexable(text))) for row, text in enumerate(texts))
            self._connection.executemany("INSERT INTO passage (rowid, text) VALUES (?, ?)", rows)
            yield
        finally:
            self._connection.execute("ROLLBACK")


def _replace_unindexable(text: str) -> str:
    """The text with blanks for what the index may not have. What is printable has nothing of it, as nearly all is."""
    return text if text.isprintable() else _UNINDEXABLE.sub(" ", text)


def _without_column(words: Iterable[Phrase]) -> list[Phrase]:
    return [
        Phrase(x.text, x.is_prefix, is_unfinished=x.is_unfinished, expansions=x.expansions)
        for x in words
        if not x.is_empty
    ]


def _parse_ranges(marked: str) -> Ranges:
    ranges: list[tuple[int, int]] = []
    start = end = 0
    for n, part in enumerate(_MARKER.split(marked)):
        start, end = end, end + len(part)
        if n % 2:
            ranges.append((start, end))
    return tuple(ranges)
