"""Cited works for a terminal, and for a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from importai_tui.links.addresses import ascii_host
from importai_tui.printing.cells import cut, pad, width
from importai_tui.printing.tables import LONGEST_COLUMN
from importai_tui.works import Work
from importai_tui.works.choosing import Marks
from importai_tui.works.known import known


def work_table(works: Sequence[Work], columns: int | None) -> str:
    """The works: kind, how often cited, first and last issue, title; cut to `columns` cells."""
    facts = [(work.kind, f"{work.times}×", _issues(work)) for work in works]
    kinds, times, issues = (
        max((width(cell) for cell in column if width(cell) <= LONGEST_COLUMN), default=0)
        for column in zip(*facts, strict=True)
    )
    lines = []
    for work, (kind, cited, where) in zip(works, facts, strict=True):
        line = f"{kind:{kinds}}  {cited:>{times}}  {pad(where, issues)}  {known(work).title}"
        lines.append(line if columns is None else cut(line, columns))
    return "\n".join(lines)


def work_shape(work: Work, marks: Marks) -> dict[str, Any]:
    """WORK. `year` is that of an arXiv id, null for anything else; `read` is whether its link was opened."""
    return {
        "work": work.work,
        "kind": work.kind,
        "title": work.title,
        "url": work.url,
        "host": ascii_host(work.host) if work.host else None,
        "year": known(work).year,
        "times": work.times,
        "cited_by": list(work.cited_by),
        "issues": list(work.issues),
        "first_cited": work.first_cited,
        "last_cited": work.last_cited,
        "read": work.work in marks.opened,
        "starred": work.work in marks.starred,
    }


def _issues(work: Work) -> str:
    """The first and the last issue that cites it."""
    return "–".join(dict.fromkeys((*work.issues[:1], *work.issues[-1:])))
