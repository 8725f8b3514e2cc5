"""The line at the top: the newsletter, the open issue, a strip with a cell for each story, what is unread.

The byline: the muted line under a headline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import Issue, Story, shorten_title
from importai_tui.tui.text import ContentBuilder, format_long_date, format_short_date, truncate

_MAX_TAGS = 12
"""Tags in the line: more would push the story out of a small window. The tag dialog has them all."""


def format_byline(issue: Issue, story: Story, tags: Sequence[str] = ()) -> str:
    """Return reference, date, reading time, section, series and tags, as far as the story has them."""
    where = f"{issue.ref}/{story.position}" if issue.number is not None else ""
    here = where or f"{story.position} of {len(issue.stories)}"
    date = format_long_date(issue.date) if issue.date else ""
    parts = (here, date, f"{story.reading_minutes} min", story.section, story.series, _format_tags(tags))
    return "   ".join(part for part in parts if part)


def _format_tags(tags: Sequence[str]) -> str:
    more = len(tags) - _MAX_TAGS
    return " ".join([*(f"#{tag}" for tag in tags[:_MAX_TAGS]), *([f"+{more}"] if more > 0 else [])])


READ_CELL, UNREAD_CELL, CURRENT_CELL = "·", "•", "◆"
"""The list's own signs; every monospaced font has them, which is not so of the hollow bars."""
_MAX_STRIP = 16
"""Cells; an issue with more stories is told by its numbers alone."""


@dataclass(frozen=True, slots=True)
class HeaderState:
    """What the header tells: where the reader is, and how much is unread in all."""

    issue: IssueRow | None = None
    stories: tuple[StoryRow, ...] = ()
    position: int = 0
    unread: int = 0
    is_guide: bool = False


class Header(Widget):
    """One line on the panel shade."""

    header_state: reactive[HeaderState] = reactive(HeaderState())
    """What to tell; set from above."""

    def render(self) -> Content:
        """The line at the present width."""
        return draw_header(self.header_state, self.size.width)


def draw_header(state: HeaderState, width: int) -> Content:
    """The header in `width` cells: the title gives way first, then the strip, then the name."""
    name = "Import AI" + (" · guide" if state.is_guide else "")
    unread = f"{state.unread} unread" if state.unread else "all read"
    head = state.issue
    if head is None:
        return ContentBuilder().write("  ").write(truncate(name, width - 2), "bold").build()
    strip = _draw_strip(state.stories, state.position)
    number = str(head.number) if head.number is not None else format_short_date(head.date) if head.date else ""
    room = width - 4 - cell_len(unread) - 3
    pen = ContentBuilder().write("  ")
    if room - cell_len(name) >= 24:
        pen.write(name, "bold").write("   ")
        room -= cell_len(name) + 3
    if number:
        pen.write(number, "$muted").write("   ")
        room -= cell_len(number) + 3
    if strip and room - cell_len(strip.plain) - 3 >= 12:
        room -= cell_len(strip.plain) + 3
    else:
        strip = Content("")
    pen.write(truncate(shorten_title(head.title), room), "$muted")
    if strip:
        pen.write("   ").append(strip)
    return pen.write("   ").write(unread, "$muted").build()


def _draw_strip(stories: Sequence[StoryRow], position: int) -> Content:
    pen = ContentBuilder()
    if len(stories) > _MAX_STRIP:
        return pen.write(f"{position}/{len(stories)}", "$mark").build()
    for story in stories:
        if story.position == position:
            pen.write(CURRENT_CELL, "$mark")
        elif story.is_read:
            pen.write(READ_CELL, "$muted")
        else:
            pen.write(UNREAD_CELL, "$mark")
    return pen.build()
