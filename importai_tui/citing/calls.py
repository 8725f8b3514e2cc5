"""What a call to action names: "Download the Marin models here" is a call for the Marin models."""

from __future__ import annotations

import re

from importai_tui.call_verbs import ANY_VERB, OPENING
from importai_tui.citing.words import EDGES, is_vague

LONGEST_NAME = 12
"""Words of a call that can name what it calls for ("the transcripts from the experiments"); past it, it tells."""
LONGEST_CALL = 300
"""Characters before a link that are looked at for a name; twice the longest call of the corpus."""

_CALL = re.compile(
    rf"(?i)^{OPENING}(?:(?:{ANY_VERB}|all of)\b\s*(?:and\s+)?)+"
    r"(?:more\s*)?(?:(?:about|in|on|at|from|for|to|the|this|these|that|some|our|their|a|an|of)\s+)*"
)


def thing_of(call: str) -> str:
    """The thing that a call names, without its verb and articles; empty where it names none, or tells a tale."""
    thing = behind_kind(_object(call))
    return "" if is_vague(thing) else thing


_OPENS_AS_CALL = re.compile(r"(?i)\W*(?:(?:read|find out|learn|see) more|check out)\b")


def within_link(words: str) -> str:
    """What is named by a call that the link holds whole: "Read more about the Meadow here"."""
    bare = without_here(words)
    return (_object(words) or bare) if bare != words or _OPENS_AS_CALL.match(words) else bare


_ONLY_POINTS = "it them this that these those here there more all any some one full"
_POINTERS = frozenset(_ONLY_POINTS.split())


def sort_of(call: str) -> str:
    """The vague thing that a call is for ("model", "tweet thread"); empty where it says only that there is one."""
    thing = _object(call)
    return thing if set(re.findall(r"\w+", thing.casefold())) - _POINTERS else ""


_UNFINISHED = re.compile(r"\([^()]*$")
"""A parenthesis of which the link holds the end: "On Sheep (" before "arXiv"."""


def _object(call: str) -> str:
    if len(call) > LONGEST_CALL:
        return ""
    words = without_here(" ".join(_UNFINISHED.sub("", call).rstrip(EDGES).split()))
    verb = _CALL.match(words)
    thing = words[verb.end() :].strip(EDGES) if verb else ""
    return "" if len(thing.split()) > LONGEST_NAME else thing


def behind_kind(thing: str) -> str:
    """The name behind a kind of thing: "code for Radial Attention", "code: AxoNN"."""
    head, colon, rest = thing.partition(": ")
    if colon and rest and is_vague(head):
        return rest
    kind, _, name = re.sub(r" (?:for|of) (?:the )?(?=[^\W\d_])", "\n", thing, count=1).partition("\n")
    return name if name[:1].isupper() and is_vague(kind) else thing


_BEFORE_HERE = {"is", "are", "available", "now", "right", "over", "out", "live"}


def without_here(words: str) -> str:
    """Words without the "here" that ends them: "videos are here", "the tokenizer here on HuggingFace"."""
    rest = words.split()
    if len(rest) > 3 and rest[-3].casefold() == "here" and rest[-2].casefold() in ("on", "at", "in", "via"):
        rest = rest[:-2]
    if len(rest) > 1 and rest[-1].strip(EDGES).casefold() == "here":
        rest.pop()
        while len(rest) > 1 and rest[-1].casefold() in _BEFORE_HERE:
            rest.pop()
    return " ".join(rest).strip(EDGES)
