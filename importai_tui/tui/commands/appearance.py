"""Commands for the look of the page: how wide text and panes are, light or dark."""

from __future__ import annotations

from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.fold import Pane, Widths
from importai_tui.tui.story.view import MEASURE

_DIGITS = 4
"""Of a stored width; a longer one is damaged."""


class Appearance(Commands):
    """Widths and themes."""

    def begin(self) -> None:
        """Everything is as wide as it is set, else as the reader has made it."""
        remembered = self.desk.library.state.recall("measure") or ""
        measure = int(remembered) if remembered.isdecimal() and len(remembered) <= _DIGITS else MEASURE
        self.desk.set_measure(self.desk.reader.config.measure or measure)
        self.desk.widths = Widths.read(self.desk.library.state.recall("widths"))

    def action_wider(self, step: int) -> None:
        """Narrower or wider: the text, or the list or the links while one is in them. Remembered."""
        desk = self.desk
        if desk.pane is Pane.STORY:
            desk.set_measure(desk.measure + step)
            if not desk.reader.config.measure:  # what the reader does to one that is set lasts as long as the app
                desk.remember("measure", str(desk.measure))
            desk.say(f"{desk.measure} cells wide", seconds=1.5)
            return
        if desk.set_widths(desk.widths.changed(desk.pane, step)):
            desk.remember("widths", desk.widths.written())
        else:
            desk.say("This pane cannot be wider here." if step > 0 else "This pane cannot be narrower.", seconds=2)

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.desk.reader.toggle_theme()

    def action_choose_theme(self) -> None:
        """A list of all themes."""
        self.desk.app.action_change_theme()
