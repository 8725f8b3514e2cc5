"""Searches an open archive, with excerpts and suggestions, and counts the stories found by year or quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.highlighter import Highlighter
from importai_tui.archive.search import ArchiveSearch, FoundStory, MarkedKeys
from importai_tui.archive.stories import LazyStory
from importai_tui.model import Story
from importai_tui.query.conditions import (
    CitedCard,
    CitedHost,
    CitedKind,
    CitedWork,
    Clause,
    DateRange,
    IssueRange,
    Phrase,
    Query,
    SortOrder,
)
from importai_tui.search.excerpts import (
    TAGLINE_BLOCK,
    Excerpt,
    PassageMatch,
    format_work,
    make_citation_excerpt,
    make_default_excerpt,
    make_excerpt,
    make_link_excerpt,
    make_passages,
)
from importai_tui.search.expansion import QueryExpander
from importai_tui.search.prefixes import PrefixExpander
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.search.corrections import Correction, Corrector

_MOST_REMARK = "No story has all of these words; these have most of them."
_FEW_REMARK = "Few stories have all of these words; the others have most of them."
_NO_CARDS_REMARK = "No cards are stored yet (fetch them: importai-tui works --fetch)."
_FEW = 5
"""Stories with all words that are too few."""
DEFAULT_LIMIT = 50
"""Stories in one result; more than any screen shows."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The stories found by a query.

    `expanded_query` is the query that was run, with the words and spellings that its words stand for.
    """

    query: Query
    expanded_query: Query
    hits: tuple[FoundStory, ...]
    is_ranked: bool
    """True if the best match comes first; False if the order is by time, or if there are too many stories to rank."""
    has_most: bool = False
    """True if too few stories have all words, so that those with most of them come too."""
    has_all: bool = True
    """True if a story has all words."""
    correction: Correction | None = None
    """The corrected query that was run, if no story has some of the typed words."""


class Search:
    """An open index. Call everything but `interrupt` in the thread that opened it."""

    def __init__(self, archive: Path | ArchiveSearch) -> None:
        """Open an archive by its path, or use an open one."""
        self._archive = archive if isinstance(archive, ArchiveSearch) else ArchiveSearch(archive)
        self._highlighter = Highlighter()
        self._expander = QueryExpander(self._archive, PrefixExpander(self._archive, self._highlighter))

    def close(self) -> None:
        """Close the index."""
        self._archive.close()
        self._highlighter.close()

    def interrupt(self) -> None:
        """Cancel the running query from another thread; the query raises QueryCancelled."""
        self._archive.interrupt()

    def find(self, query: Query, marks: MarkedKeys, *, limit: int = DEFAULT_LIMIT, offset: int = 0) -> SearchResult:
        """Return the matching stories in the query's order.

        Words that no story has are corrected. If only a few stories have all words, those with most of them follow.
        """
        result = self.find_all(query, marks, limit=limit, offset=offset)
        if offset:
            return result
        most = self._add_most(result, marks, limit)
        if result.hits:
            return most
        correction = self._corrector.correct(query, result.expanded_query)
        if not correction:
            return most
        corrected = replace(self.find_all(correction.query, marks, limit=limit), query=query, correction=correction)
        if most.hits and not corrected.hits and not correction.is_certain:
            return most  # a word that only this archive does not have: "chores" does not mean "cores"
        return self._add_most(corrected, marks, limit)

    def find_all(self, query: Query, marks: MarkedKeys, *, limit: int = DEFAULT_LIMIT, offset: int = 0) -> SearchResult:
        """Return the stories that have all words as they are typed, in any spelling, in the query's order."""
        expanded = self._expander.expand_query(query)
        hits = self._archive.find(expanded, marks, limit=limit, offset=offset)
        return SearchResult(query, expanded, tuple(hits), is_ranked=any(hit.score for hit in hits))

    def _add_most(self, result: SearchResult, marks: MarkedKeys, limit: int) -> SearchResult:
        """Add stories with most of the words, if only a few have all."""
        if len(result.hits) >= min(_FEW, limit) or result.query.sort is not SortOrder.BEST:
            return result
        relaxed = self._expander.relax(result.expanded_query)
        hits = self._archive.find(relaxed, marks, limit=limit) if relaxed else []
        if not relaxed or len(hits) <= len(result.hits):
            return result
        return replace(
            result,
            expanded_query=relaxed,
            hits=tuple(hits),
            is_ranked=any(hit.score for hit in hits),
            has_most=True,
            has_all=bool(result.hits),
        )

    def expand(self, query: Query) -> Query:
        """Return the query with the words and spellings of the archive that its words stand for."""
        return self._expander.expand_query(query)

    @cached_property
    def _corrector(self) -> Corrector:
        # Imported here, because most searches find something.
        from importai_tui.search.corrections import Corrector

        return Corrector(self._archive, self._highlighter)

    def make_excerpts(self, result: SearchResult, first: int = 0, count: int = DEFAULT_LIMIT) -> list[Excerpt]:
        """Return the excerpts of `count` stories of a result, from index `first` on."""
        hits = result.hits[first : first + count]
        stories = self._archive.get_stories(hits)
        return self._make_excerpts(result.expanded_query, [stories.get(hit.key) for hit in hits])

    def count_by_day(self, query: Query, marks: MarkedKeys) -> dict[str | None, int]:
        """Return the number of matching stories by the day of their issue (None if unknown), oldest first."""
        return self._archive.count_by_day(self._expander.expand_query(query), marks)

    def find_hosts(self, prefix: str, limit: int = DEFAULT_LIMIT) -> list[str]:
        """Return the hosts with this prefix that stories link to, most cited first."""
        return self._archive.find_hosts(prefix, limit)

    def get_remarks(self, result: SearchResult) -> tuple[str, ...]:
        """Return what to tell the user: what was not understood, left out, or searched for instead."""
        remarks = list(result.query.remarks)
        if correction := result.correction:
            words = " ".join(correction.typed_words)
            remarks.append(f"Searched for “{correction.line}”. Search for “{words}” instead?")
        numbers = {hit.number for hit in result.hits}
        issues = [one.first for one in result.query.first if isinstance(one, IssueRange) and one.first not in numbers]
        remarks += (f"Issue {number} isn't in your archive." for number in issues)
        has_dates = any(
            clause.is_positive and all(isinstance(condition, DateRange) for condition in clause.any_of)
            for clause in result.query.clauses
        )
        if has_dates and (count := self._archive.count_issues_without_day()):
            remarks.append(
                f"{plural(count, 'issue has no date and is left out', 'issues have no date and are left out')}."
            )
        if any(isinstance(one, CitedCard) for clause in result.query.clauses for one in clause.any_of):
            with self._archive.open_cards() as cards:
                remarks += () if cards.count() else (_NO_CARDS_REMARK,)
        if result.has_most and result.hits:
            remarks.append(_FEW_REMARK if result.has_all else _MOST_REMARK)
        return tuple(remarks)

    def _make_excerpts(self, query: Query, stories: Sequence[LazyStory | None]) -> list[Excerpt]:
        of_cards = self._make_card_excerpts(query, [story for story in stories if story])
        phrases = list(query.phrases())
        prefilter = self._highlighter.create_prefilter(phrases)
        passages = [
            make_passages(story.get_block_texts(), story.tagline, prefilter.may_match) if story else ()
            for story in stories
        ]
        texts = [passage.text for story_passages in passages for passage in story_passages]
        ranges = iter(self._find_matches(phrases, texts))
        excerpts = [make_excerpt(story_passages, [next(ranges) for _ in story_passages]) for story_passages in passages]
        unmatched = [story for story, excerpt in zip(stories, excerpts, strict=True) if story and not excerpt]
        other_excerpts = dict(
            zip((story.key for story in unmatched), self._make_other_excerpts(query, phrases, unmatched), strict=True)
        )
        # Another process may have removed a story since; its excerpt is empty.
        return [
            (of_cards.get(story.key) or excerpt or other_excerpts[story.key]) if story else Excerpt("")
            for story, excerpt in zip(stories, excerpts, strict=True)
        ]

    def _make_card_excerpts(self, query: Query, stories: Sequence[LazyStory]) -> dict[str, Excerpt]:
        """Return by key the excerpts of the stories that were found by the card of a work."""
        excerpts: dict[str, Excerpt] = {}
        for clause in query.clauses:
            for condition in clause.any_of:
                if clause.is_positive and isinstance(condition, CitedCard):
                    from importai_tui.search.card_excerpts import make_card_excerpts  # few queries search the cards

                    excerpts |= make_card_excerpts(condition, stories, self._archive, self._find_matches)
        return excerpts

    def _make_other_excerpts(
        self, query: Query, phrases: Sequence[Phrase], stories: Sequence[LazyStory]
    ) -> Iterator[Excerpt]:
        """Yield excerpts of stories whose text has none of the words: of a link that matches, else the default."""
        conditions = [condition for clause in query.clauses if clause.is_positive for condition in clause.any_of]
        link_conditions = [
            condition for condition in conditions if isinstance(condition, (CitedHost, CitedKind, CitedWork))
        ]
        for story, links in zip(stories, self._find_links(phrases, stories), strict=True):
            excerpt = None
            if links or link_conditions:
                loaded = story.load()
                excerpt = make_link_excerpt(loaded, link_conditions, links)
                if not link_conditions:
                    excerpt = self._make_citation_excerpt(loaded, phrases, links, excerpt)
            yield excerpt or make_default_excerpt(story.get_block_texts(), story.tagline)

    def _make_citation_excerpt(
        self, story: Story, phrases: Sequence[Phrase], links: Sequence[int], excerpt: Excerpt | None
    ) -> Excerpt | None:
        """Return an excerpt of the first address or id that matches, and `excerpt` if only the text of a link does."""
        works = [f"cites {format_work(link.work)}" for link in story.links if link.n in links and link.work]
        for work, ranges in zip(works, self._highlighter.find_matches(phrases, works), strict=True):
            if ranges:
                return make_citation_excerpt(work, ranges, excerpt.block if excerpt else TAGLINE_BLOCK)
        return excerpt

    def _find_matches(self, phrases: Sequence[Phrase], texts: Sequence[str]) -> list[list[PassageMatch]]:
        ranges = self._highlighter.find_matches(phrases, texts)
        spellings = list({text[start:end] for text, found in zip(texts, ranges, strict=True) for start, end in found})
        # Look up each spelling once; that is far less text than all the passages.
        phrase_numbers = dict(zip(spellings, self._highlighter.find_matching_phrases(phrases, spellings), strict=True))
        return [
            [PassageMatch(start, end, phrase_numbers[text[start:end]]) for start, end in found]
            for text, found in zip(texts, ranges, strict=True)
        ]

    def _find_links(self, phrases: Sequence[Phrase], stories: Sequence[LazyStory]) -> list[list[int]]:
        """Return, for each story, the numbers of the links whose text or work matches a phrase."""
        links_by_story = [story.get_link_texts() if phrases else [] for story in stories]
        texts = [text for links in links_by_story for _, text in links]
        matches = iter(self._highlighter.find_matches(phrases, texts) if texts else ())
        return [[n for n, _ in links if next(matches)] for links in links_by_story]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_MIN_YEARS = 4
"""Years; a shorter time is shown by quarters, because fewer than four bars show no trend."""
EVERY_STORY_QUERY = Query("", (Clause((DateRange(None, None),)),))
"""Matches all stories with a known day, for the totals of a trend."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a quarter from `start` until before `end`, both YYYY-MM-DD.

    `stories` is the number of matching stories, `total` that of all stories.
    """

    name: str
    start: str
    end: str
    stories: int
    total: int

    @property
    def share(self) -> float:
        """The fraction of stories that match, from 0 to 1."""
        return self.stories / self.total if self.total else 0.0

    @property
    def query_text(self) -> str:
        """The fields that restrict a query to this period."""
        return f"year:{self.name}" if self.name.isdecimal() else f"after:{self.start[:7]} before:{self.end[:7]}"


def compute_trend(counts: Mapping[str | None, int], totals: Mapping[str | None, int]) -> tuple[Period, ...]:
    """Return the periods from the first matching story to the last, including empty ones.

    Periods are quarters if the stories span less than four years. Stories without a day are ignored.

    Args:
        counts: the number of matching stories by day.
        totals: the number of all stories by day.
    """
    days = sorted(day for day, stories in counts.items() if day and stories)
    if not days:
        return ()
    months = 3 if _to_months(days[-1]) - _to_months(days[0]) < _MIN_YEARS * 12 else 12
    first, last = (_to_months(day) // months for day in (days[0], days[-1]))
    matching, all_counts = _count_by_period(counts, months), _count_by_period(totals, months)
    return tuple(
        Period(
            _format_period(number, months),
            _to_day(number * months),
            _to_day((number + 1) * months),
            matching[number],
            all_counts[number],
        )
        for number in range(first, last + 1)
    )


def _count_by_period(stories: Mapping[str | None, int], months: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for day, count in stories.items():
        if day:
            counts[_to_months(day) // months] += count
    return counts


def _to_months(day: str) -> int:
    """Return the number of months from year 0 to the month of a day."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def _to_day(months: int) -> str:
    # Not a `date`, because that cannot hold the day after year 9999.
    return f"{months // 12:04}-{months % 12 + 1:02}-01"


def _format_period(number: int, months: int) -> str:
    return f"{number:04}" if months == 12 else f"{number // 4:04}-Q{number % 4 + 1}"
