"""The command `works`, and `export --works`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from jsonschema import Draft7Validator

from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Story
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from importai_tui.works.query import FIELD_HINTS, MARK_NAMES, WORK_KINDS, WorkOrder
from tests.conftest import RunProgram
from tests.corpus import list_documents, needs_corpus
from tests.examples import make_page, make_story
from tests.works.csl_schema import CSL

WORK = {"work", "kind", "title", "url", "cited_by", "first_cited", "last_cited"}
PAPER = ("On Otters", "https://arxiv.org/pdf/2502.19187v2", LinkKind.PAPER, "arxiv.org", "arxiv:2502.19187")
CODE = ("otters", "https://github.com/ada/otters", LinkKind.CODE, "github.com", "github:ada/otters")
ISSUE = ("Import AI 7", "https://importai.substack.com/p/import-ai-7", LinkKind.ISSUE, "importai.substack.com", None)


def story(key: str, *cited: tuple[str, str, LinkKind, str, str | None]) -> Story:
    return replace(make_story(key), links=tuple(links(cited)))


def links(cited: tuple[tuple[str, str, LinkKind, str, str | None], ...]) -> Iterator[Link]:
    for n, (text, url, kind, host, work) in enumerate(cited, 1):
        yield Link(n, text, url, kind, host, LinkRole.READ_MORE, work or url)


@pytest.fixture
def filled(run: RunProgram, places: Places) -> RunProgram:
    """The program with an issue of 2019 and one of 2025; both cite a paper, only the later cites code."""
    with Library.open(places) as library:
        for number, date, cited in ((7, "2019-03-04", (PAPER,)), (402, "2025-03-03", (CODE, PAPER, ISSUE))):
            issue = Issue(number, f"n-{number}", f"Number {number}", date, None, (story(f"otters {number}", *cited),))
            library.store(issue, b"page", "page.html")
    return run


def ids(run: RunProgram, *arguments: str) -> list[str]:
    return [work["work"] for work in json.loads(run("works", *arguments, "--json").out)["works"]]


def test_works_json_has_the_documented_fields(filled: RunProgram) -> None:
    answer = json.loads(filled("works", "--sort", "times", "--json").out)
    paper, code = answer["works"]
    assert set(paper) >= WORK
    assert (paper["work"], paper["kind"], paper["title"]) == ("arxiv:2502.19187", "paper", "On Otters")
    assert (paper["cited_by"], paper["issues"]) == (["7/1", "402/1"], ["7", "402"])
    assert (paper["first_cited"], paper["last_cited"], paper["times"]) == ("2019-03-04", "2025-03-03", 2)
    assert (code["work"], code["cited_by"]) == ("github:ada/otters", ["402/1"])


def test_works_prints_one_row_a_work(filled: RunProgram) -> None:
    ran = filled("works", "--sort", "times")
    assert ran.out == "paper  2×  7–402  On Otters\ncode   1×  402    otters\n"
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("on", "otters"), ["arxiv:2502.19187"]),
        (("kind:code",), ["github:ada/otters"]),
        (("-kind:code",), ["arxiv:2502.19187"]),
        (("otters", "-on", "--sort", "times"), ["github:ada/otters"]),
        (("otters -on kind:code",), ["github:ada/otters"]),
        (('"on otters" in:402',), ["arxiv:2502.19187"]),
        (("in:7",), ["arxiv:2502.19187"]),
        (("in:latest", "kind:code"), ["github:ada/otters"]),
        (("in:402/1", "--sort", "first"), ["github:ada/otters", "arxiv:2502.19187"]),
        (("is:unread", "site:github.com"), ["github:ada/otters"]),
    ],
)
def test_a_query_filters_works(filled: RunProgram, arguments: tuple[str, ...], found: list[str]) -> None:
    assert ids(filled, *arguments) == found


def test_a_story_about_a_subject_finds_what_it_cites(filled: RunProgram) -> None:
    assert ids(filled, "headlines") == ["arxiv:2502.19187", "github:ada/otters"]
    remark, nothing = filled("works", "headline", "foo:bar").err.splitlines()
    assert remark == "Unknown filter “foo” (searching it as text)."
    assert nothing.startswith("No works found.")


@pytest.mark.parametrize("form", ["bibtex", "biblatex"])
def test_bibtex_output_parses(filled: RunProgram, form: str) -> None:
    read = parse_string(filled("works", "--format", form).out)
    assert read.failed_blocks == []
    assert {entry.key for entry in read.entries} == {"arxiv-2502-19187", "github-ada-otters"}


def test_csl_output_is_valid(filled: RunProgram) -> None:
    items = json.loads(filled("works", "--format", "csl").out)
    Draft7Validator(CSL).validate(items)
    assert {item["id"] for item in items} == {"arxiv-2502-19187", "github-ada-otters"}


@needs_corpus
def test_every_work_of_the_corpus_is_exported(run: RunProgram) -> None:
    run("import", *list_documents())
    found = json.loads(run("works", "--json").out)["works"]
    read = parse_string(run("works", "--format", "bibtex").out)
    items = json.loads(run("works", "--format", "csl").out)
    Draft7Validator(CSL).validate(items)
    assert (len(read.failed_blocks), len(read.entries), len(items)) == (0, len(found), len(found))
    assert len({item["id"] for item in items}) == len(found) > 100
    assert {entry.key for entry in read.entries} == {item["id"] for item in items}
    assert all("urldate" in {field.key for field in entry.fields} for entry in read.entries)
    assert all(item["accessed"] for item in items)


def test_markdown_output_is_a_list(filled: RunProgram) -> None:
    ran = filled("works", "kind:paper", "--format", "markdown")
    line = "- [On Otters](https://arxiv.org/abs/2502.19187) (paper, arxiv.org) — cited in Import AI 7, 402\n"
    assert ran.out == line


@pytest.mark.parametrize(
    ("form", "out"), [("text", ""), ("bibtex", ""), ("biblatex", ""), ("csl", "[]\n"), ("markdown", ""), ("json", None)]
)
def test_works_without_matches_is_status_1(filled: RunProgram, form: str, out: str | None) -> None:
    ran = filled("works", "zebras", "--format", form)
    assert ran.status == 1
    assert ran.err.startswith("No works found.")
    assert json.loads(ran.out) == {"works": [], "remarks": []} if out is None else ran.out == out


def test_works_json_says_what_a_year_leaves_out(filled: RunProgram, places: Places) -> None:
    with Library.open(places) as library:
        cited = ("Herons", "https://example.org/h", LinkKind.POST, "example.org", None)
        issue = Issue(None, "undated", "Undated", None, None, (story("herons", cited),))
        library.store(issue, b"other page", "other.html")
    ran = filled("works", "year:2025", "--json")
    assert json.loads(ran.out)["remarks"] == ran.err.splitlines() == ["1 work has no date and is left out."]


def test_an_unknown_condition_is_reported(filled: RunProgram) -> None:
    ran = filled("works", "in:999")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Unknown value in:999")


@pytest.mark.parametrize("command", [("works",), ("export", "--works", "--format", "json"), ("links", "7")])
def test_pages_of_an_older_parser_are_parsed_again(run: RunProgram, places: Places, command: tuple[str, ...]) -> None:
    page = make_page("otters", stories=3)
    with Library.open(places) as library:
        library.store(replace(parse_issue(page, number=7), stories=(make_story("old"),)), page, "page.html")
    with closing(sqlite3.connect(places.archive)) as connection:
        connection.execute("UPDATE page SET parser_version = ?", (PARSER_VERSION - 1,))
        connection.commit()
    ran = run(*command)
    assert (ran.status, ran.err) == (0, "")
    assert "https://example.org/otters/3" in ran.out or "Counting Rivers 3" in ran.out
    with Library.open(places) as library:
        assert library.archive.find_issues_to_reparse(PARSER_VERSION) == []
        assert len(library.get_story_rows("7")) == 3


def test_works_of_an_empty_archive_name_the_next_step(run: RunProgram) -> None:
    ran = run("works")
    assert (ran.status, ran.out) == (1, "")
    assert "importai-tui import" in ran.err


def test_the_help_names_every_condition_and_order(run: RunProgram) -> None:
    text = run("works", "--help").out
    assert [name for name in FIELD_HINTS if f"{name}:" not in text] == []
    assert [name for name in (*WORK_KINDS, *MARK_NAMES, *WorkOrder) if name not in text] == []


def test_an_unknown_format_is_a_usage_error(run: RunProgram) -> None:
    assert run("works", "--format", "docx").status == 2


def test_words_after_two_hyphens_are_no_options(filled: RunProgram) -> None:
    ran = filled("works", "--", "--json")
    assert (ran.status, ran.out.startswith("{")) == (0, False)


def test_starred_and_opened_works_can_be_found(filled: RunProgram, places: Places) -> None:
    with Library.open(places) as library:
        library.state.star_work("arxiv:2502.19187", True, "On Otters")
        library.state.record_work_opened("github:ada/otters", "otters")
    assert ids(filled, "is:starred") == ["arxiv:2502.19187"]
    assert ids(filled, "is:read") == ["github:ada/otters"]
    (paper,) = json.loads(filled("works", "is:unread", "--json").out)["works"]
    assert (paper["starred"], paper["read"]) == (True, False)


def test_export_works_prints_the_starred_works(filled: RunProgram, places: Places) -> None:
    assert filled("export", "--works", "--starred").err == "No starred works yet.\n"
    with Library.open(places) as library:
        library.state.star_work("arxiv:2502.19187", True, "On Otters")
    ran = filled("export", "--works", "--starred")
    assert [entry.key for entry in parse_string(ran.out).entries] == ["arxiv-2502-19187"]
    whole = json.loads(filled("export", "--works", "--format", "csl").out)
    assert len(whole) == 2


@pytest.mark.parametrize(("form", "out"), [("bibtex", ""), ("csl", "[]\n"), ("markdown", ""), ("json", None)])
def test_an_empty_export_is_a_valid_document(filled: RunProgram, form: str, out: str | None) -> None:
    ran = filled("export", "--works", "--starred", "--format", form)
    assert (ran.status, ran.err) == (0, "No starred works yet.\n")
    assert json.loads(ran.out) == {"works": [], "remarks": []} if out is None else ran.out == out


@pytest.mark.parametrize("form", ["bibtex", "biblatex", "csl", "markdown", "json"])
def test_a_works_export_replaces_only_an_unchanged_export(filled: RunProgram, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    arguments = ("export", "--works", "--format", form, "--out", out)
    assert [filled(*arguments).status for _ in range(2)] == [0, 0]
    changed = out.read_text() + "[]\n"
    out.write_text(changed)
    ran = filled(*arguments)
    assert (ran.status, out.read_text()) == (1, changed)
    assert "not overwritten" in ran.err


def test_starred_needs_works(filled: RunProgram) -> None:
    ran = filled("export", "--starred")
    assert ran.status == 2
    assert "--starred works only with --works." in ran.err


def test_open_marks_the_work_as_opened(filled: RunProgram, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "true")
    ran = filled("open", "latest", "1")
    assert (ran.status, ran.out) == (0, "")
    with Library.open(places) as library:
        assert library.state.is_work_opened("github:ada/otters")
        assert not library.state.is_work_opened("arxiv:2502.19187")
