"""Selection of text with the mouse, and the copying of what is selected."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.actions import SkipAction
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from importai_tui.tui.services import get_copy
from importai_tui.tui.widgets.story_view import StoryView

Result = TypeVar("Result")


def copy_selection(screen: Screen[Any]) -> None:
    """Copy what is selected on a screen, or in its input line.

    Raises:
        SkipAction: nothing is selected.
    """
    text = screen.get_selected_text() or getattr(screen.focused, "selected_text", "")
    if not text:
        raise SkipAction
    get_copy(screen.app)(text, "the selection")


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

    def action_copy_text(self) -> None:
        """Copy what is selected."""
        copy_selection(self)

    def on_story_view_text_selected(self, message: StoryView.TextSelected) -> None:
        """Select the words that were clicked."""
        self.selections = {self.story_view: message.selection}
