from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.passages import Passages
from importai_tui.query import Words, read_query
from tests.query.test_reading import lines


@pytest.fixture(scope="module")
def passages() -> Iterator[Passages]:
    opened = Passages()
    yield opened
    opened.close()


def lit(passages: Passages, line: str, text: str) -> list[str]:
    """The pieces of the text that a typed line finds."""
    (ranges,) = passages.matches(list(read_query(line, typing=True).words()), [text])
    return [text[start:end] for start, end in ranges]


@pytest.mark.parametrize(
    ("line", "text", "pieces"),
    [
        ("otter", "An Otter, two otters, no pottery.", ["Otter", "otters"]),
        ("naive", "Naïve or nai\u0308ve", ["Naïve", "nai\u0308ve"]),
        ('"slow water"', "slow water, slow-water; water, slow", ["slow water", "slow-water"]),
        ("slow water", "slow water", ["slow", "water"]),
        ("traini", "Training trains the Trainium.", ["Training", "trains", "Trainium"]),
        ("c++", "C and C++ and c#", ["C++"]),
        ("GPT-4", "GPT-4 or gpt 4o", ["GPT-4", "gpt 4o"]),
        ("don't", "I don’t.", ["don’t"]),
        ("title:otter", "otters", ["otters"]),
        ("-otter", "otters", []),
        ("otter", "", []),
        ("水", "水が 火", ["水が"]),
        ("otter", "\x01ott\x02er \x00 otter \udc80otter", ["otter", "otter"]),
        ("otter", "😀 otter 😀", ["otter"]),
    ],
)
def test_words_are_found_where_the_index_would_find_them(
    passages: Passages, line: str, text: str, pieces: list[str]
) -> None:
    assert lit(passages, line, text) == pieces


def test_each_text_has_its_own_matches_and_its_own_words(passages: Passages) -> None:
    words = list(read_query("otters OR slow").words())
    texts = ["an otter", "no match", "slow otters"]
    assert passages.matches(words, texts) == [((3, 8),), (), ((0, 4), (5, 11))]
    assert passages.which(words, texts) == [{0}, frozenset(), {0, 1}]
    assert passages.matches([], texts) == [(), (), ()]
    assert passages.matches([Words("…")], []) == []


def test_a_word_has_its_stem_and_a_stem_its_spellings(passages: Passages) -> None:
    assert passages.stem("Rivers") == "river"
    assert passages.stem("…") == "…"
    texts = ["Training and trains; trained, training.", "trainium"]
    assert passages.spellings("train", texts) == ["training", "trained", "trains"]


@given(lines, st.lists(st.text(max_size=60), max_size=4))
def test_whatever_is_asked_of_whatever_text_the_matches_lie_in_it(
    passages: Passages, line: str, texts: list[str]
) -> None:
    for text, ranges in zip(texts, passages.matches(list(read_query(line).words()), texts), strict=True):
        ends = [0, *(end for _, end in ranges)]
        assert all(before <= start < end <= len(text) for before, (start, end) in zip(ends, ranges, strict=False))
