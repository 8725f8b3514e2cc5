"""How what was found is drawn: a row for each story, and the line that tells how many. Pure; widths in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from importai_tui.issue import StoryKind
from importai_tui.query import Query, Sort
from importai_tui.search import Excerpt, Found
from importai_tui.tui.lists.list_rows import STAR, UNREAD
from importai_tui.tui.look.dates import month_and_year, short_date_with_year
from importai_tui.tui.look.literal import Pen, cut, literal_line

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
    found: Found, excerpt: Excerpt | None, marks: Marks, width: int, *, dated: bool = True, strong: bool = False
) -> list[Content]:
    """A story: number, date, kind and headline; then two lines of its excerpt.

    `dated`: the day of some story in the list is known, so there is a column for it. `strong` text is never muted.
    """
    quiet = "" if strong else "$muted"
    number = str(found.number) if found.number is not None else "·"
    pen = Pen().write(" ").write(STAR if marks.starred else " ", "$second")
    pen.write(" " if marks.read else UNREAD, "$mark").write(" ").write(number.rjust(_NUMBER), quiet).write("  ")
    indent = _SIGNS + max(_NUMBER, len(number)) + 2
    used = indent
    date = _date(found.day, width) if dated else ""
    if date:
        pen.write(date, quiet).write("  ")
        used += len(date) + 2
    if kind := _KINDS.get(found.kind, ""):
        pen.write(kind, "$second").write("  ")
        used += len(kind) + 2
    pen.write(cut(found.headline, width - used - 1), "" if marks.read else "bold")
    before = "" if width >= _WITH_DATE or not found.day else f"{month_and_year(found.day)}  "
    margin = " " * (indent if width >= _WITH_DATE else _SIGNS)
    room = width - len(margin) - 2
    told = draw_excerpt(excerpt or Excerpt(""), room, _EXCERPT, before=before, quiet=quiet)
    return [pen.content(), *(Pen().write(margin).add(line).content() for line in told)]


def draw_excerpt(excerpt: Excerpt, width: int, lines: int, *, before: str = "", quiet: str = "$muted") -> list[Content]:
    """At most so many lines of an excerpt, the first match in sight; `before` stands in front of it."""
    start = _start(excerpt, max(1, width * lines - cell_len(before)))
    pen = Pen().write(before, quiet)
    if start:
        pen.write("…", quiet)
    at = start
    for first, end in excerpt.highlights:
        if first >= start:
            pen.write(excerpt.text[at:first], quiet).write(excerpt.text[first:end], "bold $mark")
            at = end
    pen.write(excerpt.text[at:], quiet)
    wrapped = pen.content().wrap(max(1, width))
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
    return short_date_with_year(day).rjust(cells) if cells == _DAY else month_and_year(day)


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
        return literal_line(status.trouble or _NOTHING_YET, "$mark")
    pen = Pen()
    for remark in status.query.remarks:
        pen.write("" if pen.empty else "  ").write(remark, "$second")
    if status.total is not None and not status.query.is_empty:
        pen.write("" if pen.empty else "  ").write(_count(status), "$muted")
    if status.suggestion:
        pen.write("  Did you mean ", "$muted").write(status.suggestion, "bold $mark").write("?  tab takes it", "$muted")
    if status.waiting:
        issues = "one issue is" if status.waiting == 1 else f"{status.waiting:,} issues are"
        pen.write("" if pen.empty else "  ").write(f"{issues} not searchable yet: that is under way", "$second")
    return pen.content()


_NOTHING_YET = "There is no issue to search yet: esc, then S brings in the newest, B all of them."


def _count(status: Status) -> str:
    if not status.total:
        return "Nothing found."
    if status.total == 1:
        return "One story."
    return f"{status.total:,} stories, {_order(status)} first."


def _order(status: Status) -> str:
    match status.query.sort:
        case Sort.OLD:
            return "the oldest"
        case Sort.BEST if status.ranked:
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
    pen = Pen()
    for n in range(first, end):
        pen.write("" if pen.empty else " " * _GAP).write(cut(choices[n], width), "bold $mark" if n == at else "$muted")
    if end < len(choices) and used + _GAP < width:
        pen.write(" " * _GAP).write("…", "$muted")
    return pen.content()
