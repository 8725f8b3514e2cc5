"""Moves footnotes from the end of an issue to the end of the story that refers to them.

The walker of HTML keeps the addresses by which Substack connects both: a reference leads to `#footnote-1`, and the
number of the footnote back to `#footnote-anchor-1`.
"""

from __future__ import annotations

from collections.abc import Iterable

from importai_tui.parse.lines import Line
from importai_tui.parse.segments import Segment

_REFERENCE = "#footnote-"
_BACK_LINK = "#footnote-anchor-"


def move_footnotes(segments: Iterable[Segment]) -> None:
    """Move each footnote to the story with its first reference. A footnote without one stays in place."""
    segments = list(segments)
    owners: dict[str, Segment] = {}
    for segment in segments:
        for run in (*segment.heading_links, *(run for line in segment.body for run in line.runs)):
            if run.href and run.href.startswith(_REFERENCE) and not run.href.startswith(_BACK_LINK):
                owners.setdefault(run.href.removeprefix(_REFERENCE), segment)
    if not owners:
        return
    moved: list[tuple[Segment, Line]] = []
    for segment in segments:
        owner, remaining = segment, []
        for line in segment.body:
            owner = owners.get(_get_footnote(line) or "", owner)
            if owner is segment:
                remaining.append(line)
            else:
                moved.append((owner, line))
        segment.body = remaining
    for owner, line in moved:
        owner.body.append(line)


def _get_footnote(line: Line) -> str | None:
    """Return the identifier of a footnote that starts with this line."""
    href = line.runs[0].href if line.runs else None
    return href.removeprefix(_BACK_LINK) if href and href.startswith(_BACK_LINK) else None
