"""The one door for untrusted text."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.parse.clean import clean_line, clean_text
from tests.shared import SHAPES, needs_shapes

hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x9d\x90\x07\x9c\\[]Pm0;\u202e\u2066\ud800\u0301")), max_size=60
)


@given(hostile)
def test_no_control_escape_or_override_passes(text: str) -> None:
    cleaned = clean_text(text)
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@given(hostile)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_passes_unchanged(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize("text", ["π0 and Erdős", "日本語", "naïve — “quoted” …", "א ב", "é"])
def test_the_worlds_letters_pass(text: str) -> None:
    assert clean_text(text) == text


def test_words_behind_an_unfinished_sequence_are_kept() -> None:
    assert clean_text("a\x1b]0;swallow") == "aswallow"


def test_whole_sequences_go_with_what_they_carry() -> None:
    assert clean_text("T\x1b]52;c;ZXZpbA==\x1b\\E and \x1b[2Jon") == "TE and on"


def test_a_sequence_that_appears_when_another_is_removed_goes_too() -> None:
    assert "\x1b" not in clean_text("\x1b\x1b[0m[2Jx")


def test_stacked_marks_are_cut() -> None:
    assert len(clean_text("a" + "\u0301" * 200)) <= 6


def test_a_line_is_one_line() -> None:
    assert clean_line(" a\r\n b\tc ") == "a b c"


@needs_shapes
def test_every_hostile_string_of_the_shared_list_is_tamed() -> None:
    for text in json.loads((SHAPES / "hostile-strings.json").read_text(encoding="utf-8")).values():
        assert all(c in "\n\t" or unicodedata.category(c) != "Cc" for c in clean_text(text))
