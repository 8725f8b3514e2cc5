"""Formats measurements as a table with medians, spread and limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

_MIN_RUNS_FOR_PERCENTILES = 40
"""Runs from which the table shows percentiles; with fewer, the 95th is little more than the slowest."""


class LimitKind(Enum):
    """The value that a limit applies to."""

    RATIO = "times"
    """The value divided by the reference."""
    DIFFERENCE = "over"
    """The value minus the reference, in the unit of the row."""
    VALUE = ""
    """The value itself, in the unit of the row."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure and its reference, measured in the same run.

    `runs` and `reference_runs` have the result of every run in order; the latter is empty without a reference. With
    `is_p95` the value is the 95th percentile instead of the median. `note` is appended to the runs. With
    `is_competitor` the reference is another reader, and the row names the winner, which has the lower value.
    """

    label: str
    runs: Sequence[float]
    unit: str = "ms"
    reference: str = ""
    reference_runs: Sequence[float] = ()
    limit: float | None = None
    limit_kind: LimitKind = LimitKind.RATIO
    is_p95: bool = False
    note: str = ""
    is_competitor: bool = False

    @property
    def value(self) -> float:
        """Median or 95th percentile of the runs."""
        return self._summarize(self.runs)

    @property
    def reference_value(self) -> float:
        """Median or 95th percentile of the reference runs."""
        return self._summarize(self.reference_runs)

    @property
    def is_met(self) -> bool | None:
        """True if the limit is met; None without a limit."""
        if self.limit is None:
            return None
        value = {
            LimitKind.RATIO: lambda: self.value / self.reference_value,
            LimitKind.DIFFERENCE: lambda: self.value - self.reference_value,
            LimitKind.VALUE: lambda: self.value,
        }[self.limit_kind]()
        return value <= self.limit

    def _summarize(self, values: Sequence[float]) -> float:
        return percentile(values, 95) if self.is_p95 else median(values)


def percentile(values: Iterable[float], percent: float) -> float:
    """Return a percentile by the nearest-rank method: the smallest value that `part` % of all do not exceed.

    >>> percentile(range(1, 101), 95)
    95
    """
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def format_table(rows: Iterable[FigureRow]) -> str:
    """Format rows as a Markdown table; a limit that is not met is marked."""
    lines = ["| what | importai-tui | reference | ratio | limit | runs |", "|---|--:|--:|--:|---|---|"]
    lines += [f"| {' | '.join(_format_cells(row))} |" for row in rows]
    return "\n".join(lines)


def _format_cells(row: FigureRow) -> tuple[str, ...]:
    has_ratio = row.reference_runs and row.reference_value > 0 and row.limit_kind is not LimitKind.VALUE
    ratio = f"{row.value / row.reference_value:.2f}" if has_ratio else ""
    reference = (
        f"{row.reference} {_format_number(row.reference_value)} {row.unit}".strip()
        if row.reference_runs
        else row.reference
    )
    spread = "; reference ".join(_format_spread(values) for values in (row.runs, row.reference_runs) if values)
    runs = "; ".join(filter(None, (spread, row.note)))
    return (row.label, f"{_format_number(row.value)} {row.unit}".strip(), reference, ratio, _format_limit(row), runs)


def _format_limit(row: FigureRow) -> str:
    if row.is_competitor:
        return f"{'importai-tui' if row.value <= row.reference_value else f'**{row.reference}**'} wins"
    if row.limit is None:
        return ""
    unit = {LimitKind.RATIO: "×", LimitKind.DIFFERENCE: f" {row.unit} more", LimitKind.VALUE: f" {row.unit}".rstrip()}
    return f"≤ {row.limit:g}{unit[row.limit_kind]}: {'met' if row.is_met else '**NOT MET**'}"


def _format_spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return "one run"
    range_text = f"{_format_number(min(values))}–{_format_number(max(values))}"
    if len(values) < _MIN_RUNS_FOR_PERCENTILES:
        return f"{range_text}, {len(values)} runs"
    return f"median {_format_number(median(values))}, p95 {_format_number(percentile(values, 95))}, {len(values)} runs"


def _format_number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
