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

from importai_tui.library.rows import IssueHead, StoryHead
from importai_tui.model import Issue, Story, short_title
from importai_tui.tui.text import Pen, cut, long_date, short_date

_MOST_TAGS = 12
"""Tags in the line: more would push the story out of a small window. The tag dialog has them all."""


def format_byline(issue: Issue, story: Story, tags: Sequence[str] = ()) -> str:
    """Return reference, date, reading time, section, series and tags, as far as the story has them."""
    where = f"{issue.ref}/{story.position}" if issue.number is not None else ""
    here = where or f"{story.position} of {len(issue.stories)}"
    date = long_date(issue.date) if issue.date else ""
    parts = (here, date, f"{story.minutes} min", story.section, story.series, _format_tags(tags))
    return "   ".join(part for part in parts if part)


def _format_tags(tags: Sequence[str]) -> str:
    more = len(tags) - _MOST_TAGS
    return " ".join([*(f"#{tag}" for tag in tags[:_MOST_TAGS]), *([f"+{more}"] if more > 0 else [])])


READ_CELL, UNREAD_CELL, HERE_CELL = "·", "•", "◆"
"""The list's own signs; every monospaced font has them, which is not so of the hollow bars."""
_LONGEST_STRIP = 16
"""Cells; an issue with more stories is told by its numbers alone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the header tells: where the reader is, and how much is unread in all."""

    issue: IssueHead | None = None
    stories: tuple[StoryHead, ...] = ()
    position: int = 0
    unread: int = 0
    guide: bool = False


class Header(Widget):
    """One line on the panel shade."""

    standing: reactive[Standing] = reactive(Standing())
    """What to tell; set from above."""

    def render(self) -> Content:
        """The line at the present width."""
        return draw_header(self.standing, self.size.width)


def draw_header(standing: Standing, width: int) -> Content:
    """The header in `width` cells: the title gives way first, then the strip, then the name."""
    name = "Import AI" + (" · guide" if standing.guide else "")
    unread = f"{standing.unread} unread" if standing.unread else "all read"
    head = standing.issue
    if head is None:
        return Pen().write("  ").write(cut(name, width - 2), "bold").content()
    strip = _strip(standing.stories, standing.position)
    number = str(head.number) if head.number is not None else short_date(head.date) if head.date else ""
    room = width - 4 - cell_len(unread) - 3
    pen = Pen().write("  ")
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
    pen.write(cut(short_title(head.title), room), "$muted")
    if strip:
        pen.write("   ").add(strip)
    return pen.write("   ").write(unread, "$muted").content()


def _strip(stories: Sequence[StoryHead], position: int) -> Content:
    pen = Pen()
    if len(stories) > _LONGEST_STRIP:
        return pen.write(f"{position}/{len(stories)}", "$mark").content()
    for story in stories:
        if story.position == position:
            pen.write(HERE_CELL, "$mark")
        elif story.read:
            pen.write(READ_CELL, "$muted")
        else:
            pen.write(UNREAD_CELL, "$mark")
    return pen.content()
