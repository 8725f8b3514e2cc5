"""How a link is drawn in the right pane. Pure: values in, a Content out, widths in terminal cells."""

from __future__ import annotations

from textual.content import Content

from importai_tui.issue import Link
from importai_tui.tui.citations import is_vague, split_source
from importai_tui.tui.literal import Pen, cut


def words_of_link(link: Link) -> tuple[str, ...]:
    """What one may narrow the links by."""
    return link.text, link.kind.value, link.host or "", link.work or ""


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
