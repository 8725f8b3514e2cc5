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
        self.heads = list(heads)
        self._at = {head.ref: index for index, head in enumerate(heads)}
        self.unread = sum(head.unread_count for head in heads)

    def head(self, ref: str) -> IssueRow | None:
        """The head of an issue; None where the index does not hold it, or not yet under that reference."""
        return self.heads[self._at[ref]] if ref in self._at else None

    def replace(self, head: IssueRow) -> None:
        """Puts a changed head in its place; one that the index does not hold has none."""
        if head.ref in self._at:
            at = self._at[head.ref]
            self.unread += head.unread_count - self.heads[at].unread_count
            self.heads[at] = head

    def neighbour(self, ref: str, step: int) -> IssueRow | None:
        """The issue that many rows further down the list (older), or up (newer); None past the ends or if empty.

        Below an issue that the index does not hold is the newest.
        """
        at = self._at.get(ref, -1) + step
        while 0 <= at < len(self.heads):
            if self.heads[at].story_count:
                return self.heads[at]
            at += step
        return None


@dataclass(frozen=True, slots=True)
class ReadingList:
    """The stories of the search `name`; `more` says that there are others which it was too long for."""

    name: str
    heads: tuple[StoryRow, ...]
    more: bool = False
    is_book: bool = False
    """It is read from beginning to end: what comes next is the next story, read or not."""

    def head(self, key: str) -> StoryRow | None:
        """The story with this key."""
        return next((head for head in self.heads if head.key == key), None)

    def neighbour(self, key: str, step: int) -> StoryRow | None:
        """The story after, or before, the one with this key; None past the ends."""
        at = self._index(key) + step
        return self.heads[at] if 0 <= at < len(self.heads) else None

    def next_unread(self, key: str, *, back: bool = False) -> StoryRow | None:
        """The next unread story, or the one before, wrapping round once; None where no other is unread.

        Of a book the next one, or the one before; None past its ends.
        """
        if self.is_book:
            return self.neighbour(key, -1 if back else 1)
        at = self._index(key)
        order: Sequence[StoryRow] = (*self.heads[at + 1 :], *self.heads[: max(0, at)])
        return next((head for head in (reversed(order) if back else order) if not head.is_read), None)

    def first_unread(self) -> StoryRow | None:
        """The first unread story, else the first."""
        return next((head for head in self.heads if not head.is_read), next(iter(self.heads), None))

    def marked(self, read: Set[str], starred: Set[str]) -> ReadingList:
        """With the marks as they are now."""
        heads = (
            head
            if (head.is_read, head.is_starred) == (head.key in read, head.key in starred)
            else replace(head, is_read=head.key in read, is_starred=head.key in starred)
            for head in self.heads
        )
        return replace(self, heads=tuple(heads))

    def place_of(self, key: str) -> int:
        """The place of the story with this key, from 1; 0 where it is none of them."""
        return self._index(key) + 1

    def _index(self, key: str) -> int:
        return next((at for at, head in enumerate(self.heads) if head.key == key), -1)


def heads_of(found: Iterable[FoundStory]) -> tuple[StoryRow, ...]:
    """The rows of found stories; how long they are no row of a list tells."""
    return tuple(
        StoryRow(one.ref, one.key, one.position, one.kind, one.headline, 0, is_read=False, is_starred=False)
        for one in found
    )


def issue_of(head: StoryRow) -> str:
    """The reference of the issue that a story is in."""
    return head.ref.rpartition("/")[0]


MOST = 500
"""Stops, and visits, that are remembered: weeks of reading, in a setting of some 55 kB."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A story on the way, and the spot where it was left; None until then."""

    key: str
    ref: str
    spot: ScrollPosition | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A story, and when it was last come to; going back and forward is no coming."""

    key: str
    ref: str
    when: datetime


class History:
    """A way with one stop on it that is the present one. To come to a story forgets the way forward, not the visits."""

    def __init__(self, stops: Iterable[Stop] = (), at: int = 0, visits: Iterable[Visit] = ()) -> None:
        self._stops = list(stops)[-MOST:]
        self._at = min(max(0, at), len(self._stops) - 1)
        self._visits = {visit.key: visit for visit in visits}

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The way, from its beginning."""
        return tuple(self._stops)

    @property
    def present(self) -> Stop | None:
        """Where the reader is, or was before a preview."""
        return self._stops[self._at] if self._stops else None

    @property
    def visited(self) -> tuple[Visit, ...]:
        """Each story once, the newest visit first."""
        return tuple(reversed(self._visits.values()))

    def come(self, key: str, ref: str, when: datetime) -> None:
        """The reader has come to a story; to come to the present one again is no step."""
        if self.present is None or self.present.key != key:
            self._stops[self._at + 1 :] = [Stop(key, ref)]
            del self._stops[:-MOST]
            self._at = len(self._stops) - 1
        self._visits.pop(key, None)
        self._visits[key] = Visit(key, ref, when)
        while len(self._visits) > MOST:
            del self._visits[next(iter(self._visits))]

    def leave(self, key: str, spot: ScrollPosition) -> None:
        """The reader is about to leave a story; one that is not the present stop was only a preview."""
        if self.present and self.present.key == key:
            self._stops[self._at] = replace(self.present, spot=spot)

    def turn(self, step: int, here: str, is_there: Callable[[Stop], bool]) -> Stop | None:
        """Goes one stop back (-1) or forward (1) and makes it the present one; None, and nothing changes, at the end.

        Args:
            step: -1 or 1.
            here: the key of the story that is open; from a preview, back is to the present stop.
            is_there: whether a stop can be gone to; others are passed over.
        """
        aside = bool(self.present and self.present.key != here)
        at = self._at if aside and step < 0 else self._at + step
        while 0 <= at < len(self._stops):
            if is_there(self._stops[at]):
                self._at = at
                return self._stops[at]
            at += step
        return None

    def rename(self, key: str, new: str) -> None:
        """A story has got another key."""
        self._stops = [replace(stop, key=new) if stop.key == key else stop for stop in self._stops]
        visits = (replace(visit, key=new) if visit.key == key else visit for visit in self._visits.values())
        self._visits = {visit.key: visit for visit in visits}

    def written(self) -> str:
        """As it is remembered."""
        stops = [[s.key, s.ref, *(s.spot.values if s.spot else [])] for s in self._stops]
        visits = [[visit.key, visit.ref, int(visit.when.timestamp())] for visit in self._visits.values()]
        return json.dumps({"at": self._at, "stops": stops, "visits": visits}, separators=(",", ":"))

    @classmethod
    def read(cls, written: str | None) -> History:
        """The remembered history; an empty one for what is none, or of another version."""
        try:
            told = parse_json(written)
            stops = [
                Stop(str(key), str(ref), ScrollPosition.from_values(*spot) if spot else None)
                for key, ref, *spot in told["stops"]
            ]
            visits = [Visit(str(key), str(ref), datetime.fromtimestamp(when, UTC)) for key, ref, when in told["visits"]]
            return cls(stops, int(told["at"]), visits)
        except (ValueError, TypeError, LookupError, OverflowError, OSError):
            return cls()
