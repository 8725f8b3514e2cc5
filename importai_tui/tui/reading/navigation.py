"""The values a reading session moves in: the index of issues, a reading list, and the visit history.

They use no library and no Textual.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.json_text import parse_json
from importai_tui.library.position import ScrollPosition
from importai_tui.library.rows import IssueRow, StoryRow

if TYPE_CHECKING:
    from importai_tui.archive.search import FoundStory
    from importai_tui.query.conditions import Query


class IssueIndex:
    """The rows of all issues, newest first. They are read once and then updated, so that key presses stay fast."""

    def __init__(self, rows: Sequence[IssueRow]) -> None:
        self.rows = list(rows)
        self._indexes = {row.ref: index for index, row in enumerate(rows)}
        self.unread_count = sum(row.unread_count for row in rows)

    def get_row(self, ref: str) -> IssueRow | None:
        """Return the row of an issue; None if the index does not have it under that reference."""
        return self.rows[self._indexes[ref]] if ref in self._indexes else None

    def replace(self, row: IssueRow) -> None:
        """Replace the row of an issue; do nothing if the index does not have the issue."""
        if row.ref in self._indexes:
            index = self._indexes[row.ref]
            self.unread_count += row.unread_count - self.rows[index].unread_count
            self.rows[index] = row

    def get_neighbour(self, ref: str, step: int) -> IssueRow | None:
        """Return the next issue with stories in the direction of `step`: down the list (1, older) or up (-1, newer).

        Return None past the ends. The newest issue comes after an issue that the index does not have.
        """
        index = self._indexes.get(ref, -1) + step
        while 0 <= index < len(self.rows):
            if self.rows[index].story_count:
                return self.rows[index]
            index += step
        return None


class ReadingList(NamedTuple):
    """The stories of a search, as it found them when it was opened. `name` is its name in the list.

    A story that no longer matches stays, so that no row vanishes under the cursor.
    """

    name: str
    rows: tuple[StoryRow, ...]
    is_truncated: bool = False
    """The search has found more stories than the list holds."""
    is_book: bool = False
    """The list is the book of tales."""
    query: Query | None = None
    """The query of the search screen whose results these are; None for a saved search and the book."""

    @property
    def is_read_in_order(self) -> bool:
        """True if the next unread story is the next story, read or not: in the book, and in results of a search."""
        return self.is_book or self.query is not None

    @property
    def book_title(self) -> str:
        """The title of a book of these stories: for a search that of the command line, so that one replaces another."""
        return self.query.text if self.query else self.name

    def get_row(self, key: str) -> StoryRow | None:
        """Return the row of the story with this key; None if it is not in the list."""
        return next((row for row in self.rows if row.key == key), None)

    def get_neighbour(self, key: str, step: int) -> StoryRow | None:
        """Return the story after (1) or before (-1) the story with this key; None past the ends."""
        index = self._find_index(key) + step
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def find_next_unread(self, key: str, *, back: bool = False) -> StoryRow | None:
        """Return the next unread story, or the one before, over the end of the list; None if no other is unread.

        In a book and in results of a search, return the next story, or the one before; None past the ends.
        """
        if self.is_read_in_order:
            return self.get_neighbour(key, -1 if back else 1)
        index = self._find_index(key)
        order: Sequence[StoryRow] = (*self.rows[index + 1 :], *self.rows[: max(0, index)])
        return next((row for row in (reversed(order) if back else order) if not row.is_read), None)

    def find_first_unread(self) -> StoryRow | None:
        """Return the first unread story, else the first; None if the list is empty."""
        return next((row for row in self.rows if not row.is_read), next(iter(self.rows), None))

    def with_marks(self, read: Set[str], starred: Set[str]) -> ReadingList:
        """Return a copy whose rows have the marks of these sets of story keys."""
        rows = (
            row
            if (row.is_read, row.is_starred) == (row.key in read, row.key in starred)
            else row._replace(is_read=row.key in read, is_starred=row.key in starred)
            for row in self.rows
        )
        return self._replace(rows=tuple(rows))

    def get_position(self, key: str) -> int:
        """Return the position of the story with this key, from 1; 0 if it is not in the list."""
        return self._find_index(key) + 1

    def _find_index(self, key: str) -> int:
        return next((index for index, row in enumerate(self.rows) if row.key == key), -1)


def make_rows(found: Iterable[FoundStory]) -> tuple[StoryRow, ...]:
    """Return the rows of found stories, unmarked; their word count is 0, because no list shows it."""
    return tuple(
        StoryRow(hit.ref, hit.key, hit.position, hit.kind, hit.headline, 0, is_read=False, is_starred=False)
        for hit in found
    )


def get_issue_ref(row: StoryRow) -> str:
    """Return the reference of the issue that a story is in."""
    return row.ref.rpartition("/")[0]


MAX_ENTRIES = 500
"""Entries, and visits, that are stored: weeks of reading, in a setting of about 55 kB."""


class HistoryEntry(NamedTuple):
    """A story to go back or forward to, with the scroll position at which the user left it; None until then."""

    key: str
    ref: str
    scroll_position: ScrollPosition | None = None


class Visit(NamedTuple):
    """A story, and when the user last opened it; moves through the history do not count."""

    key: str
    ref: str
    visited_at: datetime


class History:
    """Entries with a current one, as in a browser, and all visits. A new entry drops those after the current one."""

    def __init__(self, entries: Iterable[HistoryEntry] = (), current: int = 0, visits: Iterable[Visit] = ()) -> None:
        self._entries = list(entries)[-MAX_ENTRIES:]
        self._index = min(max(0, current), len(self._entries) - 1)
        self._visits = {visit.key: visit for visit in visits}

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        """The entries, the oldest first."""
        return tuple(self._entries)

    @property
    def current(self) -> HistoryEntry | None:
        """The entry of the open story, or of the story before a preview; None without entries."""
        return self._entries[self._index] if self._entries else None

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The last visit of each story, the newest first."""
        return tuple(reversed(self._visits.values()))

    def push(self, key: str, ref: str, visited_at: datetime) -> None:
        """Add an entry and a visit for an opened story; the current story gets no second entry."""
        if self.current is None or self.current.key != key:
            self._entries[self._index + 1 :] = [HistoryEntry(key, ref)]
            del self._entries[:-MAX_ENTRIES]
            self._index = len(self._entries) - 1
        self._visits.pop(key, None)
        self._visits[key] = Visit(key, ref, visited_at)
        while len(self._visits) > MAX_ENTRIES:
            del self._visits[next(iter(self._visits))]

    def leave(self, key: str, scroll_position: ScrollPosition) -> None:
        """Record where the user leaves a story; a story that is not the current entry was only a preview."""
        if self.current and self.current.key == key:
            self._entries[self._index] = self.current._replace(scroll_position=scroll_position)

    def move(self, step: int, open_key: str, exists: Callable[[HistoryEntry], bool]) -> HistoryEntry | None:
        """Move one entry back (-1) or forward (1) and return it; return None and change nothing past the ends.

        Args:
            step: -1 or 1.
            open_key: the key of the open story; if it is a preview, back leads to the current entry.
            exists: returns True if the story of an entry can be opened; other entries are skipped.
        """
        is_preview = bool(self.current and self.current.key != open_key)
        index = self._index if is_preview and step < 0 else self._index + step
        while 0 <= index < len(self._entries):
            if exists(self._entries[index]):
                self._index = index
                return self._entries[index]
            index += step
        return None

    def rename(self, key: str, new: str) -> None:
        """Replace the key of a story whose key has changed."""
        self._entries = [entry._replace(key=new) if entry.key == key else entry for entry in self._entries]
        visits = (visit._replace(key=new) if visit.key == key else visit for visit in self._visits.values())
        self._visits = {visit.key: visit for visit in visits}

    def to_json(self) -> str:
        """Return the history as JSON."""
        stops = [
            [entry.key, entry.ref, *(entry.scroll_position.values if entry.scroll_position else [])]
            for entry in self._entries
        ]
        visits = [[visit.key, visit.ref, int(visit.visited_at.timestamp())] for visit in self._visits.values()]
        return json.dumps({"at": self._index, "stops": stops, "visits": visits}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | None) -> History:
        """Return the history that `to_json` has written; an empty one for any other text."""
        try:
            value = parse_json(text)
            entries = [
                HistoryEntry(str(key), str(ref), ScrollPosition.from_values(*scroll) if scroll else None)
                for key, ref, *scroll in value["stops"]
            ]
            visits = [
                Visit(str(key), str(ref), datetime.fromtimestamp(time, UTC)) for key, ref, time in value["visits"]
            ]
            return cls(entries, int(value["at"]), visits)
        except (ValueError, TypeError, LookupError, OverflowError, OSError):
            return cls()
