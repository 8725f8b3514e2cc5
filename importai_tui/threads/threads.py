"""Finds a story's references, its mentions in later stories, related stories, and the chain that it belongs to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.relations import IssueRef, StoryRef, StoryRelations
from importai_tui.threads.mentions import (
    Mention,
    find_mentions,
    get_anchor,
    get_url_prefixes,
    get_work_overlap,
    resolve_issue,
)
from importai_tui.threads.resolver import (
    HEADLINE_FACTOR,
    Candidate,
    Certainty,
    DocumentFrequency,
    Resolution,
    resolve_mention,
)
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.threads.related import RelatedStory

_WEEKS_PER_YEAR = 365.25 / 7


def count_weeks_between(earlier: str | None, later: str | None) -> int | None:
    """Return the rounded weeks between two days (YYYY-MM-DD), negative in reverse order; None if a day is unknown."""
    try:
        days = (date.fromisoformat(later) - date.fromisoformat(earlier)).days if earlier and later else None
    except ValueError:
        return None
    return round(days / 7) if days is not None else None


def format_weeks(weeks: int) -> str:
    """Return `12 weeks`, `1 week`, `same week`; from two years on `3 years`."""
    if weeks == 0:
        return "same week"
    years = round(abs(weeks) / _WEEKS_PER_YEAR)
    if abs(weeks) >= 2 * _WEEKS_PER_YEAR - 1:
        return f"{years} years"
    return plural(abs(weeks), "week")


def format_gap(weeks: int | None, *, is_later: bool) -> str:
    """Return `12 weeks earlier` or `12 weeks later`; empty for None."""
    if weeks is None:
        return ""
    return format_weeks(weeks) + ("" if weeks == 0 else " later" if is_later else " earlier")


@dataclass(frozen=True, slots=True)
class Reference:
    """A resolved mention of an earlier issue in the story `origin`.

    `issue` is None if the archive lacks it, `story` if it is unknown. `url` is that of the mention, else of the issue.
    """

    origin: StoryRef
    number: int | None
    text: str
    url: str | None
    issue: IssueRef | None
    story: StoryRef | None
    certainty: Certainty
    reason: str

    @property
    def weeks(self) -> int | None:
        """Weeks from the mentioned issue to the story that mentions it; None if a day is unknown."""
        return count_weeks_between(self.issue.day if self.issue else None, self.origin.day)


@dataclass(frozen=True, slots=True)
class StoryReferences:
    """A story's references in text order, and its mentions in later stories, oldest first."""

    refers_to: tuple[Reference, ...] = ()
    mentioned_in: tuple[Reference, ...] = ()

    @property
    def stories(self) -> list[StoryRef]:
        """The known stories at the other end."""
        earlier = [reference.story for reference in self.refers_to if reference.story]
        return earlier + [reference.origin for reference in self.mentioned_in]


class Threads:
    """An open archive with cached references. Call everything but `interrupt` in the thread that opened it."""

    def __init__(self, archive: Path, story_count: int | None = None) -> None:
        """Open an archive; `story_count` saves a query if the caller knows it. Raises DatabaseError."""
        self._archive = StoryRelations(archive, story_count)
        self._references_by_story: dict[int, tuple[Reference, ...]] = {}

    @property
    def story_count(self) -> int:
        """The number of stories in the archive."""
        return self._archive.story_count

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def interrupt(self) -> None:
        """Cancel the running query from another thread; the query raises QueryCancelled."""
        self._archive.interrupt()

    def get_story(self, key: str) -> StoryRef | None:
        """Return the story with this key; None if the archive lacks it."""
        return self._archive.find_by_key(key)

    def get_references(self, key: str) -> StoryReferences:
        """Return the references of the story with this key, in both directions; none if the archive lacks it."""
        story = self._archive.find_by_key(key)
        return (
            StoryReferences(self.get_references_from(story), self.get_mentions_of(story))
            if story
            else StoryReferences()
        )

    def get_references_from(self, origin: StoryRef) -> tuple[Reference, ...]:
        """Return the references to other issues, each issue once, in text order. Cached."""
        if origin.id not in self._references_by_story:
            story = self._archive.get_story(origin.id)
            found = [self._resolve(origin, mention) for mention in find_mentions(story)] if story else []
            self._references_by_story[origin.id] = tuple(
                _drop_repeats(x for x in found if x.issue is None or x.issue.id != origin.issue_id)
            )
        return self._references_by_story[origin.id]

    def get_mentions_of(self, story: StoryRef) -> tuple[Reference, ...]:
        """Return the mentions of a story, oldest first; mentions of its issue with an unknown story come last."""
        issue = self._archive.get_issue(story.issue_id)
        if issue is None:
            return ()
        mentions = [
            reference
            for other in self._archive.find_by_ids(self._find_linking_stories(issue))
            if other.issue_id != issue.id
            for reference in self.get_references_from(other)
            if reference.issue == issue and reference.story in (story, None)
        ]
        order = self._archive.issue_order
        mentions.sort(
            key=lambda x: (x.story is None, order.get_place(x.origin.number, x.origin.day), x.origin.position)
        )
        return tuple(mentions)

    def get_related(self, origin: StoryRef, *, exclude: Sequence[StoryRef] = ()) -> tuple[RelatedStory, ...]:
        """Return related stories, best first, without the `exclude` ones, which the user already sees in the thread."""
        from importai_tui.threads.related import find_related  # here, because references of a story need none

        return find_related(self._archive, origin, {excluded.id for excluded in exclude})

    def _find_linking_stories(self, issue: IssueRef) -> set[int]:
        mentioning = self._archive.find_stories_mentioning(issue.number) if issue.number is not None else []
        known_day = None if issue.is_day_estimated else issue.day
        prefixes = get_url_prefixes(issue.slug, known_day, issue.url)
        return {*mentioning, *(id for prefix in prefixes for id in self._archive.find_stories_linking(prefix))}

    def _resolve(self, origin: StoryRef, mention: Mention) -> Reference:
        issue = resolve_issue(self._archive, mention.number, mention.url)
        stories = self._archive.find_in_issue(issue.id) if issue else []
        resolution = self._choose_story(origin, mention, stories)
        return Reference(
            origin,
            issue.number if issue else mention.number,
            mention.text,
            mention.url or (issue.url if issue else None),
            issue,
            stories[resolution.index] if resolution.index is not None else None,
            resolution.certainty,
            resolution.reason,
        )

    def _choose_story(self, origin: StoryRef, mention: Mention, stories: Sequence[StoryRef]) -> Resolution:
        if not stories:
            return Resolution(None, Certainty.ISSUE_ONLY, "")
        ids = [story.id for story in stories]
        frequencies: dict[str, int] = {}
        word_factors: dict[int, dict[str, float]] = {id: {} for id in ids}
        for word, _ in mention.words:
            story_ids = self._archive.find_stories_with_word(word, ids)
            # The frequency is looked up only for words that a candidate has, because that query is slow.
            if story_ids and (frequency := self._archive.get_frequency(word)) < self._archive.frequency_limit:
                frequencies[word] = frequency
                headline_ids = self._archive.find_stories_with_word(word, ids, in_headline=True)
                for id in story_ids:
                    word_factors[id][word] = HEADLINE_FACTOR if id in headline_ids else 1.0
        overlap = get_work_overlap(self._archive, origin, stories)
        candidates = [
            Candidate(story.headline, overlap.works_by_story[story.id], word_factors[story.id]) for story in stories
        ]
        return resolve_mention(
            mention.words,
            DocumentFrequency(self._archive.story_count, frequencies),
            candidates,
            anchor=get_anchor(mention.url),
            shared_counts=overlap.shared_counts,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _drop_repeats(references: Iterator[Reference]) -> Iterator[Reference]:
    """Yield one reference for each issue, because a number and a link may mean the same issue."""
    seen: set[object] = set()
    for reference in references:
        if (identity := _get_identity(reference)) not in seen:
            seen.add(identity)
            yield reference


_MAX_CHAIN_LENGTH = 30
"""Stories; a subject that comes up every month has longer chains than users follow."""


@dataclass(frozen=True, slots=True)
class ChainNode:
    """A node of a chain: a story, an issue whose story is unknown, or an issue that the archive lacks.

    `refers_to` are all references of the story; `url` is the page of the issue, if known.
    """

    story: StoryRef | None
    issue: IssueRef | None
    number: int | None
    url: str | None
    refers_to: tuple[Reference, ...] = ()

    @property
    def day(self) -> str | None:
        """The day of the issue, YYYY-MM-DD; None if unknown."""
        return self.story.day if self.story else self.issue.day if self.issue else None

    @property
    def is_day_estimated(self) -> bool:
        """True if `day` is estimated from the neighbours of an undated issue."""
        holder = self.story or self.issue
        return holder is not None and holder.is_day_estimated


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of stories, oldest first. `start` is the index of the requested story."""

    nodes: tuple[ChainNode, ...]
    start: int
    is_truncated: bool = False


def build_chain(threads: Threads, start: StoryRef, limit: int = _MAX_CHAIN_LENGTH) -> Chain:
    """Collect the stories that are connected to one by references, directly or not; breadth first, up to `limit`.

    Stories that mention the issue without a known story fill the remaining places.
    """
    stories: dict[int, ChainNode] = {}
    missing: dict[object, ChainNode] = {}
    waiting, seen, is_truncated = deque([start]), {start.id}, False
    while waiting:
        if len(stories) == limit:
            is_truncated = True
            break
        origin = waiting.popleft()
        refers_to = threads.get_references_from(origin)
        stories[origin.id] = _make_node(origin, refers_to)
        for reference in refers_to:
            if reference.story is None and not (reference.issue and reference.issue.id == start.issue_id):
                missing.setdefault(
                    _get_identity(reference), ChainNode(None, reference.issue, reference.number, reference.url)
                )
        for story in _find_neighbours(threads, origin, refers_to):
            if story.id not in seen:
                seen.add(story.id)
                waiting.append(story)
    possible = [story for story in _find_possible_mentions(threads, start) if story.id not in stories]
    free_count = limit - len(stories)
    stories.update((story.id, _make_node(story, threads.get_references_from(story))) for story in possible[:free_count])
    is_truncated = is_truncated or len(possible) > free_count
    nodes = _sort_by_time((*stories.values(), *missing.values()))
    index = next(n for n, node in enumerate(nodes) if node.story and node.story.id == start.id)
    return Chain(nodes, index, is_truncated)


def _sort_by_time(nodes: Iterable[ChainNode]) -> tuple[ChainNode, ...]:
    """Sort nodes oldest first: by issue number, because many days are unknown; issues without a number by day."""
    every = list(nodes)
    ordered = sorted((x for x in every if x.number is not None), key=lambda x: (x.number or 0, _get_position(x)))
    for node in sorted((x for x in every if x.number is None), key=lambda x: (x.day or "", _get_position(x))):
        later = (n for n, other in enumerate(ordered) if other.day and node.day and other.day > node.day)
        ordered.insert(next(later, len(ordered)), node)
    return tuple(ordered)


def _make_node(story: StoryRef, refers_to: tuple[Reference, ...]) -> ChainNode:
    return ChainNode(story, None, story.number, None, refers_to)


def _find_neighbours(threads: Threads, story: StoryRef, refers_to: Iterable[Reference]) -> Iterator[StoryRef]:
    """Yield the stories that a story refers to or is mentioned in; mentions of a whole issue are not followed."""
    yield from (reference.story for reference in refers_to if reference.story)
    yield from (reference.origin for reference in threads.get_mentions_of(story) if reference.story)


def _find_possible_mentions(threads: Threads, story: StoryRef) -> Iterator[StoryRef]:
    """Yield the later stories that mention the issue and may mean this story, oldest first."""
    return (reference.origin for reference in threads.get_mentions_of(story) if reference.story is None)


def _get_identity(reference: Reference) -> object:
    """Return a key of the issue, also of one that the archive lacks."""
    return reference.issue.id if reference.issue else ("not here", reference.number or reference.url)


def _get_position(node: ChainNode) -> int:
    return node.story.position if node.story else 0
