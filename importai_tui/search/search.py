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

from importai_tui.archive.highlighter import Highlighter
from importai_tui.archive.search import ArchiveSearch, FoundStory, MarkedKeys
from importai_tui.archive.stories import LazyStory
from importai_tui.model import Figure, Link, Story, block_to_text, iter_block_spans
from importai_tui.query.conditions import CitedHost, CitedKind, CitedWork, Clause, Condition, DateRange, Phrase, Query
from importai_tui.search.excerpts import (
    Excerpt,
    Passage,
    PassageMatch,
    collapse_space,
    cut_passage,
    make_default_excerpt,
    make_excerpt,
    make_passages,
)
from importai_tui.search.suggestions import PrefixExpander, suggest_query


def make_link_excerpt(story: Story, conditions: Iterable[Condition], links: Iterable[int] = ()) -> Excerpt | None:
    """A piece of the block that carries the first link that was asked for.

    Args:
        story: the story.
        conditions: what a link may be asked for.
        links: the numbers of links that were found in another way.
    """
    asked, found = tuple(conditions), frozenset(links)
    for link in story.links:
        if link.n in found or any(_matches_link(link, condition) for condition in asked):
            for place, block in enumerate(story.blocks):
                carried = isinstance(block, Figure) and block.link == link.n
                if carried or any(span.link == link.n for span in iter_block_spans(block)):
                    part = Passage(collapse_space(block_to_text(block)), place)
                    words = collapse_space(link.text)
                    start = part.text.find(words)
                    there = (start, start + len(words)) if words and start >= 0 else (0, 0)
                    return cut_passage(part, [there] if there[1] else [], there)
    return None


def _matches_link(link: Link, condition: Condition) -> bool:
    match condition:
        case CitedHost(host):
            return link.host is not None and f".{link.host}".endswith(f".{host}")
        case CitedKind(kinds):
            return link.kind in kinds
        case CitedWork(work):
            return link.work is not None and f":{link.work}".casefold().endswith(f":{work}".casefold())
        case _:
            return False


MIN_YEARS = 4
"""A shorter time than this is shown by quarters: fewer bars than four show no course."""
EVERY_STORY_QUERY = Query("", (Clause((DateRange(None, None),)),))
"""Asks for all stories whose day is known: what the shares are of."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a quarter. `first` is its first day, `end` the first one after it, both YYYY-MM-DD.

    `stories` are those that match, `of` all that there are in that time.
    """

    name: str
    start: str
    end: str
    stories: int
    total: int

    @property
    def share(self) -> float:
        """The part of all stories of that time that match, from 0 to 1."""
        return self.stories / self.total if self.total else 0.0

    @property
    def query_text(self) -> str:
        """What a line of the search language must have added to ask for this time alone."""
        return f"year:{self.name}" if self.name.isdecimal() else f"after:{self.start[:7]} before:{self.end[:7]}"


def compute_trend(counts: Mapping[str | None, int], totals: Mapping[str | None, int]) -> tuple[Period, ...]:
    """The stories from the first year that has one to the last, also those years between that have none.

    By quarters where they lie less than four years apart. Stories of an unknown day are in no period.

    Args:
        found: how many stories match, by their day.
        every: how many there are at all, by their day.
    """
    days = sorted(day for day, stories in counts.items() if day and stories)
    if not days:
        return ()
    months = 3 if _to_months(days[-1]) - _to_months(days[0]) < MIN_YEARS * 12 else 12
    first, last = (_to_months(day) // months for day in (days[0], days[-1]))
    matching, all_ = _count_by_period(counts, months), _count_by_period(totals, months)
    return tuple(
        Period(_format_period(n, months), _to_day(n * months), _to_day((n + 1) * months), matching[n], all_[n])
        for n in range(first, last + 1)
    )


def _count_by_period(stories: Mapping[str | None, int], months: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for day, count in stories.items():
        if day:
            counts[_to_months(day) // months] += count
    return counts


def _to_months(day: str) -> int:
    """Whole months from the year 0 to the day's."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def _to_day(months: int) -> str:
    # No date: the day after the last year that one can hold has none.
    return f"{months // 12:04}-{months % 12 + 1:02}-01"


def _format_period(n: int, months: int) -> str:
    return f"{n:04}" if months == 12 else f"{n // 4:04}-Q{n % 4 + 1}"


DEFAULT_LIMIT = 50
"""Stories of one answer: more than any screen shows."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found. `asked` is the query that found it: the given one, with the words that its beginnings begin."""

    query: Query
    expanded_query: Query
    hits: tuple[FoundStory, ...]
    is_ranked: bool
    """The best match comes first. Else the newest does, or the oldest where that was asked for: there is nothing to
    weigh, or too much."""


class Search:
    """An open index. Everything but `interrupt` is called in the thread that opened it."""

    def __init__(self, archive: Path | ArchiveSearch) -> None:
        """`archive`: its file, or one who asks it already."""
        self._finder = archive if isinstance(archive, ArchiveSearch) else ArchiveSearch(archive)
        self._highlighter = Highlighter()
        self._expander = PrefixExpander(self._finder, self._highlighter)

    def close(self) -> None:
        """Close it."""
        self._finder.close()
        self._highlighter.close()

    def interrupt(self) -> None:
        """Break off what is being asked, from another thread: that raises Interrupted there."""
        self._finder.interrupt()

    def find(self, query: Query, marks: MarkedKeys, *, limit: int = DEFAULT_LIMIT, offset: int = 0) -> SearchResult:
        """The stories that match, in the query's order."""
        asked = self._expander.expand_query(query)
        found = self._finder.find(asked, marks, limit=limit, offset=offset)
        return SearchResult(query, asked, tuple(found), is_ranked=any(one.score for one in found))

    def make_excerpts(self, answer: SearchResult, first: int = 0, count: int = DEFAULT_LIMIT) -> list[Excerpt]:
        """For the answer's stories from `first` on, so many of them, why each was found."""
        found = answer.hits[first : first + count]
        kept = self._finder.get_stories(found)
        return self._make_excerpts(answer.expanded_query, [kept.get(one.key) for one in found])

    def count_by_day(self, query: Query, marks: MarkedKeys) -> dict[str | None, int]:
        """How many stories match, by the day of their issue (None: unknown), oldest first; in all the total."""
        return self._finder.count_by_day(self._expander.expand_query(query), marks)

    def find_hosts(self, prefix: str, limit: int = DEFAULT_LIMIT) -> list[str]:
        """The hosts that stories link to and that begin so, the most cited first."""
        return self._finder.find_hosts(prefix, limit)

    def suggest(self, query: Query) -> str | None:
        """The whole line as it may have been meant, where words of it are in no story; None where none is near."""
        return suggest_query(query, self._finder, self._highlighter, self._expander)

    def _make_excerpts(self, query: Query, stories: Sequence[LazyStory | None]) -> list[Excerpt]:
        words = list(query.phrases())
        sieve = self._highlighter.create_prefilter(words)
        parts = [
            make_passages(story.get_block_texts(), story.tagline, sieve.may_match) if story else () for story in stories
        ]
        texts = [part.text for inside in parts for part in inside]
        ranges = iter(self._find_matches(words, texts))
        excerpts = [make_excerpt(inside, [next(ranges) for _ in inside]) for inside in parts]
        bare = [story for story, piece in zip(stories, excerpts, strict=True) if story and not piece]
        elsewhere = dict(zip((story.key for story in bare), self._make_other_excerpts(query, words, bare), strict=True))
        # A story that another window has taken out meanwhile has nothing to show but its headline.
        return [
            piece or (elsewhere[story.key] if story else Excerpt(""))
            for story, piece in zip(stories, excerpts, strict=True)
        ]

    def _make_other_excerpts(
        self, query: Query, words: Sequence[Phrase], stories: Sequence[LazyStory]
    ) -> Iterator[Excerpt]:
        """Of stories whose text has none of the words."""
        wanted = [condition for clause in query.clauses if clause.is_positive for condition in clause.any_of]
        asked = [condition for condition in wanted if isinstance(condition, (CitedHost, CitedKind, CitedWork))]
        for story, links in zip(stories, self._find_links(words, stories), strict=True):
            piece = None
            if links or asked:
                # Imported here: who asks for words of the text does not wait for what whole stories are made of.

                piece = make_link_excerpt(story.load(), asked, links)
            yield piece or make_default_excerpt(story.get_block_texts(), story.tagline)

    def _find_matches(self, words: Sequence[Phrase], texts: Sequence[str]) -> list[list[PassageMatch]]:
        ranges = self._highlighter.find_matches(words, texts)
        spelled = list({text[start:end] for text, found in zip(texts, ranges, strict=True) for start, end in found})
        # Asked of each spelling once: far less text than to ask all of it for one word after another.
        which = dict(zip(spelled, self._highlighter.find_matching_phrases(words, spelled), strict=True))
        return [
            [PassageMatch(start, end, which[text[start:end]]) for start, end in found]
            for text, found in zip(texts, ranges, strict=True)
        ]

    def _find_links(self, words: Sequence[Phrase], stories: Sequence[LazyStory]) -> list[list[int]]:
        """Of each story the numbers of the links whose words or works are asked for."""
        each = [story.get_link_texts() if words else [] for story in stories]
        texts = [text for links in each for _, text in links]
        found = iter(self._highlighter.find_matches(words, texts) if texts else ())
        return [[n for n, _ in links if next(found)] for links in each]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
