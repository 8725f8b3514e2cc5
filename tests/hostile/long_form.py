"""What a long run is: it tries things until its time or its examples are used up, and tells what it found.

A module of this folder that has `LONG_RUNS`, a tuple of `LongRun`, is found by `python -m tests.hostile` by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Budget:
    """How long one run goes on: until its minutes or its examples are used up, whichever comes first."""

    minutes: float
    examples: int
    seed: int

    def rounds(self) -> Iterator[int]:
        """A number for each example, from 0; the first always comes, however little time there is."""
        ends = time.monotonic() + self.minutes * 60
        for number in range(max(self.examples, 1)):
            if number and time.monotonic() > ends:
                return
            yield number


class RunResult(NamedTuple):
    """What a run did. A finding is one line that names the input and what happened; `notes` are worth telling too."""

    tried: int
    findings: tuple[str, ...]
    notes: tuple[str, ...] = ()


class LongRun(NamedTuple):
    """One thing to try for long; `run` raises `Absent` where this machine lacks what it needs."""

    name: str
    description: str
    run: Callable[[Budget], RunResult]


class MissingRequirement(Exception):
    """What a run needs is not on this machine; the text says what."""
