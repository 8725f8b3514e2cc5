"""The rows of the lists, and how they are made of what the archive holds and of what is marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importai_tui.archive import Entry, StoryRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from importai_tui.archive.outcome import Outcome
    from importai_tui.issue import Story, StoryKind


@dataclass(frozen=True, slots=True)
class IssueHead:
    """One row of the issue list. `date` is YYYY-MM-DD; `stories`, `unread` and `words` are counts."""

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


class HeadsAtHand:
    """The rows of all issues as they were asked for last: of a vast archive, to make them all again takes a while."""

    _MANY = 500
    """Changed marks whose issues are sought out; for more of them all rows are made again."""

    def __init__(self) -> None:
        self._entries: tuple[Entry, ...] = ()
        self._read: frozenset[str] = frozenset()
        self._heads: list[IssueHead] = []

    def hold(self, entries: tuple[Entry, ...], read: frozenset[str], heads: list[IssueHead]) -> None:
        """These rows are of these issues, with these keys of read stories."""
        self._entries, self._read, self._heads = entries, read, heads

    def of(
        self, entries: tuple[Entry, ...], read: Set[str], holders: Callable[[Set[str]], Set[int]]
    ) -> list[IssueHead]:
        """The rows now; made are only those of issues that have changed, or of whose stories a mark has.

        Args:
            entries: all issues; one that has not changed is the same object as before.
            read: the keys of read stories.
            holders: asked for the ids of the issues that hold a story with one of these keys.
        """
        marked = self._read ^ read
        if marked or entries is not self._entries:
            stand = self._standing(marked, holders)
            heads = [stand.get(id(entry)) or issue_head(entry, read) for entry in entries]
            self.hold(entries, frozenset(read) if marked else self._read, heads)
        return list(self._heads)

    def _standing(self, marked: Set[str], holders: Callable[[Set[str]], Set[int]]) -> dict[int, IssueHead]:
        """The rows that are right as long as their issue is the same object, by its identity."""
        if not self._heads or len(marked) > self._MANY:
            return {}
        changed = holders(marked)
        both = zip(self._entries, self._heads, strict=True)
        return {id(entry): head for entry, head in both if entry.id not in changed}


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
