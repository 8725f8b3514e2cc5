"""The three panes between header and footer: which of them are seen, how wide they are, and which has the focus."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from importai_tui.config import Config
from importai_tui.library import Library
from importai_tui.tui.lists.issue_list import IssueList
from importai_tui.tui.lists.link_list import LinkList
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.look.literal import literal_line
from importai_tui.tui.reading.layout import Layout, Pane, Widths, fold
from importai_tui.tui.story.view import MEASURE, NARROWEST, WIDEST, StoryView

_DIGITS = 4
"""Of a stored width; a longer one is damaged."""


class Panes(Horizontal):
    """List, story and links. They do not know what they show."""

    def __init__(self) -> None:
        super().__init__(id="panes")
        self.story_list = IssueList(id="list")
        self.story_view = StoryView(id="story")
        self.link_list = LinkList(id="links")
        self._links_panel = Vertical(
            Static(literal_line("Links", "$muted"), id="links-head"), self.link_list, id="links-panel"
        )
        self.pane = Pane.LIST
        """The pane that has the focus."""
        self.is_zen = False
        self.measure = MEASURE
        """The width of the text in cells."""
        self.widths = Widths()
        self._links_away = False
        """The user has put the links away, so they are seen only while they have the focus."""

    def compose(self) -> ComposeResult:
        """The panes from left to right."""
        yield self.story_list
        yield self.story_view
        yield self._links_panel

    def restore(self, library: Library, config: Config) -> None:
        """Use the widths that are set, else those that the user has left."""
        self.is_zen = library.state.recall("zen") == "on"
        self._links_away = library.state.recall("links") == "away"
        stored = library.state.recall("measure") or ""
        measure = int(stored) if stored.isdecimal() and len(stored) <= _DIGITS else MEASURE
        self.set_measure(config.measure or measure)
        self.widths = Widths.read(library.state.recall("widths"))

    @property
    def focused_pane(self) -> RowList | StoryView:
        """The widget of the pane that has the focus."""
        match self.pane:
            case Pane.LIST:
                return self.story_list
            case Pane.STORY:
                return self.story_view
            case Pane.LINKS:
                return self.link_list

    @property
    def is_list_hidden(self) -> bool:
        """Whether the window is so narrow, or the story so alone, that the list is out of sight."""
        return not self.story_list.display

    @property
    def are_links_over_story(self) -> bool:
        """Whether the links cover a part of the story."""
        return self._links_panel.has_class("-over")

    def enter(self, pane: Pane) -> None:
        """Give a pane the focus; in a narrow window it takes another's place."""
        self.note_focus(pane)
        self.focused_pane.focus(scroll_visible=False)

    def note_focus(self, pane: Pane) -> None:
        """Lay the panes out for a pane that has the focus."""
        self.pane = pane
        self.lay_out()

    def set_zen(self, on: bool) -> None:
        """Show the story alone, or all panes, from the next `enter` on."""
        self.is_zen = on

    def put_links_away(self, away: bool) -> None:
        """Show the links only while they have the focus, or always, from the next `enter` on."""
        self._links_away = away

    def mark_links(self, there: bool) -> None:
        """Show that the story has links, or none."""
        self._links_panel.set_class(not there, "-no-links")

    def set_widths(self, widths: Widths) -> bool:
        """Make the side panes wider or narrower; False, and no change, if the window or the pane has no room."""
        before = self._layout()
        former, self.widths = self.widths, widths
        if self._layout() == before:
            self.widths = former
            return False
        self.lay_out()
        return True

    def set_measure(self, cells: int) -> None:
        """Set the width of the text, within its bounds."""
        self.measure = min(WIDEST, max(NARROWEST, cells))
        self.story_view.set_measure(self.measure)

    def lay_out(self) -> None:
        """Put the panes where the window has room for them."""
        layout = self._layout()
        panel = self._links_panel
        self.story_list.display = Pane.LIST in layout.panes
        self.story_view.display = Pane.STORY in layout.panes
        panel.display = Pane.LINKS in layout.panes
        panel.set_class(layout.over, "-over")
        self.story_list.styles.width = layout.list_width or "1fr"
        panel.styles.width = layout.links_width or "1fr"

    def _layout(self) -> Layout:
        width = self.screen.size.width or self.app.size.width
        return fold(width, self.pane, zen=self.is_zen, links=not self._links_away, widths=self.widths)
