"""Lines for a terminal. Parts of a line may be bold, or link to an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from importai_tui.output.layout import wrap

_TAB_SIZE = 4
"""Cells between two tab stops."""


class Run(NamedTuple):
    """Text in one style."""

    text: str
    url: str | None = None
    """The address that it links to. It may be unsafe to open: `console` checks it."""
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
    """Return a line whose characters from `start` to `end` link to an address."""
    runs = (Run(line[:start]), Run(line[start:end], url), Run(line[end:]))
    return [run for run in runs if run.text]


def expand_tabs(line: Line) -> Line:
    """Replace tabs with blanks, as `str.expandtabs` does; each run begins at a tab stop."""
    if isinstance(line, str):
        return line.expandtabs(_TAB_SIZE)
    return [run._replace(text=run.text.expandtabs(_TAB_SIZE)) for run in line]


def wrap_runs(runs: Iterable[Run], cells: int | None, first: str = "", rest: str = "") -> list[Line]:
    """Wrap runs as `wrap` wraps their text. A link that continues on the next line is a link on both."""
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
    url_of_each: list[str | None] = [None] * indent
    index = 0
    for character in line[indent:]:
        is_blank = character.isspace()
        # A blank belongs to a link if the words on both sides do.
        is_outside = is_blank and (not index or urls[index - 1] != urls[index])
        url_of_each.append(None if is_outside else urls[index])
        index += not is_blank
    groups = groupby(zip(line, url_of_each, strict=True), key=itemgetter(1))
    return [Run("".join(character for character, _ in group), url) for url, group in groups]
