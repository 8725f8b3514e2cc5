"""How cited works are drawn: a row for each, the line that tells how many, a row for a citing story. Pure; in cells."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from importai_tui.links.addresses import ascii_host
from importai_tui.tui.lists.list_rows import STAR, UNREAD, named
from importai_tui.tui.look.dates import long_date, short_date_with_year
from importai_tui.tui.look.literal import Pen, cut, literal_line
from importai_tui.tui.works.stand import Sorting
from importai_tui.works import Work
from importai_tui.works.known import known

_SIGNS = 4
"""Cells before the title: a gap, the star, the dot, a gap."""
_GAP = "  "
LOOKING = "Looking for what is cited…"
_NOTHING_YET = "There is no issue yet to cite anything: esc, then S brings in the newest, B all of them."
_NO_WORK = "The issues that are here cite nothing. esc, then S brings in the newest, B all of them."
_NOTHING_FOUND = "Nothing found."
_FIND_MORE = "Fewer words find more; or try kind:paper  site:arxiv.org  year:2025  is:unread"


@dataclass(frozen=True, slots=True)
class WorksStatus:
    """What there is to tell: how many of how many works are shown, in which order, and what was not understood.

    `found` is None while they are looked for; `issues` is whether there are any.
    """

    found: int | None = None
    works: int = 0
    sorting: Sorting = Sorting.LAST
    remarks: tuple[str, ...] = ()
    issues: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CitingStory:
    """A story that cites a work; the headline is empty where the archive no longer holds it."""

    ref: str
    headline: str = ""
    day: str | None = None


def draw_work(work: Work, width: int, *, starred: bool, opened: bool, strong: bool = False) -> list[Content]:
    """The two lines of a work, each at most `width` cells: its title, and what, where, when and how often.

    The title is bold until the work was opened; `strong` text is never muted.
    """
    facts = known(work)
    first = Pen().write(" ").write(STAR if starred else " ", "$second").write(" " if opened else UNREAD, "$mark")
    first.write(" ").write(cut(facts.title, width - _SIGNS - 1), "" if opened else "bold")
    second = Pen().write(" " * _SIGNS).write(work.kind.value, "$second").write(_GAP)
    room = width - _SIGNS - len(work.kind.value) - len(_GAP) - 1
    second.write(_told(work, str(facts.year or ""), room), "" if strong else "$muted")
    return [first.content(), second.content()]


def draw_citing(story: CitingStory, width: int, *, strong: bool = False) -> list[Content]:
    """The two lines of a story that cites a work: its headline; where and when it was."""
    first = Pen().write(" ").write(cut(story.headline or "This story is no longer here.", width - 2))
    quiet = "" if strong else "$muted"
    ref = cut(story.ref, width - 2)
    second = Pen().write(" ").write(ref, quiet)
    day = _GAP + long_date(story.day) if story.day else ""
    if cell_len(ref + day) <= width - 2:
        second.write(day, quiet)
    return [first.content(), second.content()]


def draw_works_status(status: WorksStatus) -> Content:
    """What was not understood, how many works there are and in which order; what to do where there is none."""
    if status.trouble:
        return literal_line(status.trouble, "$mark")
    if status.found is None:
        return literal_line(LOOKING, "$muted")
    if not status.works:
        return literal_line(_NO_WORK if status.issues else _NOTHING_YET, "$mark")
    pen = Pen()
    for remark in status.remarks:
        pen.write(f"{remark}  ", "$second")
    return pen.write(_count(status.found, status), "$muted").content()


def _count(found: int, status: WorksStatus) -> str:
    if not found:  # a remark says by itself what to write
        return _NOTHING_FOUND if status.remarks else f"{_NOTHING_FOUND} {_FIND_MORE}"
    return "One work." if found == 1 else f"{found:,} works, {status.sorting.value}."


def _told(work: Work, year: str, room: int) -> str:
    """Where, when and how often, in the longest words that there is room for."""
    last = named(work.issues[-1]) if work.issues else ""
    day = short_date_with_year(work.first_cited) if work.first_cited and not year else ""
    if work.times > 1:
        short = f"cited {work.times:,} times"
        where = f"{short}, last in {last}"
        full = f"{short} since {day}, last in {last}" if day else where
    else:
        short, where = "cited once", f"cited in {last}"
        full = f"{where}, {day}" if day else where
    host = ascii_host(work.host or "")
    for parts in ((host, year, full), (host, year, where), (year, where), (year, short)):
        line = _GAP.join(part for part in parts if part)
        if cell_len(line) <= room:
            return line
    return cut(line, room)
