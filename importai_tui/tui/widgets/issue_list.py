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

from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import shorten_title
from importai_tui.tui.text import ContentBuilder, format_short_date, truncate
from importai_tui.tui.widgets.row_list import RowList

OPEN_BAR = "▌"
"""Runs down the side of the open issue."""
UNREAD_SIGN = "•"
"""Stands before a story that is not read."""
STAR_SIGN = "*"
"""Stands before a story that is starred."""
NOTE_SIGN = "¶"
"""Stands behind a story that has a note; in Latin-1, so every font has it."""
_MARGIN = 3
"""Cells before the number: a gap, the bar, a gap."""
_COUNT_WIDTH = 4
"""Cells of the unread count and the gap after it."""


@dataclass(frozen=True, slots=True)
class SavedSearchRow:
    """A saved search as the list shows it; its counts are None until they are known."""

    name: str
    unread: int | None = None
    stories: int | None = None


def format_issue(issue: str) -> str:
    """An issue in a row: its number with a sign before it, else its slug."""
    return f"#{issue}" if issue.isdecimal() else issue


def draw_saved_search(row: SavedSearchRow, width: int, *, is_open: bool, strong: bool) -> Content:
    """One saved search: its name, and how much of it is unread; where nothing is, how much there is."""
    quiet = "" if row.unread or strong else "$muted"
    pen = ContentBuilder().write(" ").write(OPEN_BAR if is_open else " ", "$mark").write(" ")
    count = row.unread or row.stories
    shown = f"{count:,}" if count else "·" if count == 0 else ""
    room = width - _MARGIN - max(_COUNT_WIDTH, cell_len(shown) + 2)
    name = truncate(row.name, room)
    pen.write(name, "bold" if is_open and row.unread else "" if row.unread is None else quiet)
    pen.write(" " * (width - _MARGIN - cell_len(name) - cell_len(shown) - 1)).write(
        shown, "$mark" if row.unread else "$muted"
    )
    return pen.write(" ").build()


def format_label(head: IssueRow) -> str:
    """What stands in the number's column: the number, else the day, else a dot."""
    if head.number is not None:
        return str(head.number)
    return format_short_date(head.date) if head.date else "·"


def max_label_width(heads: Sequence[IssueRow]) -> int:
    """The cells of the widest one. Of numbers it is that of the highest."""
    days = {head.date: head for head in heads if head.number is None}.values()
    highest = max((head.number or 0 for head in heads), default=0)
    return max((len(str(highest)), *(cell_len(format_label(head)) for head in days)))


def draw_year(year: str, width: int) -> Content:
    """The quiet line above the issues of a year."""
    return (
        ContentBuilder()
        .write(truncate(" " * _MARGIN, _MARGIN) or " " * _MARGIN)
        .write(truncate(year, width - _MARGIN), "$muted")
        .build()
    )


def draw_issue(head: IssueRow, width: int, *, label_width: int, is_open: bool, strong: bool) -> Content:
    """One issue: label, short title, count of unread. `column` is the label's width; `strong` text is never muted."""
    unread = head.unread_count > 0
    quiet = "" if unread or strong else "$muted"
    pen = ContentBuilder().write(" ").write(OPEN_BAR if is_open else " ", "$mark").write(" ")
    pen.write(format_label(head).ljust(label_width), "bold" if unread else quiet).write("  ")
    room = width - _MARGIN - label_width - 2 - _COUNT_WIDTH
    title = truncate(shorten_title(head.title), room)
    pen.write(title, "bold" if is_open and unread else quiet).write(" " * (room - cell_len(title)))
    count = str(head.unread_count) if unread else "·"
    pen.write(count.rjust(_COUNT_WIDTH - 1), "$mark" if unread else quiet).write(" ")
    return pen.build()


def draw_story_row(
    head: StoryRow,
    width: int,
    *,
    label_width: int,
    is_shown: bool,
    strong: bool,
    has_note: bool = False,
    issue: str = "",
) -> Content:
    """One story of what is open: a dot while unread, bold while shown, a sign behind it if it has a note.

    `issue` stands before it where it is not an issue that is open.
    """
    pen = ContentBuilder().write(" ").write(OPEN_BAR, "$mark").write(" ")
    before = f"{truncate(issue, label_width).ljust(label_width)} " if issue else " " * max(0, label_width - 2)
    gap = "" if issue else " "
    sign, colour = (STAR_SIGN, "$second") if head.is_starred else (" ", "")
    pen.write(before, "" if strong else "$muted").write(sign, colour).write(gap)
    pen.write(" " if head.is_read else UNREAD_SIGN, "$mark").write(" ")
    room = width - _MARGIN - len(before) - len(gap) - 4
    style = "bold" if is_shown else "$muted" if head.is_read and not strong else ""
    headline = truncate(head.headline, room - 2 * has_note)
    pen.write(headline, style)
    if has_note:
        pen.write(" " * (room - 1 - cell_len(headline))).write(NOTE_SIGN, "" if strong else "$muted")
    return pen.build()


_MIN_LABEL_WIDTH = 3
"""Cells: most issues have a number of three digits, and a story's dot and star stand under it."""

ListRow = str | SavedSearchRow | IssueRow | StoryRow
"""A year, or a blank; what can be opened; a story of what is open."""


class IssueList(RowList):
    """Shows what it is given and says what the reader points at; it asks no library."""

    class StorySelected(Message):
        """The cursor came to rest on a story."""

        def __init__(self, head: StoryRow) -> None:
            super().__init__()
            self.head = head

    class IssueChosen(Message):
        """Enter or a click on an issue."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    class StoryChosen(Message):
        """Enter or a click on a story."""

        def __init__(self, head: StoryRow) -> None:
            super().__init__()
            self.head = head

    class SavedSearchChosen(Message):
        """Enter or a click on a saved search."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._top_rows: list[str | SavedSearchRow | IssueRow] = []
        self._saved_searches: tuple[SavedSearchRow, ...] = ()
        self._index_by_key: dict[str, int] = {}
        self._label_width = 3
        self._open_index = -1
        self._stories: tuple[StoryRow, ...] = ()
        self._shown_key = ""
        self.keys_with_note: Collection[str] = ()
        """The keys of the stories with a note; set from above."""

    @property
    def row_count(self) -> int:
        """Searches, years, issues and the stories of what is open."""
        return len(self._top_rows) + len(self._stories)

    def show_issues(self, heads: Sequence[IssueRow], *, with_searches: bool = True) -> None:
        """Fills the list, newest first as given; what is open stays open if it is still there.

        `standing`: with the saved searches above them.
        """
        opened = self._row_key(self._top_rows[self._open_index]) if self._open_index >= 0 else None
        self._top_rows = [*self._saved_searches, ""] if self._saved_searches and heads and with_searches else []
        self._index_by_key = {self._row_key(row): at for at, row in enumerate(self._top_rows) if row}
        year = None
        for head in heads:
            # An undated issue stands among its numbered neighbours, and so in their year.
            if head.date and head.date[:4] != year:
                year = head.date[:4]
                self._top_rows.append(year)
            self._index_by_key[head.ref] = len(self._top_rows)
            self._top_rows.append(head)
        self._label_width = max(_MIN_LABEL_WIDTH, max_label_width(heads))
        self._open_index = self._index_by_key.get(opened, -1) if opened else -1
        if self._open_index < 0:
            self._stories = ()
        self.refresh_rows()

    def show_saved_searches(self, rows: Sequence[SavedSearchRow]) -> None:
        """Shows these saved searches, or new counts of those that are shown."""
        before, self._saved_searches = self._saved_searches, tuple(rows)
        if [row.name for row in before] == [row.name for row in rows]:
            if self._top_rows:
                self._top_rows[: len(before)] = rows
            self.refresh()
            return
        with self.keep_scroll():
            self.show_issues([row for row in self._top_rows if isinstance(row, IssueRow)])

    @staticmethod
    def _row_key(row: ListRow) -> str:
        """What a row is called that can be opened. No reference of an issue begins with a blank."""
        return f" {row.name}" if isinstance(row, SavedSearchRow) else row.ref if isinstance(row, IssueRow) else ""

    @contextmanager
    def keep_scroll(self) -> Iterator[None]:
        """While rows come and go, the cursor stays on its item, and what the reader looks at on its line.

        That is the item under the cursor, or the first in view where the cursor is out of sight. A list that stands at
        its very top stays there, so that what is new is seen, as long as the cursor stays in sight.
        """
        if not self._top_rows:
            yield
            return
        top, height = round(self.scroll_y), self.size.height
        cursor = min(self.cursor, self.row_count - 1)
        pointed = self.get_row(cursor)
        # Not a year: it is no item, and may come to stand above others.
        seen = cursor if top <= cursor < top + height else self._nearest_selectable(top, 1)
        anchor = self.get_row(seen)
        yield
        self.cursor = self._find_row(pointed, cursor)
        if top == 0 and self.cursor < height:
            return
        self.scroll_to(y=self._find_row(anchor, seen) - (seen - top), animate=False, immediate=True)

    def update_issue(self, head: IssueRow) -> None:
        """Draws one issue's row anew."""
        at = self._index_by_key.get(head.ref)
        if at is not None:
            self._top_rows[at] = head
            self.refresh_row(self._row_number(at))

    def expand_issue(self, ref: str, stories: Sequence[StoryRow], shown: str) -> None:
        """Opens an issue: its stories stand beneath it, the one with the key `shown` marked as the shown one."""
        self._expand_row(ref, stories, shown)

    def expand_saved_search(self, name: str, stories: Sequence[StoryRow], shown: str) -> None:
        """The same for a saved search."""
        self._expand_row(f" {name}", stories, shown)

    def _expand_row(self, name: str, stories: Sequence[StoryRow], shown: str) -> None:
        same = self._open_index == self._index_by_key.get(name, -1) and len(stories) == len(self._stories)
        self._open_index = self._index_by_key.get(name, -1)
        self._stories = tuple(stories) if self._open_index >= 0 else ()
        self._shown_key = shown
        if same:
            self.refresh()
        else:
            self.refresh_rows()

    @property
    def selected_issue(self) -> IssueRow | None:
        """The issue whose own row is under the cursor, while the list has the focus."""
        at = self.get_row(self.cursor) if self.has_focus and self.cursor < self.row_count else None
        return at if isinstance(at, IssueRow) else None

    @property
    def selected_search(self) -> str | None:
        """The name of the saved search whose own row is under the cursor, while the list has the focus."""
        at = self.get_row(self.cursor) if self.has_focus and self.cursor < self.row_count else None
        return at.name if isinstance(at, SavedSearchRow) else None

    def select_story(self, key: str) -> None:
        """Puts the cursor on a story of what is open without telling anyone."""
        here = (at for at, story in enumerate(self._stories, 1) if story.key == key)
        if at := next(here, None):
            self.move_cursor_to(self._open_index + at, notify=False)

    def scroll_to_row(self, row: int) -> None:
        """Keeps what is open in view as a whole where it fits, and the year above the first issue with it."""
        last = self._open_index + len(self._stories)
        if self._open_index <= row <= last and last - self._open_index < self.size.height - 2:
            super().scroll_to_row(last)
            super().scroll_to_row(self._open_index)
        if 0 < row < self.row_count and isinstance(self.get_row(row - 1), str):
            super().scroll_to_row(row - 1)
        super().scroll_to_row(row)

    def get_row(self, row: int) -> ListRow:
        """What stands in a row."""
        if row <= self._open_index or self._open_index < 0:
            return self._top_rows[row]
        inside = row - self._open_index - 1
        if inside < len(self._stories):
            return self._stories[inside]
        return self._top_rows[row - len(self._stories)]

    def _row_number(self, at: int) -> int:
        """The row of what stands at that place of the list without the stories of what is open."""
        return at if at <= self._open_index else at + len(self._stories)

    def _find_row(self, item: ListRow, before: int) -> int:
        """The row of an item that stood in row `before`; of one that is gone, the nearest where the cursor can rest."""
        rows: Iterator[int]
        match item:
            case StoryRow(key=key):
                rows = (self._open_index + 1 + n for n, story in enumerate(self._stories) if story.key == key)
            case IssueRow(slug=slug):
                heads = ((at, row) for at, row in enumerate(self._top_rows) if isinstance(row, IssueRow))
                rows = (self._row_number(at) for at, head in heads if head.slug == slug)
            case SavedSearchRow(name=name):
                rows = iter(
                    [self._row_number(self._index_by_key[f" {name}"])] if f" {name}" in self._index_by_key else []
                )
            case str():
                rows = iter(())
        return next(rows, self._nearest_selectable(before, -1))

    def is_selectable(self, row: int) -> bool:
        """Anywhere but on a year."""
        return super().is_selectable(row) and not isinstance(self.get_row(row), str)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        here = row == self.cursor and self.has_focus
        match self.get_row(row):
            case str(year):
                return [draw_year(year, width)]
            case SavedSearchRow() as search:
                return [draw_saved_search(search, width, is_open=row == self._open_index, strong=here)]
            case IssueRow() as head:
                return [
                    draw_issue(head, width, label_width=self._label_width, is_open=row == self._open_index, strong=here)
                ]
            case StoryRow() as head:
                return [
                    draw_story_row(
                        head,
                        width,
                        label_width=self._label_width,
                        is_shown=head.key == self._shown_key,
                        strong=here,
                        has_note=head.key in self.keys_with_note,
                        issue=head.ref.rpartition("/")[0]
                        if isinstance(self._top_rows[self._open_index], SavedSearchRow)
                        else "",
                    )
                ]

    def row_style(self, row: int) -> str:
        """The shown story lies on the panel shade, the cursor on a stronger one."""
        ground = super().row_style(row)
        at = self.get_row(row)
        if not ground and isinstance(at, StoryRow) and at.key == self._shown_key:
            return "on $panel"
        return ground

    def handle_cursor_move(self) -> None:
        """Tells which story is pointed at."""
        at = self.get_row(self.cursor)
        if isinstance(at, StoryRow):
            self.post_message(self.StorySelected(at))

    def handle_choice(self) -> None:
        """Tells what was chosen."""
        match self.get_row(self.cursor) if self.row_count else "":
            case IssueRow() as head:
                self.post_message(self.IssueChosen(head.ref))
            case StoryRow() as head:
                self.post_message(self.StoryChosen(head))
            case SavedSearchRow(name=name):
                self.post_message(self.SavedSearchChosen(name))
            case _:
                pass
