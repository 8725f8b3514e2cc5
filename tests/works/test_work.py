from __future__ import annotations

import pytest

from importai_tui.works.work import escape_url, get_metadata, get_work_day
from tests.works.sample_works import make_work


@pytest.mark.parametrize(
    ("id", "year", "month"),
    [
        ("arxiv:0704.0001", 2007, 4),
        ("arxiv:1412.6980", 2014, 12),
        ("arxiv:2502.19187", 2025, 2),
        ("arxiv:hep-th/9901001", 1999, 1),
        ("arxiv:hep-th/9108001", 1991, 8),
        ("arxiv:math/0309136", 2003, 9),
        ("arxiv:2513.00001", None, None),
        ("arxiv:2500.00001", None, None),
        ("arxiv:math/0300136", None, None),
        ("arxiv:nonsense", None, None),
        ("https://example.org/2502.19187", None, None),
        ("github:ada/otters", None, None),
    ],
)
def test_an_arxiv_id_gives_year_and_month(id: str, year: int | None, month: int | None) -> None:
    metadata = get_metadata(make_work(id))
    assert (metadata.year, metadata.month) == (year, month)


def test_an_arxiv_paper_has_doi_and_abstract_url() -> None:
    metadata = get_metadata(make_work("arxiv:2502.19187", url="https://www.alphaxiv.org/pdf/2502.19187v2"))
    assert (metadata.eprint, metadata.primary_class) == ("2502.19187", None)
    assert (metadata.doi, metadata.url) == ("10.48550/arXiv.2502.19187", "https://arxiv.org/abs/2502.19187")
    assert metadata.site is None


def test_an_old_arxiv_id_gives_its_primary_class() -> None:
    metadata = get_metadata(make_work("arxiv:hep-th/9901001"))
    assert (metadata.eprint, metadata.primary_class, metadata.doi) == (
        "hep-th/9901001",
        "hep-th",
        "10.48550/arXiv.hep-th/9901001",
    )


def test_a_work_with_doi_keeps_the_cited_url() -> None:
    metadata = get_metadata(
        make_work("doi:10.1126/science.adu8578", url="https://science.org/doi/10.1126/science.adu8578")
    )
    assert (metadata.doi, metadata.url) == (
        "10.1126/science.adu8578",
        "https://science.org/doi/10.1126/science.adu8578",
    )
    assert (metadata.eprint, metadata.site) == (None, None)


def test_other_works_have_only_a_site() -> None:
    metadata = get_metadata(make_work("github:ada/otters", host="github.com"))
    assert (metadata.site, metadata.eprint, metadata.doi, metadata.year) == ("github.com", None, None, None)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("On Otters (arXiv)", "On Otters"),
        ("On Otters (arXiv, PDF).", "On Otters"),
        ("Otters: the Code (ada/otters, GitHub)", "Otters: the Code"),
        ("Otters (official GitHub repository)", "Otters"),
        ("On Otters (and Rivers)", "On Otters (and Rivers)"),
        ("(arXiv)", "(arXiv)"),
        ("On\n Otters\x1b", "On Otters"),
        ("  ", "github:ada/otters"),
    ],
)
def test_titles_are_one_line_without_the_source(title: str, expected: str) -> None:
    assert get_metadata(make_work("github:ada/otters", title)).title == expected


@pytest.mark.parametrize(
    ("cited_by", "note"),
    [
        ((), ""),
        (("447/2", "447/5"), "Cited in Import AI 447"),
        (("447/2", "451/1"), "Cited in Import AI 447 and 451"),
        (("on-otters/1", "447/2", "451/1"), "Cited in Import AI on-otters, 447 and 451"),
    ],
)
def test_the_note_names_each_issue_once(cited_by: tuple[str, ...], note: str) -> None:
    assert get_metadata(make_work(cited_by=cited_by)).note == note


def test_the_day_comes_from_the_id_or_first_citation() -> None:
    assert get_work_day(make_work("arxiv:1706.03762", days=("2025-03-03", None))) == "2017-06-01"
    assert get_work_day(make_work("github:ada/otters", days=("2025-03-03", None))) == "2025-03-03"
    assert get_work_day(make_work("github:ada/otters", days=(None, None))) is None


def test_urls_are_escaped_for_all_formats() -> None:
    assert (
        escape_url("https://a.example/ö{}\\<>\n?q=%20~#x_&(y)")
        == "https://a.example/%C3%B6%7B%7D%5C%3C%3E%0A?q=%20~#x_&(y)"
    )
