"""The line at the foot of the start screen."""

from __future__ import annotations

from importai_tui.library.look_back import LookBack
from importai_tui.tui.reading.look_back import draw_look_back


def test_the_line_fits_every_window() -> None:
    found = LookBack("rivers", "Counting [b]Rivers[/b] " * 9, "2021-12-02")
    for width in (140, 80, 60, 40, 20):
        line = draw_look_back(found, width, "enter")
        assert line.cell_length <= width
        assert line.plain.rstrip().endswith("enter open") or width < 40
    assert draw_look_back(found, 60, "").plain.startswith("  This week in 2021   Counting [b]Rivers[/b]")
