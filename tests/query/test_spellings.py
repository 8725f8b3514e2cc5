"""The spellings of words, as guesses that the archive confirms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.query.spellings import find_joined_spellings, find_spellings, split_compound


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("GPT4o", "gpt 4o"),
        ("GPT-4o", "gpt4o"),
        ("o3mini", "o3 mini"),
        ("llama3.1", "llama 3 1"),
        ("R-1", "r1"),
        ("R1", "r 1"),
        ("KimiK1.5", "kimi k1 5"),
        ("fine-tuning", "finetuning"),
        ("DeepMind", "deep mind"),
        ("behaviour", "behavior"),
        ("behavioral", "behavioural"),
        ("decentralised", "decentralized"),
        ("organization", "organisation"),
        ("analyze", "analyse"),
        ("centre", "center"),
        ("fiber", "fibre"),
        ("defence", "defense"),
        ("modelling", "modeling"),
        ("labeled", "labelled"),
        ("fulfil", "fulfill"),
        ("catalogue", "catalog"),
        ("programme", "program"),
        ("encyclopedia", "encyclopaedia"),
        ("anaemia", "anemia"),
        ("grey", "gray"),
        ("pi0", "π0"),
        ("π0", "pi0"),
        ("sceptics", "skeptics"),
        ("ageing", "aging"),
        ("judgement", "judgment"),
        ("OpenAI's", "openai"),
        ("Prisoner’s", "prisoner"),
        ("U.S.", "us"),
        ("70B", "70 billion"),
        ("80bn", "80 billion"),
        ("100,000", "100000"),
        ("100,000", "100k"),
        ("1440", "1 440"),
    ],
)
def test_a_word_has_other_spellings(word: str, other: str) -> None:
    assert other in find_spellings(word)


@pytest.mark.parametrize("word", ["pour", "four", "3.1", "the", "C++", "", "—", "size"])
def test_short_words_and_numbers_have_few_spellings(word: str) -> None:
    assert find_spellings(word) == ()


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("hugging face", "huggingface"),
        ("gpt 4o", "gpt4o"),
        ("post train bench", "posttrainbench"),
        ("kimi k 2.5", "kimik2 5"),
        ("70 billion", "70b"),
        ("$80 billion", "80bn"),
        ("72 b", "72 billion"),
    ],
)
def test_words_in_a_row_may_be_one_name(words: str, other: str) -> None:
    assert other in find_joined_spellings(words.split())


@pytest.mark.parametrize("words", ["in form", "may be", "3 1", "a part", "data —"])
def test_function_words_and_numbers_are_not_joined(words: str) -> None:
    assert find_joined_spellings(words.split()) == ()


def test_a_compound_is_split_everywhere() -> None:
    assert "data center" in split_compound("datacenter")
    assert list(split_compound("GPT-4")) == list(split_compound("into")) == []


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=3))
def test_any_text_gives_few_spellings(word: str, words: list[str]) -> None:
    spellings = (*find_spellings(word), *find_joined_spellings(words))
    assert len(spellings) < 200
    assert all(text.strip() for text in spellings)
