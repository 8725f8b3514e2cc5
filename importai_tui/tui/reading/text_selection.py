"""Selection of the story's text with the mouse."""

from __future__ import annotations

from typing import TypeVar

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from importai_tui.tui.widgets.story_view import StoryView

Result = TypeVar("Result")


class TextSelectionScreen(Screen[Result], inherit_bindings=False):
    """A screen with a story whose text can be selected."""

    story_view: StoryView

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return the widget at a cell, and the place in its text; a selection that began in the story stays in it."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        state = self._select_state
        if widget is self.story_view or (self._selecting and state and state.start.content_widget is self.story_view):
            return self.story_view, self.story_view.find_text_offset(Offset(x, y))
        return widget, offset

    def on_story_view_text_selected(self, message: StoryView.TextSelected) -> None:
        """Select the words that were clicked."""
        self.selections = {self.story_view: message.selection}
