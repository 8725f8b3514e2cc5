"""Actions that undo changes and do them again. A change is stored first and shown after."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.reading import Change
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.look.literal import cut

_NAME = 50
"""Cells of a headline that are enough to know it by."""
_FEW = 20
"""Stories whose issues are looked up one by one after an undo; measured with 480 issues, all heads cost as much."""


class Undo(ActionGroup):
    """Undoes changes, and does them again."""

    def action_undo(self) -> None:
        """Takes the last change back, be it one of the saved searches."""
        if self.screen.saved_searches.is_latest_change:
            self.screen.saved_searches.undo()
            return
        changes = self.screen.writer.changes
        self._turn_back(self.session.library.undo, "There is nothing to undo.")
        if self.screen.writer.changes > changes:
            self.screen.writer.undone()

    def action_redo(self) -> None:
        """Does it again."""
        self._turn_back(self.session.library.redo, "There is nothing to redo.")

    def _turn_back(self, turn: Callable[[], Change | None], nothing: str) -> None:
        change = self.screen.writer.attempt(lambda: turn() or Change(nothing, ()))
        if change is None:
            return
        self.screen.read_timer.settle()
        if len(change.keys) > _FEW:
            self.screen.reload()
        elif change.keys:
            self.screen.show_marks({ref for key in change.keys if (ref := self.session.issue_of_story(key))})
            self.screen.redraw_kept()
        self.screen.say(self._told(change))

    def _told(self, change: Change) -> str:
        """The change in a line, with the name of the story where it is one: it may be far from here."""
        named = dict.fromkeys(filter(None, map(self.session.library.archive.headline_of, change.keys)))
        return f"{change.label}: {cut(next(iter(named)), _NAME)}" if len(named) == 1 else change.label
