"""A fetch of cards without a network, and works that have cards."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importai_tui.archive.cards import CardStore
from importai_tui.cards.report import CardReport
from importai_tui.model import Block, Heading, Link, LinkKind, LinkRole, Paragraph, Span
from importai_tui.sync.progress import OnProgress, Progress
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.works.card import Card, CardTarget

OTTERS = "arxiv:2501.00001"
FETCHED_AT = "2025-01-18T09:30:00+00:00"


def make_card(work: str = OTTERS, title: str = "Otters as Lock Keepers", *, paragraphs: int = 2) -> Card:
    """Return a card with every kind of fact."""
    text = "Otters keep locks well, and ask for little. " * 4
    blocks: tuple[Block, ...] = (
        Heading((Span(title),), 1),
        Paragraph((Span("We show "), Span("sluices", link=1), Span(" to otters. " + text))),
        *(Paragraph((Span(f"Part {n}. {text}"),)) for n in range(1, paragraphs)),
    )
    links = (
        Link(1, "sluices", "https://github.com/otterworks/sluices", LinkKind.CODE, "github.com", LinkRole.INLINE,
             "github:otterworks/sluices"),
        Link(2, "home page", "https://example.org/otters", LinkKind.OTHER, "example.org", LinkRole.INLINE, None),
    )  # fmt: skip
    return Card(
        work,
        LinkKind.PAPER,
        title,
        "https://arxiv.org/abs/2501.00001",
        "arXiv",
        FETCHED_AT,
        authors=tuple(f"Ada Otter {n}" for n in range(1, 21)),
        published="2025-01-02",
        venue="Journal of Locks",
        license="CC BY 4.0",
        pdf_url="https://arxiv.org/pdf/2501.00001",
        facts=("cs.RO", "12 pages"),
        blocks=blocks,
        links=links,
    )


@dataclass
class FakeCards:
    """Makes fetches that answer with the cards of `found`, or with a sentence, once `release` is set."""

    file: Path
    found: dict[str, Card] = field(default_factory=dict)
    error: str = ""
    release: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[tuple[str, ...], bool]] = field(default_factory=list)
    """The works of each fetch, and whether stored cards were fetched again."""
    stopped: int = 0

    def store(self, *cards: Card) -> None:
        """Store cards as a fetch of an earlier session."""
        with CardStore(self.file) as store:
            store.put(cards)

    def __call__(self, targets: Sequence[CardTarget], on_progress: OnProgress, refresh: bool) -> FakeFetch:
        """Make a fetch."""
        self.asked.append((tuple(target.work for target in targets), refresh))
        return FakeFetch(self, targets, on_progress)

    @property
    def background(self) -> BackgroundSetup:
        """The background with these cards."""
        return BackgroundSetup(cards=self.file, fetch_cards=self)


@dataclass
class FakeFetch:
    """One fetch."""

    cards: FakeCards
    targets: Sequence[CardTarget]
    on_progress: OnProgress
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> CardReport:
        """Wait until it is released or stopped, and store what is found."""
        self.on_progress(Progress("arXiv", 0, len(self.targets)))
        while not (self.cards.release.wait(0.01) or self._stop.is_set()):
            pass
        if self._stop.is_set():
            return CardReport(is_stopped=True)
        wanted = [target.work for target in self.targets]
        missing: Mapping[str, str] = {work: self.cards.error for work in wanted if work not in self.cards.found}
        found = [self.cards.found[work] for work in wanted if work in self.cards.found]
        if self.cards.error:
            return CardReport(failed=missing)
        self.cards.store(*found)
        return CardReport(tuple(card.work for card in found))

    def stop(self) -> None:
        """End the fetch."""
        self.cards.stopped += 1
        self._stop.set()
