"""The rows of the lists, and how they are made of what the archive holds and of what is marked. Pure.

Whether a row holds the words that a list is narrowed to. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.archive.catalog import CatalogEntry, StoryEntry

if TYPE_CHECKING:
    from importai_tui.archive.writer import StoreOutcome
    from importai_tui.model import Story, StoryKind


class IssueRow(NamedTuple):
    """One row of the issue list. `date` is YYYY-MM-DD; `stories`, `unread` and `words` are counts.

    A named tuple, because an archive may hold thousands of issues.
    """

    ref: str
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    story_count: int
    unread_count: int
    word_count: int


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One row under an open issue. `position` counts from 1."""

    ref: str
    key: str
    position: int
    kind: StoryKind
    headline: str
    word_count: int
    is_read: bool
    is_starred: bool


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """What storing an issue did, and how the issue stands now."""

    outcome: StoreOutcome
    row: IssueRow


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A stored page, and what is known of the issue in it. `title` is None where it was made of the headlines."""

    raw: bytes
    name: str
    number: int | None
    title: str | None
    date: str | None
    url: str | None


def make_issue_row(entry: CatalogEntry, read_keys: Set[str]) -> IssueRow:
    """The row of an issue; `read` are the keys of read stories."""
    keys = entry.story_keys
    return IssueRow(
        ref=entry.ref,
        number=entry.number,
        slug=entry.slug,
        title=entry.title,
        date=entry.date,
        url=entry.url,
        story_count=len(keys),
        unread_count=len(keys) - sum(map(read_keys.__contains__, keys)),
        word_count=entry.word_count,
    )


def make_story_rows(
    ref: str, stories: Iterable[Story | StoryEntry], read_keys: Set[str], starred_keys: Set[str]
) -> list[StoryRow]:
    """The rows of an issue's stories, with or without their text; `read` and `starred` are keys."""
    return [
        StoryRow(
            f"{ref}/{story.position}",
            story.key,
            story.position,
            story.kind,
            story.headline,
            story.word_count,
            story.key in read_keys,
            story.key in starred_keys,
        )
        for story in stories
    ]


def matches_filter(texts: Iterable[str], words: str) -> bool:
    """Whether the texts together hold every word, whatever its capitals."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
