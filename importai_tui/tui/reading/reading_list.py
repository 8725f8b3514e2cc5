"""The stories of a saved search, in its order, as they were when it was opened. Pure.

A story that no longer matches stays where it is until the search is opened again: nothing vanishes under the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from importai_tui.library import StoryHead

if TYPE_CHECKING:
    from importai_tui.archive.finder import Found


@dataclass(frozen=True, slots=True)
class ReadingList:
    """The stories of the search `name`; `more` says that there are others which it was too long for."""

    name: str
    heads: tuple[StoryHead, ...]
    more: bool = False
    is_book: bool = False
    """It is read from beginning to end: what comes next is the next story, read or not."""

    def head(self, key: str) -> StoryHead | None:
        """The story with this key."""
        return next((head for head in self.heads if head.key == key), None)

    def neighbour(self, key: str, step: int) -> StoryHead | None:
        """The story after, or before, the one with this key; None past the ends."""
        at = self._index(key) + step
        return self.heads[at] if 0 <= at < len(self.heads) else None

    def next_unread(self, key: str, *, back: bool = False) -> StoryHead | None:
        """The next unread story, or the one before, wrapping round once; None where no other is unread.

        Of a book the next one, or the one before; None past its ends.
        """
        if self.is_book:
            return self.neighbour(key, -1 if back else 1)
        at = self._index(key)
        order: Sequence[StoryHead] = (*self.heads[at + 1 :], *self.heads[: max(0, at)])
        return next((head for head in (reversed(order) if back else order) if not head.read), None)

    def first_unread(self) -> StoryHead | None:
        """The first unread story, else the first."""
        return next((head for head in self.heads if not head.read), next(iter(self.heads), None))

    def marked(self, read: Set[str], starred: Set[str]) -> ReadingList:
        """With the marks as they are now."""
        heads = (
            head
            if (head.read, head.starred) == (head.key in read, head.key in starred)
            else replace(head, read=head.key in read, starred=head.key in starred)
            for head in self.heads
        )
        return replace(self, heads=tuple(heads))

    def place_of(self, key: str) -> int:
        """The place of the story with this key, from 1; 0 where it is none of them."""
        return self._index(key) + 1

    def _index(self, key: str) -> int:
        return next((at for at, head in enumerate(self.heads) if head.key == key), -1)


def heads_of(found: Iterable[Found]) -> tuple[StoryHead, ...]:
    """The rows of found stories; how long they are no row of a list tells."""
    return tuple(
        StoryHead(one.ref, one.key, one.position, one.kind, one.headline, 0, read=False, starred=False) for one in found
    )


def issue_of(head: StoryHead) -> str:
    """The reference of the issue that a story is in."""
    return head.ref.rpartition("/")[0]
