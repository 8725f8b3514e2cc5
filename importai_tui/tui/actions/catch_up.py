"""The action that catches up: the unread stories from the oldest on."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.filter import Filter
from importai_tui.tui.reading.footer import first_key
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.reading.session import CATCHING_UP


class CatchUp(ActionGroup):
    """Begins and ends catching up, which lasts over a restart."""

    def action_catch_up(self) -> None:
        """Begin with the oldest unread story, or from a reading list go on with it; the second time, end it."""
        if self.session.is_catching_up:
            self._turn(False)
            self.screen.say("The next unread story is the newest again.", seconds=3)
            return
        found = self.session.library.next_unread(None, oldest_first=True)
        if found is None:
            self.screen.say("Everything is read.")
            return
        self.screen.action_group(Filter).widen()
        self.session.end_list()
        self._turn(True)
        self.screen.open_story(*found)
        self.screen.go_to(Pane.STORY)

    def end_in_list(self) -> bool:
        """End catching up if the whole list has the focus; else return False."""
        if not self.session.is_catching_up or self.screen.pane is not Pane.LIST or self.session.filter:
            return False
        self._turn(False)
        key = first_key(self.screen.commands, "catch_up")
        self.screen.say(f"Catching up has ended{f'; {key} goes on with it' if key else ''}.", seconds=3)
        return True

    def _turn(self, on: bool) -> None:
        self.session.catch_up(on)
        self.screen.writer.remember(CATCHING_UP, "on" if on else "")
        self.screen.remaining.restart()
        self.screen.refresh_bars()
