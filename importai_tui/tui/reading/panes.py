"""The three panes between header and footer: which are visible, how wide they are, and which has the focus.

`choose_layout` is a pure function from cells to a layout, and the only code that knows the widths.
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
"""Window widths, in cells, from which three panes fit side by side, and two: list and story."""


class Pane(StrEnum):
    """The three panes, from left to right; the values are their widgets' ids."""

    LIST = "list"
    STORY = "story"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class Layout:
    """The visible panes and their widths in cells; width 0 is the whole window.

    `links_over_story` puts the links over the right side of the story.
    """

    panes: frozenset[Pane]
    list_width: int
    links_width: int
    links_over_story: bool = False


@dataclass(frozen=True, slots=True)
class Widths:
    """The cells by which the user has made the side panes wider than usual; negative is narrower."""

    list: int = 0
    links: int = 0

    def change(self, pane: Pane, cells: int) -> Widths:
        """Return a copy with one side pane wider by `cells`."""
        return replace(self, **{pane.value: getattr(self, pane.value) + cells})

    def to_text(self) -> str:
        """Return the widths as the setting stores them."""
        return f"{self.list} {self.links}"

    @classmethod
    def from_text(cls, text: str | None) -> Widths:
        """Return the stored widths; the usual ones for a text that `to_text` has not written."""
        try:
            list_, links = map(int, (text or "").split())
        except ValueError:
            return cls()
        return cls(list_, links)


_MIN_LIST_WIDTH = 24
"""Cells of a side pane, at least: fewer cut a headline or a title after its second word."""
_MIN_STORY_WIDTH = 50
"""Cells that the side panes leave to the story, at least."""
_MIN_VISIBLE_STORY = 20
"""Cells of the story that stay visible beside links over it."""


def choose_layout(width: int, focused: Pane, *, zen: bool, links: bool = True, widths: Widths | None = None) -> Layout:
    """Return the layout of a window of `width` cells; `links` asks for a pane of links where one fits."""
    if width < TWO_PANES:
        return Layout(frozenset({focused}), 0, 0)
    change = widths or Widths()
    over = focused is Pane.LINKS and (zen or not links or width < THREE_PANES)
    over_width = _adjust_width(40 if zen else min(40, width // 2 + 4), change.links, width - _MIN_VISIBLE_STORY)
    if zen:
        panes = {Pane.STORY} | ({Pane.LINKS} if over else set())
        return Layout(frozenset(panes), 0, over_width, links_over_story=over)
    usual = 38 if width >= 110 else max(24, round(width * 0.34))
    if links and width >= THREE_PANES:
        list_width = _adjust_width(usual, change.list, width - 36 - _MIN_STORY_WIDTH)
        return Layout(
            frozenset(Pane), list_width, _adjust_width(36, change.links, width - list_width - _MIN_STORY_WIDTH)
        )
    panes = {Pane.LIST, Pane.STORY} | ({Pane.LINKS} if over else set())
    return Layout(
        frozenset(panes), _adjust_width(usual, change.list, width - _MIN_STORY_WIDTH), over_width, links_over_story=over
    )


def _adjust_width(usual: int, change: int, available: int) -> int:
    """Return the usual width with the user's change, at most the available one or the usual one."""
    return max(_MIN_LIST_WIDTH, min(usual + change, max(usual, available)))


_MAX_DIGITS = 4
"""Digits of a stored width; a longer value is damaged."""


class Panes(Horizontal):
    """The widgets of list, story and links. The reading screen fills them."""

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
        """The user has hidden the links, so they are visible only while they have the focus."""

    def compose(self) -> ComposeResult:
        """Yield the panes from left to right."""
        yield self.story_list
        yield self.story_view
        yield self._links_panel

    def restore(self, library: Library, config: Config) -> None:
        """Use the width of the settings, else the widths that the user last had."""
        self.is_zen = library.state.load_value("zen") == "on"
        self._links_hidden = library.state.load_value("links") == "away"
        stored = library.state.load_value("measure") or ""
        measure = int(stored) if stored.isdecimal() and len(stored) <= _MAX_DIGITS else TEXT_WIDTH
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
        """True if the list is not visible, in a narrow window or while the story is shown alone."""
        return not self.story_list.display

    @property
    def are_links_over_story(self) -> bool:
        """True if the links cover a part of the story."""
        return self._links_panel.has_class("-over")

    def focus_pane(self, pane: Pane) -> None:
        """Give a pane the focus; in a narrow window it replaces the pane before."""
        self.note_focus(pane)
        self.focused_pane.focus(scroll_visible=False)

    def note_focus(self, pane: Pane) -> None:
        """Lay the panes out for the pane that has got the focus."""
        self.pane = pane
        self.apply_layout()

    def set_zen(self, on: bool) -> None:
        """Show the story alone, or all panes, from the next layout on."""
        self.is_zen = on

    def hide_links(self, hidden: bool) -> None:
        """Show the links only while they have the focus, or always, from the next layout on."""
        self._links_hidden = hidden

    def set_has_links(self, has_links: bool) -> None:
        """Show that the story has links, or that it has none."""
        self._links_panel.set_class(not has_links, "-no-links")

    def set_widths(self, widths: Widths) -> bool:
        """Make the side panes wider or narrower; return False and change nothing if they do not fit."""
        before = self._choose_layout()
        previous, self.widths = self.widths, widths
        if self._choose_layout() == before:
            self.widths = previous
            return False
        self.apply_layout()
        return True

    def set_measure(self, cells: int) -> None:
        """Set the width of the text in cells, within its limits."""
        self.measure = min(MAX_TEXT_WIDTH, max(MIN_TEXT_WIDTH, cells))
        self.story_view.set_text_width(self.measure)

    def apply_layout(self) -> None:
        """Show and size the panes for the width of the window."""
        layout = self._choose_layout()
        panel = self._links_panel
        self.story_list.display = Pane.LIST in layout.panes
        self.story_view.display = Pane.STORY in layout.panes
        panel.display = Pane.LINKS in layout.panes
        panel.set_class(layout.links_over_story, "-over")
        self.set_class(len(layout.panes) == 1, "-single")
        for pane, widget in zip(Pane, (self.story_list, self.story_view, panel), strict=True):
            widget.set_class(pane is self.pane, "-active")
        self.story_list.styles.width = layout.list_width or "1fr"
        panel.styles.width = layout.links_width or "1fr"

    def _choose_layout(self) -> Layout:
        width = self.screen.size.width or self.app.size.width
        return choose_layout(width, self.pane, zen=self.is_zen, links=not self._links_hidden, widths=self.widths)
