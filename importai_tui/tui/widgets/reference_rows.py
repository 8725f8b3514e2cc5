"""Rows of threads: references on two lines each, a chain as a time line, related stories with a reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len
from textual.content import Content

from importai_tui.archive.relations import StoryRef
from importai_tui.threads.related import RelatedStory
from importai_tui.threads.resolver import SHARED_TERMS, Certainty
from importai_tui.threads.threads import (
    Chain,
    ChainNode,
    Reference,
    count_weeks_between,
    format_gap,
    format_weeks,
)
from importai_tui.tui.text import ContentBuilder, format_long_date, format_short_date_with_year, truncate, wrap_title
from importai_tui.wording import plural

_MIN_WIDTH_WITH_DAYS = 60
"""Cells from which the days of a chain have a column of their own, left of the line."""
_DAY_WIDTH = 13
"""Cells of that column: "~13 Mar 2025 "."""
_GAP = "  "
_MAX_LINES = 3
"""Lines of a row."""
_MIN_COUNTED_ROWS = 5
"""Rows from which a heading shows their number; fewer rows are seen at once."""
_NO_REFERENCES = "No references to or from this story."
_TRUNCATED = "Showing only the nearest stories of a longer thread."
_NO_RELATED = "No related stories yet."
_NOT_HERE = "not in your archive"
_DOUBTS = {Certainty.POSSIBLE: " (possibly)", Certainty.LIKELY: " (probably)"}
OPEN_SIGN, STORY_SIGN, ISSUE_SIGN = "◆", "●", "·"
"""Nodes of the line: the open story, another story, an issue without a known story."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of text, a heading or a sentence, on up to three lines."""

    text: str
    style: str = "$muted"


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A row beneath the links: a reference of the open story, or its mention in a `later` story."""

    reference: Reference
    later: bool

    @property
    def story(self) -> StoryRef | None:
        """The story at the other end; None if it is not known."""
        return self.reference.origin if self.later else self.reference.story


ThreadRow = TextRow | ChainNode | RelatedStory
RelationRow = str | ReferenceRow | RelatedStory
"""A row beneath the links of a story: a heading, a reference, or a related story."""


def format_issue_name(reference: Reference | ChainNode) -> str:
    """Return the name of a mentioned issue."""
    if reference.issue:
        return f"Import AI {reference.issue.number}" if reference.issue.number is not None else reference.issue.title
    if reference.number is not None:
        return f"Import AI {reference.number}"
    return reference.text if isinstance(reference, Reference) else "An earlier issue"


def draw_reference(row: ReferenceRow, width: int, *, strong: bool = False, title_lines: int = 1) -> list[Content]:
    """Draw a reference on lines of at most `width` cells: its headline, and its facts on one line or two.

    `strong` text is never muted.
    """
    muted = "" if strong else "$muted"
    reference = row.reference
    sign = "→" if row.later else "←"
    headline = row.story.headline if row.story else format_issue_name(reference)
    title = [
        ContentBuilder().write("   " if number else f" {sign} ", "bold $mark").write(line).build()
        for number, line in enumerate(wrap_title(headline, width - 4, title_lines))
    ]
    ref = row.story.ref if row.story and row.story.number is not None else ""
    doubt = reference.certainty.label if reference.issue else _NOT_HERE
    gap, facts_width = format_gap(reference.weeks, is_later=row.later), width - 4
    # The heading above shows which of the two came first.
    span = format_weeks(reference.weeks) if reference.weeks is not None else ""
    wordings = ((gap, doubt), (span, doubt), (gap, doubt.removesuffix(" match")), (span, doubt.removesuffix(" match")))
    choices = [(ref, " · ".join(filter(None, wording))) for wording in wordings]
    fitting = next((facts for facts in choices if _facts_width(facts) <= facts_width), None)
    lines = [fitting] if fitting else [(ref, gap), (doubt,)]
    return [
        *title,
        *(_write_facts(ContentBuilder().write("   "), facts, facts_width, muted).build() for facts in lines),
    ]


def format_counted_heading(words: str, rows: int) -> str:
    """Return a heading with the number of rows beneath it, if they are too many to count at sight."""
    return f"{words}  {rows}" if rows >= _MIN_COUNTED_ROWS else words


def draw_relation(
    row: RelationRow, width: int, read: Set[str], *, strong: bool = False, title_lines: int = 1
) -> list[Content]:
    """Draw a row beneath the links; `read` has the keys of the stories that are read."""
    match row:
        case str():
            return draw_text(TextRow(row), width)
        case ReferenceRow():
            return draw_reference(row, width, strong=strong, title_lines=title_lines)
        case RelatedStory():
            return draw_related(row, width, read, strong=strong, title_lines=title_lines)


def draw_text(row: TextRow, width: int) -> list[Content]:
    """Draw a text row, with a blank line above it if it fits."""
    lines = wrap(row.text, max(1, width - 2))[:_MAX_LINES]
    blank = [ContentBuilder().build()] if len(lines) < _MAX_LINES else []
    return [
        *blank,
        *(ContentBuilder().write(" ").write(truncate(line, width - 2), row.style).build() for line in lines),
    ]


def list_rows(chain: Chain, related: Sequence[RelatedStory], download_key: str) -> tuple[ThreadRow, ...]:
    """Return the rows of a chain, oldest first, and of the related stories; sentences replace missing parts.

    `download_key` is the key that downloads every issue; it may be empty.
    """
    rows: list[ThreadRow] = [*chain.nodes]
    if len(chain.nodes) == 1:
        rows.append(TextRow(_NO_REFERENCES))
    if chain.is_truncated:
        rows.append(TextRow(_TRUNCATED))
    if related:
        rows.append(TextRow("Related", "bold $mark"))
        rows.extend(related)
    else:
        advice = f" Press {download_key} to download every issue." if download_key else ""
        rows.append(TextRow(_NO_RELATED + advice))
    return tuple(rows)


def format_thread_size(chain: Chain) -> str:
    """Return the number of stories of a thread, and the time between them."""
    stories = sum(node.story is not None for node in chain.nodes)
    days = [node.day for node in chain.nodes if node.day]
    weeks = count_weeks_between(days[0], days[-1]) if days else None
    if stories == 1:
        return "1 story"
    return f"{stories} stories" + (f", {format_weeks(weeks)}" if weeks else "")


def draw_node(chain: Chain, index: int, width: int, read: Set[str], *, strong: bool = False) -> list[Content]:
    """Draw the three lines of a node: its headline, its place and references, and the time until the next node."""
    node, is_open, is_last = chain.nodes[index], index == chain.start, index == len(chain.nodes) - 1
    muted = "" if strong else "$muted"
    has_day_column = width >= _MIN_WIDTH_WITH_DAYS and any(other.day for other in chain.nodes)
    day = format_short_date_with_year(node.day, is_estimated=node.is_day_estimated) if node.day else ""
    sign = OPEN_SIGN if is_open else STORY_SIGN if node.story else ISSUE_SIGN
    margin = (day.rjust(_DAY_WIDTH - 1) + " ") if has_day_column else ""
    text_width = width - len(margin) - 4
    headline = node.story.headline if node.story else format_issue_name(node)
    weight = "bold" if node.story and node.story.key not in read else ""
    first = ContentBuilder().write(margin, muted).write(f" {sign} ", "bold $mark" if is_open or node.story else muted)
    first.write(truncate(headline, text_width), "bold $mark" if is_open else weight if node.story else muted)
    facts = [] if has_day_column else [day]
    if node.story:
        facts = [node.story.ref if node.story.number is not None else "", *facts, _format_references(node)]
    else:
        facts += [Certainty.ISSUE_ONLY.label] if node.issue else [_NOT_HERE]
    line = " │ " if not is_last else "   "
    blank = " " * len(margin)
    second = _write_facts(ContentBuilder().write(blank).write(line, muted), facts, text_width, muted)
    gap = "" if is_last else _format_gap_to(node, chain.nodes[index + 1])
    third = ContentBuilder().write(blank).write(line, muted).write(truncate(gap, text_width), muted)
    return [first.build(), second.build(), third.build()]


def draw_related(
    related: RelatedStory, width: int, read: Set[str], *, strong: bool = False, title_lines: int = 1
) -> list[Content]:
    """Draw a related story: its headline; its place, its day and why it is related."""
    muted = "" if strong else "$muted"
    story = related.story
    style = "" if story.key in read else "bold"
    title = [
        ContentBuilder().write(" ").write(line, style).build()
        for line in wrap_title(story.headline, width - 2, title_lines)
    ]
    ref = story.ref if story.number is not None else ""
    day = ""
    if story.day and width >= _MIN_WIDTH_WITH_DAYS:
        day = format_long_date(story.day, is_estimated=story.is_day_estimated)
    second = _write_facts(ContentBuilder().write(" "), (ref, day), width - 2, muted)
    reason_width = width - second.build().cell_length - 3
    second.write(_GAP if ref or day else "").write(_shorten_reason(related.reason, reason_width), "$second")
    return [*title, second.build()]


def _shorten_reason(reason: str, width: int) -> str:
    """Return the reason with as many of the shared terms as fit; in a very narrow pane with shorter words before it."""
    label, _, terms = reason.partition(": ")
    names = terms.split(", ")
    shorter = [f"{label}: {', '.join(names[:n])}" for n in range(len(names) - 1, 0, -1)]
    shorter += [f"shared: {names[0]}", names[0]]
    is_list_of_terms = label == SHARED_TERMS
    candidates = [reason, *(shorter if is_list_of_terms else ())]
    return truncate(next((text for text in candidates if cell_len(text) <= width), candidates[-1]), width)


def _format_references(node: ChainNode) -> str:
    """Return the references of a story of the chain, each with its doubt in parentheses."""
    parts = []
    for reference in node.refers_to:
        if reference.story:
            parts.append(reference.story.ref + _DOUBTS.get(reference.certainty, ""))
        else:
            name = str(reference.number) if reference.number is not None else format_issue_name(reference)
            parts.append(f"{name} ({reference.certainty.label})" if reference.issue else name)
    return f"refers to {', '.join(parts)}" if parts else ""


def _format_gap_to(node: ChainNode, after: ChainNode) -> str:
    weeks = count_weeks_between(node.day, after.day)
    if weeks is not None:
        return format_gap(weeks, is_later=weeks > 0)
    issues = (after.number or 0) - (node.number or 0) if node.number and after.number else 0
    return f"{plural(issues, 'issue')} later" if issues > 0 else ""


def _facts_width(facts: Sequence[str]) -> int:
    """Return the cells of facts side by side."""
    widths = [cell_len(fact) for fact in facts if fact]
    return sum(widths) + len(_GAP) * max(0, len(widths) - 1)


def _write_facts(builder: ContentBuilder, facts: Sequence[str], width: int, style: str) -> ContentBuilder:
    """Write facts with a gap between them, as far as they fit."""
    for n, fact in enumerate(fact for fact in facts if fact):
        gap = _GAP if n else ""
        short = truncate(fact, width - len(gap))
        builder.write(f"{gap}{short}" if short else "", style)
        width -= len(gap) + cell_len(short)
    return builder
