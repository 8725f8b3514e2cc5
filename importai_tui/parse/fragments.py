"""Copies that break the line at every link and style: their pieces put together again.

Mail programs and web pages leave plain text so (one text node a line), and so does a converter to markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from importai_tui.call_verbs import VERB_WITHOUT_LINK
from importai_tui.parse import headings
from importai_tui.parse.lines import Line, LineKind

_BROKEN = re.compile(r"^(?:[.,;:)\]%]|[!?](?:\s|$)|['’](?:s|re|t|ll|ve|d)\b)")
"""A line that begins with the punctuation of the line before it."""
_HANGING = re.compile(
    r"(?:[(\[,\u201c‘–—-]|\b(?:a|an|and|as|at|but|by|called|for|from|in|into|is|its?|like|of|on|or|our|out|see|than|that|the"
    r"|their|then|this|to|via|was|were|when|where|which|while|with|you))$",
    re.IGNORECASE,
)
"""Words that no paragraph ends with."""
_CALL_CUT = re.compile(
    rf"(?i)^(?:(?:{VERB_WITHOUT_LINK})(?: the| more| it| full)?|all of the"
    rf"|(?:{VERB_WITHOUT_LINK}|bonus)\b[^.!?]{{0,80}}:)$"
)
"""A call to action whose link was on the next line."""
_ENDED = re.compile(r"[.!?:;…\"”’'*)\]]$")
_TITLE = re.compile(r"(?i)^import\s?ai\b\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]\s*\w")
_ALONE = re.compile(r"(?i)^(?:welcome to import ai\b|subscribe now$|thanks for reading)")
"""Lines that never go on with the one before them."""
_CUT_LENGTH = 90
"""Characters past which a line that ends without punctuation was cut, and is no title."""
_MOST_PIECES = 40
"""Pieces of one paragraph; the most of the corpus are 12. The cost of a piece grows with the number before it."""
_END_LENGTH = 20
"""Characters at the end of a line that decide whether it goes on; the longest word of `_HANGING` has five."""
_EVIDENCE = 3
"""Lines that begin with punctuation, before a copy is taken for a broken one: a whole one has none."""


def is_broken(lines: Iterable[Line]) -> bool:
    """Whether a copy breaks the line at every link."""
    return sum(1 for line in lines if line.kind is LineKind.TEXT and _BROKEN.match(line.text)) >= _EVIDENCE


def put_together(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of a broken copy, each piece joined to the line that it goes on with."""
    whole: list[Line] = []
    joined = 0
    for line in lines:
        before = whole[-1] if whole else None
        if before is not None and joined < _MOST_PIECES and _goes_on(before, line):
            joined += 1
            glue = "" if _BROKEN.match(line.text) or before.text.endswith(("(", "“", "[", "‘")) else " "
            whole[-1] = before.extended(glue, line)
        else:
            joined = 0
            whole.append(line)
    return tuple(whole)


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line goes on with the one before it, the break being where a link or a style began."""
    if LineKind.TEXT is not line.kind or before.kind not in (LineKind.TEXT, LineKind.ITEM):
        return False
    if headings.is_separator(line) or headings.is_separator(before) or headings.opens_as_tagline(line):
        return False
    if _TITLE.match(before.text) or _TITLE.match(line.text) or _ALONE.match(line.text):
        return False
    if _BROKEN.match(line.text):
        return True
    if before.kind is LineKind.ITEM:
        return False
    end = before.text[-_END_LENGTH:]
    if _HANGING.search(end) or _CALL_CUT.match(before.text):
        return not (before.bold and line.bold and headings.ends_as_headline(line))
    if line.text[0].islower() or line.text.startswith("("):
        return not _ENDED.search(end) or len(line.text) < _CUT_LENGTH
    if before.bold or headings.opens_as_tagline(before):
        return False
    return len(before.text) > _CUT_LENGTH and not _ENDED.search(end)
