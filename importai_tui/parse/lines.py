"""Lines of styled runs: the common form of all formats, which the rules that find stories read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from importai_tui.parse.clean import clean_text, is_clean


class LineKind(Enum):
    """The kind of a line according to the markup; TEXT if the markup says nothing."""

    TEXT = "text"
    ITEM = "item"
    QUOTE = "quote"
    HEADING = "heading"
    CODE = "code"
    FIGURE = "figure"
    RULE = "rule"


class Run(NamedTuple):
    """Text in one style; `href` is its link target. A tuple for speed, because a page has a thousand runs."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None

    def with_text(self, text: str) -> Run:
        """Return a run with the same style and another text."""
        return Run(text, self.bold, self.italic, self.code, self.href)


@dataclass(slots=True)
class Line:
    """A line of text. Never changed after creation, but not frozen, because that triples the cost of creation.

    `gap` says that an empty line or a new paragraph precedes the line. `indent` says that it started with blanks, which
    is how the newsletter starts a paragraph inside a paragraph. `depth` is the nesting of a list from 0, or the level
    of a heading from 1. `number` is the ordinal of an item.
    """

    runs: tuple[Run, ...]
    kind: LineKind = LineKind.TEXT
    gap: bool = True
    indent: bool = False
    depth: int = 0
    number: int | None = None
    text: str = field(init=False, default="", compare=False)

    def __post_init__(self) -> None:
        self.text = join_text(self.runs).strip()

    @property
    def is_bold(self) -> bool:
        """True if every visible character is bold."""
        for run in self.runs:  # a loop, because this is called often and the first run mostly decides
            if not run.bold and run.text.strip():
                return False
        return bool(self.text)

    @property
    def is_italic(self) -> bool:
        """True if every visible character is italic, except a final punctuation mark."""
        if self.runs and not self.runs[0].italic and len(self.runs[0].text.strip()) > 1:
            return False
        upright = "".join(run.text for run in self.runs if not run.italic).strip()
        return bool(self.text) and len(upright) <= 1 and not upright.isalnum() and len(self.text) > 1

    @property
    def has_link(self) -> bool:
        """True if any part is a hyperlink; the reference of a footnote does not count."""
        return any(run.href and run.href[0] != "#" for run in self.runs)

    def with_runs(self, runs: Iterable[Run], *, gap: bool | None = None, indent: bool | None = None) -> Line:
        """Return a line like this one with other runs."""
        gap = self.gap if gap is None else gap
        indent = self.indent if indent is None else indent
        return Line(normalise_runs(runs), self.kind, gap, indent, self.depth, self.number)

    def concat(self, glue: str, other: Line) -> Line:
        """Return this line with another one appended. Both are normalised, so nothing is cleaned again."""
        runs = _merge_runs([*self.runs, Run(glue), *other.runs])
        return Line(tuple(runs), self.kind, self.gap, self.indent, self.depth, self.number)


@dataclass(frozen=True, slots=True)
class PageLines:
    """A document as lines, before its stories are found.

    `styled` is False for plain text, which has no bold text or links. `gaps` is False if paragraphs are separated only
    by a line end. `title`, `date`, `url` and `number` are stated by the document itself.
    """

    lines: tuple[Line, ...]
    styled: bool = True
    gaps: bool = True
    title: str | None = None
    date: str | None = None
    url: str | None = None
    number: int | None = None


def normalise_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Join adjacent runs of one style, collapse and strip blanks, and clean every text."""
    result: list[Run] = []
    blank = True  # True if the text so far is empty or ends in white space
    for run in _merge_runs(runs):
        text = run.text
        if "  " in text or not is_clean(text):
            text = _collapse_blanks(clean_text(text))
        if blank:
            text = text.lstrip(" ") if result else text.lstrip()
        if text:
            result.append(run if text is run.text else run.with_text(text))
            blank = text[-1] in " \n"
    while result and not (last := result[-1].text.rstrip()):
        result.pop()
    if result and last is not result[-1].text:
        result[-1] = result[-1].with_text(last)
    return tuple(result)


def _merge_runs(runs: Iterable[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1][1:] == run[1:]:
            merged[-1] = run.with_text(merged[-1].text + run.text)
        elif run.text:
            merged.append(run)
    return merged


def _collapse_blanks(text: str) -> str:
    """Replace blanks and tabs by one blank. Line ends remain, without blanks around them."""
    lines = (" ".join(part.split()) for part in text.split("\n"))
    collapsed = "\n".join(lines)
    head = " " if text[:1] in " \t" and not collapsed.startswith(("\n", " ")) else ""
    tail = " " if text[-1:] in " \t" and collapsed and not collapsed.endswith("\n") else ""
    return head + collapsed + tail


def join_text(runs: Iterable[Run]) -> str:
    """Return the text of some runs."""
    return "".join([run.text for run in runs])


def bold_prefix_length(runs: Iterable[Run]) -> int:
    """Return the number of characters of the bold text at the start of a line."""
    length = 0
    for run in runs:
        if not run.bold:
            break
        length += len(run.text)
    return length


def slice_runs(runs: Iterable[Run], start: int, end: int | None = None) -> tuple[Run, ...]:
    """Return the runs between two character positions of their joined text."""
    result: list[Run] = []
    at = 0
    for run in runs:
        low, high = max(start - at, 0), (len(run.text) if end is None else min(end - at, len(run.text)))
        if low < high:
            result.append(run.with_text(run.text[low:high]))
        at += len(run.text)
    return tuple(result)
