"""The store of fetched cards: a database file of its own in the cache, with a full-text index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Self

from importai_tui.works.card import Card, CardSummary


class CardStore:
    """The stored cards. For one thread; the file is created by the first `put`.

    A damaged file, or one of a newer version, counts as empty and is replaced by the first `put`, because the cards can
    be fetched again.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""

    def get(self, work: str) -> Card | None:
        """Return the card of a work."""
        raise NotImplementedError

    def get_summaries(self, works: Collection[str] | None = None) -> Mapping[str, CardSummary]:
        """Return the summaries of the stored cards by work, of all or of these works."""
        raise NotImplementedError

    def put(self, cards: Iterable[Card]) -> None:
        """Store cards in one transaction; each replaces an older card of its work.

        Raises:
            DatabaseError: the file cannot be written.
        """
        raise NotImplementedError
