"""Saves the user's position: open story, scroll position, visit history, and tale of the book of tales."""

from __future__ import annotations

from textual.screen import Screen
from textual.timer import Timer

from importai_tui.library.position import (
    GUIDE_POSITION_SETTING,
    LAST_POSITION_SETTING,
    ReadingPosition,
    ScrollPosition,
    load_last_position,
    load_scroll_position,
)
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter
from importai_tui.tui.widgets.story_view import StoryView

_SAVE_DELAY = 0.4
"""Seconds without a key before the position is saved, so that a burst of keys causes one write."""


class PositionSaver:
    """Saves the position of one session. The guide has its own settings."""

    def __init__(self, screen: Screen[None], session: ReadingSession, writer: StateWriter, view: StoryView) -> None:
        self._screen = screen
        self._session = session
        self._writer = writer
        self._view = view
        self._name = GUIDE_POSITION_SETTING if session.guide else LAST_POSITION_SETTING
        self._tale_name = "guide-tale" if session.guide else "tale"
        self._history_saved: str | None = None
        self.timer: Timer | None = None
        """Saves the position when it runs out."""

    @property
    def last_position(self) -> ReadingPosition | None:
        """The position at the end of the last session; None if the archive no longer has it."""
        return load_last_position(self._session.library, self._name)

    @property
    def last_tale(self) -> str:
        """The key of the last open tale of the book of tales; empty if there is none."""
        return self._session.library.state.load_value(self._tale_name) or ""

    def save_soon(self) -> None:
        """Save the position after a short delay; a call within it starts it again."""
        if self.timer:
            self.timer.stop()
        self.timer = self._screen.set_timer(_SAVE_DELAY, self.save)

    def save(self) -> None:
        """Save the position and the visit history now."""
        self.save_scroll_position()
        session = self._session
        if session.issue and session.story:
            position = ReadingPosition(
                session.issue.ref, session.story.position, session.story.key, self._view.scroll_position
            )
            self._writer.save_setting(self._name, position.to_json())
        self._save_history()

    def save_scroll_position(self) -> None:
        """Save the scroll position, if the user has scrolled; a story read to its end starts at the top again."""
        story, view = self._session.story, self._view
        if not (story and view.has_scrolled):
            return
        value = (
            view.scroll_position.to_json() if view.scroll_position != ScrollPosition() and not view.is_at_end else None
        )
        library, key = self._session.library, story.key
        if ScrollPosition.from_json(value) != load_scroll_position(library, key):
            self._writer.try_write(
                lambda: library.save_scroll_position(key, value), is_user_change=False, name=f"place:{key}"
            )

    def save_tale(self) -> None:
        """Save the open tale as the position in the book of tales, if the book is open."""
        session = self._session
        is_in_book = session.reading_list is not None and session.reading_list.is_book
        # Each scrolled line calls this, so the same key is not written twice.
        if is_in_book and session.story and not session.preview and session.story.key != self.last_tale:
            self._writer.save_setting(self._tale_name, session.story.key)

    def _save_history(self) -> None:
        session = self._session
        value = session.history.to_json()
        if self._history_saved is None:
            self._history_saved = session.library.state.load_value(session.history_setting) or ""
        if value != self._history_saved:
            self._writer.save_setting(session.history_setting, value)
            self._history_saved = "" if self._writer.problem else value
