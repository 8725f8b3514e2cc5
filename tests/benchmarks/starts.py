"""Time from the start to the first list in a real terminal, compared with the bare app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.made_newsletter import ISSUES
from tests.benchmarks.programs import Program, Timing, bare_program, reader_program
from tests.benchmarks.table import Row

OVER_BARE = 1.25
"""Multiple of the start of the bare app, with 480 issues."""
OVER_480_ISSUES = 1.4
"""Multiple of the start with 480 issues, for ten times as many. A hundred times as many have no limit."""


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[Row]:
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
    for what, of in (("start to the first list", 0), ("the same, the processor's time", 1)):
        taken = {times: [start[of] for start in runs] for times, runs in starts.items()}
        for times in homes:
            name = f"{what}, {ISSUES * times:,} issues"
            yield Row(name, taken[times], "ms", "bare app", taken[0], OVER_BARE if times == 1 and of == 0 else None)
            if times > 1:
                limit = OVER_480_ISSUES if times == 10 and of == 0 else None
                yield Row(name, taken[times], "ms", f"ours at {ISSUES}", taken[1], limit)
