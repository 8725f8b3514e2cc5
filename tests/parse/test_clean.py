"""Cleaned text has no control characters."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.parse.clean import clean_line, clean_text
from tests.corpus import SHAPES, needs_shapes

hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x9d\x90\x07\x9c\\[]Pm0;\u202e\u2066\ud800\u0301")), max_size=60
)


@given(hostile)
def test_control_characters_and_overrides_are_removed(text: str) -> None:
    cleaned = clean_text(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@given(hostile)
def test_cleaning_twice_equals_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_unchanged(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize("text", ["π0 and Erdős", "日本語", "naïve — “quoted” …", "א ב", "é"])
def test_letters_of_all_scripts_are_unchanged(text: str) -> None:
    assert clean_text(text) == text


def test_words_after_an_unfinished_sequence_remain() -> None:
    assert clean_text("a\x1b]0;swallow") == "aswallow"


def test_sequence_is_removed_with_its_content() -> None:
    assert clean_text("T\x1b]52;c;ZXZpbA==\x1b\\E and \x1b[2Jon") == "TE and on"


def test_sequence_formed_by_a_removal_is_removed() -> None:
    assert "\x1b" not in clean_text("\x1b\x1b[0m[2Jx")


def test_stacked_combining_marks_are_limited() -> None:
    assert len(clean_text("a" + "\u0301" * 200)) <= 6


def test_clean_line_has_no_line_breaks() -> None:
    assert clean_line(" a\r\n b\tc ") == "a b c"


@needs_shapes
def test_every_hostile_string_of_the_corpus_is_cleaned() -> None:
    for text in json.loads((SHAPES / "hostile-strings.json").read_text(encoding="utf-8")).values():
        assert all(c in "\n\t" or unicodedata.category(c) != "Cc" for c in clean_text(text))
