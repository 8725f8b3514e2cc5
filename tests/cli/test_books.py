"""E-books from the command line: what `show`, `search` and `export --tales` write, and where."""

from __future__ import annotations

import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.cli.books import export_book_from_reader
from importai_tui.cli.context import CliContext
from importai_tui.errors import ReaderError
from importai_tui.library.library import Library
from importai_tui.model import StoryKind
from importai_tui.output.books import StoryList
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_issue

BOOKS = {
    "show 401": ["Import AI 401: Otters", "The headline of a1", "The headline of a2"],
    "show 401/2": ["The headline of a2", "The headline of a2"],
    "search says sort:new": [
        *("Import AI: says sort:new", "The headline of b1", "The headline of a1", "The headline of a2")
    ],
    "search in:tales --limit 1": ["Import AI: in:tales", "The headline of b1"],
    "export --tales": ["Import AI: Tech Tales", "The headline of a2", "The headline of b1"],
}


@pytest.fixture
def filled(run: RunProgram, places: Places) -> RunProgram:
    """The program with two issues; the last story of each is a tale."""
    with Library.open(places) as library:
        for keys, number, day in ((("a1", "a2"), 401, "2025-02-24"), (("b1",), 402, "2025-03-03")):
            issue = make_issue(*keys, number=number, date=day, title=f"Import AI {number}: Otters")
            *stories, last = issue.stories
            tale = replace(last, kind=StoryKind.TECH_TALES)
            library.store(replace(issue, stories=(*stories, tale)), b"page", f"{number}.html")
    return run


def read_titles(path: Path) -> list[str]:
    """Return the title of the book and those of its chapters."""
    with zipfile.ZipFile(path) as archive:
        names = ["EPUB/package.opf", *sorted(name for name in archive.namelist() if name.startswith("EPUB/story-"))]
        texts = [archive.read(name).decode() for name in names]
    return [text.partition("title>")[2].partition("<")[0] for text in texts]


def test_a_book_has_the_stories_that_were_named(filled: RunProgram, tmp_path: Path) -> None:
    for command, titles in BOOKS.items():
        out = tmp_path / f"{command.replace('/', '-')}.epub"
        ran = filled(*command.split(), "--format", "epub", "--out", out)
        assert (ran.status, ran.out) == (0, "")
        assert f"Wrote {out}\n" in ran.err
        assert read_titles(out) == titles


def test_a_book_goes_to_a_pipe_not_a_terminal(filled: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = ("show 401", "search says", "export --tales")
    assert [filled(*command.split(), "--format", "epub").out[:2] for command in commands] == ["PK", "PK", "PK"]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for command in commands:
        ran = filled(*command.split(), "--format", "epub", "--out", "-")
        assert (ran.status, ran.out) == (2, "")
        assert "--out" in ran.err


def test_wrong_options_of_books_are_usage_errors(filled: RunProgram) -> None:
    for words in (
        *("show 401 --out x", "show 401 --force --format epub", "show 401 --json --format epub --out x"),
        *("search says --trend --format epub --out x", "search says --out x", "export --tales --format ris"),
        *("export --notes --format epub", "export --tales --notes", "show 401 --format epub --out="),
    ):
        ran = filled(*words.split())
        assert (ran.status, ran.out) == (2, ""), words


def test_nothing_found_makes_no_book(run: RunProgram, tmp_path: Path) -> None:
    for words in ("search otters", "export --tales"):
        ran = run(*words.split(), "--format", "epub", "--out", tmp_path / "book.epub")
        assert ran.status == 1
        assert ran.err
    assert not (tmp_path / "book.epub").exists()


def test_an_own_book_is_replaced_and_no_other_file(filled: RunProgram, tmp_path: Path) -> None:
    out = tmp_path / "book.epub"
    for command in ("show 401", "show 402"):
        assert filled(*command.split(), "--format", "epub", "--out", out).status == 0
    out.write_bytes(b"mine")
    assert filled("show", "401", "--format", "epub", "--out", out).status == 1
    assert out.read_bytes() == b"mine"
    assert filled("show", "401", "--format", "epub", "--out", out, "--force").status == 0


def test_the_reader_writes_issues_and_lists(filled: RunProgram, tmp_path: Path) -> None:
    cli, out = CliContext(os.environ, demo=False), tmp_path / "book.epub"
    assert filled("list").status == 0
    for source, titles in (
        ("401/1", ["The headline of a1", "The headline of a1"]),
        (StoryList("Later", ["b1", "gone", "a1"]), ["Import AI: Later", "The headline of b1", "The headline of a1"]),
    ):
        assert export_book_from_reader(cli, source, str(out)) == f"Wrote {out}"
        assert read_titles(out) == titles
    with pytest.raises(ReaderError, match="isn't in your archive"):
        export_book_from_reader(cli, "400", str(out))


def test_all_tales_can_be_text_or_markdown(filled: RunProgram) -> None:
    assert filled("export", "--tales").out == (
        "The headline of a2\n401/2 · 2025-02-24 · 1 min\n\nWhat a2 says.\n\n[1] https://example.org/a2/1\n\n\n"
        "The headline of b1\n402/1 · 2025-03-03 · 1 min\n\nWhat b1 says.\n\n[1] https://example.org/b1/1\n"
    )
    assert filled("export", "--tales", "--format", "markdown").out == (
        "# Tech Tales\n\n## The headline of a2\n\nWhat a2 says.\n\nFrom Import AI 401 · 2025-02-24\n\n"
        "## The headline of b1\n\nWhat b1 says.\n\nFrom Import AI 402 · 2025-03-03\n"
    )


def test_a_book_of_the_demo_names_no_author(run: RunProgram, tmp_path: Path) -> None:
    assert run("--demo", "show", "1", "--format", "epub", "--out", tmp_path / "demo.epub").status == 0
    with zipfile.ZipFile(tmp_path / "demo.epub") as archive:
        assert b"creator" not in archive.read("EPUB/package.opf")
