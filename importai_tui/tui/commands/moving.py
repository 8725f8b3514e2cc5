"""Commands that move within a pane and between panes, and those that put panes away."""

from __future__ import annotations

from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.matches import Matching
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import THREE_PANES, Pane

_ORDER = (Pane.LIST, Pane.STORY, Pane.LINKS)


class Moving(Commands):
    """Moving about the page."""

    def __init__(self, desk: Desk, matching: Matching) -> None:
        super().__init__(desk)
        self._matching = matching

    def begin(self) -> None:
        """Puts away the panes that were away when the reader left."""
        self.desk.is_zen = self.desk.library.state.recall("zen") == "on"
        self.desk.links_away = self.desk.library.state.recall("links") == "away"

    def action_down(self) -> None:
        """A row or a line down."""
        self.desk.pane_widget.move(1)

    def action_up(self) -> None:
        """A row or a line up."""
        self.desk.pane_widget.move(-1)

    def action_top(self) -> None:
        """To the first row or line."""
        self.desk.pane_widget.edge(last=False)

    def action_bottom(self) -> None:
        """To the last row or line."""
        self.desk.pane_widget.edge(last=True)

    def action_pane_page(self, share: float) -> None:
        """A share of the pane's height down, or up."""
        self.desk.pane_widget.page(share)

    def action_pane_left(self) -> None:
        """One pane to the left; out of zen at its edge."""
        if self.desk.is_zen and self.desk.pane is Pane.STORY:
            self._set_zen(False)
        self.desk.go_to(_ORDER[max(0, _ORDER.index(self.desk.pane) - 1)])

    def action_pane_right(self) -> None:
        """One pane to the right."""
        self.desk.go_to(_ORDER[min(2, _ORDER.index(self.desk.pane) + 1)])

    def action_next_pane(self) -> None:
        """Round and round."""
        self._turn(1)

    def action_previous_pane(self) -> None:
        """Round and round, the other way."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        order = [pane for pane in _ORDER if not (self.desk.is_zen and pane is Pane.LIST)]
        self.desk.go_to(order[(order.index(self.desk.pane) + step) % len(order)])

    def action_choose(self) -> None:
        """Opens what is under the cursor; in the story, its links."""
        if isinstance(widget := self.desk.pane_widget, RowList):
            widget.row_chosen()
        else:
            self.desk.go_to(Pane.LINKS)

    def action_toggle_links(self) -> None:
        """Shows the links and goes there; at the links, puts them away, and remembers it where they have a pane."""
        at_links = self.desk.pane is Pane.LINKS
        if self.desk.size.width >= THREE_PANES and not self.desk.is_zen:
            self.desk.links_away = at_links
            self.desk.remember("links", "away" if at_links else "shown")
        self.desk.go_to(Pane.STORY if at_links else Pane.LINKS)

    def action_back_out(self) -> None:
        """Puts away what was looked for; else one step out."""
        if self._matching.matches:
            self._matching.clear_matches()
        else:
            self.desk.step_out()

    def stepped_out(self) -> bool:
        """From the links to the story, from zen to all panes, from the story to the list."""
        if self.desk.pane is Pane.LINKS:
            self.desk.go_to(Pane.STORY)
        elif self.desk.is_zen:
            self._set_zen(False)
        elif self.desk.pane is Pane.STORY:
            self.desk.go_to(Pane.LIST)
        else:
            return False
        return True

    def action_zen(self) -> None:
        """The story alone, or all panes."""
        if self.desk.story:
            self._set_zen(not self.desk.is_zen)

    def _set_zen(self, on: bool) -> None:
        self.desk.is_zen = on
        self.desk.remember("zen", "on" if on else "off")
        self.desk.go_to(Pane.STORY)
