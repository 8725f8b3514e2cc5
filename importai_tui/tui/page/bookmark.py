"""The reader's place, written down while one reads: which story is open, and how far one is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from importai_tui.library.position import (
    GUIDE_POSITION,
    LAST_POSITION,
    ReadingPosition,
    ScrollPosition,
    last_position,
    saved_scroll,
)

if TYPE_CHECKING:
    from importai_tui.tui.page.desk import Desk

_PAUSE = 0.4
"""Seconds of rest before the place is written: one write for a burst of keys."""


class Bookmark:
    """The place on a desk. The guide has one of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._name = GUIDE_POSITION if desk.guide else LAST_POSITION
        self.timer: Timer | None = None
        """What waits for the rest."""

    @property
    def recalled(self) -> ReadingPosition | None:
        """Where the reader left off."""
        return last_position(self._desk.library, self._name)

    def moved(self) -> None:
        """Writes the place down after a moment of rest."""
        if self.timer:
            self.timer.stop()
        self.timer = self._desk.set_timer(_PAUSE, self._desk.keep_place)

    def keep(self) -> None:
        """Writes the place down now."""
        self.keep_spot()
        desk = self._desk
        if desk.issue and desk.story:
            place = ReadingPosition(desk.issue.ref, desk.story.position, desk.story.key, desk.story_view.spot)
            desk.remember(self._name, place.to_json())

    def keep_spot(self) -> None:
        """Keeps the place inside the story, if the reader has moved in it; one read to its end begins anew."""
        desk, view = self._desk, self._desk.story_view
        if not (desk.story and view.has_moved):
            return
        key = desk.story.key
        place = view.spot.to_json() if view.spot != ScrollPosition() and not view.at_end else None
        if ScrollPosition.from_json(place) != saved_scroll(desk.library, key):
            desk.attempt(lambda: desk.library.keep_place(key, place), asked=False, name=f"place:{key}")
