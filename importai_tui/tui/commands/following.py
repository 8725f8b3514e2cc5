"""Follows what is stored behind the reader's back; what the reader looks at stays where it is, nothing is marked."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.citing import titles
from importai_tui.errors import NotFound
from importai_tui.issue import Issue, Story
from importai_tui.library import Library
from importai_tui.opener import Opener
from importai_tui.tui.desk import Desk, facts_of
from importai_tui.tui.fold import Pane
from importai_tui.tui.kept import kept_of
from importai_tui.tui.writing import Clock

REST = 2.0
"""Seconds between two looks at what was stored, at the least: a list that grows more often than that is restless."""
SHARE = 40
"""Following takes a fortieth of the time at most: one that took 50 ms is followed by two seconds of rest."""


class Pace:
    """How soon the next look may be. It is told the time."""

    def __init__(self) -> None:
        self._next = float("-inf")

    def is_due(self, now: float) -> bool:
        """Whether there was rest enough."""
        return now >= self._next

    def took(self, began: float, ended: float) -> None:
        """One look is over."""
        self._next = ended + max(REST, SHARE * (ended - began))


class Following(Desk):
    """Keeps the screen in step with the archive and with the marks of other windows."""

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__(library, opener, clock, ref, guide=guide)
        self._pace = Pace()

    def on_screen_resume(self) -> None:
        """Something lay over the screen, and nothing moved beneath it."""
        if self.is_mounted:
            self.look_behind(at_once=True)

    def look_behind(self, *, at_once: bool = False) -> None:
        """Follows what a sync or another window has stored, now and then; while something lies over the screen, not."""
        if not self.is_active:
            return
        if self.library.changed_elsewhere():
            self.catch_up()
        elif self.library.archive_version() != self.version and (at_once or self._pace.is_due(self.clock())):
            began = self.clock()
            self.catch_up()
            self._pace.took(began, self.clock())

    def catch_up(self) -> None:
        """Reads all heads and the open issue anew."""
        pending = self.pending.key if self.pending else None
        with self.story_list.held():
            self.load_shelf()
            if self.issue and self.story:
                self._follow_story(self.issue, self.story)
        if self.story is None and self.shelf.heads:
            # As a preview: a story that nobody has asked for is not being read.
            self.open_first(preview=True)
            if self.story:
                self.go_to(Pane.LIST)
                self.story_list.point_at(self.story.key)
        self.pending = next((head for head in self.rows if head.key == pending), None)
        self.tell()

    def ref_of(self, key: str) -> str | None:
        """The issue that holds the story with this key now."""
        try:
            return self.library.resolve(key)[0]
        except NotFound:
            return None

    def _follow_story(self, issue: Issue, story: Story) -> None:
        """Brings the open story in step. One that is gone stays to be read, with its issue as it was."""
        found = self._found_again(issue, story.key)
        # One that is gone belongs to no version: what is opened next is read anew.
        self._issue_version = self.version if found else None
        self.issue, self.story = found or (self._under_its_name(issue), story)
        self.stories = tuple(self.library.heads_of(self.issue))
        kept = kept_of(self.library, self.story.key)
        if (found and (self.story, facts_of(*found)) != (story, self.facts)) or kept != self.kept:
            self.story_view.redraw(self.drawn())
        if self.story.links != story.links:
            self.link_list.replace_links(self.story.links, titles(self.story))
        if self.walk:
            self.walk = self.walk.marked(self.library.read_keys(), self.library.starred_keys())
        self.show_rows()

    def _found_again(self, issue: Issue, key: str) -> tuple[Issue, Story] | None:
        """The open story as the archive holds it now: in its issue, else wherever its key is."""
        # An issue that is stored is never taken away, and answers to its slug also when its number becomes known.
        for ref in (issue.ref, self.ref_of(key)):
            holder = self.library.issue(ref) if ref else None
            if holder and (story := next((story for story in holder.stories if story.key == key), None)):
                return holder, story
        return None

    def _under_its_name(self, issue: Issue) -> Issue:
        """The issue with the stories that the reader has before them, under the name that it has by now."""
        head = self.library.issue_head(issue.ref)
        return replace(issue, number=head.number, title=head.title, date=head.date, url=head.url)
