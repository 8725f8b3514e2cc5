"""How cited works are drawn: a row for each, the line that tells how many, a row for a citing story. Pure; in cells.

The cited works that a line has found. It shows what it is given; the keys come from the line one types in.

The question which of the stories that cite a work is meant.

The question where to look for a citation that has no address.

The works screen as it was left, so that it is found again so; and the orders in which it stands. Plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from enum import Enum

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.links.urls import to_ascii_host
from importai_tui.state.reading_state import get_work_key
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.text import (
    ContentBuilder,
    format_long_date,
    format_short_date_with_year,
    to_content,
    to_line_content,
    truncate,
)
from importai_tui.tui.widgets.issue_list import STAR_SIGN, UNREAD_SIGN, format_issue
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.works.query import WorkOrder, sort_works
from importai_tui.works.work import Work, get_metadata


class WorkListOrder(Enum):
    """The orders, as one key goes through them; the value is what is said of one."""

    LAST_CITED = "last cited first"
    FIRST_CITED = "newcomers first"
    MOST_CITED = "most cited first"
    BY_TITLE = "by title"

    @property
    def next(self) -> WorkListOrder:
        """The one after this, round and round."""
        orders = list(WorkListOrder)
        return orders[(orders.index(self) + 1) % len(orders)]


@dataclass(frozen=True, slots=True)
class WorksScreenState:
    """The line, the order, and the work one was at; all works, the last cited first, of the archive's `version`.

    `chosen` is the reference of the story that it was left for.
    """

    line: str = ""
    order: WorkListOrder = WorkListOrder.LAST_CITED
    work_id: str = ""
    scroll: int = 0
    works: tuple[Work, ...] = ()
    archive_version: int = 0
    chosen_ref: str | None = None


def sort_work_list(works: Iterable[Work], order: WorkListOrder) -> list[Work]:
    """The works in that order; where it makes no difference, as they come."""
    match order:
        case WorkListOrder.LAST_CITED:
            return sort_works(works, WorkOrder.LAST_CITED)
        case WorkListOrder.FIRST_CITED:
            return sort_works(works, WorkOrder.FIRST_CITED)
        case WorkListOrder.MOST_CITED:
            return sort_works(works, WorkOrder.MOST_CITED)
        case WorkListOrder.BY_TITLE:
            return sorted(works, key=lambda work: work.title.casefold())


_SIGNS_WIDTH = 4
"""Cells before the title: a gap, the star, the dot, a gap."""
_GAP = "  "
LOADING_TEXT = "Looking for what is cited…"
_NO_ISSUES_TEXT = "There is no issue yet to cite anything: esc, then S brings in the newest, B all of them."
_NO_WORKS_TEXT = "The issues that are here cite nothing. esc, then S brings in the newest, B all of them."
_NOT_FOUND_TEXT = "Nothing found."
_SEARCH_ADVICE = "Fewer words find more; or try kind:paper  site:arxiv.org  year:2025  is:unread"


@dataclass(frozen=True, slots=True)
class WorksStatus:
    """What there is to tell: how many of how many works are shown, in which order, and what was not understood.

    `found` is None while they are looked for; `issues` is whether there are any.
    """

    found_count: int | None = None
    work_count: int = 0
    order: WorkListOrder = WorkListOrder.LAST_CITED
    remarks: tuple[str, ...] = ()
    has_issues: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class CitingStory:
    """A story that cites a work; the headline is empty where the archive no longer holds it."""

    ref: str
    headline: str = ""
    day: str | None = None


def draw_work(work: Work, width: int, *, is_starred: bool, is_opened: bool, strong: bool = False) -> list[Content]:
    """The two lines of a work, each at most `width` cells: its title, and what, where, when and how often.

    The title is bold until the work was opened; `strong` text is never muted.
    """
    facts = get_metadata(work)
    first = (
        ContentBuilder()
        .write(" ")
        .write(STAR_SIGN if is_starred else " ", "$second")
        .write(" " if is_opened else UNREAD_SIGN, "$mark")
    )
    first.write(" ").write(truncate(facts.title, width - _SIGNS_WIDTH - 1), "" if is_opened else "bold")
    second = ContentBuilder().write(" " * _SIGNS_WIDTH).write(work.kind.value, "$second").write(_GAP)
    room = width - _SIGNS_WIDTH - len(work.kind.value) - len(_GAP) - 1
    second.write(_format_citations(work, str(facts.year or ""), room), "" if strong else "$muted")
    return [first.build(), second.build()]


def draw_citing_story(story: CitingStory, width: int, *, strong: bool = False) -> list[Content]:
    """The two lines of a story that cites a work: its headline; where and when it was."""
    first = ContentBuilder().write(" ").write(truncate(story.headline or "This story is no longer here.", width - 2))
    quiet = "" if strong else "$muted"
    ref = truncate(story.ref, width - 2)
    second = ContentBuilder().write(" ").write(ref, quiet)
    day = _GAP + format_long_date(story.day) if story.day else ""
    if cell_len(ref + day) <= width - 2:
        second.write(day, quiet)
    return [first.build(), second.build()]


def draw_works_status(status: WorksStatus) -> Content:
    """What was not understood, how many works there are and in which order; what to do where there is none."""
    if status.error:
        return to_line_content(status.error, "$mark")
    if status.found_count is None:
        return to_line_content(LOADING_TEXT, "$muted")
    if not status.work_count:
        return to_line_content(_NO_WORKS_TEXT if status.has_issues else _NO_ISSUES_TEXT, "$mark")
    pen = ContentBuilder()
    for remark in status.remarks:
        pen.write(f"{remark}  ", "$second")
    return pen.write(_format_count(status.found_count, status), "$muted").build()


def _format_count(found_count: int, status: WorksStatus) -> str:
    if not found_count:  # a remark says by itself what to write
        return _NOT_FOUND_TEXT if status.remarks else f"{_NOT_FOUND_TEXT} {_SEARCH_ADVICE}"
    return "One work." if found_count == 1 else f"{found_count:,} works, {status.order.value}."


def _format_citations(work: Work, year: str, width: int) -> str:
    """Where, when and how often, in the longest words that there is room for."""
    last = format_issue(work.issues[-1]) if work.issues else ""
    day = format_short_date_with_year(work.first_cited) if work.first_cited and not year else ""
    if work.citation_count > 1:
        short = f"cited {work.citation_count:,} times"
        where = f"{short}, last in {last}"
        full = f"{short} since {day}, last in {last}" if day else where
    else:
        short, where = "cited once", f"cited in {last}"
        full = f"{where}, {day}" if day else where
    host = to_ascii_host(work.host or "")
    for parts in ((host, year, full), (host, year, where), (year, where), (year, short)):
        line = _GAP.join(part for part in parts if part)
        if cell_len(line) <= width:
            return line
    return truncate(line, width)


_SPACED_HEIGHT = 24
"""Lines of the list from which on a work has a blank line after it: with fewer, every line is needed."""


class WorkList(RowList, can_focus=False):
    """Each work on two lines: its title, and what is known of it."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """A click on the work under the cursor."""

    def __init__(self, *, id: str, starred_keys: Set[str], opened_keys: Set[str]) -> None:
        """Works are marked by what is in the sets of keys when they are drawn."""
        super().__init__(id=id)
        self._starred_keys = starred_keys
        self._opened_keys = opened_keys
        self._works: Sequence[Work] = ()
        self._drawn_rows: dict[tuple[int, int, bool], list[Content]] = {}

    @property
    def row_count(self) -> int:
        """How many works are shown."""
        return len(self._works)

    @property
    def selected_work(self) -> Work | None:
        """The work under the cursor."""
        return self._works[self.cursor] if self.cursor < self.row_count else None

    def is_starred(self, work: Work) -> bool:
        """Whether it is on the reading list."""
        return get_work_key(work.id) in self._starred_keys

    def show_works(self, works: Sequence[Work], work_id: str = "", scroll: int | None = None) -> None:
        """Shows these, from the first on; with the cursor on the one whose id is `at`, if it is among them.

        `scroll` is the line at the top, as it was; without it that work keeps its place on the screen.
        """
        before = self.cursor
        self._works = works
        self._drawn_rows.clear()
        here = next((row for row, work in enumerate(works) if work.id == work_id), None) if work_id else None
        # First measured anew: what is scrolled to must be there.
        self.refresh_rows()
        self.cursor = here or 0
        if here is None:
            self.scroll_to(y=0, animate=False, immediate=True)
            return
        top = round(self.scroll_y) + (here - before) * self.LINES_PER_ROW if scroll is None else scroll
        if self.show_vertical_scrollbar:
            self._scroll_to_work(top, here)
        else:  # a list without a bar does not scroll, and that this one has a bar now is known when it was drawn
            self.call_after_refresh(self._scroll_to_work, top, here)

    def redraw_marks(self) -> None:
        """Draws the marks as they are now."""
        self._drawn_rows.clear()
        self.refresh()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """A work, drawn once for all its lines."""
        strong = row == self.cursor
        drawn = self._drawn_rows.get((row, width, strong))
        if drawn is None:
            work = self._works[row]
            opened = get_work_key(work.id) in self._opened_keys
            drawn = draw_work(work, width, is_starred=self.is_starred(work), is_opened=opened, strong=strong)
            self._drawn_rows[row, width, strong] = drawn
        return drawn

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor else ""

    def handle_choice(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Less air in a low window. Textual calls this before the one that keeps the cursor in view."""
        lines = 3 if self.size.height >= _SPACED_HEIGHT else 2
        if lines != self.LINES_PER_ROW:
            self.LINES_PER_ROW = lines
            self.refresh_rows()

    def _scroll_to_work(self, top: int, row: int) -> None:
        self.scroll_to(y=top, animate=False, immediate=True)
        self.scroll_to_row(row)


_OTHER_LINES = 8
"""Lines of the question without its stories: title, keys, and the gaps between."""

LoadCitingStory = Callable[[str], CitingStory]
"""What is known of the story with this reference."""

_CITING_KEYS = (
    ("citing.choose", "enter", "go there"),
    ("citing.down", "j k", "choose"),
    ("citing.cancel", "esc", "leave"),
)
"""What the last line tells."""


class CitingStoryList(RowList):
    """Stories to choose from. One is asked for when it comes into sight: a work may be cited by hundreds."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """Enter or a click on a story."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    def __init__(self, refs: Sequence[str], load_story: LoadCitingStory) -> None:
        super().__init__()
        self._refs = refs
        self._load_story = load_story
        self._stories: dict[str, CitingStory] = {}

    @property
    def row_count(self) -> int:
        """How many stories there are."""
        return len(self._refs)

    def on_mount(self) -> None:
        """As high as it must be, and can be."""
        if self.app.size.height < 2 * _OTHER_LINES:
            self.LINES_PER_ROW = 2
        room = max(1, (self.app.size.height - _OTHER_LINES) // self.LINES_PER_ROW)
        self.styles.height = min(room, len(self._refs)) * self.LINES_PER_ROW
        self.refresh_rows()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third, where there is room for one, is the gap."""
        ref = self._refs[row]
        if ref not in self._stories:
            self._stories[ref] = self._load_story(ref)
        return draw_citing_story(self._stories[ref], width, strong=row == self.cursor)

    def handle_choice(self) -> None:
        """Tells which one."""
        self.post_message(self.Chosen(self._refs[self.cursor]))


class CitingStoryPicker(ListScreen[str]):
    """Closes with the reference of the chosen story; None if the reader thinks better of it."""

    CSS_PATH = [DIALOG_CSS, "works.tcss"]
    KEYMAP_SECTION = "Among citing stories"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, title: str, refs: Sequence[str], load_story: LoadCitingStory) -> None:
        """Offer the stories with these references, which cite the work of that title."""
        super().__init__()
        self._title = title
        self._refs = refs
        self._load_story = load_story

    def compose(self) -> ComposeResult:
        """The work, the stories, the keys."""
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._title, "bold"), classes="question")
            yield CitingStoryList(self._refs, self._load_story)
            yield Static(to_content(format_key_hints(self.app, *_CITING_KEYS), "$muted"))

    def on_citing_story_list_chosen(self, message: CitingStoryList.Chosen) -> None:
        """Closes with it."""
        self.dismiss(message.ref)


class LookupTarget(Enum):
    """Where a title is looked for."""

    ARXIV = "arxiv"
    WEB = "web"
    COPY = "copy"


_ARXIV_TEXT = "a look on arXiv"
_WEB_TEXT = "w look on the web"
_OTHER_KEYS_TEXT = "y copy the title\nesc leave"


class LookupDialog(Dialog[LookupTarget | None]):
    """Closes with the answer; None if the reader thinks better of it."""

    BINDINGS = make_screen_bindings("Where to look for a citation")

    def __init__(self, title: str, *, is_paper: bool) -> None:
        """Ask about the work of that title. A paper is first looked for on arXiv, anything else on the web."""
        super().__init__()
        self._title = title
        self._is_paper = is_paper

    def compose(self) -> ComposeResult:
        """What is the matter, and the keys."""
        first, second = (_ARXIV_TEXT, _WEB_TEXT) if self._is_paper else (_WEB_TEXT, _ARXIV_TEXT)
        with Vertical(classes="dialog"):
            yield Static(to_line_content(self._title, "bold"), classes="question")
            yield Static(to_content("Its address is not known here.", "$muted"))
            yield Static(to_content(f"{first} (enter)\n{second}\n{_OTHER_KEYS_TEXT}", "$muted"))

    def action_answer(self, what: str) -> None:
        """Closes with the answer."""
        self.dismiss(LookupTarget(what))

    def action_answer_first(self) -> None:
        """Enter."""
        self.dismiss(LookupTarget.ARXIV if self._is_paper else LookupTarget.WEB)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)
