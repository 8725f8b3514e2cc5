"""What every command of the reading screen stands on: the panes, the open story, and what is told about it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.timer import Timer

from importai_tui.citing import titles
from importai_tui.errors import ReaderError
from importai_tui.issue import Issue, Story, StoryKind
from importai_tui.library import IssueHead, Library, StoryHead
from importai_tui.opener import Opener
from importai_tui.parse.clean import clean_line
from importai_tui.tui.dates import long_date
from importai_tui.tui.dwell import Dwell
from importai_tui.tui.fold import Pane, Widths
from importai_tui.tui.header import Standing
from importai_tui.tui.hints import Advice
from importai_tui.tui.hints_here import hints_for
from importai_tui.tui.kept import Kept, draw_kept, kept_of
from importai_tui.tui.literal import literal
from importai_tui.tui.place import Place, read_place, read_spot, written_spot
from importai_tui.tui.render import Piece, draw_story
from importai_tui.tui.shelf import Shelf
from importai_tui.tui.story_view import MEASURE, Spot
from importai_tui.tui.underway import Underway
from importai_tui.tui.walk import Walk, issue_of
from importai_tui.tui.writing import Clock, Writing

_EMPTY = (
    "No issues yet.\n\nPress S for the newest ones, B for all ten years of them.\n\n"
    "Those that you have as files, one or a whole folder, come in with\n\n"
    "    importai-tui import PATH\n\nPress ctrl+g for the guide, ? for the keys, q to leave."
)
_PLACE_PAUSE = 0.4
"""Seconds of rest before the place is written: one write for a burst of keys."""
_WARNING_SECONDS = 30.0
"""A warning at the start stands until a person who waits for the first picture has read it."""


class Desk(Writing):
    """The three panes and the story that lies open on them."""

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__(library, clock)
        self.opener = opener
        self.guide = guide
        self.shelf = Shelf([])
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
        self.pending: StoryHead | None = None
        """The story under the cursor that is about to be shown."""
        self.underway = Underway()
        """What runs behind the reader's back; set from above."""
        self.note = ""
        """A few quiet words for the footer; set from above."""
        self.facts = ""
        self.version = 0
        """Of the archive, when the shelf was read."""
        self._issue_version: int | None = None
        self._first_ref = ref
        self._place_timer: Timer | None = None

    def on_mount(self) -> None:
        """Opens the given reference, else where the reader left off, else the first unread story."""
        for warning in self.library.state_warnings():
            self.say(warning, seconds=_WARNING_SECONDS)
        self.link_list.is_opened = self.library.is_work_opened
        self.load_shelf()
        self._recall_measure()
        self.widths = Widths.read(self.library.recall("widths"))
        self.is_zen = self.library.recall("zen") == "on"
        self.links_away = self.library.recall("links") == "away"
        self.open_at_start(self._first_ref)
        # Of an empty archive too: what to do next stands where the story would.
        self.go_to(Pane.STORY)

    def load_shelf(self) -> None:
        """Reads the heads of all issues: at the start, and whenever it is not known which of them have changed."""
        # Asked first: what is stored meanwhile is news at the next look.
        self.version = self.library.archive_version()
        self.story_list.noted = self.library.noted_keys()
        heads = self.library.issue_heads()
        if heads != self.shelf.heads:
            self.shelf = Shelf(heads)
            self.show_shelf()

    def open_at_start(self, ref: str | None) -> None:
        """Shows the first story of this run."""
        if ref is not None:
            try:
                issue, position = self.library.resolve(ref)
            except ReaderError as error:
                self.say(str(error))
            else:
                self.open_issue(issue) if position is None else self.open_story(issue, position)
                return
        place = read_place(self.library.recall(self._place_name), self.library)
        if place:
            self.open_story(place.issue, place.position, spot=place.spot)
        else:
            self.open_first()

    def open_first(self, *, preview: bool = False) -> None:
        """Shows the first unread story, else the newest."""
        if found := self.library.next_unread(None):
            self.open_story(*found, preview=preview)
        elif newest := next((head for head in self.shelf.heads if head.stories), None):
            self.open_story(newest.ref, 1, preview=preview)
        else:
            self.show_nothing()

    def open_issue(self, ref: str) -> None:
        """Shows the first unread story of an issue, else its first."""
        if issue := self.read_issue(ref):
            self._lay_open(issue, next((head.position for head in self.library.heads_of(issue) if not head.read), 1))

    def open_story(self, ref: str, position: int, *, spot: Spot | None = None, preview: bool = False) -> None:
        """Lays a story open. A preview is one that the cursor passes over: looking at it marks nothing."""
        if issue := self.read_issue(ref):
            self._lay_open(issue, position, spot=spot, preview=preview)

    def read_issue(self, ref: str) -> Issue | None:
        """The issue as the archive holds it now; None, and a word to the reader, where there is nothing to show."""
        version = self.library.archive_version()
        if self.issue and self.issue.ref == ref and version == self._issue_version:
            return self.issue
        issue = self.library.issue(ref)
        if not issue.stories:
            self.say("This issue holds no stories.")
            return None
        self._issue_version = version
        return issue

    def _lay_open(self, issue: Issue, position: int, *, spot: Spot | None = None, preview: bool = False) -> None:
        self.pending = None
        self.keep_spot()
        self.issue = issue
        self.stories = tuple(self.library.heads_of(issue))
        self.story = story = issue.stories[min(position, len(issue.stories)) - 1]
        self.preview = preview
        self.story_view.show(self.drawn(), spot or read_spot(self.library.place_of(story.key)))
        if self.walk and not self.walk.head(story.key):
            self.walk = None
        self.show_rows()
        if not preview:
            self.story_list.point_at(story.key)
        self.link_list.show_links(story.links, titles(story), issue.ref)
        self.dwell.begin(story.key, story.words, settled=self.stories[story.position - 1].read)
        self.tell()
        self.place_changed()

    def drawn(self) -> tuple[Piece, ...]:
        """The open story, ready for its pane."""
        assert self.issue
        assert self.story
        self.story_view.set_class(self.story.kind is StoryKind.TECH_TALES, "-tale")
        self.facts = facts_of(self.issue, self.story)
        self.kept = kept_of(self.library, self.story.key)
        line = "   ".join(part for part in (self.facts, self.kept.facts) if part)
        self.pieces = draw_story(self.story, line)
        return draw_kept(self.pieces, self.kept)

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
        """The issues that the list shows now: all of them, unless something narrows it."""
        return self.shelf.heads

    def show_shelf(self) -> None:
        """Fills the list with them."""
        self.story_list.show_issues(self.shown_issues())

    def show_rows(self) -> None:
        """Brings these rows in step."""
        shown = self.story.key if self.story else ""
        if self.walk:
            self.story_list.unfold_standing(self.walk.name, self.walk.heads, shown)
        elif self.issue:
            self.story_list.unfold(self.issue.ref, self.stories, shown)

    def open_head(self, head: StoryHead, *, preview: bool = False) -> None:
        """Lays the story of a row open, wherever it is by now."""
        self.open_story(*(self.library.place_in_archive(head.key) or (issue_of(head), head.position)), preview=preview)

    def attend(self) -> None:
        """The reader has turned to the story that the cursor had only passed over."""
        self.land()
        self.preview = False

    def show_nothing(self) -> None:
        """What an empty archive looks like."""
        self.issue = self.story = None
        self.stories = ()
        self.shelf = Shelf([])
        self.story_list.show_issues([])
        self.link_list.show_links((), {}, "")
        self.story_view.show_message(literal(_EMPTY))
        self.tell()

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
        title = clean_line(self.story.headline) if self.story else ""
        self.set_class(not (self.story and self.story.links), "-no-links")
        self.app.sub_title = title
        self.tell_footer()

    def tell_footer(self) -> None:
        """Brings the footer in step."""
        links = [link.n for link in self.story.links] if self.story else []
        hints = hints_for(self.pane, links=links, zen=self.is_zen, empty=self.story is None)
        self.footer.advice = Advice(hints, self.note, self.underway, self.trouble)

    @property
    def _place_name(self) -> str:
        return "guide-place" if self.guide else "place"

    def place_changed(self) -> None:
        """Writes the place down after a moment of rest."""
        if self._place_timer:
            self._place_timer.stop()
        self._place_timer = self.set_timer(_PLACE_PAUSE, self.keep_place)

    def keep_place(self) -> None:
        """Writes the place down now."""
        self.keep_spot()
        if self.issue and self.story:
            place = Place(self.issue.ref, self.story.position, self.story.key, self.story_view.spot)
            self.remember(self._place_name, place.written())

    def keep_spot(self) -> None:
        """Keeps the place inside the story, if the reader has moved in it; one read to its end begins anew."""
        view = self.story_view
        if not (self.story and view.has_moved):
            return
        key = self.story.key
        place = written_spot(view.spot) if view.spot != Spot() and not view.at_end else None
        if read_spot(place) != read_spot(self.library.place_of(key)):
            self.attempt(lambda: self.library.keep_place(key, place), asked=False)

    def _recall_measure(self) -> None:
        remembered = self.library.recall("measure") or ""
        self.set_measure(int(remembered) if remembered.isdecimal() else MEASURE)


def facts_of(issue: Issue, story: Story) -> str:
    """The muted line under the headline: where the story stands, when it came, how long it takes."""
    where = f"{issue.ref}/{story.position}" if issue.number is not None else ""
    here = where or f"{story.position} of {len(issue.stories)}"
    minutes = f"{story.minutes} min"
    date = long_date(issue.date) if issue.date else ""
    return "   ".join(part for part in (here, date, minutes, story.section, story.series) if part)
