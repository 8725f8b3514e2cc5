"""How one row of the issue list is drawn. Pure: values in, a Content out, widths in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from importai_tui.issue import short_title
from importai_tui.library import IssueHead, StoryHead
from importai_tui.tui.look.dates import short_date
from importai_tui.tui.look.literal import Pen, cut

BAR = "▌"
"""Runs down the side of the open issue."""
UNREAD = "•"
"""Stands before a story that is not read."""
STAR = "*"
"""Stands before a story that is starred."""
NOTED = "¶"
"""Stands behind a story that has a note; in Latin-1, so every font has it."""
_MARGIN = 3
"""Cells before the number: a gap, the bar, a gap."""
_COUNT = 4
"""Cells of the unread count and the gap after it."""


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A saved search as the list shows it; its counts are None until they are known."""

    name: str
    unread: int | None = None
    stories: int | None = None


def named(issue: str) -> str:
    """An issue in a row: its number with a sign before it, else its slug."""
    return f"#{issue}" if issue.isdecimal() else issue


def draw_standing(row: StandingRow, width: int, *, opened: bool, strong: bool) -> Content:
    """One saved search: its name, and how much of it is unread; where nothing is, how much there is."""
    quiet = "" if row.unread or strong else "$muted"
    pen = Pen().write(" ").write(BAR if opened else " ", "$mark").write(" ")
    count = row.unread or row.stories
    shown = f"{count:,}" if count else "·" if count == 0 else ""
    room = width - _MARGIN - max(_COUNT, cell_len(shown) + 2)
    name = cut(row.name, room)
    pen.write(name, "bold" if opened and row.unread else "" if row.unread is None else quiet)
    pen.write(" " * (width - _MARGIN - cell_len(name) - cell_len(shown) - 1)).write(
        shown, "$mark" if row.unread else "$muted"
    )
    return pen.write(" ").content()


def label_of(head: IssueHead) -> str:
    """What stands in the number's column: the number, else the day, else a dot."""
    if head.number is not None:
        return str(head.number)
    return short_date(head.date) if head.date else "·"


def widest_label(heads: Sequence[IssueHead]) -> int:
    """The cells of the widest one. Of numbers it is that of the highest."""
    days = {head.date: head for head in heads if head.number is None}.values()
    highest = max((head.number or 0 for head in heads), default=0)
    return max((len(str(highest)), *(cell_len(label_of(head)) for head in days)))


def draw_year(year: str, width: int) -> Content:
    """The quiet line above the issues of a year."""
    return (
        Pen().write(cut(" " * _MARGIN, _MARGIN) or " " * _MARGIN).write(cut(year, width - _MARGIN), "$muted").content()
    )


def draw_issue(head: IssueHead, width: int, *, column: int, opened: bool, strong: bool) -> Content:
    """One issue: label, short title, count of unread. `column` is the label's width; `strong` text is never muted."""
    unread = head.unread > 0
    quiet = "" if unread or strong else "$muted"
    pen = Pen().write(" ").write(BAR if opened else " ", "$mark").write(" ")
    pen.write(label_of(head).ljust(column), "bold" if unread else quiet).write("  ")
    room = width - _MARGIN - column - 2 - _COUNT
    title = cut(short_title(head.title), room)
    pen.write(title, "bold" if opened and unread else quiet).write(" " * (room - cell_len(title)))
    count = str(head.unread) if unread else "·"
    pen.write(count.rjust(_COUNT - 1), "$mark" if unread else quiet).write(" ")
    return pen.content()


def draw_story_row(
    head: StoryHead, width: int, *, column: int, shown: bool, strong: bool, noted: bool = False, issue: str = ""
) -> Content:
    """One story of what is open: a dot while unread, bold while shown, a sign behind it if it has a note.

    `issue` stands before it where it is not an issue that is open.
    """
    pen = Pen().write(" ").write(BAR, "$mark").write(" ")
    before = f"{cut(issue, column).ljust(column)} " if issue else " " * max(0, column - 2)
    gap = "" if issue else " "
    sign, colour = (STAR, "$second") if head.starred else (" ", "")
    pen.write(before, "" if strong else "$muted").write(sign, colour).write(gap)
    pen.write(" " if head.read else UNREAD, "$mark").write(" ")
    room = width - _MARGIN - len(before) - len(gap) - 4
    style = "bold" if shown else "$muted" if head.read and not strong else ""
    headline = cut(head.headline, room - 2 * noted)
    pen.write(headline, style)
    if noted:
        pen.write(" " * (room - 1 - cell_len(headline))).write(NOTED, "" if strong else "$muted")
    return pen.content()
