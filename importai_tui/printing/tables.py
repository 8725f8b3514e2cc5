"""The lists of the command line: issues and links, one a line, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from importai_tui.browser_url import browser_url
from importai_tui.naming import short_title
from importai_tui.printing.cells import cut, width

if TYPE_CHECKING:
    from importai_tui.issue import Link
    from importai_tui.library import IssueHead

LONGEST_COLUMN = 12
"""Cells: a longer entry (a slug, an address) pushes its own row only, and does not widen the column for all."""

Row = tuple[str, ...]


def issue_table(heads: Sequence[IssueHead], columns: int | None) -> str:
    """The issues: date, unread of all stories, reference, title; cut to `columns` cells."""
    rows = [(head.date or "", f"{head.unread}/{head.stories}", head.ref, short_title(head.title)) for head in heads]
    return _table(rows, columns)


def link_table(links: Sequence[tuple[str, Link, str]]) -> str:
    """Links: number, kind, address, words; never cut, because a cut address opens nothing."""
    return _table([(str(link.n), link.kind, address_text(link.url), title) for _, link, title in links], None)


def address_text(url: str | None) -> str:
    """Return the address that `open` gives to a browser, or the one that it refuses, with a remark."""
    if not url:
        return "(no address)"
    return browser_url(url) or f"{url} (not opened: unsafe)"


def _table(rows: Sequence[Row], columns: int | None) -> str:
    if not rows:
        return ""
    every = [[width(cell) for cell in column] for column in zip(*rows, strict=True)]
    widths = [max((cells for cells in column if cells <= LONGEST_COLUMN), default=0) for column in every]
    lines = []
    for row, *filled in zip(rows, *every, strict=True):
        padded = (cell + " " * (cells - full) for cell, cells, full in zip(row, widths, filled, strict=True))
        line = "  ".join(padded).rstrip()
        lines.append(line if columns is None else cut(line, columns))
    return "\n".join(lines)
