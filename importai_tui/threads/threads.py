"""One way through the threads: an open archive, and what its stories refer to. For one thread alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from importai_tui.archive.connections import Connections, IssuePlace, StoryPlace
from importai_tui.archive.story_ids import DAY_BITS
from importai_tui.threads.addresses import beginnings
from importai_tui.threads.gaps import weeks_between
from importai_tui.threads.mentions import Mention, mentions_of
from importai_tui.threads.related import Related, related_to
from importai_tui.threads.resolving import ABOVE, Candidate, Certainty, Choice, Rarity, choose
from importai_tui.threads.said import anchor_of, cited_by, issue_meant


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
