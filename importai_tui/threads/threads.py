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
from importai_tui.archive.relations import Connections, IssuePlace, StoryPlace
from importai_tui.model import Paragraph, Part, Story, block_text
from importai_tui.threads.mentions import (
    Mention,
    alike,
    anchor_of,
    beginnings,
    cited_by,
    is_name,
    issue_meant,
    mentions_of,
    words_of,
)
from importai_tui.threads.resolver import (
    ABOVE,
    Candidate,
    Certainty,
    Choice,
    Rarity,
    both_speak_of,
    choose,
    is_front_page,
)
from importai_tui.wording import plural

_WEEKS_OF_A_YEAR = 365.25 / 7


def weeks_between(earlier: str | None, later: str | None) -> int | None:
    """Whole weeks, the nearest; negative where the first is the later one; None where a day is not known."""
    try:
        days = (date.fromisoformat(later) - date.fromisoformat(earlier)).days if earlier and later else None
    except ValueError:
        return None
    return round(days / 7) if days is not None else None


def span_words(weeks: int) -> str:
    """`12 weeks`, `1 week`, `the same week`; from two years on `3 years`, for nobody counts more weeks."""
    if weeks == 0:
        return "the same week"
    years = round(abs(weeks) / _WEEKS_OF_A_YEAR)
    if abs(weeks) >= 2 * _WEEKS_OF_A_YEAR - 1:
        return f"{years} years"
    return plural(abs(weeks), "week")


def gap_words(weeks: int | None, *, later: bool) -> str:
    """`12 weeks before`, or `after` where `later`; empty where it is not known."""
    if weeks is None:
        return ""
    return span_words(weeks) + ("" if weeks == 0 else " later" if later else " before")


MOST = 8
"""Stories: more than one looks through."""
TERMS = 12
"""Words that are looked for: the strongest of a story; with more the weaker ones decide."""
_LOOKED_UP = 40
"""Words whose rarity is asked for, of some 200 that a story has: the others are there once, in passing."""
_NAMED = 3
_LEAST_IN_COMMON = 0.2
"""Of the weight of all terms; with less two stories have words in common, and no subject."""
_SHARED_BY = 20
"""A work that more stories cite ties none of them together."""
_BEGINNING = re.compile(r"(?:^|[.!?…:]['\"”’)\]]*\s+|\n)['\"“‘(\[]*$")
_ABOVE = 3.0
"""How many times a word of the headline counts."""


@dataclass(frozen=True, slots=True)
class Related:
    """A story near another one, and why, in a few words."""

    story: StoryPlace
    reason: str


def related_to(archive: Connections, place: StoryPlace, story: Story, without: Set[int]) -> tuple[Related, ...]:
    """The nearest stories, at most `MOST`, the nearest first."""
    by_works = _by_works(archive, place, without)
    left = MOST - len(by_works)
    by_words = _by_words(archive, story, without | set(by_works), left) if left > 0 else {}
    reasons = dict(islice((by_works | by_words).items(), MOST))
    places = {found.id: found for found in archive.at(reasons)}
    return tuple(Related(places[id], reason) for id, reason in reasons.items() if id in places)


def _by_works(archive: Connections, place: StoryPlace, without: Set[int]) -> dict[int, str]:
    """Stories by the works in common, the rarer weighing more; of equals the newer first."""
    weights: Counter[int] = Counter()
    shared: dict[int, list[str]] = {}
    for work in sorted(archive.works([place.id])[place.id]):
        citing = [] if is_front_page(work) else archive.citing(work, _SHARED_BY + 1)
        if len(citing) <= _SHARED_BY:
            for id in citing:
                if id not in without:
                    weights[id] += 1 / len(citing)  # type: ignore[assignment]
                    shared.setdefault(id, []).append(work)
    order = sorted(weights, key=lambda id: (-weights[id], -id))
    return {id: f"both cite {', '.join(shared[id][:_NAMED])}" for id in order[:MOST]}


def _by_words(archive: Connections, story: Story, without: Set[int], most: int) -> dict[int, str]:
    terms = strongest(archive, story)
    if not terms:
        return {}
    # Those that are left out may be among the nearest.
    near = [id for id in archive.nearest(list(terms), most + len(without)) if id not in without]
    held: dict[int, list[str]] = {id: [] for id in near}
    for term in terms if near else ():
        for id in archive.holding(term, near):
            held[id].append(term)
    least = _LEAST_IN_COMMON * sum(terms.values())
    close = [id for id in near if len(held[id]) > 1 and sum(map(terms.__getitem__, held[id])) >= least]
    return {id: both_speak_of(_names_first(held[id])[:_NAMED]) for id in close[:most]}


def _names_first(words: Sequence[str]) -> list[str]:
    return sorted(words, key=lambda word: not is_name(word, first=False))


def strongest(archive: Connections, story: Story) -> dict[str, float]:
    """The words that tell a story from the others, the strongest first: often in it, and in few others."""
    total = archive.story_count
    weights = {}
    for word, count in islice(_counted(story), _LOOKED_UP):
        stories = archive.frequency(word)
        if 1 < stories < archive.common:
            weights[word] = log(1 + count) * log(total / stories)
    best = sorted(weights, key=lambda word: -weights[word])[:TERMS]
    return {word: weights[word] for word in best}


def _counted(story: Story) -> Sequence[tuple[str, float]]:
    """The words of a story, forms of one together, the most frequent first; a headline's weigh more."""
    count: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for text, weight in ((story.headline, _ABOVE), (story.tagline or "", _ABOVE / 2), (_told(story), 1.0)):
        for at, word in words_of(text):
            name = is_name(word, first=bool(_BEGINNING.search(text[max(0, at - 4) : at])) or at == 0)
            folded = word.casefold()
            if name or folded not in spelled:
                spelled[folded] = word if name else folded
            count[folded] += weight * (1.5 if name else 1.0)  # type: ignore[assignment]
    return _forms_joined(count, spelled)


def _told(story: Story) -> str:
    """The text without its lines of links, which name sites."""
    told = (b for b in story.blocks if not (isinstance(b, Paragraph) and b.part is Part.READ_MORE))
    return "\n".join(map(block_text, told))


def _forms_joined(count: Counter[str], spelled: Mapping[str, str]) -> list[tuple[str, float]]:
    joined: dict[str, float] = {}
    begun: dict[str, list[str]] = {}
    for word, times in count.most_common():
        others = begun.setdefault(word[:4], [])
        form = next((known for known in others if alike(known, word)), word)
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

    origin: StoryPlace
    number: int | None
    text: str
    url: str | None
    issue: IssuePlace | None
    story: StoryPlace | None
    certainty: Certainty
    reason: str

    @property
    def weeks(self) -> int | None:
        """Weeks from what is mentioned to the story that mentions it; None where a day is not known."""
        return weeks_between(self.issue.day if self.issue else None, self.origin.day)


@dataclass(frozen=True, slots=True)
class Ties:
    """What a story is tied to: what it refers to, as it mentions it, and where it is mentioned later, oldest first."""

    refers_to: tuple[Reference, ...] = ()
    mentioned_in: tuple[Reference, ...] = ()

    @property
    def stories(self) -> list[StoryPlace]:
        """The stories at the other ends, as far as they are known."""
        earlier = [reference.story for reference in self.refers_to if reference.story]
        return earlier + [reference.origin for reference in self.mentioned_in]


class Threads:
    """An open archive. Everything but `interrupt` is called in the thread that opened it."""

    def __init__(self, archive: Path, story_count: int | None = None) -> None:
        """Open it; raises DatabaseTrouble where that fails. `story_count`: how many stories there are, where known."""
        self._archive = Connections(archive, story_count)
        self._known: dict[int, tuple[Reference, ...]] = {}

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

    def place(self, key: str) -> StoryPlace | None:
        """The story with this key."""
        return self._archive.with_key(key)

    def ties(self, key: str) -> Ties:
        """What the story with this key is tied to; nothing where the archive does not hold it."""
        place = self._archive.with_key(key)
        return Ties(self.refers_to(place), self.mentioned_in(place)) if place else Ties()

    def refers_to(self, place: StoryPlace) -> tuple[Reference, ...]:
        """What a story refers to, each issue once, in the order of its mentions."""
        if place.id not in self._known:
            story = self._archive.text(place.id)
            found = [self._resolved(place, mention) for mention in mentions_of(story)] if story else []
            self._known[place.id] = tuple(_once(x for x in found if x.issue is None or x.issue.id != place.issue_id))
        return self._known[place.id]

    def mentioned_in(self, place: StoryPlace) -> tuple[Reference, ...]:
        """Where a story is mentioned, oldest first; last the mentions of its issue that may mean another story."""
        issue = self._archive.issue(place.issue_id)
        if issue is None:
            return ()
        found = [
            reference
            for other in self._archive.at(self._linking_to(issue))
            if other.issue_id != issue.id
            for reference in self.refers_to(other)
            if reference.issue == issue and reference.story in (place, None)
        ]
        return tuple(sorted(found, key=lambda x: (x.story is None, x.origin.id >> DAY_BITS, x.origin.position)))

    def related(self, place: StoryPlace, *, without: Sequence[StoryPlace] = ()) -> tuple[Related, ...]:
        """The stories nearest to one, the nearest first; not those of its thread, which are not news."""
        story = self._archive.text(place.id)
        return related_to(self._archive, place, story, {place.id, *(x.id for x in without)}) if story else ()

    def _linking_to(self, issue: IssuePlace) -> set[int]:
        named = self._archive.naming(issue.number) if issue.number is not None else []
        linked = (self._archive.linking(begin) for begin in beginnings(issue.slug, issue.day, issue.url))
        return {*named, *(id for ids in linked for id in ids)}

    def _resolved(self, origin: StoryPlace, mention: Mention) -> Reference:
        issue = issue_meant(self._archive, mention.number, mention.url)
        if issue is None:
            nowhere = Choice(None, Certainty.ONLY_THE_ISSUE, "")
            return _reference(origin, mention, None, (), nowhere)
        stories = self._archive.in_issue(issue.id)
        return _reference(origin, mention, issue, stories, self._choice(origin, mention, stories))

    def _choice(self, origin: StoryPlace, mention: Mention, stories: Sequence[StoryPlace]) -> Choice:
        ids = [story.id for story in stories]
        rare: dict[str, int] = {}
        holds: dict[int, dict[str, float]] = {id: {} for id in ids}
        for word, _ in mention.clues if ids else ():
            holding = self._archive.holding(word, ids)
            # Counted only where it matters: how many have a word takes longer to say than who of a few has it.
            if holding and (frequency := self._archive.frequency(word)) < self._archive.common:
                rare[word] = frequency
                above = self._archive.holding(word, ids, above=True)
                for id in holding:
                    holds[id][word] = ABOVE if id in above else 1.0
        cited = cited_by(self._archive, origin, stories)
        candidates = [Candidate(story.headline, cited.works[story.id], holds[story.id]) for story in stories]
        rarity = Rarity(self._archive.story_count, rare)
        return choose(mention.clues, rarity, candidates, anchor=anchor_of(mention.url), cited=cited.shared)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _reference(
    origin: StoryPlace, mention: Mention, issue: IssuePlace | None, stories: Sequence[StoryPlace], choice: Choice
) -> Reference:
    story = stories[choice.at] if choice.at is not None else None
    number = issue.number if issue else mention.number
    url = mention.url or (issue.url if issue else None)
    return Reference(origin, number, mention.text, url, issue, story, choice.certainty, choice.reason)


def _once(references: Iterator[Reference]) -> Iterator[Reference]:
    """Each issue that is mentioned once: a number and a link without one may mean the same."""
    seen: set[object] = set()
    for reference in references:
        name = reference.issue.id if reference.issue else reference.number or reference.url
        if name not in seen:
            seen.add(name)
            yield reference


LONGEST = 30
"""Stories: of a subject that comes up every month the nearest ones, as far as one would follow them."""


@dataclass(frozen=True, slots=True)
class Node:
    """A stop of a thread: a story, an issue of which no story is known to be meant, or one that the archive lacks.

    `refers_to` are its own references, those that made it part of the thread or others of it; `url` is the address of
    its page, where that is known.
    """

    story: StoryPlace | None
    issue: IssuePlace | None
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

    nodes: tuple[Node, ...]
    here: int
    cut: bool = False


def chain_of(threads: Threads, place: StoryPlace, longest: int = LONGEST) -> Chain:
    """The thread that a story belongs to: what it is tied to, what these are tied to, and so on, the nearest first.

    The stories that mention its issue, and do not say which story they mean, take the room that is left.
    """
    stories: dict[int, Node] = {}
    ends: dict[object, Node] = {}
    waiting, seen, cut = deque([place]), {place.id}, False
    while waiting:
        if len(stories) == longest:
            cut = True
            break
        at = waiting.popleft()
        refers_to = threads.refers_to(at)
        stories[at.id] = _node(at, refers_to)
        for reference in refers_to:
            if reference.story is None and not (reference.issue and reference.issue.id == place.issue_id):
                ends.setdefault(_name(reference), Node(None, reference.issue, reference.number, reference.url))
        for story in _beside(threads, at, refers_to):
            if story.id not in seen:
                seen.add(story.id)
                waiting.append(story)
    vague = [story for story in _vaguely_later(threads, place) if story.id not in stories]
    room = longest - len(stories)
    stories.update((story.id, _node(story, threads.refers_to(story))) for story in vague[:room])
    cut = cut or len(vague) > room
    nodes = in_time((*stories.values(), *ends.values()))
    here = next(n for n, node in enumerate(nodes) if node.story and node.story.id == place.id)
    return Chain(nodes, here, cut)


def in_time(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The oldest first: by number, for the days of many issues are not known; those without one by their day."""
    every = list(nodes)
    ordered = sorted((x for x in every if x.number is not None), key=lambda x: (x.number or 0, _position(x)))
    for node in sorted((x for x in every if x.number is None), key=lambda x: (x.day or "", _position(x))):
        later = (n for n, other in enumerate(ordered) if other.day and node.day and other.day > node.day)
        ordered.insert(next(later, len(ordered)), node)
    return tuple(ordered)


def _node(place: StoryPlace, refers_to: tuple[Reference, ...]) -> Node:
    return Node(place, None, place.number, None, refers_to)


def _beside(threads: Threads, place: StoryPlace, refers_to: Iterable[Reference]) -> Iterator[StoryPlace]:
    """The stories that are tied to one for certain or by their words; a mention of the whole issue leads no further."""
    yield from (reference.story for reference in refers_to if reference.story)
    yield from (reference.origin for reference in threads.mentioned_in(place) if reference.story)


def _vaguely_later(threads: Threads, place: StoryPlace) -> Iterator[StoryPlace]:
    """The stories that mention the issue of this one and may mean it, the nearest in time first."""
    return (reference.origin for reference in threads.mentioned_in(place) if reference.story is None)


def _name(reference: Reference) -> object:
    return reference.issue.id if reference.issue else ("not here", reference.number or reference.url)


def _position(node: Node) -> int:
    return node.story.position if node.story else 0
