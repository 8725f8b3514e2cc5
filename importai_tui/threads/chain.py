"""The whole thread that a story belongs to: all that is tied to it, over however many stories, in the order of time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from importai_tui.archive.connections import IssuePlace, StoryPlace
from importai_tui.threads.threads import Reference, Threads

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
