"""The cards of cited works as the screens use them: the stored ones, and the fetch of others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importai_tui.archive.cards import CardStore
    from importai_tui.cards.report import CardReport
    from importai_tui.sync.progress import BackgroundTask, OnProgress
    from importai_tui.works.card import Card, CardSummary, CardTarget

    FetchCards = Callable[[Sequence[CardTarget], OnProgress, bool], BackgroundTask[CardReport]]
    """Makes a fetch of cards. True as the last argument fetches stored cards again."""


class CardService:
    """Reads the stored cards and starts fetches. For the thread of the app."""

    def __init__(self, file: Path | None, fetch: FetchCards | None, is_allowed: Callable[[], bool]) -> None:
        """Read cards from `file`, which need not exist. Without a file or a `fetch` there are no new cards."""
        self._file = file
        self._fetch = fetch
        self._is_allowed = is_allowed
        self._store: CardStore | None = None

    def get(self, work: str) -> Card | None:
        """Return the stored card of a work."""
        store = self._open()
        return store.get(work) if store else None

    def get_summaries(self, works: Collection[str]) -> Mapping[str, CardSummary]:
        """Return the summaries of the stored cards of these works, by work."""
        store = self._open() if works else None
        return store.get_summaries(works) if store else {}

    @property
    def off_reason(self) -> str:
        """Why no card can be fetched, as a sentence with the next step; empty if cards can be fetched."""
        if self._fetch and self._is_allowed():
            return ""
        from importai_tui.cards.report import CARDS_OFF, CARDS_OFF_IN_DEMO

        return CARDS_OFF if self._fetch else CARDS_OFF_IN_DEMO

    def make_fetch(
        self, targets: Sequence[CardTarget], on_progress: OnProgress, *, refresh: bool = False
    ) -> BackgroundTask[CardReport]:
        """Return a fetch, ready to run in a thread. Call it only if `off_reason` is empty."""
        assert self._fetch
        return self._fetch(targets, on_progress, refresh)

    def close(self) -> None:
        """Close the file."""
        if self._store:
            self._store.close()
            self._store = None

    def _open(self) -> CardStore | None:
        """Return the store; None without a file, so that a start without cards imports and opens nothing."""
        if self._store is None and self._file and self._file.exists():
            from importai_tui.archive.cards import CardStore

            self._store = CardStore(self._file)
        return self._store
