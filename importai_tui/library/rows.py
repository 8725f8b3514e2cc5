"""Makes the rows of the issue and story lists from the archive's entries and the user's marks."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.archive.catalog import CatalogEntry, StoryEntry
from importai_tui.wording import format_date

if TYPE_CHECKING:
    from importai_tui.archive.archive import Archive
    from importai_tui.archive.writer import StoreOutcome
    from importai_tui.model import Story, StoryKind


class IssueRow(NamedTuple):
    """A row of the issue list. A named tuple, because an archive may hold thousands.

    `date` is YYYY-MM-DD. It is estimated from the neighbours if the issue itself has none.
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
    is_date_estimated: bool = False

    @property
    def date_text(self) -> str:
        """The date for the user, after "about" if it is estimated; empty if there is none."""
        return format_date(self.date, is_estimated=self.is_date_estimated)


class StoryRow(NamedTuple):
    """A row below an open issue. `position` counts from 1."""

    ref: str
    key: str
    position: int
    kind: StoryKind
    headline: str
    word_count: int
    is_read: bool
    is_starred: bool


class StoredIssue(NamedTuple):
    """The outcome of storing an issue, and its row after that."""

    outcome: StoreOutcome
    row: IssueRow


class StoredPage(NamedTuple):
    """A stored page with the metadata of its issue. `title` is None if it was generated from the headlines."""

    raw: bytes
    name: str
    number: int | None
    title: str | None
    date: str | None
    url: str | None


def make_issue_row(archive: Archive, entry: CatalogEntry, read_keys: Set[str]) -> IssueRow:
    """Make the row of an issue of the archive."""
    keys = entry.story_keys
    estimated_date = None if entry.date else archive.estimate_date(entry.number)
    return IssueRow(
        ref=entry.ref,
        number=entry.number,
        slug=entry.slug,
        title=entry.title,
        date=entry.date or estimated_date,
        url=entry.url,
        story_count=len(keys),
        unread_count=len(keys) - sum(map(read_keys.__contains__, keys)),
        word_count=entry.word_count,
        is_date_estimated=estimated_date is not None,
    )


def make_story_rows(
    ref: str, stories: Iterable[Story | StoryEntry], read_keys: Set[str], starred_keys: Set[str]
) -> list[StoryRow]:
    """Make the rows of the stories of the issue `ref`."""
    return [
        StoryRow(
            ref=f"{ref}/{story.position}",
            key=story.key,
            position=story.position,
            kind=story.kind,
            headline=story.headline,
            word_count=story.word_count,
            is_read=story.key in read_keys,
            is_starred=story.key in starred_keys,
        )
        for story in stories
    ]


def matches_filter(texts: Iterable[str], words: str) -> bool:
    """Return True if the texts together contain every word, in any case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
