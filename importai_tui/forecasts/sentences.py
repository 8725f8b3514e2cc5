"""Splits lines into sentences, and finds what is in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"[.!?…][\"'”’“)\]]*(?:\[\d{1,3}\][\"'”’)]*)?(?P<gap>\s+)(?=[\"'“‘”(\[–—-]*\s?[A-Z0-9$€£])")
_ABBREVIATION = re.compile(
    r"(?i)(?:^|[\s(\[“\"'‘])(?:e\.g|i\.e|etc|vs|cf|ca|approx|est|dr|mrs?|ms|profs?|sen|rep|gov|gen|st|no|nos|vol|pp?|figs?"
    r"|eqs?|secs?|ch|al|inc|ltd|co|corp|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s|u\.k|u\.n|e\.u|d\.c|a\.m|p\.m"
    r"|ph\.d|(?-i:[A-Z]))\.$"
)
_LONGEST_ABBREVIATION = 8
_MARK = re.compile(r"[\"“”„‟]")
_CLOSERS = frozenset(" \t\n.,;:!?…)]–—-")
_OPENERS = frozenset(" \t\n([–—-/:")


def fold(text: str) -> str:
    """Return the text in small letters and with straight apostrophes, with the same offsets."""
    return text.replace("İ", "I").lower().replace("’", "'")


def has_any(text: str, parts: Iterable[str]) -> bool:
    """Return True if one of the parts is in the text."""
    for part in parts:  # noqa: SIM110 - a loop takes half the time of `any`
        if part in text:
            return True
    return False


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence of a line. Abbreviations and decimals do not end a sentence."""
    start, text_end = len(text) - len(text.lstrip()), len(text.rstrip())
    for match in _END.finditer(text, start, text_end):
        mark = match.start()
        if text[mark] == "." and _ABBREVIATION.search(text[max(start, mark - _LONGEST_ABBREVIATION) : mark + 1]):
            continue
        yield start, match.start("gap")
        start = match.end()
    if start < text_end:
        yield start, text_end


def find_quotations(text: str) -> list[tuple[int, int]]:
    """Return start and end of what is in double quotation marks, without the marks.

    Whether a mark opens or closes depends on the letters beside it, because marks of real pages are often the wrong
    way round. A quotation that is never closed lasts until the end of the text, as in one of several paragraphs.
    """
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for match in _MARK.finditer(text):
        before = text[match.start() - 1] if match.start() else " "
        after = text[match.end()] if match.end() < len(text) else " "
        opens = (before in _OPENERS or match[0] == "“") and not after.isspace()
        if opened is None:
            if opens:
                opened = match.end()
            elif match[0] == "”" and not found:  # its beginning is in the paragraph above
                found.append((0, match.start()))
        elif after in _CLOSERS or match[0] == "”" or not opens:
            found.append((opened, match.start()))
            opened = None
    if opened is not None:
        found.append((opened, len(text)))
    return found
