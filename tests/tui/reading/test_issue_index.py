"""The index of issues that are shown."""

from __future__ import annotations

from importai_tui.tui.reading.navigation import IssueIndex
from tests.tui.widgets.rows import ISSUE_ROW


def test_the_index_counts_and_skips_empty_issues() -> None:
    index = IssueIndex(
        [
            ISSUE_ROW,
            ISSUE_ROW._replace(ref="e", story_count=0, unread_count=0),
            ISSUE_ROW._replace(ref="401", unread_count=1),
        ]
    )
    assert index.unread_count == 5
    assert index.get_neighbour("402", 1) == index.get_row("401")
    assert index.get_neighbour("402", -1) is None
    index.replace(ISSUE_ROW._replace(unread_count=0))
    assert index.unread_count == 1
