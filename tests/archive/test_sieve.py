"""The sieve: what it lets through, and that it never holds back what the index finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.passages import Passages
from importai_tui.query import Words

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


@pytest.fixture(scope="module")
def passages() -> Iterator[Passages]:
    opened = Passages()
    yield opened
    opened.close()


@given(
    asked=st.lists(st.builds(Words, st.lists(WORDS, min_size=1, max_size=2).map(" ".join), st.booleans()), max_size=3),
    texts=st.lists(SENTENCES, max_size=3),
)
def test_what_is_told_without_the_index_is_what_the_index_tells(
    passages: Passages, asked: list[Words], texts: list[str]
) -> None:
    by_the_index = passages._marked(asked, texts)
    sieve = passages.sieve(asked)
    assert passages.matches(asked, texts) == by_the_index
    assert all(sieve.may_have(text) for text, found in zip(texts, by_the_index, strict=True) if found)


def test_a_text_without_the_beginning_of_the_word_is_held_back(passages: Passages) -> None:
    sieve = passages.sieve([Words("studying")])
    assert [sieve.may_have(text) for text in ("Études d’été", "He studies.", "STUDIO")] == [False, True, True]
    assert sieve.pieces("He studies in a “studio”.") == ((3, 10), (17, 23))


def test_a_phrase_and_another_script_are_left_to_the_index(passages: Passages) -> None:
    assert passages.sieve([Words("two words")]).pieces("two words") is None
    assert passages.sieve([Words("studying")]).pieces("студия") is None


@pytest.mark.parametrize(
    "text", ["Fußball, and otters", "ŉ otters", "Caf\u00e9 otters", "Cafe\u0301 otters", "İ otters"]
)
def test_a_word_behind_letters_that_grow_is_found_where_it_stands(passages: Passages, text: str) -> None:
    assert passages.matches([Words("otter")], [text]) == [((text.index("otters"), len(text)),)]
