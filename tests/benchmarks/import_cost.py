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
from tests.benchmarks.made_newsletter import generate_issues
from tests.benchmarks.table import Row, format_table

ROUNDS = 5
AT_MOST = 1.6
"""Multiple of the time of Beautiful Soup."""
_OLD = "UPDATE page SET parser_version = 0"
"""Marks all pages as parsed by an older parser."""
_CHANGED = "UPDATE story SET headline = headline || '.'"
"""Changes all stories, as if an older parser had read other headlines."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the milliseconds per issue of an import, a rebuild that changes every story, and one that changes none."""
    taken: dict[str, list[float]] = {"soup": [], "import": [], "changed": [], "same": []}
    with tempfile.TemporaryDirectory() as folder:
        pages = write_pages(Path(folder) / "pages")
        for number in range(1 if quick else ROUNDS):
            for name, milliseconds in one_round(Path(folder), Path(folder) / f"home-{number}", pages):
                taken[name].append(milliseconds)
    for name, what in (
        ("import", f"import {len(pages)} issues, each"),
        ("changed", "rebuild, every story changed, an issue"),
        ("same", "rebuild, no story changed, an issue"),
    ):
        cores = f"{os.cpu_count()} cores"
        yield Row(what, taken[name], "ms", "Beautiful Soup, one core", taken["soup"], limit=AT_MOST, note=cores)


def write_pages(folder: Path) -> list[bytes]:
    """Write the pages of ten years to a folder and return them."""
    folder.mkdir()
    pages = [issue.page.encode() for issue in generate_issues()]
    for n, page in enumerate(pages, 1):
        (folder / f"{n:04}.html").write_bytes(page)
    return pages


def one_round(folder: Path, home: Path, pages: list[bytes]) -> Iterator[tuple[str, float]]:
    """Run each step once; yield its name and its milliseconds per issue."""

    def each(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) / len(pages) * 1_000

    places = Places.under(home)
    yield "soup", each(lambda: [BeautifulSoup(page, "lxml") for page in pages])
    program = [sys.executable, "-m", "importai_tui", "import", str(folder / "pages")]
    environ = os.environ | {HOME_VARIABLE: str(home)}
    yield "import", each(lambda: subprocess.run(program, env=environ, check=True, capture_output=True))
    for name, statements in (("changed", (_OLD, _CHANGED)), ("same", (_OLD,))):
        with closing(sqlite3.connect(places.archive, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
        yield name, each(lambda: rebuild(places, len(pages)))


def rebuild(places: Places, count: int) -> None:
    """Rebuild all issues."""
    done = Rebuild(lambda: Library.open(places)).run()
    assert done == count, done


if __name__ == "__main__":
    print(format_table(rows(quick="--quick" in sys.argv)))
