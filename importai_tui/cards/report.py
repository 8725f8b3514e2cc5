"""The result of a fetch of cards, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from importai_tui.errors import OFFLINE_QUESTION
from importai_tui.wording import plural
from importai_tui.works.card import Card

NO_URL = "No URL is known for this work, so there is no card."
"""In place of the card of a work without a URL."""
CARDS_OFF = "Fetching cards is off. To switch it on, set links.cards = true in config.toml."
"""Where cards would be fetched, if the settings forbid it."""
CARDS_OFF_IN_DEMO = "Fetching cards is off in demo mode. Start importai-tui without --demo."


@dataclass(frozen=True, slots=True)
class CardReport:
    """The result of a fetch, with the works by their ids (`CardTarget.work`).

    `not_found` and `failed` have a sentence for each work. A work failed if a later try may bring its card.
    """

    fetched: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """Works whose cards were stored before."""
    without_url: tuple[str, ...] = ()
    not_found: Mapping[str, str] = field(default_factory=dict)
    """Works that no source has, and pages without an article."""
    failed: Mapping[str, str] = field(default_factory=dict)
    unsaved: Mapping[str, Card] = field(default_factory=dict)
    """Cards that were fetched and could not be stored; the reason is in `failed`."""
    is_offline: bool = False
    """True if no network led to some source."""
    is_stopped: bool = False

    def get_error(self, work: str) -> str | None:
        """Return the sentence about a work without a new card."""
        return self.failed.get(work) or self.not_found.get(work) or (NO_URL if work in self.without_url else None)

    @property
    def errors(self) -> tuple[str, ...]:
        """The sentences of `failed`, each once; of several hosts that cannot be reached only the first is named."""
        sentences = tuple(dict.fromkeys(self.failed.values()))
        offline = [sentence for sentence in sentences if sentence.endswith(OFFLINE_QUESTION)]
        return tuple(sentence for sentence in sentences if sentence not in offline[1:])

    @property
    def summary(self) -> str:
        """The counts for a notice, without a full stop: "Fetched 41 cards; 3 not found"."""
        counts = ((self.not_found, "not found"), (self.without_url, "without a URL"), (self.failed, "failed"))
        others = [f"{len(works):,} {words}" for works, words in counts if works]
        if self.skipped and not (self.fetched or others or self.is_stopped):
            return "All cards are already stored"
        done = plural(len(self.fetched), "card") if self.fetched else "no cards" if self.is_stopped else ""
        verb = "Stopped after fetching" if self.is_stopped else "Fetched"
        return "; ".join((f"{verb} {done}" if done else "No new cards", *others))
