"""Actions that move within a pane and between panes, and that put panes away."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.catch_up import CatchUp
from importai_tui.tui.actions.filter import Filter
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.reading.layout import THREE_PANES, Pane

_ORDER = (Pane.LIST, Pane.STORY, Pane.LINKS)


class PaneNavigation(ActionGroup):
    """Moves within the panes and between them."""

    def action_down(self) -> None:
        """A row or a line down."""
        self.screen.panes.focused_pane.move(1)

    def action_up(self) -> None:
        """A row or a line up."""
        self.screen.panes.focused_pane.move(-1)

    def action_top(self) -> None:
        """To the first row or line."""
        self.screen.panes.focused_pane.edge(last=False)

    def action_bottom(self) -> None:
        """To the last row or line."""
        self.screen.panes.focused_pane.edge(last=True)

    def action_pane_page(self, share: float) -> None:
        """A share of the pane's height down, or up."""
        self.screen.panes.focused_pane.page(share)

    def action_pane_left(self) -> None:
        """One pane to the left; out of zen at its edge."""
        if self.screen.panes.is_zen and self.screen.pane is Pane.STORY:
            self._set_zen(False)
        self.screen.go_to(_ORDER[max(0, _ORDER.index(self.screen.pane) - 1)])

    def action_pane_right(self) -> None:
        """One pane to the right."""
        self.screen.go_to(_ORDER[min(2, _ORDER.index(self.screen.pane) + 1)])

    def action_next_pane(self) -> None:
        """Round and round."""
        self._turn(1)

    def action_previous_pane(self) -> None:
        """Round and round, the other way."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        order = [pane for pane in _ORDER if not (self.screen.panes.is_zen and pane is Pane.LIST)]
        self.screen.go_to(order[(order.index(self.screen.pane) + step) % len(order)])

    def action_choose(self) -> None:
        """Opens what is under the cursor; in the story, its links."""
        if isinstance(widget := self.screen.panes.focused_pane, RowList):
            widget.row_chosen()
        else:
            self.screen.go_to(Pane.LINKS)

    def action_toggle_links(self) -> None:
        """Shows the links and goes there; at the links, puts them away, and remembers it where they have a pane."""
        at_links = self.screen.pane is Pane.LINKS
        if self.screen.size.width >= THREE_PANES and not self.screen.panes.is_zen:
            self.screen.panes.put_links_away(at_links)
            self.screen.writer.remember("links", "away" if at_links else "shown")
        self.screen.go_to(Pane.STORY if at_links else Pane.LINKS)

    def action_back_out(self) -> None:
        """Puts away what was looked for; else one step out."""
        if self.screen.matches.matches:
            self.screen.matches.clear_matches()
        else:
            self.go_back()

    def go_back(self) -> bool:
        """Take one step back; False if there is none to take.

        The list becomes whole before its pane is left, and the panes come before a reading list.
        """
        return (
            self.screen.action_group(CatchUp).end_in_list()
            or self.screen.action_group(Filter).end()
            or self._leave_pane()
            or self.screen.leave_list()
        )

    def _leave_pane(self) -> bool:
        """From the links to the story, from zen to all panes, from the story to the list."""
        if self.screen.pane is Pane.LINKS:
            self.screen.go_to(Pane.STORY)
        elif self.screen.panes.is_zen:
            self._set_zen(False)
        elif self.screen.pane is Pane.STORY:
            self.screen.go_to(Pane.LIST)
        else:
            return False
        return True

    def action_zen(self) -> None:
        """The story alone, or all panes."""
        if self.session.story:
            self._set_zen(not self.screen.panes.is_zen)

    def _set_zen(self, on: bool) -> None:
        self.screen.panes.set_zen(on)
        self.screen.writer.remember("zen", "on" if on else "off")
        self.screen.go_to(Pane.STORY)
