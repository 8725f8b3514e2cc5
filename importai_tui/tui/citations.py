"""The read-more lines of a story, taken apart: what each cited thing is called, and where it was published. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from importai_tui.issue import Paragraph, plain

_SOURCE = re.compile(r"(?s)^(.*\S)\s*\(([^()]{1,60})\)\s*$")
"""A title and the trailing parenthesis that names its publisher: "DeepSpeed (GitHub)"."""
_SOURCE_AFTER = re.compile(r"^\s*\(([^()]{1,60})\)")
_VAGUE = re.compile(r"(?i)^(?:(?:right |over )?here|this(?: \w+)?|link|\W*)$")
_EDGES = " \n\t:.,;–—-"


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited thing: the words before it, its link's number, its title, the source named in parentheses.

    `tail` is what else the line says after the last citation. `link` is 0 for a line that cites nothing.
    """

    label: str
    link: int
    title: str
    source: str
    tail: str = ""


def citations(paragraphs: Iterable[Paragraph]) -> tuple[Citation, ...]:
    """Every citation of these read-more lines, in order; no word of the lines is lost but colons and full stops."""
    return tuple(row for paragraph in paragraphs for row in _of_line(paragraph))


def split_source(words: str) -> tuple[str, str]:
    """Link words as title and source: "AxoNN (GitHub)" is ("AxoNN", "GitHub"); "here (AxoNN)" is called AxoNN."""
    found = _SOURCE.match(words)
    if not found:
        return words.strip(), ""
    return (found[2], "") if is_vague(found[1]) else (found[1], found[2])


def is_vague(words: str) -> bool:
    """Whether link words name nothing: "here", "this paper:"."""
    return bool(_VAGUE.match(words.strip(_EDGES)))


def _of_line(paragraph: Paragraph) -> list[Citation]:
    rows: list[Citation] = []
    label = ""
    for link, group in groupby(paragraph.run_in + paragraph.spans, key=lambda span: span.link):
        words = plain(group)
        if link:
            title, source = split_source(words)
            rows.append(Citation(label.strip(_EDGES), link, title, source))
            label = ""
        elif rows and not rows[-1].source and (found := _SOURCE_AFTER.match(words)):
            last = rows[-1]
            rows[-1] = Citation(last.label, last.link, last.title, found[1])
            label = words[found.end() :]
        else:
            label += words
    rest = label.strip(_EDGES)
    if rest and not rows:
        return [Citation("", 0, rest, "")]
    if rest:
        last = rows[-1]
        rows[-1] = Citation(last.label, last.link, last.title, last.source, rest)
    return rows
