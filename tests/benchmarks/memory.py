"""Memory (Pss) in a real terminal: at rest, and over many story changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import linear_regression

from tests.benchmarks.made_newsletter import ISSUES
from tests.benchmarks.programs import Program, bare_program, reader_program
from tests.benchmarks.table import LimitKind, Row
from tests.terminal import Terminal

OVER_BARE = 1.5
CHANGES, APART = 2_000, 100
"""Number of story changes, and changes between two measurements."""
NO_GROWTH = 0.05
"""Limit in MB per 100 changes: 1 MB in 2,000, less than the random changes of the allocator."""
_DRAWN = 0.004
"""Seconds without output before the next key."""


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[Row]:
    """Yield the memory at rest for every size, then the growth for the smallest. `homes` has multiples of ten years."""
    programs = {0: bare_program(), **{times: reader_program(home, times) for times, home in homes.items()}}
    taken: dict[int, list[float]] = {times: [] for times in programs}
    for _ in range(2 if quick else 7):
        for times, program in programs.items():
            with program.run_until_idle() as terminal:
                taken[times].append(_megabytes(terminal))
    for times in homes:
        limit = OVER_BARE if times == 1 else None
        yield Row(f"memory at rest, {ISSUES * times:,} issues", taken[times], "MB", "bare app", taken[0], limit)
    changes = 4 * APART if quick else CHANGES
    (ours, first, last), (theirs, *_) = (_grown(programs[times], changes) for times in (1, 0))
    what = f"growth in {APART} story changes, in the second half of {changes:,}"
    note = f"from {first:.1f} MB at rest to {last:.1f} MB"
    yield Row(what, (ours,), "MB", "bare app", (theirs,), NO_GROWTH, LimitKind.VALUE, note=note)


def _grown(program: Program, changes: int) -> tuple[float, float, float]:
    """Return the growth in MB per 100 changes in the second half, and the MB at rest and at the end.

    The first half does not count, because the programs fill their bounded caches there.
    """
    looks = []
    with program.run_until_idle() as terminal:
        first = _megabytes(terminal)
        for n in range(1, changes + 1):
            before = len(terminal.chunks)
            terminal.press(program.keys["next story"])
            terminal.wait_until(lambda so_far=before: len(terminal.chunks) > so_far)  # type: ignore[misc]
            terminal.wait_until_quiet(_DRAWN)
            if n % APART == 0:
                looks.append(_megabytes(terminal))
            terminal.chunks.clear()
    late = looks[len(looks) // 2 :]
    return linear_regression(range(len(late)), late).slope, first, late[-1]


def _megabytes(terminal: Terminal) -> float:
    return terminal.memory() / 1e6
