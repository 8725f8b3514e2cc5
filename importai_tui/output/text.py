"""Formats issues and stories as lines of text. Cited words, and the numbers after them, are links.

`show` prints the document in its order. `read` also prints marks, indents passages, and lists the links last; its link
numbers are those of `importai-tui links`, for a story or for all stories of an issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, assert_never

from importai_tui.links.urls import browser_url
from importai_tui.model import (
    MAX_LIST_INDENT,
    Block,
    Code,
    Figure,
    Heading,
    Issue,
    Link,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    get_reading_minutes,
    is_below_body,
    shorten_title,
    spans_to_text,
)
from importai_tui.output.layout import wrap
from importai_tui.output.lines import Line, Run, expand_tabs, link_part, wrap_runs
from importai_tui.wording import format_date, plural

MAX_LINE_WIDTH = 72
"""Cells of a line of prose, also on a wider terminal, because long lines are hard to read."""
_WHY_INDENT = "  "
"""Indent of a "Why this matters" passage. A screen reader would read a symbol aloud."""


class NumberedLinks(NamedTuple):
    """The links of a text: the address of each, and the number that is printed for the first one."""

    urls: Mapping[int, str | None]
    first: int = 1

    @classmethod
    def from_links(cls, links: Iterable[Link], first: int = 1) -> NumberedLinks:
        """Return the links of a story or a card."""
        return cls({link.n: link.url for link in links}, first)

    def make_run(self, words: str, n: int) -> Run:
        """Return the words with the number of a link."""
        return Run(f"{words} [{n + self.first - 1}]", self.urls.get(n))


def format_issue_lines(
    issue: Issue, columns: int | None, *, for_reading: bool = True, marks: Sequence[Sequence[str]] = ()
) -> list[Line]:
    """Return the lines of a whole issue.

    Args:
        issue: the issue.
        columns: the terminal's width in cells, None for lines of any length.
        for_reading: the form of `read`, else that of `show`.
        marks: for each story the words for its marks ("read", "starred"); empty if no story has marks.
    """
    width = _get_line_width(columns)
    name = f"Import AI {issue.number}" if issue.number is not None else issue.slug
    lines: list[Line] = [*wrap(shorten_title(issue.title), width)]
    date = format_date(issue.date, is_estimated=issue.is_date_estimated)
    if for_reading:
        minutes = f"{get_reading_minutes(issue.word_count)} min"
        lines += wrap(join_facts((name, date, plural(len(issue.stories), "story", "stories"), minutes)), width)
        lines += [[Run(issue.url, issue.url)]] if issue.url else []
    else:
        facts = join_facts((name, date, issue.url))
        lines.append(link_part(facts, len(facts) - len(issue.url or ""), len(facts), issue.url))
    first = 1
    for story, story_marks in zip(issue.stories, marks or [()] * len(issue.stories), strict=True):
        lines += ["", ""]
        lines += format_story_lines(
            story, issue.ref, None, columns, for_reading=for_reading, marks=story_marks, first=first
        )
        first += len(story.links) if for_reading else 0
    return lines


def format_story_lines(
    story: Story,
    issue_ref: str,
    date: str | None,
    columns: int | None,
    *,
    for_reading: bool = True,
    marks: Sequence[str] = (),
    first: int = 1,
) -> list[Line]:
    """Return the lines of one story: headline, tagline, byline, body and links.

    No line is wider than `columns`, except code and addresses, which are useless if wrapped. `first` is the number of
    the story's first link. For the other arguments see `format_issue_lines`.
    """
    width = _get_line_width(columns)
    links = NumberedLinks.from_links(story.links, first)
    heading: list[Line] = [*wrap(story.headline, width)]
    if story.tagline:
        heading += wrap(story.tagline, width)
    ref, minutes = f"{issue_ref}/{story.position}", f"{story.reading_minutes} min"
    if not for_reading:
        parts = [[*heading, join_facts((ref, date, story.section, minutes))]]
        parts += [format_block_lines(block, width, links) for block in story.blocks]
        parts.append([format_link_line(x) if x.url else f"[{x.n}] no URL: {x.text}" for x in story.links])
        return list(with_gaps(parts))
    heading += wrap(join_facts((ref, date, story.section, story.series, minutes, *marks)), width)
    parts = [heading]
    parts += [_format_body_lines(block, width, links) for block in story.blocks if not is_below_body(block, story)]
    after_body = [block for block in story.blocks if isinstance(block, Paragraph) and is_below_body(block, story)]
    read_more = [block for block in after_body if block.role is ParagraphRole.READ_MORE]
    parts.append([line for block in read_more for line in format_block_lines(block, width, links)])
    if any(block.role is ParagraphRole.INSPIRATIONS for block in after_body):
        items = [line for words in story.inspirations for line in wrap(words, width, "- ", "  ")]
        parts.append(["Things that inspired this story:", *items])
    if story.links:
        parts.append(["Links:", *format_link_lines(story, columns, first=first)])
    return [expand_tabs(line) for line in with_gaps(parts)]


def format_link_lines(story: Story, columns: int | None, *, first: int = 1) -> list[Line]:
    """Return the links of a story: number, title and kind, and below them the address on its own line."""
    # Imported here, because `show` prints no titles and the module takes long to load.
    from importai_tui.works.titles import get_link_titles

    width = _get_line_width(columns)
    titles = get_link_titles(story)
    lines: list[Line] = []
    for link in story.links:
        number = f"[{link.n + first - 1}] "
        indent = " " * len(number)
        lines += wrap_runs([Run(titles[link.n], link.url), Run(f" ({link.kind})")], width, number, indent)
        lines.append([Run(indent), Run(format_address(link.url), link.url)])
    return lines


def format_link_line(link: Link) -> Line:
    """Return a line with the number and the address of a link."""
    return [Run(f"[{link.n}] "), Run(format_address(link.url), link.url)]


def format_address(url: str | None) -> str:
    """Return the address that `open` gives to a browser; a refused address gets a remark."""
    if not url:
        return "(no URL)"
    return browser_url(url) or f"{url} (unsafe, not opened)"


def format_block_lines(block: Block, width: int | None, links: NumberedLinks) -> list[Line]:
    """Return the lines of one block; `width` is None for any length."""
    match block:
        case Paragraph(spans, run_in):
            needs_space = run_in and not spans_to_text(run_in)[-1:].isspace() and spans_to_text(spans)[:1].isalnum()
            return wrap_runs(_with_link_numbers((*run_in, *([Span(" ")] if needs_space else ()), *spans), links), width)
        case ListBlock(items):
            lines: list[Line] = []
            for item in items:
                mark = "- " if item.number is None else f"{item.number}. "
                indent = "  " * min(item.depth, MAX_LIST_INDENT)
                runs = _with_link_numbers(item.spans, links)
                lines += wrap_runs(runs, width, indent + mark, indent + " " * len(mark))
            return lines
        case Quote(spans):
            return wrap_runs(_with_link_numbers(spans, links), width, "> ", "> ")
        case Heading(spans):
            return wrap_runs(_with_link_numbers(spans, links), width)
        case Code(text):
            return [f"    {line}".rstrip() for line in text.split("\n")]
        case Figure(caption, link):
            words = f"(Picture: {caption})" if caption else "(Picture)"
            return wrap_runs([links.make_run(words, link) if link else Run(words)], width)
        case Rule():
            return ["* * *"]
        case _:
            assert_never(block)


def _format_body_lines(block: Block, width: int | None, links: NumberedLinks) -> list[Line]:
    """Return the lines of a block for `read`: a "Why this matters" passage is indented below its label."""
    if not (isinstance(block, Paragraph) and block.role is ParagraphRole.WHY):
        return format_block_lines(block, width, links)
    lines = wrap_runs(label, width) if (label := _with_link_numbers(block.run_in, links)) else []
    if passage := _with_link_numbers(block.spans, links):
        lines += wrap_runs(passage, width, _WHY_INDENT, _WHY_INDENT)
    return lines


def _with_link_numbers(spans: Iterable[Span], links: NumberedLinks) -> list[Run]:
    """Return the text with the number of each link in brackets after its last word; empty if nothing is visible."""
    runs: list[Run] = []
    for number, group in groupby((span for span in spans if span.text), key=lambda span: span.link):
        words = spans_to_text(group)
        if not number:
            runs.append(Run(words))
            continue
        stripped = words.rstrip()
        runs += [links.make_run(stripped, number), Run(words[len(stripped) :])]
    return runs if any(not run.text.isspace() for run in runs if run.text) else []


def with_gaps(parts: Iterable[list[Line]]) -> Iterator[Line]:
    """Yield the lines of the parts that are not empty, with an empty line between two parts."""
    for index, part in enumerate(part for part in parts if part):
        yield from ([""] if index else [])
        yield from part


def _get_line_width(columns: int | None) -> int | None:
    return None if columns is None else min(columns, MAX_LINE_WIDTH)


def join_facts(facts: Iterable[str | None]) -> str:
    """Return the facts that are known, with dots between them."""
    return " · ".join(fact for fact in facts if fact)
