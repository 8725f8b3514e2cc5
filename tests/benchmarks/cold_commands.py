"""Time of list, show and search in a new process, compared with `python -c pass`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places
from tests.benchmarks.table import FigureRow

LIMIT = 9
"""Multiple of `python -c pass`. click, dataclasses, typing and sqlite3 alone take half of it."""
RUNS = 25
_RARE, _MEDIUM = 10, 100
"""Approximate number of stories that contain the searched words."""


def rows(home: Path, *, quick: bool) -> Iterator[FigureRow]:
    """Yield each command by the installed script, as text and as JSON, and one command by `python -m`."""
    runs = 5 if quick else RUNS
    script = shutil.which("importai-tui", path=str(Path(sys.executable).parent))
    module = (sys.executable, "-m", "importai_tui")
    installed = (script,) if script else module
    with Library.open(Places.under(home)) as library:
        ref = library.get_issue_rows()[100].ref
    rare, medium = (_find_word(home, stories) for stories in (_RARE, _MEDIUM))
    lines = (
        ("list",),
        ("list", "--json"),
        ("show", ref),
        ("show", ref, "--json"),
        ("show", f"{ref}/1"),
        ("show", f"{ref}/1", "--json"),
        ("search", rare),
        ("search", medium),
        ("search", medium, "--json"),
    )
    programs = [(" ".join(line), (*installed, *line)) for line in lines]
    for label, program in (*programs, ("python -m importai_tui list", (*module, "list"))):
        references, times = [], []
        for _ in range(runs + 1):
            references.append(_time_program(home, (sys.executable, "-c", "pass")))
            times.append(_time_program(home, program))
        # The first run of each writes bytecode and fills the file cache, so it does not count.
        yield FigureRow(
            f"`{label}`, cold", times[1:], reference="`python -c pass`", reference_runs=references[1:], limit=LIMIT
        )


def _time_program(home: Path, program: tuple[str, ...]) -> float:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    environ[HOME_VARIABLE] = str(home)
    subprocess.run(program, env=environ, cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def _find_word(home: Path, stories: int) -> str:
    """Return a word that about this many stories contain."""
    from importai_tui.archive.schema import ARCHIVE_SPEC
    from importai_tui.sqlite import Database

    database = Database(Places.under(home).archive, ARCHIVE_SPEC)
    try:
        database.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, story_index, row)")
        sql = "SELECT term FROM temp.word WHERE length(term) > 4 ORDER BY abs(doc - ?), term LIMIT 1"
        return str(database.query(sql, (stories,))[0][0])
    finally:
        database.close()
