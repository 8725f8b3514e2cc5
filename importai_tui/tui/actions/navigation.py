"""Actions that move between stories, issues and panes, and through the visit history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.library.position import ScrollPosition, resolve_story
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.find import FilterActions
from importai_tui.tui.actions.modes import CatchUpActions
from importai_tui.tui.reading.navigation import Visit
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from importai_tui.tui.dialogs.visited import VisitedStory

_FIRST_RESULT, _LAST_RESULT = "This is the first result", "This is the last result"
_LAST_UNREAD = "That was the last unread story"


class StoryActions(ActionGroup):
    """Opens the next and the previous story or issue."""

    def action_read_on(self) -> None:
        """Scroll a page down; at the end of the story mark it read and open the next unread one."""
        self.screen.mark_engaged()
        if not self.screen.story_view.is_at_end:
            self.screen.story_view.page(1)
            return
        self.screen.mark_story_read()
        if self.session.find_next_unread():
            self._show_unread(back=False)
        elif self.session.story:
            self.screen.notify_info(self._format_end())

    def action_read_back(self) -> None:
        """Scroll a page up."""
        self.screen.story_view.page(-1)

    def action_next_unread(self) -> None:
        """Go to the next match or result of a search if there is one; else open the next unread story."""
        if self.session.is_in_results:
            self._step_result(1)
        elif self.screen.matches.matches:
            self.screen.matches.next_match()
        else:
            self._show_unread(back=False)

    def action_previous_unread(self) -> None:
        """Go to the previous match or result of a search if there is one; else open the previous unread story."""
        if self.session.is_in_results:
            self._step_result(-1)
        elif self.screen.matches.matches:
            self.screen.matches.previous_match()
        else:
            self._show_unread(back=True)

    def _step_result(self, step: int) -> None:
        """Go to the next match in the story; after the last one, to the first match of the next result."""
        self.screen.show_pending_preview()
        matches = self.screen.matches
        if matches.has_match(step):
            matches.next_match() if step > 0 else matches.previous_match()
        elif found := self.session.get_neighbour_story(step):
            self.screen.open_story(*found)
            if step < 0:
                matches.go_to_last_match()
        else:
            self.screen.notify_info(_LAST_RESULT if step > 0 else _FIRST_RESULT)

    def action_next_story(self) -> None:
        """Open the next story of the issue, else the first story of the next issue; while catching up, a newer one."""
        self._step_story(1)

    def action_previous_story(self) -> None:
        """Open the previous story of the issue, else the last story of the previous issue."""
        self._step_story(-1)

    def action_next_issue(self) -> None:
        """Open the next issue down the list."""
        self._step_issue(1)

    def action_previous_issue(self) -> None:
        """Open the next issue up the list."""
        self._step_issue(-1)

    def _format_end(self) -> str:
        reading_list = self.session.reading_list
        if reading_list and reading_list.is_book:
            return f"This is the end of {reading_list.name}"
        if self.session.is_in_results:
            return _LAST_RESULT
        if reading_list:
            return f"That was the last unread story in {reading_list.name}"
        return "Last unread story: you're all caught up" if self.session.oldest_first else _LAST_UNREAD

    def _show_unread(self, *, back: bool) -> None:
        self.screen.show_pending_preview()
        reading_list = self.session.reading_list
        if found := self.session.find_next_unread(back=back):
            self.screen.open_story(*found)
        elif reading_list and reading_list.is_book:
            self.screen.notify_info(f"This is the {'beginning' if back else 'end'} of {reading_list.name}")
        else:
            self.screen.notify_info(
                f"No unread stories left in {reading_list.name}" if reading_list else "No unread stories left"
            )

    def _step_story(self, step: int) -> None:
        self.screen.show_pending_preview()
        if not self.session.story:
            return
        reading_list = self.session.reading_list
        if found := self.session.get_neighbour_story(step):
            self.screen.open_story(*found)
        elif self.session.is_in_results:
            self.screen.notify_info(_LAST_RESULT if step > 0 else _FIRST_RESULT)
        elif reading_list:
            self.screen.notify_info(f"This is the {'last' if step > 0 else 'first'} story in {reading_list.name}")
        else:
            self.screen.notify_info("This is the last story" if step > 0 else "This is the first story")

    def _step_issue(self, step: int) -> None:
        self.screen.show_pending_preview()
        if not self.session.issue:
            return
        if row := self.session.index.get_neighbour(self.session.issue.ref, step):
            self.session.end_list()
            self.screen.open_issue(row.ref)
        else:
            self.screen.notify_info("This is the oldest issue" if step > 0 else "This is the newest issue")


_ORDER = (Pane.LIST, Pane.STORY, Pane.LINKS)


class PaneActions(ActionGroup):
    """Moves within a pane and between panes, and hides panes."""

    def action_down(self) -> None:
        """Move a row or a line down."""
        self.screen.panes.focused_pane.move(1)

    def action_up(self) -> None:
        """Move a row or a line up."""
        self.screen.panes.focused_pane.move(-1)

    def action_top(self) -> None:
        """Move to the first row or line."""
        self.screen.panes.focused_pane.go_to_end(last=False)

    def action_bottom(self) -> None:
        """Move to the last row or line."""
        self.screen.panes.focused_pane.go_to_end(last=True)

    def action_pane_page(self, share: float) -> None:
        """Move down by a share of the pane's height; a negative share is up."""
        self.screen.panes.focused_pane.page(share)

    def action_pane_left(self) -> None:
        """Focus the pane to the left; with the story alone, show all panes first."""
        if self.screen.panes.is_zen and self.screen.pane is Pane.STORY:
            self._set_zen(False)
        self.screen.go_to(_ORDER[max(0, _ORDER.index(self.screen.pane) - 1)])

    def action_pane_right(self) -> None:
        """Focus the pane to the right."""
        self.screen.go_to(_ORDER[min(2, _ORDER.index(self.screen.pane) + 1)])

    def action_next_pane(self) -> None:
        """Focus the next pane, and after the last the first."""
        self._cycle_panes(1)

    def action_previous_pane(self) -> None:
        """Focus the previous pane, and before the first the last."""
        self._cycle_panes(-1)

    def _cycle_panes(self, step: int) -> None:
        order = [pane for pane in _ORDER if not (self.screen.panes.is_zen and pane is Pane.LIST)]
        self.screen.go_to(order[(order.index(self.screen.pane) + step) % len(order)])

    def action_choose(self) -> None:
        """Open the row under the cursor; in the story, focus its links."""
        if isinstance(widget := self.screen.panes.focused_pane, RowList):
            widget.handle_choice()
        else:
            self.screen.go_to(Pane.LINKS)

    def action_toggle_links(self) -> None:
        """Show and focus the links, or hide them if they have the focus; save it if they fit beside the story."""
        has_focus = self.screen.pane is Pane.LINKS
        if self.screen.panes.has_room_for_links:
            self.screen.panes.hide_links(has_focus)
            self.screen.writer.save_setting("links", "away" if has_focus else "shown")
        self.screen.go_to(Pane.STORY if has_focus else Pane.LINKS)

    def action_back_out(self) -> None:
        """Go back to the marks, the forecasts or the results of a search, or clear the matches; else one step back.

        The matches in a result go with the results, so they are not cleared first.
        """
        is_free = self.screen.pane is not Pane.LINKS and not self.session.filter
        is_result = is_free and self.session.is_in_results
        if self.screen.matches.matches and not is_result:
            self.screen.matches.clear_matches()
        elif is_free and self.session.origin_command:
            getattr(self.screen, f"action_{self.session.origin_command}")()
        elif is_result:
            # Imported here, because other keys do not need the search screen.
            from importai_tui.tui.actions.search import SearchActions

            self.screen.action_group(SearchActions).return_to_results()
        else:
            self.go_back()

    def go_back(self) -> bool:
        """Take one step back; return False if there is none.

        A filter ends before its pane is left, and panes are left before a reading list.
        """
        return (
            self.screen.action_group(CatchUpActions).end_in_list()
            or self.screen.action_group(FilterActions).clear_focused_filter()
            or self._leave_pane()
            or self.screen.leave_list()
        )

    def _leave_pane(self) -> bool:
        """Go from the links to the story, from the story alone to all panes, from the story to the list."""
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
        """Show the story alone, or all panes."""
        if self.session.story:
            self._set_zen(not self.screen.panes.is_zen)

    def _set_zen(self, on: bool) -> None:
        self.screen.panes.set_zen(on)
        self.screen.writer.save_setting("zen", "on" if on else "off")
        self.screen.go_to(Pane.STORY)


class HistoryActions(ActionGroup):
    """Goes back and forward through the visited stories."""

    def action_visit(self, step: int) -> None:
        """Go back (-1) or forward (1) to a visited story, at the position where the user left it."""
        self.session.save_scroll_position(self.screen.story_view.scroll_position)
        if entry := self.session.go_back_or_forward(step):
            self._return_to(entry.key, entry.ref, entry.scroll_position)
        else:
            self.screen.notify_info("No story to go back to" if step < 0 else "No story to go forward to")

    def action_visited(self) -> None:
        """Show the list of visited stories, and open the one that the user chooses."""
        self.run_dialog(self._choose)

    async def _choose(self) -> None:
        from importai_tui.tui.dialogs.visited import VisitedDialog

        rows = [row for visit in self.session.history.visits if (row := self._make_row(visit))]
        if not rows:
            self.screen.notify_info("No stories visited yet")
            return
        today = self.screen.services.today().astimezone().date()
        open_key = self.session.story.key if self.session.story else ""
        if chosen := await self.ask(VisitedDialog(rows, today, open_key)):
            self._return_to(chosen.key, chosen.ref, None)

    def _return_to(self, key: str, ref: str, scroll_position: ScrollPosition | None) -> None:
        found = resolve_story(self.session.library, key, ref)
        issue = self.screen.read_issue(found[0]) if found else None
        if issue and found:
            present_key = issue.stories[found[1] - 1].key
            if present_key != key:
                self.session.rename_visit(key, present_key)
            self.screen.open_story(*found, scroll_position=scroll_position)
            self.screen.go_to(Pane.STORY)

    def _make_row(self, visit: Visit) -> VisitedStory | None:
        from importai_tui.tui.dialogs.visited import VisitedStory

        headline = self.session.library.archive.get_headline(visit.key)
        if headline is None and (found := resolve_story(self.session.library, visit.key, visit.ref)):
            headline = self.session.library.get_story(*found).headline
        return VisitedStory(visit.key, visit.ref, visit.visited_at.astimezone().date(), headline) if headline else None
