"""Works with the facts of their cards: titles, and all formats of a bibliography."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given

from importai_tui.model import LinkKind
from importai_tui.output.lines import to_text
from importai_tui.output.markdown import format_markdown_line
from importai_tui.output.tables import format_work_table
from importai_tui.works.card import CardSummary
from importai_tui.works.card_facts import add_card
from importai_tui.works.formats import Dialect, format_bibtex_entry, format_ris, make_citation_key, to_csl_item
from importai_tui.works.work import TitleSource, Work, get_metadata, get_work_day
from tests.works.sample_works import ANY_WORK, make_work
from tests.works.test_bibtex_programs import HOSTILE_WORKS

ARTICLE = make_work(
    "doi:10.1000/otters",
    "Counting Otters",
    url="https://journal.example/otters",
    authors=("Ada Heron", "Bo van Lamb", "Otter, Inc."),
    published="2024-03-09",
    venue="Journal of Rivers",
    doi="10.1000/otters",
)
TALK = replace(
    ARTICLE, id="https://openreview.example/otters", venue="ICLR 2024 Poster", doi=None, authors=("Ada Heron",)
)


def with_title(title: str, **facts: object) -> CardSummary:
    return CardSummary("arxiv:2502.19187", title, **facts)  # type: ignore[arg-type]


def test_a_work_gets_the_facts_of_its_card() -> None:
    card = with_title(
        "Counting Otters", authors=("Ada Heron",), published="2025-02-26", venue="Rivers 12 (2026)", doi="10.1000/x"
    )
    work = add_card(make_work("arxiv:2502.19187", "otters, counted (arXiv)", authors=("A",)), card)
    assert (work.title, work.title_from, work.cited_as) == ("Counting Otters", TitleSource.CARD, "otters, counted")
    assert (work.authors, work.published, work.venue, work.doi) == (
        ("Ada Heron",),
        "2025-02-26",
        "Rivers 12 (2026)",
        "10.1000/x",
    )


def test_a_part_of_the_title_is_not_repeated() -> None:
    long = with_title("Counting Otters: a survey of 3,000 rafts")
    assert add_card(make_work(title="Counting otters"), long).cited_as is None
    assert add_card(make_work(title="Otter"), long).cited_as == "Otter"


@pytest.mark.parametrize("cited", ["Counting Otters", "COUNTING: otters! (arXiv)", "Counting Ótters"])
def test_the_same_title_is_not_repeated(cited: str) -> None:
    assert add_card(make_work(title=cited), with_title("Counting Otters")).cited_as is None


@pytest.mark.parametrize(
    ("id", "url", "title"),
    [
        ("arxiv:2502.19187", None, ""),
        ("arxiv:2502.19187", None, "arXiv:2502.19187"),
        ("arxiv:2502.19187", None, "2502.19187"),
        ("github:ada/otters", None, "Ada/otters"),
        ("github:ada/otters", None, "otters"),
        ("https://example.org/a", "https://example.org/a", "https://example.org/a"),
        ("https://example.org/a", "https://example.org/a", "example.org/a"),
        ("https://example.org/a?raw", "https://example.org/x/on%20otters.md?raw", "On otters.md"),
    ],
)
def test_a_title_that_is_only_the_id_changes_nothing(id: str, url: str | None, title: str) -> None:
    work = add_card(make_work(id, "On Otters", url=url), with_title(title, published="2025"))
    assert (work.title, work.title_from, work.published) == ("On Otters", TitleSource.CITATION, "2025")


def test_words_of_a_link_stay_beside_the_title() -> None:
    work = replace(make_work("arxiv:2502.19187", "arXiv:2502.19187"), title_from=TitleSource.ADDRESS)
    assert add_card(replace(work, cited_as="about 6%"), with_title("Counting Otters")).cited_as == "about 6%"
    assert add_card(work, with_title("Counting Otters")).cited_as is None
    assert add_card(replace(work, cited_as="counting otters"), with_title("Counting Otters")).cited_as is None


def test_a_title_of_a_card_keeps_its_parenthesis() -> None:
    work = add_card(make_work(), with_title("Otters (PDF)"))
    assert get_metadata(work).title == "Otters (PDF)"


def test_a_card_without_authors_keeps_those_of_the_citation() -> None:
    assert add_card(make_work(authors=("Ada Heron",)), with_title("Otters")).authors == ("Ada Heron",)


@pytest.mark.parametrize(
    ("published", "day"), [("2025", "2025-01-01"), ("2025-02", "2025-02-01"), ("2025-02-26", "2025-02-26")]
)
def test_the_day_of_a_card(published: str, day: str) -> None:
    assert get_work_day(make_work("arxiv:1706.03762", published=published)) == day


def test_an_article_in_a_journal() -> None:
    assert format_bibtex_entry(ARTICLE) == (
        "@article{doi-10-1000-otters,\n"
        "  author = {Ada Heron and Bo van Lamb and {Otter, Inc.}},\n"
        "  title = {{Counting Otters}},\n"
        "  journal = {Journal of Rivers},\n"
        "  year = {2024},\n"
        "  month = mar,\n"
        "  doi = {10.1000/otters},\n"
        "  url = {https://journal.example/otters},\n"
        "  urldate = {2025-03-03},\n"
        "  note = {Cited in Import AI 402},\n"
        "}\n"
    )
    assert "@article{" in format_bibtex_entry(ARTICLE, Dialect.BIBLATEX)
    assert "  journaltitle = {Journal of Rivers},\n  date = {2024-03-09},\n" in format_bibtex_entry(
        ARTICLE, Dialect.BIBLATEX
    )
    item = to_csl_item(ARTICLE)
    assert (item["type"], item["container-title"]) == ("article-journal", "Journal of Rivers")
    assert item["issued"] == {"date-parts": [[2024, 3, 9]]}


def test_a_paper_of_a_conference() -> None:
    assert "@inproceedings{" in format_bibtex_entry(TALK)
    assert "  booktitle = {ICLR 2024 Poster},\n  year = {2024},\n" in format_bibtex_entry(TALK)
    assert "  booktitle = {ICLR 2024 Poster},\n" in format_bibtex_entry(TALK, Dialect.BIBLATEX)
    assert to_csl_item(TALK)["type"] == "paper-conference"


@pytest.mark.parametrize(
    "work",
    [
        replace(ARTICLE, published=None),
        replace(TALK, published=None),
        replace(TALK, venue="Submitted to ICLR 2025"),
        replace(ARTICLE, kind=LinkKind.POST),
        replace(TALK, venue="Otter Labs"),
    ],
)
def test_an_uncertain_venue_claims_no_publication(work: Work) -> None:
    entry = format_bibtex_entry(work)
    assert entry.startswith("@misc{")
    assert f"  howpublished = {{{work.venue}}},\n" in entry
    assert format_bibtex_entry(work, Dialect.BIBLATEX).startswith("@online{")
    assert to_csl_item(work)["type"] not in ("article-journal", "paper-conference")
    assert not format_ris([work]).startswith(("TY  - JOUR", "TY  - CPAPER"))


def test_a_preprint_on_another_server() -> None:
    work = replace(ARTICLE, venue="bioRxiv")
    assert "  journal = {bioRxiv},\n" in format_bibtex_entry(work)
    assert format_bibtex_entry(work, Dialect.BIBLATEX).startswith("@online{")
    assert to_csl_item(work)["type"] == "article"


def test_a_published_arxiv_paper_keeps_its_number() -> None:
    work = make_work(
        "arxiv:2502.19187",
        "Otters",
        authors=("Ada Heron",),
        published="2025-02-26",
        venue="Rivers 12 (2026) 3-9",
        doi="10.1/x",
    )
    entry = format_bibtex_entry(work)
    assert "  journal = {Rivers 12 (2026) 3-9},\n  year = {2026},\n  eprint = {2502.19187},\n" in entry
    assert "  doi = {10.1/x},\n" in entry
    assert to_csl_item(work)["archive_location"] == "2502.19187"
    assert "genre" not in to_csl_item(work)
    unpublished = replace(work, venue="", doi=None)
    assert "journal = {arXiv preprint arXiv:2502.19187},\n  year = {2025},\n" in format_bibtex_entry(unpublished)
    assert get_metadata(replace(work, venue="arXiv")).venue == ""


def test_a_markdown_line_names_author_venue_and_year() -> None:
    assert format_markdown_line(ARTICLE) == (
        "- [Counting Otters](https://journal.example/otters), Ada Heron et al., Journal of Rivers, 2024,"
        " doi:10.1000/otters (paper, example.org) — cited in Import AI 402"
    )
    assert ", Ada Heron, ICLR 2024 Poster (paper" in format_markdown_line(TALK)
    assert "Ada Heron" not in format_markdown_line(make_work(authors=("Ada Heron",)))


def test_a_table_names_author_venue_and_year() -> None:
    work = replace(TALK, cited_as="a count")
    line = to_text(format_work_table([work], None)[0])
    assert line.endswith("Counting Otters  Ada Heron, ICLR 2024 Poster  cited as “a count”")


def test_a_ris_record() -> None:
    assert format_ris([ARTICLE]) == (
        "TY  - JOUR\n"
        "ID  - doi-10-1000-otters\n"
        "AU  - Heron, Ada\n"
        "AU  - Bo van Lamb\n"
        "AU  - Otter Inc.\n"
        "TI  - Counting Otters\n"
        "T2  - Journal of Rivers\n"
        "PY  - 2024\n"
        "DA  - 2024/03/09\n"
        "DO  - 10.1000/otters\n"
        "UR  - https://journal.example/otters\n"
        "Y2  - 2025/03/03\n"
        "N1  - Cited in Import AI 402\n"
        "ER  - \n"
    )
    assert format_ris([]) == ""


def test_ris_types() -> None:
    types = [format_ris([make_work(kind=kind)])[6:].partition("\n")[0] for kind in (LinkKind.PAPER, LinkKind.CODE)]
    assert types == ["GEN", "COMP"]
    assert format_ris([TALK]).startswith("TY  - CPAPER\n")
    arxiv = format_ris([make_work("arxiv:2502.19187")])
    assert "TY  - JOUR\n" in arxiv
    assert "DB  - arXiv\nAN  - 2502.19187\n" in arxiv


def test_another_program_reads_ris() -> None:
    rispy = pytest.importorskip("rispy", reason="rispy is not installed")
    works = [ARTICLE, TALK, make_work("arxiv:2502.19187"), *HOSTILE_WORKS]
    records = rispy.loads(format_ris(works))
    assert [record["id"] for record in records] == [make_citation_key(work.id) for work in works]
    assert [record["title"] for record in records] == [get_metadata(work).title for work in works]
    assert records[0]["authors"] == ["Heron, Ada", "Bo van Lamb", "Otter Inc."]
    assert (records[0]["doi"], records[0]["year"]) == ("10.1000/otters", "2024")


@given(ANY_WORK)
def test_any_work_is_one_ris_record(work: Work) -> None:
    lines = format_ris([work]).splitlines()
    assert lines[0].startswith("TY  - ")
    assert lines[-1] == "ER  - "
    assert all(line[2:6] == "  - " and line[:2].isalnum() for line in lines)
    assert sum(line.startswith(("TY  - ", "ER  - ")) for line in lines) == 2
    json.dumps(to_csl_item(work))
