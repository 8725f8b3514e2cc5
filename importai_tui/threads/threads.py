"""One way through the threads: an open archive, and what its stories refer to. For one thread alone.

The stories nearest to one: those that cite the same works, then those that are told in the same rare words.

The whole thread that a story belongs to: all that is tied to it, over however many stories, in the order of time.

The time between two issues, in the words of people. Pure; days are YYYY-MM-DD.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import log
from pathlib import Path
from typing import Self

from importai_tui.archive.full_text import DAY_BITS
from importai_tui.archive.relations import IssueRef, StoryRef, StoryRelations
from importai_tui.model import Paragraph, ParagraphRole, Story, block_to_text
from importai_tui.threads.mentions import (
    Mention,
    find_distinctive_words,
    find_mentions,
    get_anchor,
    get_url_prefixes,
    get_work_overlap,
    has_same_stem,
    is_name,
    resolve_issue,
)
from importai_tui.threads.resolver import (
    HEADLINE_FACTOR,
    Candidate,
    Certainty,
    DocumentFrequency,
    Resolution,
    format_shared_words,
    is_site_root,
    resolve_mention,
)
from importai_tui.wording import plural

_WEEKS_PER_YEAR = 365.25 / 7


def count_weeks_between(earlier: str | None, later: str | None) -> int | None:
    """Whole weeks, the nearest; negative where the first is the later one; None where a day is not known."""
    try:
        days = (date.fromisoformat(later) - date.fromisoformat(earlier)).days if earlier and later else None
    except ValueError:
        return None
    return round(days / 7) if days is not None else None


def format_weeks(weeks: int) -> str:
    """`12 weeks`, `1 week`, `the same week`; from two years on `3 years`, for nobody counts more weeks."""
    if weeks == 0:
        return "the same week"
    years = round(abs(weeks) / _WEEKS_PER_YEAR)
    if abs(weeks) >= 2 * _WEEKS_PER_YEAR - 1:
        return f"{years} years"
    return plural(abs(weeks), "week")


def format_gap(weeks: int | None, *, is_later: bool) -> str:
    """`12 weeks before`, or `after` where `later`; empty where it is not known."""
    if weeks is None:
        return ""
    return format_weeks(weeks) + ("" if weeks == 0 else " later" if is_later else " before")


MAX_RELATED = 8
"""Stories: more than one looks through."""
MAX_TERMS = 12
"""Words that are looked for: the strongest of a story; with more the weaker ones decide."""
_MAX_LOOKUPS = 40
"""Words whose rarity is asked for, of some 200 that a story has: the others are there once, in passing."""
_MAX_REASON_NAMES = 3
_MIN_SHARED_WEIGHT = 0.2
"""Of the weight of all terms; with less two stories have words in common, and no subject."""
_MAX_CITING_STORIES = 20
"""A work that more stories cite ties none of them together."""
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]['\"”’)\]]*\s+|\n)['\"“‘(\[]*$")
_HEADLINE_FACTOR = 3.0
"""How many times a word of the headline counts."""


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """A story near another one, and why, in a few words."""

    story: StoryRef
    reason: str


def find_related(archive: StoryRelations, place: StoryRef, story: Story, exclude: Set[int]) -> tuple[RelatedStory, ...]:
    """The nearest stories, at most `MOST`, the nearest first."""
    by_works = _find_by_works(archive, place, exclude)
    left = MAX_RELATED - len(by_works)
    by_words = _find_by_words(archive, story, exclude | set(by_works), left) if left > 0 else {}
    reasons = dict(islice((by_works | by_words).items(), MAX_RELATED))
    places = {found.id: found for found in archive.find_by_ids(reasons)}
    return tuple(RelatedStory(places[id], reason) for id, reason in reasons.items() if id in places)


def _find_by_works(archive: StoryRelations, place: StoryRef, exclude: Set[int]) -> dict[int, str]:
    """Stories by the works in common, the rarer weighing more; of equals the newer first."""
    weights: Counter[int] = Counter()
    shared: dict[int, list[str]] = {}
    for work in sorted(archive.get_cited_works([place.id])[place.id]):
        citing = [] if is_site_root(work) else archive.find_stories_citing(work, _MAX_CITING_STORIES + 1)
        if len(citing) <= _MAX_CITING_STORIES:
            for id in citing:
                if id not in exclude:
                    weights[id] += 1 / len(citing)  # type: ignore[assignment]
                    shared.setdefault(id, []).append(work)
    order = sorted(weights, key=lambda id: (-weights[id], -id))
    return {id: f"both cite {', '.join(shared[id][:_MAX_REASON_NAMES])}" for id in order[:MAX_RELATED]}


def _find_by_words(archive: StoryRelations, story: Story, exclude: Set[int], limit: int) -> dict[int, str]:
    terms = find_key_terms(archive, story)
    if not terms:
        return {}
    # Those that are left out may be among the nearest.
    near = [id for id in archive.find_similar(list(terms), limit + len(exclude)) if id not in exclude]
    held: dict[int, list[str]] = {id: [] for id in near}
    for term in terms if near else ():
        for id in archive.find_stories_with_word(term, near):
            held[id].append(term)
    least = _MIN_SHARED_WEIGHT * sum(terms.values())
    close = [id for id in near if len(held[id]) > 1 and sum(map(terms.__getitem__, held[id])) >= least]
    return {id: format_shared_words(_sort_names_first(held[id])[:_MAX_REASON_NAMES]) for id in close[:limit]}


def _sort_names_first(words: Sequence[str]) -> list[str]:
    return sorted(words, key=lambda word: not is_name(word, first=False))


def find_key_terms(archive: StoryRelations, story: Story) -> dict[str, float]:
    """The words that tell a story from the others, the strongest first: often in it, and in few others."""
    total = archive.story_count
    weights = {}
    for word, count in islice(_count_words(story), _MAX_LOOKUPS):
        stories = archive.get_frequency(word)
        if 1 < stories < archive.frequency_limit:
            weights[word] = log(1 + count) * log(total / stories)
    best = sorted(weights, key=lambda word: -weights[word])[:MAX_TERMS]
    return {word: weights[word] for word in best}


def _count_words(story: Story) -> Sequence[tuple[str, float]]:
    """The words of a story, forms of one together, the most frequent first; a headline's weigh more."""
    count: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for text, weight in (
        (story.headline, _HEADLINE_FACTOR),
        (story.tagline or "", _HEADLINE_FACTOR / 2),
        (_get_prose(story), 1.0),
    ):
        for at, word in find_distinctive_words(text):
            name = is_name(word, first=bool(_SENTENCE_START.search(text[max(0, at - 4) : at])) or at == 0)
            folded = word.casefold()
            if name or folded not in spelled:
                spelled[folded] = word if name else folded
            count[folded] += weight * (1.5 if name else 1.0)  # type: ignore[assignment]
    return _merge_forms(count, spelled)


def _get_prose(story: Story) -> str:
    """The text without its lines of links, which name sites."""
    told = (b for b in story.blocks if not (isinstance(b, Paragraph) and b.role is ParagraphRole.READ_MORE))
    return "\n".join(map(block_to_text, told))


def _merge_forms(count: Counter[str], spelled: Mapping[str, str]) -> list[tuple[str, float]]:
    joined: dict[str, float] = {}
    begun: dict[str, list[str]] = {}
    for word, times in count.most_common():
        others = begun.setdefault(word[:4], [])
        form = next((known for known in others if has_same_stem(known, word)), word)
        if form == word:
            others.append(word)
        joined[form] = joined.get(form, 0.0) + times
    return sorted(((spelled[word], times) for word, times in joined.items()), key=lambda item: -item[1])


@dataclass(frozen=True, slots=True)
class Reference:
    """A story's mention of an earlier issue, and what it means.

    `issue` is None where the archive lacks it, `story` where it is not known which one is meant. `url` is the address
    of the page that is mentioned, where the mention is a link, else that of the issue.
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
        """Weeks from what is mentioned to the story that mentions it; None where a day is not known."""
        return count_weeks_between(self.issue.day if self.issue else None, self.origin.day)


@dataclass(frozen=True, slots=True)
class Ties:
    """What a story is tied to: what it refers to, as it mentions it, and where it is mentioned later, oldest first."""

    refers_to: tuple[Reference, ...] = ()
    mentioned_in: tuple[Reference, ...] = ()

    @property
    def stories(self) -> list[StoryRef]:
        """The stories at the other ends, as far as they are known."""
        earlier = [reference.story for reference in self.refers_to if reference.story]
        return earlier + [reference.origin for reference in self.mentioned_in]


class Threads:
    """An open archive. Everything but `interrupt` is called in the thread that opened it."""

    def __init__(self, archive: Path, story_count: int | None = None) -> None:
        """Open it; raises DatabaseTrouble where that fails. `story_count`: how many stories there are, where known."""
        self._archive = StoryRelations(archive, story_count)
        self._references_by_story: dict[int, tuple[Reference, ...]] = {}

    @property
    def story_count(self) -> int:
        """How many stories there are."""
        return self._archive.story_count

    def close(self) -> None:
        """Close it."""
        self._archive.close()

    def interrupt(self) -> None:
        """Break off what is being asked, from another thread: that raises Interrupted there."""
        self._archive.interrupt()

    def get_story(self, key: str) -> StoryRef | None:
        """The story with this key."""
        return self._archive.find_by_key(key)

    def get_references(self, key: str) -> Ties:
        """What the story with this key is tied to; nothing where the archive does not hold it."""
        place = self._archive.find_by_key(key)
        return Ties(self.get_references_from(place), self.get_mentions_of(place)) if place else Ties()

    def get_references_from(self, place: StoryRef) -> tuple[Reference, ...]:
        """What a story refers to, each issue once, in the order of its mentions."""
        if place.id not in self._references_by_story:
            story = self._archive.get_story(place.id)
            found = [self._resolve(place, mention) for mention in find_mentions(story)] if story else []
            self._references_by_story[place.id] = tuple(
                _drop_repeats(x for x in found if x.issue is None or x.issue.id != place.issue_id)
            )
        return self._references_by_story[place.id]

    def get_mentions_of(self, place: StoryRef) -> tuple[Reference, ...]:
        """Where a story is mentioned, oldest first; last the mentions of its issue that may mean another story."""
        issue = self._archive.get_issue(place.issue_id)
        if issue is None:
            return ()
        found = [
            reference
            for other in self._archive.find_by_ids(self._find_linking_stories(issue))
            if other.issue_id != issue.id
            for reference in self.get_references_from(other)
            if reference.issue == issue and reference.story in (place, None)
        ]
        return tuple(sorted(found, key=lambda x: (x.story is None, x.origin.id >> DAY_BITS, x.origin.position)))

    def get_related(self, place: StoryRef, *, exclude: Sequence[StoryRef] = ()) -> tuple[RelatedStory, ...]:
        """The stories nearest to one, the nearest first; not those of its thread, which are not news."""
        story = self._archive.get_story(place.id)
        return find_related(self._archive, place, story, {place.id, *(x.id for x in exclude)}) if story else ()

    def _find_linking_stories(self, issue: IssueRef) -> set[int]:
        named = self._archive.find_stories_mentioning(issue.number) if issue.number is not None else []
        linked = (
            self._archive.find_stories_linking(begin) for begin in get_url_prefixes(issue.slug, issue.day, issue.url)
        )
        return {*named, *(id for ids in linked for id in ids)}

    def _resolve(self, origin: StoryRef, mention: Mention) -> Reference:
        issue = resolve_issue(self._archive, mention.number, mention.url)
        if issue is None:
            nowhere = Resolution(None, Certainty.ISSUE_ONLY, "")
            return _make_reference(origin, mention, None, (), nowhere)
        stories = self._archive.find_in_issue(issue.id)
        return _make_reference(origin, mention, issue, stories, self._choose_story(origin, mention, stories))

    def _choose_story(self, origin: StoryRef, mention: Mention, stories: Sequence[StoryRef]) -> Resolution:
        ids = [story.id for story in stories]
        rare: dict[str, int] = {}
        holds: dict[int, dict[str, float]] = {id: {} for id in ids}
        for word, _ in mention.words if ids else ():
            holding = self._archive.find_stories_with_word(word, ids)
            # Counted only where it matters: how many have a word takes longer to say than who of a few has it.
            if holding and (frequency := self._archive.get_frequency(word)) < self._archive.frequency_limit:
                rare[word] = frequency
                above = self._archive.find_stories_with_word(word, ids, in_heading=True)
                for id in holding:
                    holds[id][word] = HEADLINE_FACTOR if id in above else 1.0
        cited = get_work_overlap(self._archive, origin, stories)
        candidates = [Candidate(story.headline, cited.works_by_story[story.id], holds[story.id]) for story in stories]
        rarity = DocumentFrequency(self._archive.story_count, rare)
        return resolve_mention(
            mention.words, rarity, candidates, anchor=get_anchor(mention.url), shared_counts=cited.shared_counts
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _make_reference(
    origin: StoryRef, mention: Mention, issue: IssueRef | None, stories: Sequence[StoryRef], resolution: Resolution
) -> Reference:
    story = stories[resolution.index] if resolution.index is not None else None
    number = issue.number if issue else mention.number
    url = mention.url or (issue.url if issue else None)
    return Reference(origin, number, mention.text, url, issue, story, resolution.certainty, resolution.reason)


def _drop_repeats(references: Iterator[Reference]) -> Iterator[Reference]:
    """Each issue that is mentioned once: a number and a link without one may mean the same."""
    seen: set[object] = set()
    for reference in references:
        name = reference.issue.id if reference.issue else reference.number or reference.url
        if name not in seen:
            seen.add(name)
            yield reference


MAX_CHAIN_LENGTH = 30
"""Stories: of a subject that comes up every month the nearest ones, as far as one would follow them."""


@dataclass(frozen=True, slots=True)
class ChainNode:
    """A stop of a thread: a story, an issue of which no story is known to be meant, or one that the archive lacks.

    `refers_to` are its own references, those that made it part of the thread or others of it; `url` is the address of
    its page, where that is known.
    """

    story: StoryRef | None
    issue: IssueRef | None
    number: int | None
    url: str | None
    refers_to: tuple[Reference, ...] = ()

    @property
    def day(self) -> str | None:
        """YYYY-MM-DD, None where it is not known."""
        return self.story.day if self.story else self.issue.day if self.issue else None


@dataclass(frozen=True, slots=True)
class Chain:
    """A thread, oldest first. `here` is the place in it of the story that it was asked for; `cut`: it goes on."""

    nodes: tuple[ChainNode, ...]
    start: int
    is_truncated: bool = False


def build_chain(threads: Threads, place: StoryRef, limit: int = MAX_CHAIN_LENGTH) -> Chain:
    """The thread that a story belongs to: what it is tied to, what these are tied to, and so on, the nearest first.

    The stories that mention its issue, and do not say which story they mean, take the room that is left.
    """
    stories: dict[int, ChainNode] = {}
    ends: dict[object, ChainNode] = {}
    waiting, seen, cut = deque([place]), {place.id}, False
    while waiting:
        if len(stories) == limit:
            cut = True
            break
        at = waiting.popleft()
        refers_to = threads.get_references_from(at)
        stories[at.id] = _make_node(at, refers_to)
        for reference in refers_to:
            if reference.story is None and not (reference.issue and reference.issue.id == place.issue_id):
                ends.setdefault(
                    _get_identity(reference), ChainNode(None, reference.issue, reference.number, reference.url)
                )
        for story in _find_neighbours(threads, at, refers_to):
            if story.id not in seen:
                seen.add(story.id)
                waiting.append(story)
    vague = [story for story in _find_possible_mentions(threads, place) if story.id not in stories]
    room = limit - len(stories)
    stories.update((story.id, _make_node(story, threads.get_references_from(story))) for story in vague[:room])
    cut = cut or len(vague) > room
    nodes = sort_by_time((*stories.values(), *ends.values()))
    here = next(n for n, node in enumerate(nodes) if node.story and node.story.id == place.id)
    return Chain(nodes, here, cut)


def sort_by_time(nodes: Iterable[ChainNode]) -> tuple[ChainNode, ...]:
    """The oldest first: by number, for the days of many issues are not known; those without one by their day."""
    every = list(nodes)
    ordered = sorted((x for x in every if x.number is not None), key=lambda x: (x.number or 0, _get_position(x)))
    for node in sorted((x for x in every if x.number is None), key=lambda x: (x.day or "", _get_position(x))):
        later = (n for n, other in enumerate(ordered) if other.day and node.day and other.day > node.day)
        ordered.insert(next(later, len(ordered)), node)
    return tuple(ordered)


def _make_node(place: StoryRef, refers_to: tuple[Reference, ...]) -> ChainNode:
    return ChainNode(place, None, place.number, None, refers_to)


def _find_neighbours(threads: Threads, place: StoryRef, refers_to: Iterable[Reference]) -> Iterator[StoryRef]:
    """The stories that are tied to one for certain or by their words; a mention of the whole issue leads no further."""
    yield from (reference.story for reference in refers_to if reference.story)
    yield from (reference.origin for reference in threads.get_mentions_of(place) if reference.story)


def _find_possible_mentions(threads: Threads, place: StoryRef) -> Iterator[StoryRef]:
    """The stories that mention the issue of this one and may mean it, the nearest in time first."""
    return (reference.origin for reference in threads.get_mentions_of(place) if reference.story is None)


def _get_identity(reference: Reference) -> object:
    return reference.issue.id if reference.issue else ("not here", reference.number or reference.url)


def _get_position(node: ChainNode) -> int:
    return node.story.position if node.story else 0
