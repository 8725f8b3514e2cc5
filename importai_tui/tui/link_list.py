"""The right pane: the story's links under the numbers that they carry in the text; then the stories it is tied to."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message

from importai_tui.issue import Link
from importai_tui.threads import Ties
from importai_tui.tui.citations import is_vague, split_source
from importai_tui.tui.literal import Pen, cut
from importai_tui.tui.row_list import RowList
from importai_tui.tui.thread_lines import Tie, Words, draw_tie, draw_words


class LinkList(RowList):
    """Each link on two lines: number and words; kind, host and the work's id. Each reference beneath them likewise."""

    LINES_A_ROW = 3

    class LinkChosen(Message):
        """Enter or a click on a link."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class TieChosen(Message):
        """Enter or a click on a reference."""

        def __init__(self, tie: Tie) -> None:
            super().__init__()
            self.tie = tie

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._links: tuple[Link, ...] = ()
        self._ties: tuple[Words | Tie, ...] = ()

    @property
    def row_count(self) -> int:
        """The story's links, and beneath them its references under their headings."""
        return len(self._links) + len(self._ties)

    def can_stop_at(self, row: int) -> bool:
        """Anywhere but on a heading."""
        return super().can_stop_at(row) and not isinstance(self._tie(row), Words)

    @property
    def focused_link(self) -> Link | None:
        """The link under the cursor, while the list has the focus."""
        return self._links[self.cursor] if self.has_focus and self.cursor < len(self._links) else None

    def show_links(self, links: tuple[Link, ...]) -> None:
        """Fills the list and puts the cursor on the first link."""
        self._links = links
        self._ties = ()
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True)
        self.rows_changed()

    def show_ties(self, ties: Ties) -> None:
        """Shows what the story refers to, and where it is mentioned, beneath its links."""
        rows: list[Words | Tie] = []
        for heading, references in (("Refers to", ties.refers_to), ("Later mentioned in", ties.mentioned_in)):
            if references:
                rows.append(Words(heading))
                rows.extend(Tie(reference, later=references is ties.mentioned_in) for reference in references)
        self._ties = tuple(rows)
        if not self.can_stop_at(self.cursor):
            self.cursor = next((row for row in range(self.row_count) if self.can_stop_at(row)), 0)
        self.rows_changed()

    def _tie(self, row: int) -> Words | Tie | None:
        return self._ties[row - len(self._links)] if row >= len(self._links) else None

    def replace_links(self, links: tuple[Link, ...]) -> None:
        """Another version of the same story's links: the cursor stays on its link."""
        before = self._links[self.cursor] if self.cursor < len(self._links) else None
        self._links = links
        self._ties = ()
        same = (row for row, link in enumerate(links) if before and (link.url, link.text) == (before.url, before.text))
        self.cursor = next(same, max(0, min(self.cursor, len(links) - 1)))
        self.rows_changed()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third is the gap."""
        strong = row == self.cursor and self.has_focus
        match self._tie(row):
            case Words() as heading:
                return draw_words(heading, width)
            case Tie() as tie:
                return draw_tie(tie, width, strong=strong)
            case None:
                return draw_link(self._links[row], width, digits=len(str(len(self._links))), strong=strong)

    def row_chosen(self) -> None:
        """Tells which link or reference."""
        if not self.can_stop_at(self.cursor):
            return
        match self._tie(self.cursor):
            case Tie() as tie:
                self.post_message(self.TieChosen(tie))
            case None:
                self.post_message(self.LinkChosen(self._links[self.cursor].n))
            case Words():
                pass


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
