"""Stores the story and pane that were open before a screen of results led elsewhere, for the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from importai_tui.library.position import ScrollPosition
from importai_tui.tui.reading.navigation import ReadingList
from importai_tui.tui.reading.panes import Pane

if TYPE_CHECKING:
    from importai_tui.tui.reading.screen import ReadingScreen


class Origin(NamedTuple):
    """A story, the scroll position in it, the focused pane, and the reading list, if one was open."""

    ref: str
    position: int
    scroll_position: ScrollPosition
    pane: Pane
    reading_list: ReadingList | None

    @classmethod
    def find(cls, screen: ReadingScreen) -> Origin | None:
        """Return where the user is; None if no story is open."""
        if found := screen.session.issue_and_position:
            return cls(*found, screen.story_view.scroll_position, screen.pane, screen.session.reading_list)
        return None

    def restore(self, screen: ReadingScreen) -> None:
        """Go back there."""
        if self.reading_list:
            screen.start_list(self.reading_list)
        screen.open_story(self.ref, self.position, scroll_position=self.scroll_position)
        screen.go_to(self.pane)
