"""The read-more lines of a story, taken apart: what each cited thing is called, and where it was published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from importai_tui.citing.words import EDGES, LONGEST_SOURCE, split_source
from importai_tui.issue import Paragraph, Span, plain

_SOURCE_AFTER = re.compile(rf"^\s*\(([^()]{{1,{LONGEST_SOURCE}}})\)")


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


@dataclass(frozen=True, slots=True)
class Mention:
    """A link where it stands: the words before it, its own, and the parenthesis behind it, empty for none."""

    label: str
    link: int
    words: str
    behind: str


def citations(paragraphs: Iterable[Paragraph]) -> tuple[Citation, ...]:
    """Every citation of these read-more lines, in order; no word of the lines is lost but colons and full stops."""
    return tuple(row for paragraph in paragraphs for row in _of_line(paragraph))


def mentions(spans: Iterable[Span]) -> Iterator[Mention]:
    """The links of a line, in order; neighbouring spans of one link are one mention."""
    spans = tuple(spans)
    if not any(span.link for span in spans):  # three lines in four
        return
    label, last = "", None
    for link, words in joined(spans):
        if link:
            if last:
                yield last
            last, label = Mention(label, link, words, ""), ""
        else:
            if last:
                found = _SOURCE_AFTER.match(words)
                yield Mention(last.label, last.link, last.words, found[1] if found else "")
                last, words = None, words[found.end() :] if found else words
            label += words
    if last:
        yield last


def joined(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """The words of each link, and those between; a blank between two pieces of one link is its own."""
    pieces = [(link, plain(group)) for link, group in groupby(spans, key=lambda span: span.link)]
    at = 0
    while at < len(pieces):
        link, words = pieces[at]
        parts = [words]
        while link and at + 2 < len(pieces) and pieces[at + 2][0] == link and not pieces[at + 1][1].strip():
            parts += [pieces[at + 1][1], pieces[at + 2][1]]
            at += 2
        yield link, "".join(parts)
        at += 1


def _of_line(paragraph: Paragraph) -> list[Citation]:
    rows: list[Citation] = []
    label = ""
    for link, words in joined(paragraph.run_in + paragraph.spans):
        if link:
            title, source = split_source(words)
            rows.append(Citation(label.strip(EDGES), link, title, source))
            label = ""
        elif rows and not rows[-1].source and (found := _SOURCE_AFTER.match(words)):
            last = rows[-1]
            rows[-1] = Citation(last.label, last.link, last.title, found[1])
            label = words[found.end() :]
        else:
            label += words
    rest = label.strip(EDGES)
    if rest and not rows:
        return [Citation("", 0, rest, "")]
    if rest:
        last = rows[-1]
        rows[-1] = Citation(last.label, last.link, last.title, last.source, rest)
    return rows
