"""Plain text to lines: one paragraph a line, or one text node a line as mail programs and web pages leave it."""

from __future__ import annotations

from importai_tui.parse.fragments import is_broken, put_together
from importai_tui.parse.lines import Line, Page, Run, tidied


def read_text(text: str) -> Page:
    """The lines of a plain-text copy. Nothing of it is styled, and an empty line means little."""
    lines: list[Line] = []
    gap = True
    for row in text.split("\n"):
        if runs := tidied([Run(row)]):
            lines.append(Line(runs, gap=gap))
        gap = not runs
    return Page(put_together(lines) if is_broken(lines) else tuple(lines), styled=False, gaps=False)
