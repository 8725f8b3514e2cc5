"""Time from a letter to painted search results, inside the app.

    python -m tests.benchmarks.search_typing HOME

HOME is a home of `synthetic_archive`.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from unittest.mock import patch

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from importai_tui.browser import OpenResult
from importai_tui.clipboard import CopyResult, Place
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.search.screen import SearchScreen
from tests.benchmarks.search_cost import LETTER_LIMITS, get_lines
from tests.benchmarks.synthetic_newsletter import ISSUES
from tests.benchmarks.table import FigureRow, LimitKind

KEY_PAUSE = 0.08
"""Seconds between two letters of a fast typist."""
MAX_WAIT = 5.0


async def time_letter(screen: SearchScreen, letter: str) -> float:
    """Press a letter; return the milliseconds until its results are painted."""
    before, drawn = screen._request.number, asyncio.Event()
    show = type(screen)._show_results

    def show_and_signal(screen: SearchScreen) -> None:
        show(screen)
        if before < screen._request.number == screen._results.request_number:
            screen.hit_list.call_after_refresh(drawn.set)

    with patch.object(type(screen), "_show_results", show_and_signal):
        start = time.perf_counter()
        screen.app.post_message(events.Key(_character_to_key(letter), letter))
        await asyncio.wait_for(drawn.wait(), MAX_WAIT)
        return (time.perf_counter() - start) * 1000


async def time_letters(pilot: Pilot[None]) -> list[float]:
    """Return the times of all letters of a few lines, sorted."""
    await pilot.press("F")
    await pilot.pause(0.5)
    screen = pilot.app.screen
    assert isinstance(screen, SearchScreen)
    times = []
    for line in get_lines():
        screen.line.value = ""
        await pilot.pause(0.3)
        for letter in line:
            times.append(await time_letter(screen, letter))
            await asyncio.sleep(KEY_PAUSE)
    return sorted(times)


async def measure(home: Path) -> list[float]:
    """Type into the search of a home, in a window of 120 by 40 cells."""
    with Library.open(Places.under(home), copy_daily=False) as library:
        app = ReaderApp(
            library,
            opener=lambda url, _kind="": OpenResult(False, url, ""),
            copy_text=lambda _: CopyResult(Place.CLIPBOARD),
            open_guide=lambda: library,
        )
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause(1.0)
            gc.freeze()  # as the program does after its start
            return await time_letters(pilot)


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[FigureRow]:
    """Yield the times of letters for every size that has a limit, without the time of the terminal."""
    for times in [1] if quick else [times for times in homes if times in LETTER_LIMITS]:
        letters = asyncio.run(measure(homes[times]))
        label = f"a letter to its painted results, inside the app, {ISSUES * times:,} issues"
        yield FigureRow(label, letters, "ms", limit=LETTER_LIMITS[times], limit_kind=LimitKind.VALUE, is_p95=True)


if __name__ == "__main__":
    for home in sys.argv[1:]:
        letters = asyncio.run(measure(Path(home)))
        p95 = letters[int(len(letters) * 0.95)]
        print(f"{home}: {len(letters)} letters, median {median(letters):.1f} ms, 95th percentile {p95:.1f} ms")
