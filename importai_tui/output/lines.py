"""Lines for a terminal: text, of which parts may be bold or lead to an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from importai_tui.output.layout import wrap


class Run(NamedTuple):
    """Text of one look."""

    text: str
    url: str | None = None
    """Where it leads. It need not be safe to open: `console` checks it."""
    is_bold: bool = False


Line = str | Sequence[Run]
"""A line of plain text, or of runs."""


def to_text(line: Line) -> str:
    """Return the text of a line."""
    return line if isinstance(line, str) else "".join(run.text for run in line)


def to_texts(lines: Iterable[Line]) -> list[str]:
    """Return the texts of lines."""
    return [to_text(line) for line in lines]


def link_part(line: str, start: int, end: int, url: str | None) -> Line:
    """Return a line whose characters from `start` to `end` lead to an address."""
    runs = (Run(line[:start]), Run(line[start:end], url), Run(line[end:]))
    return [run for run in runs if run.text]


def expand_tabs(line: Line, size: int) -> Line:
    """Replace tabs with blanks, as `str.expandtabs` does; each run begins at a tab stop."""
    if isinstance(line, str):
        return line.expandtabs(size)
    return [run._replace(text=run.text.expandtabs(size)) for run in line]


def wrap_runs(runs: Iterable[Run], cells: int | None, first: str = "", rest: str = "") -> list[Line]:
    """Wrap runs as `wrap` wraps their text. A link that continues on the next line leads there from both."""
    runs = list(runs)
    urls = [run.url for run in runs for character in run.text if not character.isspace()]
    lines: list[Line] = []
    for text in wrap("".join(run.text for run in runs).strip(), cells, first, rest):
        indent = len(rest if lines else first)
        count = len("".join(text[indent:].split()))
        lines.append(_link_characters(text, indent, urls[:count]) if any(urls[:count]) else text)
        del urls[:count]
    return lines


def _link_characters(line: str, indent: int, urls: Sequence[str | None]) -> Line:
    """Return the runs of a line, given the address of each visible character after its indent."""
    of_characters: list[str | None] = [None] * indent
    done = 0
    for character in line[indent:]:
        is_blank = character.isspace()
        # A blank belongs to a link if the words on both sides do.
        is_outside = is_blank and (not done or urls[done - 1] != urls[done])
        of_characters.append(None if is_outside else urls[done])
        done += not is_blank
    groups = groupby(zip(line, of_characters, strict=True), key=itemgetter(1))
    return [Run("".join(character for character, _ in group), url) for url, group in groups]
