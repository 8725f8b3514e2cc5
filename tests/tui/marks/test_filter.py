"""The filter of annotations and tags."""

from __future__ import annotations

from importai_tui.library.annotations import Annotation, AnnotationKind, MarkedStory
from importai_tui.tui.marks.filter import AnnotationFilter, find_tags

RIVERS = MarkedStory("rivers", "Counting Rivers", "402", 3, is_stored=True, tags=("Robots", "law-and-order"))
LAKES = MarkedStory("lakes", "A lake", "7", 1)
QUOTE = Annotation(AnnotationKind.HIGHLIGHT, RIVERS, "They counted\nÜBER all of it", "3", "Is C# fast?", "0a0a0a0a")
NOTE = Annotation(AnnotationKind.NOTE, LAKES, "Read this again", "2")
TAGS = Annotation(AnnotationKind.TAGS, RIVERS, "", "1")


def test_words_and_tags_filter_annotations() -> None:
    filter = AnnotationFilter([QUOTE, NOTE, TAGS])
    table = {
        "": [QUOTE, NOTE, TAGS],
        "RIVERS": [QUOTE, TAGS],
        "über they": [QUOTE],
        "c# fast": [QUOTE],
        "402/3": [QUOTE, TAGS],
        "#rob": [QUOTE, TAGS],
        "#robots again": [],
        "#law-and counted": [QUOTE],
        "#": [QUOTE, NOTE, TAGS],
        "lake again": [NOTE],
    }
    assert {typed: filter.find(None, typed) for typed in table} == table
    assert filter.find(AnnotationKind.NOTE, "") == [NOTE]
    assert filter.find(AnnotationKind.NOTE, "rivers") == []
    assert [filter.count(kind) for kind in (None, AnnotationKind.NOTE)] == [3, 1]


def test_tags_are_found_by_a_part() -> None:
    tags = [("law-and-order", 2), ("Robots", 1)]
    assert [find_tags(tags, typed) for typed in ("", "#ROB", "and law", "x")] == [tags, tags[1:], tags[:1], []]
