"""The right pane: the story's links under the numbers that they carry in the text; then the stories it is tied to.

How a link is drawn in the right pane. Pure: values in, a Content out, widths in terminal cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from importai_tui.library.rows import holds
from importai_tui.links.browser_url import browser_host, browser_url
from importai_tui.model import Link
from importai_tui.tui.text import Pen, cut
from importai_tui.tui.widgets.issue_list import named
from importai_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from importai_tui.threads.threads import Related, Ties
    from importai_tui.tui.widgets.reference_rows import Beneath, Tie
    from importai_tui.works.work import Work

_GAP = "  "
_OPENED = "opened"
_FEW = 3
"""Other issues that are named; of more, how many there are tells enough."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link with what it cites; `opened` before, `also` are the other issues that cite the work, oldest first."""

    link: Link
    title: str
    opened: bool = False
    also: Sequence[str] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What one may narrow the links by."""
        link = self.link
        return self.title, link.text, link.kind.value, link.host or "", browser_host(link.url) or "", link.work or ""


def draw_link(row: LinkRow, width: int, *, digits: int, strong: bool = False) -> list[Content]:
    """The two lines of a link, each at most `width` cells; `strong` text is never muted."""
    link, quiet = row.link, "" if strong else "$muted"
    margin = digits + 2
    first = Pen().write(f" {link.n:>{digits}} ", quiet if row.opened else "bold $mark")
    first.write(cut(row.title, width - margin - 1), quiet if row.opened else "")
    second = Pen().write(" " * margin).write(link.kind.value, "$second").write(_GAP)
    room = width - margin - len(link.kind.value) - 3
    return [first.content(), second.write(_cut_facts(list(_facts(row)), room), quiet).content()]


def _facts(row: LinkRow) -> list[str]:
    """What else there is to tell, the weightiest first."""
    link = row.link
    if link.url is None:
        return ["no address"]
    host = browser_host(link.url) or ""
    if browser_url(link.url) is None:
        return ["unsafe", host] if host else ["unsafe address"]
    facts = [_OPENED] if row.opened else []
    if row.also:
        others = ", ".join(map(named, row.also)) if len(row.also) <= _FEW else f"{len(row.also)} others"
        facts.append(f"also in {others}")
    facts.append(host)
    if link.work and link.work.startswith(("arxiv:", "doi:")):
        facts.append(link.work.partition(":")[2])
    return [fact for fact in facts if fact]


def _cut_facts(facts: list[str], room: int) -> str:
    """As many as there is room for, the first of them cut if it must be."""
    line = cut(facts[0], room) if facts else ""
    for fact in facts[1:]:
        if cell_len(line) + len(_GAP) + cell_len(fact) > room:
            break
        line += _GAP + fact
    return line


_NEAREST = 5
"""Related stories beneath the links; the thread view has more of them."""


class LinkList(RowList):
    """Each link on two lines: number and words; kind, host and the work's id. References and stories near beneath."""

    LINES_A_ROW = 3

    class LinkChosen(Message):
        """Enter or a click on a link."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class StoryChosen(Message):
        """Enter or a click on a reference or a related story."""

        def __init__(self, row: Tie | Related) -> None:
            super().__init__()
            self.row = row

    class LinkPointed(Message):
        """The reader points at another link, or at none any more: its number, 0 for none."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._told = 0
        self._lit = 0
        self._all: tuple[Link, ...] = ()
        self._links: tuple[Link, ...] = ()
        self._ties: tuple[Beneath, ...] = ()
        self._related: tuple[Beneath, ...] = ()
        self._beneath: tuple[Beneath, ...] = ()
        self._read: Set[str] = frozenset()
        self._titles: Mapping[int, str] = {}
        self.works: Mapping[str, Work] = {}
        """The works that the story cites, with all that cite them, by their ids; empty until that is known."""
        self.issue = ""
        """The ref of the issue that the links are of."""
        self.is_opened: Callable[[str], bool] = lambda _: False
        """Whether a work was opened before."""
        self.narrowed = ""
        """The words that the list is narrowed to; none: it is whole."""

    @property
    def row_count(self) -> int:
        """The story's links, and beneath them the stories it is tied to, under their headings."""
        return len(self._links) + len(self._beneath)

    @property
    def shown_links(self) -> tuple[Link, ...]:
        """The links that are not filtered out."""
        return self._links

    def can_stop_at(self, row: int) -> bool:
        """Anywhere but on a heading."""
        return super().can_stop_at(row) and not isinstance(self._under(row), str)

    @property
    def pointed(self) -> Link | None:
        """The link under the cursor; None where that is on a story beneath them, or nothing is shown."""
        return self._links[self.cursor] if self.cursor < len(self._links) else None

    def title_of(self, link: Link) -> str:
        """What a link cites is called."""
        return self._titles.get(link.n) or link.text

    def show_links(self, links: tuple[Link, ...], titles: Mapping[int, str], issue: str) -> None:
        """Fills the list and puts the cursor on the first link."""
        self.narrowed = ""
        self._told = self._lit = 0
        self._titles, self.works, self.issue = titles, {}, issue
        self._all = self._links = links
        self._ties = self._related = self._beneath = ()
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True)
        self.rows_changed()

    def replace_links(self, links: tuple[Link, ...], titles: Mapping[int, str]) -> None:
        """Another version of the same story's links: the cursor stays on its link."""
        before = self._links[self.cursor] if self.cursor < len(self._links) else None
        self._all, self._titles = links, titles
        self._ties = self._related = ()
        self._lay_out()
        same = (
            row for row, link in enumerate(self._links) if before and (link.url, link.text) == (before.url, before.text)
        )
        self.cursor = next(same, max(0, min(self.cursor, len(self._links) - 1)))

    def show_ties(self, ties: Ties) -> None:
        """Shows what the story refers to, and where it is mentioned, beneath its links."""
        from importai_tui.tui.widgets.reference_rows import Tie, heading_of

        rows: list[Beneath] = []
        for heading, references in (("Refers to", ties.refers_to), ("Later mentioned in", ties.mentioned_in)):
            if references:
                rows.append(heading_of(heading, len(references)))
                rows.extend(Tie(reference, later=references is ties.mentioned_in) for reference in references)
        self._ties = tuple(rows)
        self._lay_out()

    def show_works(self, works: Mapping[str, Work]) -> None:
        """Shows which other issues cite the same works."""
        self.works = works
        self.refresh()

    def show_related(self, related: Sequence[Related], read: Set[str]) -> None:
        """Shows the stories nearest to this one last; `read` are the keys of those that are read."""
        self._read = read
        self._related = ("Related", *related[:_NEAREST]) if related else ()
        self._lay_out()

    def narrow(self, words: str) -> None:
        """Leaves the links that hold the words; none: all of them, and what is beneath."""
        if words == self.narrowed:
            return
        self.narrowed = words
        self._lay_out()
        self.edge(last=False)

    def light(self, number: int) -> None:
        """Lights the row of a link that is pointed at in the story; 0: none. Nothing scrolls."""
        self._lit = number
        self.refresh()

    def rows_changed(self) -> None:
        """As ever; and another link may stand under the cursor."""
        super().rows_changed()
        self._tell_pointed()

    def watch_cursor(self, old: int, new: int) -> None:
        """As ever; and tells which link that is."""
        super().watch_cursor(old, new)
        self._tell_pointed()

    def watch_has_focus(self, has_focus: bool) -> None:
        """As ever; a list that the reader has left points at nothing."""
        super().watch_has_focus(has_focus)
        self._tell_pointed()

    def row_style(self, row: int) -> str:
        """The cursor's ground, which a link that is pointed at in the story has too."""
        return "on $cursor" if self._is_lit(row) else super().row_style(row)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third is the gap."""
        strong = self._is_lit(row) or (row == self.cursor and self.has_focus)
        if (beneath := self._under(row)) is None:
            return draw_link(self._row(self._links[row]), width, digits=len(str(len(self._all))), strong=strong)
        from importai_tui.tui.widgets.reference_rows import draw_beneath

        return draw_beneath(beneath, width, self._read, strong=strong)

    def row_chosen(self) -> None:
        """Tells which link or story."""
        if not self.can_stop_at(self.cursor):
            return
        match self._under(self.cursor):
            case None:
                self.post_message(self.LinkChosen(self._links[self.cursor].n))
            case str():
                pass
            case row:
                self.post_message(self.StoryChosen(row))

    def _is_lit(self, row: int) -> bool:
        return bool(self._lit) and row < len(self._links) and self._links[row].n == self._lit

    def _tell_pointed(self) -> None:
        link = self.pointed if self.has_focus else None
        number = link.n if link else 0
        if number != self._told:
            self._told = number
            self.post_message(self.LinkPointed(number))

    def _row(self, link: Link) -> LinkRow:
        work = self.works.get(link.work or "")
        also = [issue for issue in work.issues if issue != self.issue] if work else []
        opened = link.work is not None and self.is_opened(link.work)
        return LinkRow(link, self.title_of(link), opened, also)

    def _under(self, row: int) -> Beneath | None:
        return self._beneath[row - len(self._links)] if row >= len(self._links) else None

    def _lay_out(self) -> None:
        self._links = tuple(link for link in self._all if holds(self._row(link).words, self.narrowed))
        self._beneath = () if self.narrowed else self._ties + self._related
        if not self.can_stop_at(self.cursor):
            self.cursor = next((row for row in range(self.row_count) if self.can_stop_at(row)), 0)
        self.rows_changed()
