"""What only a whole issue tells of its pieces: unlabelled fiction, an issue that is one essay, a remark's name."""

from __future__ import annotations

from importai_tui.issue import StoryKind
from importai_tui.parse import headings as h
from importai_tui.parse.lines import Line, Run
from importai_tui.parse.segment import Segment

_OPENING_WORDS = 150
"""A remark before an issue is shorter; what is longer is the beginning of what follows."""
_ESSAY_WORDS = 1200
"""A piece without tagline and separators that is longer than any story of the corpus is an essay."""


def judged(found: list[Segment], title: str | None) -> list[Segment]:
    """The kinds that only the whole tells: unlabelled fiction, an issue that is one essay, a note's name."""
    for segment in found:
        if segment.kind is StoryKind.STORY and segment.tagline is None and _is_fiction(segment):
            segment.kind, segment.evidence = StoryKind.TECH_TALES, segment.evidence + ", inspirations at its end"
    told = [s for s in found if s.kind in (StoryKind.STORY, StoryKind.ESSAY)]
    if not told and (note := _longest_note(found)) is not None:
        note.kind, note.headline = StoryKind.ESSAY, title or note.headline
        note.evidence = "no story inside: the issue is one essay"
    elif len(told) == 1 and told[0].tagline is None and told[0].words > _ESSAY_WORDS:
        told[0].kind, told[0].evidence = StoryKind.ESSAY, "one long piece without tagline: an essay"
        found = _with_opening(found, told[0], title)
    for segment in found:
        if not segment.headline:
            segment.headline = _opening(segment)
    return [s for s in found if s.headline]


def _with_opening(found: list[Segment], essay: Segment, title: str | None) -> list[Segment]:
    """An essay that begins before its first bold line: that line is a subhead, and the issue's title its headline."""
    before = found[: found.index(essay)]
    if sum(note.words for note in before) < _OPENING_WORDS:
        return found
    subhead = Line((Run(essay.headline, bold=True),))
    essay.body[:0] = [*(line for note in before for line in note.body), subhead]
    essay.headline = title or _opening(essay)
    return found[len(before) :]


def _is_fiction(segment: Segment) -> bool:
    return any(h.INSPIRED.match(line.text) for line in segment.body)


def _longest_note(found: list[Segment]) -> Segment | None:
    notes = [s for s in found if s.kind is StoryKind.NOTE and s.words > _ESSAY_WORDS / 4]
    return max(notes, key=lambda s: s.words) if notes else None


def _opening(segment: Segment) -> str:
    """The first words of a piece that has no headline."""
    words = next((line.text for line in segment.body if line.text), "").split()
    return " ".join(words[:9]) + ("…" if len(words) > 9 else "")
