"""Sample rows for lists and the header."""

from __future__ import annotations

from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import StoryKind

ISSUE_ROW = IssueRow("402", 402, "s", "Import AI 402: 河川を数える機械 and a long title", "2025-03-03", None, 7, 4, 900)


def make_story_row(position: int, *, read: bool = False, starred: bool = False) -> StoryRow:
    return StoryRow(
        f"402/{position}", f"k{position}", position, StoryKind.STORY, "A headline of 河川", 90, read, starred
    )
