"""Actions that add tags, a note or highlights to a story. A change is stored first and shown after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from importai_tui.state.fields import Highlight
from importai_tui.state.store import ChangeResult
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.drafts import Draft, DraftTarget
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.widgets.annotations import extract_quote, get_body, locate_highlights, selection_offsets
from importai_tui.tui.widgets.story_render import RenderedBlock

if TYPE_CHECKING:
    from importai_tui.tui.dialogs.passage_picker import PassageAction

TextRange = tuple[int, int, int]
"""A piece of the story, the first character of its words and the one behind the last."""


class AnnotationActions(ActionGroup):
    """Tags, notes and highlights."""

    def action_tag(self) -> None:
        """Asks for a tag, and gives it to the story or takes it away."""
        self.run_dialog(self._tag)

    async def _tag(self) -> None:
        from importai_tui.tui.dialogs.tags import TagDialog

        self.screen.mark_engaged()
        if not self.session.story:
            return
        key = self.session.story.key
        name = await self.ask(
            TagDialog(self.session.library.state.get_tags(key), self.session.library.state.count_tags())
        )
        if name:
            bare = " ".join(name.lstrip("#").split())
            own = {tag.casefold() for tag in self.session.library.state.get_tags(key)}
            self._change(lambda: self.session.library.tag([key], bare, bare.casefold() not in own))

    def action_note(self) -> None:
        """A page for the story's note."""
        self.run_dialog(self._note)

    async def _note(self) -> None:
        self.screen.mark_engaged()
        if self.session.story:
            await self._write("Your note", DraftTarget(self.session.story.key))

    def action_highlight(self) -> None:
        """Keeps the selected words; without any, asks for a paragraph. What is kept already is taken away."""
        self.run_dialog(self._highlight)

    async def _highlight(self) -> None:
        from importai_tui.tui.dialogs.passage_picker import PassagePicker

        self.screen.mark_engaged()
        if not self.session.story:
            return
        # What is chosen is chosen from these, whatever is stored meanwhile.
        pieces = self.screen.blocks
        if passages := self._get_selection():
            self.screen.clear_selection()
            present = next((found for passage in passages if (found := self._find_highlight(pieces, passage))), None)
            self._remove_highlight(present) if present else self._add_highlight(pieces, passages)
            return
        choices = [at for at, piece in enumerate(pieces) if piece.block_index >= 0 and piece.style_class != "rule"]
        if not choices:
            self.screen.notify_info("This story has no paragraph to highlight.")
            return
        self.screen.go_to(Pane.STORY)
        here = self.screen.story_view.scroll_position.block
        first = next((n for n, at in enumerate(choices) if at >= here), len(choices) - 1)
        if picked := await self.ask(PassagePicker(self.screen.story_view, choices, first)):
            await self._do(pieces, *picked)

    async def _do(self, pieces: Sequence[RenderedBlock], at: int, wish: PassageAction) -> None:
        from importai_tui.tui.dialogs.passage_picker import PassageAction

        passage = (at, 0, len(get_body(pieces[at])))
        present = self._find_highlight(pieces, passage)
        if present and wish is PassageAction.TOGGLE:
            self._remove_highlight(present)
            return
        if present and wish is PassageAction.HIGHLIGHT:
            self.screen.notify_info("It is highlighted already. v takes it away.")
            return
        if not present:
            self._add_highlight(pieces, [passage])
            present = self._find_highlight(pieces, passage)
        if present and self.session.story and wish is PassageAction.ADD_REMARK:
            await self._write("Your remark", DraftTarget(self.session.story.key, present.id))

    async def _write(self, title: str, page: DraftTarget) -> None:
        """Have the user write, and save it."""
        from importai_tui.tui.dialogs.note_editor import NoteDialog

        drafts = self.screen.drafts
        present = page.read(self.session.library)
        draft = drafts.take(page)
        dialog = NoteDialog(
            title,
            draft.text if draft else present or "",
            lambda text: drafts.save_at_exit(page, Draft(text, present)),
            lambda text: drafts.autosave(page, text),
        )
        text = await self.ask(dialog)
        if text.strip() != (present or ""):
            drafts.save(page, Draft(text, present))
        drafts.clear_autosave()

    def _add_highlight(self, pieces: Sequence[RenderedBlock], passages: Sequence[TextRange]) -> None:
        """Keeps the words of one or more pieces as one highlight."""
        if not self.session.story:
            return
        key, paragraph = self.session.story.key, max(0, pieces[passages[0][0]].block_index)
        words = "\n".join(extract_quote(get_body(pieces[at]), start, end) for at, start, end in passages)
        if self.screen.writer.try_write(lambda: self.session.library.add_highlight(key, words, None, paragraph)):
            self.screen.redraw_annotations()
            self.screen.notify_info("Highlighted. u takes it back.", seconds=2)

    def _remove_highlight(self, highlight: Highlight) -> None:
        if self.session.story:
            key = self.session.story.key
            self._change(lambda: self.session.library.state.remove_highlight(key, highlight.id))

    def _change(self, act: Callable[[], ChangeResult]) -> None:
        if change := self.screen.writer.try_write(act):
            self.screen.redraw_annotations()
            self.screen.notify_info(change.label, seconds=2)

    def _get_selection(self) -> list[TextRange]:
        """The selected words of the story, piece by piece; what the reader has added is none of them."""
        found = []
        for at, (view, piece) in enumerate(zip(self.screen.story_view.block_views, self.screen.blocks, strict=False)):
            if view in self.screen.selections:
                start, end = selection_offsets(self.screen.selections[view], get_body(piece).plain)
                if extract_quote(get_body(piece), start, end):
                    found.append((at, start, end))
        return found

    def _find_highlight(self, pieces: Sequence[RenderedBlock], passage: TextRange) -> Highlight | None:
        """The first highlight that shares words with a passage."""
        piece, start, end = passage
        found, _ = locate_highlights(self.screen.annotations.highlights, pieces)
        return next((p.highlight for p in found if p.block == piece and p.start < end and p.end > start), None)
