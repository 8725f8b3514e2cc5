"""The three panes between header and footer: which of them are seen, how wide they are, and which has the focus.

Which panes fit side by side: the one place that knows the widths. Pure; cells in, a layout out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from importai_tui.config.schema import Config
from importai_tui.library.library import Library
from importai_tui.tui.text import to_line_content
from importai_tui.tui.widgets.issue_list import IssueList
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.tui.widgets.story_view import MAX_TEXT_WIDTH, MIN_TEXT_WIDTH, TEXT_WIDTH, StoryView

THREE_PANES, TWO_PANES = 126, 60
"""From these widths on, in cells: list, story at its full measure, links; list and story."""


class Pane(StrEnum):
    """The three panes, from left to right; the values are their widgets' ids."""

    LIST = "list"
    STORY = "story"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class Layout:
    """What is seen. `over` lays the links over the right side of the story; `list_width` is in cells, 0 for all."""

    panes: frozenset[Pane]
    list_width: int
    links_width: int
    links_over_story: bool = False


@dataclass(frozen=True, slots=True)
class Widths:
    """How many cells wider than usual the reader wants the side panes; negative is narrower."""

    list: int = 0
    links: int = 0

    def change(self, pane: Pane, cells: int) -> Widths:
        """One side pane wider by so many cells."""
        return replace(self, **{pane.value: getattr(self, pane.value) + cells})

    def to_text(self) -> str:
        """As they are remembered."""
        return f"{self.list} {self.links}"

    @classmethod
    def from_text(cls, text: str | None) -> Widths:
        """What was remembered; a text of another version is none."""
        try:
            list_, links = map(int, (text or "").split())
        except ValueError:
            return cls()
        return cls(list_, links)


_MIN_LIST_WIDTH = 24
"""Cells of a side pane: in fewer, a headline or a cited title is cut after its second word."""
_MIN_STORY_WIDTH = 50
"""Cells that side panes leave to the story, however wide they are wanted."""
_MIN_VISIBLE_STORY = 20
"""Cells of the story that links over it leave in sight."""


def choose_layout(width: int, focused: Pane, *, zen: bool, links: bool = True, widths: Widths | None = None) -> Layout:
    """The layout of a screen of that width while the reader is `at` a pane; `links` are a pane where there is room."""
    if width < TWO_PANES:
        return Layout(frozenset({focused}), 0, 0)
    wider = widths or Widths()
    over = focused is Pane.LINKS and (zen or not links or width < THREE_PANES)
    laid_over = _adjust_width(40 if zen else min(40, width // 2 + 4), wider.links, width - _MIN_VISIBLE_STORY)
    if zen:
        panes = {Pane.STORY} | ({Pane.LINKS} if over else set())
        return Layout(frozenset(panes), 0, laid_over, links_over_story=over)
    usual = 38 if width >= 110 else max(24, round(width * 0.34))
    if links and width >= THREE_PANES:
        list_width = _adjust_width(usual, wider.list, width - 36 - _MIN_STORY_WIDTH)
        return Layout(
            frozenset(Pane), list_width, _adjust_width(36, wider.links, width - list_width - _MIN_STORY_WIDTH)
        )
    panes = {Pane.LIST, Pane.STORY} | ({Pane.LINKS} if over else set())
    return Layout(
        frozenset(panes), _adjust_width(usual, wider.list, width - _MIN_STORY_WIDTH), laid_over, links_over_story=over
    )


def _adjust_width(usual: int, change: int, room: int) -> int:
    """The usual width changed as the reader wants it, as far as there is room: that for the usual one is taken."""
    return max(_MIN_LIST_WIDTH, min(usual + change, max(usual, room)))


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
            Static(to_line_content("Links", "$muted"), id="links-head"), self.link_list, id="links-panel"
        )
        self.pane = Pane.LIST
        """The pane that has the focus."""
        self.is_zen = False
        self.measure = TEXT_WIDTH
        """The width of the text in cells."""
        self.widths = Widths()
        self._links_hidden = False
        """The user has put the links away, so they are seen only while they have the focus."""

    def compose(self) -> ComposeResult:
        """The panes from left to right."""
        yield self.story_list
        yield self.story_view
        yield self._links_panel

    def restore(self, library: Library, config: Config) -> None:
        """Use the widths that are set, else those that the user has left."""
        self.is_zen = library.state.load_value("zen") == "on"
        self._links_hidden = library.state.load_value("links") == "away"
        stored = library.state.load_value("measure") or ""
        measure = int(stored) if stored.isdecimal() and len(stored) <= _DIGITS else TEXT_WIDTH
        self.set_measure(config.measure or measure)
        self.widths = Widths.from_text(library.state.load_value("widths"))

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

    def focus_pane(self, pane: Pane) -> None:
        """Give a pane the focus; in a narrow window it takes another's place."""
        self.note_focus(pane)
        self.focused_pane.focus(scroll_visible=False)

    def note_focus(self, pane: Pane) -> None:
        """Lay the panes out for a pane that has the focus."""
        self.pane = pane
        self.apply_layout()

    def set_zen(self, on: bool) -> None:
        """Show the story alone, or all panes, from the next `enter` on."""
        self.is_zen = on

    def hide_links(self, hidden: bool) -> None:
        """Show the links only while they have the focus, or always, from the next `enter` on."""
        self._links_hidden = hidden

    def set_has_links(self, has_links: bool) -> None:
        """Show that the story has links, or none."""
        self._links_panel.set_class(not has_links, "-no-links")

    def set_widths(self, widths: Widths) -> bool:
        """Make the side panes wider or narrower; False, and no change, if the window or the pane has no room."""
        before = self._choose_layout()
        former, self.widths = self.widths, widths
        if self._choose_layout() == before:
            self.widths = former
            return False
        self.apply_layout()
        return True

    def set_measure(self, cells: int) -> None:
        """Set the width of the text, within its bounds."""
        self.measure = min(MAX_TEXT_WIDTH, max(MIN_TEXT_WIDTH, cells))
        self.story_view.set_text_width(self.measure)

    def apply_layout(self) -> None:
        """Put the panes where the window has room for them."""
        layout = self._choose_layout()
        panel = self._links_panel
        self.story_list.display = Pane.LIST in layout.panes
        self.story_view.display = Pane.STORY in layout.panes
        panel.display = Pane.LINKS in layout.panes
        panel.set_class(layout.links_over_story, "-over")
        self.story_list.styles.width = layout.list_width or "1fr"
        panel.styles.width = layout.links_width or "1fr"

    def _choose_layout(self) -> Layout:
        width = self.screen.size.width or self.app.size.width
        return choose_layout(width, self.pane, zen=self.is_zen, links=not self._links_hidden, widths=self.widths)
