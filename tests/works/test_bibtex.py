"""Works as BibTeX, read back by a parser of BibTeX."""

from __future__ import annotations

import logging

import pytest
from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importai_tui.works.formats import format_bibtex, format_bibtex_entry
from importai_tui.works.work import Work
from tests.works.made import ANY_WORK, make_work


def parsed(written: str) -> list[Entry]:
    """The entries; there must be nothing in the text that is not understood."""
    library = parse_string(written)
    assert library.failed_blocks == []
    assert len(library.blocks) == len(library.entries)
    return library.entries


def test_an_arxiv_paper() -> None:
    assert format_bibtex_entry(
        make_work("arxiv:2502.19187", "50% of Otters & Rivers (arXiv)", cited_by=("402/1", "447/2"))
    ) == (
        "@misc{arxiv-2502-19187,\n"
        "  title = {{50\\% of Otters \\& Rivers}},\n"
        "  year = {2025},\n"
        "  month = feb,\n"
        "  eprint = {2502.19187},\n"
        "  archivePrefix = {arXiv},\n"
        "  doi = {10.48550/arXiv.2502.19187},\n"
        "  url = {https://arxiv.org/abs/2502.19187},\n"
        "  note = {Cited in Import AI 402 and 447},\n"
        "}\n"
    )


def test_an_old_arxiv_paper_has_its_primary_class() -> None:
    (read,) = parsed(format_bibtex_entry(make_work("arxiv:hep-th/9901001")))
    assert (read["eprint"], read["primaryClass"], read["year"]) == ("hep-th/9901001", "hep-th", "1999")


def test_other_works_have_a_site_and_no_year() -> None:
    (read,) = parsed(
        format_bibtex_entry(make_work("github:ada/otters", url="https://github.com/ada/otters", host="github.com"))
    )
    assert [field.key for field in read.fields] == ["title", "howpublished", "url", "note"]
    assert (read["howpublished"], read["url"]) == ("github.com", "https://github.com/ada/otters")


def test_no_entry_has_authors() -> None:
    works = [make_work("arxiv:2502.19187"), make_work("doi:10.1234/x"), make_work()]
    assert "author" not in format_bibtex(works)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        (r"& % $ # _", r"\& \% \$ \# \_"),
        ("~ ^ \\", r"\textasciitilde{} \textasciicircum{} \textbackslash{}"),
        ("} {", r"\textbraceright{} \textbraceleft{}"),
        ("@misc{x,", r"@misc\textbraceleft{}x,"),
        ("Über 水獺", "Über 水獺"),
        ("a\x00b\nc\u2028d", "a b c d"),
    ],
)
def test_tex_characters_are_escaped(title: str, written: str) -> None:
    (read,) = parsed(format_bibtex_entry(make_work(title=title)))
    assert read["title"] == f"{{{written}}}"


def test_only_braces_are_escaped_in_urls_and_dois() -> None:
    (read,) = parsed(
        format_bibtex_entry(make_work("doi:10.1002/(sici)1<1::aid_x>3.0;2{", url="https://x.org/a_b%20{c}?d=~e#f"))
    )
    assert read["doi"] == "10.1002/(sici)1<1::aid_x>3.0;2%7B"
    assert read["url"] == "https://x.org/a_b%20%7Bc%7D?d=~e#f"


def test_an_empty_line_separates_entries() -> None:
    works = [make_work("github:ada/otters"), make_work("github:ada/herons")]
    assert format_bibtex(works) == f"{format_bibtex_entry(works[0])}\n{format_bibtex_entry(works[1])}"
    assert format_bibtex([]) == ""


@given(ANY_WORK)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_work_is_one_valid_entry(caplog: pytest.LogCaptureFixture, work: Work) -> None:
    caplog.set_level(logging.DEBUG)
    written = format_bibtex_entry(work)
    (read,) = parsed(written)
    assert len(read.fields) == written.count("\n  ") == written.count(",\n  ")
    assert written.count("{") == written.count("}")
    assert not caplog.records


@given(st.lists(ANY_WORK, max_size=8, unique_by=lambda work: work.id))
def test_any_works_keep_their_keys_in_a_list(works: list[Work]) -> None:
    alone = [parsed(format_bibtex_entry(work))[0].key for work in works]
    assert [read.key for read in parsed(format_bibtex(works))] == alone
