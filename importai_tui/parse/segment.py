"""A story between being cut out and being read: what its head said, and the lines under it."""

from __future__ import annotations

from dataclasses import dataclass, field

from importai_tui.issue import StoryKind
from importai_tui.parse.lines import Line


@dataclass(slots=True)
class Segment:
    """A story before its body is read. `evidence` says why it was cut here, for people."""

    kind: StoryKind
    headline: str
    evidence: str
    tagline: str | None = None
    section: str | None = None
    series: str | None = None
    body: list[Line] = field(default_factory=list)

    @property
    def words(self) -> int:
        """Words of the body."""
        return sum(len(line.text.split()) for line in self.body)
