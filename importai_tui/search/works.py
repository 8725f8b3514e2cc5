"""Searches the cited works: by their own words, and, ranked lower, by the stories that cite them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.paths import get_cards_file
from importai_tui.query.conditions import Clause, Query, SortOrder
from importai_tui.wording import plural
from importai_tui.works.query import WorkClause, WorkOrder, WorkQuery, sort_works
from importai_tui.works.work import Work, get_work_day

if TYPE_CHECKING:
    from importai_tui.archive.cards import CardStore
    from importai_tui.archive.work_index import WorkIndex
    from importai_tui.search.search import Search

_MAX_STORIES = 1_000
"""Stories whose works are found, the newest first."""
_MAX_PARTIAL_STORIES = 10
"""The best stories, whose works are found if no work is found otherwise."""
_MOST_REMARK = "No work has all words; stories with most of them cite these."
_CORRECTION_REMARK = "Searched for “{}”. Quote a word to search for it as typed."


class _Match(IntEnum):
    """The part of a work that has the words, the best first."""

    NAME = 0
    """Its title, authors or publisher."""
    ADDRESS = 1
    CARD = 2
    """The abstract, README or article on its card, together with the above."""
    STORY = 3
    """The headline, tagline or first sentences of a story that cites it."""


@dataclass(frozen=True, slots=True)
class WorkResult:
    """The works found, in order; `story_count` of them only because a story that cites them has the words.

    `remarks` are sentences for the user about the query and what was searched for.
    """

    works: Sequence[Work]
    remarks: tuple[str, ...] = ()
    story_count: int = 0


class WorkSearch:
    """Searches the works of an archive. Call everything but `interrupt` in one thread."""

    def __init__(self, archive: Path, works: Sequence[Work]) -> None:
        """Take all works, the last cited first."""
        self._archive = archive
        self._works = works
        self._orders: dict[WorkOrder, list[int]] = {}
        self._places_by_ref: dict[str, list[int]] = {}
        self._index: WorkIndex | None = None
        self._search: Search | None = None
        self._cards: CardStore | None = None
        self._places_by_id: dict[str, int] = {}

    def prepare(self) -> None:
        """Open the archive and index the works, if that is not done yet. Only words need it."""
        if self._index:
            return
        # Imported here, because commands mostly filter works without words.
        from importai_tui.archive.work_index import WorkIndex
        from importai_tui.search.search import Search

        self._search = Search(self._archive)
        for place, work in enumerate(self._works):
            for ref in work.cited_by:
                self._places_by_ref.setdefault(ref, []).append(place)
        self._index = WorkIndex()
        self._index.fill(self._works)
        if (cards := get_cards_file(self._archive)).exists():
            from importai_tui.archive.cards import CardStore  # many archives have no cards

            self._cards = CardStore(cards)
        self._places_by_id = {work.id: place for place, work in enumerate(self._works)}

    def interrupt(self) -> None:
        """Cancel the running search from another thread; it raises QueryCancelled."""
        if search := self._search:
            search.interrupt()

    def close(self) -> None:
        """Close the archive and free the index; a second call does nothing."""
        if self._search:
            self._search.close()
        if self._index:
            self._index.close()
        if self._cards:
            self._cards.close()

    def find(self, query: WorkQuery, order: WorkOrder) -> WorkResult:
        """Return the works that a query finds.

        Raises:
            QueryCancelled: `interrupt` was called.
            DatabaseError: the archive cannot be read.
        """
        places, remarks = self._get_order(order), query.remarks
        matches: Mapping[int, _Match] = {}
        if query.has_words:
            self.prepare()
            matches, more_remarks = self._match_words(query)
            remarks += more_remarks
            places = [place for place in places if place in matches]
        undated: set[int] = set()
        for clause in query.filters:
            accepts = clause.predicate
            if clause.needs_date and not undated:
                undated = {place for place in places if _has_no_date(self._works[place])}
            places = [place for place in places if accepts(self._works[place])]
        if count := len(undated):
            remarks += (f"{plural(count, 'work has no date and is left out', 'works have no date and are left out')}.",)
        if query.has_words and order is WorkOrder.BEST:
            places.sort(key=matches.__getitem__)
        story_count = sum(matches[place] is _Match.STORY for place in places) if matches else 0
        return WorkResult([self._works[place] for place in places], remarks, story_count)

    def _match_words(self, query: WorkQuery) -> tuple[Mapping[int, _Match], tuple[str, ...]]:
        """Return the places of the works that match all clauses with words, and remarks."""
        assert self._search
        story_query = Query(query.line, query.story_clauses)
        matches = self._match_clauses(self._search.expand(story_query).clauses, query.own_clauses)
        if matches or not any(clause.is_positive for clause in story_query.clauses):
            return matches, ()
        remarks: tuple[str, ...] = ()
        result = self._search.find(story_query, {}, limit=_MAX_PARTIAL_STORIES)
        if result.correction:
            remarks += (_CORRECTION_REMARK.format(result.correction.line),)
            matches = self._match_clauses(self._search.expand(result.correction.query).clauses, query.own_clauses)
        if not matches and not query.own_clauses:
            matches = dict.fromkeys(self._find_cited(hit.ref for hit in result.hits), _Match.STORY)
            remarks += (_MOST_REMARK,) if matches and result.has_most else ()
        return matches, remarks

    def _match_clauses(self, expanded: Sequence[Clause], own: Sequence[WorkClause]) -> dict[int, _Match]:
        """Return the places of the works that match expanded clauses for stories and clauses for works alone."""
        by_story = self._find_by_lead(expanded)
        everything = set(range(len(self._works)))
        by_name, by_address, by_card = set(everything), set(everything), everything
        excluded: set[int] = set()
        excluded_by_card: set[int] = set()
        for clause in (*(WorkClause(one.phrases, (), one.is_positive) for one in expanded), *own):
            found, on_card = self._find_places(clause), self._find_by_card(clause)
            if not clause.is_positive:
                excluded |= found
                excluded_by_card |= on_card
                continue
            by_name &= self._find_places(clause, by_name=True)
            by_address &= found
            by_card &= found | on_card
            if not clause.is_for_stories:
                by_story &= found
        matches = dict.fromkeys(by_story - excluded, _Match.STORY)
        matches |= dict.fromkeys(by_card - excluded - excluded_by_card, _Match.CARD)
        matches |= dict.fromkeys(by_address - excluded, _Match.ADDRESS)
        return matches | dict.fromkeys(by_name - excluded, _Match.NAME)

    def _find_by_lead(self, clauses: Sequence[Clause]) -> set[int]:
        """Return the places of the works that a story cites which is about these words.

        A story that only mentions them would bring too many works.
        """
        if not any(clause.is_positive for clause in clauses):
            return set()
        assert self._search
        lead = tuple(
            replace(clause, any_of=tuple(replace(phrase, in_lead=True) for phrase in clause.phrases))
            for clause in clauses
        )
        # The newest stories first, because their rank does not matter, and ranking takes longest.
        result = self._search.find_all(Query("", lead, SortOrder.NEW), {}, limit=_MAX_STORIES)
        return self._find_cited(hit.ref for hit in result.hits)

    def _find_cited(self, refs: Iterable[str]) -> set[int]:
        """Return the places of the works that these stories cite."""
        return {place for ref in refs for place in self._places_by_ref.get(ref, ())}

    def _find_places(self, clause: WorkClause, *, by_name: bool = False) -> set[int]:
        """Return the places of the works that one of the conditions of a clause matches."""
        assert self._index
        found = self._index.find(clause.phrases, by_name=by_name)
        for is_match in clause.predicates:
            found.update(place for place, work in enumerate(self._works) if is_match(work))
        return found

    def _find_by_card(self, clause: WorkClause) -> set[int]:
        """Return the places of the works whose cards have one of the words of a clause."""
        if not (self._cards and clause.phrases):
            return set()
        from importai_tui.archive.cards import make_card_match

        works = self._cards.find(*make_card_match([Clause(clause.phrases)]))
        return {self._places_by_id[work] for work in works if work in self._places_by_id}

    def _get_order(self, order: WorkOrder) -> list[int]:
        """Return the places of all works in this order."""
        if order not in self._orders:
            place_of = {work.id: place for place, work in enumerate(self._works)}
            self._orders[order] = [place_of[work.id] for work in sort_works(self._works, order)]
        return self._orders[order]


def _has_no_date(work: Work) -> bool:
    # Most works have a first citation with a day, and looking at that alone is fast.
    return work.first_cited is None and get_work_day(work) is None
