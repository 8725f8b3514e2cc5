"""Commands that go from story to story and issue to issue, by keys and from the list."""

from __future__ import annotations

from textual.timer import Timer

from importai_tui.library import StoryHead
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.marking import Marking
from importai_tui.tui.commands.matches import Matching
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.walk import issue_of

_LAST_UNREAD = "That was the last unread story."
PREVIEW_PAUSE = 0.12
"""Seconds the cursor rests on a story before it is shown, so that a held key runs smoothly down the list."""


class Leafing(Commands):
    """Leafing through the archive."""

    def __init__(self, desk: Desk, matching: Matching, marking: Marking) -> None:
        super().__init__(desk)
        self._matching, self._marking = matching, marking
        self._preview_timer: Timer | None = None

    def story_pointed(self, head: StoryHead) -> None:
        """Shows the story under the cursor once it rests."""
        self.desk.pending = head
        if self._preview_timer:
            self._preview_timer.stop()
        self._preview_timer = self.desk.set_timer(PREVIEW_PAUSE, self.desk.land)

    def issue_chosen(self, ref: str) -> None:
        """Opens an issue at its first unread story; the reader stays in the list, on that story."""
        walked, self.desk.walk = self.desk.walk, None
        if self.desk.issue is None or ref != self.desk.issue.ref or walked:
            self.desk.open_issue(ref)
        elif self.desk.story:
            first = next((head.position for head in self.desk.stories if not head.read), 1)
            self.desk.open_story(ref, first)

    def story_chosen(self, head: StoryHead) -> None:
        """Shows the story and goes to read it."""
        if not self.desk.story or self.desk.story.key != head.key:
            self.desk.open_head(head)
        self.desk.attend()
        self.desk.go_to(Pane.STORY)

    def action_read_on(self) -> None:
        """Pages down; at the end of the story marks it read and shows the next unread one."""
        self.desk.attend()
        if not self.desk.story_view.at_end:
            self.desk.story_view.page(1)
            return
        self._marking.mark_open_story_read()
        if self._unread(back=False):
            self._show_unread(back=False)
        elif self.desk.story:
            self.desk.say(self._end())

    def action_read_back(self) -> None:
        """Pages up."""
        self.desk.story_view.page(-1)

    def action_next_unread(self) -> None:
        """While matches are lit the next one; else the next unread story, in this issue or an older one."""
        if self._matching.matches:
            self._matching.next_match()
        else:
            self._show_unread(back=False)

    def action_previous_unread(self) -> None:
        """While matches are lit the one before; else the unread story before this one."""
        if self._matching.matches:
            self._matching.previous_match()
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
        walk = self.desk.walk
        if walk and walk.is_book:
            return f"This is the end of {walk.name}."
        if walk:
            return f"That was the last unread story of {walk.name}."
        return "That was the last unread story: you have caught up." if self.desk.oldest_first else _LAST_UNREAD

    def _after(self) -> tuple[str, int] | None:
        return (self.desk.issue.ref, self.desk.story.position) if self.desk.issue and self.desk.story else None

    def _show_unread(self, *, back: bool) -> None:
        self.desk.land()
        if found := self._unread(back=back):
            self.desk.open_story(*found)
        elif (walk := self.desk.walk) and walk.is_book:
            self.desk.say(f"This is the {'beginning' if back else 'end'} of {walk.name}.")
        else:
            self.desk.say(f"No other story of {walk.name} is unread." if walk else "No other story is unread.")

    def _unread(self, *, back: bool) -> tuple[str, int] | None:
        """The next unread story but the open one, on the walk that one is on."""
        if self.desk.walk and self.desk.story:
            head = self.desk.walk.next_unread(self.desk.story.key, back=back)
            return (issue_of(head), head.position) if head else None
        found = self.desk.library.next_unread(self._after(), back=back, oldest_first=self.desk.oldest_first)
        return found if found != self._after() else None

    def _step_story(self, step: int) -> None:
        self.desk.land()
        if not (self.desk.issue and self.desk.story):
            return
        if self.desk.walk:
            if beside := self.desk.walk.beside(self.desk.story.key, step):
                self.desk.open_head(beside)
            else:
                self.desk.say(f"This is the {'last' if step > 0 else 'first'} story of {self.desk.walk.name}.")
            return
        position = self.desk.story.position + step
        if 1 <= position <= len(self.desk.stories):
            self.desk.open_story(self.desk.issue.ref, position)
        elif head := self.desk.shelf.beside(self.desk.issue.ref, -step if self.desk.oldest_first else step):
            self.desk.open_story(head.ref, 1 if step > 0 else head.stories)
        else:
            self.desk.say("This is the last story." if step > 0 else "This is the first story.")

    def _step_issue(self, step: int) -> None:
        self.desk.land()
        if not self.desk.issue:
            return
        if head := self.desk.shelf.beside(self.desk.issue.ref, step):
            self.desk.walk = None
            self.desk.open_issue(head.ref)
        else:
            self.desk.say("This is the oldest issue." if step > 0 else "This is the newest issue.")
