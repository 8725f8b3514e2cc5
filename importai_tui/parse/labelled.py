"""Recognises the layout of 2016 to mid-2017, in which an item is one paragraph that starts with its label.

An item is `Label: text`. In 2017 the next paragraphs of the item start with an ellipsis each. These issues have no
separators, headlines on lines of their own, or taglines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from importai_tui.parse.headings import (
    MAX_HEADLINE_LENGTH,
    NAMED_SECTION_LABEL,
    NAMED_SECTION_START,
    is_bold_or_heading,
    is_part_label,
    is_separator,
    is_tagline,
    is_tales_label,
    looks_like_headline,
    split_headline,
    starts_like_tagline,
)
from importai_tui.parse.lines import Line, LineKind, bold_prefix_length, join_text, slice_runs

_MIN_LABELS = 3
"""Labelled paragraphs that show the layout. Fewer may be run-ins of an essay."""
_MIN_SHARE = 0.35
"""Share of the paragraphs that are labelled or start with an ellipsis. A colon is no strong sign of a label."""
_MIN_SHARE_OF_BOLD = 0.25
"""A lower share suffices for bold labels, if the first paragraph has one and the issue has no separators."""
_MIN_CONTINUATIONS = 2
"""Paragraphs with an ellipsis at their start that show the layout of 2017, with one label or more."""
_MIN_WORDS = 10
"""Words of a last paragraph without a full stop. A shorter one was cut off, and is no item."""
_PLAIN_LABEL = re.compile(r"^[^\W_][^.:;!…]{1,110}:(?=\s+\S)")


def is_labelled_issue(lines: Sequence[Line], *, styled: bool) -> bool:
    """Return True if the issue consists of paragraphs that start with a label."""
    if any(_is_modern_headline(lines, at) for at in range(len(lines))):
        return False
    paragraphs = [line for line in _take_items(lines) if line.kind is LineKind.TEXT and not is_separator(line)]
    labels = sum(split_label(line, styled=styled) is not None for line in paragraphs)
    continuations = sum(map(starts_like_tagline, paragraphs))
    share = (labels + continuations) / max(len(paragraphs), 1)
    if labels > _MIN_LABELS and share >= _MIN_SHARE:
        return True
    if not paragraphs or split_label(paragraphs[0], styled=styled) is None or any(map(is_separator, lines)):
        return False
    return share >= (_MIN_SHARE_OF_BOLD if styled else _MIN_SHARE) and (
        labels >= _MIN_LABELS or continuations >= _MIN_CONTINUATIONS
    )


def _take_items(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines before the sections at the end of an issue, whose paragraphs have no labels."""
    return takewhile(lambda line: not (is_tales_label(line) or NAMED_SECTION_LABEL.match(line.text)), lines)


def split_label(line: Line, *, styled: bool) -> tuple[str, Line] | None:
    """Return the label of a paragraph, without its colon, and the rest of the paragraph; None without a label."""
    label, end = _find_label(line, styled=styled)
    if not 1 < len(label) < MAX_HEADLINE_LENGTH or is_part_label(label) or is_tales_label(line):
        return None
    return label, line.with_runs(slice_runs(line.runs, end))


def split_section_label(line: Line, *, styled: bool) -> tuple[str, Line] | None:
    """Return the name of a section and the paragraph after it on the same line; None without such a name."""
    if not NAMED_SECTION_START.match(line.text):  # true for nearly every line
        return None
    label, end = _find_label(line, styled=styled)
    return (label, line.with_runs(slice_runs(line.runs, end))) if NAMED_SECTION_LABEL.match(label) else None


def _find_label(line: Line, *, styled: bool) -> tuple[str, int]:
    """Return the text before a colon and where the rest of the line starts; an empty text without a label.

    In a styled page the label is bold, and may be a question.
    """
    if line.kind is not LineKind.TEXT or (styled and not line.runs[0].bold) or starts_like_tagline(line):
        return "", 0
    text = join_text(line.runs)
    if styled:
        end = bold_prefix_length(line.runs)
        end += len(text[end:]) - len(text[end:].lstrip(" :"))
    else:
        match = _PLAIN_LABEL.match(text)
        end = match.end() if match else 0
    label = text[:end].strip()
    if not label.endswith((":", "?", "!") if styled else ":") or not text[end:].strip():
        return "", 0
    return label.rstrip(" :"), end


def is_cut_off(line: Line) -> bool:
    """Return True for a fragment of a sentence, as the last paragraph of a shortened copy."""
    return len(line.text.split()) < _MIN_WORDS and not line.text.rstrip("\"”’')").endswith((".", "!", "?", "…"))


def _is_modern_headline(lines: Sequence[Line], at: int) -> bool:
    """Return True for a line of its own, bold or with a final colon, above a closed tagline."""
    line, after = lines[at], lines[at + 1] if at + 1 < len(lines) else None
    if split_headline(line, after_separator=False):  # a copy may have lost the line break between them
        return True
    if after is None or not is_tagline(after) or not looks_like_headline(line):
        return False
    return is_bold_or_heading(line) or line.text.endswith(":")
