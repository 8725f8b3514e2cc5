from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.highlighter import Highlighter
from importai_tui.query.conditions import Phrase
from importai_tui.query.parser import parse_query
from tests.query.test_parser import lines


@pytest.fixture(scope="module")
def highlighter() -> Iterator[Highlighter]:
    highlighter = Highlighter()
    yield highlighter
    highlighter.close()


def parse_phrases(line: str, *, is_typing: bool = False) -> list[Phrase]:
    return list(parse_query(line, is_typing=is_typing).phrases())


@pytest.mark.parametrize(
    ("line", "text", "matches"),
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
def test_phrases_of_a_typed_line_are_found(highlighter: Highlighter, line: str, text: str, matches: list[str]) -> None:
    (ranges,) = highlighter.find_matches(parse_phrases(line, is_typing=True), [text])
    assert [text[start:end] for start, end in ranges] == matches


def test_each_text_has_its_own_matches(highlighter: Highlighter) -> None:
    phrases = parse_phrases("otters OR slow")
    texts = ["an otter", "no match", "slow otters"]
    assert highlighter.find_matches(phrases, texts) == [((3, 8),), (), ((0, 4), (5, 11))]
    assert highlighter.find_matching_phrases(phrases, texts) == [{0}, frozenset(), {0, 1}]
    assert highlighter.find_matches([], texts) == [(), (), ()]
    assert highlighter.find_matches([Phrase("…")], []) == []


def test_words_have_stems_and_stems_have_variants(highlighter: Highlighter) -> None:
    assert highlighter.get_stem("Rivers") == "river"
    assert highlighter.get_stem("…") == "…"
    texts = ["Training and trains; trained, training.", "trainium"]
    assert highlighter.find_variants("train", texts) == ["training", "trained", "trains"]


@given(lines, st.lists(st.text(max_size=60), max_size=4))
def test_matches_are_always_inside_the_text(highlighter: Highlighter, line: str, texts: list[str]) -> None:
    for text, ranges in zip(texts, highlighter.find_matches(parse_phrases(line), texts), strict=True):
        ends = [0, *(end for _, end in ranges)]
        assert all(before <= start < end <= len(text) for before, (start, end) in zip(ends, ranges, strict=False))


ROOTS = ("hop", "stud", "organ", "real", "relat", "sens", "poss", "us", "run", "freq", "agre", "caf", "C")
SUFFIXES = (
    *("", "e", "y", "ies", "ing", "ed", "ning", "ization", "ational", "ibly", "ability", "uency"),
    *("é", "É", "ß", "+", "++"),
)
SPECIAL_WORDS = ("C#", "x_hop", "ΣΊΣΥΦΟΣ", "東京", "ŉ", "naïve", "İs")
WORDS = st.tuples(st.sampled_from(ROOTS), st.sampled_from(SUFFIXES)).map("".join) | st.sampled_from(SPECIAL_WORDS)
SENTENCES = st.lists(WORDS, max_size=5).map(" – ".join)
PHRASES = st.builds(Phrase, st.lists(WORDS, min_size=1, max_size=2).map(" ".join), st.booleans())


@given(phrases=st.lists(PHRASES, max_size=3), texts=st.lists(SENTENCES, max_size=3))
def test_the_prefilter_changes_no_result(highlighter: Highlighter, phrases: list[Phrase], texts: list[str]) -> None:
    with_index = highlighter._find_with_index(phrases, texts)
    prefilter = highlighter.create_prefilter(phrases)
    assert highlighter.find_matches(phrases, texts) == with_index
    assert all(prefilter.may_match(text) for text, found in zip(texts, with_index, strict=True) if found)


def test_the_prefilter_excludes_texts_without_the_word(highlighter: Highlighter) -> None:
    prefilter = highlighter.create_prefilter([Phrase("studying")])
    texts = ("Études d’été", "He studies.", "STUDIO")
    assert [prefilter.may_match(text) for text in texts] == [False, True, True]
    assert prefilter.find_candidates("He studies in a “studio”.") == ((3, 10), (17, 23))


def test_the_prefilter_leaves_hard_cases_to_the_index(highlighter: Highlighter) -> None:
    assert highlighter.create_prefilter([Phrase("two words")]).find_candidates("two words") is None
    assert highlighter.create_prefilter([Phrase("studying")]).find_candidates("студия") is None


@pytest.mark.parametrize(
    "text", ["Fußball, and otters", "ŉ otters", "Caf\u00e9 otters", "Cafe\u0301 otters", "İ otters"]
)
def test_positions_are_right_behind_letters_that_grow(highlighter: Highlighter, text: str) -> None:
    assert highlighter.find_matches([Phrase("otter")], [text]) == [((text.index("otters"), len(text)),)]
