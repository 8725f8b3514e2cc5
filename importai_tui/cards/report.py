"""The result of a fetch of cards, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from importai_tui.wording import plural
from importai_tui.works.card import Card

CARDS_OFF = "Fetching cards is switched off (links.cards = false in config.toml)."
"""Where cards would be fetched, if the settings forbid it."""


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
        """The counts for a notice, without a full stop: "Fetched 41 cards; 3 not found"."""
        done = f"Fetched {plural(len(self.fetched), 'card')}" if self.fetched else ""
        if not (done or self.not_found or self.failed or self.is_stopped):
            return "All cards are already stored" if self.skipped else "No cards to fetch"
        counts = ((self.not_found, "not found"), (self.failed, "failed"))
        others = [f"{len(works):,} {words}" for works, words in counts if works]
        stopped = "Stopped" if self.is_stopped else ""
        return "; ".join(filter(None, (stopped, done or "No new cards", *others)))
