"""Finds calls to action: lines such as "Read more:", "Get the code here:" or "Check out the leaderboard"."""

from __future__ import annotations

import re

from importai_tui.links.call_verbs import ANY_VERB, CALL_PREFIX, VERB_WITHOUT_LINK
from importai_tui.parse.lines import Line, LineKind, join_text, slice_runs

CALL_TO_ACTION = re.compile(
    rf"(?i)^{CALL_PREFIX}(?:please\b.{{0,60}}\b)?(?:you can\s+)?(?:to\s+)?(?:want to .{{3,60}}\?\s*)?"
    rf"(?:{ANY_VERB}|more (?:details|information|info|here)|more:|details|here(?:’|')s|code|paper|demo"
    r"|data(?:set)?|website|project page|official|source|videos?|all of the"
    r"|the (?:code|paper|data(?:set)?|model|blog|video))\b"
)
_MAX_LABEL_WORDS = 9
"""Words of the label before the link. The longest label of the corpus has nine."""
_MAX_WORDS_OUTSIDE_LINKS = 13
"""A line with more words outside its links is an ordinary sentence."""
_MAX_WORDS_AFTER_LABEL = 30
"""With a bold label a line may have more, but not those of a paragraph: "Use AI to train your AI: It also has…"."""
_SENTENCE_BREAK = re.compile(r"[.!?]\s+[A-Z“\"]")


def is_call_to_action(line: Line) -> bool:
    """Return True if a line with a link starts as a call and has few words besides the link."""
    if line.kind not in (LineKind.TEXT, LineKind.ITEM) or not line.has_link or not CALL_TO_ACTION.match(line.text):
        return False
    outside = "".join(run.text for run in line.runs if not run.href)
    label = outside.partition(":")[0] if ":" in outside else outside
    words = len(outside.split())
    if words > _MAX_WORDS_AFTER_LABEL:
        return False
    if words > _MAX_WORDS_OUTSIDE_LINKS and not (line.runs[0].bold and len(label.split()) <= _MAX_LABEL_WORDS):
        return False
    return line.runs[0].bold or words <= _MAX_LABEL_WORDS


_CALL_AFTER_SENTENCE = re.compile(r"(?<=[.!?)”\"’…])\s*(?=Read more\s*:)")
"""Matches before a call that follows the last sentence of its paragraph, as in the copies of 2020."""


def split_call(line: Line) -> tuple[Line, ...]:
    """Split a call from the end of a line. Return the line alone if there is none."""
    if line.kind is not LineKind.TEXT or "Read more" not in line.text:
        return (line,)
    text = join_text(line.runs)
    match = _CALL_AFTER_SENTENCE.search(text)
    if match is None or not text[: match.start()].strip():
        return (line,)
    call = line.with_runs(slice_runs(line.runs, match.end()), gap=False, indent=True)
    return line.with_runs(slice_runs(line.runs, 0, match.start())), call


_PLAIN_LABEL = re.compile(
    rf"(?i)^(?P<label>(?:{VERB_WITHOUT_LINK}|bonus|more|official|project|paper|code|video)\b[^:.?!]{{0,90}}?)"
    r":\s*(?P<cited>\S.*)$",
    re.S,
)
_PLAIN_TITLE = re.compile(
    r"(?i)^read more\s+(?-i:(?!(?:here|at|about|in|on|of|from|via|by|and|or|than)\b))"
    r"(?P<cited>[^.!?]{2,200}?\([^()]{2,80}\)[.!]?)$"
)
_PLAIN_PARENTHESIS = re.compile(
    rf"(?i)^(?:{VERB_WITHOUT_LINK}|you can|all of the|the)\b[^.!?]{{2,160}}?\s"
    r"(?P<cited>(?:here|more|site|website|now)?\s*\([^()]{2,80}\)[.!]?)$"
)
_MAX_CITATION_LENGTH = 420
"""Characters of a line with a call in plain text."""
_AFTER_SOURCE = re.compile(r"\)\.\s+(?=[A-Z])")
"""Matches between a citation and a remark: "On Sheep (arXiv). Via a friend (Twitter)."
"""


def find_plain_citation(line: Line) -> tuple[int, int] | None:
    """Find the cited words of a call in plain text, which has lost its URL.

    Returns their start and end in the text of the line; None if the line is no such call.
    """
    text = join_text(line.runs)
    if line.kind is not LineKind.TEXT or line.has_link or len(text) > _MAX_CITATION_LENGTH:
        return None
    match = _PLAIN_LABEL.match(text) or _PLAIN_TITLE.match(text) or _PLAIN_PARENTHESIS.match(text)
    if match is None or len(match["label"].split() if "label" in match.re.groupindex else "") > _MAX_LABEL_WORDS + 6:
        return None
    start, end = match.span("cited")
    if after := _AFTER_SOURCE.search(text, start, end):
        end = after.start() + 1
    while end > start and text[end - 1] in " .":
        end -= 1
    if _SENTENCE_BREAK.search(text[start:end]) and "(" not in text[start:end]:
        return None
    return start, end
