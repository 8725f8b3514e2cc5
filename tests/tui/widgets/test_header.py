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
