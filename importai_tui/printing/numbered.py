"""Issues and stories to be read as lines of text: set for the eye and the ear, links numbered, and listed at the foot.

The numbers are those of `importai-tui links`: through a story, or through all stories of an issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from importai_tui.citing import titles
from importai_tui.issue import Block, Issue, Paragraph, Part, Story, reading_minutes, short_title
from importai_tui.printing.cells import wrap
from importai_tui.printing.prose import MEASURE, block_lines, numbered
from importai_tui.printing.tables import address_text
from importai_tui.wording import plural

_WHY = "  "
"""Why a story matters is set in, which stands out without a sign that would be read aloud."""


def issue_lines(issue: Issue, columns: int, marks: Sequence[Sequence[str]] = ()) -> list[str]:
    """A whole issue, its stories one beneath the other.

    Args:
        issue: what is read.
        columns: the terminal's width in cells; the text is no wider than a line is read with ease.
        marks: for each story the words for how it is marked ("read", "starred"); they may be left out for all.
    """
    measure = min(columns, MEASURE)
    name = f"Import AI {issue.number}" if issue.number is not None else issue.slug
    facts = (name, issue.date, plural(len(issue.stories), "story", "stories"), f"{reading_minutes(issue.words)} min")
    lines = [*wrap(short_title(issue.title), measure), *wrap(_joined(facts), measure)]
    lines += [issue.url] if issue.url else []
    first = 1
    for story, marked in zip(issue.stories, marks or [()] * len(issue.stories), strict=True):
        lines += ["", "", *story_lines(story, issue.ref, None, columns, marks=marked, first=first)]
        first += len(story.links)
    return lines


def story_lines(
    story: Story, issue_ref: str, date: str | None, columns: int, *, marks: Sequence[str] = (), first: int = 1
) -> list[str]:
    """One story: headline, tagline, a line of facts, the body; at the foot what it asks to be read, and its links.

    No line is wider than `columns`, but for code and addresses: broken ones are of no use. `first` is the number of
    its first link.
    """
    measure = min(columns, MEASURE)
    head = wrap(story.headline, measure)
    if story.tagline:
        head += wrap(story.tagline, measure)
    facts = (f"{issue_ref}/{story.position}", date, story.section, story.series, f"{story.minutes} min", *marks)
    head += wrap(_joined(facts), measure)
    parts = [head]
    parts += [_lines(block, measure, first) for block in story.blocks if not _at_the_foot(block, story)]
    asked = [block for block in story.blocks if isinstance(block, Paragraph) and block.part is Part.READ_MORE]
    parts.append([line for block in asked for line in block_lines(block, measure, first)])
    if any(_is_inspiration(block) and _at_the_foot(block, story) for block in story.blocks):
        items = [line for words in story.inspirations for line in wrap(words, measure, "- ", "  ")]
        parts.append(["Things that inspired this story:", *items])
    if story.links:
        parts.append(["Links:", *link_lines(story, columns, first=first)])
    return [line.expandtabs(4) for line in _apart(parts)]


def link_lines(story: Story, columns: int, *, first: int = 1) -> list[str]:
    """The links of a story: number, title and kind, and beneath them the address on a line of its own."""
    measure = min(columns, MEASURE)
    called = titles(story)
    lines = []
    for link in story.links:
        number = f"[{link.n + first - 1}] "
        lines += wrap(f"{called[link.n]} ({link.kind})", measure, number, " " * len(number))
        lines.append(" " * len(number) + address_text(link.url))
    return lines


def _lines(block: Block, measure: int, first: int) -> list[str]:
    if not (isinstance(block, Paragraph) and block.part is Part.WHY):
        return block_lines(block, measure, first)
    lines = wrap(label, measure) if (label := numbered(block.run_in, first)) else []
    if passage := numbered(block.spans, first):
        lines += wrap(passage, measure, _WHY, _WHY)
    return lines


def _at_the_foot(block: Block, story: Story) -> bool:
    """Read-more lines, and inspirations that the story lists on its own (unless they carry links)."""
    if not isinstance(block, Paragraph):
        return False
    if block.part is Part.INSPIRATIONS:
        return bool(story.inspirations) and not any(span.link for span in block.run_in + block.spans)
    return block.part is Part.READ_MORE


def _is_inspiration(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.part is Part.INSPIRATIONS


def _apart(parts: Iterable[list[str]]) -> Iterator[str]:
    """The parts that are not empty, an empty line between them."""
    for index, part in enumerate(part for part in parts if part):
        yield from ([""] if index else [])
        yield from part


def _joined(facts: Iterable[str | None]) -> str:
    return " · ".join(fact for fact in facts if fact)
