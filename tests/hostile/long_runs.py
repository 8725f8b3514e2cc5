"""A long run tries inputs until its time or its examples are used up, and reports its findings.

`python -m tests.hostile` finds every module of this folder that has `LONG_RUNS`, a tuple of `LongRun`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one run: minutes and examples, whichever is used up first."""

    minutes: float
    examples: int
    seed: int

    def rounds(self) -> Iterator[int]:
        """Yield a number for each example, from 0. There is always a first one."""
        ends = time.monotonic() + self.minutes * 60
        for number in range(max(self.examples, 1)):
            if number and time.monotonic() > ends:
                return
            yield number


class RunResult(NamedTuple):
    """The result of a run. A finding is one line with the input and the problem; `notes` are for information."""

    tried: int
    findings: tuple[str, ...]
    notes: tuple[str, ...] = ()


class LongRun(NamedTuple):
    """A long test. `run` raises MissingRequirement if this machine cannot run it."""

    name: str
    description: str
    run: Callable[[Budget], RunResult]


class MissingRequirement(Exception):
    """A requirement of a run is missing; the text names it."""
