"""The left pane: issues by year, newest first, the open one with its stories beneath it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.library import IssueHead, StoryHead
from importai_tui.tui.list_rows import draw_issue, draw_story_row, draw_year, label_of
from importai_tui.tui.row_list import RowList

_NARROWEST_LABEL = 3
"""Cells: most issues have a number of three digits, and a story's dot and star stand under it."""

Row = str | IssueHead | StoryHead


class IssueList(RowList):
    """Shows what it is given and says what the reader points at; it asks no library."""

    class StoryPointed(Message):
        """The cursor came to rest on a story."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    class IssueChosen(Message):
        """Enter or a click on an issue."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    class StoryChosen(Message):
        """Enter or a click on a story."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._base: list[str | IssueHead] = []
        self._row_of: dict[str, int] = {}
        self._column = 3
        self._opened = -1
        self._stories: tuple[StoryHead, ...] = ()
        self._shown = 0
        self.noted: Collection[str] = ()
        """The keys of the stories with a note; set from above."""

    @property
    def row_count(self) -> int:
        """Years, issues and the open issue's stories."""
        return len(self._base) + len(self._stories)

    def show_issues(self, heads: Sequence[IssueHead]) -> None:
        """Fills the list, newest first as given; the open issue stays open if it is still there."""
        opened = self._base[self._opened] if self._opened >= 0 else None
        self._base, self._row_of = [], {}
        year = None
        for head in heads:
            # An undated issue stands among its numbered neighbours, and so in their year.
            if head.date and head.date[:4] != year:
                year = head.date[:4]
                self._base.append(year)
            self._row_of[head.ref] = len(self._base)
            self._base.append(head)
        self._column = max((_NARROWEST_LABEL, *(cell_len(label_of(head)) for head in heads)))
        self._opened = self._row_of.get(opened.ref, -1) if isinstance(opened, IssueHead) else -1
        if self._opened < 0:
            self._stories = ()
        self.rows_changed()

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

    def unfold(self, ref: str, stories: Sequence[StoryHead], shown: int) -> None:
        """Opens an issue: its stories stand beneath it, the one at position `shown` marked as the shown one."""
        same = self._opened == self._row_of.get(ref, -1) and len(stories) == len(self._stories)
        self._opened = self._row_of.get(ref, -1)
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

    def point_at(self, position: int) -> None:
        """Puts the cursor on a story of the open issue without telling anyone."""
        if self._opened >= 0:
            self.put_cursor(self._opened + position, tell=False)

    def show_row(self, row: int) -> None:
        """Keeps the open issue in view as a whole where it fits, and the year above the first issue with it."""
        last = self._opened + len(self._stories)
        if self._opened <= row <= last and last - self._opened < self.size.height - 2:
            super().show_row(last)
            super().show_row(self._opened)
        super().show_row(0 if row == 1 else row)

    def row_at(self, row: int) -> Row:
        """What stands in a row: a year, an issue or a story."""
        if row <= self._opened or self._opened < 0:
            return self._base[row]
        inside = row - self._opened - 1
        if inside < len(self._stories):
            return self._stories[inside]
        return self._base[row - len(self._stories)]

    def _row(self, at: int) -> int:
        """The row of what stands at that place of the list without the open issue's stories."""
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
            case IssueHead() as head:
                return [draw_issue(head, width, column=self._column, opened=row == self._opened, strong=here)]
            case StoryHead() as head:
                shown = head.position == self._shown
                noted = head.key in self.noted
                return [draw_story_row(head, width, column=self._column, shown=shown, strong=here, noted=noted)]

    def row_style(self, row: int) -> str:
        """The shown story lies on the panel shade, the cursor on a stronger one."""
        ground = super().row_style(row)
        at = self.row_at(row)
        if not ground and isinstance(at, StoryHead) and at.position == self._shown:
            return "on $panel"
        return ground

    def cursor_moved(self) -> None:
        """Tells which story is pointed at."""
        at = self.row_at(self.cursor)
        if isinstance(at, StoryHead):
            self.post_message(self.StoryPointed(at.position))

    def row_chosen(self) -> None:
        """Tells what was chosen."""
        match self.row_at(self.cursor) if self.row_count else "":
            case IssueHead() as head:
                self.post_message(self.IssueChosen(head.ref))
            case StoryHead() as head:
                self.post_message(self.StoryChosen(head.position))
            case _:
                pass
