"""Reads an issue from the Markdown that `show --format markdown` writes.

Each story starts with a heading of level 2. A comment below it names the kind of the story and the paragraphs before
its body: its section, its series, its tagline, and the links of its headline. So it gives the same issue again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from importai_tui.model import StoryKind
from importai_tui.parse.front_matter import CITATIONS, HEADER_PARTS, WHY_COMMENT
from importai_tui.parse.html import read_html
from importai_tui.parse.lines import Line
from importai_tui.parse.segments import Segment

_MAX_NESTING = 200
"""Nested lists and quotes of the Markdown parser; as deep as the HTML that is read."""
_FENCE = re.compile(r"^(`{3,})")
_HEADER = re.compile(r"^<!-- (?P<kind>[a-z-]+)(?:: (?P<parts>[a-z, ]+))? -->$", re.MULTILINE)


def find_own_stories(text: str) -> list[Segment] | None:
    """Return the stories of a document after its front matter; None if it is not as the program writes it."""
    segments: list[Segment] = []
    for part in _split_stories(text):
        segment = _read_story(part)
        if segment is None:
            return None
        segments.append(segment)
    return segments or None


def _split_stories(text: str) -> Iterator[str]:
    """Yield the text of each story. A line in a code block starts none."""
    part: list[str] | None = None
    fence = ""
    for line in text.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif match := _FENCE.match(line):
            fence = match[1]
        elif line.startswith("## "):
            if part is not None:
                yield "\n".join(part)
            part = []
        if part is not None:
            part.append(line)
    if part is not None:
        yield "\n".join(part)


def _read_story(text: str) -> Segment | None:
    heading, _, rest = text.partition("\n")
    header = _HEADER.search(rest)
    if header is None or header["kind"] not in list(StoryKind):
        return None
    headline = _render(heading)
    if not headline:
        return None
    lines = list(_render_body(rest[header.end() :]))
    segment = Segment(StoryKind(header["kind"]), headline[0].text, "heading of an exported issue")
    names = (header["parts"] or "").split(", ")
    segment.has_plain_citations = CITATIONS in names
    for part in names:
        if part not in HEADER_PARTS or not lines:
            continue
        line = lines.pop(0)
        match part:
            case "section":
                segment.section = line.text
            case "series":
                segment.series = line.text
            case "tagline":
                segment.tagline = line.text
            case _:
                segment.heading_links = tuple(run for run in line.runs if run.href)
    segment.body = lines
    return segment


def _render_body(markup: str) -> Iterator[Line]:
    """Yield the lines of a story. A paragraph after the comment continues the passage before it."""
    first, *continuations = markup.split(f"\n{WHY_COMMENT}\n")
    yield from _render(first)
    for part in continuations:
        for number, line in enumerate(_render(part)):
            yield line.with_runs(line.runs, gap=number > 0, indent=number == 0)


def _render(markup: str) -> list[Line]:
    from markdown_it import MarkdownIt

    return list(read_html(MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).render(markup)).lines)
