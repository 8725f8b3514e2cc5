"""How a link is drawn in the right pane. Pure: values in, a Content out, widths in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from importai_tui.browser_url import browser_host, browser_url
from importai_tui.issue import Link
from importai_tui.tui.lists.list_rows import named
from importai_tui.tui.look.literal import Pen, cut

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
