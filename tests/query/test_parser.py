from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.model import LinkKind, StoryKind
from importai_tui.query.conditions import (
    CitedHost,
    CitedKind,
    CitedWork,
    Clause,
    Condition,
    Days,
    Issues,
    Kinds,
    Marked,
    Sort,
    Words,
)
from importai_tui.query.parser import LONGEST, read_query

PIECES = (
    *('"', "-", "OR", "*", ":", "..", ",", "is:", "unread", "title:", '"a b', "tag:#", "year:", "2024-13", "issue:"),
    *("380..", "has:code,", "cites:", "https://arxiv.org/abs/2502.19187v2", "site:", "sort:", "C++", "π0", " ", "😀"),
)
lines = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))


def only(line: str) -> Condition:
    """The one thing that a line asks for."""
    (clause,) = read_query(line).clauses
    assert clause.wanted
    (condition,) = clause.any_of
    return condition


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("otters", Words("otters")),
        ("otter*", Words("otter", prefix=True)),
        ('"slow  water"', Words("slow water")),
        ('"slow wat"*', Words("slow wat", prefix=True)),
        ('"slow water', Words("slow water")),
        ("C++", Words("C++")),
        ("GPT-4", Words("GPT-4")),
        ("o3-mini", Words("o3-mini")),
        ("π0", Words("π0")),
        ("don't", Words("don't")),
        ("title:otters", Words("otters", headline=True)),
        ('Title:"slow water"', Words("slow water", headline=True)),
        ("in:tales,essay", Kinds(frozenset({StoryKind.TECH_TALES, StoryKind.ESSAY}))),
        ("in:tech-tales", Kinds(frozenset({StoryKind.TECH_TALES}))),
        ("is:unread", Marked("read", so=False)),
        ("IS:Starred", Marked("starred")),
        ("is:noted", Marked("note")),
        ("is:tagged", Marked("tag:")),
        ("tag:#robots", Marked("tag:robots")),
        ('tag:"two words"', Marked("tag:two words")),
        ("issue:392", Issues(392, 392)),
        ("issue:#380..402", Issues(380, 402)),
        ("issue:402..380", Issues(380, 402)),
        ("issue:380..", Issues(380, 999_999)),
        ("after:2024", Days("2024-01-01", None)),
        ("after:2024-6", Days("2024-06-01", None)),
        ("before:2024-12-31", Days(None, "2024-12-31")),
        ("year:2023", Days("2023-01-01", "2024-01-01")),
        ("year:2023-12", Days("2023-12-01", "2024-01-01")),
        ("year:2024-02-29", Days("2024-02-29", "2024-03-01")),
        ("year:2020..2022", Days("2020-01-01", "2023-01-01")),
        ("year:2022..2020", Days("2020-01-01", "2023-01-01")),
        ("year:2022..", Days("2022-01-01", None)),
        ("year:..2022", Days(None, "2023-01-01")),
        ("site:www.arXiv.org", CitedHost("arxiv.org")),
        ("site:https://arxiv.org/abs/1", CitedHost("arxiv.org")),
        ("has:code", CitedKind(frozenset({LinkKind.CODE}))),
        ("has:paper,dataset", CitedKind(frozenset({LinkKind.PAPER, LinkKind.DATASET}))),
        ("has:note", Marked("note")),
        ("cites:2502.19187v2", CitedWork("arxiv:2502.19187")),
        ("cites:https://arxiv.org/pdf/2502.19187", CitedWork("arxiv:2502.19187")),
        ("cites:github:owner/repo", CitedWork("github:owner/repo")),
    ],
)
def test_a_line_asks_for_what_it_says(line: str, condition: Condition) -> None:
    assert only(line) == condition
    assert not read_query(line).remarks


@pytest.mark.parametrize("line", ["", "  ", '"', '""', "-", "*", '-"', "…", "😀", '"-" *', "\x00"])
def test_what_has_no_word_in_it_asks_for_nothing(line: str) -> None:
    assert read_query(line).is_empty


def test_all_clauses_hold_and_or_binds_its_two_neighbours() -> None:
    water, otter, badger, crow = map(Words, ("water", "otter", "badger", "crow"))
    query = read_query("water otter OR badger -crow OR -is:read sort:old")
    assert query.clauses == (
        Clause((water,)),
        Clause((otter, badger)),
        Clause((crow,), wanted=False),
        Clause((Marked("read"),), wanted=False),
    )
    assert query.sort is Sort.OLD
    assert list(query.words()) == [water, otter, badger]
    assert query.fields() == {"read"}


def test_what_is_not_wanted_is_not_joined() -> None:
    clauses = read_query("-crow OR otter").clauses
    assert clauses == (Clause((Words("crow"),), wanted=False), Clause((Words("otter"),)))


def test_of_a_line_without_end_the_beginning_is_read() -> None:
    assert len(read_query("a " * 999).clauses) == LONGEST / 2


@pytest.mark.parametrize("line", ["OR otter", "otter OR", "OR"])
def test_an_or_with_nothing_on_one_side_is_a_word_and_said_so(line: str) -> None:
    query = read_query(line)
    assert [clause.any_of[0] for clause in query.clauses] == list(map(Words, line.split()))
    assert query.remarks == ('"OR" stands between two words; here it is searched for as text.',)


@pytest.mark.parametrize("line", ["otter OR", "otter OR "])
def test_an_or_whose_other_side_is_still_to_be_typed_asks_for_nothing_yet(line: str) -> None:
    query = read_query(line, typing=True)
    assert query.clauses == (Clause((Words("otter"),)),)
    assert not query.remarks


@pytest.mark.parametrize(
    ("line", "words", "remark"),
    [
        ("is:unraed", "is unraed", "Did you mean is:unread?"),
        ("si:otters", "si otters", "There is no field si:."),
        ("isue:392", "isue 392", "Did you mean issue:392?"),
        ("after:june", "after june", "A time is written 2024, 2024-06 or 2024-06-03."),
        ("year:2024-13", "year 2024-13", "It is written year:2023 or year:2020..2022."),
        ("sort:size", "sort size", "sort: takes best, new or old."),
        ("has:code,note", "has code,note", "has: takes"),
        ("https://example.org", "https //example.org", ""),
        ("note:this", "note this", "There is no field note:."),
        ("tag:", "tag", "It is written tag:robots."),
        ("title:", "title", "It is written title:robots."),
        ("in:", "in", "in: takes story"),
        ("sort:", "sort", "sort: takes best"),
    ],
)
def test_what_is_not_understood_is_searched_for_as_text_and_said_so(line: str, words: str, remark: str) -> None:
    query = read_query(line)
    assert [clause.any_of for clause in query.clauses] == [(Words(words),)]
    if remark:
        (said,) = query.remarks
        assert said.startswith(f'"{line}" is not understood, and searched for as text.')
        assert remark in said
    else:
        assert not query.remarks


@pytest.mark.parametrize(
    ("line", "prefix"),
    [("slow wat", True), ('"slow wat', True), ("title:wat", True), ("-wat", True), ("wat ", False), ('"wat"', False)],
)
def test_the_last_word_may_go_on_while_it_is_typed(line: str, prefix: bool) -> None:
    last = read_query(line, typing=True).clauses[-1].any_of[0]
    assert isinstance(last, Words)
    assert last.prefix is prefix


@pytest.mark.parametrize(
    "begun", ["is:", "is:un", "has:code,pa", "year:20", "sort:n", "title:", "site:arxiv", "-tag:", "https:/"]
)
def test_a_field_that_is_being_typed_asks_for_nothing_yet(begun: str) -> None:
    query = read_query(f"otters {begun}", typing=True)
    assert [clause.any_of for clause in query.clauses] == [(Words("otters"),)]
    assert not query.remarks


def test_a_field_that_cannot_become_right_is_told_at_once() -> None:
    assert read_query("is:foo", typing=True).remarks


def test_a_field_without_a_value_is_told_once_the_line_goes_on() -> None:
    query = read_query("note: robot", typing=True)
    assert [words.text for words in query.words()] == ["note", "robot"]
    assert query.remarks == ('"note:" is not understood, and searched for as text. There is no field note:.',)


def test_a_word_with_a_star_is_not_one_that_is_still_typed() -> None:
    assert list(read_query("slow otter*", typing=True).words())[1] == Words("otter", prefix=True)
    assert list(read_query("slow otter", typing=True).words())[1] == Words("otter", prefix=True, typed=True)


@given(lines, st.booleans())
def test_every_line_is_read(line: str, typing: bool) -> None:
    query = read_query(line, typing=typing)
    assert all(clause.any_of for clause in query.clauses)
    assert not any(words.is_empty for words in query.words())


def test_what_no_database_takes_is_not_in_what_was_read() -> None:
    query = read_query("slow\x00water \udc80otter")
    assert [words.text for words in query.words()] == ["slow", "water", "otter"]
