"""The one door for untrusted text: what passes here can be stored, drawn, printed and copied.

Terminals obey escape sequences, and neither Textual nor rich removes them from what they draw. So they are taken
out once, after entities are decoded and before anything is kept.
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPE_SEQUENCE = re.compile(
    # Whole control strings (OSC, DCS, APC, PM, SOS), ended by BEL or ST, within one line: ECMA-48, section 5.6.
    "(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\\\|\x9c)"
    # CSI sequences.
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    # The opening of a control string that never ends: the words after it are kept.
    "|\x1b\\][0-9;]*|\x1b[PX^_]"
    # Every other two-character escape.
    "|\x1b[ -/]*[0-~]"
)
_MAX_PASSES = 4
"""A removed sequence may join the halves of another one. Of those that are nested deeper some letters stay; without a
bound the time would grow with the square of the text."""
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, overrides and isolates (UAX #9)
    "\u180e\u200b\u2060-\u206f\ufeff\u00ad\u034f"  # zero-width, soft and deprecated ones; joiners U+200C/D are kept
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"  # interlinear marks, non-characters, lone surrogates
    "\U0001d173-\U0001d17a"  # of musical notation, unseen
    "\U000e0000-\U000e0fff]"  # tags and selectors, which spell hidden words
)
_LINE_BREAKS = str.maketrans(
    {"\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\u00a0": " ", "\u202f": " ", "\u2007": " "}
)
_MAYBE_COMBINING = re.compile(
    "[\u0300-\u036f\u0483-\u1fff\u20d0-\u20ff\u2c00-\u2fff\u302a-\u309a\ua000-\uabff\ufb1e-\ufe2f\U00010000-\U0010ffff]"
)
"""Where the combining marks are, and much else: most text has nothing of it."""
MAX_COMBINING_MARKS = 4
"""Combining marks kept on one letter: real scripts stack at most three or four."""


def is_clean(text: str) -> bool:
    """Whether nothing would be taken out: true for nearly every line of a newsletter, and told in no time.

    What Unicode calls printable has no control, format, surrogate or separator characters but the blank.
    """
    return text.isprintable() and (text.isascii() or not _MAYBE_COMBINING.search(text))


def clean_text(text: str) -> str:
    """Text without escape sequences, control characters, bidi overrides and stacked marks; newline and tab stay.

    No character of the result is below U+0020 except newline and tab, and none is in U+007F to U+009F.
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
    """The same on one line, white space folded."""
    return " ".join(clean_text(text).split())


def shorten(text: str, max_length: int) -> str:
    """Cut a text to at most `most` characters, the last of which is then "…"."""
    return text if len(text) <= max_length else f"{text[: max_length - 1].rstrip()}…"


def _limit_combining_marks(text: str) -> str:
    """At most a few combining marks on each letter, so that no line grows out of its row."""
    if not _MAYBE_COMBINING.search(text) or not any(unicodedata.category(one) in ("Mn", "Me") for one in set(text)):
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_COMBINING_MARKS:
            kept.append(character)
    return "".join(kept)
