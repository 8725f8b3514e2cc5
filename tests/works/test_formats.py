from __future__ import annotations

import json
import logging
import re

import pytest
from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Entry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from importai_tui.model import LinkKind
from importai_tui.works.formats import Dialect, format_bibtex, format_bibtex_entry, make_citation_key, to_csl_item
from importai_tui.works.work import Work
from tests.works.csl_schema import CSL
from tests.works.sample_works import ANY_WORK, make_work

CSL_VALIDATOR = Draft7Validator(CSL)


def parse_bibtex(text: str) -> list[Entry]:
    """Return the entries; fail if any text cannot be parsed."""
    library = parse_string(text)
    assert library.failed_blocks == []
    assert len(library.blocks) == len(library.entries)
    return library.entries


def test_an_arxiv_paper_as_bibtex() -> None:
    assert format_bibtex_entry(
        make_work("arxiv:2502.19187", "50% of Otters & Rivers (arXiv)", cited_by=("402/1", "447/2"))
    ) == (
        "@article{arxiv-2502-19187,\n"
        "  title = {{50\\% of Otters \\& Rivers}},\n"
        "  journal = {arXiv preprint arXiv:2502.19187},\n"
        "  year = {2025},\n"
        "  month = feb,\n"
        "  eprint = {2502.19187},\n"
        "  archivePrefix = {arXiv},\n"
        "  doi = {10.48550/arXiv.2502.19187},\n"
        "  url = {https://arxiv.org/abs/2502.19187},\n"
        "  urldate = {2025-03-03},\n"
        "  note = {Cited in Import AI 402 and 447},\n"
        "}\n"
    )


def test_an_arxiv_paper_as_biblatex() -> None:
    work = make_work("arxiv:hep-th/9901001", "On Otters", authors=("Ada Otter",), publisher="Otter & Co")
    assert format_bibtex_entry(work, Dialect.BIBLATEX) == (
        "@online{arxiv-hep-th-9901001,\n"
        "  author = {Ada Otter},\n"
        "  title = {{On Otters}},\n"
        "  date = {1999-01},\n"
        "  eprint = {hep-th/9901001},\n"
        "  eprinttype = {arxiv},\n"
        "  eprintclass = {hep-th},\n"
        "  organization = {Otter \\& Co},\n"
        "  doi = {10.48550/arXiv.hep-th/9901001},\n"
        "  url = {https://arxiv.org/abs/hep-th/9901001},\n"
        "  urldate = {2025-03-03},\n"
        "  note = {Cited in Import AI 402},\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("kind", "entry_type"),
    [
        (LinkKind.PAPER, "online"),
        (LinkKind.CODE, "software"),
        (LinkKind.MODEL, "software"),
        (LinkKind.DATASET, "dataset"),
        (LinkKind.VIDEO, "video"),
        (LinkKind.POST, "online"),
        (LinkKind.NEWS, "online"),
        (LinkKind.SOCIAL, "online"),
        (LinkKind.OTHER, "online"),
    ],
)
def test_each_kind_has_its_biblatex_type(kind: LinkKind, entry_type: str) -> None:
    assert format_bibtex_entry(make_work(kind=kind), Dialect.BIBLATEX).startswith(f"@{entry_type}{{")
    assert format_bibtex_entry(make_work(kind=kind)).startswith("@misc{")


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("work", ["arxiv:2502.19187", "doi:10.1234/x", "github:ada/otters", "title:on otters"])
def test_every_work_has_its_access_date(dialect: Dialect, work: str) -> None:
    (entry,) = parse_bibtex(format_bibtex_entry(make_work(work, days=("2024-01-08", "2025-03-03")), dialect))
    assert entry["urldate"] == "2024-01-08"


def test_a_work_without_url_is_not_online() -> None:
    work = make_work("title:on otters", url="", host=None)
    assert format_bibtex_entry(work, Dialect.BIBLATEX).startswith("@misc{")


@pytest.mark.parametrize("dialect", Dialect)
def test_a_work_without_url_has_none(dialect: Dialect) -> None:
    (entry,) = parse_bibtex(format_bibtex_entry(make_work("title:on otters", url="", host=None), dialect))
    assert [field.key for field in entry.fields] == ["title", "urldate", "note"]


@pytest.mark.parametrize("dialect", Dialect)
def test_no_signature_or_token_is_exported(dialect: Dialect) -> None:
    url = "https://b.example/x.pdf?X-Amz-Signature=0&sharing_token=1&Expires=2&page=3"
    work = make_work(url=url)
    assert "url = {https://b.example/x.pdf?page=3}" in format_bibtex_entry(work, dialect)
    assert to_csl_item(work)["URL"] == "https://b.example/x.pdf?page=3"


@pytest.mark.parametrize(
    ("names", "author"),
    [
        (("Ada Otter", "Jürgen O'Neill-Smith"), "Ada Otter and Jürgen O'Neill-Smith"),
        (("Otter and Sons",), "{Otter and Sons}"),
        (("Otter, Inc.",), "{Otter, Inc.}"),
        (("Ada others",), "{Ada others}"),
        (("Ada Otter Jr.",), "{Ada Otter Jr.}"),
        (("Ada",), "{Ada}"),
        (("A } B",), r"{A \textbraceright{} B}"),
    ],
)
def test_names_are_kept_together(names: tuple[str, ...], author: str) -> None:
    (entry,) = parse_bibtex(format_bibtex_entry(make_work(authors=names)))
    assert entry["author"] == author


def test_an_old_arxiv_paper_has_its_primary_class() -> None:
    (entry,) = parse_bibtex(format_bibtex_entry(make_work("arxiv:hep-th/9901001")))
    assert (entry["eprint"], entry["primaryClass"], entry["year"]) == ("hep-th/9901001", "hep-th", "1999")


def test_other_works_have_a_site_and_no_year() -> None:
    (entry,) = parse_bibtex(
        format_bibtex_entry(make_work("github:ada/otters", url="https://github.com/ada/otters", host="github.com"))
    )
    assert [field.key for field in entry.fields] == ["title", "howpublished", "url", "urldate", "note"]
    assert (entry["howpublished"], entry["url"]) == ("github.com", "https://github.com/ada/otters")


def test_works_without_named_authors_have_none() -> None:
    works = [make_work("arxiv:2502.19187"), make_work("doi:10.1234/x"), make_work()]
    assert "author" not in format_bibtex(works)
    assert not any("author" in to_csl_item(work) for work in works)


@pytest.mark.parametrize(
    ("title", "escaped"),
    [
        (r"& % $ # _", r"\& \% \$ \# \_"),
        ("~ ^ \\", r"\textasciitilde{} \textasciicircum{} \textbackslash{}"),
        ("} {", r"\textbraceright{} \textbraceleft{}"),
        ("@misc{x,", r"@misc\textbraceleft{}x,"),
        ("Über 水獺", "Über 水獺"),
        ("a\x00b\nc\u2028d", "a b c d"),
    ],
)
def test_tex_characters_are_escaped(title: str, escaped: str) -> None:
    (entry,) = parse_bibtex(format_bibtex_entry(make_work(title=title)))
    assert entry["title"] == f"{{{escaped}}}"


def test_only_braces_are_escaped_in_urls_and_dois() -> None:
    (entry,) = parse_bibtex(
        format_bibtex_entry(make_work("doi:10.1002/(sici)1<1::aid_x>3.0;2{", url="https://x.org/a_b%20{c}?d=~e#f"))
    )
    assert entry["doi"] == "10.1002/(sici)1<1::aid_x>3.0;2%7B"
    assert entry["url"] == "https://x.org/a_b%20%7Bc%7D?d=~e#f"


def test_an_empty_line_separates_entries() -> None:
    works = [make_work("github:ada/otters"), make_work("github:ada/herons")]
    assert format_bibtex(works) == f"{format_bibtex_entry(works[0])}\n{format_bibtex_entry(works[1])}"
    assert format_bibtex([]) == ""


@given(ANY_WORK, st.sampled_from(Dialect))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_work_is_one_valid_entry(caplog: pytest.LogCaptureFixture, work: Work, dialect: Dialect) -> None:
    caplog.set_level(logging.DEBUG)
    text = format_bibtex_entry(work, dialect)
    (entry,) = parse_bibtex(text)
    assert len(entry.fields) == text.count("\n  ") == text.count(",\n  ")
    assert text.count("{") == text.count("}")
    assert not caplog.records


@given(st.lists(ANY_WORK, max_size=8, unique_by=lambda work: work.id))
def test_any_works_keep_their_keys_in_a_list(works: list[Work]) -> None:
    keys = [parse_bibtex(format_bibtex_entry(work))[0].key for work in works]
    assert [entry.key for entry in parse_bibtex(format_bibtex(works))] == keys


def test_an_arxiv_paper_as_csl() -> None:
    assert to_csl_item(make_work("arxiv:2502.19187", "On Otters (arXiv)")) == {
        "id": "arxiv-2502-19187",
        "type": "article",
        "title": "On Otters",
        "issued": {"date-parts": [[2025, 2]]},
        "accessed": {"date-parts": [[2025, 3, 3]]},
        "archive": "arXiv",
        "archive_location": "2502.19187",
        "number": "arXiv:2502.19187",
        "genre": "preprint",
        "DOI": "10.48550/arXiv.2502.19187",
        "URL": "https://arxiv.org/abs/2502.19187",
        "note": "Cited in Import AI 402",
    }


@pytest.mark.parametrize(
    ("kind", "csl_type"),
    [
        (LinkKind.PAPER, "article"),
        (LinkKind.CODE, "software"),
        (LinkKind.MODEL, "software"),
        (LinkKind.DATASET, "dataset"),
        (LinkKind.POST, "post-weblog"),
        (LinkKind.SOCIAL, "post"),
        (LinkKind.VIDEO, "motion_picture"),
        (LinkKind.NEWS, "webpage"),
        (LinkKind.OTHER, "webpage"),
    ],
)
def test_each_kind_has_its_csl_type(kind: LinkKind, csl_type: str) -> None:
    item = to_csl_item(make_work(kind=kind))
    assert (item["type"], item["container-title"]) == (csl_type, "example.org")
    assert "issued" not in item


def test_csl_has_authors_and_publisher() -> None:
    item = to_csl_item(make_work(authors=("Ada B. Otter", "Otter, Inc.", "Ada van Otter"), publisher="Otters"))
    assert item["author"] == [
        {"given": "Ada B.", "family": "Otter"},
        {"literal": "Otter, Inc."},
        {"literal": "Ada van Otter"},
    ]
    assert item["publisher"] == "Otters"


@pytest.mark.parametrize("kind", LinkKind)
def test_any_kind_on_arxiv_is_an_article(kind: LinkKind) -> None:
    assert to_csl_item(make_work("arxiv:2502.19187", kind=kind))["type"] == "article"


def test_the_schema_refuses_invalid_items() -> None:
    good = to_csl_item(make_work("arxiv:2502.19187"))
    assert CSL_VALIDATOR.is_valid([good])
    assert not CSL_VALIDATOR.is_valid([good | {"type": "preprint"}])
    assert not CSL_VALIDATOR.is_valid([good | {"doi": "10.1"}])
    assert not CSL_VALIDATOR.is_valid([good | {"issued": {"date-parts": [2025, 2]}}])


@given(st.lists(ANY_WORK, max_size=5))
def test_any_works_are_valid_csl(works: list[Work]) -> None:
    CSL_VALIDATOR.validate(json.loads(json.dumps([to_csl_item(work) for work in works])))


@pytest.mark.parametrize(
    ("work", "key"),
    [
        ("arxiv:2502.19187", "arxiv-2502-19187"),
        ("arxiv:hep-th/9901001", "arxiv-hep-th-9901001"),
        ("github:ada/otters", "github-ada-otters"),
        ("github:ada/otters-and-rivers", "github-ada-otters-and-rivers"),
        ("hf:ada/otters", "hf-ada-otters"),
        ("doi:10.1126/science.adu8578", "doi-10-1126-science-adu8578"),
        ("ssrn:4895486", "ssrn-4895486"),
    ],
)
def test_a_plain_id_is_its_own_key(work: str, key: str) -> None:
    assert make_citation_key(work) == key


@pytest.mark.parametrize(
    ("work", "key"),
    [
        ("github:ada-b/otters", "github-ada-b-otters-5538ddac58"),
        ("https://example.org/a/b", "example-org-a-b-005f09736b"),
        ("https://example.org/" + "otters/" * 20, "example-org-otters-otters-otters-otters-f3cd1ade62"),
        ("水", "327b54d04f"),
    ],
)
def test_keys_never_change(work: str, key: str) -> None:
    assert make_citation_key(work) == key


def test_similar_ids_have_different_keys() -> None:
    similar_ids = [
        *("github:a-b/c", "github:a/b-c", "github:a/b.c", "github:a/b_c", "github:a/b--c", "github:a/b-c-"),
        *("hf:a/b-c", "hf:A/b-c", "hf:a/B-c", "hf:a/b.c"),
        *("doi:10.1234/a.b", "doi:10.1234/a/b", "doi:10.1234/a-b", "doi:10.1234/a(b)"),
        *("ssrn:a-b", "ssrn:a.b", "ssrn:a:b"),
        *("https://x.org/a-b", "https://x.org/a/b", "https://x.org/a?b", "https://x.org/a#b", "http://x.org/a-b"),
    ]
    assert len({make_citation_key(work) for work in similar_ids}) == len(similar_ids)


def test_no_id_can_imitate_a_key_with_digest() -> None:
    key = make_citation_key("github:a/b.c")
    assert make_citation_key(key.replace("github-a-", "github:a/")) != key


@given(st.lists(ANY_WORK, max_size=20, unique_by=lambda work: work.id))
def test_keys_are_plain_and_unique(works: list[Work]) -> None:
    keys = [make_citation_key(work.id) for work in works]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", key, re.ASCII) for key in keys)
