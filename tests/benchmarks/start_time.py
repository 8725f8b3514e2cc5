"""Time from the start to the first list in a real terminal, compared with the bare app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.programs import Program, Timing, bare_program, reader_program
from tests.benchmarks.synthetic_newsletter import ISSUES
from tests.benchmarks.table import FigureRow

LIMIT_OVER_BARE = 1.25
"""Multiple of the start of the bare app, with 480 issues."""
LIMIT_OVER_480_ISSUES = 1.4
"""Multiple of the start with 480 issues, for ten times as many. A hundred times as many have no limit."""


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[FigureRow]:
    """Yield wall time and CPU time for each size. `homes` has multiples of ten years."""
    programs: dict[int, Program] = {
        0: bare_program(),
        **{times: reader_program(home, times) for times, home in homes.items()},
    }
    starts: dict[int, list[Timing]] = {times: [] for times in programs}
    for program in programs.values():
        program.time_start()  # the first start creates files and bytecode
    for _ in range(4 if quick else 20):
        for times, program in programs.items():
            starts[times].append(program.time_start())
    for label, field in (("start to the first list", 0), ("the same, CPU time", 1)):
        times_by_size = {times: [start[field] for start in runs] for times, runs in starts.items()}
        for times in homes:
            name = f"{label}, {ISSUES * times:,} issues"
            yield FigureRow(
                name,
                times_by_size[times],
                "ms",
                "bare app",
                times_by_size[0],
                LIMIT_OVER_BARE if times == 1 and field == 0 else None,
            )
            if times > 1:
                limit = LIMIT_OVER_480_ISSUES if times == 10 and field == 0 else None
                yield FigureRow(name, times_by_size[times], "ms", f"{ISSUES} issues", times_by_size[1], limit)
