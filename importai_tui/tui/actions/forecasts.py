"""Shows the ledger, goes to the sentences that the user chooses there, and adds forecasts by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from importai_tui.errors import NotFoundError
from importai_tui.forecasts.due_dates import compute_due, find_due_text
from importai_tui.forecasts.probability import find_probability
from importai_tui.forecasts.sentences import split_sentences
from importai_tui.library.forecasts import Forecast
from importai_tui.state.fields import FORECAST_PREFIX
from importai_tui.tui.actions.annotations import AnnotationActions
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.marks import UndoActions
from importai_tui.tui.actions.note_editor import NoteEditorActions
from importai_tui.tui.actions.references import ReferenceActions
from importai_tui.tui.forecasts.add import DueDateDialog, SentencePicker
from importai_tui.tui.forecasts.screen import LedgerHost, LedgerScreen, LedgerState
from importai_tui.tui.reading.drafts import DraftTarget
from importai_tui.tui.reading.matches import Match
from importai_tui.tui.reading.origin import Origin
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.widgets.annotations import blank_link_numbers, extract_quote, find_passage
from importai_tui.tui.widgets.story_render import RenderedBlock

_COMMAND = "forecasts"
_LINE = re.compile(r"[^\n]+")
_FLASH_SECONDS = 2.5
"""Seconds for which the sentence that the user has gone to is highlighted."""


class ForecastActions(ActionGroup):
    """The ledger keeps its state between two calls."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._saved_state = LedgerState()
        self._origin: Origin | None = None
        """The place to return to: that of the user before the first sentence was opened."""

    def action_forecasts(self) -> None:
        """Show the ledger: again where it was, if the open story comes from it, else at this story's forecasts."""
        self.screen.show_pending_preview()
        story = self.session.story
        if self.session.origin_command != _COMMAND:
            self._saved_state = replace(self._saved_state, story_key=story.key if story else "")
            if story and self.session.library.get_forecasts(self.session.today, keys=[story.key]):
                self._go_to_top("")
        self._show()

    def show_from_top(self, filter_text: str = "") -> None:
        """Show the ledger at the first forecast that matches, which is a due one without a filter."""
        self._saved_state = replace(self._saved_state, story_key="")
        self._go_to_top(filter_text)
        self._show()

    def _go_to_top(self, filter_text: str) -> None:
        state = self._saved_state
        self._saved_state = replace(state, filter_text=filter_text, selected_id=("", ""), row=0, scroll=0)

    def _show(self) -> None:
        ledger = LedgerScreen(
            self.session.library,
            self.screen.services,
            self._make_host(),
            self._saved_state,
            warning=self.screen.writer.problem,
            job=self.screen.bars.job,
        )
        self.screen.app.push_screen(ledger, self._handle_result)

    def _make_host(self) -> LedgerHost:
        undo = self.screen.action_group(UndoActions)
        return LedgerHost(
            self.screen.writer.try_write,
            self.screen.redraw_annotations,
            undo.action_undo,
            undo.action_redo,
            self._edit_note,
            self.screen.action_group(ReferenceActions).ask_about_missing,
        )

    async def _edit_note(self, forecast: Forecast, in_editor: bool) -> None:
        target = DraftTarget(forecast.key, FORECAST_PREFIX + forecast.id)
        if in_editor:
            await self.screen.action_group(NoteEditorActions).edit("note", target)
        else:
            await self.screen.action_group(AnnotationActions).edit("note", target)

    def _handle_result(self, state: LedgerState | None) -> None:
        if state is None:
            return
        self._saved_state = replace(state, chosen=None, chosen_ref=None)
        if state.chosen:
            self._go_to(state.chosen.key, self.session.library.find_story(state.chosen.key), state.chosen.quote)
        elif state.chosen_ref:
            self._go_to_ref(state.chosen_ref)
        elif self.session.origin_command == _COMMAND:
            self._return_to_origin()

    def _go_to_ref(self, ref: str) -> None:
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFoundError as error:
            self.screen.notify_info(str(error))
        else:
            key = self.session.library.get_story(issue, position or 1).key
            self._go_to(key, (issue, position or 1), "")

    def _go_to(self, key: str, place: tuple[str, int] | None, quote: str) -> None:
        """Open a story with a sentence in view, which is highlighted for a moment."""
        if place is None:
            self.screen.notify_info("This story is no longer in your archive")
            return
        if self.session.origin_command != _COMMAND:
            self._origin = Origin.find(self.screen)
        self.session.note_origin(_COMMAND, key)
        self.screen.open_story(*place)
        self.screen.go_to(Pane.STORY)
        if passages := find_passage(quote, self.screen.story_display.blocks):
            self.screen.matches.flash([Match(span.block, span.start, span.end) for span in passages])
            self.screen.set_timer(_FLASH_SECONDS, lambda: self.screen.matches.flash(()))

    def _return_to_origin(self) -> None:
        """Go back to the story that was open before the first sentence."""
        self.session.note_origin("", "")
        origin, self._origin = self._origin, None
        if origin:
            origin.restore(self.screen)
        self.screen.refresh_bars()

    def action_add_forecast(self) -> None:
        """Add the selected words, else a sentence that the user chooses, to the forecasts."""
        self.run_dialog(self._add)

    async def _add(self) -> None:
        self.screen.mark_engaged()
        if not self.session.story:
            return
        library, key = self.session.library, self.session.story.key
        quote = self._take_selection() or await self._choose_sentence()
        if not quote:
            return
        due_text, said = find_due_text(quote), library.get_day_said(key)
        due = await self.ask(DueDateDialog(quote, compute_due(due_text, said), said))
        if due is None:
            return
        due_text, probability = due.words or due_text, find_probability(quote)
        if self.screen.writer.try_write(
            lambda: library.add_forecast(key, quote, due_text=due_text, due=due.day, probability=probability)
        ):
            self.screen.redraw_annotations()
            self.screen.notify_info(self.with_undo_key("Forecast added"), seconds=2)

    def _take_selection(self) -> str:
        """Return the selected words of the story, a line for each paragraph, and end the selection."""
        blocks = self.screen.story_display.blocks
        ranges = [each for each in self.screen.story_view.get_selected_ranges() if each[0] < len(blocks)]
        words = "\n".join(filter(None, (extract_quote(blocks[at].body, start, end) for at, start, end in ranges)))
        if words:
            self.screen.clear_selection()
        return words

    async def _choose_sentence(self) -> str:
        """Let the user choose a sentence of the story; return it, or an empty text."""
        blocks = self.screen.story_display.blocks
        sentences = find_sentences(blocks)
        if not sentences:
            self.screen.notify_info("This story has no sentence to add")
            return ""
        self.screen.go_to(Pane.STORY)
        here = self.screen.story_view.scroll_position.block
        first = next((index for index, each in enumerate(sentences) if each.block >= here), len(sentences) - 1)

        def show(index: int | None) -> None:
            self.screen.matches.flash(() if index is None else (sentences[index],))

        chosen = await self.ask(SentencePicker(len(sentences), first, show))
        if chosen is None:
            return ""
        at, start, end = sentences[chosen]
        return extract_quote(blocks[at].body, start, end)


def find_sentences(blocks: Sequence[RenderedBlock]) -> list[Match]:
    """Return the sentences of the blocks of a story."""
    return [
        Match(at, line.start() + start, line.start() + end)
        for at, block in enumerate(blocks)
        if block.block_index >= 0 and block.style_class != "rule"
        for line in _LINE.finditer(blank_link_numbers(block.body))
        for start, end in split_sentences(line[0])
    ]
