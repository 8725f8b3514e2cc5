"""One table of all that is measured: a row a figure, each run of it kept, so that medians and spread can be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

_MANY = 40
"""Runs; of fewer a 95th percentile is little more than the slowest."""


class Measured(Enum):
    """What a limit is for."""

    RATIO = "times"
    """Ours to theirs."""
    MORE = "over"
    """Ours less theirs, in the row's unit."""
    ITSELF = ""
    """Ours alone, in the row's unit."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: ours, and what was measured beside it in the same run.

    `ours` and `theirs` hold every run, in the order of the runs; `theirs` is empty where nothing stands beside it.
    `late`: the 95th percentile counts, as for keys, not the median. `note` stands behind the runs.
    `rival`: the other is another reader, so the row says who wins; the lower figure does.
    """

    what: str
    ours: Sequence[float]
    unit: str = "ms"
    beside: str = ""
    theirs: Sequence[float] = ()
    at_most: float | None = None
    measured: Measured = Measured.RATIO
    late: bool = False
    note: str = ""
    rival: bool = False

    @property
    def figure(self) -> float:
        """Ours: the median, or the 95th percentile."""
        return self._of(self.ours)

    @property
    def other(self) -> float:
        """Theirs, likewise."""
        return self._of(self.theirs)

    @property
    def holds(self) -> bool | None:
        """Whether the limit is kept; None where there is none."""
        if self.at_most is None:
            return None
        value = {
            Measured.RATIO: lambda: self.figure / self.other,
            Measured.MORE: lambda: self.figure - self.other,
            Measured.ITSELF: lambda: self.figure,
        }[self.measured]()
        return value <= self.at_most

    def _of(self, values: Sequence[float]) -> float:
        return percentile(values, 95) if self.late else median(values)


def percentile(values: Iterable[float], part: float) -> float:
    """The smallest of the values that so many in a hundred of them do not exceed (nearest rank).

    >>> percentile(range(1, 101), 95)
    95
    """
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * part / 100), 1) - 1]


def markdown(rows: Iterable[Row]) -> str:
    """The table, as Markdown; what does not keep its limit says so."""
    lines = ["| what | ours | beside it | ratio | limit | runs |", "|---|--:|--:|--:|---|---|"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    compared = row.theirs and row.other > 0 and row.measured is not Measured.ITSELF
    ratio = f"{row.figure / row.other:.2f}" if compared else ""
    beside = f"{row.beside} {_number(row.other)} {row.unit}".strip() if row.theirs else row.beside
    spread = "; beside it ".join(_spread(values) for values in (row.ours, row.theirs) if values)
    runs = "; ".join(filter(None, (spread, row.note)))
    return (row.what, f"{_number(row.figure)} {row.unit}".strip(), beside, ratio, _limit(row), runs)


def _limit(row: Row) -> str:
    if row.rival:
        return f"{'ours' if row.figure <= row.other else f'**{row.beside}**'} wins"
    if row.at_most is None:
        return ""
    unit = {Measured.RATIO: "×", Measured.MORE: f" {row.unit} more", Measured.ITSELF: f" {row.unit}".rstrip()}
    return f"≤ {row.at_most:g}{unit[row.measured]}: {'holds' if row.holds else '**NOT MET**'}"


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return "one run"
    few = f"{_number(min(values))}–{_number(max(values))}"
    if len(values) < _MANY:
        return f"{few}, {len(values)} runs"
    return f"median {_number(median(values))}, p95 {_number(percentile(values, 95))}, {len(values)} runs"


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
