"""Memory in a real terminal: at rest (Pss), and over many story changes (private memory)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import linear_regression

from tests.benchmarks.programs import Program, bare_program, reader_program
from tests.benchmarks.synthetic_newsletter import ISSUES
from tests.benchmarks.table import FigureRow, LimitKind

LIMIT_OVER_BARE = 1.5
CHANGES, CHANGES_PER_SAMPLE = 2_000, 100
"""Number of story changes, and changes between two measurements."""
GROWTH_LIMIT = 0.05
"""Limit in MB per 100 changes: 1 MB in 2,000, less than the random changes of the allocator."""
_QUIET_TIME = 0.004
"""Seconds without output before the next key."""


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[FigureRow]:
    """Yield the memory at rest for every size, then the growth for the smallest. `homes` has multiples of ten years."""
    programs = {0: bare_program(), **{times: reader_program(home, times) for times, home in homes.items()}}
    samples: dict[int, list[float]] = {times: [] for times in programs}
    for _ in range(2 if quick else 7):
        for times, program in programs.items():
            with program.run_until_idle() as terminal:
                samples[times].append(terminal.memory() / 1e6)
    for times in homes:
        limit = LIMIT_OVER_BARE if times == 1 else None
        yield FigureRow(
            f"memory at rest, {ISSUES * times:,} issues", samples[times], "MB", "bare app", samples[0], limit
        )
    changes = 4 * CHANGES_PER_SAMPLE if quick else CHANGES
    (growth, first, last), (reference, *_) = (_measure_growth(programs[times], changes) for times in (1, 0))
    label = f"growth in {CHANGES_PER_SAMPLE} story changes, in the second half of {changes:,}"
    note = f"private memory, from {first:.1f} MB at rest to {last:.1f} MB"
    yield FigureRow(label, (growth,), "MB", "bare app", (reference,), GROWTH_LIMIT, LimitKind.VALUE, note=note)


def _measure_growth(program: Program, changes: int) -> tuple[float, float, float]:
    """Return the growth in MB per 100 changes in the second half, and the MB at rest and at the end.

    The first half does not count, because the programs fill their bounded caches there.
    """
    samples = []
    with program.run_until_idle() as terminal:
        first = terminal.private_memory() / 1e6
        for n in range(1, changes + 1):
            before = len(terminal.chunks)
            terminal.press(program.keys["next story"])
            terminal.wait_until(lambda count=before: len(terminal.chunks) > count)  # type: ignore[misc]
            terminal.wait_until_quiet(_QUIET_TIME)
            if n % CHANGES_PER_SAMPLE == 0:
                samples.append(terminal.private_memory() / 1e6)
            terminal.chunks.clear()
    second_half = samples[len(samples) // 2 :]
    return linear_regression(range(len(second_half)), second_half).slope, first, second_half[-1]
