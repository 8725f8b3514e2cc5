"""Turns phrases into queries of FTS5, SQLite's full-text search."""

from __future__ import annotations

import re
from collections.abc import Sequence

from importai_tui.archive.full_text import quote_phrase
from importai_tui.query.conditions import Phrase


def match_any(phrases: Sequence[Phrase]) -> str:
    """Return the FTS5 query for any of the phrases."""
    return " OR ".join(map(phrase_expression, phrases))


def match_any_with_nearness(words: Sequence[Sequence[Phrase]]) -> list[str]:
    """Return for each word, with its spellings, an FTS5 query with the same matches as `match_any`.

    In the rank, words in the typed order or near each other count more, and so does a word as it is typed.
    """
    queries: list[str] = []
    near: list[str] = []
    last_near = 0
    before: Phrase | None = None
    for phrases in words:
        parts = [match_any(phrases)]
        first = phrases[0]
        # Not for `word*`, which is no word as it is typed.
        if first.expansions is not None and first.is_prefix == first.is_unfinished:
            parts.append(_in_column(first, quote_phrase(first.text)))
        # Words in quotes are near each other already.
        is_short = first.is_prefix and len(first.text) < _MIN_NEAR_LENGTH
        if first.in_headline or first.in_lead or first.is_quoted or is_short or len(phrases) > 1:
            before = None
        else:
            star = " *" if first.is_prefix else ""
            if before:
                parts.append(f"{quote_phrase(f'{before.text} {first.text}')}{star}")
                parts.append(f"NEAR({quote_phrase(before.text)} {quote_phrase(first.text)}{star}, {_NEAR_WORDS})")
            near.append(quote_phrase(first.text) + star)
            last_near = len(queries)
            before = None if first.is_prefix else first
        queries.append(" OR ".join(parts))
    if len(near) > 2:
        queries[last_near] += f" OR NEAR({' '.join(near)}, {_NEAR_WORDS})"
    return queries


def is_one_letter(phrase: Phrase) -> bool:
    """Return True for a single letter that a word begins with."""
    return phrase.is_prefix and len(phrase.text) == 1 and phrase.text.isascii() and phrase.text.isalnum()


def phrase_expression(phrase: Phrase) -> str:
    """Return the FTS5 query for a phrase."""
    return _in_column(phrase, _text_expression(phrase))


def _in_column(phrase: Phrase, expression: str) -> str:
    if phrase.in_headline:
        return f"headline : {expression}"
    return f"{{headline tagline}} : {expression}" if phrase.in_lead else expression


_MIN_NEAR_LENGTH = 3
"""Letters of a beginning of a word. A shorter one stands for many words, so that one is near by chance."""
_NEAR_WORDS = 12
"""Words between others that are near each other: those of a sentence."""
_NO_MATCH = '""'
"""An FTS5 phrase without words, which matches nothing."""
_SECOND_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
"""The second character of nearly every word."""


def _text_expression(phrase: Phrase) -> str:
    """Return the FTS5 query for a phrase in any column."""
    text = phrase.text
    if phrase.expansions is not None:
        return f"({match_any(phrase.expansions) or _NO_MATCH})"
    if not phrase.is_prefix:
        return quote_phrase(text)
    if is_one_letter(phrase):
        # The index has a list for each prefix of two letters. For one letter it would merge the lists of all words,
        # which takes 100 ms with 34,000 stories instead of 2 ms.
        longer = (f"{quote_phrase(text + letter)} *" for letter in _SECOND_LETTERS)
        return f"({' OR '.join((quote_phrase(text), *longer))})"
    complete = map(quote_phrase, complete_last_word(text) if phrase.is_unfinished else ())
    return f"({' OR '.join((f'{quote_phrase(text)} *', *complete))})"


_STEM_SUFFIXES = {
    **dict.fromkeys(("ing", "ed", "ation", "ments", "ity"), 1),
    **dict.fromkeys(("ness", "ful", "ous", "ly", "ion", "ive", "ize", "ance", "ence", "ability"), 2),
    "ator": 3,
}
"""Suffixes that the Porter stemmer removes, each with the number of its letters that must be typed.

With fewer letters the stemmer would leave the same stem as for another suffix, which would count twice. Or the result
would be another word: "model" could become "modely", as of a mode. Of the prefixes of all words in 194 real stories,
14 in a hundred begin no stem. With these suffixes it is one in a hundred, and two in a hundred find another word too.
"""
_UNFINISHED_WORD = re.compile(r"(?<![^\W_])[A-Za-z]{3,}$")
_MIN_STEM_ONE, _MIN_STEM_MORE = 4, 3
"""Letters of a word before one letter of a suffix, and before more: with fewer, "they" could become "thing"."""


def complete_last_word(text: str) -> tuple[str, ...]:
    """Complete the last word if a part of a suffix is typed: "traini" becomes "training".

    The index has the stem "train", which does not begin with "traini". Most of the words do not exist, at no cost.
    """
    found = _UNFINISHED_WORD.search(text)
    if not found:
        return ()
    word = found[0]
    endings = [
        suffix[typed:]
        for typed in range(1, len(word) - _MIN_STEM_MORE + 1)
        if len(word) - typed >= (_MIN_STEM_ONE if typed == 1 else _MIN_STEM_MORE)
        for suffix, min_typed in _STEM_SUFFIXES.items()
        if min_typed <= typed < len(suffix) and suffix.startswith(word[-typed:].lower())
    ]
    if len(word) > _MIN_STEM_MORE and word[-1] == word[-2] and word[-1] not in "aeiou":
        endings.append("ing")  # "debugg": the stem has only one of the two letters
    return tuple(text + ending for ending in dict.fromkeys(endings))
