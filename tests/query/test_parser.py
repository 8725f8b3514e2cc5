from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.model import LinkKind, StoryKind
from importai_tui.query.conditions import (
    CitedCard,
    CitedHost,
    CitedKind,
    CitedWork,
    Clause,
    Condition,
    DateRange,
    HasForecast,
    IssueRange,
    KindCondition,
    MarkCondition,
    Phrase,
    SortOrder,
    StoryPlace,
)
from importai_tui.query.parser import MAX_QUERY_LENGTH, parse_query, replace_word

PIECES = (
    *('"', "-", "OR", "*", ":", "..", ",", "is:", "unread", "title:", '"a b', "tag:#", "year:", "2024-13", "issue:"),
    *("380..", "has:code,", "cites:", "https://arxiv.org/abs/2502.19187v2", "site:", "sort:", "C++", "π0", " ", "😀"),
)
lines = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))


def parse_single(line: str) -> Condition:
    """Return the only condition of a line."""
    (clause,) = parse_query(line).clauses
    assert clause.is_positive
    (condition,) = clause.any_of
    return condition


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("otters", Phrase("otters")),
        ("otter*", Phrase("otter", is_prefix=True)),
        ('"slow  water"', Phrase("slow water", is_quoted=True)),
        ('"slow wat"*', Phrase("slow wat", is_prefix=True, is_quoted=True)),
        ('"slow water', Phrase("slow water", is_quoted=True)),
        ("C++", Phrase("C++")),
        ("GPT-4", Phrase("GPT-4")),
        ("o3-mini", Phrase("o3-mini")),
        ("π0", Phrase("π0")),
        ("don't", Phrase("don't")),
        ("title:otters", Phrase("otters", in_headline=True)),
        ('Title:"slow water"', Phrase("slow water", in_headline=True, is_quoted=True)),
        ("lead:otters", Phrase("otters", in_lead=True)),
        ("in:tales,essay", KindCondition(frozenset({StoryKind.TECH_TALES, StoryKind.ESSAY}))),
        ("in:tech-tales", KindCondition(frozenset({StoryKind.TECH_TALES}))),
        ("in:cards", CitedCard()),
        ("In:Cards", CitedCard()),
        ("is:unread", MarkCondition("read", is_set=False)),
        ("IS:Starred", MarkCondition("starred")),
        ("is:noted", MarkCondition("note")),
        ("is:tagged", MarkCondition("tag:")),
        ("is:highlighted", MarkCondition("highlight:")),
        ("has:highlight", MarkCondition("highlight:")),
        ("tag:#robots", MarkCondition("tag:robots")),
        ('tag:"two words"', MarkCondition("tag:two words")),
        ("issue:392", IssueRange(392, 392)),
        ("issue:#380..402", IssueRange(380, 402)),
        ("issue:402..380", IssueRange(380, 402)),
        ("issue:380..", IssueRange(380, 999_999)),
        ("after:2024", DateRange("2024-01-01", None)),
        ("after:2024-6", DateRange("2024-06-01", None)),
        ("before:2024-12-31", DateRange(None, "2024-12-31")),
        ("year:2023", DateRange("2023-01-01", "2024-01-01")),
        ("year:2023-12", DateRange("2023-12-01", "2024-01-01")),
        ("year:2024-02-29", DateRange("2024-02-29", "2024-03-01")),
        ("year:2020..2022", DateRange("2020-01-01", "2023-01-01")),
        ("year:2022..2020", DateRange("2020-01-01", "2023-01-01")),
        ("year:2022..", DateRange("2022-01-01", None)),
        ("year:..2022", DateRange(None, "2023-01-01")),
        ("site:www.arXiv.org", CitedHost("arxiv.org")),
        ("site:https://arxiv.org/abs/1", CitedHost("arxiv.org")),
        ("has:code", CitedKind(frozenset({LinkKind.CODE}))),
        ("has:paper,dataset", CitedKind(frozenset({LinkKind.PAPER, LinkKind.DATASET}))),
        ("has:note", MarkCondition("note")),
        ("has:forecast", HasForecast()),
        ("cites:2502.19187v2", CitedWork("arxiv:2502.19187")),
        ("cites:https://arxiv.org/pdf/2502.19187", CitedWork("arxiv:2502.19187")),
        ("cites:github:owner/repo", CitedWork("github:owner/repo")),
    ],
)
def test_each_token_gives_a_condition(line: str, condition: Condition) -> None:
    assert parse_single(line) == condition
    assert not parse_query(line).remarks


@pytest.mark.parametrize("line", ["", "  ", '"', '""', "-", "*", '-"', "…", "😀", '"-" *', "\x00"])
def test_a_line_without_words_is_an_empty_query(line: str) -> None:
    assert parse_query(line).is_empty


@pytest.mark.parametrize(
    ("line", "work"),
    [
        ("2502.19187", "arxiv:2502.19187"),
        ("arXiv:2502.19187v3", "arxiv:2502.19187"),
        ("https://arxiv.org/pdf/2502.19187v2.pdf", "arxiv:2502.19187"),
        ("arxiv.org/abs/2502.19187", "arxiv:2502.19187"),
        ("10.1126/science.adu8578", "doi:10.1126/science.adu8578"),
        ("doi:10.1126/science.adu8578", "doi:10.1126/science.adu8578"),
        ("https://doi.org/10.1126/science.adu8578", "doi:10.1126/science.adu8578"),
        ("github.com/Otters/riverlib/tree/main", "github:otters/riverlib"),
        ("github:otters/riverlib", "github:otters/riverlib"),
        ("https://huggingface.co/otters/river-7b", "hf:otters/river-7b"),
        ("https://example.org/pond?utm_source=x.", "https://example.org/pond"),
    ],
)
@pytest.mark.parametrize("is_typing", [False, True])
def test_pasted_works_find_what_cites_them(line: str, work: str, is_typing: bool) -> None:
    query = parse_query(line, is_typing=is_typing)
    ((text, cited),) = (clause.any_of for clause in query.clauses)
    assert cited == CitedWork(work)
    assert isinstance(text, Phrase)
    assert not query.remarks


@pytest.mark.parametrize(
    "line", ["and/or", "a.b", "1.5", "GPT-4.5", "10.1", "U.S./China", '"2502.19187"', "24.12345678"]
)
def test_other_words_are_no_works(line: str) -> None:
    assert all(isinstance(condition, Phrase) for clause in parse_query(line).clauses for condition in clause.any_of)


def test_a_number_alone_is_an_issue() -> None:
    issue = IssueRange(402, 402)
    assert parse_query("402").first == parse_query(" #402").first == (issue,)
    assert parse_query("402/3").first == (StoryPlace(402, 3), issue)
    assert parse_query("402/3").clauses == (Clause((Phrase("402/3"), StoryPlace(402, 3), issue)),)
    for line in ("402 robots", "-402", '"402"', "402.5", "40212", "issue:402"):
        assert parse_query(line).first == ()


def test_not_excludes_the_next_word() -> None:
    assert parse_query("otters NOT crows").clauses == parse_query("otters -crows").clauses
    assert parse_query("NOT crows otters").clauses == parse_query("-crows otters").clauses
    assert parse_query("otters AND crows").clauses == parse_query("otters crows").clauses
    assert parse_query("otters NOT", is_typing=True).clauses == parse_query("otters ").clauses
    assert parse_query("otters NOT").remarks == ("NOT goes before a word; here it is searched as text.",)


def test_or_joins_its_two_neighbours() -> None:
    water, otter, badger, crow = map(Phrase, ("water", "otter", "badger", "crow"))
    query = parse_query("water otter OR badger -crow OR -is:read sort:old")
    assert query.clauses == (
        Clause((water,)),
        Clause((otter, badger)),
        Clause((crow,), is_positive=False),
        Clause((MarkCondition("read"),), is_positive=False),
    )
    assert query.sort is SortOrder.OLD
    assert list(query.phrases()) == [water, otter, badger]
    assert query.mark_fields() == {"read"}


def test_or_does_not_join_a_negated_word() -> None:
    clauses = parse_query("-crow OR otter").clauses
    assert clauses == (Clause((Phrase("crow"),), is_positive=False), Clause((Phrase("otter"),)))


def test_a_long_line_is_truncated() -> None:
    assert len(parse_query("a " * 999).clauses) == MAX_QUERY_LENGTH / 2


@pytest.mark.parametrize("line", ["OR otter", "otter OR", "OR"])
def test_an_or_at_the_edge_is_a_word(line: str) -> None:
    query = parse_query(line)
    assert [clause.any_of[0] for clause in query.clauses] == list(map(Phrase, line.split()))
    assert query.remarks == ("OR goes between two words; here it is searched as text.",)


@pytest.mark.parametrize("line", ["otter OR", "otter OR "])
def test_a_final_or_is_ignored_while_typing(line: str) -> None:
    query = parse_query(line, is_typing=True)
    assert query.clauses == (Clause((Phrase("otter"),)),)
    assert not query.remarks


@pytest.mark.parametrize(
    ("line", "text", "remark"),
    [
        ("is:unraed", "is unraed", "Did you mean is:unread?"),
        ("si:otters", "si otters", "Unknown filter “si” (searching it as text)."),
        ("isue:392", "isue 392", "Did you mean issue:392?"),
        ("after:june", "after june", "Use a date such as 2024, 2024-06 or 2024-06-03."),
        ("year:2024-13", "year 2024-13", "Use year:2023 or year:2020..2022."),
        ("sort:size", "sort size", "Use sort:best, new or old."),
        ("has:code,note", "has code,note", "Use has:"),
        ("note:this", "note this", "Unknown filter “note” (searching it as text)."),
        ("tag:", "tag", "Use tag:robots."),
        ("title:", "title", "Use title:robots."),
        ("in:", "in", "Use in:story"),
        ("sort:", "sort", "Use sort:best"),
    ],
)
def test_invalid_fields_are_searched_as_text_with_a_remark(line: str, text: str, remark: str) -> None:
    query = parse_query(line)
    assert [clause.any_of for clause in query.clauses] == [(Phrase(text),)]
    (shown,) = query.remarks
    assert shown.startswith("Unknown ")
    assert "(searching it as text)." in shown
    assert remark in shown


@pytest.mark.parametrize(
    ("line", "prefix"),
    [("slow wat", True), ('"slow wat', True), ("title:wat", True), ("-wat", True), ("wat ", False), ('"wat"', False)],
)
def test_the_last_word_is_a_prefix_while_typing(line: str, prefix: bool) -> None:
    last = parse_query(line, is_typing=True).clauses[-1].any_of[0]
    assert isinstance(last, Phrase)
    assert last.is_prefix is prefix


@pytest.mark.parametrize(
    "field", ["is:", "is:un", "has:code,pa", "year:20", "sort:n", "title:", "site:arxiv", "-tag:", "https:/"]
)
def test_an_unfinished_field_is_ignored_while_typing(field: str) -> None:
    query = parse_query(f"otters {field}", is_typing=True)
    assert [clause.any_of for clause in query.clauses] == [(Phrase("otters"),)]
    assert not query.remarks


def test_an_impossible_value_has_a_remark_at_once() -> None:
    assert parse_query("is:foo", is_typing=True).remarks


def test_a_field_without_value_has_a_remark_later() -> None:
    query = parse_query("note: robot", is_typing=True)
    assert [phrase.text for phrase in query.phrases()] == ["note", "robot"]
    assert query.remarks == ("Unknown filter “note” (searching it as text).",)


def test_a_word_with_a_star_is_finished() -> None:
    assert list(parse_query("slow otter*", is_typing=True).phrases())[1] == Phrase("otter", is_prefix=True)
    assert list(parse_query("slow otter", is_typing=True).phrases())[1] == Phrase(
        "otter", is_prefix=True, is_unfinished=True
    )


@given(lines, st.booleans())
def test_any_line_can_be_parsed(line: str, is_typing: bool) -> None:
    query = parse_query(line, is_typing=is_typing)
    assert all(clause.any_of for clause in query.clauses)
    assert not any(phrase.is_empty for phrase in query.phrases())


def test_characters_that_sqlite_refuses_are_removed() -> None:
    query = parse_query("slow\x00water \udc80otter")
    assert [phrase.text for phrase in query.phrases()] == ["slow", "water", "otter"]


@pytest.mark.parametrize(
    ("line", "word", "corrected"),
    [
        ("otterz", "otterz", "otters"),
        ("Otterz", "Otterz", "Otters"),
        ("OTTERZ", "OTTERZ", "OTTERS"),
        ('"slow otterz" OR title:otterz', "otterz", '"slow otters" OR title:otters'),
        ("tag:otterz -otterz otterzz", "otterz", "tag:otterz -otterz otterzz"),
    ],
)
def test_words_are_replaced_only_in_searched_text(line: str, word: str, corrected: str) -> None:
    assert replace_word(line, word, "otters") == corrected


def test_in_cards_takes_the_words_of_the_line() -> None:
    clauses = parse_query('otters "slow water" in:cards -seals title:rivers lead:ponds is:starred a OR b').clauses
    words = (
        Clause((Phrase("otters"),)),
        Clause((Phrase("slow water", is_quoted=True),)),
        Clause((Phrase("seals"),), is_positive=False),
        Clause((Phrase("a"), Phrase("b"))),
    )
    assert clauses == (
        Clause((CitedCard(words),)),
        Clause((Phrase("rivers", in_headline=True),)),
        Clause((Phrase("ponds", in_lead=True),)),
        Clause((MarkCondition("starred"),)),
    )


def test_in_cards_may_be_excluded_or_an_alternative() -> None:
    otters = Clause((Phrase("otters"),))
    assert parse_query("otters -in:cards").clauses == (otters, Clause((CitedCard(),), is_positive=False))
    assert parse_query("otters in:cards OR is:starred").clauses == (
        otters,
        Clause((CitedCard(), MarkCondition("starred"))),
    )


def test_in_cards_cannot_be_combined_with_kinds() -> None:
    (remark,) = parse_query("in:cards,story").remarks
    assert remark.endswith("Use in:story, tales, essay, note or cards.")
