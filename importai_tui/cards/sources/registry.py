"""All sources of cards, in order of preference: a work's card comes from the first that accepts it and has it."""

from __future__ import annotations

from importai_tui.cards.sources.base import CardSource

SOURCES: tuple[CardSource, ...] = ()
