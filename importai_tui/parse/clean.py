"""Cleans all text from outside, so that it can be stored, drawn, printed and copied safely.

Terminals execute escape sequences, and neither Textual nor rich removes them. So they are removed here, after entities
are decoded and before anything is stored.
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPE_SEQUENCE = re.compile(
    # Whole control strings (OSC, DCS, APC, PM, SOS), ended by BEL or ST, within one line: ECMA-48, section 5.6.
    "(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\\\|\x9c)"
    # CSI sequences.
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    # The start of a control string without an end. The text after it remains.
    "|\x1b\\][0-9;]*|\x1b[PX^_]"
    # Every other two-character escape.
    "|\x1b[ -/]*[0-~]"
)
_MAX_PASSES = 4
"""A removed sequence may join the halves of another one. Deeper nesting leaves some letters, because without a limit
the time would grow with the square of the text."""
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 except tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, overrides and isolates (UAX #9)
    "\u180e\u200b\u2060-\u206f\ufeff\u00ad\u034f"  # zero-width, soft and deprecated characters; U+200C/D are allowed
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"  # interlinear marks, non-characters, lone surrogates
    "\U0001d173-\U0001d17a"  # invisible marks of musical notation
    "\U000e0000-\U000e0fff]"  # tags and selectors, which can hide text
)
_LINE_BREAKS = str.maketrans(
    {"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\u00a0": " ", "\u202f": " ", "\u2007": " "}
)
_MAYBE_COMBINING = re.compile(
    "[\u0300-\u036f\u0483-\u1fff\u20d0-\u20ff\u2c00-\u2fff\u302a-\u309a\ua000-\uabff\ufb1e-\ufe2f\U00010000-\U0010ffff]"
)
"""Matches the blocks that contain combining marks. Most text has no character of these blocks."""
MAX_COMBINING_MARKS = 4
"""Combining marks that one letter may have. Real scripts stack at most three or four."""


def is_clean(text: str) -> bool:
    """Return True if cleaning would change nothing. Fast, and true for nearly every line of a newsletter.

    Printable characters include no control, format or surrogate character, and no separator but the blank (Unicode).
    """
    return text.isprintable() and (text.isascii() or not _MAYBE_COMBINING.search(text))


def clean_text(text: str) -> str:
    """Remove escape sequences, control characters, bidi overrides and excess combining marks.

    Newline and tab stay. The result has no other character below U+0020, and none from U+007F to U+009F.
    """
    if is_clean(text) or is_clean(text.replace("\n", "")):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS)
    for _ in range(_MAX_PASSES):
        if (shorter := _ESCAPE_SEQUENCE.sub("", text)) == text:
            break
        text = shorter
    return _limit_combining_marks(_FORBIDDEN.sub("", text))


def clean_line(text: str) -> str:
    """Clean a text and join it to one line, with single blanks between words."""
    return " ".join(clean_text(text).split())


def shorten(text: str, max_length: int) -> str:
    """Cut a text to at most `max_length` characters, the last of which is then "…"."""
    return text if len(text) <= max_length else f"{text[: max_length - 1].rstrip()}…"


def _limit_combining_marks(text: str) -> str:
    """Remove excess combining marks of each letter, so that no line grows out of its row."""
    suspects = set(_MAYBE_COMBINING.findall(text))
    if not any(unicodedata.category(character) in ("Mn", "Me") for character in suspects):
        return text
    result: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_COMBINING_MARKS:
            result.append(character)
    return "".join(result)
