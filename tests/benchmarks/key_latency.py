"""Time from a key to the last byte of output in a real terminal, compared with the bare app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.programs import Program, Timing, bare_program, press_keys, reader_program
from tests.benchmarks.search_cost import get_lines
from tests.benchmarks.synthetic_newsletter import ISSUES
from tests.benchmarks.table import FigureRow, LimitKind

LIMIT_OVER_BARE = 30.0
"""Milliseconds above the bare app, at the 95th percentile."""
ACTIONS = ("next story", "next issue", "scroll", "toggle read", "open search")
TYPE_LETTER = "type a letter"
_CLEAR_KEY = "ctrl+u"

Timings = dict[str, list[Timing]]


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[FigureRow]:
    """Yield a row for each action and each size. `homes` has multiples of ten years."""
    for times, home in homes.items():
        ours, theirs = time_keys(
            (reader_program(home, times), bare_program()), 10 if quick else 40, get_lines()[: 2 if quick else 5]
        )
        for action in (*ACTIONS, TYPE_LETTER):
            yield make_row(
                f"key: {action}, {ISSUES * times:,} issues", ours[action], "bare app", theirs[action], LIMIT_OVER_BARE
            )


def make_row(
    label: str, ours: Sequence[Timing], reference: str, theirs: Sequence[Timing], limit: float | None = None
) -> FigureRow:
    """Return a row with 95th percentiles. `limit` is the allowed difference in milliseconds."""
    cpu = [median(press.cpu for press in presses) for presses in (ours, theirs)]
    note = f"CPU time {cpu[0]:.1f}, reference {cpu[1]:.1f}"
    wall_times = [[press.wall for press in presses] for presses in (ours, theirs)]
    return FigureRow(
        label, wall_times[0], "ms", reference, wall_times[1], limit, LimitKind.DIFFERENCE, is_p95=True, note=note
    )


def time_keys(programs: Sequence[Program], rounds: int, lines: Sequence[str]) -> list[Timings]:
    """Return the timings of every key press of each of the two programs, measured in turn."""
    first, second = programs
    with first.run_until_idle() as first_terminal, second.run_until_idle() as second_terminal:
        both = [
            (program, terminal, Timings()) for program, terminal in ((first, first_terminal), (second, second_terminal))
        ]
        for action in ACTIONS:
            for _ in range(rounds):
                for program, terminal, timings in both:
                    timings.setdefault(action, []).append(press_keys(terminal, program.keys[action]))
                    if action == "open search":
                        press_keys(terminal, "escape")
        for program, terminal, timings in both:
            press_keys(terminal, program.keys["open search"])
            timings[TYPE_LETTER] = []
        for line in lines:
            for letter in line:
                for _, terminal, timings in both:
                    timings[TYPE_LETTER].append(press_keys(terminal, letter))
            for _, terminal, _ in both:
                press_keys(terminal, _CLEAR_KEY)
    return [timings for _, _, timings in both]
