"""The left pane: saved searches, then issues by year, newest first; the open row with its stories beneath it.

The `draw_…` functions are pure and return a Content; widths are in terminal cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import shorten_title
from importai_tui.tui.text import ContentBuilder, format_short_date, truncate, truncate_around
from importai_tui.tui.widgets.row_list import RowList

OPEN_BAR = "▌"
"""Beside the open issue and its stories."""
UNREAD_SIGN = "•"
"""Before an unread story."""
STAR_SIGN = "★"
"""Before a starred story; it is text, no emoji."""
NOTE_SIGN = "¶"
"""After a story with a note; it is in Latin-1, so every font has it."""
_MARGIN = 3
"""Cells before the number: a gap, the bar, a gap."""
_COUNT_WIDTH = 4
"""Cells of the unread count and the gap after it."""
_MIN_LABEL_WIDTH = 3
"""Cells: most issue numbers have three digits, and a story's dot and star are beneath them."""

_MAX_DRAWN_ROWS = 256
"""Drawn rows that are cached: more than two screens have."""
_NO_DATE = "No date"
"""Stands above issues without a date that are below all dated ones."""


class SavedSearchRow(NamedTuple):
    """A row of a saved search; its counts are None until they are known. Without `stories`, only `unread` is drawn."""

    name: str
    unread: int | None = None
    stories: int | None = None


ListRow = str | SavedSearchRow | IssueRow | StoryRow
"""A year, `_NO_DATE` or a blank; a row that can be opened; a story of the open row."""


class IssueList(RowList):
    """The list of issues. It shows what it is given, posts what the user selects, and asks no library."""

    class StorySelected(Message):
        """The cursor came to rest on a story."""

        def __init__(self, story: StoryRow) -> None:
            super().__init__()
            self.story = story

    class IssueChosen(Message):
        """The user pressed Enter on an issue, or clicked it."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    class StoryChosen(Message):
        """The user pressed Enter on a story, or clicked it."""

        def __init__(self, story: StoryRow) -> None:
            super().__init__()
            self.story = story

    class SavedSearchChosen(Message):
        """The user pressed Enter on a saved search, or clicked it."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._top_rows: list[str | SavedSearchRow | IssueRow] = []
        self._saved_searches: tuple[SavedSearchRow, ...] = ()
        self._has_searches = True
        self._index_by_key: dict[str, int] = {}
        self._label_width = 3
        self._open_index = -1
        self._stories: tuple[StoryRow, ...] = ()
        """The rows beneath the open row; empty while it is folded."""
        self._folded_stories: tuple[StoryRow, ...] = ()
        self._shown_key = ""
        self.keys_with_note: Collection[str] = ()
        """The keys of the stories with a note; set by the screen."""
        self.filter_words = ""
        """The words of the filter, which every row shows if its title has them; set by the screen."""

    @property
    def row_count(self) -> int:
        """The number of searches, years, issues and stories of the open row."""
        return len(self._top_rows) + len(self._stories)

    def show_issues(self, issues: Sequence[IssueRow], *, with_searches: bool = True) -> None:
        """Fill the list with issues, newest first; the open row stays open if it is still there.

        Without `with_searches`, the saved searches above the issues are hidden.
        """
        open_key = self._row_key(self._top_rows[self._open_index]) if self._open_index >= 0 else None
        self._has_searches = with_searches
        self._top_rows = [*self._saved_searches, ""] if self._saved_searches and issues and with_searches else []
        self._index_by_key = {self._row_key(row): index for index, row in enumerate(self._top_rows) if row}
        heading = ""
        last_dated = max((index for index, issue in enumerate(issues) if issue.date), default=len(issues))
        for index, issue in enumerate(issues):
            # Undated issues among dated ones belong to their year; those below may be of any year.
            own = issue.date[:4] if issue.date else _NO_DATE if index > last_dated else heading
            if own != heading:
                heading = own
                self._top_rows.append(heading)
            self._index_by_key[issue.ref] = len(self._top_rows)
            self._top_rows.append(issue)
        self._label_width = max(_MIN_LABEL_WIDTH, max_label_width(issues))
        self._open_index = self._index_by_key.get(open_key, -1) if open_key else -1
        if self._open_index < 0:
            self._stories = self._folded_stories = ()
        self.refresh_rows()

    def show_saved_searches(self, rows: Sequence[SavedSearchRow]) -> None:
        """Show these saved searches, or new counts of the same ones."""
        rows_before, self._saved_searches = self._saved_searches, tuple(rows)
        if not self._has_searches:
            return
        if [row.name for row in rows_before] == [row.name for row in rows]:
            if self._top_rows:
                self._top_rows[: len(rows_before)] = rows
            self.refresh()
            return
        with self.keep_scroll():
            self.show_issues([row for row in self._top_rows if isinstance(row, IssueRow)])

    @staticmethod
    def _row_key(row: ListRow) -> str:
        """Return the key of a row that can be opened, else an empty string. No issue reference begins with a blank."""
        return f" {row.name}" if isinstance(row, SavedSearchRow) else row.ref if isinstance(row, IssueRow) else ""

    @contextmanager
    def keep_scroll(self) -> Iterator[None]:
        """Keep cursor and visible rows in place while rows change in the body of the `with` statement.

        The anchor is the row under the cursor, or the first visible row if the cursor is out of sight. A list that is
        scrolled to the top stays there while the cursor stays visible, so that new rows are seen.
        """
        if not self._top_rows:
            yield
            return
        top, height = round(self.scroll_y), self.size.height
        cursor = min(self.cursor, self.row_count - 1)
        cursor_row = self.get_row(cursor)
        # Not a year: a year is no item, and other issues may come beneath it.
        anchor_number = cursor if top <= cursor < top + height else self._nearest_selectable(top, 1)
        anchor = self.get_row(anchor_number)
        yield
        self.cursor = self._find_row(cursor_row, cursor)
        if top == 0 and self.cursor < height:
            return
        self.scroll_to(y=self._find_row(anchor, anchor_number) - (anchor_number - top), animate=False, immediate=True)

    def update_issue(self, issue: IssueRow) -> None:
        """Draw the row of one issue again."""
        index = self._index_by_key.get(issue.ref)
        if index is not None:
            self._top_rows[index] = issue
            self.refresh_row(self._row_number(index))

    def expand_issue(self, ref: str, stories: Sequence[StoryRow], shown_key: str) -> None:
        """Show the stories of an issue beneath it; mark the story with the key `shown_key`."""
        self._expand_row(ref, stories, shown_key)

    def expand_saved_search(self, name: str, stories: Sequence[StoryRow], shown_key: str) -> None:
        """Show the stories of a saved search beneath it; mark the story with the key `shown_key`."""
        self._expand_row(f" {name}", stories, shown_key)

    def _expand_row(self, key: str, stories: Sequence[StoryRow], shown_key: str) -> None:
        is_same_row = self._open_index == self._index_by_key.get(key, -1)
        if self._folded_stories and is_same_row and shown_key == self._shown_key:
            self._folded_stories = tuple(stories)
            self.refresh()
            return
        is_same_size = is_same_row and len(stories) == len(self._stories)
        self._open_index = self._index_by_key.get(key, -1)
        self._stories = tuple(stories) if self._open_index >= 0 else ()
        self._folded_stories = ()
        self._shown_key = shown_key
        if is_same_size:
            self.refresh()
        else:
            self.refresh_rows()

    def toggle_fold(self) -> None:
        """Hide the stories of the open row, or show them again. Opening another story shows them too."""
        self._stories, self._folded_stories = self._folded_stories, self._stories
        self.refresh_rows()

    @property
    def selected_issue(self) -> IssueRow | None:
        """The issue under the cursor, while the list has the focus; None if the cursor is elsewhere."""
        row = self.get_row(self.cursor) if self.has_focus and self.cursor < self.row_count else None
        return row if isinstance(row, IssueRow) else None

    @property
    def selected_search(self) -> str | None:
        """The name of the saved search under the cursor, while the list has the focus; else None."""
        row = self.get_row(self.cursor) if self.has_focus and self.cursor < self.row_count else None
        return row.name if isinstance(row, SavedSearchRow) else None

    def select_story(self, key: str) -> None:
        """Move the cursor to a story of the open row without posting a message."""
        numbers = (number for number, story in enumerate(self._stories, 1) if story.key == key)
        if number := next(numbers, None):
            self.move_cursor_to(self._open_index + number, notify=False)

    def scroll_to_row(self, row: int) -> None:
        """Keep the open row and its stories in view if they fit, and the year above the first issue."""
        last = self._open_index + len(self._stories)
        if self._open_index <= row <= last and last - self._open_index < self.size.height - 2:
            super().scroll_to_row(last)
            super().scroll_to_row(self._open_index)
        if 0 < row < self.row_count and isinstance(self.get_row(row - 1), str):
            super().scroll_to_row(row - 1)
        super().scroll_to_row(row)

    def get_row(self, row: int) -> ListRow:
        """Return the row with this number."""
        if row <= self._open_index or self._open_index < 0:
            return self._top_rows[row]
        index = row - self._open_index - 1
        if index < len(self._stories):
            return self._stories[index]
        return self._top_rows[row - len(self._stories)]

    def _row_number(self, index: int) -> int:
        """Return the number of a top row, with the stories of the open row counted."""
        return index if index <= self._open_index else index + len(self._stories)

    def _find_row(self, item: ListRow, number_before: int) -> int:
        """Return the number of an item that was in row `before`; if it is gone, the nearest selectable row."""
        rows: Iterator[int]
        match item:
            case StoryRow(key=key):
                rows = (self._open_index + 1 + n for n, story in enumerate(self._stories) if story.key == key)
            case IssueRow(slug=slug):
                issues = ((index, row) for index, row in enumerate(self._top_rows) if isinstance(row, IssueRow))
                rows = (self._row_number(index) for index, issue in issues if issue.slug == slug)
            case SavedSearchRow(name=name):
                rows = iter(
                    [self._row_number(self._index_by_key[f" {name}"])] if f" {name}" in self._index_by_key else []
                )
            case str():
                rows = iter(())
        return next(rows, self._nearest_selectable(number_before, -1))

    def is_selectable(self, row: int) -> bool:
        """Return True for every row but years and blanks."""
        return super().is_selectable(row) and not isinstance(self.get_row(row), str)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw one line."""
        is_current = row == self.cursor and self.has_focus
        match self.get_row(row):
            case str(year):
                return [draw_year(year, width)]
            case SavedSearchRow() as search:
                return [draw_saved_search(search, width, is_open=row == self._open_index, strong=is_current)]
            case IssueRow() as item:
                return [
                    draw_issue(
                        item,
                        width,
                        label_width=self._label_width,
                        is_open=row == self._open_index,
                        strong=is_current,
                        filter_words=self.filter_words,
                    )
                ]
            case StoryRow() as item:
                return [
                    draw_story_row(
                        item,
                        width,
                        label_width=self._label_width,
                        is_shown=item.key == self._shown_key,
                        strong=is_current,
                        has_note=item.key in self.keys_with_note,
                        filter_words=self.filter_words,
                        issue=item.ref.rpartition("/")[0]
                        if isinstance(self._top_rows[self._open_index], SavedSearchRow)
                        else "",
                    )
                ]

    def row_style(self, row: int) -> str:
        """Return the panel background for the shown story, and a stronger one for the cursor."""
        background = super().row_style(row)
        item = self.get_row(row)
        if not background and isinstance(item, StoryRow) and item.key == self._shown_key:
            return "on $panel"
        return background

    def handle_cursor_move(self) -> None:
        """Post the story under the cursor."""
        row = self.get_row(self.cursor)
        if isinstance(row, StoryRow):
            self.post_message(self.StorySelected(row))

    def handle_choice(self) -> None:
        """Post the issue, story or saved search under the cursor."""
        match self.get_row(self.cursor) if self.row_count else "":
            case IssueRow(ref=ref):
                self.post_message(self.IssueChosen(ref))
            case StoryRow() as story:
                self.post_message(self.StoryChosen(story))
            case SavedSearchRow(name=name):
                self.post_message(self.SavedSearchChosen(name))
            case _:
                pass


def draw_saved_search(row: SavedSearchRow, width: int, *, is_open: bool, strong: bool) -> Content:
    """Draw the name of a saved search, and how many of its stories are unread."""
    muted = "" if row.unread or strong else "$muted"
    builder = ContentBuilder().write(" ").write(OPEN_BAR if is_open else " ", "$mark").write(" ")
    unread = "" if row.unread is None else f"{row.unread:,}"
    total = f"/{row.stories:,}" if row.stories else ""
    if not row.unread and not total:
        unread = unread and "·"
    name_width = width - _MARGIN - max(_COUNT_WIDTH, cell_len(unread + total) + 2)
    name = truncate(row.name, name_width)
    builder.write(name, "bold" if is_open and row.unread else "" if row.unread is None else muted)
    builder.write(" " * (width - _MARGIN - cell_len(name) - cell_len(unread + total) - 1))
    builder.write(unread, "$mark" if row.unread else "$muted").write(total, "$muted")
    return builder.write(" ").build()


def draw_year(year: str, width: int) -> Content:
    """Draw the muted line above the issues of a year, or above those without a date."""
    return (
        ContentBuilder()
        .write(truncate(" " * _MARGIN, _MARGIN) or " " * _MARGIN)
        .write(truncate(year, width - _MARGIN), "$muted")
        .build()
    )


@lru_cache(maxsize=_MAX_DRAWN_ROWS)
def draw_issue(
    issue: IssueRow, width: int, *, label_width: int, is_open: bool, strong: bool, filter_words: str = ""
) -> Content:
    """Draw label, short title and unread count of an issue. `strong` text is never muted."""
    has_unread = issue.unread_count > 0
    muted = "" if has_unread or strong else "$muted"
    builder = ContentBuilder().write(" ").write(OPEN_BAR if is_open else " ", "$mark").write(" ")
    builder.write(format_label(issue).ljust(label_width), "bold" if has_unread else muted).write("  ")
    title_width = width - _MARGIN - label_width - 2 - _COUNT_WIDTH
    title = truncate_around(shorten_title(issue.title), filter_words, title_width)
    builder.write(title, "bold" if is_open and has_unread else muted).write(" " * (title_width - cell_len(title)))
    count = str(issue.unread_count) if has_unread else "·"
    builder.write(count.rjust(_COUNT_WIDTH - 1), "$mark" if has_unread else muted).write(" ")
    return builder.build()


@lru_cache(maxsize=_MAX_DRAWN_ROWS)
def draw_story_row(
    story: StoryRow,
    width: int,
    *,
    label_width: int,
    is_shown: bool,
    strong: bool,
    has_note: bool = False,
    issue: str = "",
    filter_words: str = "",
) -> Content:
    """Draw a story of the open row: a dot if unread, bold if shown, a sign at the end if it has a note.

    `issue` comes first if the open row is not an issue.
    """
    builder = ContentBuilder().write(" ").write(OPEN_BAR, "$mark").write(" ")
    before = f"{truncate(issue, label_width).ljust(label_width)} " if issue else " " * max(0, label_width - 2)
    sign, colour = (STAR_SIGN, "$second") if story.is_starred else (" ", "")
    builder.write(before, "" if strong else "$muted").write(sign, colour).write(" ")
    builder.write(" " if story.is_read else UNREAD_SIGN, "$mark").write(" ")
    headline_width = width - _MARGIN - len(before) - 5
    style = "bold" if is_shown else "$muted" if story.is_read and not strong else ""
    headline = truncate_around(story.headline, filter_words, headline_width - 2 * has_note)
    builder.write(headline, style)
    if has_note:
        builder.write(" " * (headline_width - 1 - cell_len(headline))).write(NOTE_SIGN, "" if strong else "$muted")
    return builder.build()


def format_issue(issue: str) -> str:
    """Return the name of an issue in a row: its number after a `#`, else its slug."""
    return f"#{issue}" if issue.isdecimal() else issue


def format_label(issue: IssueRow) -> str:
    """Return the text of the number's column: the number, else the day, else a dot."""
    if issue.number is not None:
        return str(issue.number)
    return format_short_date(issue.date) if issue.date else "·"


def max_label_width(issues: Sequence[IssueRow]) -> int:
    """Return the cells of the widest label. The widest number is the highest one."""
    days = {issue.date: issue for issue in issues if issue.number is None}.values()
    highest = max((issue.number or 0 for issue in issues), default=0)
    return max((len(str(highest)), *(cell_len(format_label(issue)) for issue in days)))
