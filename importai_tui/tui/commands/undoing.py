"""Commands that take back what the reader has changed, and do it again. Stored first, shown after."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.reading import Change
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.following import Following
from importai_tui.tui.commands.saved import Saved
from importai_tui.tui.look.literal import cut
from importai_tui.tui.page.desk import Desk

_NAME = 50
"""Cells of a headline that are enough to know it by."""
_FEW = 20
"""Stories whose issues are looked up one by one after an undo; measured with 480 issues, all heads cost as much."""


class Undoing(Commands):
    """Undone, done again."""

    def __init__(self, desk: Desk, following: Following, saved: Saved) -> None:
        super().__init__(desk)
        self._following, self._saved = following, saved

    def action_undo(self) -> None:
        """Takes the last change back, be it one of the saved searches."""
        if self._saved.is_latest:
            self._saved.take_back()
            return
        steps = self.desk.steps
        self._turn_back(self.desk.library.undo, "There is nothing to undo.")
        if self.desk.steps > steps:
            self.desk.steps = steps - 1

    def action_redo(self) -> None:
        """Does it again."""
        self._turn_back(self.desk.library.redo, "There is nothing to redo.")

    def _turn_back(self, turn: Callable[[], Change | None], nothing: str) -> None:
        change = self.desk.attempt(lambda: turn() or Change(nothing, ()))
        if change is None:
            return
        self.desk.dwell.settle()
        if len(change.keys) > _FEW:
            self._following.catch_up()
        elif change.keys:
            self._following.follow_marks({ref for key in change.keys if (ref := self._following.ref_of(key))})
            self._following.redraw_kept()
        self.desk.say(self._told(change))

    def _told(self, change: Change) -> str:
        """The change in a line, with the name of the story where it is one: it may be far from here."""
        named = dict.fromkeys(filter(None, map(self.desk.library.archive.headline_of, change.keys)))
        return f"{change.label}: {cut(next(iter(named)), _NAME)}" if len(named) == 1 else change.label
