"""Recognises the layout of 2016 to mid-2017, in which an item is one paragraph that starts with its label.

An item is `Label: text`. In 2017 the next paragraphs of the item start with an ellipsis each. These issues have no
separators, headlines on lines of their own, or taglines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from importai_tui.parse.headings import (
    ITEM_SECTION_LABEL,
    MAX_HEADLINE_LENGTH,
    is_bold_or_heading,
    is_part_label,
    is_separator,
    is_tagline,
    is_tales_label,
    looks_like_headline,
    starts_like_tagline,
)
from importai_tui.parse.lines import Line, LineKind, bold_prefix_length, join_text, slice_runs

_MIN_LABELS = 3
"""Labelled paragraphs that show the layout. Fewer may be run-ins of an essay."""
_MIN_CONTINUATIONS = 2
"""Paragraphs with an ellipsis at their start that show the layout of 2017, with one label or more."""
_MIN_WORDS = 10
"""Words of a last paragraph without a full stop. A shorter one was cut off, and is no item."""
_PLAIN_LABEL = re.compile(r"^[^\W_][^.:;!…]{1,110}:(?=\s+\S)")


def is_labelled_issue(lines: Sequence[Line], *, styled: bool) -> bool:
    """Return True if the issue consists of paragraphs that start with a label."""
    if not lines or split_label(lines[0], styled=styled) is None:
        return False
    if any(is_separator(line) or _is_modern_headline(lines, at) for at, line in enumerate(lines)):
        return False
    labels = sum(split_label(line, styled=styled) is not None for line in lines)
    return labels >= _MIN_LABELS or sum(map(starts_like_tagline, lines)) >= _MIN_CONTINUATIONS


def split_label(line: Line, *, styled: bool) -> tuple[str, Line] | None:
    """Return the label of a paragraph, without its colon, and the rest of the paragraph; None without a label."""
    if line.kind is not LineKind.TEXT or starts_like_tagline(line):
        return None
    text = join_text(line.runs)
    if styled:
        length = bold_prefix_length(line.runs)
        length += len(text[length:]) - len(text[length:].lstrip(" :"))
    else:
        match = _PLAIN_LABEL.match(text)
        length = match.end() if match else 0
    label = text[:length].strip()
    if not label.endswith(":") or not 2 < len(label) <= MAX_HEADLINE_LENGTH or not text[length:].strip():
        return None
    if is_part_label(label) or ITEM_SECTION_LABEL.match(label):
        return None
    if is_tales_label(line):
        return None
    return label.rstrip(" :"), line.with_runs(slice_runs(line.runs, length))


def is_cut_off(line: Line) -> bool:
    """Return True for a fragment of a sentence, as the last paragraph of a shortened copy."""
    return len(line.text.split()) < _MIN_WORDS and not line.text.rstrip("\"”’')").endswith((".", "!", "?", "…"))


def _is_modern_headline(lines: Sequence[Line], at: int) -> bool:
    """Return True for a line of its own, bold or with a final colon, above a closed tagline."""
    line, after = lines[at], lines[at + 1] if at + 1 < len(lines) else None
    if after is None or not is_tagline(after) or not looks_like_headline(line):
        return False
    return is_bold_or_heading(line) or line.text.endswith(":")
