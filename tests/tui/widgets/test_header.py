"""The header line."""

from __future__ import annotations

import pytest

from importai_tui.tui.widgets.header import HeaderState, draw_header
from tests.tui.widgets.rows import ISSUE_ROW, make_story_row


@pytest.mark.parametrize("width", [20, 36, 40, 60, 80, 120, 140])
def test_the_header_fits_at_any_width(width: int) -> None:
    state = HeaderState(ISSUE_ROW, (make_story_row(1, read=True), make_story_row(2), make_story_row(3)), 2, 31)
    line = draw_header(state, width)
    assert line.cell_length <= width
    assert line.plain.endswith("31 unread")
    assert ("·◆•" in line.plain) is (width >= 40)


SCROLLED = HeaderState(
    ISSUE_ROW, (make_story_row(1, read=True), make_story_row(2)), 2, 31, headline="Machines count rivers", percent=45
)


def test_a_headline_out_of_view_is_in_the_header() -> None:
    assert "402/2   Machines count rivers   ·◆    45%   31 unread" in draw_header(SCROLLED, 120).plain
    assert draw_header(SCROLLED, 40).plain == "  402/2   Machines count rivers    45%"


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120])
def test_a_scrolled_header_fits_at_any_width(width: int) -> None:
    starred = SCROLLED._replace(stories=(make_story_row(1), make_story_row(2, starred=True)))
    line = draw_header(starred, width)
    assert line.cell_length <= width
    assert "45%" in line.plain
    assert "★" in line.plain
