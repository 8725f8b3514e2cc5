"""The rows of the list of annotations."""

from __future__ import annotations

from datetime import date

import pytest

from importai_tui.library.annotations import Annotation, AnnotationKind, MarkedStory
from importai_tui.tui.marks.annotation_list import draw_annotation, draw_story, format_mark_day, measure_annotation
from importai_tui.tui.widgets.tall_rows import RowShape

STORY = MarkedStory("rivers", "Counting Rivers", "402", 3, "2025-03-03", is_stored=True, tags=("robots", "law"))
HOSTILE = "[red]A[/] \x1b[31mB\x1b]0;C\x07 [@click=app.quit]D[/]\u202eE \ud800F"
TEXTS = ("", "short", "word " * 9, "word " * 30, "x" * 300, "two\nlines", "漢字かな " * 12, "é" * 70, HOSTILE)


@pytest.mark.parametrize("width", [120, 76, 40, 12])
def test_rows_have_the_measured_height(width: int) -> None:
    for height in (40, 14, 8):
        shape = RowShape.for_height(height)
        for text in TEXTS:
            for comment in ("", "A comment that takes more than a line of a small window", HOSTILE):
                kind = AnnotationKind.NOTE if text else AnnotationKind.TAGS
                annotation = Annotation(kind, STORY, text, "2026-01-05T00:00:00+00:00", comment)
                lines = draw_annotation(annotation, width, shape, "today", words=["o"])
                assert all(line.cell_length <= width for line in lines)
                if width > 20:
                    assert len(lines) <= measure_annotation(annotation, width, shape) <= len(lines) + 1


def test_hostile_text_is_drawn_literally() -> None:
    story = STORY._replace(headline=HOSTILE, tags=(HOSTILE,))
    annotation = Annotation(AnnotationKind.HIGHLIGHT, story, HOSTILE, "", HOSTILE)
    lines = draw_annotation(annotation, 120, RowShape(), "today")
    assert all(line.plain.isprintable() for line in lines)
    assert lines[0].plain == " “ [red]A[/] B [@click=app.quit]D[/]E F"
    assert not any("click" in str(span.style) for line in lines for span in line.spans)


def test_the_story_line_drops_what_does_not_fit() -> None:
    table = {
        76: "Counting Rivers  402/3  3 Mar 2025  #robots #law                      12 Nov",
        40: "Counting Rivers  402/3  #robots #law",
        24: "Counting Rivers  402/3",
        12: "Coun…  402/3",
    }
    assert {width: draw_story(STORY, width, "12 Nov", "").plain.rstrip() for width in table} == table
    missing = STORY._replace(is_stored=False, tags=())
    assert draw_story(missing, 50, "", "").plain.rstrip() == "Counting Rivers  402/3  not in your archive"


def test_days_are_relative_and_damaged_times_are_blank() -> None:
    today = date(2026, 11, 30)
    table = {"2026-11-30T12:00:00.000000+00:00": "today", "2024-03-05T12:00:00+00:00": "Mar 2024", "soon": ""}
    assert {at: format_mark_day(at, today) for at in table} == table
