"""One way to search: an open index, and the stories that excerpts are made of. For one thread alone.

How often a subject comes up through time: the stories that a search finds, by year or by quarter. Pure.

The piece of a story that shows it where it was found by a link. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from importai_tui.archive.highlighter import Passages
from importai_tui.archive.search import Finder, Found, Marks
from importai_tui.archive.stories import StoredStory
from importai_tui.model import Figure, Link, Story, block_spans, block_text
from importai_tui.query.conditions import CitedHost, CitedKind, CitedWork, Clause, Condition, Days, Query, Words
from importai_tui.search.excerpts import (
    Excerpt,
    Match,
    Passage,
    cut,
    excerpt,
    excerpt_of_nothing,
    on_one_line,
    passages,
)
from importai_tui.search.suggestions import Beginnings, suggestion


def excerpt_of_link(story: Story, conditions: Iterable[Condition], links: Iterable[int] = ()) -> Excerpt | None:
    """A piece of the block that carries the first link that was asked for.

    Args:
        story: the story.
        conditions: what a link may be asked for.
        links: the numbers of links that were found in another way.
    """
    asked, found = tuple(conditions), frozenset(links)
    for link in story.links:
        if link.n in found or any(_is_asked_for(link, condition) for condition in asked):
            for place, block in enumerate(story.blocks):
                carried = isinstance(block, Figure) and block.link == link.n
                if carried or any(span.link == link.n for span in block_spans(block)):
                    part = Passage(on_one_line(block_text(block)), place)
                    words = on_one_line(link.text)
                    start = part.text.find(words)
                    there = (start, start + len(words)) if words and start >= 0 else (0, 0)
                    return cut(part, [there] if there[1] else [], there)
    return None


def _is_asked_for(link: Link, condition: Condition) -> bool:
    match condition:
        case CitedHost(host):
            return link.host is not None and f".{link.host}".endswith(f".{host}")
        case CitedKind(kinds):
            return link.kind in kinds
        case CitedWork(work):
            return link.work is not None and f":{link.work}".casefold().endswith(f":{work}".casefold())
        case _:
            return False


YEARS = 4
"""A shorter time than this is shown by quarters: fewer bars than four show no course."""
EVERY_STORY = Query("", (Clause((Days(None, None),)),))
"""Asks for all stories whose day is known: what the shares are of."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a quarter. `first` is its first day, `end` the first one after it, both YYYY-MM-DD.

    `stories` are those that match, `of` all that there are in that time.
    """

    name: str
    first: str
    end: str
    stories: int
    of: int

    @property
    def share(self) -> float:
        """The part of all stories of that time that match, from 0 to 1."""
        return self.stories / self.of if self.of else 0.0

    @property
    def fields(self) -> str:
        """What a line of the search language must have added to ask for this time alone."""
        return f"year:{self.name}" if self.name.isdecimal() else f"after:{self.first[:7]} before:{self.end[:7]}"


def trend(found: Mapping[str | None, int], every: Mapping[str | None, int]) -> tuple[Period, ...]:
    """The stories from the first year that has one to the last, also those years between that have none.

    By quarters where they lie less than four years apart. Stories of an unknown day are in no period.

    Args:
        found: how many stories match, by their day.
        every: how many there are at all, by their day.
    """
    days = sorted(day for day, stories in found.items() if day and stories)
    if not days:
        return ()
    months = 3 if _months(days[-1]) - _months(days[0]) < YEARS * 12 else 12
    first, last = (_months(day) // months for day in (days[0], days[-1]))
    matching, all_ = _counted(found, months), _counted(every, months)
    return tuple(
        Period(_name(n, months), _day(n * months), _day((n + 1) * months), matching[n], all_[n])
        for n in range(first, last + 1)
    )


def _counted(stories: Mapping[str | None, int], months: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for day, count in stories.items():
        if day:
            counts[_months(day) // months] += count
    return counts


def _months(day: str) -> int:
    """Whole months from the year 0 to the day's."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def _day(months: int) -> str:
    # No date: the day after the last year that one can hold has none.
    return f"{months // 12:04}-{months % 12 + 1:02}-01"


def _name(n: int, months: int) -> str:
    return f"{n:04}" if months == 12 else f"{n // 4:04}-Q{n % 4 + 1}"


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
