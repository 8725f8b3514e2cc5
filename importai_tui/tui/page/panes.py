"""The page: three panes between two lines, which of them are seen, and in which one the reader is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Static

from importai_tui.tui.lists.issue_list import IssueList
from importai_tui.tui.lists.link_list import LinkList
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.look.literal import literal_line
from importai_tui.tui.page.fold import Layout, Pane, Widths, fold
from importai_tui.tui.page.header import Header
from importai_tui.tui.page.hints import Footer
from importai_tui.tui.story.view import MEASURE, NARROWEST, WIDEST, StoryView

if TYPE_CHECKING:
    from importai_tui.tui.app import ReaderApp


class Panes(Screen[None]):
    """List, story and links. What they show is a subclass's."""

    story_list = query_one("#list", IssueList)
    story_view = query_one("#story", StoryView)
    link_list = query_one("#links", LinkList)
    links_panel = query_one("#links-panel", Vertical)
    header = query_one(Header)
    footer = query_one(Footer)

    def __init__(self) -> None:
        super().__init__()
        self.pane = Pane.LIST
        self.is_zen = False
        self.links_away = False
        """The reader has put the links away: they come only while one is at them, however wide the window."""
        self.measure = MEASURE
        self.widths = Widths()

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

    @property
    def reader(self) -> ReaderApp:
        """The app, which is always ours."""
        from importai_tui.tui.app import ReaderApp

        assert isinstance(self.app, ReaderApp)
        return self.app

    def attend(self) -> None:
        """The reader has turned to the story or its links; for the subclass that knows which story."""

    def tell(self) -> None:
        """Something has changed that header or footer tell; for the subclass that knows what they tell."""

    def say(self, words: str, *, seconds: float = 4) -> None:
        """A line for the reader, literal, that goes away by itself."""
        self.reader.say(words, seconds=seconds)

    @property
    def has_panes(self) -> bool:
        """Whether all of the page is there: what a thread has found may come when the reader is leaving."""
        return all(self.query(kind) for kind in (Header, IssueList, StoryView, LinkList, Footer))

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

    def set_widths(self, widths: Widths) -> bool:
        """Makes the side panes wider or narrower; False where the window, or the pane, does not allow it."""
        before = self._layout()
        kept, self.widths = self.widths, widths
        if self._layout() == before:
            self.widths = kept
            return False
        self.fold_panes()
        return True

    def _layout(self) -> Layout:
        width = self.size.width or self.app.size.width
        return fold(width, self.pane, zen=self.is_zen, links=not self.links_away, widths=self.widths)

    def fold_panes(self) -> None:
        """Puts the panes where the window has room for them."""
        layout = self._layout()
        panel = self.links_panel
        self.story_list.display = Pane.LIST in layout.panes
        self.story_view.display = Pane.STORY in layout.panes
        panel.display = Pane.LINKS in layout.panes
        panel.set_class(layout.over, "-over")
        self.story_list.styles.width = layout.list_width or "1fr"
        panel.styles.width = layout.links_width or "1fr"

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

    def set_measure(self, cells: int) -> bool:
        """Sets the width of the text, within its bounds; False where it is at one already."""
        before, self.measure = self.measure, min(WIDEST, max(NARROWEST, cells))
        self.story_view.set_measure(self.measure)
        return self.measure != before
