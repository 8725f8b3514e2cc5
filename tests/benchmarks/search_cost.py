"""Cost of searches on synthetic archives: each typed letter, size and build time of the index, and `rg`.

    python -m tests.benchmarks.search_cost [TIMES|HOME]…

TIMES is a multiple of ten years, 1 and 10 by default; the archive is temporary. HOME is a home of `synthetic_archive`.
A letter is timed from the query to the excerpts of the visible rows, without painting. Nothing else should run on the
machine.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

from importai_tui.archive.archive import Archive
from importai_tui.archive.full_text import StoryIndex, make_index_row
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.archive.search import MarkedKeys
from importai_tui.archive.stories import StoryTable
from importai_tui.clock import utc_now
from importai_tui.library.library import REINDEX_BATCH_SIZE
from importai_tui.model import Story
from importai_tui.paths import Places
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.sqlite import Database
from tests.benchmarks.synthetic_archive import fill_archive
from tests.benchmarks.synthetic_newsletter import ISSUES, SEED
from tests.benchmarks.synthetic_words import ProseGenerator
from tests.benchmarks.table import FigureRow, LimitKind

VISIBLE_ROWS = 12
"""Visible results on a screen of 40 lines."""
ROUNDS = 3
"""Repetitions of every line."""
LETTER_LIMITS = {1: 50.0, 10: 100.0}
"""Limit in milliseconds at the 95th percentile, by multiples of ten years."""
INDEX_SIZE_LIMIT = 1.5
BUILD_LIMIT = 3.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its limit, if any."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    def __str__(self) -> str:
        verdict = "" if self.limit is None else f"at most {self.limit:g}: {self._outcome()}"
        return f"  {self.name:<62}{self.value:>9.2f} {self.unit:<6}{verdict}".rstrip()

    def _outcome(self) -> str:
        assert self.limit is not None
        return "met" if self.value <= self.limit else "NOT MET"


def get_lines() -> list[str]:
    """Return the lines to type: words of every frequency, alone and together, phrases and fields."""
    stems = ProseGenerator(SEED).stems
    frequent, common, medium, uncommon, rare = (stems[rank] for rank in (5, 60, 400, 2_000, 9_000))
    return [
        frequent,
        common,
        f"{medium}ing",
        f"{uncommon}ation",
        rare,
        f"{medium} {stems[500]}s",
        f"{frequent} {common} {medium}",
        f'"{stems[0]} {stems[1]}" {uncommon}',
        f"{common} OR {medium} -{stems[70]}",
        f"{medium} year:2019 is:unread",
        f"title:{medium} in:story has:code",
        f"{uncommon} site:arxiv.org sort:new",
    ]


def time_call(action: Callable[[], object]) -> float:
    """Return the milliseconds of one call."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure_letters(path: Path, times: int) -> Iterator[Figure]:
    """Yield figures for every line, typed letter by letter as in the search box."""
    timings: list[tuple[float, str]] = []
    cpu: list[float] = []
    with Archive(path, utc_now) as archive:
        read = frozenset(key for entry in archive.get_entries() for key in entry.story_keys[::2])
    marks: MarkedKeys = {"read": read}
    with Search(path) as search:

        def search_line(line: str) -> None:
            start = time.thread_time()
            answer = search.find(parse_query(line, is_typing=True), marks)
            search.make_excerpts(answer, 0, VISIBLE_ROWS)
            cpu.append((time.thread_time() - start) * 1000)

        first = time_call(lambda: search_line("a"))
        for line in get_lines() * ROUNDS:
            timings += [(time_call(lambda t=line[:end]: search_line(t)), line[:end]) for end in range(1, len(line) + 1)]  # type: ignore[misc]
    times_only = [ms for ms, _ in timings]
    yield Figure("a letter, median", median(times_only), "ms")
    yield Figure("a letter, 95th percentile", quantiles(times_only, n=20)[-1], "ms", LETTER_LIMITS.get(times))
    yield Figure("the same, CPU time", quantiles(cpu, n=20)[-1], "ms")
    slowest, line = max(timings)
    yield Figure(f"the slowest: {line!r}", slowest, "ms")
    yield Figure("the very first one after opening", first, "ms")


def measure_trends(path: Path) -> Iterator[Figure]:
    """Yield the time of the second step of a search: the total and the trend by day."""
    marks: MarkedKeys = {"read": frozenset()}
    queries = [parse_query(line) for line in get_lines()]
    with Search(path) as search:
        timings = [time_call(lambda q=query: search.count_by_day(q, marks)) for query in queries]  # type: ignore[misc]
    yield Figure("total and trend of a line, the slowest", max(timings), "ms")


def measure_sizes(path: Path, stories: list[Story]) -> Iterator[Figure]:
    """Yield sizes on the disk, compared with the indexed text in UTF-8."""
    text = sum(len(column.encode()) for story in stories for column in make_index_row(story))
    with closing(sqlite3.connect(path)) as connection:
        try:
            sql = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
            pages = dict(connection.execute(sql).fetchall())
        except sqlite3.OperationalError:  # a SQLite that was built without dbstat
            sql = "SELECT 'story_index', sum(length(block)) FROM story_index_data"
            pages = dict(connection.execute(sql).fetchall())
    index = sum(size for name, size in pages.items() if name.startswith("story_index"))
    tables = sum(size for name, size in pages.items() if name.startswith(("citation", "mention")))
    yield Figure("text", text / 1e6, "MB")
    yield Figure("index to text", index / text, "", INDEX_SIZE_LIMIT)
    yield Figure("index with the tables of links and mentions, to text", (index + tables) / text, "")


def measure_index_build(path: Path, folder: Path, times: int) -> Iterator[Figure]:
    """Yield the build time of the index alone, and of the upgrade of an archive of an older version.

    The upgrade takes longer, because it also writes stories, links and mentions with their new numbers.
    """
    copy = folder / "copy.sqlite3"
    shutil.copy(path, copy)
    with closing(Database(copy, ARCHIVE_SPEC)) as database:
        seconds, cpu = _rebuild_index(database)
    limit = BUILD_LIMIT if times == 1 else None
    yield Figure("index of all issues, rebuilt", seconds, "s", limit)
    yield Figure("the same, CPU time", cpu, "s")
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        _downgrade(connection)
    with Archive(copy, utc_now) as archive:
        pending = archive.find_unindexed_issues()
        start = time.perf_counter()
        for batch in iter_batches(pending):
            archive.reindex(batch)
        seconds = time.perf_counter() - start
    copy.unlink()
    yield Figure(f"the whole upgrade of {len(pending):,} issues", seconds, "s")


def _rebuild_index(database: Database) -> tuple[float, float]:
    """Rebuild the index in the transactions of the library; return wall and CPU seconds."""
    rows, index = StoryTable(database), StoryIndex(database)
    by_issue: dict[int, list[int]] = {}
    for issue_id, number in database.query("SELECT issue_id, id FROM story ORDER BY issue_id, id"):
        by_issue.setdefault(issue_id, []).append(number)
    database.execute("INSERT INTO story_index (story_index) VALUES ('delete-all')")
    start, cpu = time.perf_counter(), time.process_time()
    for batch in iter_batches(by_issue):
        with database.transaction():
            for issue_id in batch:
                for number, story in zip(by_issue[issue_id], reversed(rows.get_stories(issue_id)), strict=True):
                    index.add(number, make_index_row(story))
            index.flush()
    return time.perf_counter() - start, time.process_time() - cpu


def iter_batches(issue_ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield batches of the size that the library uses."""
    pending = list(issue_ids)
    for first in range(0, len(pending), REINDEX_BATCH_SIZE):
        yield pending[first : first + REINDEX_BATCH_SIZE]


def _downgrade(connection: sqlite3.Connection) -> None:
    """Turn the archive into one of an older version: stories with small ids, without index, links and mentions."""
    connection.execute("INSERT INTO story_index (story_index) VALUES ('delete-all')")
    for table in ("citation", "mention"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("BEGIN")
    numbers = [row[0] for row in connection.execute("SELECT id FROM story ORDER BY id")]
    connection.executemany("UPDATE story SET id = ? WHERE id = ?", enumerate(numbers, 1))
    connection.execute("COMMIT")


def measure_rg(path: Path, folder: Path, stories: list[Story]) -> Iterator[Figure]:
    """Yield the time of a search with fifty excerpts, compared with `rg -i` on one file per story."""
    if shutil.which("rg") is None:
        print("  rg is not installed, so it is not measured")
        return
    ours, theirs = compare_with_rg(path, folder, stories)
    yield Figure("a search with fifty excerpts, median", median(ours), "ms")
    yield Figure("rg -i, median", median(theirs), "ms")
    yield Figure(
        "rg -i to a search, pair by pair, median", median(b / a for a, b in zip(ours, theirs, strict=True)), "times"
    )


def compare_with_rg(path: Path, folder: Path, stories: list[Story]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of searches and of `rg`, pair by pair."""
    for n, story in enumerate(stories):
        file = folder / f"{n // 8:05}" / f"{n}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{story.headline}\n{story.tagline or ''}\n{story.text}\n", encoding="utf-8")
    words = [line for line in get_lines()[:5] if " " not in line]
    ours, theirs = [], []
    with Search(path) as search:

        def search_line(word: str) -> None:
            search.make_excerpts(search.find(parse_query(word), {}))

        for word in words:
            command = ["rg", "-i", word, str(folder)]
            for _ in range(5):
                theirs.append(time_call(lambda p=command: subprocess.run(p, stdout=subprocess.DEVNULL)))  # type: ignore[misc]
                ours.append(time_call(lambda w=word: search_line(w)))  # type: ignore[misc]
    return ours, theirs


def measure(path: Path, times: int) -> None:
    """Print all figures of one archive."""
    with Archive(path, utc_now) as archive:
        stories = [story for entry in archive.get_entries() for story in archive.get_stories(entry.id)]
        print(f"{len(archive.get_entries()):,} issues, {len(stories):,} stories")
    with tempfile.TemporaryDirectory() as folder:
        for figures in (
            measure_letters(path, times),
            measure_trends(path),
            measure_sizes(path, stories),
            measure_index_build(path, Path(folder), times),
            measure_rg(path, Path(folder), stories),
        ):
            for figure in figures:
                print(figure, flush=True)


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[FigureRow]:
    """Yield the figures with a limit, and a search compared with `rg`."""
    for times in [1] if quick else [times for times in homes if times in LETTER_LIMITS]:
        path = Places.under(homes[times]).archive
        with Archive(path, utc_now) as archive:
            stories = [story for entry in archive.get_entries() for story in archive.get_stories(entry.id)]
        with tempfile.TemporaryDirectory() as folder:
            slow = () if quick or times > 1 else (measure_index_build(path, Path(folder), times),)
            for figure in chain(measure_letters(path, times), measure_sizes(path, stories), *slow):
                if figure.limit is not None:
                    label = f"search: {figure.name}, {ISSUES * times:,} issues"
                    yield FigureRow(label, (figure.value,), figure.unit, limit=figure.limit, limit_kind=LimitKind.VALUE)
            if times == 1 and shutil.which("rg"):
                ours, theirs = compare_with_rg(path, Path(folder), stories)
                yield FigureRow("search: fifty stories with excerpts", ours, "ms", "rg -i in files", theirs)


def main() -> None:
    """Measure the archives given on the command line."""
    for argument in sys.argv[1:] or ["1", "10"]:
        if not argument.isdecimal():
            places = Places.under(Path(argument))
            measure(places.archive, 10 if places.archive.stat().st_size > 10**8 else 1)
            continue
        with tempfile.TemporaryDirectory() as home:
            places = Places.under(Path(home))
            fill_archive(places, int(argument))
            measure(places.archive, int(argument))


if __name__ == "__main__":
    main()
