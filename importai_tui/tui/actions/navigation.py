"""Actions that move within a pane and between panes, and that put panes away.

Actions that go from story to story and from issue to issue.

Actions that go back and forward through the stories visited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.library.position import ScrollPosition, resolve_story
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.find import FilterActions
from importai_tui.tui.actions.modes import CatchUpActions
from importai_tui.tui.reading.navigation import Visit
from importai_tui.tui.reading.panes import THREE_PANES, Pane
from importai_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from importai_tui.tui.dialogs.visited import VisitedStory

_LAST_UNREAD = "That was the last unread story."


class StoryActions(ActionGroup):
    """Goes from story to story and from issue to issue."""

    def action_read_on(self) -> None:
        """Pages down; at the end of the story marks it read and shows the next unread one."""
        self.screen.mark_engaged()
        if not self.screen.story_view.is_at_end:
            self.screen.story_view.page(1)
            return
        self.screen.mark_story_read()
        if self.session.find_next_unread():
            self._show_unread(back=False)
        elif self.session.story:
            self.screen.notify_info(self._notify_end())

    def action_read_back(self) -> None:
        """Pages up."""
        self.screen.story_view.page(-1)

    def action_next_unread(self) -> None:
        """While matches are lit the next one; else the next unread story, in this issue or an older one."""
        if self.screen.matches.matches:
            self.screen.matches.next_match()
        else:
            self._show_unread(back=False)

    def action_previous_unread(self) -> None:
        """While matches are lit the one before; else the unread story before this one."""
        if self.screen.matches.matches:
            self.screen.matches.previous_match()
        else:
            self._show_unread(back=True)

    def action_next_story(self) -> None:
        """The next story of the issue, else the first of the next issue; as one catches up, a newer one."""
        self._step_story(1)

    def action_previous_story(self) -> None:
        """The story before, else the last of the issue before."""
        self._step_story(-1)

    def action_next_issue(self) -> None:
        """The next issue down the list."""
        self._step_issue(1)

    def action_previous_issue(self) -> None:
        """The issue above."""
        self._step_issue(-1)

    def _notify_end(self) -> str:
        reading = self.session.reading_list
        if reading and reading.is_book:
            return f"This is the end of {reading.name}."
        if reading:
            return f"That was the last unread story of {reading.name}."
        return "That was the last unread story: you have caught up." if self.session.oldest_first else _LAST_UNREAD

    def _show_unread(self, *, back: bool) -> None:
        self.screen.show_pending_preview()
        reading = self.session.reading_list
        if found := self.session.find_next_unread(back=back):
            self.screen.open_story(*found)
        elif reading and reading.is_book:
            self.screen.notify_info(f"This is the {'beginning' if back else 'end'} of {reading.name}.")
        else:
            self.screen.notify_info(
                f"No other story of {reading.name} is unread." if reading else "No other story is unread."
            )

    def _step_story(self, step: int) -> None:
        self.screen.show_pending_preview()
        if not self.session.story:
            return
        reading = self.session.reading_list
        if found := self.session.get_neighbour_story(step):
            self.screen.open_story(*found)
        elif reading:
            self.screen.notify_info(f"This is the {'last' if step > 0 else 'first'} story of {reading.name}.")
        else:
            self.screen.notify_info("This is the last story." if step > 0 else "This is the first story.")

    def _step_issue(self, step: int) -> None:
        self.screen.show_pending_preview()
        if not self.session.issue:
            return
        if head := self.session.index.get_neighbour(self.session.issue.ref, step):
            self.session.end_list()
            self.screen.open_issue(head.ref)
        else:
            self.screen.notify_info("This is the oldest issue." if step > 0 else "This is the newest issue.")


_ORDER = (Pane.LIST, Pane.STORY, Pane.LINKS)


class PaneActions(ActionGroup):
    """Moves within the panes and between them."""

    def action_down(self) -> None:
        """A row or a line down."""
        self.screen.panes.focused_pane.move(1)

    def action_up(self) -> None:
        """A row or a line up."""
        self.screen.panes.focused_pane.move(-1)

    def action_top(self) -> None:
        """To the first row or line."""
        self.screen.panes.focused_pane.go_to_end(last=False)

    def action_bottom(self) -> None:
        """To the last row or line."""
        self.screen.panes.focused_pane.go_to_end(last=True)

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
        self._scroll_page(1)

    def action_previous_pane(self) -> None:
        """Round and round, the other way."""
        self._scroll_page(-1)

    def _scroll_page(self, step: int) -> None:
        order = [pane for pane in _ORDER if not (self.screen.panes.is_zen and pane is Pane.LIST)]
        self.screen.go_to(order[(order.index(self.screen.pane) + step) % len(order)])

    def action_choose(self) -> None:
        """Opens what is under the cursor; in the story, its links."""
        if isinstance(widget := self.screen.panes.focused_pane, RowList):
            widget.handle_choice()
        else:
            self.screen.go_to(Pane.LINKS)

    def action_toggle_links(self) -> None:
        """Shows the links and goes there; at the links, puts them away, and remembers it where they have a pane."""
        at_links = self.screen.pane is Pane.LINKS
        if self.screen.size.width >= THREE_PANES and not self.screen.panes.is_zen:
            self.screen.panes.hide_links(at_links)
            self.screen.writer.save_setting("links", "away" if at_links else "shown")
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
            self.screen.action_group(CatchUpActions).end_in_list()
            or self.screen.action_group(FilterActions).clear_focused_filter()
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
        self.screen.writer.save_setting("zen", "on" if on else "off")
        self.screen.go_to(Pane.STORY)


class HistoryActions(ActionGroup):
    """Goes back and forward through the stories visited."""

    def action_visit(self, step: int) -> None:
        """Back to the story before, where one was in it, or forward again."""
        self.session.save_scroll_position(self.screen.story_view.scroll_position)
        if stop := self.session.go_back_or_forward(step):
            self._return(stop.key, stop.ref, stop.scroll_position)
        else:
            self.screen.notify_info(
                "There is no story to go back to." if step < 0 else "There is no story to go forward to."
            )

    def action_visited(self) -> None:
        """A list of all stories visited, to choose one from."""
        self.run_dialog(self._choose)

    async def _choose(self) -> None:
        from importai_tui.tui.dialogs.visited import VisitedDialog

        rows = [row for visit in self.session.history.visits if (row := self._make_row(visit))]
        if not rows:
            self.screen.notify_info("No story was visited yet.")
            return
        today, here = (
            self.screen.services.today().astimezone().date(),
            self.session.story.key if self.session.story else "",
        )
        if chosen := await self.ask(VisitedDialog(rows, today, here, self._notify_keys)):
            self._return(chosen.key, chosen.ref, None)

    def _notify_keys(self) -> None:
        from importai_tui.tui.dialogs.help import HelpDialog

        self.screen.app.push_screen(HelpDialog("Among stories visited"))

    def _return(self, key: str, ref: str, spot: ScrollPosition | None) -> None:
        found = resolve_story(self.session.library, key, ref)
        issue = self.screen.read_issue(found[0]) if found else None
        if issue and found:
            now = issue.stories[found[1] - 1].key
            if now != key:
                self.session.rename_visit(key, now)
            self.screen.open_story(*found, scroll_position=spot)
            self.screen.go_to(Pane.STORY)

    def _make_row(self, visit: Visit) -> VisitedStory | None:
        from importai_tui.tui.dialogs.visited import VisitedStory

        headline = self.session.library.archive.get_headline(visit.key)
        if headline is None and (found := resolve_story(self.session.library, visit.key, visit.ref)):
            headline = self.session.library.get_story(*found).headline
        return VisitedStory(visit.key, visit.ref, visit.visited_at.astimezone().date(), headline) if headline else None
