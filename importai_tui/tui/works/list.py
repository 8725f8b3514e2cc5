"""The cited works that a line has found. It shows what it is given; the keys come from the line one types in."""

from __future__ import annotations

from collections.abc import Sequence, Set

from textual.content import Content
from textual.message import Message

from importai_tui.reading.works import work_key
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.works.lines import draw_work
from importai_tui.works import Work

_AIRY = 24
"""Lines of the list from which on a work has a blank line after it: with fewer, every line is needed."""


class WorkList(RowList, can_focus=False):
    """Each work on two lines: its title, and what is known of it."""

    LINES_A_ROW = 3

    class Chosen(Message):
        """A click on the work under the cursor."""

    def __init__(self, *, id: str, starred: Set[str], opened: Set[str]) -> None:
        """Works are marked by what is in the sets of keys when they are drawn."""
        super().__init__(id=id)
        self._starred = starred
        self._opened = opened
        self._works: Sequence[Work] = ()
        self._drawn: dict[tuple[int, int, bool], list[Content]] = {}

    @property
    def row_count(self) -> int:
        """How many works are shown."""
        return len(self._works)

    @property
    def pointed(self) -> Work | None:
        """The work under the cursor."""
        return self._works[self.cursor] if self.cursor < self.row_count else None

    def is_starred(self, work: Work) -> bool:
        """Whether it is on the reading list."""
        return work_key(work.work) in self._starred

    def show(self, works: Sequence[Work], at: str = "", scroll: int | None = None) -> None:
        """Shows these, from the first on; with the cursor on the one whose id is `at`, if it is among them.

        `scroll` is the line at the top, as it was; without it that work keeps its place on the screen.
        """
        before = self.cursor
        self._works = works
        self._drawn.clear()
        here = next((row for row, work in enumerate(works) if work.work == at), None) if at else None
        # First measured anew: what is scrolled to must be there.
        self.rows_changed()
        self.cursor = here or 0
        if here is None:
            self.scroll_to(y=0, animate=False, immediate=True)
            return
        top = round(self.scroll_y) + (here - before) * self.LINES_A_ROW if scroll is None else scroll
        if self.show_vertical_scrollbar:
            self._stand_at(top, here)
        else:  # a list without a bar does not scroll, and that this one has a bar now is known when it was drawn
            self.call_after_refresh(self._stand_at, top, here)

    def redraw(self) -> None:
        """Draws the marks as they are now."""
        self._drawn.clear()
        self.refresh()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """A work, drawn once for all its lines."""
        strong = row == self.cursor
        drawn = self._drawn.get((row, width, strong))
        if drawn is None:
            work = self._works[row]
            opened = work_key(work.work) in self._opened
            drawn = draw_work(work, width, starred=self.is_starred(work), opened=opened, strong=strong)
            self._drawn[row, width, strong] = drawn
        return drawn

    def row_style(self, row: int) -> str:
        """The cursor is always seen: it is moved from the line above."""
        return "on $cursor" if row == self.cursor else ""

    def row_chosen(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def on_resize(self) -> None:
        """Less air in a low window. Textual calls this before the one that keeps the cursor in view."""
        lines = 3 if self.size.height >= _AIRY else 2
        if lines != self.LINES_A_ROW:
            self.LINES_A_ROW = lines
            self.rows_changed()

    def _stand_at(self, top: int, here: int) -> None:
        self.scroll_to(y=top, animate=False, immediate=True)
        self.show_row(here)
