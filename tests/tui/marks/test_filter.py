"""The filter of annotations and tags."""

from __future__ import annotations

from importai_tui.library.annotations import AnnotatedStory, Annotation, AnnotationKind
from importai_tui.tui.marks.filter import AnnotationFilter, find_excerpt, find_tags, format_count

RIVERS = AnnotatedStory("rivers", "Counting Rivers", "402", 3, is_stored=True, tags=("Robots", "law-and-order"))
LAKES = AnnotatedStory("lakes", "A lake", "7", 1)
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


def test_a_long_text_is_cut_around_the_words() -> None:
    text = "otters " * 100 + "swim at night, " + "and rest by day " * 30
    assert find_excerpt(text, ["otters"], 100) == find_excerpt(text, [], 100) == " ".join(text.split())
    excerpt = find_excerpt(text, ["night"], 100)
    assert excerpt.startswith("…otters otters")
    assert excerpt.index("night") < 40
    assert len(find_excerpt("a " * 200 + "end", ["end"], 100)) >= 100


def test_counts_name_the_whole() -> None:
    assert format_count(1, 1, "note", "notes") == "1 note"
    assert format_count(2, 1_200, "note", "notes") == "2 of 1,200 notes"
