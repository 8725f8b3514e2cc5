"""The left pane: saved searches, then issues by year, newest first; the open one with its stories beneath it.

How one row of the issue list is drawn. Pure: values in, a Content out, widths in terminal cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.library.rows import IssueHead, StoryHead
from importai_tui.model import short_title
from importai_tui.tui.text import Pen, cut, short_date
from importai_tui.tui.widgets.row_list import RowList

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


_NARROWEST_LABEL = 3
"""Cells: most issues have a number of three digits, and a story's dot and star stand under it."""

Row = str | StandingRow | IssueHead | StoryHead
"""A year, or a blank; what can be opened; a story of what is open."""


class IssueList(RowList):
    """Shows what it is given and says what the reader points at; it asks no library."""

    class StoryPointed(Message):
        """The cursor came to rest on a story."""

        def __init__(self, head: StoryHead) -> None:
            super().__init__()
            self.head = head

    class IssueChosen(Message):
        """Enter or a click on an issue."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    class StoryChosen(Message):
        """Enter or a click on a story."""

        def __init__(self, head: StoryHead) -> None:
            super().__init__()
            self.head = head

    class StandingChosen(Message):
        """Enter or a click on a saved search."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._base: list[str | StandingRow | IssueHead] = []
        self._standing: tuple[StandingRow, ...] = ()
        self._row_of: dict[str, int] = {}
        self._column = 3
        self._opened = -1
        self._stories: tuple[StoryHead, ...] = ()
        self._shown = ""
        self.noted: Collection[str] = ()
        """The keys of the stories with a note; set from above."""

    @property
    def row_count(self) -> int:
        """Searches, years, issues and the stories of what is open."""
        return len(self._base) + len(self._stories)

    def show_issues(self, heads: Sequence[IssueHead], *, standing: bool = True) -> None:
        """Fills the list, newest first as given; what is open stays open if it is still there.

        `standing`: with the saved searches above them.
        """
        opened = self._called(self._base[self._opened]) if self._opened >= 0 else None
        self._base = [*self._standing, ""] if self._standing and heads and standing else []
        self._row_of = {self._called(row): at for at, row in enumerate(self._base) if row}
        year = None
        for head in heads:
            # An undated issue stands among its numbered neighbours, and so in their year.
            if head.date and head.date[:4] != year:
                year = head.date[:4]
                self._base.append(year)
            self._row_of[head.ref] = len(self._base)
            self._base.append(head)
        self._column = max(_NARROWEST_LABEL, widest_label(heads))
        self._opened = self._row_of.get(opened, -1) if opened else -1
        if self._opened < 0:
            self._stories = ()
        self.rows_changed()

    def show_standing(self, rows: Sequence[StandingRow]) -> None:
        """Shows these saved searches, or new counts of those that are shown."""
        before, self._standing = self._standing, tuple(rows)
        if [row.name for row in before] == [row.name for row in rows]:
            if self._base:
                self._base[: len(before)] = rows
            self.refresh()
            return
        with self.held():
            self.show_issues([row for row in self._base if isinstance(row, IssueHead)])

    @staticmethod
    def _called(row: Row) -> str:
        """What a row is called that can be opened. No reference of an issue begins with a blank."""
        return f" {row.name}" if isinstance(row, StandingRow) else row.ref if isinstance(row, IssueHead) else ""

    @contextmanager
    def held(self) -> Iterator[None]:
        """While rows come and go, the cursor stays on its item, and what the reader looks at on its line.

        That is the item under the cursor, or the first in view where the cursor is out of sight. A list that stands at
        its very top stays there, so that what is new is seen, as long as the cursor stays in sight.
        """
        if not self._base:
            yield
            return
        top, height = round(self.scroll_y), self.size.height
        cursor = min(self.cursor, self.row_count - 1)
        pointed = self.row_at(cursor)
        # Not a year: it is no item, and may come to stand above others.
        seen = cursor if top <= cursor < top + height else self._nearest(top, 1)
        anchor = self.row_at(seen)
        yield
        self.cursor = self._row_like(pointed, cursor)
        if top == 0 and self.cursor < height:
            return
        self.scroll_to(y=self._row_like(anchor, seen) - (seen - top), animate=False, immediate=True)

    def show_issue(self, head: IssueHead) -> None:
        """Draws one issue's row anew."""
        at = self._row_of.get(head.ref)
        if at is not None:
            self._base[at] = head
            self.refresh_row(self._row(at))

    def unfold(self, ref: str, stories: Sequence[StoryHead], shown: str) -> None:
        """Opens an issue: its stories stand beneath it, the one with the key `shown` marked as the shown one."""
        self._unfold(ref, stories, shown)

    def unfold_standing(self, name: str, stories: Sequence[StoryHead], shown: str) -> None:
        """The same for a saved search."""
        self._unfold(f" {name}", stories, shown)

    def _unfold(self, name: str, stories: Sequence[StoryHead], shown: str) -> None:
        same = self._opened == self._row_of.get(name, -1) and len(stories) == len(self._stories)
        self._opened = self._row_of.get(name, -1)
        self._stories = tuple(stories) if self._opened >= 0 else ()
        self._shown = shown
        if same:
            self.refresh()
        else:
            self.rows_changed()

    @property
    def issue_pointed(self) -> IssueHead | None:
        """The issue whose own row is under the cursor, while the list has the focus."""
        at = self.row_at(self.cursor) if self.has_focus and self.cursor < self.row_count else None
        return at if isinstance(at, IssueHead) else None

    @property
    def standing_pointed(self) -> str | None:
        """The name of the saved search whose own row is under the cursor, while the list has the focus."""
        at = self.row_at(self.cursor) if self.has_focus and self.cursor < self.row_count else None
        return at.name if isinstance(at, StandingRow) else None

    def point_at(self, key: str) -> None:
        """Puts the cursor on a story of what is open without telling anyone."""
        here = (at for at, story in enumerate(self._stories, 1) if story.key == key)
        if at := next(here, None):
            self.put_cursor(self._opened + at, tell=False)

    def show_row(self, row: int) -> None:
        """Keeps what is open in view as a whole where it fits, and the year above the first issue with it."""
        last = self._opened + len(self._stories)
        if self._opened <= row <= last and last - self._opened < self.size.height - 2:
            super().show_row(last)
            super().show_row(self._opened)
        if 0 < row < self.row_count and isinstance(self.row_at(row - 1), str):
            super().show_row(row - 1)
        super().show_row(row)

    def row_at(self, row: int) -> Row:
        """What stands in a row."""
        if row <= self._opened or self._opened < 0:
            return self._base[row]
        inside = row - self._opened - 1
        if inside < len(self._stories):
            return self._stories[inside]
        return self._base[row - len(self._stories)]

    def _row(self, at: int) -> int:
        """The row of what stands at that place of the list without the stories of what is open."""
        return at if at <= self._opened else at + len(self._stories)

    def _row_like(self, item: Row, before: int) -> int:
        """The row of an item that stood in row `before`; of one that is gone, the nearest where the cursor can rest."""
        rows: Iterator[int]
        match item:
            case StoryHead(key=key):
                rows = (self._opened + 1 + n for n, story in enumerate(self._stories) if story.key == key)
            case IssueHead(slug=slug):
                heads = ((at, row) for at, row in enumerate(self._base) if isinstance(row, IssueHead))
                rows = (self._row(at) for at, head in heads if head.slug == slug)
            case StandingRow(name=name):
                rows = iter([self._row(self._row_of[f" {name}"])] if f" {name}" in self._row_of else [])
            case str():
                rows = iter(())
        return next(rows, self._nearest(before, -1))

    def can_stop_at(self, row: int) -> bool:
        """Anywhere but on a year."""
        return super().can_stop_at(row) and not isinstance(self.row_at(row), str)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        here = row == self.cursor and self.has_focus
        match self.row_at(row):
            case str(year):
                return [draw_year(year, width)]
            case StandingRow() as search:
                return [draw_standing(search, width, opened=row == self._opened, strong=here)]
            case IssueHead() as head:
                return [draw_issue(head, width, column=self._column, opened=row == self._opened, strong=here)]
            case StoryHead() as head:
                return [
                    draw_story_row(
                        head,
                        width,
                        column=self._column,
                        shown=head.key == self._shown,
                        strong=here,
                        noted=head.key in self.noted,
                        issue=head.ref.rpartition("/")[0] if isinstance(self._base[self._opened], StandingRow) else "",
                    )
                ]

    def row_style(self, row: int) -> str:
        """The shown story lies on the panel shade, the cursor on a stronger one."""
        ground = super().row_style(row)
        at = self.row_at(row)
        if not ground and isinstance(at, StoryHead) and at.key == self._shown:
            return "on $panel"
        return ground

    def cursor_moved(self) -> None:
        """Tells which story is pointed at."""
        at = self.row_at(self.cursor)
        if isinstance(at, StoryHead):
            self.post_message(self.StoryPointed(at))

    def row_chosen(self) -> None:
        """Tells what was chosen."""
        match self.row_at(self.cursor) if self.row_count else "":
            case IssueHead() as head:
                self.post_message(self.IssueChosen(head.ref))
            case StoryHead() as head:
                self.post_message(self.StoryChosen(head))
            case StandingRow(name=name):
                self.post_message(self.StandingChosen(name))
            case _:
                pass
