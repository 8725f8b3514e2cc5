"""The way that the reader has come, back and forward along it, and every story visited. It knows no library.

The stories of a saved search, in its order, as they were when it was opened. Pure.

A story that no longer matches stays where it is until the search is opened again: nothing vanishes under the cursor.

The issues as the screen knows them: read once, then kept in step, so that no key press asks for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from importai_tui.json_text import parse_json
from importai_tui.library.position import ScrollPosition
from importai_tui.library.rows import IssueRow, StoryRow

if TYPE_CHECKING:
    from importai_tui.archive.search import FoundStory


class IssueIndex:
    """The heads of all issues in the order of the list, newest first."""

    def __init__(self, heads: Sequence[IssueRow]) -> None:
        self.rows = list(heads)
        self._at = {head.ref: index for index, head in enumerate(heads)}
        self.unread_count = sum(head.unread_count for head in heads)

    def get_row(self, ref: str) -> IssueRow | None:
        """The head of an issue; None where the index does not hold it, or not yet under that reference."""
        return self.rows[self._at[ref]] if ref in self._at else None

    def replace(self, head: IssueRow) -> None:
        """Puts a changed head in its place; one that the index does not hold has none."""
        if head.ref in self._at:
            at = self._at[head.ref]
            self.unread_count += head.unread_count - self.rows[at].unread_count
            self.rows[at] = head

    def get_neighbour(self, ref: str, step: int) -> IssueRow | None:
        """The issue that many rows further down the list (older), or up (newer); None past the ends or if empty.

        Below an issue that the index does not hold is the newest.
        """
        at = self._at.get(ref, -1) + step
        while 0 <= at < len(self.rows):
            if self.rows[at].story_count:
                return self.rows[at]
            at += step
        return None


@dataclass(frozen=True, slots=True)
class ReadingList:
    """The stories of the search `name`; `more` says that there are others which it was too long for."""

    name: str
    rows: tuple[StoryRow, ...]
    is_truncated: bool = False
    is_book: bool = False
    """It is read from beginning to end: what comes next is the next story, read or not."""

    def get_row(self, key: str) -> StoryRow | None:
        """The story with this key."""
        return next((head for head in self.rows if head.key == key), None)

    def get_neighbour(self, key: str, step: int) -> StoryRow | None:
        """The story after, or before, the one with this key; None past the ends."""
        at = self._find_index(key) + step
        return self.rows[at] if 0 <= at < len(self.rows) else None

    def find_next_unread(self, key: str, *, back: bool = False) -> StoryRow | None:
        """The next unread story, or the one before, wrapping round once; None where no other is unread.

        Of a book the next one, or the one before; None past its ends.
        """
        if self.is_book:
            return self.get_neighbour(key, -1 if back else 1)
        at = self._find_index(key)
        order: Sequence[StoryRow] = (*self.rows[at + 1 :], *self.rows[: max(0, at)])
        return next((head for head in (reversed(order) if back else order) if not head.is_read), None)

    def find_first_unread(self) -> StoryRow | None:
        """The first unread story, else the first."""
        return next((head for head in self.rows if not head.is_read), next(iter(self.rows), None))

    def with_marks(self, read: Set[str], starred: Set[str]) -> ReadingList:
        """With the marks as they are now."""
        heads = (
            head
            if (head.is_read, head.is_starred) == (head.key in read, head.key in starred)
            else replace(head, is_read=head.key in read, is_starred=head.key in starred)
            for head in self.rows
        )
        return replace(self, rows=tuple(heads))

    def get_position(self, key: str) -> int:
        """The place of the story with this key, from 1; 0 where it is none of them."""
        return self._find_index(key) + 1

    def _find_index(self, key: str) -> int:
        return next((at for at, head in enumerate(self.rows) if head.key == key), -1)


def make_rows(found: Iterable[FoundStory]) -> tuple[StoryRow, ...]:
    """The rows of found stories; how long they are no row of a list tells."""
    return tuple(
        StoryRow(one.ref, one.key, one.position, one.kind, one.headline, 0, is_read=False, is_starred=False)
        for one in found
    )


def get_issue_ref(head: StoryRow) -> str:
    """The reference of the issue that a story is in."""
    return head.ref.rpartition("/")[0]


MAX_ENTRIES = 500
"""Stops, and visits, that are remembered: weeks of reading, in a setting of some 55 kB."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A story on the way, and the spot where it was left; None until then."""

    key: str
    ref: str
    scroll_position: ScrollPosition | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A story, and when it was last come to; going back and forward is no coming."""

    key: str
    ref: str
    visited_at: datetime


class History:
    """A way with one stop on it that is the present one. To come to a story forgets the way forward, not the visits."""

    def __init__(self, stops: Iterable[HistoryEntry] = (), at: int = 0, visits: Iterable[Visit] = ()) -> None:
        self._stops = list(stops)[-MAX_ENTRIES:]
        self._at = min(max(0, at), len(self._stops) - 1)
        self._visits = {visit.key: visit for visit in visits}

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        """The way, from its beginning."""
        return tuple(self._stops)

    @property
    def current(self) -> HistoryEntry | None:
        """Where the reader is, or was before a preview."""
        return self._stops[self._at] if self._stops else None

    @property
    def visits(self) -> tuple[Visit, ...]:
        """Each story once, the newest visit first."""
        return tuple(reversed(self._visits.values()))

    def push(self, key: str, ref: str, visited_at: datetime) -> None:
        """The reader has come to a story; to come to the present one again is no step."""
        if self.current is None or self.current.key != key:
            self._stops[self._at + 1 :] = [HistoryEntry(key, ref)]
            del self._stops[:-MAX_ENTRIES]
            self._at = len(self._stops) - 1
        self._visits.pop(key, None)
        self._visits[key] = Visit(key, ref, visited_at)
        while len(self._visits) > MAX_ENTRIES:
            del self._visits[next(iter(self._visits))]

    def leave(self, key: str, scroll_position: ScrollPosition) -> None:
        """The reader is about to leave a story; one that is not the present stop was only a preview."""
        if self.current and self.current.key == key:
            self._stops[self._at] = replace(self.current, scroll_position=scroll_position)

    def move(self, step: int, current_position: str, exists: Callable[[HistoryEntry], bool]) -> HistoryEntry | None:
        """Goes one stop back (-1) or forward (1) and makes it the present one; None, and nothing changes, at the end.

        Args:
            step: -1 or 1.
            here: the key of the story that is open; from a preview, back is to the present stop.
            is_there: whether a stop can be gone to; others are passed over.
        """
        aside = bool(self.current and self.current.key != current_position)
        at = self._at if aside and step < 0 else self._at + step
        while 0 <= at < len(self._stops):
            if exists(self._stops[at]):
                self._at = at
                return self._stops[at]
            at += step
        return None

    def rename(self, key: str, new: str) -> None:
        """A story has got another key."""
        self._stops = [replace(stop, key=new) if stop.key == key else stop for stop in self._stops]
        visits = (replace(visit, key=new) if visit.key == key else visit for visit in self._visits.values())
        self._visits = {visit.key: visit for visit in visits}

    def to_json(self) -> str:
        """As it is remembered."""
        stops = [[s.key, s.ref, *(s.scroll_position.values if s.scroll_position else [])] for s in self._stops]
        visits = [[visit.key, visit.ref, int(visit.visited_at.timestamp())] for visit in self._visits.values()]
        return json.dumps({"at": self._at, "stops": stops, "visits": visits}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | None) -> History:
        """The remembered history; an empty one for what is none, or of another version."""
        try:
            told = parse_json(text)
            stops = [
                HistoryEntry(str(key), str(ref), ScrollPosition.from_values(*spot) if spot else None)
                for key, ref, *spot in told["stops"]
            ]
            visits = [Visit(str(key), str(ref), datetime.fromtimestamp(when, UTC)) for key, ref, when in told["visits"]]
            return cls(stops, int(told["at"]), visits)
        except (ValueError, TypeError, LookupError, OverflowError, OSError):
            return cls()
