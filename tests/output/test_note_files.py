"""Names and contents of the files of stories with notes."""

from __future__ import annotations

import pytest
import yaml

from importai_tui.output.annotated_stories import AnnotatedStory
from importai_tui.output.note_files import fold_name, format_note_file, make_note_name, parse_note_file
from importai_tui.state.fields import UNKNOWN_TIME, Register, StoryName
from importai_tui.state.reading_state import StoryState


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (StoryName("Otters learn to count", "402", 3), "402-3 Otters learn to count"),
        (StoryName('A/B: "why"? [[x]] #y ^z |w <v> *u*', "402", 3), "402-3 A B why x y z w v u"),
        (StoryName("Otters... ", "on-rivers", 1), "on-rivers-1 Otters"),
        (StoryName("..hidden.. "), "hidden"),
        (StoryName("CON"), "_CON"),
        (StoryName("com¹ .txt"), "_com¹ .txt"),
        (StoryName("Console"), "Console"),
        (StoryName("//"), "_"),
        (StoryName("a\u202eb\x1b[31mc\ud800d\ne"), "abcd e"),
        (StoryName("e\u0301"), "é"),
        (StoryName("50% of $x$"), "50% of $x$"),
        (StoryName("one " * 50), ("one " * 25).strip()),
        (StoryName("水" * 200), "水" * 33),
        (StoryName(None), "the-key"),
    ],
)
def test_a_name_suits_every_system(name: StoryName, expected: str) -> None:
    assert make_note_name(AnnotatedStory(StoryState("the-key", name, ()), None, None)) == expected


def test_tags_follow_the_rules_of_obsidian() -> None:
    names = ("1984", "2024-11", "a//b/", "Robots", "robots", "slow water", "!?", "null", "水獺")
    registers = tuple(Register("k", f"tag:{name}", UNKNOWN_TIME, UNKNOWN_TIME, "m") for name in names)
    story = AnnotatedStory(StoryState("k", StoryName("Otters", "otters"), registers), None, None)
    properties = yaml.safe_load(format_note_file(story, None).split("---\n")[1])
    assert properties["tags"] == ["y1984", "2024-11", "a/b", "null", "Robots", "slow-water", "水獺"]
    assert (properties["issue"], properties["title"]) == ("otters", "Otters")


def test_names_are_compared_without_case_and_form() -> None:
    assert fold_name("É.md") == fold_name("e\u0301.MD")
    assert fold_name("a.md") != fold_name("b.md")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('---\nimportai-tui: story 1\nkey: "a\\"b"\n---\n', 'a"b'),
        ("---\nkey: 'it''s'\nimportai-tui: 'story 1'\n---", "it's"),
        ("---\r\nkey: plain\r\nimportai-tui: story\r\n---\r\n".replace("\r\n", "\n"), "plain"),
        ("---\nkey: a\nref: 401/2\n---\n", "a"),
        ("---\nkey: a\n---\n", None),
        ("---\nimportai-tui: notes\nkey: a\n---\n", None),
        ("---\nimportai-tui: story\n---\nkey: a\n", None),
        ("importai-tui: story\nkey: a\n", None),
        ("---\nimportai-tui: story\nkey: a\n", None),
        ("", None),
    ],
)
def test_a_file_is_recognised_by_its_front_matter(text: str, key: str | None) -> None:
    file = parse_note_file(text)
    assert (file.key if file else None) == key
    assert file is None or file.is_edited
