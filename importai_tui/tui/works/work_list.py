"""The list of cited works, and the functions that draw its rows and status line. Widths are in cells."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.links.urls import to_ascii_host
from importai_tui.state.reading_state import get_work_key
from importai_tui.tui.text import ContentBuilder, format_short_date_with_year, to_line_content, truncate
from importai_tui.tui.widgets.issue_list import STAR_SIGN, UNREAD_SIGN, format_issue
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.wording import plural
from importai_tui.works.query import WorkOrder
from importai_tui.works.work import Work, format_authors, format_cited_as, get_metadata

_ORDER_TEXTS = {
    WorkOrder.BEST: "best match first",
    WorkOrder.LAST_CITED: "most recently cited first",
    WorkOrder.FIRST_CITED: "newest first",
    WorkOrder.MOST_CITED: "most cited first",
    WorkOrder.BY_TITLE: "by title",
}
"""The orders of the list, as one key cycles through them, each with its text in the status line."""


def get_next_order(order: WorkOrder) -> WorkOrder:
    """Return the order after this one. After the last comes the first."""
    orders = list(_ORDER_TEXTS)
    return orders[(orders.index(order) + 1) % len(orders)]


@dataclass(frozen=True, slots=True)
class WorksScreenState:
    """The works screen when it was closed, so that it can open in the same state.

    `work_id` is the selected work. `works` are all works, the last cited first, in the `version` of archive and cards.
    `chosen_ref` is the reference of the chosen story, or None.
    """

    line: str = ""
    order: WorkOrder = WorkOrder.BEST
    work_id: str = ""
    scroll: int = 0
    works: tuple[Work, ...] = ()
    version: tuple[int, ...] = ()
    chosen_ref: str | None = None


_SIGNS_WIDTH = 4
"""Cells before the title: a gap, the star, the unread sign, a gap."""
_GAP = "  "
_MIN_WORDS_WIDTH = 16
"""Cells after a title from which on the words of the link are shown: "cited as “R1 p…"."""
LOADING_TEXT = "Loading works…"
_NO_ISSUES_TEXT = "No issues yet."
_NO_WORKS_TEXT = "Your issues cite no works."
_NOT_FOUND_TEXT = "No results."
_SEARCH_ADVICE = "Try fewer words, or a filter such as kind:paper  site:arxiv.org  year:2025  is:unread"


@dataclass(frozen=True, slots=True)
class WorksStatus:
    """The facts in the status line.

    `found_count` is None during the search. `other_count` of these works are posts, news and the like, and
    `story_count` match only by a story that cites them. `has_words` tells if the line has words. `remarks` are
    sentences about the line. `advice` says how to get issues.
    """

    found_count: int | None = None
    other_count: int = 0
    story_count: int = 0
    has_words: bool = False
    work_count: int = 0
    order: WorkOrder = WorkOrder.BEST
    remarks: tuple[str, ...] = ()
    has_issues: bool = True
    error: str = ""
    advice: str = ""


def draw_work(work: Work, width: int, *, is_starred: bool, is_opened: bool, strong: bool = False) -> list[Content]:
    """Draw the two lines of a work: its title, or its id and the words it is cited as; kind, site, year, and citations.

    The title is bold until the work was opened. `strong` text is never muted.
    """
    metadata = get_metadata(work)
    first = (
        ContentBuilder()
        .write(" ")
        .write(STAR_SIGN if is_starred else " ", "$second")
        .write(" " if is_opened else UNREAD_SIGN, "$mark")
    )
    quiet = "" if strong else "$muted"
    title = truncate(metadata.title, width - _SIGNS_WIDTH - 1)
    first.write(" ").write(title, "" if is_opened else "bold")
    remaining_width = width - _SIGNS_WIDTH - cell_len(title) - len(_GAP) - 1
    if (words := format_cited_as(work)) and remaining_width >= _MIN_WORDS_WIDTH:
        first.write(_GAP).write(truncate(words, remaining_width), quiet)
    second = ContentBuilder().write(" " * _SIGNS_WIDTH).write(work.kind.value, "$second").write(_GAP)
    remaining_width = width - _SIGNS_WIDTH - len(work.kind.value) - len(_GAP) - 1
    second.write(_format_citations(work, str(metadata.year or ""), remaining_width), quiet)
    return [first.build(), second.build()]


def draw_works_status(status: WorksStatus) -> Content:
    """Draw the remarks, and the number of works and their order. Draw advice if there are none."""
    if status.error:
        return to_line_content(status.error, "$mark")
    if status.found_count is None:
        return to_line_content(LOADING_TEXT, "$muted")
    if not status.work_count:
        problem = _NO_WORKS_TEXT if status.has_issues else _NO_ISSUES_TEXT
        return to_line_content(f"{problem} {status.advice}".rstrip(), "$mark")
    builder = ContentBuilder()
    for remark in status.remarks:
        builder.write(f"{remark}  ", "$second")
    return builder.write(_format_count(status.found_count, status), "$muted").build()


def _format_count(found_count: int, status: WorksStatus) -> str:
    if not found_count:  # a remark is advice enough
        return _NOT_FOUND_TEXT if status.remarks else f"{_NOT_FOUND_TEXT} {_SEARCH_ADVICE}"
    if found_count == 1:
        return "1 work"
    works = f"{found_count:,} works"
    if status.order is not WorkOrder.BEST:
        return f"{works}, {_ORDER_TEXTS[status.order]}"
    if status.story_count == found_count:
        return f"{works}, by the stories that cite them"
    if status.story_count:
        return f"{works}: {found_count - status.story_count:,} by title, {status.story_count:,} by story"
    if status.has_words:
        return f"{works}, best match first"
    if 0 < status.other_count < found_count:
        others = plural(status.other_count, "post or other", "posts and others (kind:post)")
        return f"{works}, papers first, then {others}"
    return f"{works}, most recently cited first"


def _format_citations(work: Work, year: str, width: int) -> str:
    """Return the authors on the card, the site, the year, and the citations in the longest form that fits `width`."""
    last = format_issue(work.issues[-1]) if work.issues else ""
    day = ""
    if work.first_cited and not year:
        day = format_short_date_with_year(work.first_cited, is_estimated=work.is_first_estimated)
    if work.citation_count > 1:
        short = f"cited {work.citation_count:,} times"
        where = f"{short}, last in {last}"
        full = f"{short} since {day}, last in {last}" if day else where
    else:
        short, where = "cited once", f"cited in {last}"
        full = f"{where}, {day}" if day else where
    host = to_ascii_host(work.host or "")
    authors = format_authors(get_metadata(work).authors) if work.has_card else ""
    forms = ((host, year, full), (host, year, where), (year, where))
    for parts in (*((authors, *form) for form in forms), *forms, (year, short)):
        line = _GAP.join(part for part in parts if part)
        if cell_len(line) <= width:
            return line
    return truncate(line, width)


_SPACED_HEIGHT = 24
"""Lines of the list from which on a blank line follows each work. A lower list needs every line."""


class WorkList(RowList, can_focus=False):
    """The works. Each takes two lines."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """The user clicked the work under the cursor."""

    def __init__(self, *, id: str, starred_keys: Set[str], opened_keys: Set[str]) -> None:
        """Mark the works whose keys are in these sets. The list reads the sets whenever it draws."""
        super().__init__(id=id)
        self._starred_keys = starred_keys
        self._opened_keys = opened_keys
        self._works: Sequence[Work] = ()
        self._drawn_rows: dict[tuple[int, int, bool], list[Content]] = {}

    @property
    def row_count(self) -> int:
        """The number of works."""
        return len(self._works)

    @property
    def selected_work(self) -> Work | None:
        """The work under the cursor."""
        return self._works[self.cursor] if self.cursor < self.row_count else None

    @property
    def works(self) -> Sequence[Work]:
        """The works in the list."""
        return self._works

    def select_work(self, work_id: str) -> None:
        """Move the cursor to a work, if it is in the list."""
        row = next((row for row, work in enumerate(self._works) if work.id == work_id), self.cursor)
        self.move_cursor_to(row)

    def is_starred(self, work: Work) -> bool:
        """Return True if the work has a star."""
        return get_work_key(work.id) in self._starred_keys

    def show_works(self, works: Sequence[Work], work_id: str = "", scroll: int | None = None) -> None:
        """Show the works from the top, or with the cursor on the work `work_id` if it is among them.

        `scroll` is the line at the top. Without it, the selected work keeps its line on the screen.
        """
        old_row = self.cursor
        self._works = works
        self._drawn_rows.clear()
        row = next((row for row, work in enumerate(works) if work.id == work_id), None) if work_id else None
        # The list needs its new height before it can scroll.
        self.refresh_rows()
        self.cursor = row or 0
        if row is None:
            self.scroll_to(y=0, animate=False, immediate=True)
            return
        top = round(self.scroll_y) + (row - old_row) * self.LINES_PER_ROW if scroll is None else scroll
        if self.show_vertical_scrollbar:
            self._scroll_to_work(top, row)
        else:  # a list without a scroll bar cannot scroll, and a new scroll bar appears with the next refresh
            self.call_after_refresh(self._scroll_to_work, top, row)

    def redraw_marks(self) -> None:
        """Redraw the rows with changed marks."""
        self._drawn_rows.clear()
        self.refresh()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw a work. The lines are cached, because the list asks for each line of a row."""
        strong = row == self.cursor
        drawn = self._drawn_rows.get((row, width, strong))
        if drawn is None:
            work = self._works[row]
            is_opened = get_work_key(work.id) in self._opened_keys
            drawn = draw_work(work, width, is_starred=self.is_starred(work), is_opened=is_opened, strong=strong)
            self._drawn_rows[row, width, strong] = drawn
        return drawn

    def row_style(self, row: int) -> str:
        """Highlight the cursor even without focus, because the input above moves it."""
        return "on $cursor" if row == self.cursor else ""

    def handle_choice(self) -> None:
        """Report a click."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Drop the blank lines in a low list. Textual calls this before the handler that keeps the cursor visible."""
        lines = 3 if self.size.height >= _SPACED_HEIGHT else 2
        if lines != self.LINES_PER_ROW:
            self.LINES_PER_ROW = lines
            self.refresh_rows()

    def _scroll_to_work(self, top: int, row: int) -> None:
        self.scroll_to(y=top, animate=False, immediate=True)
        self.scroll_to_row(row)
