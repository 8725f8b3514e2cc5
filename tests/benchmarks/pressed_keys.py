"""Time from a key to the last byte of output in a real terminal, compared with the bare app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.made_newsletter import ISSUES
from tests.benchmarks.programs import Program, Timing, bare_program, press_keys, reader_program
from tests.benchmarks.searching import typed_lines
from tests.benchmarks.table import LimitKind, Row

MORE_THAN_BARE = 30.0
"""Milliseconds above the bare app, at the 95th percentile."""
ACTIONS = ("next story", "next issue", "scroll", "toggle read", "open search")
LETTER = "type a letter"
_RUBOUT = "ctrl+u"

Timings = dict[str, list[Timing]]


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[Row]:
    """Yield a row for each action and each size. `homes` has multiples of ten years."""
    for times, home in homes.items():
        ours, theirs = time_keys(
            (reader_program(home, times), bare_program()), 10 if quick else 40, typed_lines()[: 2 if quick else 5]
        )
        for thing in (*ACTIONS, LETTER):
            yield make_row(
                f"key: {thing}, {ISSUES * times:,} issues", ours[thing], "bare app", theirs[thing], MORE_THAN_BARE
            )


def make_row(
    what: str, ours: Sequence[Timing], beside: str, theirs: Sequence[Timing], more: float | None = None
) -> Row:
    """Return a row with 95th percentiles. `limit` is the allowed difference in milliseconds."""
    busy = [median(press.cpu for press in presses) for presses in (ours, theirs)]
    note = f"the processor's time {busy[0]:.1f}, beside it {busy[1]:.1f}"
    walls = [[press.wall for press in presses] for presses in (ours, theirs)]
    return Row(what, walls[0], "ms", beside, walls[1], more, LimitKind.DIFFERENCE, is_p95=True, note=note)


def time_keys(programs: Sequence[Program], rounds: int, lines: Sequence[str]) -> list[Timings]:
    """Return the timings of every key press of each of the two programs, measured in turn."""
    first, second = programs
    with first.run_until_idle() as one, second.run_until_idle() as other:
        both = [(program, terminal, Timings()) for program, terminal in ((first, one), (second, other))]
        for thing in ACTIONS:
            for _ in range(rounds):
                for program, terminal, taken in both:
                    taken.setdefault(thing, []).append(press_keys(terminal, program.keys[thing]))
                    if thing == "open search":
                        press_keys(terminal, "escape")
        for program, terminal, taken in both:
            press_keys(terminal, program.keys["open search"])
            taken[LETTER] = []
        for line in lines:
            for letter in line:
                for _, terminal, taken in both:
                    taken[LETTER].append(press_keys(terminal, letter))
            for _, terminal, _ in both:
                press_keys(terminal, _RUBOUT)
    return [taken for _, _, taken in both]
