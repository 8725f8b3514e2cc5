"""Plain text to lines: one paragraph a line, or one text node a line as mail programs and web pages leave it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from importai_tui.parse.fragments import is_broken, put_together
from importai_tui.parse.lines import Line, Page, Run, tidied

_BRACKETED = re.compile(r"\[[ \t]{0,3}(https?://(?:(?!\[[ \t]{0,3}http)[^\s\]])+)[ \t]{0,3}\]")
"""A link as plain-text mail writes it, behind the words that were underlined."""
_LONGEST_TITLE = 300
"""Characters before an address in which its words are looked for."""
_WORDS = re.compile(r"(?:[^\s:.;(]+[ \t]+){0,11}[^\s:.;(]+[ \t]*\Z")
"""The words before a bracketed address that belong to it: back to a stop, a colon or a bracket, at most twelve."""


def read_text(text: str) -> Page:
    """The lines of a plain-text copy. Nothing of it is styled, and an empty line means little."""
    lines: list[Line] = []
    gap = True
    for row in text.split("\n"):
        if runs := tidied(_runs(row)):
            lines.append(Line(runs, gap=gap))
        gap = not runs
    return Page(put_together(lines) if is_broken(lines) else tuple(lines), styled=False, gaps=False)


def _runs(row: str) -> Iterator[Run]:
    """A row with its bracketed addresses put behind the words before them."""
    at = 0
    for match in _BRACKETED.finditer(row):
        before = row[at : match.start()].rstrip(" \t")
        words = _cited(before)
        yield Run(before[: len(before) - len(words)])
        yield Run(words or match[1], href=match[1])
        at = match.end()
    yield Run(row[at:])


def _cited(text: str) -> str:
    """The words that an address stands for: the title behind a label, else those right before it."""
    text = text[-_LONGEST_TITLE:]
    label, colon, title = text.rpartition(": ")
    if colon and len(label.split()) <= 8:
        return title
    if text.endswith(")") and "(" in text:
        text_before, _, source = text.rpartition("(")
        match = _WORDS.search(text_before)
        return (match[0] if match else "") + "(" + source
    match = _WORDS.search(text)
    return match[0] if match else ""
