"""Actions that mark stories read or starred. A mark is stored first and shown after.

Actions that undo changes and do them again. A change is stored first and shown after.
"""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.state.store import ChangeResult
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.text import truncate

_MAX_NAME_LENGTH = 50
"""Cells of a headline that are enough to know it by."""
_ASK_ABOVE = 20
"""Stories whose issues are looked up one by one after an undo; measured with 480 issues, all heads cost as much."""


class UndoActions(ActionGroup):
    """Undoes changes, and does them again."""

    def action_undo(self) -> None:
        """Takes the last change back, be it one of the saved searches."""
        if self.screen.saved_searches.is_latest_change:
            self.screen.saved_searches.undo()
            return
        changes = self.screen.writer.changes
        self._undo_or_redo(self.session.library.undo, "There is nothing to undo.")
        if self.screen.writer.changes > changes:
            self.screen.writer.count_undo()

    def action_redo(self) -> None:
        """Does it again."""
        self._undo_or_redo(self.session.library.redo, "There is nothing to redo.")

    def _undo_or_redo(self, turn: Callable[[], ChangeResult | None], nothing: str) -> None:
        change = self.screen.writer.try_write(lambda: turn() or ChangeResult(nothing, ()))
        if change is None:
            return
        self.screen.read_timer.stop()
        if len(change.keys) > _ASK_ABOVE:
            self.screen.reload()
        elif change.keys:
            self.screen.show_marks({ref for key in change.keys if (ref := self.session.get_issue_ref(key))})
            self.screen.redraw_annotations()
        self.screen.notify_info(self._format_change(change))

    def _format_change(self, change: ChangeResult) -> str:
        """The change in a line, with the name of the story where it is one: it may be far from here."""
        named = dict.fromkeys(filter(None, map(self.session.library.archive.get_headline, change.keys)))
        return f"{change.label}: {truncate(next(iter(named)), _MAX_NAME_LENGTH)}" if len(named) == 1 else change.label


class MarkActions(ActionGroup):
    """Marks stories read, unread, starred."""

    def action_toggle_read(self) -> None:
        """Read becomes unread and unread read; not marked again by the clock in this showing."""
        if self.screen.story_list.selected_issue:
            self.action_toggle_issue_read()
            return
        self.screen.show_pending_preview()
        self.screen.read_timer.stop()
        if head := self.session.story_row:
            self.screen.mark([head.key], read=not head.is_read)

    def action_toggle_issue_read(self) -> None:
        """Marks what is unread in the issue; if nothing is, all of it unread."""
        self.screen.show_pending_preview()
        self.screen.read_timer.stop()
        head = self.screen.story_list.selected_issue or self.session.issue_row
        if not head:
            return
        stories = self.session.library.get_story_rows(head.ref)
        unread = [story.key for story in stories if not story.is_read]
        if change := self.screen.mark(unread or [story.key for story in stories], read=bool(unread), ref=head.ref):
            self.screen.notify_info(change.label)

    def action_mark_all_read(self) -> None:
        """Marks all shown stories read, after a question with the count."""
        self.run_dialog(self._mark_all_read)

    async def _mark_all_read(self) -> None:
        from importai_tui.tui.dialogs.questions import ConfirmDialog

        # Both before the question: what comes in while it is asked is not what it was asked about.
        self.screen.update_if_changed(at_once=True)
        keys = self.session.get_unread_keys()
        if not keys:
            self.screen.notify_info("Everything is read.")
            return
        many = len(keys) != 1
        if reading := self.session.reading_list:
            stories = f"{len(keys)} stories of {reading.name}" if many else f"one story of {reading.name}"
        else:
            stories = f"{len(keys)} shown stories" if many else "one shown story"
        if not await self.ask(ConfirmDialog(f"Mark {stories} read?", self.screen.clock)):
            return
        self.screen.read_timer.stop()
        if change := self.screen.writer.try_write(lambda: self.session.library.mark(keys, read=True)):
            self.screen.reload()
            self.screen.notify_info(f"{change.label}. u undoes it.")

    def action_toggle_star(self) -> None:
        """A star comes or goes."""
        self.screen.show_pending_preview()
        head = self.session.story_row
        if head and self.screen.mark([head.key], starred=not head.is_starred):
            self.screen.notify_info("Star taken away." if head.is_starred else "Starred.", seconds=2)
