"""Time of the parser for inputs that are made to be slow: seconds, and seconds per megabyte.

python -m tests.benchmarks.hostile_pages [BYTES]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.pipeline import parse_issue
from tests.benchmarks.table import FigureRow, LimitKind
from tests.parse.hostile import HTML, MARKDOWN, REPETITIONS, TEXT, repeat_piece
from tests.parse.pages import BODY

LIMIT = 1.0
"""Limit in seconds per megabyte."""


class ParseTime(NamedTuple):
    """Parse time of one input in seconds, with its length in bytes, its name, and the result of the parser."""

    seconds: float
    length: int
    name: str
    outcome: str

    @property
    def per_megabyte(self) -> float:
        """Seconds per million bytes."""
        return self.seconds / (self.length / 1e6)


def rows(*, quick: bool) -> Iterator[FigureRow]:
    """Yield the slowest input."""
    times = sorted(time_inputs(100_000 if quick else 1_000_000), key=lambda time_: time_.per_megabyte)
    slowest = times[-1]
    label = f"the slowest of {len(times)} inputs that are slow to parse, per megabyte"
    note = f"{slowest.name!r}".replace("|", "\\|")
    yield FigureRow(label, (slowest.per_megabyte,), "s", limit=LIMIT, limit_kind=LimitKind.VALUE, note=note)


def time_inputs(size: int) -> Iterator[ParseTime]:
    """Parse each input once; `size` is its length in bytes.

    The time is that of the processor, so that other programs do not matter. Modules are loaded before.
    """
    for start in (HTML, TEXT, f"{MARKDOWN}**a** [b](https://a.example) **c**\n{TEXT}"):
        parse_issue((start + BODY).encode(), number=1)
    for start, piece in REPETITIONS:
        data = repeat_piece(start, piece, size)
        started = time.process_time()
        try:
            parse_issue(data)
            outcome = "read"
        except UnreadableInputError as error:
            outcome = str(error)
        yield ParseTime(time.process_time() - started, len(data), start[:4] + "… " + piece[:20], outcome)


def main() -> None:
    """Parse each input once and print a table, slowest first."""
    for time_ in sorted(time_inputs(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000), reverse=True):
        print(f"{time_.seconds:7.2f} s {time_.per_megabyte:7.2f} s/MB  {time_.name!r:<34} {time_.outcome[:60]}")


if __name__ == "__main__":
    main()
