"""The list of tags with their numbers of stories."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.tui.marks.filter import TagCount
from importai_tui.tui.text import ContentBuilder, truncate
from importai_tui.tui.widgets.row_list import RowList
from importai_tui.wording import plural

_NAME_WIDTH = 32
"""Cells of the column of tags."""


class TagList(RowList):
    """One row per tag."""

    class Chosen(Message):
        """The user chose the tag under the cursor with Enter or a click."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._tags: Sequence[TagCount] = ()

    @property
    def row_count(self) -> int:
        """The number of tags."""
        return len(self._tags)

    @property
    def selected(self) -> TagCount | None:
        """The tag under the cursor."""
        return self._tags[self.cursor] if self.cursor < self.row_count else None

    def show(self, tags: Sequence[TagCount], selected: str) -> None:
        """Show tags, with the cursor on one of them; if it is not there, the cursor stays in its row."""
        self._tags = tags
        row = next((row for row, (name, _) in enumerate(tags) if name == selected), self.cursor)
        self.refresh_rows()
        self.cursor = max(0, min(row, self.row_count - 1))
        # The list needs its new height before it can scroll.
        self.call_after_refresh(self.scroll_to_row, self.cursor)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw a tag and the number of its stories."""
        name, count = self._tags[row]
        stories = plural(count, "story", "stories")
        label = truncate(f"#{name}", max(1, min(_NAME_WIDTH, width - len(stories) - 3)))
        gap = " " * (min(_NAME_WIDTH, width - len(stories) - 3) - cell_len(label) + 1)
        style = "" if row == self.cursor and self.has_focus else "$muted"
        return [ContentBuilder().write(" ").write(label).write(gap).write(stories, style).build()]

    def handle_choice(self) -> None:
        """Report the tag under the cursor."""
        if self.row_count:
            self.post_message(self.Chosen())
