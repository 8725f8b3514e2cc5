"""What every command of the reading screen stands on: the panes, the open story, and what is told about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from importai_tui.archive.database import BusyDatabase
from importai_tui.citing import titles
from importai_tui.issue import Issue, Story, StoryKind
from importai_tui.keymap import COMMANDS, Command
from importai_tui.library import IssueHead, Library, StoryHead
from importai_tui.library.position import ScrollPosition, saved_scroll
from importai_tui.tui.lists.link_list import LinkList
from importai_tui.tui.page.bookmark import Bookmark
from importai_tui.tui.page.dwell import Dwell
from importai_tui.tui.page.facts import format_byline
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.header import Standing
from importai_tui.tui.page.hints import Advice
from importai_tui.tui.page.hints_here import hints_for
from importai_tui.tui.page.listener import Listener
from importai_tui.tui.page.shelf import Shelf
from importai_tui.tui.page.start import open_at_start
from importai_tui.tui.page.underway import Underway
from importai_tui.tui.page.walk import Walk, issue_of
from importai_tui.tui.page.writing import Clock, Writing
from importai_tui.tui.story.kept import Kept, draw_kept, kept_of
from importai_tui.tui.story.render import Piece, draw_story
from importai_tui.tui.story.view import StoryView

if TYPE_CHECKING:
    from importai_tui.browser import Opener

_TICK = 1.0
"""Seconds between two looks at whether the open story has become read, and at what was stored elsewhere."""
_WARNING_SECONDS = 30.0
"""A warning at the start stands until a person who waits for the first picture has read it."""


class Desk(Writing):
    """The three panes and the story that lies open on them. What happens is told to those that listen."""

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__(library, clock)
        self.opener = opener
        self.guide = guide
        self.leads_back = False
        """Whether it lies over another reading screen."""
        self.listeners: Listener = Listener()
        """Told what happens; set from above."""
        self.bookmark = Bookmark(self)
        self.shelf = Shelf([])
        self.sieve: Callable[[IssueHead], bool] | None = None
        """What narrows the list: which of the issues it shows; None: all of them."""
        self.issue: Issue | None = None
        self.story: Story | None = None
        self.stories: tuple[StoryHead, ...] = ()
        self.pieces: tuple[Piece, ...] = ()
        """The open story as it is drawn without what the reader has added."""
        self.kept = Kept()
        """What the reader has added."""
        self.dwell = Dwell()
        self.preview = False
        self.walk: Walk | None = None
        """The saved search whose stories one walks through, in place of the issues."""
        self.oldest_first = False
        """One catches up: the next unread story is the oldest that is left."""
        self.commands: tuple[Command, ...] = COMMANDS
        """The table with the keys that hold."""
        self.pending: StoryHead | None = None
        """The story under the cursor that is about to be shown."""
        self.underway = Underway()
        """What runs behind the reader's back; set from above."""
        self.note = ""
        """A few quiet words for the footer; set from above."""
        self.is_hurried = False
        """The clock ticks between two keys that follow one another."""
        self.byline = ""
        self.version = 0
        """Of the archive, when the shelf was read."""
        self.issue_version: int | None = None
        """The same, when the open issue was read; None: what is opened next is read anew."""
        self._first_ref = ref

    def on_mount(self) -> None:
        """Opens the given reference, else where the reader left off, else the first unread story."""
        self.set_interval(_TICK, self._tick_by_the_clock)
        self.listeners.begin()
        for warning in self.library.warnings():
            self.say(warning, seconds=_WARNING_SECONDS)
        self.link_list.is_opened = self.library.state.is_work_opened
        self.load_shelf()
        open_at_start(self, self._first_ref)
        # Of an empty archive too: what to do next stands where the story would.
        self.go_to(Pane.STORY)

    def load_shelf(self) -> None:
        """Reads the heads of all issues: at the start, and whenever it is not known which of them have changed."""
        # Asked first: what is stored meanwhile is news at the next look.
        self.version = self.library.archive.version()
        self.story_list.noted = self.library.state.noted_keys()
        heads = self.library.issue_heads()
        if heads != self.shelf.heads:
            self.shelf = Shelf(heads)
            self.show_shelf()
        self.listeners.shelf_loaded()

    def open_issue(self, ref: str) -> None:
        """Shows the first unread story of an issue, else its first."""
        if issue := self.read_issue(ref):
            self._lay_open(issue, next((head.position for head in self.library.heads_of(issue) if not head.read), 1))

    def open_story(self, ref: str, position: int, *, spot: ScrollPosition | None = None, preview: bool = False) -> None:
        """Lays a story open. A preview is one that the cursor passes over: looking at it marks nothing."""
        if issue := self.read_issue(ref):
            self._lay_open(issue, position, spot=spot, preview=preview)

    def read_issue(self, ref: str) -> Issue | None:
        """The issue as the archive holds it now; None, and a word to the reader, where there is nothing to show."""
        version = self.library.archive.version()
        if self.issue and self.issue.ref == ref and version == self.issue_version:
            return self.issue
        issue = self.library.issue(ref)
        if not issue.stories:
            self.say("This issue holds no stories.")
            return None
        self.issue_version = version
        return issue

    def _lay_open(
        self, issue: Issue, position: int, *, spot: ScrollPosition | None = None, preview: bool = False
    ) -> None:
        self.listeners.leaving()
        self.pending = None
        self.bookmark.keep_spot()
        self.issue = issue
        self.stories = tuple(self.library.heads_of(issue))
        self.story = story = issue.stories[min(position, len(issue.stories)) - 1]
        self.preview = preview
        self.story_view.show(self.drawn(), spot or saved_scroll(self.library, story.key))
        if self.walk and not self.walk.head(story.key):
            self.walk = None
        self.show_rows()
        if not preview:
            self.story_list.point_at(story.key)
        self.link_list.show_links(story.links, titles(story), issue.ref)
        self.dwell.begin(story.key, story.words, settled=self.stories[story.position - 1].read)
        self.tell()
        self.bookmark.moved()
        self.listeners.laid_open()

    def drawn(self) -> tuple[Piece, ...]:
        """The open story, ready for its pane."""
        assert self.issue
        assert self.story
        self.story_view.set_class(self.story.kind is StoryKind.TECH_TALES, "-tale")
        self.kept = kept_of(self.library, self.story.key)
        self.byline = format_byline(self.issue, self.story, self.kept.tags)
        self.pieces = draw_story(self.story, self.byline)
        return self.listeners.drawn(draw_kept(self.pieces, self.kept))

    def land(self) -> None:
        """Shows what the cursor points at without waiting: a command is for the story that one sees marked."""
        pending, self.pending = self.pending, None
        if pending and self.story and pending.key != self.story.key and pending in self.rows:
            self.open_head(pending, preview=True)

    @property
    def rows(self) -> tuple[StoryHead, ...]:
        """The stories that stand in the list beneath what is open: an issue's, or those of a walk."""
        return self.walk.heads if self.walk else self.stories

    def shown_issues(self) -> Sequence[IssueHead]:
        """The issues that the list shows now."""
        return [head for head in self.shelf.heads if self.sieve(head)] if self.sieve else self.shelf.heads

    def show_shelf(self) -> None:
        """Fills the list with them; the saved searches stand above a whole list only."""
        self.story_list.show_issues(self.shown_issues(), standing=self.sieve is None)

    def show_rows(self) -> None:
        """Brings these rows in step."""
        shown = self.story.key if self.story else ""
        if self.walk:
            self.story_list.unfold_standing(self.walk.name, self.walk.heads, shown)
        elif self.issue:
            self.story_list.unfold(self.issue.ref, self.stories, shown)

    def leave_walk(self) -> bool:
        """From the walk to the issue of the story that is open; False where one is on none."""
        if self.walk is None:
            return False
        self.walk = None
        self.show_rows()
        if self.story:
            self.story_list.point_at(self.story.key)
        self.tell()
        return True

    def open_head(self, head: StoryHead, *, preview: bool = False) -> None:
        """Lays the story of a row open, wherever it is by now."""
        self.open_story(*(self.library.place_in_archive(head.key) or (issue_of(head), head.position)), preview=preview)

    def attend(self) -> None:
        """The reader has turned to the story that the cursor had only passed over."""
        self.land()
        self.preview = False
        self.listeners.attended()

    def on_link_list_link_pointed(self, message: LinkList.LinkPointed) -> None:
        """The link under the cursor is lit in the text too."""
        self.story_view.light_link(message.number)

    def on_story_view_link_pointed(self, message: StoryView.LinkPointed) -> None:
        """The link under the mouse is lit in the panel too."""
        self.link_list.light(message.number)

    def on_story_view_scrolled(self, message: StoryView.Scrolled) -> None:
        """Scrolling is reading: the story counts as shown, and its end as reached."""
        message.stop()
        self.attend()
        if self.story_view.at_end:
            self.dwell.reach_end()
        self.bookmark.moved()

    def step_out(self) -> bool:
        """One step back, wherever that leads; False at the outermost."""
        return self.listeners.stepped_out()

    def tick(self) -> None:
        """Run what is due each second; a file that another program has locked is looked at again at the next tick."""
        try:
            self.listeners.ticked()
        except BusyDatabase as busy:
            self.tell_waiting(busy)
        else:
            self.stop_waiting()

    def saved_late(self) -> None:
        """Show the changes that had to wait for another program."""
        self.listeners.saved_late()
        super().saved_late()

    def _tick_by_the_clock(self) -> None:
        self.is_hurried = self.reader.is_hurried
        self.tick()
        self.is_hurried = False

    def keep_place(self) -> None:
        """Writes down where the reader is."""
        self.bookmark.keep()
        self.listeners.place_kept()

    def head_of_issue(self) -> IssueHead | None:
        """The head of the open issue."""
        return self.shelf.head(self.issue.ref) if self.issue else None

    def head_of_story(self) -> StoryHead | None:
        """The head of the open story."""
        return self.stories[self.story.position - 1] if self.story else None

    def tell(self) -> None:
        """Brings header and footer in step."""
        position = self.story.position if self.story else 0
        self.header.standing = Standing(self.head_of_issue(), self.stories, position, self.shelf.unread, self.guide)
        self.links_panel.set_class(not (self.story and self.story.links), "-no-links")
        self.tell_footer()
        self.listeners.told()

    def tell_footer(self) -> None:
        """Brings the footer in step."""
        links = [link.n for link in self.story.links] if self.story else []
        hints = hints_for(
            self.pane,
            links=links,
            zen=self.is_zen,
            empty=self.story is None,
            unread=self.shelf.unread != 0,
            walk=self.walk is not None,
            commands=self.commands,
        )
        self.footer.advice = self.listeners.advised(Advice(hints, self.note, self.underway, self.trouble))
