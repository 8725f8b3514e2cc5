"""Commands for the look of the page: how wide text and panes are, light or dark."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.layout import Pane


class Appearance(ActionGroup):
    """Widths and themes."""

    def action_wider(self, step: int) -> None:
        """Narrower or wider: the text, or the list or the links while one is in them. Remembered."""
        panes = self.screen.panes
        if panes.pane is Pane.STORY:
            panes.set_measure(panes.measure + step)
            # A change to a width that is set lasts as long as the app.
            if not self.screen.services.config.measure:
                self.screen.writer.remember("measure", str(panes.measure))
            self.screen.say(f"{panes.measure} cells wide", seconds=1.5)
        elif panes.set_widths(panes.widths.changed(panes.pane, step)):
            self.screen.writer.remember("widths", panes.widths.written())
        else:
            refused = "This pane cannot be wider here." if step > 0 else "This pane cannot be narrower."
            self.screen.say(refused, seconds=2)

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.screen.services.toggle_theme()

    def action_choose_theme(self) -> None:
        """A list of all themes."""
        self.screen.app.action_change_theme()
