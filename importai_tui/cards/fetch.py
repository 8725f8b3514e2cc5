"""Fetches the cards of cited works, on request only: the entry point of this package."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from importai_tui.archive.cards import CardStore
from importai_tui.cards.sources.base import CardSource
from importai_tui.cards.sources.registry import SOURCES
from importai_tui.clock import utc_now
from importai_tui.sync.progress import OnProgress
from importai_tui.works.card import Card, CardTarget

if TYPE_CHECKING:
    from importai_tui.error_log import ErrorLog


@dataclass(frozen=True, slots=True)
class CardReport:
    """The result of a fetch, with the works by their ids (`CardTarget.work`).

    `not_found` and `failed` have a sentence for each work. A work failed if a later try may bring its card.
    """

    fetched: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """Works whose cards were stored before."""
    not_found: Mapping[str, str] = field(default_factory=dict)
    """Works that no source has, pages without an article, and works without a URL."""
    failed: Mapping[str, str] = field(default_factory=dict)
    unsaved: Mapping[str, Card] = field(default_factory=dict)
    """Cards that were fetched and could not be stored; the reason is in `failed`."""
    is_offline: bool = False
    """True if no network led to some source."""
    is_stopped: bool = False

    def get_error(self, work: str) -> str | None:
        """Return the sentence about a work without a new card."""
        return self.failed.get(work) or self.not_found.get(work)

    @property
    def errors(self) -> tuple[str, ...]:
        """The sentences of `failed`, each once."""
        return tuple(dict.fromkeys(self.failed.values()))

    @property
    def summary(self) -> str:
        """The counts for a notice: "Fetched 41 cards; 3 not found"."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class CardFetch:
    """One fetch. `run` blocks until it is done or stopped; `stop` may be called from any thread, even before `run`."""

    targets: Sequence[CardTarget]
    open_store: Callable[[], CardStore]
    """Called in the thread of the run, because a database connection belongs to one thread."""
    error_log: ErrorLog | None = None
    """Receives the details of unexpected errors."""
    refresh: bool = False
    """Fetch the cards again that are stored."""
    on_progress: OnProgress = lambda _: None
    """Called for each card and each wait, in the thread of the run. `Progress.title` is the title of the last card."""
    sources: Sequence[CardSource] = SOURCES
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic

    def run(self) -> CardReport:
        """Fetch the cards and store them, batch by batch. Raises nothing: every error is in the report."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ask the fetch to end now. Stored cards stay; the next run skips them."""
        raise NotImplementedError
