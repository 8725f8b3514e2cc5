"""What a whole import and a whole rebuild of ten years cost an issue, beside Beautiful Soup's share of the same pages.

    python -m tests.benchmarks.import_cost

The import is the command itself, from its start to its end, on a folder of pages; the rebuild is what runs behind the
app. Beautiful Soup takes the same pages apart on one core, in the same round.
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
"""Times Beautiful Soup's share."""
_OLD = "UPDATE page SET parser_version = 0"
"""All pages as an older parser has read them."""
_CHANGED = "UPDATE story SET headline = headline || '.'"
"""All stories as a parser has found them that read headlines otherwise."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Milliseconds an issue: the import, a rebuild in which every story is changed, and one in which none is."""
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
    """The pages of ten years as files of a folder; all of them."""
    folder.mkdir()
    pages = [issue.page.encode() for issue in generate_issues()]
    for n, page in enumerate(pages, 1):
        (folder / f"{n:04}.html").write_bytes(page)
    return pages


def one_round(folder: Path, home: Path, pages: list[bytes]) -> Iterator[tuple[str, float]]:
    """Each once, with its milliseconds an issue."""

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
    """Read all pages again."""
    done = Rebuild(lambda: Library.open(places)).run()
    assert done == count, done


if __name__ == "__main__":
    print(format_table(rows(quick="--quick" in sys.argv)))
