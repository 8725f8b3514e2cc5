"""Commands that mark stories read or starred, and the clock that finds one read. Stored first, shown after."""

from __future__ import annotations

from collections.abc import Iterable

from importai_tui.reading import Change
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.following import Following
from importai_tui.tui.page.desk import Desk


class Marking(Commands):
    """Read, unread, starred."""

    def __init__(self, desk: Desk, following: Following) -> None:
        super().__init__(desk)
        self._following = following

    def ticked(self) -> None:
        """Counts the time that the story was really before the reader's eyes; marks it read when it is enough."""
        if self.desk.dwell.tick(self.desk.clock(), watched=self._is_watched):
            self.mark_open_story_read()

    @property
    def _is_watched(self) -> bool:
        """Whether the reader sees the story: opened on purpose, nothing over it, the window in front."""
        seen = self.desk.story is not None and bool(self.desk.story_view.display) and not self.desk.preview
        return seen and self.desk.is_active and self.desk.app.app_focus

    def mark_open_story_read(self) -> None:
        """The open story is read from now on."""
        self.desk.dwell.settle()
        if (head := self.desk.head_of_story()) and not head.read:
            self.mark([head.key], read=True)

    def action_toggle_read(self) -> None:
        """Read becomes unread and unread read; not marked again by the clock in this showing."""
        if self.desk.story_list.issue_pointed:
            self.action_toggle_issue_read()
            return
        self.desk.land()
        self.desk.dwell.settle()
        if head := self.desk.head_of_story():
            self.mark([head.key], read=not head.read)

    def action_toggle_issue_read(self) -> None:
        """Marks what is unread in the issue; if nothing is, all of it unread."""
        self.desk.land()
        self.desk.dwell.settle()
        head = self.desk.story_list.issue_pointed or self.desk.head_of_issue()
        if not head:
            return
        stories = self.desk.library.story_heads(head.ref)
        unread = [story.key for story in stories if not story.read]
        if change := self.mark(unread or [story.key for story in stories], read=bool(unread), ref=head.ref):
            self.desk.say(change.label)

    def action_mark_all_read(self) -> None:
        """Marks all shown stories read, after a question with the count."""
        self.converse(self._mark_all_read)

    async def _mark_all_read(self) -> None:
        from importai_tui.tui.dialogs.ask import Confirm

        # Both before the question: what comes in while it is asked is not what it was asked about.
        self._following.look_behind(at_once=True)
        keys = self._shown_unread()
        if not keys:
            self.desk.say("Everything is read.")
            return
        many = len(keys) != 1
        if self.desk.walk:
            stories = f"{len(keys)} stories of {self.desk.walk.name}" if many else f"one story of {self.desk.walk.name}"
        else:
            stories = f"{len(keys)} shown stories" if many else "one shown story"
        if not await self.ask(Confirm(f"Mark {stories} read?", self.desk.clock)):
            return
        self.desk.dwell.settle()
        if change := self.desk.attempt(lambda: self.desk.library.mark(keys, read=True)):
            self._following.catch_up()
            self.desk.say(f"{change.label}. u undoes it.")

    def _shown_unread(self) -> list[str]:
        """The keys of all unread stories that the list stands for: those of a walk, else those of its issues."""
        if self.desk.walk:
            return [head.key for head in self.desk.walk.heads if not head.read]
        refs = [head.ref for head in self.desk.shown_issues() if head.unread]
        return [story.key for ref in refs for story in self.desk.library.story_heads(ref) if not story.read]

    def action_toggle_star(self) -> None:
        """A star comes or goes."""
        self.desk.land()
        head = self.desk.head_of_story()
        if head and self.mark([head.key], starred=not head.starred):
            self.desk.say("Star taken away." if head.starred else "Starred.", seconds=2)

    def mark(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> Change | None:
        """Marks stories of one issue, the open one unless named; when it is stored, the rows follow."""
        change = self.desk.attempt(lambda: self.desk.library.mark(keys, read=read, starred=starred))
        if change and self.desk.issue:
            self._following.follow_marks({ref or self.desk.issue.ref})
        return change
