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
from importai_tui.tui.search.worker import Findings
from importai_tui.tui.text import ContentBuilder, format_month, format_short_date_with_year, to_line_content, truncate
from importai_tui.tui.widgets.issue_list import STAR_SIGN, UNREAD_SIGN
from importai_tui.tui.widgets.row_list import RowList

_KINDS = {StoryKind.TECH_TALES: "tale", StoryKind.ESSAY: "essay", StoryKind.NOTE: "note"}
"""What is said of a story that is no news."""
_WITH_DAY, _WITH_DATE = 90, 56
"""Cells from which on the first line has room for a day, and for a month, beside the headline."""
_DAY, _MONTH = 11, 8
"""Cells of "13 Mar 2025" and of "Mar 2025"."""
_SIGNS = 4
"""Cells before the number: a gap, the star, the dot, a gap."""
_NUMBER = 3
"""Cells of the number of most issues."""


_EXCERPT = 2
"""Lines of an excerpt."""
_GAP = 2
"""Cells between two choices."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How a found story is marked."""

    read: bool = False
    starred: bool = False


def draw_hit(
    found: FoundStory, excerpt: Excerpt | None, marks: Marks, width: int, *, dated: bool = True, strong: bool = False
) -> list[Content]:
    """A story: number, date, kind and headline; then two lines of its excerpt.

    `dated`: the day of some story in the list is known, so there is a column for it. `strong` text is never muted.
    """
    quiet = "" if strong else "$muted"
    number = str(found.number) if found.number is not None else "·"
    pen = ContentBuilder().write(" ").write(STAR_SIGN if marks.starred else " ", "$second")
    pen.write(" " if marks.read else UNREAD_SIGN, "$mark").write(" ").write(number.rjust(_NUMBER), quiet).write("  ")
    indent = _SIGNS + max(_NUMBER, len(number)) + 2
    used = indent
    date = _date(found.day, width) if dated else ""
    if date:
        pen.write(date, quiet).write("  ")
        used += len(date) + 2
    if kind := _KINDS.get(found.kind, ""):
        pen.write(kind, "$second").write("  ")
        used += len(kind) + 2
    pen.write(truncate(found.headline, width - used - 1), "" if marks.read else "bold")
    before = "" if width >= _WITH_DATE or not found.day else f"{format_month(found.day)}  "
    margin = " " * (indent if width >= _WITH_DATE else _SIGNS)
    room = width - len(margin) - 2
    told = draw_excerpt(excerpt or Excerpt(""), room, _EXCERPT, before=before, quiet=quiet)
    return [pen.build(), *(ContentBuilder().write(margin).append(line).build() for line in told)]


def draw_excerpt(excerpt: Excerpt, width: int, lines: int, *, before: str = "", quiet: str = "$muted") -> list[Content]:
    """At most so many lines of an excerpt, the first match in sight; `before` stands in front of it."""
    start = _start(excerpt, max(1, width * lines - cell_len(before)))
    pen = ContentBuilder().write(before, quiet)
    if start:
        pen.write("…", quiet)
    at = start
    for first, end in excerpt.highlights:
        if first >= start:
            pen.write(excerpt.text[at:first], quiet).write(excerpt.text[first:end], "bold $mark")
            at = end
    pen.write(excerpt.text[at:], quiet)
    wrapped = pen.build().wrap(max(1, width))
    if len(wrapped) <= lines:
        return wrapped
    return [*wrapped[: lines - 1], _with_ellipsis(wrapped[lines - 1], width, quiet)]


def _start(excerpt: Excerpt, room: int) -> int:
    """The character to begin with, so that the first match is within the room; a word is not cut."""
    if not excerpt.highlights or cell_len(excerpt.text) <= room:
        return 0
    first, end = excerpt.highlights[0]
    if cell_len(excerpt.text[:end]) <= room * 2 // 3:
        return 0
    start = first
    for at in range(first, 0, -1):
        if cell_len(excerpt.text[at:first]) > room // 3:
            break
        if excerpt.text[at - 1].isspace():
            start = at
    return start


def _with_ellipsis(line: Content, width: int, quiet: str) -> Content:
    """The line as one that goes on."""
    kept = line.rstrip()
    if kept.cell_length >= width:
        kept = kept.truncate(width - 1).rstrip()
    return Content.assemble(kept, ("…", quiet)) if quiet else Content.assemble(kept, "…")


def _date(day: str | None, width: int) -> str:
    if width < _WITH_DATE:
        return ""
    cells = _DAY if width >= _WITH_DAY else _MONTH
    if not day:
        return " " * cells
    return format_short_date_with_year(day).rjust(cells) if cells == _DAY else format_month(day)


@dataclass(frozen=True, slots=True)
class Status:
    """What there is to be told of a search. `total` is None while it is not known; `waiting` counts issues."""

    query: Query
    total: int | None = None
    ranked: bool = False
    suggestion: str | None = None
    waiting: int = 0
    empty: bool = False
    """There is nothing to search."""
    trouble: str = ""


def draw_status(status: Status) -> Content:
    """What was not understood, how many stories there are and in which order, what may have been meant."""
    if status.trouble or status.empty:
        return to_line_content(status.trouble or _NOTHING_YET, "$mark")
    pen = ContentBuilder()
    for remark in status.query.remarks:
        pen.write("" if pen.is_empty else "  ").write(remark, "$second")
    if status.total is not None and not status.query.is_empty:
        pen.write("" if pen.is_empty else "  ").write(_count(status), "$muted")
    if status.suggestion:
        pen.write("  Did you mean ", "$muted").write(status.suggestion, "bold $mark").write("?  tab takes it", "$muted")
    if status.waiting:
        issues = "one issue is" if status.waiting == 1 else f"{status.waiting:,} issues are"
        pen.write("" if pen.is_empty else "  ").write(f"{issues} not searchable yet: that is under way", "$second")
    return pen.build()


_NOTHING_YET = "There is no issue to search yet: esc, then S brings in the newest, B all of them."


def _count(status: Status) -> str:
    if not status.total:
        return "Nothing found."
    if status.total == 1:
        return "One story."
    return f"{status.total:,} stories, {_order(status)} first."


def _order(status: Status) -> str:
    match status.query.sort:
        case SortOrder.OLD:
            return "the oldest"
        case SortOrder.BEST if status.ranked:
            return "the best"
        case _:
            return "the newest"


def draw_choices(choices: Sequence[str], at: int, width: int) -> Content:
    """What tab offers on one line, the present one in colour; of more than fit, those around it."""
    first, end, used = at, at + 1, cell_len(choices[at])
    # Two of those before it, then as many as there is room for behind it, and for the sign that there are more.
    while first > max(0, at - 2) and used + cell_len(choices[first - 1]) + 2 * _GAP <= width:
        first -= 1
        used += cell_len(choices[first]) + _GAP
    while end < len(choices) and used + cell_len(choices[end]) + 2 * _GAP <= width:
        used += cell_len(choices[end]) + _GAP
        end += 1
    pen = ContentBuilder()
    for n in range(first, end):
        pen.write("" if pen.is_empty else " " * _GAP).write(
            truncate(choices[n], width), "bold $mark" if n == at else "$muted"
        )
    if end < len(choices) and used + _GAP < width:
        pen.write(" " * _GAP).write("…", "$muted")
    return pen.build()


_AIRY = 24
"""Lines of the list from which on a story has a blank line after it: with fewer, every line is needed."""
_AHEAD = 20
"""Stories before the last at which more are asked for: a page of the largest screen."""


class HitList(RowList, can_focus=False):
    """Each story on three lines: what it is, and two of why it was found."""

    LINES_PER_ROW = 4

    class Chosen(Message):
        """A click on the story under the cursor."""

    class Ending(Message):
        """The last stories that are here come into sight."""

    def __init__(self, *, id: str, read: Set[str], starred: Set[str]) -> None:
        """Stories are marked by what is in the sets of keys when they are drawn."""
        super().__init__(id=id)
        self._read = read
        self._starred = starred
        self._findings = Findings()
        self._dated = False
        self._drawn: dict[tuple[int, int, bool], list[Content]] = {}

    @property
    def row_count(self) -> int:
        """How many stories are here."""
        return self._findings.stories

    @property
    def pointed(self) -> tuple[FoundStory, Excerpt | None] | None:
        """The story under the cursor, and why it was found."""
        return self._hit(self.cursor) if self.cursor < self.row_count else None

    def show(self, findings: Findings) -> None:
        """Shows an answer, from its first story on; of the same answer what has come since."""
        before, self._findings = self._findings, findings
        same = findings.number == before.number
        last = (round(self.scroll_y) + self.size.height) // self.LINES_PER_ROW + 1
        if same and findings.stories == before.stories and len(before.excerpts) >= min(last, before.stories):
            return  # nothing has come that is in sight
        self._drawn.clear()
        self._dated = any(found.day for found in findings.answer.hits) if findings.answer else False
        if not same:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def restore(self, findings: Findings, cursor: int, scroll: int) -> None:
        """Shows an answer as it was left; to be called when the list has its size."""
        self.show(findings)
        self.cursor = cursor
        self.scroll_to(y=scroll, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """What it is, and why it was found; drawn once for all its lines."""
        strong = row == self.cursor
        drawn = self._drawn.get((row, width, strong))
        if drawn is None:
            found, excerpt = self._hit(row)
            marks = Marks(found.key in self._read, found.key in self._starred)
            drawn = draw_hit(found, excerpt, marks, width, dated=self._dated, strong=strong)
            drawn += [Content("")] * (3 - len(drawn))
            if excerpt is not None:
                self._drawn[row, width, strong] = drawn
        return drawn

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor else ""

    def handle_choice(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def handle_cursor_move(self) -> None:
        """More are wanted before the last one is reached."""
        if self.cursor >= self.row_count - _AHEAD:
            self.post_message(self.Ending())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The same with the wheel."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value and new_value / self.LINES_PER_ROW >= self.row_count - _AHEAD:
            self.post_message(self.Ending())

    def on_resize(self) -> None:
        """Less air in a low window. Textual calls this before the one that keeps the cursor in view."""
        lines = 4 if self.size.height >= _AIRY else 3
        if lines != self.LINES_PER_ROW:
            self.LINES_PER_ROW = lines
            self.refresh_rows()

    def _hit(self, row: int) -> tuple[FoundStory, Excerpt | None]:
        assert self._findings.answer
        excerpts = self._findings.excerpts
        return self._findings.answer.hits[row], excerpts[row] if row < len(excerpts) else None


_MARGIN = 3
_TWO_COLUMNS = 96
"""Cells from which on two explanations stand side by side; the longest of them is cut."""
_LOW = 24
"""Lines below which only a few recent searches are offered, so that the help beneath them is seen."""
_FEW = 4
_GAP_START_LIST = 3
"""Cells between an explanation and what stands beside it."""

Told = tuple[str, str]
"""What is typed, and what it means."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A line that can be taken again."""

    line: str


StartRow = str | Recent | tuple[Told, ...]
"""A heading or a blank; a recent search; explanations side by side."""


def start_rows(recent: Sequence[str], told: Sequence[Told], width: int, height: int) -> list[StartRow]:
    """The rows in a window of so many cells and lines."""
    rows: list[StartRow] = []
    if recent:
        offered = recent if height >= _LOW else recent[:_FEW]
        rows += ["Searched before", *map(Recent, offered), ""]
    rows.append("What can be asked")
    if width < _TWO_COLUMNS:
        return [*rows, *((one,) for one in told)]
    half = (len(told) + 1) // 2
    return [*rows, *(tuple(told[n::half]) for n in range(half))]


def columns_of(rows: Sequence[StartRow]) -> tuple[int, ...]:
    """The widths of what is typed, for each explanation of a row."""
    told = [row for row in rows if isinstance(row, tuple)]
    most = max((len(row) for row in told), default=0)
    return tuple(max(cell_len(row[n][0]) for row in told if n < len(row)) for n in range(most))


def draw_start_row(row: StartRow, width: int, *, columns: Sequence[int], strong: bool = False) -> Content:
    """One row; `columns` are the widths of what is typed."""
    pen = ContentBuilder().write(" " * _MARGIN)
    match row:
        case str(heading):
            pen.write(truncate(heading, width - _MARGIN), "$mark")
        case Recent(line):
            pen.write(truncate(line, width - _MARGIN - 1), "bold" if strong else "")
        case _:
            room = (width - _MARGIN) // len(columns)
            for (typed, means), column in zip(row, columns, strict=False):
                words = truncate(means, room - column - 2 - _GAP_START_LIST)
                pen.write(typed.ljust(column + 2), "bold").write(words, "$muted")
                pen.write(" " * (room - column - 2 - cell_len(words)))
    return pen.build()


class StartList(RowList, can_focus=False):
    """Recent searches under the cursor; where there are none, what can be asked."""

    class Taken(Message):
        """A click on a recent search."""

    def __init__(self, *, id: str, recent: Sequence[str], told: Sequence[Told]) -> None:
        super().__init__(id=id)
        self._recent = recent
        self._told = told
        self._rows: list[StartRow] = []
        self._columns: tuple[int, ...] = ()

    @property
    def row_count(self) -> int:
        """All lines."""
        return len(self._rows)

    @property
    def pointed(self) -> str | None:
        """The recent search under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else ""
        return row.line if isinstance(row, Recent) else None

    def is_selectable(self, row: int) -> bool:
        """Only on what can be taken."""
        return super().is_selectable(row) and isinstance(self._rows[row], Recent)

    def move(self, rows: int) -> None:
        """Behind the last recent search the list is scrolled: there is nothing to point at in the help."""
        before = self.cursor
        super().move(rows)
        if self.cursor == before:
            self.scroll_relative(y=rows, animate=False, immediate=True)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """One line."""
        return [draw_start_row(self._rows[row], width, columns=self._columns, strong=row == self.cursor)]

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor and self.is_selectable(row) else ""

    def handle_choice(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Taken())

    def on_resize(self) -> None:
        """As much as there is room for, as broad as there is room for. Textual calls this before the list's own."""
        self._rows = start_rows(self._recent, self._told, self.size.width, self.size.height)
        self._columns = columns_of(self._rows)
        self.cursor = 1 if self._recent else 0
        self.refresh_rows()
