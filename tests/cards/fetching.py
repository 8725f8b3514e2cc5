"""A user who fetches cards from the fake sources within the test process and without waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from importai_tui.archive.cards import CardStore
from importai_tui.cards.fetch import CardFetch, CardReport
from importai_tui.cards.sources.base import CardSource
from importai_tui.cards.sources.registry import SOURCES
from importai_tui.http.addresses import get_endpoint
from importai_tui.http.client import HttpClient
from importai_tui.links.work_ids import get_work_id
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress
from importai_tui.works.card import Card, CardTarget
from tests.http.clients import SHORT, FakeClock
from tests.parse_pool.in_process import InProcessParser

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def make_target(url: str | None) -> CardTarget:
    """Return the target for the URL of a citation."""
    return CardTarget(get_work_id(url) or "title:otters", url)


def make_arxiv_targets(count: int) -> list[CardTarget]:
    """Return papers on arXiv."""
    return [make_target(f"https://arxiv.org/abs/2401.{n:05}") for n in range(1, count + 1)]


class CardUser:
    """A user with stored cards. `progress` is that of the latest fetch, `sleeps` its waits in seconds."""

    def __init__(self, folder: Path, address: str) -> None:
        self.path = Places.under(folder).cards
        self.progress: list[Progress] = []
        self.sleeps: list[float] = []
        self.address = address

    def open_store(self) -> CardStore:
        """Return the stored cards."""
        return CardStore(self.path)

    def open_client(self, source: CardSource, on_wait: Callable[[str], None]) -> HttpClient:
        """Return a client that waits on a fake clock."""
        clock = FakeClock()
        clock.sleeps = self.sleeps
        return HttpClient(
            public_only=True,
            trusted=[get_endpoint(self.address)],
            pause=source.pause,
            max_wait=5.0,
            timeouts=SHORT,
            on_wait=on_wait,
            sleep=clock.sleep,
            clock=clock,
            now=lambda: NOW,
        )

    def make_fetch(
        self,
        *targets: CardTarget,
        refresh: bool = False,
        sources: Sequence[CardSource] = SOURCES,
        on_progress: OnProgress | None = None,
    ) -> CardFetch:
        """Return a fetch of these works."""
        self.progress.clear()
        self.sleeps.clear()
        return CardFetch(
            targets,
            self.open_store,
            refresh=refresh,
            on_progress=on_progress or self.progress.append,
            sources=sources,
            open_client=self.open_client,
            open_parser=InProcessParser,
            now=lambda: NOW,
        )

    def fetch(self, *targets: CardTarget, refresh: bool = False, on_progress: OnProgress | None = None) -> CardReport:
        """Fetch the cards of these works."""
        return self.make_fetch(*targets, refresh=refresh, on_progress=on_progress).run()

    def get_card(self, work: str) -> Card | None:
        """Return a stored card."""
        with self.open_store() as store:
            return store.get(work)

    def get_stored_works(self) -> set[str]:
        """Return the works that have a card."""
        with self.open_store() as store:
            return set(store.get_summaries())
