"""A page of Markdown as clean text of a given width: as much of Markdown as the pages use, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from importai_tui.manual.topics import Topic
from importai_tui.printing.cells import pad, width, wrap

MEASURE = 80
"""Cells of a line at most: the tables need a few more than prose does."""
_NARROW = 24
"""Cells: where a table would leave its words less, each row stands as a paragraph of its own."""
_GAP = "  "
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_TICKS = re.compile(r"(`+) ?(.+?) ?\1")


def topic_text(topic: Topic, columns: int | None) -> str:
    """The page, its name and line on top; `columns` is the terminal's width, None where there is none."""
    measure = min(columns or MEASURE, MEASURE)
    parts = [[*wrap(f"{topic.name}: {topic.line}", measure)], *_parts(topic.body, measure)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _parts(body: str, measure: int) -> Iterator[list[str]]:
    # What stands between two lines of three ticks is every second piece.
    for n, piece in enumerate(re.split(r"^```.*\n", body, flags=re.MULTILINE)):
        lines = piece.rstrip("\n").split("\n")
        if n % 2:
            yield [f"    {line}".rstrip() for line in lines]
            continue
        for has_words, part in groupby(lines, key=bool):
            if has_words:
                yield _part(list(part), measure)


def _part(lines: Sequence[str], measure: int) -> list[str]:
    if lines[0].startswith("|"):
        return _table(lines, measure)
    if lines[0].startswith("#"):
        return [lines[0].lstrip("# ").upper()]
    if lines[0].startswith("- "):
        items = "\n".join(lines).removeprefix("- ").split("\n- ")
        return [line for item in items for line in wrap(" ".join(item.split()), measure, "- ", "  ")]
    return wrap(" ".join(lines), measure)


def _table(lines: Sequence[str], measure: int) -> list[str]:
    """Columns side by side; the widest takes what the others leave, the head is left out."""
    rows = [_cells(line) for line in lines[2:]]
    widths = [max(width(row[n]) for row in rows if any(row[1:])) for n in range(len(rows[0]))]
    widest = widths.index(max(widths))
    room = measure - sum(widths) + widths[widest] - len(_GAP) * (len(widths) - 1)
    widths[widest] = min(widths[widest], room)
    out: list[str] = []
    for row in rows:
        if not any(row[1:]):  # the name of a group
            out += [""] * bool(out) + [row[0].strip("*")]
        elif room < _NARROW:
            out += wrap(row[0], measure)
            out += [line for cell in row[1:] for line in wrap(cell, measure, "    ", "    ")]
        else:
            out += _side_by_side(row, widths, widest)
    return out


def _side_by_side(row: Sequence[str], widths: Sequence[int], widest: int) -> list[str]:
    columns = [[cell] for cell in row]
    columns[widest] = wrap(row[widest], widths[widest])
    return [_GAP.join(map(pad, line, widths)).rstrip() for line in zip_longest(*columns, fillvalue="")]


def _cells(line: str) -> list[str]:
    """The cells of a row, as plain words: in a table it is the column that tells a key from a word."""
    inner = _BETWEEN_CELLS.split(line.strip())[1:-1]
    return [_TICKS.sub(r"\2", cell.strip().replace("\\|", "|")) for cell in inner]
