"""Actions that edit a note in the user's own editor, which gets the terminal meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path

from importai_tui.editor import EditorError, EditorKilledError, find_editor, run_editor
from importai_tui.errors import ReaderError
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.dialogs.questions import ConfirmDialog
from importai_tui.tui.reading.draft_files import DraftFile, find_left_drafts, open_draft_file
from importai_tui.tui.reading.drafts import Draft, DraftTarget
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.terminal_loan import TerminalLoanError, lend_terminal

_QUICK_SECONDS = 0.5
"""Seconds in which nobody closes an editor: it has opened a window of its own."""
_QUICK_ADVICE = ': the editor closed at once. If it opens its own window, tell it to wait, as in VISUAL="code --wait".'


class NoteEditorActions(ActionGroup):
    """Edits notes and comments in the user's own editor."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._waiting: set[Path] = set()
        """The files whose texts wait to be saved: nothing is left to recover from them."""

    def action_note_editor(self) -> None:
        """Edit the story's note in the user's editor."""
        self.run_dialog(self._edit_note)

    async def _edit_note(self) -> None:
        self.screen.mark_engaged()
        if self.session.story:
            await self.edit("note", DraftTarget(self.session.story.key))

    def action_recover_files(self) -> None:
        """Save what a crash has left in the files of an editor."""
        for file, draft in find_left_drafts(self.session.library.state.path):
            if file.path not in self._waiting and self.screen.drafts.recover_draft(file.target, draft):
                file.remove()
        self.screen.drafts.forget_saved()

    async def edit(self, noun: str, target: DraftTarget) -> bool:
        """Edit a note or comment, or its unsaved draft, and save it.

        Return False, after an error message, if that fails. Call it only within `run_dialog`. `noun` is "note" or
        "comment".
        """
        if self.refuse_in_browser():
            return False
        drafts, services, state = self.screen.drafts, self.screen.services, self.session.library.state
        self.action_recover_files()
        present = target.read(self.session.library)
        draft = drafts.take(target) or Draft(present or "", present)
        text, original = draft.text.strip(), (draft.original or "").strip()
        try:
            command = find_editor(os.environ)
            name = self.session.library.archive.get_headline(target.key) or noun
            with open_draft_file(state.path, target, text, original, name) as file:
                drafts.clear_autosave()
                started = time.monotonic()
                try:
                    with lend_terminal(self.screen.app):
                        run_editor(command, file.path)
                    edited = file.read()
                except ReaderError as error:
                    raise EditorError(_describe_failure(error, noun, file, text)) from error
                is_quick = edited == text and time.monotonic() - started < _QUICK_SECONDS
                await self._save(noun, file, Draft(edited, draft.original), is_quick=is_quick)
        except ReaderError as error:
            services.notify_error(str(error))
            if text != original:
                drafts.keep(target, draft)
            return False
        return True

    async def _save(self, noun: str, file: DraftFile, draft: Draft, *, is_quick: bool) -> None:
        """Save an edited text, and then remove its file, unless the editor may still have it open."""

        def remove() -> None:
            self._waiting.discard(file.path)
            if not is_quick:
                file.remove()

        if draft.text == file.original:
            advice = _QUICK_ADVICE if is_quick else ""
            self.screen.notify_info(f"{noun.capitalize()} unchanged{advice}", seconds=12 if advice else 2)
            remove()
        elif bool(draft.text) or await self.ask(ConfirmDialog(f"Delete this {noun}?", self.screen.clock)):
            self._waiting.add(file.path)
            self.screen.drafts.save(file.target, draft, on_saved=remove)
        else:
            remove()


def _describe_failure(error: ReaderError, noun: str, file: DraftFile, text: str) -> str:
    """Return the message about an editor that failed.

    A changed text is kept: for the next edit or start if the user did not end the editor, else in a file that is named.
    """
    try:
        is_changed = file.read() != text
    except ReaderError:
        is_changed = file.path.exists()
    words = f"{str(error).rstrip('.')}. {noun.capitalize()} unchanged"
    if is_changed and isinstance(error, EditorKilledError | TerminalLoanError):
        return f"{words}; the next edit goes on with your text"
    if is_changed:
        return f"{words}; your text is in {file.abandon()}"
    file.remove()
    return f"{words}."
