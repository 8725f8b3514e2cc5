"""Actions that go from story to story and from issue to issue."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup

_LAST_UNREAD = "That was the last unread story."


class StoryNavigation(ActionGroup):
    """Goes from story to story and from issue to issue."""

    def action_read_on(self) -> None:
        """Pages down; at the end of the story marks it read and shows the next unread one."""
        self.screen.engage()
        if not self.screen.story_view.at_end:
            self.screen.story_view.page(1)
            return
        self.screen.mark_story_read()
        if self.session.next_unread():
            self._show_unread(back=False)
        elif self.session.story:
            self.screen.say(self._end())

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

    def _end(self) -> str:
        reading = self.session.reading_list
        if reading and reading.is_book:
            return f"This is the end of {reading.name}."
        if reading:
            return f"That was the last unread story of {reading.name}."
        return "That was the last unread story: you have caught up." if self.session.oldest_first else _LAST_UNREAD

    def _show_unread(self, *, back: bool) -> None:
        self.screen.show_pointed()
        reading = self.session.reading_list
        if found := self.session.next_unread(back=back):
            self.screen.open_story(*found)
        elif reading and reading.is_book:
            self.screen.say(f"This is the {'beginning' if back else 'end'} of {reading.name}.")
        else:
            self.screen.say(f"No other story of {reading.name} is unread." if reading else "No other story is unread.")

    def _step_story(self, step: int) -> None:
        self.screen.show_pointed()
        if not self.session.story:
            return
        reading = self.session.reading_list
        if found := self.session.neighbour_story(step):
            self.screen.open_story(*found)
        elif reading:
            self.screen.say(f"This is the {'last' if step > 0 else 'first'} story of {reading.name}.")
        else:
            self.screen.say("This is the last story." if step > 0 else "This is the first story.")

    def _step_issue(self, step: int) -> None:
        self.screen.show_pointed()
        if not self.session.issue:
            return
        if head := self.session.index.neighbour(self.session.issue.ref, step):
            self.session.end_list()
            self.screen.open_issue(head.ref)
        else:
            self.screen.say("This is the oldest issue." if step > 0 else "This is the newest issue.")
