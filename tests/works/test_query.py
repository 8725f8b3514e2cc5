from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.model import LinkKind
from importai_tui.works.query import WorkMarks, WorkOrder, parse_work_query, sort_works
from tests.works.sample_works import make_work

PAPER = make_work(
    "arxiv:1706.03762",
    "Otters and the Art of Counting",
    host="arxiv.org",
    cited_by=("45/2", "402/1", "402/3"),
    days=("2017-06-12", "2025-03-03"),
)
CODE = make_work(
    "github:ada/otters",
    "Otter-Counter: Été",
    kind=LinkKind.CODE,
    host="github.com",
    cited_by=("402/1",),
)
MODEL = make_work("hf:ada/heron", "Heron 7B", kind=LinkKind.MODEL, host="huggingface.co", cited_by=("on-herons/2",))
POST = make_work(
    "https://blog.example.org/moles",
    "What the Moles Say",
    kind=LinkKind.POST,
    host="blog.example.org",
    cited_by=("388/1", "390/4"),
    days=("2024-10-01", "2024-10-20"),
)
LOST = replace(
    POST,
    id="https://lost.example",
    title="Lost",
    host=None,
    first_cited=None,
    last_cited=None,
    first_place=("", 1),
    last_place=("", 1),
)
WORKS = (PAPER, CODE, MODEL, POST, LOST)
MARKS = WorkMarks(starred=frozenset({CODE.id}), opened=frozenset({PAPER.id, POST.id}))
REFS = {"402": "402", "402/1": "402/1", "latest": "402", "on-herons": "on-herons"}


def find_titles(line: str) -> list[str]:
    return [work.title.split()[0] for work in parse_work_query(line, MARKS, REFS.get).filter(WORKS)]


@pytest.mark.parametrize(
    ("line", "titles"),
    [
        ("", ["Otters", "Otter-Counter:", "Heron", "What", "Lost"]),
        ("otter", ["Otters", "Otter-Counter:"]),
        ("OTTERS", ["Otters"]),
        ("tter", []),
        ("otter count", ["Otters", "Otter-Counter:"]),
        ("ete", ["Otter-Counter:"]),
        ("ÉTÉ", ["Otter-Counter:"]),
        ('"art of count"', ["Otters"]),
        ('"count art"', []),
        ('"art o"', ["Otters"]),
        ('"ar of"', []),
        ("otter-counter", ["Otter-Counter:"]),
        ("title:heron", ["Heron"]),
        ("otter -art", ["Otter-Counter:"]),
        ("heron OR moles", ["Heron", "What"]),
        ("heron OR moles -7B", ["What"]),
        ("heron OR -moles", ["Heron"]),
        ("-moles OR heron", ["Heron"]),
        ("OR heron", []),
        ("-- !", ["Otters", "Otter-Counter:", "Heron", "What", "Lost"]),
    ],
)
def test_words_match_title_word_prefixes(line: str, titles: list[str]) -> None:
    assert find_titles(line) == titles


@pytest.mark.parametrize(
    ("line", "titles"),
    [
        ("kind:paper", ["Otters"]),
        ("KIND:Code,model", ["Otter-Counter:", "Heron"]),
        ("-kind:code,model,paper", ["What", "Lost"]),
        ("kind:code OR site:arxiv.org", ["Otters", "Otter-Counter:"]),
        ("site:https://www.arxiv.org/abs/1", ["Otters"]),
        ("site:example.org", ["What"]),
        ("site:ample.org", []),
        ("year:2017", ["Otters"]),
        ("year:2017-06", ["Otters"]),
        ("year:2024..2025", ["Otter-Counter:", "Heron", "What"]),
        ("-year:2024..", ["Otters", "Lost"]),
        ("year:..2024", ["Otters", "What"]),
        ("is:starred", ["Otter-Counter:"]),
        ("is:unread", ["Otter-Counter:", "Heron", "Lost"]),
        ("is:Read", ["Otters", "What"]),
        ("in:402", ["Otters", "Otter-Counter:"]),
        ("in:latest", ["Otters", "Otter-Counter:"]),
        ("in:402/1 kind:code", ["Otter-Counter:"]),
        ("in:on-herons", ["Heron"]),
        ("in:402 -is:read", ["Otter-Counter:"]),
    ],
)
def test_fields_filter_works(line: str, titles: list[str]) -> None:
    assert find_titles(line) == titles
    assert parse_work_query(line, MARKS, REFS.get).remarks == ()


@pytest.mark.parametrize(
    ("line", "titles"),
    [
        ("arxiv:1706.03762", ["Otters"]),
        ("1706.03762v5", ["Otters"]),
        ("https://huggingface.co/papers/1706.03762", ["Otters"]),
        ("github:Ada/otters", ["Otter-Counter:"]),
        ("ada/otters", ["Otter-Counter:"]),
        ("https://github.com/ada/otters/tree/main", ["Otter-Counter:"]),
        ("http://www.blog.example.org/moles/?utm_source=x", ["What"]),
        ("ada/otters OR moles", ["Otter-Counter:", "What"]),
        ("-arxiv:1706.03762 -ada/otters -ada/heron", ["What", "Lost"]),
        ("1706.0376", []),
        ("da/otters", []),
        ("ada", []),
    ],
)
def test_an_id_or_url_finds_its_work(line: str, titles: list[str]) -> None:
    assert find_titles(line) == titles
    assert parse_work_query(line, MARKS, REFS.get).remarks == ()


@pytest.mark.parametrize(
    ("line", "title", "is_match"),
    [
        ("c++", "Otters in C++", True),
        ("c++", "Otters in C", False),
        ('"in c++"', "Otters in C", False),
        ("C++11", "C++11 of Otters", True),
        ("sparktm", "Spark™", True),
        ("spark™", "SparkTM", True),
    ],
)
def test_the_signs_of_cpp_belong_to_the_word(line: str, title: str, is_match: bool) -> None:
    assert parse_work_query(line, MARKS, REFS.get).matches(make_work(title=title)) is is_match


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("kind:issue", "Use kind:paper, code, dataset, model, post, news, video, social or other."),
        ("kind:paper,", "Use kind:"),
        ("site:arxiv", "Use site:arxiv.org."),
        ("year:soon", "Use year:2025"),
        ("is:tagged", "Use is:starred, unread or read."),
        ("in:999", "such as in:402 or in:402/3."),
        ("has:code", "Works have only kind, site, year, is, in"),
        ("otter:slow", "Unknown filter “otter” (searching titles for otter:slow)."),
    ],
)
def test_an_invalid_field_has_a_remark_and_searches_titles(line: str, hint: str) -> None:
    query = parse_work_query(line, MARKS, REFS.get)
    assert len(query.remarks) == 1
    assert line in query.remarks[0]
    assert hint in query.remarks[0]
    field, _, value = line.partition(":")
    work = replace(LOST, title=f"{field} {value}")
    assert query.filter([*WORKS, work]) == [work]


@pytest.mark.parametrize("line", ["is:", "kind:", "has:", "otter:", "doi:10.1000/x", "http://x", '"', "-", "\x00"])
def test_incomplete_fields_have_no_remark(line: str) -> None:
    assert parse_work_query(line, MARKS, REFS.get).remarks == ()


@pytest.mark.parametrize("line", ["otters kind:pa", "otters in:4", "otters -is:unr", "otters year:20"])
def test_an_unfinished_field_is_ignored_while_typing(line: str) -> None:
    query = parse_work_query(line, MARKS, REFS.get, is_typing=True)
    assert (query.filter(WORKS), query.remarks) == ([PAPER], ())
    assert parse_work_query(f"{line} ", MARKS, REFS.get, is_typing=True).remarks


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        (WorkOrder.LAST_CITED, ["Otters", "Otter-Counter:", "Heron", "What", "Lost"]),
        (WorkOrder.FIRST_CITED, ["Otter-Counter:", "Heron", "What", "Otters", "Lost"]),
        (WorkOrder.MOST_CITED, ["Otters", "Lost", "What", "Otter-Counter:", "Heron"]),
    ],
)
def test_works_are_sorted_stably(order: WorkOrder, titles: list[str]) -> None:
    assert [work.title.split()[0] for work in sort_works((LOST, *WORKS[:-1]), order)] == titles
