"""Commands that add something of the reader's own to a story: tags, a note, highlights. Stored first, shown after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.reading import Change, Highlight
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.following import Following
from importai_tui.tui.dialogs.pages import Draft, Page, joined
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.story.passages import placed, quotation, selected, words_of
from importai_tui.tui.story.render import Piece

if TYPE_CHECKING:
    from importai_tui.tui.dialogs.picking import Wish

_DRAFT = "draft"
"""The setting that holds what is being written."""
Passage = tuple[int, int, int]
"""A piece of the story, the first character of its words and the one behind the last."""


class Keeping(Commands):
    """Tagging, writing, highlighting."""

    def __init__(self, desk: Desk, following: Following) -> None:
        super().__init__(desk)
        self._following = following
        self._drafts: dict[Page, Draft] = {}
        """What was written and could not be kept: one writes on there."""

    def begin(self) -> None:
        """Looks for what was being written."""
        self.desk.call_after_refresh(self._take_up)

    def saved_late(self) -> None:
        """Forget the drafts that could be saved meanwhile."""
        for page, draft in list(self._drafts.items()):
            present = page.read(self.desk.library)
            if joined(present, draft) == (present or ""):
                del self._drafts[page]

    def drafts_left(self) -> list[str]:
        """The texts that cannot be kept now either."""
        # While writes wait, the texts wait among them, each in its place.
        if not self.desk.waiting:
            drafts, self._drafts = self._drafts, {}
            for page, draft in drafts.items():
                self._keep_draft(page, draft)
        return [draft.text for draft in self._drafts.values()]

    def give_back_drafts(self) -> None:
        """At the end: have the texts printed that could not be saved."""
        with suppress(ReaderError):  # what cannot be read counts as not saved
            self.saved_late()
        self.desk.reader.unkept += [draft.text for draft in self._drafts.values()]

    def action_tag(self) -> None:
        """Asks for a tag, and gives it to the story or takes it away."""
        self.converse(self._tag)

    async def _tag(self) -> None:
        from importai_tui.tui.dialogs.tag import TagDialog

        self.desk.attend()
        if not self.desk.story:
            return
        key = self.desk.story.key
        name = await self.ask(TagDialog(self.desk.library.state.tags_of(key), self.desk.library.state.all_tags()))
        if name:
            bare = " ".join(name.lstrip("#").split())
            own = {tag.casefold() for tag in self.desk.library.state.tags_of(key)}
            self._change(lambda: self.desk.library.tag([key], bare, bare.casefold() not in own))

    def action_note(self) -> None:
        """A page for the story's note."""
        self.converse(self._note)

    async def _note(self) -> None:
        self.desk.attend()
        if self.desk.story:
            await self._write("Your note", Page(self.desk.story.key))

    def action_highlight(self) -> None:
        """Keeps the selected words; without any, asks for a paragraph. What is kept already is taken away."""
        self.converse(self._highlight)

    async def _highlight(self) -> None:
        from importai_tui.tui.dialogs.picking import PickPassage

        self.desk.attend()
        if not self.desk.story:
            return
        # What is chosen is chosen from these, whatever is stored meanwhile.
        pieces = self.desk.pieces
        if passages := self._selected():
            self.desk.clear_selection()
            present = next((found for passage in passages if (found := self._highlight_in(pieces, passage))), None)
            self._drop(present) if present else self._keep(pieces, passages)
            return
        choices = [at for at, piece in enumerate(pieces) if piece.block >= 0 and piece.look != "rule"]
        if not choices:
            self.desk.say("This story has no paragraph to highlight.")
            return
        self.desk.go_to(Pane.STORY)
        here = self.desk.story_view.spot.piece
        first = next((n for n, at in enumerate(choices) if at >= here), len(choices) - 1)
        if picked := await self.ask(PickPassage(self.desk.story_view, choices, first)):
            await self._do(pieces, *picked)

    async def _do(self, pieces: Sequence[Piece], at: int, wish: Wish) -> None:
        from importai_tui.tui.dialogs.picking import Wish

        passage = (at, 0, len(words_of(pieces[at])))
        present = self._highlight_in(pieces, passage)
        if present and wish is Wish.TURN:
            self._drop(present)
            return
        if present and wish is Wish.KEEP:
            self.desk.say("It is highlighted already. v takes it away.")
            return
        if not present:
            self._keep(pieces, [passage])
            present = self._highlight_in(pieces, passage)
        if present and self.desk.story and wish is Wish.REMARK:
            await self._write("Your remark", Page(self.desk.story.key, present.id))

    async def _write(self, title: str, page: Page) -> None:
        """Has the reader write, and keeps it; where that fails, what was written waits for another try."""
        from importai_tui.tui.dialogs.note import NoteDialog

        present = page.read(self.desk.library)
        draft = self._drafts.pop(page, None)
        dialog = NoteDialog(
            title,
            draft.text if draft else present or "",
            lambda text: self._keep_at_exit(page, Draft(text, present)),
            lambda text: self.desk.remember(_DRAFT, page.jotted(text)),
        )
        text = await self.ask(dialog)
        if text.strip() != (present or ""):
            self._keep_draft(page, Draft(text, present))
        if self.desk.library.state.recall(_DRAFT):
            self.desk.remember(_DRAFT, "")

    def _keep_draft(self, page: Page, draft: Draft) -> None:
        if self._change(lambda: page.write(self.desk.library, draft), f"page:{page}") is None:
            self._drafts[page] = draft

    def _keep_at_exit(self, page: Page, draft: Draft) -> None:
        if self.desk.attempt(lambda: page.write(self.desk.library, draft), name=f"page:{page}") is None:
            self._drafts[page] = draft
        else:
            self.desk.remember(_DRAFT, "")

    def _take_up(self) -> None:
        """Keeps what was being written when the program, or the machine, came to a sudden end."""
        if not (jotted := Page.read_jotted(self.desk.library.state.recall(_DRAFT))):
            return
        page, text = jotted
        present = page.read(self.desk.library)
        if self.desk.attempt(lambda: page.write(self.desk.library, Draft(text, present))):
            self.desk.say("What you were writing when the reader came to a sudden end is kept.", seconds=8)
            self._following.redraw_kept()
        self.desk.remember(_DRAFT, "")

    def _keep(self, pieces: Sequence[Piece], passages: Sequence[Passage]) -> None:
        """Keeps the words of one or more pieces as one highlight."""
        if not self.desk.story:
            return
        key, paragraph = self.desk.story.key, max(0, pieces[passages[0][0]].block)
        words = "\n".join(quotation(words_of(pieces[at]), start, end) for at, start, end in passages)
        if self.desk.attempt(lambda: self.desk.library.add_highlight(key, words, None, paragraph)):
            self._following.redraw_kept()
            self.desk.say("Highlighted. u takes it back.", seconds=2)

    def _drop(self, highlight: Highlight) -> None:
        if self.desk.story:
            key = self.desk.story.key
            self._change(lambda: self.desk.library.state.drop_highlight(key, highlight.id))

    def _change(self, act: Callable[[], Change], name: str = "") -> Change | None:
        """Make a change and show it; `name` as `Desk.attempt` takes it."""
        change = self.desk.attempt(act, name=name)
        if change:
            self._following.redraw_kept()
            self.desk.say(change.label, seconds=2)
        return change

    def _selected(self) -> list[Passage]:
        """The selected words of the story, piece by piece; what the reader has added is none of them."""
        found = []
        for at, (view, piece) in enumerate(zip(self.desk.story_view.shown, self.desk.pieces, strict=False)):
            if view in self.desk.selections:
                start, end = selected(self.desk.selections[view], words_of(piece).plain)
                if quotation(words_of(piece), start, end):
                    found.append((at, start, end))
        return found

    def _highlight_in(self, pieces: Sequence[Piece], passage: Passage) -> Highlight | None:
        """The first highlight that shares words with a passage."""
        piece, start, end = passage
        found, _ = placed(self.desk.kept.highlights, pieces)
        return next((p.highlight for p in found if p.piece == piece and p.start < end and p.end > start), None)
