"""Actions that mark stories read or starred, and that undo and redo changes. A change is saved before it is shown."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.state.store import ChangeResult
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.text import truncate

_MAX_NAME_LENGTH = 50
"""Cells of a headline in a message."""
_ASK_ABOVE = 20
"""Changed stories above which an undo reloads all rows; with 480 issues, single lookups cost as much then."""


class UndoActions(ActionGroup):
    """Undoes and redoes changes."""

    def action_undo(self) -> None:
        """Undo the last change, also a change of the saved searches."""
        if self.screen.saved_searches.is_latest_change:
            self.screen.saved_searches.undo()
            return
        changes = self.screen.writer.changes
        self._undo_or_redo(self.session.library.undo, "There is nothing to undo.")
        if self.screen.writer.changes > changes:
            self.screen.writer.count_undo()

    def action_redo(self) -> None:
        """Redo the last undone change."""
        self._undo_or_redo(self.session.library.redo, "There is nothing to redo.")

    def _undo_or_redo(self, act: Callable[[], ChangeResult | None], nothing: str) -> None:
        change = self.screen.writer.try_write(lambda: act() or ChangeResult(nothing, ()))
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
        """Return the label of a change, with the headline if it changed one story, which may not be visible."""
        headlines = dict.fromkeys(filter(None, map(self.session.library.archive.get_headline, change.keys)))
        return (
            f"{change.label}: {truncate(next(iter(headlines)), _MAX_NAME_LENGTH)}"
            if len(headlines) == 1
            else change.label
        )


class MarkActions(ActionGroup):
    """Marks stories read, unread and starred."""

    def action_toggle_read(self) -> None:
        """Mark the story read, or unread; the read timer then no longer marks it."""
        if self.screen.story_list.selected_issue:
            self.action_toggle_issue_read()
            return
        self.screen.show_pending_preview()
        self.screen.read_timer.stop()
        if row := self.session.story_row:
            self.screen.mark([row.key], read=not row.is_read)

    def action_toggle_issue_read(self) -> None:
        """Mark the unread stories of the issue read; if there are none, mark all its stories unread."""
        self.screen.show_pending_preview()
        self.screen.read_timer.stop()
        row = self.screen.story_list.selected_issue or self.session.issue_row
        if not row:
            return
        stories = self.session.library.get_story_rows(row.ref)
        unread = [story.key for story in stories if not story.is_read]
        if change := self.screen.mark(unread or [story.key for story in stories], read=bool(unread), ref=row.ref):
            self.screen.notify_info(change.label)

    def action_mark_all_read(self) -> None:
        """Mark all shown stories read, after a question with their number."""
        self.run_dialog(self._mark_all_read)

    async def _mark_all_read(self) -> None:
        from importai_tui.tui.dialogs.questions import ConfirmDialog

        # Both before the question, so that stories which arrive during it are not marked.
        self.screen.update_if_changed(at_once=True)
        keys = self.session.get_unread_keys()
        if not keys:
            self.screen.notify_info("Everything is read.")
            return
        is_plural = len(keys) != 1
        if reading_list := self.session.reading_list:
            stories = (
                f"{len(keys)} stories of {reading_list.name}" if is_plural else f"one story of {reading_list.name}"
            )
        else:
            stories = f"{len(keys)} shown stories" if is_plural else "one shown story"
        if not await self.ask(ConfirmDialog(f"Mark {stories} read?", self.screen.clock)):
            return
        self.screen.read_timer.stop()
        if change := self.screen.writer.try_write(lambda: self.session.library.mark(keys, read=True)):
            self.screen.reload()
            self.screen.notify_info(f"{change.label}. u undoes it.")

    def action_toggle_star(self) -> None:
        """Star the story, or remove its star."""
        self.screen.show_pending_preview()
        row = self.session.story_row
        if row and self.screen.mark([row.key], starred=not row.is_starred):
            self.screen.notify_info("Star taken away." if row.is_starred else "Starred.", seconds=2)
