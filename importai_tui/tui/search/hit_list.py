"""The stories that a search has found. It shows what it is given; the keys come to it from the line one types in."""

from __future__ import annotations

from collections.abc import Set

from textual.content import Content
from textual.message import Message

from importai_tui.search import Excerpt, Found
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.search.lines import Marks, draw_hit
from importai_tui.tui.search.thread import Findings

_AIRY = 24
"""Lines of the list from which on a story has a blank line after it: with fewer, every line is needed."""
_AHEAD = 20
"""Stories before the last at which more are asked for: a page of the largest screen."""


class HitList(RowList, can_focus=False):
    """Each story on three lines: what it is, and two of why it was found."""

    LINES_A_ROW = 4

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
    def pointed(self) -> tuple[Found, Excerpt | None] | None:
        """The story under the cursor, and why it was found."""
        return self._hit(self.cursor) if self.cursor < self.row_count else None

    def show(self, findings: Findings) -> None:
        """Shows an answer, from its first story on; of the same answer what has come since."""
        before, self._findings = self._findings, findings
        same = findings.number == before.number
        last = (round(self.scroll_y) + self.size.height) // self.LINES_A_ROW + 1
        if same and findings.stories == before.stories and len(before.excerpts) >= min(last, before.stories):
            return  # nothing has come that is in sight
        self._drawn.clear()
        self._dated = any(found.day for found in findings.answer.found) if findings.answer else False
        if not same:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        self.rows_changed()

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

    def row_chosen(self) -> None:
        """Tells that it was clicked."""
        self.post_message(self.Chosen())

    def cursor_moved(self) -> None:
        """More are wanted before the last one is reached."""
        if self.cursor >= self.row_count - _AHEAD:
            self.post_message(self.Ending())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The same with the wheel."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value and new_value / self.LINES_A_ROW >= self.row_count - _AHEAD:
            self.post_message(self.Ending())

    def on_resize(self) -> None:
        """Less air in a low window. Textual calls this before the one that keeps the cursor in view."""
        lines = 4 if self.size.height >= _AIRY else 3
        if lines != self.LINES_A_ROW:
            self.LINES_A_ROW = lines
            self.rows_changed()

    def _hit(self, row: int) -> tuple[Found, Excerpt | None]:
        assert self._findings.answer
        excerpts = self._findings.excerpts
        return self._findings.answer.found[row], excerpts[row] if row < len(excerpts) else None
