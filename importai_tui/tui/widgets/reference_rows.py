"""How threads are drawn: references on two lines each, a chain as a time line, related stories with a reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len
from textual.content import Content

from importai_tui.archive.relations import StoryRef
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import (
    Chain,
    ChainNode,
    Reference,
    RelatedStory,
    count_weeks_between,
    format_gap,
    format_weeks,
)
from importai_tui.tui.text import ContentBuilder, format_long_date, format_short_date_with_year, truncate
from importai_tui.wording import plural

_MIN_WIDTH_WITH_DAYS = 60
"""Cells from which on the days of a chain stand in a column of their own, left of the line."""
_DAY_WIDTH = 13
"""Cells of that column: " 13 Mar 2025 "."""
_GAP = "  "
_MAX_LINES = 3
"""Of a row."""
_MIN_COUNTED_ROWS = 5
"""Rows from which on a heading says how many they are: with fewer one sees it."""
_NO_REFERENCES = "Nothing refers to this story yet, and it refers to no other issue."
_TRUNCATED = "The thread goes on: these are the nearest of its stories."
_NO_RELATED = "No story here is near this one. The back catalogue may hold some: B brings it in."
_NOT_HERE = "not here"
OPEN_SIGN, STORY_SIGN, ISSUE_SIGN = "◆", "●", "·"
"""Nodes of the line: the story that is open, another one, an issue of which no story is known."""


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row that only says something: a heading, or a sentence, on up to three lines."""

    text: str
    style: str = "$muted"


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A row beneath the links: a reference of the open story, or where it is mentioned `later`."""

    reference: Reference
    later: bool

    @property
    def story(self) -> StoryRef | None:
        """The story at its other end."""
        return self.reference.origin if self.later else self.reference.story


ThreadRow = TextRow | ChainNode | RelatedStory
RelationRow = str | ReferenceRow | RelatedStory
"""What stands beneath the links of a story: a heading, or something to go to."""


def format_issue_name(reference: Reference | ChainNode) -> str:
    """What a mentioned issue is called."""
    if reference.issue:
        return f"Import AI {reference.issue.number}" if reference.issue.number is not None else reference.issue.title
    if reference.number is not None:
        return f"Import AI {reference.number}"
    return reference.text if isinstance(reference, Reference) else "An earlier issue"


def draw_reference(tie: ReferenceRow, width: int, *, strong: bool = False) -> list[Content]:
    """The lines of a reference, each at most `width` cells: two, or three where its facts need two of them.

    `strong` text is never muted.
    """
    quiet = "" if strong else "$muted"
    reference = tie.reference
    sign = "→" if tie.later else "←"
    headline = tie.story.headline if tie.story else format_issue_name(reference)
    first = ContentBuilder().write(f" {sign} ", "bold $mark").write(truncate(headline, width - 4))
    ref = tie.story.ref if tie.story and tie.story.number is not None else ""
    doubt = reference.certainty.label if reference.issue else _NOT_HERE
    gap, room = format_gap(reference.weeks, is_later=tie.later), width - 3
    # The heading above has said which of the two came first.
    span = format_weeks(reference.weeks) if reference.weeks is not None else ""
    fitting = (facts for facts in ((ref, gap, doubt), (ref, span, doubt)) if _facts_width(facts) <= room)
    lines = [line] if (line := next(fitting, None)) else [(ref, gap), (doubt,)]
    return [
        first.build(),
        *(_write_facts(ContentBuilder().write("   "), facts, room, quiet).build() for facts in lines),
    ]


def format_heading(words: str, rows: int) -> str:
    """A heading with how many rows are beneath it, where they are more than one sees at once."""
    return f"{words}  {rows}" if rows >= _MIN_COUNTED_ROWS else words


def draw_relation(row: RelationRow, width: int, read: Set[str], *, strong: bool = False) -> list[Content]:
    """A row beneath the links; `read` are the keys of the stories that are read."""
    match row:
        case str():
            return draw_text(TextRow(row), width)
        case ReferenceRow():
            return draw_reference(row, width, strong=strong)
        case RelatedStory():
            return draw_related(row, width, read, strong=strong)


def draw_text(words: TextRow, width: int) -> list[Content]:
    """A row of words, a blank line above it where there is room for one."""
    lines = wrap(words.text, max(1, width - 2))[:_MAX_LINES]
    blank = [ContentBuilder().build()] if len(lines) < _MAX_LINES else []
    return [
        *blank,
        *(ContentBuilder().write(" ").write(truncate(line, width - 2), words.style).build() for line in lines),
    ]


def list_rows(chain: Chain, related: Sequence[RelatedStory]) -> tuple[ThreadRow, ...]:
    """A chain, oldest first, and beneath it what is near its story; sentences where there is nothing."""
    rows: list[ThreadRow] = [*chain.nodes]
    if len(chain.nodes) == 1:
        rows.append(TextRow(_NO_REFERENCES))
    if chain.is_truncated:
        rows.append(TextRow(_TRUNCATED))
    if related:
        rows.append(TextRow("Related", "bold $mark"))
        rows.extend(related)
    else:
        rows.append(TextRow(_NO_RELATED))
    return tuple(rows)


def format_thread_size(chain: Chain) -> str:
    """How large a thread is."""
    stories = sum(node.story is not None for node in chain.nodes)
    days = [node.day for node in chain.nodes if node.day]
    weeks = count_weeks_between(days[0], days[-1]) if days else None
    if stories == 1:
        return "one story"
    return f"{stories} stories" + (f", {format_weeks(weeks)}" if weeks else "")


def draw_node(chain: Chain, at: int, width: int, read: Set[str], *, strong: bool = False) -> list[Content]:
    """The three lines of a node: its headline, where it is and what it refers to, and the time until the next."""
    node, here, last = chain.nodes[at], at == chain.start, at == len(chain.nodes) - 1
    quiet = "" if strong else "$muted"
    roomy = width >= _MIN_WIDTH_WITH_DAYS and any(other.day for other in chain.nodes)
    day = format_short_date_with_year(node.day) if node.day else ""
    sign = OPEN_SIGN if here else STORY_SIGN if node.story else ISSUE_SIGN
    margin = (day.rjust(_DAY_WIDTH - 1) + " ") if roomy else ""
    room = width - len(margin) - 4
    headline = node.story.headline if node.story else format_issue_name(node)
    weight = "bold" if node.story and node.story.key not in read else ""
    first = ContentBuilder().write(margin, quiet).write(f" {sign} ", "bold $mark" if here or node.story else quiet)
    first.write(truncate(headline, room), "bold $mark" if here else weight if node.story else quiet)
    facts = [] if roomy else [day]
    if node.story:
        facts = [node.story.ref if node.story.number is not None else "", *facts, _format_references(node)]
    else:
        facts += [Certainty.ISSUE_ONLY.label] if node.issue else [_NOT_HERE]
    line = " │ " if not last else "   "
    blank = " " * len(margin)
    second = _write_facts(ContentBuilder().write(blank).write(line, quiet), facts, room, quiet)
    gap = "" if last else _format_gap_to(node, chain.nodes[at + 1])
    third = ContentBuilder().write(blank).write(line, quiet).write(truncate(gap, room), quiet)
    return [first.build(), second.build(), third.build()]


def draw_related(related: RelatedStory, width: int, read: Set[str], *, strong: bool = False) -> list[Content]:
    """The two lines of a related story: its headline; where it is, when it was, and why it is near."""
    quiet = "" if strong else "$muted"
    story = related.story
    first = ContentBuilder().write(" ").write(truncate(story.headline, width - 2), "" if story.key in read else "bold")
    ref = story.ref if story.number is not None else ""
    day = format_long_date(story.day) if story.day and width >= _MIN_WIDTH_WITH_DAYS else ""
    second = _write_facts(ContentBuilder().write(" "), (ref, day), width - 2, quiet)
    room = width - second.build().cell_length - 3
    second.write(_GAP if ref or day else "").write(truncate(related.reason, room), "$second")
    return [first.build(), second.build()]


def _format_references(node: ChainNode) -> str:
    """What a story of the chain refers to, each with what is not certain of it."""
    said = []
    for reference in node.refers_to:
        if reference.story:
            doubt = reference.certainty.label
            said.append(reference.story.ref + (f" ({doubt})" if doubt else ""))
        else:
            name = str(reference.number) if reference.number is not None else format_issue_name(reference)
            said.append(f"{name} ({reference.certainty.label})" if reference.issue else name)
    return f"refers to {', '.join(said)}" if said else ""


def _format_gap_to(node: ChainNode, after: ChainNode) -> str:
    weeks = count_weeks_between(node.day, after.day)
    if weeks is not None:
        return format_weeks(weeks)
    issues = (after.number or 0) - (node.number or 0) if node.number and after.number else 0
    return plural(issues, "issue") if issues > 0 else ""


def _facts_width(facts: Sequence[str]) -> int:
    """What facts need beside each other."""
    told = [cell_len(fact) for fact in facts if fact]
    return sum(told) + len(_GAP) * max(0, len(told) - 1)


def _write_facts(pen: ContentBuilder, facts: Sequence[str], room: int, style: str) -> ContentBuilder:
    """Adds facts with a gap between them, as far as there is room."""
    for n, fact in enumerate(fact for fact in facts if fact):
        gap = _GAP if n else ""
        short = truncate(fact, room - len(gap))
        pen.write(f"{gap}{short}" if short else "", style)
        room -= len(gap) + cell_len(short)
    return pen
