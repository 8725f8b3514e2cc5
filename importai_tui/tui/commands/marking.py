"""Commands that change the reading state, and the clock that finds a story read. Stored first, shown after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from textual import work

from importai_tui.library import Change
from importai_tui.tui.dialogs import Confirm
from importai_tui.tui.following import Following
from importai_tui.tui.kept import kept_of
from importai_tui.tui.literal import cut

_TICK = 1.0
"""Seconds between two looks at whether the open story has become read, and at what was stored elsewhere."""
_NAME = 50
"""Cells of a headline that are enough to know it by."""
_FEW = 20
"""Stories whose issues are looked up one by one after an undo; measured with 480 issues, all heads cost as much."""


class Marking(Following):
    """Read, unread, starred, undone."""

    def on_mount(self) -> None:
        """Starts to count reading time. Textual calls this beside the desk's own."""
        self.set_interval(_TICK, self.tick)

    def tick(self) -> None:
        """Counts the time that the story was really before the reader's eyes; marks it read when it is enough."""
        if self.dwell.tick(self.clock(), watched=self.is_watched):
            self.mark_open_story_read()
        self.look_behind()
        if self.is_try_due:
            self.library.reconnect()
            self.keep_place()

    @property
    def is_watched(self) -> bool:
        """Whether the reader sees the story: opened on purpose, nothing over it, the window in front."""
        seen = self.story is not None and bool(self.story_view.display) and not self.preview
        return seen and self.is_active and self.app.app_focus

    def mark_open_story_read(self) -> None:
        """The open story is read from now on."""
        self.dwell.settle()
        if (head := self.head_of_story()) and not head.read:
            self._mark([head.key], read=True)

    def action_toggle_read(self) -> None:
        """Read becomes unread and unread read; not marked again by the clock in this showing."""
        if self.story_list.issue_pointed:
            self.action_toggle_issue_read()
            return
        self.land()
        self.dwell.settle()
        if head := self.head_of_story():
            self._mark([head.key], read=not head.read)

    def action_toggle_issue_read(self) -> None:
        """Marks what is unread in the issue; if nothing is, all of it unread."""
        self.land()
        self.dwell.settle()
        head = self.story_list.issue_pointed or self.head_of_issue()
        if not head:
            return
        stories = self.library.story_heads(head.ref)
        unread = [story.key for story in stories if not story.read]
        if change := self._mark(unread or [story.key for story in stories], read=bool(unread), ref=head.ref):
            self.say(change.label)

    @work(exclusive=True, group="dialog")
    async def action_mark_all_read(self) -> None:
        """Marks all shown stories read, after a question with the count."""
        # Both before the question: what comes in while it is asked is not what it was asked about.
        self.look_behind(at_once=True)
        keys = self._shown_unread()
        if not keys:
            self.say("Everything is read.")
            return
        many = len(keys) != 1
        if self.walk:
            stories = f"{len(keys)} stories of {self.walk.name}" if many else f"one story of {self.walk.name}"
        else:
            stories = f"{len(keys)} shown stories" if many else "one shown story"
        if not await self.app.push_screen_wait(Confirm(f"Mark {stories} read?", self.clock)):
            return
        self.dwell.settle()
        if change := self.attempt(lambda: self.library.mark(keys, read=True)):
            self.catch_up()
            self.say(f"{change.label}. u undoes it.")

    def _shown_unread(self) -> list[str]:
        """The keys of all unread stories that the list stands for: those of a walk, else those of its issues."""
        if self.walk:
            return [head.key for head in self.walk.heads if not head.read]
        refs = [head.ref for head in self.shown_issues() if head.unread]
        return [story.key for ref in refs for story in self.library.story_heads(ref) if not story.read]

    def action_toggle_star(self) -> None:
        """A star comes or goes."""
        self.land()
        head = self.head_of_story()
        if head and self._mark([head.key], starred=not head.starred):
            self.say("Star taken away." if head.starred else "Starred.", seconds=2)

    def action_undo(self) -> None:
        """Takes the last change back."""
        self._turn_back(self.library.undo, "There is nothing to undo.")

    def action_redo(self) -> None:
        """Does it again."""
        self._turn_back(self.library.redo, "There is nothing to redo.")

    def _turn_back(self, turn: Callable[[], Change | None], nothing: str) -> None:
        change = self.attempt(lambda: turn() or Change(nothing, ()))
        if change is None:
            return
        self.dwell.settle()
        if len(change.keys) > _FEW:
            self.catch_up()
        elif change.keys:
            self._follow_marks({ref for key in change.keys if (ref := self.ref_of(key))})
            self.redraw_kept()
        self.say(self._told(change))

    def _told(self, change: Change) -> str:
        """The change in a line, with the name of the story where it is one: it may be far from here."""
        named = dict.fromkeys(filter(None, map(self.library.headline, change.keys)))
        return f"{change.label}: {cut(next(iter(named)), _NAME)}" if len(named) == 1 else change.label

    def redraw_kept(self) -> None:
        """Draws the open story anew if what the reader has added to it is not what is drawn."""
        if self.story and kept_of(self.library, self.story.key) != self.kept:
            self.story_view.redraw(self.drawn())
        self.story_list.refresh()

    def _mark(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> Change | None:
        """Marks stories of one issue, the open one unless named; when it is stored, the rows follow."""
        change = self.attempt(lambda: self.library.mark(keys, read=read, starred=starred))
        if change and self.issue:
            self._follow_marks({ref or self.issue.ref})
        return change

    def _follow_marks(self, refs: Collection[str]) -> None:
        """Draws the marks of these issues anew."""
        for ref in refs:
            head = self.library.issue_head(ref)
            self.shelf.replace(head)
            self.story_list.show_issue(head)
        if self.issue and self.story and self.issue.ref in refs:
            self.stories = tuple(self.library.heads_of(self.issue))
        if self.walk:
            self.walk = self.walk.marked(self.library.read_keys(), self.library.starred_keys())
        self.show_rows()
        self.tell()
