"""Commands that move: within a pane, between panes, from story to story and issue to issue."""

from __future__ import annotations

from textual.timer import Timer

from importai_tui.tui.fold import THREE_PANES, Pane
from importai_tui.tui.issue_list import IssueList
from importai_tui.tui.marking import Marking
from importai_tui.tui.matches import Matching
from importai_tui.tui.row_list import RowList
from importai_tui.tui.story_view import StoryView
from importai_tui.tui.walk import issue_of

PREVIEW_PAUSE = 0.12
"""Seconds the cursor rests on a story before it is shown, so that a held key runs smoothly down the list."""
_ORDER = (Pane.LIST, Pane.STORY, Pane.LINKS)


class Moving(Marking, Matching):
    """Moving through the archive."""

    _preview_timer: Timer | None = None

    def action_down(self) -> None:
        """A row or a line down."""
        self.pane_widget.move(1)

    def action_up(self) -> None:
        """A row or a line up."""
        self.pane_widget.move(-1)

    def action_top(self) -> None:
        """To the first row or line."""
        self.pane_widget.edge(last=False)

    def action_bottom(self) -> None:
        """To the last row or line."""
        self.pane_widget.edge(last=True)

    def action_pane_page(self, share: float) -> None:
        """A share of the pane's height down, or up."""
        self.pane_widget.page(share)

    def action_pane_left(self) -> None:
        """One pane to the left; out of zen at its edge."""
        if self.is_zen and self.pane is Pane.STORY:
            self.set_zen(False)
        self.go_to(_ORDER[max(0, _ORDER.index(self.pane) - 1)])

    def action_pane_right(self) -> None:
        """One pane to the right."""
        self.go_to(_ORDER[min(2, _ORDER.index(self.pane) + 1)])

    def action_next_pane(self) -> None:
        """Round and round."""
        self._turn(1)

    def action_previous_pane(self) -> None:
        """Round and round, the other way."""
        self._turn(-1)

    def _turn(self, step: int) -> None:
        order = [pane for pane in _ORDER if not (self.is_zen and pane is Pane.LIST)]
        self.go_to(order[(order.index(self.pane) + step) % len(order)])

    def action_choose(self) -> None:
        """Opens what is under the cursor; in the story, its links."""
        if isinstance(widget := self.pane_widget, RowList):
            widget.row_chosen()
        else:
            self.go_to(Pane.LINKS)

    def action_toggle_links(self) -> None:
        """Shows the links and goes there; at the links, puts them away, and remembers it where they have a pane."""
        at_links = self.pane is Pane.LINKS
        if self.size.width >= THREE_PANES and not self.is_zen:
            self.links_away = at_links
            self.remember("links", "away" if at_links else "shown")
        self.go_to(Pane.STORY if at_links else Pane.LINKS)

    def action_back_out(self) -> None:
        """Puts away what was looked for; else one step out."""
        if self.matches:
            self.clear_matches()
        else:
            self.step_out()

    def step_out(self) -> bool:
        """From the links to the story, from zen to all panes, from the story to the list; False at the outermost."""
        if self.pane is Pane.LINKS:
            self.go_to(Pane.STORY)
        elif self.is_zen:
            self.set_zen(False)
        elif self.pane is Pane.STORY:
            self.go_to(Pane.LIST)
        else:
            return False
        return True

    def action_read_on(self) -> None:
        """Pages down; at the end of the story marks it read and shows the next unread one."""
        self.attend()
        if not self.story_view.at_end:
            self.story_view.page(1)
            return
        self.mark_open_story_read()
        if self._unread(back=False):
            self._show_unread(back=False)
        elif self.story:
            self.say("That was the last unread story.")

    def action_read_back(self) -> None:
        """Pages up."""
        self.story_view.page(-1)

    def action_next_unread(self) -> None:
        """While matches are lit the next one; else the next unread story, in this issue or an older one."""
        if self.matches:
            self.next_match()
        else:
            self._show_unread(back=False)

    def action_previous_unread(self) -> None:
        """While matches are lit the one before; else the unread story before this one."""
        if self.matches:
            self.previous_match()
        else:
            self._show_unread(back=True)

    def action_next_story(self) -> None:
        """The next story of the issue, else the first of the next issue."""
        self._step_story(1)

    def action_previous_story(self) -> None:
        """The story before, else the last of the issue above."""
        self._step_story(-1)

    def action_next_issue(self) -> None:
        """The next issue down the list."""
        self._step_issue(1)

    def action_previous_issue(self) -> None:
        """The issue above."""
        self._step_issue(-1)

    def on_issue_list_story_pointed(self, message: IssueList.StoryPointed) -> None:
        """Shows the story under the cursor once it rests."""
        self.pending = message.head
        if self._preview_timer:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(PREVIEW_PAUSE, self.land)

    def on_issue_list_issue_chosen(self, message: IssueList.IssueChosen) -> None:
        """Opens an issue at its first unread story; the reader stays in the list, on that story."""
        walked, self.walk = self.walk, None
        if self.issue is None or message.ref != self.issue.ref or walked:
            self.open_issue(message.ref)
        elif self.story:
            first = next((head.position for head in self.stories if not head.read), 1)
            self.open_story(message.ref, first)

    def on_issue_list_story_chosen(self, message: IssueList.StoryChosen) -> None:
        """Shows the story and goes to read it."""
        if not self.story or self.story.key != message.head.key:
            self.open_head(message.head)
        self.attend()
        self.go_to(Pane.STORY)

    def on_story_view_scrolled(self, message: StoryView.Scrolled) -> None:
        """Scrolling is reading: the story counts as shown, and its end as reached."""
        message.stop()
        self.attend()
        if self.story_view.at_end:
            self.dwell.reach_end()
        self.place_changed()

    def _after(self) -> tuple[str, int] | None:
        return (self.issue.ref, self.story.position) if self.issue and self.story else None

    def _show_unread(self, *, back: bool) -> None:
        self.land()
        if found := self._unread(back=back):
            self.open_story(*found)
        else:
            self.say(f"No other story of {self.walk.name} is unread." if self.walk else "No other story is unread.")

    def _unread(self, *, back: bool) -> tuple[str, int] | None:
        """The next unread story but the open one, on the walk that one is on."""
        if self.walk and self.story:
            head = self.walk.next_unread(self.story.key, back=back)
            return (issue_of(head), head.position) if head else None
        found = self.library.next_unread(self._after(), back=back)
        return found if found != self._after() else None

    def _step_story(self, step: int) -> None:
        self.land()
        if not (self.issue and self.story):
            return
        if self.walk:
            if beside := self.walk.beside(self.story.key, step):
                self.open_head(beside)
            else:
                self.say(f"This is the {'last' if step > 0 else 'first'} story of {self.walk.name}.")
            return
        position = self.story.position + step
        if 1 <= position <= len(self.stories):
            self.open_story(self.issue.ref, position)
        elif head := self.shelf.beside(self.issue.ref, step):
            self.open_story(head.ref, 1 if step > 0 else head.stories)
        else:
            self.say("This is the last story." if step > 0 else "This is the first story.")

    def _step_issue(self, step: int) -> None:
        self.land()
        if not self.issue:
            return
        if head := self.shelf.beside(self.issue.ref, step):
            self.walk = None
            self.open_issue(head.ref)
        else:
            self.say("This is the oldest issue." if step > 0 else "This is the newest issue.")

    def set_zen(self, on: bool) -> None:
        """The story alone, or all panes."""
        self.is_zen = on
        self.remember("zen", "on" if on else "off")
        self.go_to(Pane.STORY)
