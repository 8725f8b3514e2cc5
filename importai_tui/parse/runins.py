"""Run-in subheads: the bold words that open a paragraph ("What is BBEH?", "Why this matters - …:")."""

from __future__ import annotations

import re

from importai_tui.parse.lines import Line, LineKind, Run, bold_lead, cut, joined

LONGEST_RUN_IN = 260
"""Characters; the longest of the corpus has 208."""
WHY = re.compile(
    r"(?i)^\W*why (?:does )?(?:(?:this|it|that|these|those|all this)(?:\s+\w+)?\s+(?:matters?|is (?:useful|important))|"
    r"[^.:?!]{2,40}? matters?\s*[-–—:])"
)
_PLAIN_LABEL = re.compile(r"^(?P<label>[A-Z0-9“\"'‘][^.:;!?()“”\"]{1,70}(?::|\?))\s+(?=\S.{30,})", re.S)
_PLAIN_LABEL_WORDS = 9
_WHY_LABEL = re.compile(r"(?i)^(?P<label>why [^:?!]{3,60}? matters?\b[^:.?!]{0,180}(?:[:?!]|\.(?=\s)))\s*", re.S)
_CLOSED = re.compile(r"[:?!.…][\"”’')]*$")


def run_in_length(line: Line, *, styled: bool) -> int:
    """How many characters of a paragraph's runs its run-in takes, its colon included; 0 without one."""
    if line.kind not in (LineKind.TEXT, LineKind.ITEM):
        return 0
    text = joined(line.runs)
    if not styled:
        return _plain_length(text)
    lead = bold_lead(line.runs)
    if not 0 < lead <= LONGEST_RUN_IN:
        return 0
    colon = re.match(r"\s*:", text[lead:])
    if colon:
        return lead + colon.end()
    label = text[:lead].rstrip()
    return lead if _CLOSED.search(label) or (WHY.match(label) and lead < len(text)) else 0


def parted(line: Line, length: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs of the run-in and the rest."""
    return cut(line.runs, 0, length), cut(line.runs, length)


def _plain_length(text: str) -> int:
    match = _WHY_LABEL.match(text) or _PLAIN_LABEL.match(text)
    if match is None:
        return 0
    label = match["label"]
    return match.end("label") if WHY.match(label) or len(label.split()) <= _PLAIN_LABEL_WORDS else 0
