"""Holds the stories of an issue before their bodies are read, and decides the kinds that depend on the whole issue."""

from __future__ import annotations

from dataclasses import dataclass, field

from importai_tui.model import StoryKind
from importai_tui.parse.headings import INSPIRATIONS_LABEL
from importai_tui.parse.lines import Line, LineKind, Run

_MIN_OPENING_WORDS = 150
"""A remark before an issue is shorter. A longer text is the start of the essay that follows."""
_MIN_ESSAY_WORDS = 1200
"""A text without tagline and separators that is longer than any story of the corpus is an essay."""


@dataclass(slots=True)
class Segment:
    """A story before its body is read: its heading, and the lines under it. `evidence` explains its start to users."""

    kind: StoryKind
    headline: str
    evidence: str
    tagline: str | None = None
    section: str | None = None
    series: str | None = None
    body: list[Line] = field(default_factory=list)
    heading_links: tuple[Run, ...] = ()
    """The links in headline, tagline and labels."""
    has_plain_citations: bool = False
    """True if calls of a styled page may cite works without an address."""

    @property
    def word_count(self) -> int:
        """Words of the body."""
        return sum(len(line.text.split()) for line in self.body)


def classify_segments(segments: list[Segment], title: str | None) -> list[Segment]:
    """Set the kinds that depend on the whole issue, and name untitled segments.

    These kinds are fiction without a label and an essay that is the whole issue.
    """
    segments = _merge_parts_of_tales(segments)
    for segment in segments:
        if segment.kind is StoryKind.STORY and segment.tagline is None and _is_fiction(segment):
            segment.kind, segment.evidence = StoryKind.TECH_TALES, segment.evidence + ", inspirations at its end"
    stories = [s for s in segments if s.kind in (StoryKind.STORY, StoryKind.ESSAY)]
    if not stories and (note := _find_longest_note(segments)) is not None:
        note.kind, note.headline = StoryKind.ESSAY, title or note.headline
        note.evidence = "no story inside, so the issue is one essay"
    elif len(stories) == 1 and stories[0].tagline is None and stories[0].word_count > _MIN_ESSAY_WORDS:
        stories[0].kind, stories[0].evidence = StoryKind.ESSAY, "one long piece without a tagline, so an essay"
        segments = _merge_opening(segments, stories[0], title)
    for segment in segments:
        if not segment.headline:
            segment.headline = _get_first_words(segment)
    return [s for s in segments if s.headline]


def _merge_parts_of_tales(segments: list[Segment]) -> list[Segment]:
    """Merge the parts of a labelled tale that separators and bold lines divide.

    They are stories without tagline up to one that ends with the tale's inspirations.
    """
    result: list[Segment] = []
    tale, parts = None, 0
    for segment in segments:
        result.append(segment)
        if segment.kind is StoryKind.TECH_TALES and segment.section and not _is_fiction(segment):
            tale, parts = segment, 0
        elif tale is None or segment.kind is not StoryKind.STORY or segment.tagline or segment.section:
            tale = None
        elif _is_fiction(segment):
            for part in result[-parts - 1 :]:
                tale.body += (Line((), LineKind.RULE), Line((Run(part.headline, bold=True),)), *part.body)
                tale.heading_links += part.heading_links
            del result[-parts - 1 :]
            tale = None
        else:
            parts += 1
    return result


def _merge_opening(segments: list[Segment], essay: Segment, title: str | None) -> list[Segment]:
    """Merge the text before an essay's first bold line into the essay.

    The bold line becomes a subhead, and the issue's title the headline.
    """
    before = segments[: segments.index(essay)]
    if sum(note.word_count for note in before) < _MIN_OPENING_WORDS:
        return segments
    subhead = Line((Run(essay.headline, bold=True),))
    essay.body[:0] = [*(line for note in before for line in note.body), subhead]
    essay.headline = title or _get_first_words(essay)
    return segments[len(before) :]


def _is_fiction(segment: Segment) -> bool:
    return any(INSPIRATIONS_LABEL.match(line.text) for line in segment.body)


def _find_longest_note(segments: list[Segment]) -> Segment | None:
    notes = [s for s in segments if s.kind is StoryKind.NOTE and s.word_count > _MIN_ESSAY_WORDS / 4]
    return max(notes, key=lambda s: s.word_count) if notes else None


def _get_first_words(segment: Segment) -> str:
    """Return the first words of a segment, for a segment without a headline."""
    words = next((line.text for line in segment.body if line.text), "").split()
    return " ".join(words[:9]) + ("…" if len(words) > 9 else "")
