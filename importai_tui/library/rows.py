"""The rows of the lists, and how they are made of what the archive holds and of what is marked. Pure.

Whether a row holds the words that a list is narrowed to. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.archive.catalog import Entry, StoryRow

if TYPE_CHECKING:
    from importai_tui.archive.writer import Outcome
    from importai_tui.model import Story, StoryKind


class IssueHead(NamedTuple):
    """One row of the issue list. `date` is YYYY-MM-DD; `stories`, `unread` and `words` are counts.

    A named tuple, because an archive may hold thousands of issues.
    """

    ref: str
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    stories: int
    unread: int
    words: int


@dataclass(frozen=True, slots=True)
class StoryHead:
    """One row under an open issue. `position` counts from 1."""

    ref: str
    key: str
    position: int
    kind: StoryKind
    headline: str
    words: int
    read: bool
    starred: bool


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """What storing an issue did, and how the issue stands now."""

    outcome: Outcome
    head: IssueHead


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A stored page, and what is known of the issue in it. `title` is None where it was made of the headlines."""

    raw: bytes
    name: str
    number: int | None
    title: str | None
    date: str | None
    url: str | None


def issue_head(entry: Entry, read: Set[str]) -> IssueHead:
    """The row of an issue; `read` are the keys of read stories."""
    keys = entry.keys
    return IssueHead(
        ref=entry.ref,
        number=entry.number,
        slug=entry.slug,
        title=entry.title,
        date=entry.date,
        url=entry.url,
        stories=len(keys),
        unread=len(keys) - sum(map(read.__contains__, keys)),
        words=entry.words,
    )


def story_heads(ref: str, stories: Iterable[Story | StoryRow], read: Set[str], starred: Set[str]) -> list[StoryHead]:
    """The rows of an issue's stories, with or without their text; `read` and `starred` are keys."""
    return [
        StoryHead(
            f"{ref}/{story.position}",
            story.key,
            story.position,
            story.kind,
            story.headline,
            story.words,
            story.key in read,
            story.key in starred,
        )
        for story in stories
    ]


def holds(texts: Iterable[str], words: str) -> bool:
    """Whether the texts together hold every word, whatever its capitals."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
