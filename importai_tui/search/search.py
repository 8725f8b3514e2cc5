"""One way to search: an open index, and the stories that excerpts are made of. For one thread alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from importai_tui.archive.finder import Finder, Found, Marks
from importai_tui.archive.passages import Passages
from importai_tui.archive.stored import StoredStory
from importai_tui.query import CitedHost, CitedKind, CitedWork, Query, Words
from importai_tui.search.beginnings import Beginnings
from importai_tui.search.excerpts import Excerpt, Match, excerpt, excerpt_of_nothing, passages
from importai_tui.search.suggesting import suggestion

LIMIT = 50
"""Stories of one answer: more than any screen shows."""


@dataclass(frozen=True, slots=True)
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

    def __init__(self, archive: Path | Finder) -> None:
        """`archive`: its file, or one who asks it already."""
        self._finder = archive if isinstance(archive, Finder) else Finder(archive)
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
        return self._excerpts(answer.asked, [kept.get(one.key) for one in found])

    def days(self, query: Query, marks: Marks) -> dict[str | None, int]:
        """How many stories match, by the day of their issue (None: unknown), oldest first; in all the total."""
        return self._finder.days(self._beginnings.looked_up(query), marks)

    def hosts(self, beginning: str, limit: int = LIMIT) -> list[str]:
        """The hosts that stories link to and that begin so, the most cited first."""
        return self._finder.hosts(beginning, limit)

    def suggestion(self, query: Query) -> str | None:
        """The whole line as it may have been meant, where words of it are in no story; None where none is near."""
        return suggestion(query, self._finder, self._passages, self._beginnings)

    def _excerpts(self, query: Query, stories: Sequence[StoredStory | None]) -> list[Excerpt]:
        words = list(query.words())
        sieve = self._passages.sieve(words)
        parts = [passages(story.texts(), story.tagline, sieve.may_have) if story else () for story in stories]
        texts = [part.text for inside in parts for part in inside]
        ranges = iter(self._matches(words, texts))
        excerpts = [excerpt(inside, [next(ranges) for _ in inside]) for inside in parts]
        bare = [story for story, piece in zip(stories, excerpts, strict=True) if story and not piece]
        elsewhere = dict(zip((story.key for story in bare), self._excerpts_elsewhere(query, words, bare), strict=True))
        # A story that another window has taken out meanwhile has nothing to show but its headline.
        return [
            piece or (elsewhere[story.key] if story else Excerpt(""))
            for story, piece in zip(stories, excerpts, strict=True)
        ]

    def _excerpts_elsewhere(
        self, query: Query, words: Sequence[Words], stories: Sequence[StoredStory]
    ) -> Iterator[Excerpt]:
        """Of stories whose text has none of the words."""
        wanted = [condition for clause in query.clauses if clause.wanted for condition in clause.any_of]
        asked = [condition for condition in wanted if isinstance(condition, (CitedHost, CitedKind, CitedWork))]
        for story, links in zip(stories, self._links(words, stories), strict=True):
            piece = None
            if links or asked:
                # Imported here: who asks for words of the text does not wait for what whole stories are made of.
                from importai_tui.search.linked import excerpt_of_link

                piece = excerpt_of_link(story.story(), asked, links)
            yield piece or excerpt_of_nothing(story.texts(), story.tagline)

    def _matches(self, words: Sequence[Words], texts: Sequence[str]) -> list[list[Match]]:
        ranges = self._passages.matches(words, texts)
        spelled = list({text[start:end] for text, found in zip(texts, ranges, strict=True) for start, end in found})
        # Asked of each spelling once: far less text than to ask all of it for one word after another.
        which = dict(zip(spelled, self._passages.which(words, spelled), strict=True))
        return [
            [Match(start, end, which[text[start:end]]) for start, end in found]
            for text, found in zip(texts, ranges, strict=True)
        ]

    def _links(self, words: Sequence[Words], stories: Sequence[StoredStory]) -> list[list[int]]:
        """Of each story the numbers of the links whose words or works are asked for."""
        each = [story.links() if words else [] for story in stories]
        texts = [text for links in each for _, text in links]
        found = iter(self._passages.matches(words, texts) if texts else ())
        return [[n for n, _ in links if next(found)] for links in each]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
