"""Joins the lines of a text that was wrapped at a fixed width, as mail programs and converters do."""

from __future__ import annotations

import re

MAX_WIDTH = 100
"""Characters of the widest line of a wrapped text. A paragraph of an unwrapped issue has hundreds."""
_MIN_FULL_LINES = 20
"""Lines of nearly that width that show the wrapping."""
_FULL = 0.75
"""Share of the width from which a line counts as nearly full."""
_STANDALONE = re.compile(r"\s*(?:[-*+•–>#]|\d{1,3}[.)]\s|\|.*\||…|\.\.|_?_?…|\[?$)|.*  $")
"""Matches a line that continues no paragraph: an item, a quote, a heading, a tagline, an empty line."""


def unwrap_lines(text: str) -> str:
    """Return the text with its wrapped paragraphs on one line each; the text itself if it is not wrapped.

    A line was wrapped if the first word of the next line had no room in it. Lines with web addresses may be wider.
    """
    lines = text.split("\n")
    width = max((len(line) for line in lines if "://" not in line), default=0)
    if width > MAX_WIDTH or sum(len(line) >= width * _FULL for line in lines) < _MIN_FULL_LINES:
        return text
    paragraphs: list[list[str]] = []
    last = ""  # the last line, as it was
    for line in lines:
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        was_wrapped = word and last.strip() and len(last.rstrip()) + 1 + len(word) > width
        if was_wrapped and not _STANDALONE.match(line.rstrip(" ")) and not last.endswith("  "):
            paragraphs[-1].append(line.lstrip())
        else:
            paragraphs.append([line])
        last = line
    return "\n".join(" ".join((*map(str.rstrip, pieces[:-1]), pieces[-1])) for pieces in paragraphs)
