"""Shows the list of all marks, and goes to the places that the user chooses there."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.library.annotations import Annotation
from importai_tui.library.look_back import LookBack
from importai_tui.tui.actions.annotations import AnnotationActions
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.marks import UndoActions
from importai_tui.tui.actions.note_editor import NoteEditorActions
from importai_tui.tui.actions.references import ReferenceActions
from importai_tui.tui.actions.search import SavedSearchActions
from importai_tui.tui.marks.loader import AnnotationLoader
from importai_tui.tui.marks.screen import MarksHost, MarksScreen, MarksScreenState
from importai_tui.tui.reading.origin import Origin
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.widgets.annotations import find_annotation

_COMMAND = "marks"


class AllMarksActions(ActionGroup):
    """Shows the list of all marks; the screen keeps its state between two calls."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._saved_state = MarksScreenState()
        self._loader = AnnotationLoader(session.library)
        self._origin: Origin | None = None
        """The place to return to: that of the user before the first mark was opened."""

    def action_marks(self) -> None:
        """Show all highlights, notes and tags."""
        self.screen.show_pending_preview()
        marks = MarksScreen(
            self.session.library,
            self.screen.services,
            self._make_host(),
            self._loader,
            self._saved_state,
            warning=self.screen.writer.problem,
            job=self.screen.bars.job,
        )
        self.screen.app.push_screen(marks, self._handle_result)

    def _make_host(self) -> MarksHost:
        undo, annotations = self.screen.action_group(UndoActions), self.screen.action_group(AnnotationActions)
        return MarksHost(
            self.screen.writer.try_write,
            self.screen.redraw_annotations,
            undo.action_undo,
            undo.action_redo,
            annotations.edit,
            self.screen.action_group(NoteEditorActions).edit,
            annotations.edit_tags,
            self.screen.action_group(ReferenceActions).ask_about_missing,
            self.screen.clock,
        )

    def _handle_result(self, state: MarksScreenState | None) -> None:
        if state is None:
            return
        self._saved_state = replace(state, chosen=None, chosen_tag=None)
        if state.chosen:
            if self.session.origin_command != _COMMAND:
                self._origin = Origin.find(self.screen)
            self.session.note_origin(_COMMAND, state.chosen.story.key)
            self._go_to_place(state.chosen)
        elif state.chosen_tag:
            self._origin = None
            self.screen.action_group(SavedSearchActions).open_tag(state.chosen_tag)
            self.screen.go_to(Pane.LIST)
        elif self.session.origin_command == _COMMAND:
            self._return_to_origin()

    def action_open_look_back(self, found: LookBack) -> None:
        """Go to the highlight or the story that the start screen recalls."""
        if found.annotation:
            self._go_to_place(found.annotation)
        elif place := self.session.library.find_story(found.key):
            self.screen.open_story(*place)
            self.screen.go_to(Pane.STORY)

    def _go_to_place(self, annotation: Annotation) -> None:
        """Open the story of an annotation with its passage or note in view."""
        if (found := self.session.library.find_story(annotation.story.key)) is None:
            self.screen.notify_info("This story is no longer in your archive")
            return
        self.screen.open_story(*found)
        self.screen.go_to(Pane.STORY)
        display = self.screen.story_display
        self.screen.story_view.scroll_to_character(
            find_annotation(display.annotations, display.blocks, annotation.highlight_id)
        )

    def _return_to_origin(self) -> None:
        """Go back to the story that was open before the first place."""
        self.session.note_origin("", "")
        origin, self._origin = self._origin, None
        if origin:
            origin.restore(self.screen)
        self.screen.refresh_bars()
