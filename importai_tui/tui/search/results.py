"""How what was found is drawn: a row for each story, and the line that tells how many. Pure; widths in cells.

What a search begins with: the lines searched for last, and what can be asked. It asks nothing itself.

The stories that a search has found. It shows what it is given; the keys come to it from the line one types in.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.archive.search import FoundStory
from importai_tui.model import StoryKind
from importai_tui.query.conditions import Query, SortOrder
from importai_tui.search.excerpts import Excerpt
from importai_tui.tui.search.worker import PartialResults
from importai_tui.tui.text import ContentBuilder, format_month, format_short_date_with_year, to_line_content, truncate
from importai_tui.tui.widgets.issue_list import STAR_SIGN, UNREAD_SIGN
from importai_tui.tui.widgets.row_list import RowList

_KIND_LABELS = {StoryKind.TECH_TALES: "tale", StoryKind.ESSAY: "essay", StoryKind.NOTE: "note"}
"""What is said of a story that is no news."""
_MIN_WIDTH_FOR_DAY, _MIN_WIDTH_FOR_MONTH = 90, 56
"""Cells from which on the first line has room for a day, and for a month, beside the headline."""
_DAY_WIDTH, _MONTH_WIDTH = 11, 8
"""Cells of "13 Mar 2025" and of "Mar 2025"."""
_SIGNS_WIDTH = 4
"""Cells before the number: a gap, the star, the dot, a gap."""
_NUMBER_WIDTH = 3
"""Cells of the number of most issues."""


_EXCERPT_LINES = 2
"""Lines of an excerpt."""
_CHOICE_GAP = 2
"""Cells between two choices."""


@dataclass(frozen=True, slots=True)
class HitMarks:
    """How a found story is marked."""

    is_read: bool = False
    is_starred: bool = False


def draw_hit(
    story: FoundStory,
    excerpt: Excerpt | None,
    marks: HitMarks,
    width: int,
    *,
    has_day_column: bool = True,
    strong: bool = False,
) -> list[Content]:
    """A story: number, date, kind and headline; then two lines of its excerpt.

    `dated`: the day of some story in the list is known, so there is a column for it. `strong` text is never muted.
    """
    quiet = "" if strong else "$muted"
    number = str(story.number) if story.number is not None else "·"
    pen = ContentBuilder().write(" ").write(STAR_SIGN if marks.is_starred else " ", "$second")
    pen.write(" " if marks.is_read else UNREAD_SIGN, "$mark").write(" ").write(
        number.rjust(_NUMBER_WIDTH), quiet
    ).write("  ")
    indent = _SIGNS_WIDTH + max(_NUMBER_WIDTH, len(number)) + 2
    used = indent
    date = _format_date(story.day, width) if has_day_column else ""
    if date:
        pen.write(date, quiet).write("  ")
        used += len(date) + 2
    if kind := _KIND_LABELS.get(story.kind, ""):
        pen.write(kind, "$second").write("  ")
        used += len(kind) + 2
    pen.write(truncate(story.headline, width - used - 1), "" if marks.is_read else "bold")
    before = "" if width >= _MIN_WIDTH_FOR_MONTH or not story.day else f"{format_month(story.day)}  "
    margin = " " * (indent if width >= _MIN_WIDTH_FOR_MONTH else _SIGNS_WIDTH)
    room = width - len(margin) - 2
    told = draw_excerpt(excerpt or Excerpt(""), room, _EXCERPT_LINES, prefix=before, style=quiet)
    return [pen.build(), *(ContentBuilder().write(margin).append(line).build() for line in told)]


def draw_excerpt(
    excerpt: Excerpt, width: int, max_lines: int, *, prefix: str = "", style: str = "$muted"
) -> list[Content]:
    """At most so many lines of an excerpt, the first match in sight; `before` stands in front of it."""
    start = _find_excerpt_start(excerpt, max(1, width * max_lines - cell_len(prefix)))
    pen = ContentBuilder().write(prefix, style)
    if start:
        pen.write("…", style)
    at = start
    for first, end in excerpt.highlights:
        if first >= start:
            pen.write(excerpt.text[at:first], style).write(excerpt.text[first:end], "bold $mark")
            at = end
    pen.write(excerpt.text[at:], style)
    wrapped = pen.build().wrap(max(1, width))
    if len(wrapped) <= max_lines:
        return wrapped
    return [*wrapped[: max_lines - 1], _add_ellipsis(wrapped[max_lines - 1], width, style)]


def _find_excerpt_start(excerpt: Excerpt, width: int) -> int:
    """The character to begin with, so that the first match is within the room; a word is not cut."""
    if not excerpt.highlights or cell_len(excerpt.text) <= width:
        return 0
    first, end = excerpt.highlights[0]
    if cell_len(excerpt.text[:end]) <= width * 2 // 3:
        return 0
    start = first
    for at in range(first, 0, -1):
        if cell_len(excerpt.text[at:first]) > width // 3:
            break
        if excerpt.text[at - 1].isspace():
            start = at
    return start


def _add_ellipsis(line: Content, width: int, style: str) -> Content:
    """The line as one that goes on."""
    kept = line.rstrip()
    if kept.cell_length >= width:
        kept = kept.truncate(width - 1).rstrip()
    return Content.assemble(kept, ("…", style)) if style else Content.assemble(kept, "…")


def _format_date(day: str | None, width: int) -> str:
    if width < _MIN_WIDTH_FOR_MONTH:
        return ""
    cells = _DAY_WIDTH if width >= _MIN_WIDTH_FOR_DAY else _MONTH_WIDTH
    if not day:
        return " " * cells
    return format_short_date_with_year(day).rjust(cells) if cells == _DAY_WIDTH else format_month(day)


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """What there is to be told of a search. `total` is None while it is not known; `waiting` counts issues."""

    query: Query
    total: int | None = None
    is_ranked: bool = False
    suggestion: str | None = None
    unindexed_count: int = 0
    is_archive_empty: bool = False
    """There is nothing to search."""
    error: str = ""


def draw_search_status(status: SearchStatus) -> Content:
    """What was not understood, how many stories there are and in which order, what may have been meant."""
    if status.error or status.is_archive_empty:
        return to_line_content(status.error or _NO_ISSUES_TEXT, "$mark")
    pen = ContentBuilder()
    for remark in status.query.remarks:
        pen.write("" if pen.is_empty else "  ").write(remark, "$second")
    if status.total is not None and not status.query.is_empty:
        pen.write("" if pen.is_empty else "  ").write(_format_count(status), "$muted")
    if status.suggestion:
        pen.write("  Did you mean ", "$muted").write(status.suggestion, "bold $mark").write("?  tab takes it", "$muted")
    if status.unindexed_count:
        issues = "one issue is" if status.unindexed_count == 1 else f"{status.unindexed_count:,} issues are"
        pen.write("" if pen.is_empty else "  ").write(f"{issues} not searchable yet: that is under way", "$second")
    return pen.build()


_NO_ISSUES_TEXT = "There is no issue to search yet: esc, then S brings in the newest, B all of them."


def _format_count(status: SearchStatus) -> str:
    if not status.total:
        return "Nothing found."
    if status.total == 1:
        return "One story."
    return f"{status.total:,} stories, {_format_order(status)} first."


def _format_order(status: SearchStatus) -> str:
    match status.query.sort:
        case SortOrder.OLD:
            return "the oldest"
        case SortOrder.BEST if status.is_ranked:
            return "the best"
        case _:
            return "the newest"


def draw_query_completions(completions: Sequence[str], selected: int, width: int) -> Content:
    """What tab offers on one line, the present one in colour; of more than fit, those around it."""
    first, end, used = selected, selected + 1, cell_len(completions[selected])
    # Two of those before it, then as many as there is room for behind it, and for the sign that there are more.
    while first > max(0, selected - 2) and used + cell_len(completions[first - 1]) + 2 * _CHOICE_GAP <= width:
        first -= 1
        used += cell_len(completions[first]) + _CHOICE_GAP
    while end < len(completions) and used + cell_len(completions[end]) + 2 * _CHOICE_GAP <= width:
        used += cell_len(completions[end]) + _CHOICE_GAP
        end += 1
    pen = ContentBuilder()
    for n in range(first, end):
        pen.write("" if pen.is_empty else " " * _CHOICE_GAP).write(
            truncate(completions[n], width), "bold $mark" if n == selected else "$muted"
        )
    if end < len(completions) and used + _CHOICE_GAP < width:
        pen.write(" " * _CHOICE_GAP).write("…", "$muted")
    return pen.build()


_SPACED_HEIGHT = 24
"""Lines of the list from which on a story has a blank line after it: with fewer, every line is needed."""
_LOAD_AHEAD = 20
"""Stories before the last at which more are asked for: a page of the largest screen."""


class HitList(RowList, can_focus=False):
    """Each story on three lines: what it is, and two of why it was found."""

    LINES_PER_ROW = 4

    class Chosen(Message):
        """A click on the story under the cursor."""

    class EndNear(Message):
        """The last stories that are here come into sight."""

    def __init__(self, *, id: str, read_keys: Set[str], starred_keys: Set[str]) -> None:
        """Stories are marked by what is in the sets of keys when they are drawn."""
        super().__init__(id=id)
        self._read_keys = read_keys
        self._starred_keys = starred_keys
        self._results = PartialResults()
        self._has_days = False
        self._drawn_rows: dict[tuple[int, int, bool], list[Content]] = {}

    @property
    def row_count(self) -> int:
        """How many stories are here."""
        return self._results.story_count

    @property
    def selected_hit(self) -> tuple[FoundStory, Excerpt | None] | None:
        """The story under the cursor, and why it was found."""
        return self._get_hit(self.cursor) if self.cursor < self.row_count else None

    def show_results(self, results: PartialResults) -> None:
        """Shows an answer, from its first story on; of the same answer what has come since."""
        before, self._results = self._results, results
        same = results.request_number == before.request_number
        last = (round(self.scroll_y) + self.size.height) // self.LINES_PER_ROW + 1
        if same and results.story_count == before.story_count and len(before.excerpts) >= min(last, before.story_count):
            return  # nothing has come that is in sight
        self._drawn_rows.clear()
        self._has_days = any(found.day for found in results.result.hits) if results.result else False
        if not same:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def restore_results(self, results: PartialResults, cursor: int, scroll: int) -> None:
        """Shows an answer as it was left; to be called when the list has its size."""
        self.show_results(results)
        self.cursor = cursor
        self.scroll_to(y=scroll, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """What it is, and why it was found; drawn once for all its lines."""
        strong = row == self.cursor
        drawn = self._drawn_rows.get((row, width, strong))
        if drawn is None:
            found, excerpt = self._get_hit(row)
            marks = HitMarks(found.key in self._read_keys, found.key in self._starred_keys)
            drawn = draw_hit(found, excerpt, marks, width, has_day_column=self._has_days, strong=strong)
            drawn += [Content("")] * (3 - len(drawn))
            if excerpt is not None:
                self._drawn_rows[row, width, strong] = drawn
        return drawn

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor else ""

    def handle_choice(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def handle_cursor_move(self) -> None:
        """More are wanted before the last one is reached."""
        if self.cursor >= self.row_count - _LOAD_AHEAD:
            self.post_message(self.EndNear())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The same with the wheel."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value and new_value / self.LINES_PER_ROW >= self.row_count - _LOAD_AHEAD:
            self.post_message(self.EndNear())

    def on_resize(self) -> None:
        """Less air in a low window. Textual calls this before the one that keeps the cursor in view."""
        lines = 4 if self.size.height >= _SPACED_HEIGHT else 3
        if lines != self.LINES_PER_ROW:
            self.LINES_PER_ROW = lines
            self.refresh_rows()

    def _get_hit(self, row: int) -> tuple[FoundStory, Excerpt | None]:
        assert self._results.result
        excerpts = self._results.excerpts
        return self._results.result.hits[row], excerpts[row] if row < len(excerpts) else None


_LEFT_MARGIN = 3
_MIN_WIDTH_FOR_TWO_COLUMNS = 96
"""Cells from which on two explanations stand side by side; the longest of them is cut."""
_LOW_HEIGHT = 24
"""Lines below which only a few recent searches are offered, so that the help beneath them is seen."""
_MAX_RECENT_IF_LOW = 4
_COLUMN_GAP = 3
"""Cells between an explanation and what stands beside it."""

QueryHint = tuple[str, str]
"""What is typed, and what it means."""


@dataclass(frozen=True, slots=True)
class RecentSearch:
    """A line that can be taken again."""

    line: str


StartRow = str | RecentSearch | tuple[QueryHint, ...]
"""A heading or a blank; a recent search; explanations side by side."""


def make_start_rows(
    recent_lines: Sequence[str], query_hints: Sequence[QueryHint], width: int, height: int
) -> list[StartRow]:
    """The rows in a window of so many cells and lines."""
    rows: list[StartRow] = []
    if recent_lines:
        offered = recent_lines if height >= _LOW_HEIGHT else recent_lines[:_MAX_RECENT_IF_LOW]
        rows += ["Searched before", *map(RecentSearch, offered), ""]
    rows.append("What can be asked")
    if width < _MIN_WIDTH_FOR_TWO_COLUMNS:
        return [*rows, *((one,) for one in query_hints)]
    half = (len(query_hints) + 1) // 2
    return [*rows, *(tuple(query_hints[n::half]) for n in range(half))]


def get_column_widths(rows: Sequence[StartRow]) -> tuple[int, ...]:
    """The widths of what is typed, for each explanation of a row."""
    told = [row for row in rows if isinstance(row, tuple)]
    most = max((len(row) for row in told), default=0)
    return tuple(max(cell_len(row[n][0]) for row in told if n < len(row)) for n in range(most))


def draw_start_row(row: StartRow, width: int, *, column_widths: Sequence[int], strong: bool = False) -> Content:
    """One row; `columns` are the widths of what is typed."""
    pen = ContentBuilder().write(" " * _LEFT_MARGIN)
    match row:
        case str(heading):
            pen.write(truncate(heading, width - _LEFT_MARGIN), "$mark")
        case RecentSearch(line):
            pen.write(truncate(line, width - _LEFT_MARGIN - 1), "bold" if strong else "")
        case _:
            room = (width - _LEFT_MARGIN) // len(column_widths)
            for (typed, means), column in zip(row, column_widths, strict=False):
                words = truncate(means, room - column - 2 - _COLUMN_GAP)
                pen.write(typed.ljust(column + 2), "bold").write(words, "$muted")
                pen.write(" " * (room - column - 2 - cell_len(words)))
    return pen.build()


class StartList(RowList, can_focus=False):
    """Recent searches under the cursor; where there are none, what can be asked."""

    class Chosen(Message):
        """A click on a recent search."""

    def __init__(self, *, id: str, recent_lines: Sequence[str], query_hints: Sequence[QueryHint]) -> None:
        super().__init__(id=id)
        self._recent_lines = recent_lines
        self._query_hints = query_hints
        self._rows: list[StartRow] = []
        self._column_widths: tuple[int, ...] = ()

    @property
    def row_count(self) -> int:
        """All lines."""
        return len(self._rows)

    @property
    def selected_line(self) -> str | None:
        """The recent search under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else ""
        return row.line if isinstance(row, RecentSearch) else None

    def is_selectable(self, row: int) -> bool:
        """Only on what can be taken."""
        return super().is_selectable(row) and isinstance(self._rows[row], RecentSearch)

    def move(self, rows: int) -> None:
        """Behind the last recent search the list is scrolled: there is nothing to point at in the help."""
        before = self.cursor
        super().move(rows)
        if self.cursor == before:
            self.scroll_relative(y=rows, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        return [draw_start_row(self._rows[row], width, column_widths=self._column_widths, strong=row == self.cursor)]

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor and self.is_selectable(row) else ""

    def handle_choice(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """As much as there is room for, as broad as there is room for. Textual calls this before the list's own."""
        self._rows = make_start_rows(self._recent_lines, self._query_hints, self.size.width, self.size.height)
        self._column_widths = get_column_widths(self._rows)
        self.cursor = 1 if self._recent_lines else 0
        self.refresh_rows()
