"""The widgets and drawing functions of the search screen: hits, status, completions, and the start page.

Widths are in cells.
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
from importai_tui.wording import plural

_KIND_LABELS = {StoryKind.TECH_TALES: "tale", StoryKind.ESSAY: "essay", StoryKind.NOTE: "note"}
"""Labels of stories that are not news."""
_MIN_WIDTH_FOR_DAY, _MIN_WIDTH_FOR_MONTH = 90, 56
"""Cells from which on the first line has space for a day, and for a month, beside the headline."""
_SIGNS_WIDTH = 4
"""Cells before the reference: a gap, the star, the unread sign, a gap."""
_REF_WIDTH = 6
"""Cells of the reference of most stories: 466/12."""
_EXCERPT_LINES = 2
"""Lines of an excerpt."""
_CHOICE_GAP = 2
"""Cells between two completions."""


@dataclass(frozen=True, slots=True)
class HitMarks:
    """The marks of a hit."""

    is_read: bool = False
    is_starred: bool = False


def draw_hit(
    story: FoundStory, excerpt: Excerpt | None, marks: HitMarks, width: int, *, strong: bool = False
) -> list[Content]:
    """Draw a story: reference, headline, kind and date; then two lines of its excerpt. `strong` text is never muted."""
    muted = "" if strong else "$muted"
    ref = f"{story.number}/{story.position}" if story.number is not None else "·"
    builder = ContentBuilder().write(" ").write(STAR_SIGN if marks.is_starred else " ", "$second")
    builder.write(" " if marks.is_read else UNREAD_SIGN, "$mark").write(" ").write(ref.rjust(_REF_WIDTH), muted)
    indent = _SIGNS_WIDTH + max(_REF_WIDTH, len(ref)) + 2
    kind, date = _KIND_LABELS.get(story.kind, ""), _format_date(story, width)
    side_width = sum(len(text) + 2 for text in (kind, date) if text)
    headline_width = width - indent - side_width - 1
    headline = truncate(story.headline, headline_width)
    builder.write("  ").write(headline, "" if marks.is_read else "bold")
    if side_width:
        builder.write(" " * (headline_width - cell_len(headline)))
    for text, style in ((kind, "$second"), (date, muted)):
        if text:
            builder.write("  ").write(text, style)
    prefix = ""
    if width < _MIN_WIDTH_FOR_MONTH and story.day:
        prefix = f"{format_month(story.day, is_estimated=story.is_day_estimated)}  "
    margin = " " * (indent if width >= _MIN_WIDTH_FOR_MONTH else _SIGNS_WIDTH)
    lines = draw_excerpt(excerpt or Excerpt(""), width - len(margin) - 2, _EXCERPT_LINES, prefix=prefix, style=muted)
    return [builder.build(), *(ContentBuilder().write(margin).append(line).build() for line in lines)]


def draw_excerpt(
    excerpt: Excerpt, width: int, max_lines: int, *, prefix: str = "", style: str = "$muted"
) -> list[Content]:
    """Draw at most `max_lines` lines of an excerpt after `prefix`, so that the first match is visible."""
    start = _find_excerpt_start(excerpt, max(1, width * max_lines - cell_len(prefix)))
    builder = ContentBuilder().write(prefix, style)
    if start:
        builder.write("…", style)
    at = start
    for first, end in excerpt.highlights:
        if first >= start:
            builder.write(excerpt.text[at:first], style).write(excerpt.text[first:end], "bold $mark")
            at = end
    builder.write(excerpt.text[at:], style)
    wrapped = builder.build().wrap(max(1, width))
    if len(wrapped) <= max_lines:
        return wrapped
    return [*wrapped[: max_lines - 1], _add_ellipsis(wrapped[max_lines - 1], width, style)]


def _find_excerpt_start(excerpt: Excerpt, width: int) -> int:
    """Return the first character to draw, so that the first match is within `width`. It starts a word."""
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
    """Return the line with an ellipsis at its end."""
    line = line.rstrip()
    if line.cell_length >= width:
        line = line.truncate(width - 1).rstrip()
    return Content.assemble(line, ("…", style)) if style else Content.assemble(line, "…")


def _format_date(story: FoundStory, width: int) -> str:
    """Return the day, or its month in a narrow window; an empty text if it is not known or there is no room."""
    if not story.day or width < _MIN_WIDTH_FOR_MONTH:
        return ""
    form = format_short_date_with_year if width >= _MIN_WIDTH_FOR_DAY else format_month
    return form(story.day, is_estimated=story.is_day_estimated)


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """The facts in the status line of a search. `total` is None until it is known."""

    query: Query
    total: int | None = None
    is_ranked: bool = False
    has_correction: bool = False
    """True if words were corrected, so that Tab searches for the typed ones."""
    unindexed_count: int = 0
    """The number of issues that are not indexed yet."""
    no_issues_text: str = ""
    """Advice about what to do first; empty unless there is nothing to search."""
    error: str = ""
    remarks: tuple[str, ...] = ()


_SEARCH_ADVICE = "Try fewer or different words, or a prefix: rob*"


def draw_search_status(status: SearchStatus) -> Content:
    """Draw the remarks about the query, and the number and order of the stories."""
    if status.error or status.no_issues_text:
        return to_line_content(status.error or status.no_issues_text, "$mark")
    builder = ContentBuilder()
    for remark in status.remarks:
        builder.write("" if builder.is_empty else "  ").write(remark, "$second")
    if status.has_correction:
        builder.write("  tab to search as typed", "$muted")
    if status.total is not None and not status.query.is_empty:
        builder.write("" if builder.is_empty else "  ").write(_format_count(status), "$muted")
    if status.unindexed_count:
        issues = plural(status.unindexed_count, "issue")
        builder.write("" if builder.is_empty else "  ").write(f"Still indexing {issues}", "$second")
    return builder.build()


def _format_count(status: SearchStatus) -> str:
    if not status.total:
        has_reason = status.remarks or status.unindexed_count
        return "No results" if has_reason else f"No results. {_SEARCH_ADVICE}"
    if status.total == 1:
        return "1 story"
    return f"{status.total:,} stories, {_format_order(status)} first"


def _format_order(status: SearchStatus) -> str:
    match status.query.sort:
        case SortOrder.OLD:
            return "oldest"
        case SortOrder.BEST if status.is_ranked:
            return "best match"
        case _:
            return "newest"


def draw_query_completions(completions: Sequence[str], selected: int, width: int) -> Content:
    """Draw the completions on one line with the selected one in colour. Draw those around it if not all fit."""
    first, end, used = selected, selected + 1, cell_len(completions[selected])
    # Up to two before the selected one, then as many as fit after it. One more gap is left for the ellipsis.
    while first > max(0, selected - 2) and used + cell_len(completions[first - 1]) + 2 * _CHOICE_GAP <= width:
        first -= 1
        used += cell_len(completions[first]) + _CHOICE_GAP
    while end < len(completions) and used + cell_len(completions[end]) + 2 * _CHOICE_GAP <= width:
        used += cell_len(completions[end]) + _CHOICE_GAP
        end += 1
    builder = ContentBuilder()
    for n in range(first, end):
        builder.write("" if builder.is_empty else " " * _CHOICE_GAP).write(
            truncate(completions[n], width), "bold $mark" if n == selected else "$muted"
        )
    if end < len(completions) and used + _CHOICE_GAP < width:
        builder.write(" " * _CHOICE_GAP).write("…", "$muted")
    return builder.build()


_SPACED_HEIGHT = 24
"""Lines of the list from which on a blank line follows each story. A lower list needs every line."""
_LOAD_AHEAD = 20
"""Rows before the end at which more stories are requested: a page of the largest screen."""


class HitList(RowList, can_focus=False):
    """The hits. Each takes three lines: the headline, and two lines of excerpt."""

    LINES_PER_ROW = 4

    class Chosen(Message):
        """The user clicked the story under the cursor."""

    class EndNear(Message):
        """The user is close to the last loaded story."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._read_keys: Set[str] = frozenset()
        self._starred_keys: Set[str] = frozenset()
        self._results = PartialResults()
        self._drawn_rows: dict[tuple[int, int, bool], list[Content]] = {}

    @property
    def row_count(self) -> int:
        """The number of loaded stories."""
        return self._results.story_count

    @property
    def selected_hit(self) -> tuple[FoundStory, Excerpt | None] | None:
        """The story under the cursor, and its excerpt."""
        return self._get_hit(self.cursor) if self.cursor < self.row_count else None

    def set_marks(self, read_keys: Set[str], starred_keys: Set[str]) -> None:
        """Mark the stories whose keys are in these sets. The list reads the sets whenever it draws."""
        self._read_keys, self._starred_keys = read_keys, starred_keys
        self._drawn_rows.clear()
        self.refresh()

    def show_results(self, results: PartialResults) -> None:
        """Show results: those of a new request from the top, more of the same request in place."""
        before, self._results = self._results, results
        is_same_request = results.request_number == before.request_number
        last = (round(self.scroll_y) + self.size.height) // self.LINES_PER_ROW + 1
        has_same_stories = is_same_request and results.story_count == before.story_count
        if has_same_stories and len(before.excerpts) >= min(last, before.story_count):
            return  # nothing visible has changed
        self._drawn_rows.clear()
        if not is_same_request:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def restore_results(self, results: PartialResults, cursor: int, scroll: int) -> None:
        """Show results with an earlier cursor and scroll position. The list must have its size."""
        self.show_results(results)
        self.scroll_to(y=scroll, animate=False, immediate=True)
        self.move_cursor_to(cursor, notify=False)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw a story. The lines are cached, because the list asks for each line of a row."""
        strong = row == self.cursor
        drawn = self._drawn_rows.get((row, width, strong))
        if drawn is None:
            story, excerpt = self._get_hit(row)
            marks = HitMarks(story.key in self._read_keys, story.key in self._starred_keys)
            drawn = draw_hit(story, excerpt, marks, width, strong=strong)
            drawn += [Content("")] * (3 - len(drawn))
            if excerpt is not None:
                self._drawn_rows[row, width, strong] = drawn
        return drawn

    def row_style(self, row: int) -> str:
        """Highlight the cursor even without focus, because the input above moves it."""
        return "on $cursor" if row == self.cursor else ""

    def handle_choice(self) -> None:
        """Report a click."""
        self.post_message(self.Chosen())

    def handle_cursor_move(self) -> None:
        """Request more stories before the cursor reaches the last one."""
        if self.cursor >= self.row_count - _LOAD_AHEAD:
            self.post_message(self.EndNear())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Request more stories before the mouse wheel reaches the last one."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value and new_value / self.LINES_PER_ROW >= self.row_count - _LOAD_AHEAD:
            self.post_message(self.EndNear())

    def on_resize(self) -> None:
        """Drop the blank lines in a low list. Textual calls this before the handler that keeps the cursor visible."""
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
"""Cells from which on two hints fit side by side. The longest is truncated."""
_LOW_HEIGHT = 24
"""Lines below which only a few recent searches are offered, so that the hints beneath are visible."""
_MAX_RECENT_IF_LOW = 4
_COLUMN_GAP = 3
"""Cells between two hints side by side."""

QueryHint = tuple[str, str]
"""A piece of a query, and its meaning."""


@dataclass(frozen=True, slots=True)
class RecentSearch:
    """The line of an earlier search."""

    line: str


StartRow = str | RecentSearch | tuple[QueryHint, ...]
"""A heading or a blank line; a recent search; hints side by side."""


def make_start_rows(
    recent_lines: Sequence[str], query_hints: Sequence[QueryHint], width: int, height: int
) -> list[StartRow]:
    """Return the rows of the start page for a window of `width` cells and `height` lines."""
    rows: list[StartRow] = []
    if recent_lines:
        shown_lines = recent_lines if height >= _LOW_HEIGHT else recent_lines[:_MAX_RECENT_IF_LOW]
        rows += ["Recent searches", *map(RecentSearch, shown_lines), ""]
    rows.append("Search syntax")
    if width < _MIN_WIDTH_FOR_TWO_COLUMNS:
        return [*rows, *((hint,) for hint in query_hints)]
    half = (len(query_hints) + 1) // 2
    return [*rows, *(tuple(query_hints[n::half]) for n in range(half))]


def get_column_widths(rows: Sequence[StartRow]) -> tuple[int, ...]:
    """Return the width of the query syntax in each column of hints."""
    hint_rows = [row for row in rows if isinstance(row, tuple)]
    columns = max((len(row) for row in hint_rows), default=0)
    return tuple(max(cell_len(row[n][0]) for row in hint_rows if n < len(row)) for n in range(columns))


def draw_start_row(row: StartRow, width: int, *, column_widths: Sequence[int], strong: bool = False) -> Content:
    """Draw one row. `column_widths` are the widths of the query syntax."""
    builder = ContentBuilder().write(" " * _LEFT_MARGIN)
    match row:
        case str(heading):
            builder.write(truncate(heading, width - _LEFT_MARGIN), "$mark")
        case RecentSearch(line):
            builder.write(truncate(line, width - _LEFT_MARGIN - 1), "bold" if strong else "")
        case _:
            hint_width = (width - _LEFT_MARGIN) // len(column_widths)
            for (syntax, meaning), syntax_width in zip(row, column_widths, strict=False):
                gap = _COLUMN_GAP if len(column_widths) > 1 else 1
                text = truncate(meaning, hint_width - syntax_width - 2 - gap)
                builder.write(syntax.ljust(syntax_width + 2), "bold").write(text, "$muted")
                builder.write(" " * (hint_width - syntax_width - 2 - cell_len(text)))
    return builder.build()


class StartList(RowList, can_focus=False):
    """The start page of the search: recent searches to choose from, and hints about queries."""

    class Chosen(Message):
        """The user clicked a recent search."""

    def __init__(self, *, id: str, query_hints: Sequence[QueryHint]) -> None:
        super().__init__(id=id)
        self._recent_lines: Sequence[str] = ()
        self._query_hints = query_hints
        self._rows: list[StartRow] = []
        self._column_widths: tuple[int, ...] = ()

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self._rows)

    @property
    def selected_line(self) -> str | None:
        """The recent search under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else ""
        return row.line if isinstance(row, RecentSearch) else None

    def is_selectable(self, row: int) -> bool:
        """Return True for a recent search."""
        return super().is_selectable(row) and isinstance(self._rows[row], RecentSearch)

    def move(self, rows: int) -> None:
        """Move the cursor. After the last recent search, scroll, because the hints are not selectable."""
        before = self.cursor
        super().move(rows)
        if self.cursor == before:
            self.scroll_relative(y=rows, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw one row."""
        return [draw_start_row(self._rows[row], width, column_widths=self._column_widths, strong=row == self.cursor)]

    def row_style(self, row: int) -> str:
        """Highlight the cursor even without focus, because the input above moves it."""
        return "on $cursor" if row == self.cursor and self.is_selectable(row) else ""

    def handle_choice(self) -> None:
        """Report a click."""
        self.post_message(self.Chosen())

    def show_recent(self, lines: Sequence[str]) -> None:
        """Show these recent searches, newest first."""
        self._recent_lines = lines
        self.on_resize()

    def on_resize(self) -> None:
        """Lay the rows out again. Textual calls this before the handler of the base class."""
        self._rows = make_start_rows(self._recent_lines, self._query_hints, self.size.width, self.size.height)
        self._column_widths = get_column_widths(self._rows)
        self.cursor = 1 if self._recent_lines else 0
        self.refresh_rows()
