"""Actions that tag, annotate and highlight a story. A change is saved before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.state.fields import Highlight
from importai_tui.state.store import ChangeResult
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.note_editor import NoteEditorActions
from importai_tui.tui.reading.drafts import Draft, DraftStore, DraftTarget
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.widgets.annotations import extract_quote, locate_highlights
from importai_tui.tui.widgets.story_render import RenderedBlock

if TYPE_CHECKING:
    from importai_tui.tui.dialogs.passage_picker import PassageAction

TextRange = tuple[int, int, int]
"""The index of a block of the story, and the start and end of a passage in its text."""


class AnnotationActions(ActionGroup):
    """Tags, notes and highlights."""

    def action_tag(self) -> None:
        """Ask for a tag, and add it to the story or remove it."""
        self.run_dialog(self._tag)

    async def _tag(self) -> None:
        self.screen.mark_engaged()
        if self.session.story:
            await self.edit_tags(self.session.story.key)

    async def edit_tags(self, key: str) -> None:
        """Ask for a tag, and add it to this story or remove it."""
        from importai_tui.tui.dialogs.tags import TagDialog

        state = self.session.library.state
        if name := await self.ask(TagDialog(state.get_tags(key), state.count_tags())):
            self._change(lambda: self.session.library.toggle_tag(key, name))

    def toggle_tag(self, name: str) -> None:
        """Add this tag to the open story, or remove it."""
        self.screen.mark_engaged()
        if self.session.story:
            key = self.session.story.key
            self._change(lambda: self.session.library.toggle_tag(key, name))

    def action_note(self) -> None:
        """Open the editor of the story's note."""
        self.run_dialog(self._note)

    async def _note(self) -> None:
        self.screen.mark_engaged()
        if self.session.story:
            await self.edit("note", DraftTarget(self.session.story.key))

    def action_highlight(self) -> None:
        """Highlight the selected words, else a paragraph that the user picks; remove a present highlight."""
        self.run_dialog(self._highlight)

    async def _highlight(self) -> None:
        from importai_tui.tui.dialogs.passage_picker import PassagePicker

        self.screen.mark_engaged()
        if not self.session.story:
            return
        # The blocks that the user sees while choosing, even if the story changes meanwhile.
        blocks = self.screen.story_display.blocks
        if passages := self._get_selection():
            self.screen.clear_selection()
            present = next((found for passage in passages if (found := self._find_highlight(blocks, passage))), None)
            self._remove_highlight(present) if present else self._add_highlight(blocks, passages)
            return
        choices = [at for at, block in enumerate(blocks) if block.block_index >= 0 and block.style_class != "rule"]
        if not choices:
            self.screen.notify_info("This story has no paragraph to highlight")
            return
        self.screen.go_to(Pane.STORY)
        here = self.screen.story_view.scroll_position.block
        first = next((index for index, at in enumerate(choices) if at >= here), len(choices) - 1)

        def is_highlighted(at: int) -> bool:
            return self._find_highlight(blocks, _whole_block(blocks, at)) is not None

        if picked := await self.ask(PassagePicker(self.screen.story_view, choices, first, is_highlighted)):
            await self._highlight_block(blocks, *picked)

    async def _highlight_block(self, blocks: Sequence[RenderedBlock], at: int, action: PassageAction) -> None:
        from importai_tui.tui.dialogs.passage_picker import PassageAction

        passage = _whole_block(blocks, at)
        present = self._find_highlight(blocks, passage)
        if present and action is PassageAction.TOGGLE:
            self._remove_highlight(present)
            return
        if not present:
            self._add_highlight(blocks, [passage])
            present = self._find_highlight(blocks, passage)
        if present and self.session.story and action is PassageAction.ADD_REMARK:
            await self.edit("comment", DraftTarget(self.session.story.key, present.id))

    async def edit(self, noun: str, target: DraftTarget) -> None:
        """Open the dialog for a note or comment, and save the text."""
        from importai_tui.tui.dialogs.note_editor import MoveToEditor, NoteDialog

        drafts = self.screen.drafts
        while True:
            if drafts.has_files:  # an editor that was killed has left the text that the user wants to go on with
                self.screen.action_group(NoteEditorActions).action_recover_files()
            present = target.read(self.session.library)
            draft = drafts.take(target) or Draft(present or "", present)
            dialog = NoteDialog(
                noun,
                draft.text,
                present or "",
                self.screen.clock,
                save_at_exit=partial(_save_at_exit, drafts, target, draft.original),
                save_draft=lambda text: drafts.autosave(target, text),
            )
            result = await self.ask(dialog)
            if not isinstance(result, MoveToEditor):
                break
            drafts.keep(target, draft._replace(text=result.text))
            if await self.screen.action_group(NoteEditorActions).edit(noun, target):
                return
        if result is not None and result != (present or ""):
            drafts.save(target, draft._replace(text=result))
        drafts.clear_autosave()

    def _add_highlight(self, blocks: Sequence[RenderedBlock], passages: Sequence[TextRange]) -> None:
        """Save passages of one or more blocks as one highlight."""
        if not self.session.story:
            return
        key, paragraph = self.session.story.key, max(0, blocks[passages[0][0]].block_index)
        words = "\n".join(extract_quote(blocks[at].body, start, end) for at, start, end in passages)
        if self.screen.writer.try_write(lambda: self.session.library.add_highlight(key, words, None, paragraph)):
            self.screen.redraw_annotations()
            self.screen.notify_info(self.with_undo_key("Highlighted"), seconds=2)

    def _remove_highlight(self, highlight: Highlight) -> None:
        if self.session.story:
            key = self.session.story.key
            self._change(lambda: self.session.library.state.remove_highlight(key, highlight.id))

    def _change(self, write: Callable[[], ChangeResult]) -> None:
        if change := self.screen.writer.try_write(write):
            self.screen.redraw_annotations()
            self.screen.notify_info(change.label, seconds=2)

    def _get_selection(self) -> list[TextRange]:
        """Return the selected passages of the story, block by block, without the user's own words."""
        blocks = self.screen.story_display.blocks
        return [
            (at, start, end)
            for at, start, end in self.screen.story_view.get_selected_ranges()
            if at < len(blocks) and extract_quote(blocks[at].body, start, end)
        ]

    def _find_highlight(self, blocks: Sequence[RenderedBlock], passage: TextRange) -> Highlight | None:
        """Return the first highlight that overlaps a passage; None if there is none."""
        block, start, end = passage
        found, _ = locate_highlights(self.screen.story_display.annotations.highlights, blocks)
        return next(
            (span.highlight for span in found if span.block == block and span.start < end and span.end > start), None
        )


def _save_at_exit(drafts: DraftStore, target: DraftTarget, present: str | None, text: str) -> None:
    drafts.save_at_exit(target, Draft(text, present))


def _whole_block(blocks: Sequence[RenderedBlock], at: int) -> TextRange:
    return at, 0, len(blocks[at].body)
