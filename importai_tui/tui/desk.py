"""What every command of the reading screen stands on: the panes, the open story, and what is told about it."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.errors import ReaderError
from importai_tui.issue import Issue, Story
from importai_tui.library import IssueHead, Library, StoryHead
from importai_tui.opener import Opener
from importai_tui.parse.clean import clean_line
from importai_tui.tui.dates import long_date
from importai_tui.tui.dwell import Dwell
from importai_tui.tui.fold import Pane, fold
from importai_tui.tui.header import Header, Standing
from importai_tui.tui.hints import Advice, Footer
from importai_tui.tui.hints_here import hints_for
from importai_tui.tui.issue_list import IssueList
from importai_tui.tui.link_list import LinkList
from importai_tui.tui.literal import literal, literal_line
from importai_tui.tui.place import Place, read_place
from importai_tui.tui.render import draw_story
from importai_tui.tui.row_list import RowList
from importai_tui.tui.shelf import Shelf
from importai_tui.tui.story_view import MEASURE, NARROWEST, WIDEST, Spot, StoryView

Clock = Callable[[], float]
"""Seconds that never go back."""

GUIDE_NOTE = "your own issues: importai-tui import PATH"
_EMPTY = (
    "No issues yet.\n\nBring in the ones that you have as files, one or a whole folder:\n\n"
    "    importai-tui import PATH\n\nPress ctrl+g for the guide, ? for the keys, q to leave."
)
_PLACE_PAUSE = 0.4
"""Seconds of rest before the place is written: one write for a burst of keys."""


class Desk(Screen[None]):
    """The three panes and the story that lies open on them."""

    story_list = query_one("#list", IssueList)
    story_view = query_one("#story", StoryView)
    link_list = query_one("#links", LinkList)
    header = query_one(Header)
    footer = query_one(Footer)

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__()
        self.library = library
        self.opener = opener
        self.clock = clock
        self.guide = guide
        self.shelf = Shelf([])
        self.issue: Issue | None = None
        self.story: Story | None = None
        self.stories: tuple[StoryHead, ...] = ()
        self.dwell = Dwell()
        self.pane = Pane.LIST
        self.is_zen = False
        self.preview = False
        self.pending: tuple[str, int] | None = None
        """The story under the cursor that is about to be shown."""
        self.measure = MEASURE
        self._first_ref = ref
        self._place_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Header, panes, footer."""
        yield Header()
        with Horizontal(id="panes"):
            yield IssueList(id="list")
            yield StoryView(id="story")
            with Vertical(id="links-panel"):
                yield Static(literal_line("Links", "$muted"), id="links-head")
                yield LinkList(id="links")
        yield Footer()

    def on_mount(self) -> None:
        """Opens the given reference, else where the reader left off, else the first unread story."""
        self.load_shelf()
        self._recall_measure()
        self.open_at_start(self._first_ref)
        self.go_to(Pane.STORY if self.story else Pane.LIST)

    def load_shelf(self) -> None:
        """Reads the heads of all issues: at the start, and after a marking whose issues are not known."""
        self.shelf = Shelf(self.library.issue_heads())
        self.story_list.show_issues(self.shelf.heads)

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
        elif found := self.library.next_unread(None):
            self.open_story(*found)
        elif newest := next((head for head in self.shelf.heads if head.stories), None):
            self.open_story(newest.ref, 1)
        else:
            self.show_nothing()

    def open_issue(self, ref: str) -> None:
        """Shows the first unread story of an issue, else its first."""
        heads = self.library.story_heads(ref)
        if not heads:
            self.say("This issue holds no stories.")
            return
        first = next((head.position for head in heads if not head.read), 1)
        self.open_story(ref, first)

    def open_story(self, ref: str, position: int, *, spot: Spot | None = None, preview: bool = False) -> None:
        """Lays a story open. A preview is one that the cursor passes over: looking at it marks nothing."""
        self.pending = None
        if self.issue is None or self.issue.ref != ref:
            self.issue = self.library.issue(ref)
        self.stories = tuple(self.library.story_heads(ref))
        self.story = story = self.issue.stories[position - 1]
        self.preview = preview
        self.story_view.set_class(story.kind.value == "tech-tales", "-tale")
        self.story_view.show(draw_story(story, self._facts(self.issue, story)), spot)
        self.story_list.unfold(ref, self.stories, position)
        if not preview:
            self.story_list.point_at(position)
        self.link_list.show_links(story.links)
        self.dwell.begin(story.key, story.words, settled=self.stories[position - 1].read)
        self.tell()
        self.place_changed()

    def land(self) -> None:
        """Shows what the cursor points at without waiting: a command is for the story that one sees marked."""
        pending, self.pending = self.pending, None
        here = (self.issue.ref, self.story.position) if self.issue and self.story else None
        if pending and here and pending[0] == here[0] and pending != here:
            self.open_story(*pending, preview=True)

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
        self.link_list.show_links(())
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
        links = [link.n for link in self.story.links] if self.story else []
        note = GUIDE_NOTE if self.guide else ""
        self.footer.advice = Advice(hints_for(self.pane, links=links, zen=self.is_zen), note)
        title = clean_line(self.story.headline) if self.story else ""
        self.set_class(not (self.story and self.story.links), "-no-links")
        self.app.sub_title = title

    def say(self, words: str, *, seconds: float = 4) -> None:
        """A line for the reader, literal, that goes away by itself."""
        self.notify(clean_line(words), timeout=seconds, markup=False)

    # Where the reader is.

    @property
    def pane_widget(self) -> RowList | StoryView:
        """The widget of the pane that the reader is at."""
        match self.pane:
            case Pane.LIST:
                return self.story_list
            case Pane.STORY:
                return self.story_view
            case Pane.LINKS:
                return self.link_list

    def go_to(self, pane: Pane) -> None:
        """Moves the reader to a pane; where there is room for fewer panes, it takes another's place."""
        self.pane = pane
        if pane is not Pane.LIST:
            self.attend()
        self.fold_panes()
        self.pane_widget.focus(scroll_visible=False)
        self.tell()

    def fold_panes(self) -> None:
        """Puts the panes where the window has room for them."""
        layout = fold(self.size.width or self.app.size.width, self.pane, zen=self.is_zen)
        panel = self.query_one("#links-panel")
        self.story_list.display = Pane.LIST in layout.panes
        self.story_view.display = Pane.STORY in layout.panes
        panel.display = Pane.LINKS in layout.panes
        panel.set_class(layout.over, "-over")
        self.story_list.styles.width = layout.list_width or "1fr"
        panel.styles.width = layout.links_width or "1fr"
        self.set_class(self.size.width < 50, "-tiny")

    def on_resize(self) -> None:
        """Folds or unfolds the panes."""
        self.fold_panes()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click in a pane is a move to it."""
        if event.widget.id in set(Pane) and event.widget.id != self.pane:
            self.pane = Pane(event.widget.id)
            if self.pane is not Pane.LIST:
                self.attend()
            self.fold_panes()
            self.tell()

    # The place, remembered.

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
        if self.issue and self.story:
            place = Place(self.issue.ref, self.story.position, self.story.key, self.story_view.spot)
            self.remember(self._place_name, place.written())

    def remember(self, name: str, value: str) -> None:
        """Keeps a setting; a full disk is told of, and stops nobody from reading."""
        try:
            self.library.remember(name, value)
        except ReaderError as error:
            self.say(str(error))

    def _recall_measure(self) -> None:
        remembered = self.library.recall("measure") or ""
        self.set_measure(int(remembered) if remembered.isdecimal() else MEASURE)

    def set_measure(self, cells: int) -> None:
        """Sets the width of the text, within its bounds."""
        self.measure = min(WIDEST, max(NARROWEST, cells))
        self.story_view.set_measure(self.measure)

    def _facts(self, issue: Issue, story: Story) -> str:
        """The muted line under the headline: where the story stands, when it came, how long it takes."""
        where = f"{issue.ref}/{story.position}" if issue.number is not None else ""
        here = where or f"{story.position} of {len(issue.stories)}"
        minutes = f"{story.minutes} min"
        date = long_date(issue.date) if issue.date else ""
        return "   ".join(part for part in (here, date, minutes, story.section, story.series) if part)
