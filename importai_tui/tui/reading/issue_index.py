"""The issues as the screen knows them: read once, then kept in step, so that no key press asks for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.library import IssueHead


class IssueIndex:
    """The heads of all issues in the order of the list, newest first."""

    def __init__(self, heads: Sequence[IssueHead]) -> None:
        self.heads = list(heads)
        self._at = {head.ref: index for index, head in enumerate(heads)}
        self.unread = sum(head.unread for head in heads)

    def head(self, ref: str) -> IssueHead | None:
        """The head of an issue; None where the index does not hold it, or not yet under that reference."""
        return self.heads[self._at[ref]] if ref in self._at else None

    def replace(self, head: IssueHead) -> None:
        """Puts a changed head in its place; one that the index does not hold has none."""
        if head.ref in self._at:
            at = self._at[head.ref]
            self.unread += head.unread - self.heads[at].unread
            self.heads[at] = head

    def neighbour(self, ref: str, step: int) -> IssueHead | None:
        """The issue that many rows further down the list (older), or up (newer); None past the ends or if empty.

        Below an issue that the index does not hold is the newest.
        """
        at = self._at.get(ref, -1) + step
        while 0 <= at < len(self.heads):
            if self.heads[at].stories:
                return self.heads[at]
            at += step
        return None
