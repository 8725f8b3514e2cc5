from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.model import LinkKind
from importai_tui.search.works import WorkSearch
from importai_tui.works.query import WorkMarks, WorkOrder, parse_work_query, sort_works
from importai_tui.works.work import Work
from tests.archive.conftest import now
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


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without stories, so that only the works' own words match."""
    path = tmp_path_factory.mktemp("works") / "archive.sqlite3"
    Archive(path, now).close()
    return path


@contextmanager
def open_search(archive: Path, works: Sequence[Work]) -> Iterator[WorkSearch]:
    search = WorkSearch(archive, works)
    try:
        yield search
    finally:
        search.close()


def find(archive: Path, works: Sequence[Work], line: str, *, is_typing: bool = False) -> list[Work]:
    with open_search(archive, works) as search:
        query = parse_work_query(line, MARKS, REFS.get, is_typing=is_typing)
        return list(search.find(query, WorkOrder.LAST_CITED).works)


def find_titles(archive: Path, line: str, *, is_typing: bool = False) -> list[str]:
    found = find(archive, WORKS, line, is_typing=is_typing)
    return [work.title.split()[0] for work in WORKS if work in found]


@pytest.mark.parametrize(
    ("line", "titles"),
    [
        ("", ["Otters", "Otter-Counter:", "Heron", "What", "Lost"]),
        ("otter", ["Otters", "Otter-Counter:"]),
        ("OTTERS", ["Otters", "Otter-Counter:"]),
        ("tter", []),
        ("ott*", ["Otters", "Otter-Counter:"]),
        ("otter count", ["Otters"]),
        ("otters counted", ["Otters"]),
        ("ete", ["Otter-Counter:"]),
        ("ÉTÉ", ["Otter-Counter:"]),
        ('"art of counting"', ["Otters"]),
        ('"count art"', []),
        ('"art o"', []),
        ('"art o"*', ["Otters"]),
        ("otter-counter", ["Otter-Counter:"]),
        ("title:heron", ["Heron"]),
        ("title:ada", []),
        ("ada", ["Otter-Counter:", "Heron"]),
        ("huggingface", ["Heron"]),
        ("NOT otter", ["Heron", "What", "Lost"]),
        ("heron NOT 7B", []),
        ("otter -art", ["Otter-Counter:"]),
        ("heron OR moles", ["Heron", "What"]),
        ("heron OR moles -7B", ["What"]),
        ("heron OR -moles", ["Heron"]),
        ("-moles OR heron", ["Heron"]),
        ("OR heron", []),
        ("otter AND count", ["Otters"]),
        ("heron AND NOT 7B", []),
        ("-- !", ["Otters", "Otter-Counter:", "Heron", "What", "Lost"]),
    ],
)
def test_words_match_as_in_the_search(archive: Path, line: str, titles: list[str]) -> None:
    assert find_titles(archive, line) == titles


def test_the_last_word_is_a_prefix_while_typing(archive: Path) -> None:
    assert find_titles(archive, "ott", is_typing=True) == ["Otters", "Otter-Counter:"]
    assert find_titles(archive, "ott ", is_typing=True) == find_titles(archive, '"ott"', is_typing=True) == []


def test_authors_and_publishers_match(archive: Path) -> None:
    work = replace(LOST, authors=("Ada Lovelace",), publisher="Engine House", cited_as="about 6%")
    for line in ("lovelace", "engines", "about 6%"):
        assert find(archive, [POST, work], line) == [work]


def test_a_title_ranks_before_an_address(archive: Path) -> None:
    named = replace(LOST, id="https://x.example", title="Moles")
    with open_search(archive, [POST, PAPER, replace(POST, id="https://moles.example", title="Birds"), named]) as search:
        found = search.find(parse_work_query("moles", MARKS, REFS.get), WorkOrder.BEST)
    assert [work.title for work in found.works] == ["What the Moles Say", "Moles", "Birds"]


def test_papers_come_first_and_tweets_last(archive: Path) -> None:
    kinds = [LinkKind.SOCIAL, LinkKind.POST, LinkKind.MODEL, LinkKind.CODE, LinkKind.PAPER, LinkKind.DATASET]
    works = [make_work(f"https://example.org/{kind}", kind=kind) for kind in kinds]
    with open_search(archive, works) as search:
        for line in ("", "otters"):
            found = search.find(parse_work_query(line, MARKS, REFS.get), WorkOrder.BEST)
            assert [work.kind.value for work in found.works] == ["paper", "code", "dataset", "model", "post", "social"]


def test_works_without_date_are_counted(archive: Path) -> None:
    with open_search(archive, WORKS) as search:
        result = search.find(parse_work_query("year:2017", MARKS, REFS.get), WorkOrder.BEST)
        others = search.find(parse_work_query("year:2017 kind:paper", MARKS, REFS.get), WorkOrder.BEST)
    assert (result.works, result.remarks) == ([PAPER], ("1 work has no date and is left out.",))
    assert (others.works, others.remarks) == ([PAPER], ())


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
        ("402", ["Otters", "Otter-Counter:"]),
        ("402/1", ["Otters", "Otter-Counter:"]),
    ],
)
def test_fields_filter_works(archive: Path, line: str, titles: list[str]) -> None:
    assert find_titles(archive, line) == titles
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
        ("arxiv.org/abs/1706.03762", ["Otters"]),
    ],
)
def test_an_id_or_url_finds_its_work(archive: Path, line: str, titles: list[str]) -> None:
    assert find_titles(archive, line) == titles
    assert parse_work_query(line, MARKS, REFS.get).remarks == ()


@pytest.mark.parametrize(
    ("line", "title", "is_match"),
    [
        ("c++", "Otters in C++", True),
        ("c++", "Otters in C", False),
        ('"in c++"', "Otters in C", False),
        ("C++11", "C++11 of Otters", True),
    ],
)
def test_the_signs_of_cpp_belong_to_the_word(archive: Path, line: str, title: str, is_match: bool) -> None:
    work = make_work(title=title)
    assert find(archive, [work], line) == [work] * is_match


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("kind:issue", "Use kind:paper, code, dataset, model, post, news, video, social or other."),
        ("kind:paper,", "Use kind:"),
        ("site:arxiv", "Use site:arxiv.org."),
        ("year:soon", "Use year:2025"),
        ("is:tagged", "Use is:starred, unread or read."),
        ("in:999", "such as in:402 or in:402/3."),
        ("has:code", "The filters for works are kind, site, year, is and in (searching has:code as text)."),
        ("otter:slow", "Unknown filter “otter” (searching it as text)."),
    ],
)
def test_an_invalid_field_has_a_remark_and_is_text(archive: Path, line: str, hint: str) -> None:
    (remark,) = parse_work_query(line, MARKS, REFS.get).remarks
    assert line.partition(":")[0] in remark
    assert hint in remark
    field, _, value = line.partition(":")
    work = replace(LOST, id="https://x.example", title=f"{field} {value}")
    assert find(archive, [*WORKS, work], line) == [work]


@pytest.mark.parametrize("line", ["is:", "kind:", "has:", "otter:", "doi:10.1000/x", "http://x", '"', "-", "\x00"])
def test_incomplete_fields_have_no_remark(line: str) -> None:
    assert parse_work_query(line, MARKS, REFS.get).remarks == ()


@pytest.mark.parametrize("line", ["otters OR", "otters AND", "otters NOT", "OR otters"])
def test_an_operator_without_two_words_has_a_remark(line: str) -> None:
    (remark,) = parse_work_query(line, MARKS, REFS.get).remarks
    assert remark.endswith("here it is searched as text.")


@pytest.mark.parametrize("line", ["kind:x", "is:x", "year:soon"])
def test_a_value_that_stays_invalid_has_a_remark_at_once(line: str) -> None:
    assert parse_work_query(line, MARKS, REFS.get, is_typing=True).remarks


@pytest.mark.parametrize("line", ["otters kind:pa", "otters in:4", "otters -is:unr", "otters year:20"])
def test_an_unfinished_field_is_ignored_while_typing(archive: Path, line: str) -> None:
    assert find_titles(archive, line, is_typing=True) == ["Otters", "Otter-Counter:"]
    assert parse_work_query(line, MARKS, REFS.get, is_typing=True).remarks == ()
    assert parse_work_query(f"{line} ", MARKS, REFS.get, is_typing=True).remarks


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        (WorkOrder.LAST_CITED, ["Otters", "Otter-Counter:", "Heron", "What", "Lost"]),
        (WorkOrder.FIRST_CITED, ["Otter-Counter:", "Heron", "What", "Otters", "Lost"]),
        (WorkOrder.MOST_CITED, ["Otters", "Lost", "What", "Otter-Counter:", "Heron"]),
        (WorkOrder.BEST, ["Otters", "Otter-Counter:", "Heron", "Lost", "What"]),
        (WorkOrder.BY_TITLE, ["Heron", "Lost", "Otter-Counter:", "Otters", "What"]),
    ],
)
def test_works_are_sorted_stably(order: WorkOrder, titles: list[str]) -> None:
    assert [work.title.split()[0] for work in sort_works((LOST, *WORKS[:-1]), order)] == titles
