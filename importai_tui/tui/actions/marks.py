"""Actions that mark stories read or starred, and that undo and redo changes. A change is saved before it is shown."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.state.labels import ONE_STORY
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
        self._revert(self.session.library.undo, "Nothing to undo")
        if self.screen.writer.changes > changes:
            self.screen.writer.count_undo()

    def action_redo(self) -> None:
        """Redo the last undone change, also a change of the saved searches."""
        if self.screen.saved_searches.is_latest_undo:
            self.screen.saved_searches.redo()
            return
        changes = self.screen.writer.changes
        self._revert(self.session.library.redo, "Nothing to redo")
        if self.screen.writer.changes > changes:
            self.screen.writer.count_redo()

    def action_undo_automatic_read(self) -> None:
        """Mark the story unread that was marked read automatically last, by its time in view or at its end."""
        self._revert(self.session.library.unmark_automatic_read, "No story was marked read automatically")

    def _revert(self, act: Callable[[], ChangeResult | None], nothing: str) -> None:
        """Call a function that changes marks back; show the marks and its label, or `nothing` if it returns None."""
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
        """Return the label of a change, with the headline of its story if there is one, which may not be visible."""
        headlines = dict.fromkeys(filter(None, map(self.session.library.archive.get_headline, change.keys)))
        if len(headlines) != 1:
            return change.label
        title = f"“{truncate(next(iter(headlines)), _MAX_NAME_LENGTH)}”"
        return change.label.replace(ONE_STORY, title) if ONE_STORY in change.label else f"{change.label}: {title}"


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
            self.screen.notify_info("All listed stories are already read")
            return
        stories = f"all {len(keys):,} listed stories" if len(keys) > 1 else "the one listed story"
        if not await self.ask(ConfirmDialog(f"Mark {stories} as read?", self.screen.clock)):
            return
        self.screen.read_timer.stop()
        if change := self.screen.writer.try_write(lambda: self.session.library.mark(keys, read=True)):
            self.screen.reload()
            self.screen.notify_info(self.with_undo_key(change.label))

    def action_toggle_star(self) -> None:
        """Star the story, or remove its star."""
        self.screen.show_pending_preview()
        row = self.session.story_row
        if row and self.screen.mark([row.key], starred=not row.is_starred):
            self.screen.notify_info("Star removed" if row.is_starred else "Starred", seconds=2)
