"""Follows what is stored, by the reader or elsewhere; what the reader looks at stays where it is, nothing is marked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from importai_tui.citing import titles
from importai_tui.errors import NotFound
from importai_tui.issue import Issue, Story
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.facts import format_byline
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.start import open_first
from importai_tui.tui.page.writing import PATIENCE
from importai_tui.tui.story.kept import kept_of

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


class Following(Commands):
    """Keeps the screen in step with the archive and with the marks, also those of other windows. It has no keys."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pace = Pace()

    def ticked(self) -> None:
        """Looks at what was stored elsewhere; where writing failed, tries now and then whether it works again."""
        self.look_behind()
        if self.desk.is_try_due:
            self.desk.library.state.reconnect()
            self.desk.library.set_patience(PATIENCE)
            self.desk.keep_place()

    def saved_late(self) -> None:
        """Show changes that had to wait for another program."""
        self.catch_up()
        self.redraw_kept()

    def look_behind(self, *, at_once: bool = False) -> None:
        """Follows what a sync or another window has stored, now and then; not while another screen covers this one."""
        desk = self.desk
        if not desk.is_active:
            return
        if desk.library.state.changed():
            self.catch_up()
        elif desk.library.archive.version() != desk.version and (at_once or self._pace.is_due(desk.clock())):
            began = desk.clock()
            self.catch_up()
            self._pace.took(began, desk.clock())

    def catch_up(self) -> None:
        """Reads all heads and the open issue anew."""
        pending = self.desk.pending.key if self.desk.pending else None
        with self.desk.story_list.held():
            self.desk.load_shelf()
            if self.desk.issue and self.desk.story:
                self._follow_story(self.desk.issue, self.desk.story)
        if self.desk.story is None and self.desk.shelf.heads:
            # As a preview: a story that nobody has asked for is not being read.
            open_first(self.desk, preview=True)
            if self.desk.story:
                self.desk.go_to(Pane.LIST)
                self.desk.story_list.point_at(self.desk.story.key)
        self.desk.pending = next((head for head in self.desk.rows if head.key == pending), None)
        self.desk.tell()

    def ref_of(self, key: str) -> str | None:
        """The issue that holds the story with this key now."""
        try:
            return self.desk.library.resolve(key)[0]
        except NotFound:
            return None

    def follow_marks(self, refs: Collection[str]) -> None:
        """Draws the marks of these issues anew."""
        for ref in refs:
            head = self.desk.library.issue_head(ref)
            self.desk.shelf.replace(head)
            self.desk.story_list.show_issue(head)
        desk = self.desk
        if desk.issue and desk.story and desk.issue.ref in refs:
            desk.stories = tuple(desk.library.heads_of(desk.issue))
        if desk.walk:
            desk.walk = desk.walk.marked(desk.library.state.read_keys(), desk.library.state.starred_keys())
        desk.show_rows()
        desk.tell()

    def redraw_kept(self) -> None:
        """Draws the open story anew if what the reader has added to it is not what is drawn."""
        if self.desk.story and kept_of(self.desk.library, self.desk.story.key) != self.desk.kept:
            self.desk.story_view.redraw(self.desk.drawn())
        self.desk.story_list.refresh()

    def _follow_story(self, issue: Issue, story: Story) -> None:
        """Brings the open story in step. One that is gone stays to be read, with its issue as it was."""
        found = self._found_again(issue, story.key)
        # One that is gone belongs to no version: what is opened next is read anew.
        self.desk.issue_version = self.desk.version if found else None
        self.desk.issue, self.desk.story = found or (self._under_its_name(issue), story)
        self.desk.stories = tuple(self.desk.library.heads_of(self.desk.issue))
        kept = kept_of(self.desk.library, self.desk.story.key)
        is_edited = found and (self.desk.story, format_byline(*found, kept.tags)) != (story, self.desk.byline)
        if is_edited or kept != self.desk.kept:
            self.desk.story_view.redraw(self.desk.drawn())
        if self.desk.story.links != story.links:
            self.desk.link_list.replace_links(self.desk.story.links, titles(self.desk.story))
        if self.desk.walk:
            self.desk.walk = self.desk.walk.marked(
                self.desk.library.state.read_keys(), self.desk.library.state.starred_keys()
            )
        self.desk.show_rows()

    def _found_again(self, issue: Issue, key: str) -> tuple[Issue, Story] | None:
        """The open story as the archive holds it now: in its issue, else wherever its key is."""
        # An issue that is stored is never taken away, and answers to its slug also when its number becomes known.
        for ref in (issue.ref, self.ref_of(key)):
            holder = self.desk.library.issue(ref) if ref else None
            if holder and (story := next((story for story in holder.stories if story.key == key), None)):
                return holder, story
        return None

    def _under_its_name(self, issue: Issue) -> Issue:
        """The issue with the stories that the reader has before them, under the name that it has by now."""
        head = self.desk.library.issue_head(issue.ref)
        return replace(issue, number=head.number, title=head.title, date=head.date, url=head.url)
