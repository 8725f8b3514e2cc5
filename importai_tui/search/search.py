"""One way to search: an open index, and the stories that excerpts are made of. For one thread alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from importai_tui.archive.finder import Finder, Found, Marks
from importai_tui.archive.passages import Passages
from importai_tui.issue import Story
from importai_tui.query import Query, Words
from importai_tui.search.beginnings import Beginnings
from importai_tui.search.excerpts import (
    Excerpt,
    Match,
    excerpt,
    excerpt_of_link,
    excerpt_of_nothing,
    passages,
)
from importai_tui.search.suggesting import suggestion
from importai_tui.values import value

LIMIT = 50
"""Stories of one answer: more than any screen shows."""


@value
class Answer:
    """What was found. `asked` is the query that found it: the given one, with the words that its beginnings begin."""

    query: Query
    asked: Query
    found: tuple[Found, ...]
    ranked: bool
    """The best match comes first. Else the newest does, or the oldest where that was asked for: there is nothing to
    weigh, or too much."""


class Search:
    """An open index. Everything but `interrupt` is called in the thread that opened it."""

    def __init__(self, archive: Path) -> None:
        self._finder = Finder(archive)
        self._passages = Passages()
        self._beginnings = Beginnings(self._finder, self._passages)

    def close(self) -> None:
        """Close it."""
        self._finder.close()
        self._passages.close()

    def interrupt(self) -> None:
        """Break off what is being asked, from another thread: that raises Interrupted there."""
        self._finder.interrupt()

    def answer(self, query: Query, marks: Marks, *, limit: int = LIMIT, offset: int = 0) -> Answer:
        """The stories that match, in the query's order."""
        asked = self._beginnings.looked_up(query)
        found = self._finder.find(asked, marks, limit=limit, offset=offset)
        return Answer(query, asked, tuple(found), ranked=any(one.score for one in found))

    def excerpts(self, answer: Answer, first: int = 0, count: int = LIMIT) -> list[Excerpt]:
        """For the answer's stories from `first` on, so many of them, why each was found."""
        found = answer.found[first : first + count]
        kept = self._finder.stories(found)
        # A story that another window has taken out meanwhile has nothing to show but its headline.
        return self._excerpts(answer.asked, [kept.get(one.key) or _nothing(one) for one in found])

    def days(self, query: Query, marks: Marks) -> dict[str | None, int]:
        """How many stories match, by the day of their issue (None: unknown), oldest first; in all the total."""
        return self._finder.days(self._beginnings.looked_up(query), marks)

    def hosts(self, beginning: str, limit: int = LIMIT) -> list[str]:
        """The hosts that stories link to and that begin so, the most cited first."""
        return self._finder.hosts(beginning, limit)

    def suggestion(self, query: Query) -> str | None:
        """The whole line as it may have been meant, where words of it are in no story; None where none is near."""
        return suggestion(query, self._finder, self._passages, self._beginnings)

    def _excerpts(self, query: Query, stories: Sequence[Story]) -> list[Excerpt]:
        words = list(query.words())
        sieve = self._passages.sieve(words)
        parts = [passages(story, sieve.may_have) for story in stories]
        texts = [part.text for inside in parts for part in inside]
        ranges = iter(self._matches(words, texts))
        wanted = [condition for clause in query.clauses if clause.wanted for condition in clause.any_of]
        excerpts: list[Excerpt] = []
        for story, inside in zip(stories, parts, strict=True):
            piece = excerpt(inside, [next(ranges) for _ in inside])
            if piece is None:
                links = self._links(words, story) if words else ()
                piece = excerpt_of_link(story, wanted, links) or excerpt_of_nothing(story)
            excerpts.append(piece)
        return excerpts

    def _matches(self, words: Sequence[Words], texts: Sequence[str]) -> list[list[Match]]:
        ranges = self._passages.matches(words, texts)
        spelled = list({text[start:end] for text, found in zip(texts, ranges, strict=True) for start, end in found})
        # Asked of each spelling once: far less text than to ask all of it for one word after another.
        which = dict(zip(spelled, self._passages.which(words, spelled), strict=True))
        return [
            [Match(start, end, which[text[start:end]]) for start, end in found]
            for text, found in zip(texts, ranges, strict=True)
        ]

    def _links(self, words: Sequence[Words], story: Story) -> list[int]:
        """The numbers of the links whose words or works are asked for."""
        texts = [f"{link.text} {link.work or ''}" for link in story.links]
        found = self._passages.matches(words, texts)
        return [link.n for link, there in zip(story.links, found, strict=True) if there]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _nothing(found: Found) -> Story:
    return Story(found.key, found.position, found.kind, found.headline)
