"""Time from a key to the painted list of works, inside the app.

    python -m tests.benchmarks.works_screen HOME EMPTY_HOME

HOME is a home of `synthetic_archive`.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from textual import events
from textual.content import Content
from textual.keys import _character_to_key
from textual.pilot import Pilot

from importai_tui.browser import OpenResult
from importai_tui.clipboard import CopyResult, Place
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.work_list import LOADING_TEXT, WorkList, WorksScreenState
from importai_tui.works.work import Work
from tests.benchmarks.table import FigureRow

OPENINGS = 15
KEY_PAUSE = 0.15
"""Seconds between two letters of a slow typist, so each has its results before the next."""
MAX_WAIT = 5.0
LINES = ("the model", "kind:paper year:2024", "site:arxiv.org is:unread")


async def time_opening(app: ReaderApp, library: Library) -> float:
    """Open the screen; return the milliseconds until works, or a message without works, are painted."""
    drawn = asyncio.Event()
    show, write = WorkList.show_works, WorksScreen.set_status

    def show_and_signal(rows: WorkList, works: list[Work], at: str = "", scroll: int | None = None) -> None:
        show(rows, works, at, scroll)
        rows.call_after_refresh(drawn.set)

    def write_and_signal(screen: WorksScreen, words: Content) -> None:
        write(screen, words)
        if words.plain and words.plain != LOADING_TEXT:
            screen.call_after_refresh(drawn.set)

    with (
        patch.object(WorkList, "show_works", show_and_signal),
        patch.object(WorksScreen, "set_status", write_and_signal),
    ):
        start = time.perf_counter()
        await app.push_screen(WorksScreen(library, WorksScreenState(), print, print, app.copy))
        await asyncio.wait_for(drawn.wait(), MAX_WAIT)
        return (time.perf_counter() - start) * 1000


async def time_openings(pilot: Pilot[None], app: ReaderApp, library: Library) -> list[float]:
    """Return the times of some openings, sorted."""
    times = []
    for _ in range(OPENINGS):
        times.append(await time_opening(app, library))
        await pilot.pause(0.6)
        await pilot.press("escape")
        await pilot.pause(0.2)
    return sorted(times)


async def time_letters(pilot: Pilot[None], app: ReaderApp, library: Library) -> tuple[list[float], float]:
    """Return the times from a letter to painted works, sorted, and the longest time that the event loop was blocked."""
    await time_opening(app, library)
    await pilot.pause(1.0)
    screen = app.screen
    assert isinstance(screen, WorksScreen)
    times, longest = [], 0.0

    async def watch_loop() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, (time.perf_counter() - before) * 1000)

    gc.collect()
    gc.freeze()  # earlier screens must not slow down this one
    watcher = asyncio.create_task(watch_loop())
    for line in LINES:
        screen.line.value = ""
        await asyncio.sleep(0.3)
        for letter in line:
            drawn = asyncio.Event()
            with patch.object(WorkList, "show_works", _signal_after_show(drawn)):
                start = time.perf_counter()
                app.post_message(events.Key(_character_to_key(letter), letter))
                await asyncio.wait_for(drawn.wait(), MAX_WAIT)
                times.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(KEY_PAUSE)
    watcher.cancel()
    return sorted(times), longest


def _signal_after_show(drawn: asyncio.Event) -> Callable[..., None]:
    show = WorkList.show_works

    def show_and_signal(rows: WorkList, works: list[Work], at: str = "", scroll: int | None = None) -> None:
        show(rows, works, at, scroll)
        rows.call_after_refresh(drawn.set)

    return show_and_signal


class Measurement(NamedTuple):
    """Sorted milliseconds of openings and letters, and the longest time that the event loop was blocked."""

    openings: list[float]
    letters: list[float]
    longest_block: float


async def measure(home: Path) -> Measurement:
    """Open the screen on a home and type, in a window of 120 by 40 cells."""
    with Library.open(Places.under(home), copy_daily=False) as library:
        while library.reindex_batch():
            pass
        app = ReaderApp(
            library,
            opener=lambda url, _kind="": OpenResult(False, url, ""),
            copy_text=lambda _: CopyResult(Place.CLIPBOARD),
            open_guide=lambda: library,
        )
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(1.0)
            gc.freeze()  # as the program does before it begins
            times = await time_openings(pilot, app, library)
            return Measurement(times, *(([], 0.0) if library.is_empty() else await time_letters(pilot, app, library)))


def rows(home: Path) -> Iterator[FigureRow]:
    """Yield the openings, compared with those of an empty archive, and the letters."""
    with TemporaryDirectory() as empty:
        bare = asyncio.run(measure(Path(empty)))
    full = asyncio.run(measure(home))
    yield FigureRow("the works' screen opened, inside the app", full.openings, "ms", "without works", bare.openings)
    yield FigureRow(
        "a letter there to its painted works",
        full.letters,
        "ms",
        note=f"blocked for {full.longest_block:.0f} ms at most",
    )


if __name__ == "__main__":
    for home in map(Path, sys.argv[1:]):
        found = asyncio.run(measure(home))
        slowest = found.openings[-1]
        print(f"{home}: opened in {median(found.openings):.1f} ms (median of {OPENINGS}), {slowest:.1f} at most")
        if found.letters:
            letters = f"median {median(found.letters):.1f} ms, blocked for {found.longest_block:.1f} at most"
            print(f"{home}: {len(found.letters)} letters, {letters}")
