"""The sieve: what it lets through, and that it never holds back what the index finds."""

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
def passages() -> Iterator[Highlighter]:
    opened = Highlighter()
    yield opened
    opened.close()


def lit(passages: Highlighter, line: str, text: str) -> list[str]:
    """The pieces of the text that a typed line finds."""
    (ranges,) = passages.find_matches(list(parse_query(line, is_typing=True).phrases()), [text])
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
    passages: Highlighter, line: str, text: str, pieces: list[str]
) -> None:
    assert lit(passages, line, text) == pieces


def test_each_text_has_its_own_matches_and_its_own_words(passages: Highlighter) -> None:
    words = list(parse_query("otters OR slow").phrases())
    texts = ["an otter", "no match", "slow otters"]
    assert passages.find_matches(words, texts) == [((3, 8),), (), ((0, 4), (5, 11))]
    assert passages.find_matching_phrases(words, texts) == [{0}, frozenset(), {0, 1}]
    assert passages.find_matches([], texts) == [(), (), ()]
    assert passages.find_matches([Phrase("…")], []) == []


def test_a_word_has_its_stem_and_a_stem_its_spellings(passages: Highlighter) -> None:
    assert passages.get_stem("Rivers") == "river"
    assert passages.get_stem("…") == "…"
    texts = ["Training and trains; trained, training.", "trainium"]
    assert passages.find_variants("train", texts) == ["training", "trained", "trains"]


@given(lines, st.lists(st.text(max_size=60), max_size=4))
def test_whatever_is_asked_of_whatever_text_the_matches_lie_in_it(
    passages: Highlighter, line: str, texts: list[str]
) -> None:
    for text, ranges in zip(texts, passages.find_matches(list(parse_query(line).phrases()), texts), strict=True):
        ends = [0, *(end for _, end in ranges)]
        assert all(before <= start < end <= len(text) for before, (start, end) in zip(ends, ranges, strict=False))


ROOTS = st.sampled_from(
    ["hop", "stud", "organ", "real", "relat", "sens", "poss", "us", "run", "freq", "agre", "caf", "C"]
)
ENDINGS = st.sampled_from(
    [
        "",
        "e",
        "y",
        "ies",
        "ing",
        "ed",
        "ning",
        "ization",
        "ational",
        "ibly",
        "ability",
        "uency",
        "é",
        "É",
        "ß",
        "+",
        "++",
    ]
)
WORDS = st.tuples(ROOTS, ENDINGS).map("".join) | st.sampled_from(["C#", "x_hop", "ΣΊΣΥΦΟΣ", "東京", "ŉ", "naïve", "İs"])
SENTENCES = st.lists(WORDS, max_size=5).map(" – ".join)


@given(
    asked=st.lists(st.builds(Phrase, st.lists(WORDS, min_size=1, max_size=2).map(" ".join), st.booleans()), max_size=3),
    texts=st.lists(SENTENCES, max_size=3),
)
def test_what_is_told_without_the_index_is_what_the_index_tells(
    passages: Highlighter, asked: list[Phrase], texts: list[str]
) -> None:
    by_the_index = passages._find_with_index(asked, texts)
    sieve = passages.create_prefilter(asked)
    assert passages.find_matches(asked, texts) == by_the_index
    assert all(sieve.may_match(text) for text, found in zip(texts, by_the_index, strict=True) if found)


def test_a_text_without_the_beginning_of_the_word_is_held_back(passages: Highlighter) -> None:
    sieve = passages.create_prefilter([Phrase("studying")])
    assert [sieve.may_match(text) for text in ("Études d’été", "He studies.", "STUDIO")] == [False, True, True]
    assert sieve.find_candidates("He studies in a “studio”.") == ((3, 10), (17, 23))


def test_a_phrase_and_another_script_are_left_to_the_index(passages: Highlighter) -> None:
    assert passages.create_prefilter([Phrase("two words")]).find_candidates("two words") is None
    assert passages.create_prefilter([Phrase("studying")]).find_candidates("студия") is None


@pytest.mark.parametrize(
    "text", ["Fußball, and otters", "ŉ otters", "Caf\u00e9 otters", "Cafe\u0301 otters", "İ otters"]
)
def test_a_word_behind_letters_that_grow_is_found_where_it_stands(passages: Highlighter, text: str) -> None:
    assert passages.find_matches([Phrase("otter")], [text]) == [((text.index("otters"), len(text)),)]
