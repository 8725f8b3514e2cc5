"""The header line: newsletter, open issue or story, a strip with a cell for each story, unread count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import shorten_title
from importai_tui.tui.text import ContentBuilder, format_short_date, truncate
from importai_tui.tui.widgets.issue_list import STAR_SIGN

READ_CELL, UNREAD_CELL, CURRENT_CELL = "·", "•", "◆"
"""Signs of the issue list, because every monospaced font has them; hollow bars are missing in some."""
_WIDE = 80
"""Cells from which percentage and unread stories fit beside a title."""
_MAX_STRIP = 16
"""Cells; an issue with more stories shows a position and a number."""


class HeaderState(NamedTuple):
    """The content of the header: the open issue and story, and the number of unread stories in all.

    `headline` is that of the open story once it has scrolled out of view, and `percent` is how far the story is
    scrolled then. Without a headline, the header shows the issue's title.
    """

    issue: IssueRow | None = None
    stories: tuple[StoryRow, ...] = ()
    position: int = 0
    unread: int = 0
    is_guide: bool = False
    headline: str = ""
    percent: int = 0


class Header(Widget):
    """The header line, on the panel background."""

    ALLOW_SELECT = False

    header_state: reactive[HeaderState] = reactive(HeaderState())
    """The content; set by the screen."""

    def render(self) -> Content:
        """Return the line at the present width."""
        return draw_header(self.header_state, self.size.width)


def draw_header(state: HeaderState, width: int) -> Content:
    """Draw the header in `width` cells: the title is shortened first, then the strip goes, then the name.

    In a narrow window the percentage replaces the number of unread stories.
    """
    name = "Import AI" + (" · guide" if state.is_guide else "")
    unread = f"{state.unread} unread" if state.unread else "all read"
    percent = f"{state.percent}%".rjust(4) if state.headline else ""
    state_words = percent if percent and width < _WIDE else "   ".join(filter(None, (percent, unread)))
    issue = state.issue
    if issue is None:
        return ContentBuilder().write("  ").write(truncate(name, width - 2), "bold").build()
    strip = _draw_strip(state.stories, state.position) if state_words != percent else Content("")
    number = str(issue.number) if issue.number is not None else format_short_date(issue.date) if issue.date else ""
    if number and percent:
        number = f"{number}/{state.position}"
    free_width = width - 4 - cell_len(state_words) - 3
    builder = ContentBuilder().write("  ")
    if free_width - cell_len(name) >= 24:
        builder.write(name, "bold").write("   ")
        free_width -= cell_len(name) + 3
    if number:
        builder.write(number, "$muted").write("   ")
        free_width -= cell_len(number) + 3
    if strip and free_width - cell_len(strip.plain) - 3 >= 12:
        free_width -= cell_len(strip.plain) + 3
    else:
        strip = Content("")
    if not state.headline:
        builder.write(truncate(shorten_title(issue.title), free_width), "$muted")
    elif state.stories[state.position - 1].is_starred:
        builder.write(STAR_SIGN, "$second").write(" ").write(truncate(state.headline, free_width - 2))
    else:
        builder.write(truncate(state.headline, free_width))
    if strip:
        builder.write("   ").append(strip)
    return builder.write("   ").write(state_words, "$muted").build()


def _draw_strip(stories: Sequence[StoryRow], position: int) -> Content:
    builder = ContentBuilder()
    if len(stories) > _MAX_STRIP:
        return builder.write(f"{position}/{len(stories)}", "$mark").build()
    for story in stories:
        if story.position == position:
            builder.write(CURRENT_CELL, "$mark")
        elif story.is_read:
            builder.write(READ_CELL, "$muted")
        else:
            builder.write(UNREAD_CELL, "$mark")
    return builder.build()
