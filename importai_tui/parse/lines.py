"""What every form of a page becomes first: lines of styled runs. The rules that find stories see nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from importai_tui.parse.clean import clean_text, is_clean


class LineKind(Enum):
    """What markup said of a line; prose where it said nothing."""

    TEXT = "text"
    ITEM = "item"
    QUOTE = "quote"
    HEADING = "heading"
    CODE = "code"
    FIGURE = "figure"
    RULE = "rule"


class Run(NamedTuple):
    """Text in one style; `href` is the address behind it. A tuple, for a page has a thousand of them."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None

    def with_text(self, text: str) -> Run:
        """The same style on other words."""
        return Run(text, self.bold, self.italic, self.code, self.href)


@dataclass(slots=True)
class Line:
    """A line as a reader sees it. Nothing changes one; it is not frozen because that triples the cost of making it.

    `gap` says that an empty line or a new paragraph lies before it, `indent` that it began with blanks (the
    newsletter's way to open a paragraph inside a paragraph). `depth` counts a list's nesting from 0, or a heading's
    level from 1; `number` is an item's ordinal.
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
        """Whether every visible character is bold."""
        for run in self.runs:  # a loop, for this is asked of each line several times and the first run mostly tells
            if not run.bold and run.text.strip():
                return False
        return bool(self.text)

    @property
    def is_italic(self) -> bool:
        """Whether every visible character is italic, a closing mark of punctuation set aside."""
        if self.runs and not self.runs[0].italic and len(self.runs[0].text.strip()) > 1:
            return False
        upright = "".join(run.text for run in self.runs if not run.italic).strip()
        return bool(self.text) and len(upright) <= 1 and not upright.isalnum() and len(self.text) > 1

    @property
    def has_link(self) -> bool:
        """Whether any of it is a hyperlink."""
        return any(run.href for run in self.runs)

    def with_runs(self, runs: Iterable[Run], **changes: bool) -> Line:
        """The same line with other runs."""
        gap, indent = changes.get("gap", self.gap), changes.get("indent", self.indent)
        return Line(normalise_runs(runs), self.kind, gap, indent, self.depth, self.number)

    def concat(self, glue: str, other: Line) -> Line:
        """This line with another one behind it. Both are tidy, so nothing is cleaned again."""
        runs = _merge_runs([*self.runs, Run(glue), *other.runs])
        return Line(tuple(runs), self.kind, self.gap, self.indent, self.depth, self.number)


@dataclass(frozen=True, slots=True)
class PageLines:
    """A document as it was read, before stories are looked for.

    `styled` is False for plain text, where nothing is bold or linked; `gaps` is False where paragraphs are not set
    apart by more than a line end. The rest is what the document itself says of the issue.
    """

    lines: tuple[Line, ...]
    styled: bool = True
    gaps: bool = True
    title: str | None = None
    date: str | None = None
    url: str | None = None


def normalise_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Neighbours of one style joined, white space folded, blanks at both ends gone, every text cleaned."""
    kept: list[Run] = []
    blank = True  # whether the text so far ends in white space, as it does before the first word
    for run in _merge_runs(runs):
        text = run.text
        if "  " in text or not is_clean(text):
            text = collapse_blanks(clean_text(text))
        if blank:
            text = text.lstrip(" ") if kept else text.lstrip()
        if text:
            kept.append(run if text is run.text else run.with_text(text))
            blank = text[-1] in " \n"
    while kept and not (last := kept[-1].text.rstrip()):
        kept.pop()
    if kept and last is not kept[-1].text:
        kept[-1] = kept[-1].with_text(last)
    return tuple(kept)


def _merge_runs(runs: Iterable[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1][1:] == run[1:]:
            merged[-1] = run.with_text(merged[-1].text + run.text)
        elif run.text:
            merged.append(run)
    return merged


def collapse_blanks(text: str) -> str:
    """Runs of blanks and tabs as one space; line ends stay, without blanks around them."""
    lines = (" ".join(part.split()) for part in text.split("\n"))
    folded = "\n".join(lines)
    head = " " if text[:1] in " \t" and not folded.startswith(("\n", " ")) else ""
    tail = " " if text[-1:] in " \t" and folded and not folded.endswith("\n") else ""
    return head + folded + tail


def join_text(runs: Iterable[Run]) -> str:
    """The text of some runs."""
    return "".join([run.text for run in runs])


def bold_prefix_length(runs: Iterable[Run]) -> int:
    """Characters of the bold words that a line begins with."""
    length = 0
    for run in runs:
        if not run.bold:
            break
        length += len(run.text)
    return length


def slice_runs(runs: Iterable[Run], start: int, end: int | None = None) -> tuple[Run, ...]:
    """The runs between two character positions of their joined text."""
    kept: list[Run] = []
    at = 0
    for run in runs:
        low, high = max(start - at, 0), (len(run.text) if end is None else min(end - at, len(run.text)))
        if low < high:
            kept.append(run.with_text(run.text[low:high]))
        at += len(run.text)
    return tuple(kept)
