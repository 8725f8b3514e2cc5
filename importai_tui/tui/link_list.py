"""The right pane: the story's links under the numbers that they carry in the text."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message

from importai_tui.issue import Link
from importai_tui.tui.citations import is_vague, split_source
from importai_tui.tui.literal import Pen, cut
from importai_tui.tui.row_list import RowList


class LinkList(RowList):
    """Each link on two lines: number and words; kind, host and the work's id."""

    LINES_A_ROW = 3

    class LinkChosen(Message):
        """Enter or a click on a link."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._links: tuple[Link, ...] = ()

    @property
    def row_count(self) -> int:
        """How many links the story has."""
        return len(self._links)

    @property
    def focused_link(self) -> Link | None:
        """The link under the cursor, while the list has the focus."""
        return self._links[self.cursor] if self.has_focus and self.cursor < len(self._links) else None

    def show_links(self, links: tuple[Link, ...]) -> None:
        """Fills the list and puts the cursor on the first link."""
        self._links = links
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True)
        self.rows_changed()

    def replace_links(self, links: tuple[Link, ...]) -> None:
        """Another version of the same story's links: the cursor stays on its link."""
        before = self._links[self.cursor] if self.cursor < len(self._links) else None
        self._links = links
        same = (row for row, link in enumerate(links) if before and (link.url, link.text) == (before.url, before.text))
        self.cursor = next(same, max(0, min(self.cursor, len(links) - 1)))
        self.rows_changed()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third is the gap."""
        return draw_link(
            self._links[row], width, digits=len(str(len(self._links))), strong=row == self.cursor and self.has_focus
        )

    def row_chosen(self) -> None:
        """Tells which link."""
        if self._links:
            self.post_message(self.LinkChosen(self._links[self.cursor].n))


def draw_link(link: Link, width: int, *, digits: int, strong: bool = False) -> list[Content]:
    """The two lines of a link, each at most `width` cells; `strong` text is never muted."""
    quiet = "" if strong else "$muted"
    margin = digits + 2
    title, _ = split_source(link.text)
    if is_vague(title) and link.url:
        title = link.url.partition("://")[2]
    first = Pen().write(f" {link.n:>{digits}} ", "bold $mark").write(cut(title, width - margin - 1))
    second = Pen().write(" " * margin).write(link.kind.value, "$second").write("  ")
    room = width - margin - len(link.kind.value) - 3
    if link.url is None:
        return [first.content(), second.write(cut("no address", room), quiet).content()]
    where = link.host or ""
    if link.work and link.work.startswith(("arxiv:", "doi:")):
        where += "  " + link.work.partition(":")[2]
    return [first.content(), second.write(_cut_where(where, room), quiet).content()]


def _cut_where(where: str, room: int) -> str:
    host, gap, work = where.partition("  ")
    short = cut(host, room)
    rest = cut(work, room - len(short) - 2) if gap else ""
    return f"{short}  {rest}" if rest else short
