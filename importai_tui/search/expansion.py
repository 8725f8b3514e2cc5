"""Expands the words of a query to the spellings that the archive has, and relaxes a query that needs too many words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log

from importai_tui.archive.match import is_one_letter
from importai_tui.archive.search import ArchiveSearch
from importai_tui.query.conditions import Clause, Condition, MostOf, Phrase, Query
from importai_tui.query.spellings import (
    FUNCTION_WORDS,
    MAX_JOINED_WORDS,
    find_joined_spellings,
    find_spellings,
    split_compound,
)
from importai_tui.search.prefixes import PrefixExpander

_MAX_WORDS = 24
"""Words of a relaxed query; more are not ranked in time."""
_ENOUGH = 0.3
"""The share of the rarity of all words that a story must have."""
_NAME_RATIO = 2
"""Words in a row are a name if they are written as one word at least half as often."""
_MAX_CACHED = 20_000
"""Spellings that are remembered."""


class QueryExpander:
    """Expands queries to words of an open archive. Use it in the thread of its archive."""

    def __init__(self, archive: ArchiveSearch, prefixes: PrefixExpander) -> None:
        self._archive = archive
        self._prefixes = prefixes
        self._change = -1
        self._known: dict[str, bool] = {}
        """Words in a row, and whether a story has them."""

    def expand_query(self, query: Query) -> Query:
        """Return the query with prefixes and words expanded; a query that is expanded already stays the same."""
        if (change := self._archive.get_change()) != self._change or len(self._known) > _MAX_CACHED:
            self._change = change
            self._known.clear()
        joined, names = self._find_joined(query.clauses)
        clauses = tuple(
            Clause((_make_name(clause, names[n], joined[n]),))
            if n in names
            else replace(clause, any_of=tuple(self._expand(one, joined.get(n, ())) for one in clause.any_of))
            for n, clause in enumerate(query.clauses)
        )
        return query if clauses == query.clauses else replace(query, clauses=clauses)

    def has_words(self, text: str) -> bool:
        """Return True if a story has these words in a row."""
        if text not in self._known:
            self._known[text] = self._archive.has_match(Phrase(text))
        return self._known[text]

    def relax(self, expanded: Query) -> Query | None:
        """Return a query for most of the words, for an expanded query that needs all; None if it has too few words.

        Function words are dropped. Words in quotes and everything else stay required.
        """
        optional = [clause for clause in expanded.clauses if _is_optional(clause)]
        content = [clause for clause in optional if not _is_function_word(clause)][:_MAX_WORDS]
        if not content or len(optional) == 1:
            return None
        words = tuple(clause.phrases for clause in content)
        story_count = self._archive.count_all()
        counts = list(map(self._archive.count_matches, words))
        known = [
            (phrases, log((story_count + 1) / count)) for phrases, count in zip(words, counts, strict=True) if count
        ]
        if not known:
            return None
        rarities = tuple(max(0.1, rarity) for _, rarity in known)
        most = MostOf(tuple(phrases for phrases, _ in known), rarities, _ENOUGH * sum(rarities))
        required = tuple(clause for clause in expanded.clauses if clause not in optional)
        return replace(expanded, clauses=(Clause((most,)), *required))

    def _expand(self, condition: Condition, joined: Sequence[str]) -> Condition:
        if not isinstance(condition, Phrase) or condition.expansions is not None:
            return condition
        expanded = self._prefixes.expand(condition)
        spellings = dict.fromkeys((*joined, *self._find_spellings(condition)))
        if not spellings:
            return expanded
        typed = expanded.expansions
        if typed is None:
            typed = (Phrase(condition.text, condition.is_prefix, is_unfinished=condition.is_unfinished),)
        return replace(expanded, expansions=(*typed, *map(Phrase, spellings)))

    def _find_spellings(self, phrase: Phrase) -> Iterator[str]:
        """Yield the other spellings of a word that the archive has."""
        if phrase.is_literal or phrase.text.casefold() in FUNCTION_WORDS:
            return
        spellings = find_spellings(phrase.text)
        # "data-center" is "datacenter", and so "datacentre".
        joined = () if phrase.text.isalpha() else filter(str.isalpha, spellings)
        respelled = (other for spelling in joined for other in find_spellings(spelling))
        for spelling in dict.fromkeys((*spellings, *respelled, *split_compound(phrase.text))):
            if self.has_words(spelling):
                yield spelling
                yield from filter(self.has_words, split_compound(spelling))

    def _find_joined(self, clauses: Sequence[Clause]) -> tuple[dict[int, list[str]], dict[int, str]]:
        """Return the spellings that write words in a row as one, by the index of the clause of each word.

        Also return the words in a row by the same index if they are one name: the archive writes them as one word about
        as often as in a row. Then stories with the words in other places do not match: "open" and "ai" are not OpenAI.
        """
        found: dict[int, list[str]] = {}
        names: dict[int, str] = {}
        for first in range(len(clauses)):
            words: list[str] = []
            for clause in clauses[first : first + MAX_JOINED_WORDS]:
                if (word := _get_word(clause)) is None:
                    break
                words.append(word)
                indexes = range(first, first + len(words))
                spellings = self._find_joined_spellings(words) if len(words) > 1 else []
                for n in indexes if spellings else ():
                    found.setdefault(n, []).extend(spellings)
                if spellings and not names.keys() & set(indexes) and self._is_name(words, spellings):
                    names |= dict.fromkeys(indexes, " ".join(words))
        return found, names

    def _find_joined_spellings(self, words: Sequence[str]) -> list[str]:
        joined = find_joined_spellings(words)
        respelled = (other for spelling in joined for other in find_spellings(spelling))
        return [spelling for spelling in dict.fromkeys((*joined, *respelled)) if self.has_words(spelling)]

    def _is_name(self, words: Sequence[str], spellings: Sequence[str]) -> bool:
        if any(any(self._find_spellings(Phrase(word))) for word in words):
            return False
        joined = self._archive.count_matches(list(map(Phrase, spellings)))
        return joined * _NAME_RATIO >= self._archive.count_matches([Phrase(" ".join(words))])


def _make_name(clause: Clause, name: str, spellings: Sequence[str]) -> Phrase:
    """Return the phrase for a name of several words, in place of the clause of one of its words."""
    (word,) = clause.phrases
    typed = Phrase(name, word.is_prefix, is_unfinished=word.is_unfinished)
    return replace(typed, expansions=(typed, *map(Phrase, dict.fromkeys(spellings))))


def _get_word(clause: Clause) -> str | None:
    """Return the word of a clause that may be one name with its neighbours."""
    match clause:
        case Clause((Phrase(in_headline=False, in_lead=False, expansions=None) as phrase,), True):
            return None if phrase.is_literal else phrase.text
    return None


def _is_optional(clause: Clause) -> bool:
    """Return True for words, typed without quotes and fields, that a story need not have."""
    phrases = clause.phrases
    return (
        clause.is_positive
        and len(phrases) == len(clause.any_of)
        and not any(phrase.is_quoted or phrase.in_headline or phrase.in_lead for phrase in phrases)
    )


def _is_function_word(clause: Clause) -> bool:
    return all(
        is_one_letter(phrase)
        or phrase.text.casefold().strip("?!.,;:'’\"()").replace("’", "'") in FUNCTION_WORDS
        or phrase.text.casefold().replace("’", "'").partition("'")[0] in FUNCTION_WORDS
        for phrase in clause.phrases
    )
