"""What a story says where it mentions another issue: the words around the mention, the nearer the weightier. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from importai_tui.issue import (
    Block,
    Code,
    Figure,
    ListBlock,
    Span,
    Story,
    block_spans,
)
from importai_tui.threads.resolving import Clue
from importai_tui.threads.said import Said, said_in
from importai_tui.threads.telling import WORD, bare_word, tells

MOST_CLUES = 24
"""Words that are looked up for one mention: each costs a question to the index, and those further off say little."""
_HALF = 12
"""Words from the mention where a word weighs half."""
_FURTHER = 12
"""A sentence's end, or another mention, in between counts as so many words."""
_NAME = 1.5
"""Names and what holds a digit weigh so much more: it is by them that one recognises a story."""
_HEADLINE = 0.3
"""What the words of the mentioning story's own headline weigh: the subject is often the same, but not always."""
_ISSUE = re.compile(r"(?i)\bimport\s?ai\b\W{0,3}(?:(?:issue|number|no\.?)\s*)?#?\d*|#\d{1,3}\b")
_END = re.compile(r"[.!?]['\"”’)\]]*\s+|\n\n")
_BREAK = Span("\n\n")
_REACH = 400
"""Characters to both sides of a mention that are looked at: some sixty words, the furthest of which weigh a fifth."""

_ENDINGS = re.compile(r"(?:e?s|e?d|e?rs?|e|y|ie[sd]|ly|ing|ics?|al(?:ly)?)?")
"""What forms of one word differ in."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of another issue: by its number, by the address of its page, or both.

    `text` is how the story says it, `clues` the words around it, the weightiest first.
    """

    number: int | None
    text: str
    url: str | None
    clues: tuple[Clue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Running:
    """The text of a story from end to end, and where in it the links stand: number, beginning, end."""

    text: str
    links: tuple[tuple[int, int, int], ...]


def mentions_of(story: Story) -> tuple[Mention, ...]:
    """All mentions of other issues, those with a number first."""
    said = said_in(story)
    if not said:
        return ()
    running = _running(story.blocks)
    own = _own_clues(story.headline)
    return tuple(Mention(x.number, x.text, x.url, _clues(running.text, _places(running, x), own)) for x in said)


def words_of(text: str) -> Iterator[tuple[int, str]]:
    """The words of a text that may tell one story from another, each with where it begins."""
    for match in WORD.finditer(text):
        if tells(word := bare_word(match[0])):
            yield match.start(), word


def is_name(word: str, *, first: bool) -> bool:
    """Whether a word is a name: a capital or a digit in it, but for the capital that the `first` of a sentence has."""
    return any(letter.isupper() or letter.isdecimal() for letter in (word[1:] if first else word))


def alike(one: str, other: str) -> bool:
    """Whether two words in small letters are forms of one: "count", "counted", "counting"."""
    if one[:3] != other[:3]:
        return False
    short = min(len(one), len(other))
    same = next((n for n in range(short) if one[n] != other[n]), short)
    return bool(_ENDINGS.fullmatch(one, same) and _ENDINGS.fullmatch(other, same))


def _clues(text: str, places: Iterable[tuple[int, int]], own: Sequence[Clue]) -> tuple[Clue, ...]:
    found = [*(clue for place in places for clue in _around(text, *place)), *own]
    kept: dict[str, Clue] = {}
    for clue in sorted(found, key=lambda clue: -clue.weight):
        folded = clue.word.casefold()
        if not any(alike(folded, other) for other in kept):
            kept[folded] = clue
            if len(kept) == MOST_CLUES:
                break
    return tuple(kept.values())


def _around(text: str, start: int, end: int) -> Iterator[Clue]:
    """The words before a mention, those of the mention itself, and those after it."""
    first = max(0, start - _REACH)
    text, start, end = text[first : end + _REACH], start - first, end - first
    ends = [match.end() for match in _END.finditer(text)]
    issues = [match.span() for match in _ISSUE.finditer(text)]
    others = [at for at, _ in issues if not start <= at < end]
    words = [(at, word) for at, word in words_of(text) if not any(low <= at < high for low, high in issues)]
    before = sum(at < start for at, _ in words)
    after = before + sum(start <= at < end for at, _ in words)
    for n, (at, word) in enumerate(words):
        low, high, away = (at, start, before - n - 1) if at < start else (end, at, max(0, n - after))
        crossed = sum(low < mark <= high for mark in (*ends, *others))
        weight = _HALF / (_HALF + away + _FURTHER * crossed)
        yield Clue(word, weight * (_NAME if is_name(word, first=at == 0 or at in ends) else 1.0))


def _own_clues(headline: str) -> list[Clue]:
    return [Clue(word, _HEADLINE * (_NAME if is_name(word, first=at == 0) else 1.0)) for at, word in words_of(headline)]


def _places(running: _Running, mention: Said) -> list[tuple[int, int]]:
    if mention.link:
        return [(start, end) for n, start, end in running.links if n == mention.link]
    said = re.compile(r"\s+".join(map(re.escape, mention.text.split())) + r"(?!\d)")
    # The second number of "Import AI 209, 189" is told as "Import AI 189".
    alone = re.compile(rf"(?i)\bimport\s?ai\b[^.()]{{0,40}}?\b{mention.number}\b")
    for pattern in (said, alone):
        if found := [match.span() for match in pattern.finditer(running.text)]:
            return found
    return []


def _running(blocks: Iterable[Block]) -> _Running:
    parts: list[str] = []
    links: list[tuple[int, int, int]] = []
    at = 0
    for spans in _lines(blocks):
        for span in (*spans, _BREAK):
            if span.link:
                links.append((span.link, at, at + len(span.text)))
            parts.append(span.text)
            at += len(span.text)
    return _Running("".join(parts), tuple(links))


def _lines(blocks: Iterable[Block]) -> Iterator[Sequence[Span]]:
    for block in blocks:
        match block:
            case ListBlock(items):
                yield from (item.spans for item in items)
            case Figure(caption, link):
                yield (Span(caption, link=link),)
            case Code(text):
                yield (Span(text),)
            case _:
                yield tuple(block_spans(block))
