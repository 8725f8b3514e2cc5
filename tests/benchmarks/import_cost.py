"""Time per issue of an import and a rebuild of ten years, compared with Beautiful Soup alone on the same pages.

    python -m tests.benchmarks.import_cost

The import is the whole command on a folder of pages; the rebuild is the background task of the app. Beautiful Soup
parses the same pages on one core in the same round.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from bs4 import BeautifulSoup

from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.sync.rebuild import Rebuild
from tests.benchmarks.synthetic_newsletter import generate_issues
from tests.benchmarks.table import FigureRow, format_table

ROUNDS = 5
LIMIT = 1.6
"""Multiple of the time of Beautiful Soup."""
_MARK_OLD = "UPDATE page SET parser_version = 0"
"""Marks all pages as parsed by an older parser."""
_CHANGE_STORIES = "UPDATE story SET headline = headline || '.'"
"""Changes all stories, as if an older parser had read other headlines."""


def rows(*, quick: bool) -> Iterator[FigureRow]:
    """Yield the milliseconds per issue of an import, a rebuild that changes every story, and one that changes none."""
    times: dict[str, list[float]] = {"soup": [], "import": [], "changed": [], "same": []}
    with tempfile.TemporaryDirectory() as folder:
        pages = write_pages(Path(folder) / "pages")
        for number in range(1 if quick else ROUNDS):
            for name, milliseconds in run_round(Path(folder), Path(folder) / f"home-{number}", pages):
                times[name].append(milliseconds)
    for name, label in (
        ("import", f"import {len(pages)} issues, each"),
        ("changed", "rebuild, every story changed, an issue"),
        ("same", "rebuild, no story changed, an issue"),
    ):
        cores = f"{os.cpu_count()} cores"
        yield FigureRow(label, times[name], "ms", "Beautiful Soup, one core", times["soup"], limit=LIMIT, note=cores)


def write_pages(folder: Path) -> list[bytes]:
    """Write the pages of ten years to a folder and return them."""
    folder.mkdir()
    pages = [issue.page.encode() for issue in generate_issues()]
    for n, page in enumerate(pages, 1):
        (folder / f"{n:04}.html").write_bytes(page)
    return pages


def run_round(folder: Path, home: Path, pages: list[bytes]) -> Iterator[tuple[str, float]]:
    """Run each step once; yield its name and its milliseconds per issue."""

    def time_per_issue(action: Callable[[], object]) -> float:
        start = time.perf_counter()
        action()
        return (time.perf_counter() - start) / len(pages) * 1_000

    places = Places.under(home)
    yield "soup", time_per_issue(lambda: [BeautifulSoup(page, "lxml") for page in pages])
    program = [sys.executable, "-m", "importai_tui", "import", str(folder / "pages")]
    environ = os.environ | {HOME_VARIABLE: str(home)}
    yield "import", time_per_issue(lambda: subprocess.run(program, env=environ, check=True, capture_output=True))
    for name, statements in (("changed", (_MARK_OLD, _CHANGE_STORIES)), ("same", (_MARK_OLD,))):
        with closing(sqlite3.connect(places.archive, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
        yield name, time_per_issue(lambda: rebuild(places, len(pages)))


def rebuild(places: Places, count: int) -> None:
    """Rebuild all issues."""
    rebuilt = Rebuild(lambda: Library.open(places)).run()
    assert rebuilt == count, rebuilt


if __name__ == "__main__":
    print(format_table(rows(quick="--quick" in sys.argv)))
