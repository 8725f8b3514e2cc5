"""The three panes between header and footer: which are visible, how wide they are, and which has the focus.

`choose_layout` is a pure function from cells to a layout, and the only code that knows the widths. The text comes
first: a side pane is there only where the text keeps its whole width, so a wider window never makes the text narrower.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal

from importai_tui.config.schema import Config
from importai_tui.library.library import Library
from importai_tui.tui.widgets.issue_list import IssueList
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.tui.widgets.story_view import (
    MAX_TEXT_WIDTH,
    MIN_TEXT_WIDTH,
    TEXT_MARGINS,
    TEXT_WIDTH,
    StoryView,
)


class Pane(StrEnum):
    """The three panes, from left to right; the values are their widgets' ids."""

    LIST = "list"
    STORY = "story"
    LINKS = "links"


class Layout(NamedTuple):
    """The visible panes and their widths in cells; width 0 is the whole window.

    `links_over_story` puts the links over the right side of the story.
    """

    panes: frozenset[Pane]
    list_width: int
    links_width: int
    links_over_story: bool = False

    def get_width(self, pane: Pane) -> int:
        """Return the cells of a side pane; 0 if it is hidden or fills the window."""
        return self.list_width if pane is Pane.LIST else self.links_width


class Widths(NamedTuple):
    """The cells by which the user has made the side panes wider than usual; negative is narrower."""

    list: int = 0
    links: int = 0

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


_LIST_WIDTH, _LINKS_WIDTH = 38, 36
"""Cells of the side panes where there is room for them."""
_NARROW_LIST, _NARROW_LINKS = 28, 26
"""The cells from which a side pane is there: fewer cut nearly every title."""
_MIN_SIDE_WIDTH = 24
"""Cells of a side pane, at least, if the user makes it narrower."""
_OVER_WIDTH = 40
"""Cells of the links if they cover a part of the story."""
_MIN_VISIBLE_STORY = 20
"""Cells of the story that stay visible beside links over it."""
_MIN_WINDOW_FOR_OVER = 60
"""Cells of a window in which links cover a part of the story, not all of it."""


def choose_layout(
    width: int,
    focused: Pane,
    *,
    zen: bool = False,
    links: bool = True,
    measure: int = TEXT_WIDTH,
    widths: Widths | None = None,
) -> Layout:
    """Return the layout of a window.

    Args:
        width: cells of the window.
        focused: the pane that has the focus.
        zen: the story is shown alone.
        links: show a pane of links where one fits.
        measure: cells of the text, which the side panes leave to it.
        widths: the user's changes of the side panes.
    """
    change = widths or Widths()
    room = 0 if zen else width - measure - TEXT_MARGINS
    has_list = room >= _NARROW_LIST
    if links and room >= _NARROW_LIST + _NARROW_LINKS:
        excess = max(0, _LIST_WIDTH + _LINKS_WIDTH - room)
        list_width = _clamp(_LIST_WIDTH - excess // 2 + change.list, room - _MIN_SIDE_WIDTH)
        links_width = _clamp(_LINKS_WIDTH - (excess - excess // 2) + change.links, room - list_width)
        return Layout(frozenset(Pane), list_width, links_width)
    list_width = _clamp(min(_LIST_WIDTH, room) + change.list, room) if has_list else 0
    if focused is Pane.LINKS and width >= _MIN_WINDOW_FOR_OVER:
        links_width = _clamp(min(_OVER_WIDTH, width // 2 + 4) + change.links, width - _MIN_VISIBLE_STORY)
        panes = {Pane.STORY, Pane.LINKS} | ({Pane.LIST} if has_list else set())
        return Layout(frozenset(panes), list_width, links_width, links_over_story=True)
    return Layout(frozenset({Pane.LIST, Pane.STORY} if has_list else {focused}), list_width, 0)


def _clamp(cells: int, available: int) -> int:
    return max(_MIN_SIDE_WIDTH, min(cells, available))


_MAX_DIGITS = 4
"""Digits of a stored width; a longer value is damaged."""


class Panes(Horizontal):
    """The widgets of list, story and links. The reading screen fills them."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(id="panes")
        self.story_list = IssueList(id="list")
        self.story_view = StoryView(id="story")
        self.link_list = LinkList(id="links")
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
        yield self.link_list

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
        return self.link_list.has_class("-over")

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

    @property
    def has_room_for_links(self) -> bool:
        """True if the links fit beside list and story."""
        return len(self._choose_layout(links=True).panes) == len(Pane)

    def widen(self, cells: int) -> str:
        """Make the text or the focused side pane wider by some cells; return a sentence about what happened."""
        return self._widen_text(cells) if self.pane is Pane.STORY else self._widen_side_pane(cells)

    def _widen_text(self, cells: int) -> str:
        room = self._window_width - TEXT_MARGINS
        wanted = min(self.measure, room) + cells
        if room < MIN_TEXT_WIDTH:
            return f"This window has room for only {self.story_view.text_width} columns of text"
        if wanted > min(room, MAX_TEXT_WIDTH) and room <= MAX_TEXT_WIDTH:
            return f"This window has room for only {room} columns of text"
        self.set_measure(wanted)
        limit = {MIN_TEXT_WIDTH: " (the narrowest)", MAX_TEXT_WIDTH: " (the widest)"}
        return f"Text width: {self.measure} columns{limit.get(self.measure, '')}"

    def _widen_side_pane(self, cells: int) -> str:
        other = Pane.LINKS if self.pane is Pane.LIST else Pane.LIST
        shown, usual = self._choose_layout(), self._choose_layout(widths=Widths())
        if not shown.get_width(self.pane):
            return "This pane fills the window"
        changes = {pane: shown.get_width(pane) - usual.get_width(pane) for pane in (self.pane, other)}
        # Where both panes fill their room, the other one gives way.
        for change in ({self.pane: cells}, {self.pane: cells, other: -cells}):
            widths = self.widths._replace(**{pane.value: changes[pane] + more for pane, more in change.items()})
            layout = self._choose_layout(widths=widths)
            if layout.get_width(self.pane) != shown.get_width(self.pane):
                self.widths = widths
                self.apply_layout()
                return f"{self.pane.value.capitalize()} width: {layout.get_width(self.pane)} columns"
        return f"This pane is as {'wide' if cells > 0 else 'narrow'} as it can be"

    def set_measure(self, cells: int) -> None:
        """Set the width of the text in cells, within its limits."""
        self.measure = min(MAX_TEXT_WIDTH, max(MIN_TEXT_WIDTH, cells))
        self.story_view.set_text_width(self.measure)
        self.apply_layout()

    def apply_layout(self) -> None:
        """Show and size the panes for the width of the window."""
        layout = self._choose_layout()
        panel = self.link_list
        self.story_list.display = Pane.LIST in layout.panes
        self.story_view.display = Pane.STORY in layout.panes
        panel.display = Pane.LINKS in layout.panes
        panel.set_class(layout.links_over_story, "-over")
        self.set_class(len(layout.panes) == 1, "-single")
        for pane, widget in zip(Pane, (self.story_list, self.story_view, panel), strict=True):
            widget.set_class(pane is self.pane, "-active")
        self.story_list.styles.width = layout.list_width or "1fr"
        panel.styles.width = layout.links_width or "1fr"

    @property
    def _window_width(self) -> int:
        return self.screen.size.width or self.app.size.width

    def _choose_layout(self, *, widths: Widths | None = None, links: bool | None = None) -> Layout:
        return choose_layout(
            self._window_width,
            self.pane,
            zen=self.is_zen,
            links=not self._links_hidden if links is None else links,
            measure=self.measure,
            widths=widths or self.widths,
        )
