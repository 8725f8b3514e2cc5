"""The BibTeX that is written, as other programs read it: pybtex, and biber where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.relations import CitedWorks
from importai_tui.paths import Places
from importai_tui.works.formats import Dialect, format_bibtex, make_citation_key
from importai_tui.works.work import Work, get_metadata
from tests.conftest import RunProgram
from tests.corpus import list_documents, needs_corpus
from tests.works.sample_works import make_work

needs_biber = pytest.mark.skipif(not shutil.which("biber"), reason="biber is not installed (Debian package biber)")
HOSTILE_TEXTS = (
    "} @misc{x, title = {",
    "{{{ unbalanced",
    "a \\ b \\end{document}",
    "@comment @string @preamble",
    "quotes \" ' `` and % comment # string",
    "$x_1^2$ ~ & #1",
    "null \x00 escape \x1b line \n next \u2028 mark \u202e",
    "Über 水獺 🦦 \ufffd \uffff \U0010ffff",
    "\ud800",
    "x" * 5_000,
    "A and B and {C",
    "trailing backslash \\",
)
HOSTILE_WORKS = [
    make_work(
        f"https://example.org/{number}{venue}",
        text,
        url=f"https://example.org/{text}?q={text}",
        authors=(text, "Ada Otter"),
        publisher=text,
        published="2024-03-09",
        venue=f"{venue}{text}",
        doi=f"10.1000/{text}",
    )
    for number, text in enumerate(HOSTILE_TEXTS)
    for venue in ("", "Proceedings of ")
]


def get_keys(works: list[Work]) -> set[str]:
    return {make_citation_key(work.id) for work in works}


def check_with_pybtex(works: list[Work], dialect: Dialect) -> None:
    pybtex = pytest.importorskip("pybtex.database", reason="pybtex is not installed")
    parsed = pybtex.parse_string(format_bibtex(works, dialect), "bibtex")
    assert set(parsed.entries) == get_keys(works)
    for work in works:
        persons = parsed.entries[make_citation_key(work.id)].persons.get("author", [])
        assert len(persons) == len(get_metadata(work).authors)


def check_with_biber(works: list[Work], folder: Path) -> None:
    source, target = folder / "works.bib", folder / "read.bib"
    source.write_text(format_bibtex(works, Dialect.BIBLATEX), "utf-8")
    command = ["biber", "--tool", "--nolog", f"--output-file={target}", str(source)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert not re.findall(r"(?m)^(?:WARN|ERROR).*", ran.stdout)
    keys = re.findall(r"(?m)^@\w+\{([^,]+),", target.read_text("utf-8"))
    assert (set(keys), len(keys)) == (get_keys(works), len(works))


@pytest.fixture
def corpus_works(run: RunProgram, places: Places) -> list[Work]:
    run("import", *list_documents())
    with CitedWorks(places.archive) as archive:
        return archive.get_all()


@pytest.mark.parametrize("dialect", Dialect)
def test_pybtex_reads_hostile_works(dialect: Dialect) -> None:
    check_with_pybtex(HOSTILE_WORKS, dialect)


@needs_biber
def test_biber_reads_hostile_works(tmp_path: Path) -> None:
    check_with_biber(HOSTILE_WORKS, tmp_path)


@needs_corpus
def test_pybtex_reads_the_corpus(corpus_works: list[Work]) -> None:
    for dialect in Dialect:
        check_with_pybtex(corpus_works, dialect)


@needs_biber
@needs_corpus
def test_biber_reads_the_corpus(corpus_works: list[Work], tmp_path: Path) -> None:
    check_with_biber([replace(work, authors=("Ada Otter",)) for work in corpus_works], tmp_path)
