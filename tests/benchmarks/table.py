"""One table of all that is measured: a row a figure, each run of it kept, so that medians and spread can be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

_MANY = 40
"""Runs; of fewer a 95th percentile is little more than the slowest."""


class LimitKind(Enum):
    """What a limit is for."""

    RATIO = "times"
    """Ours to theirs."""
    DIFFERENCE = "over"
    """Ours less theirs, in the row's unit."""
    VALUE = ""
    """Ours alone, in the row's unit."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: ours, and what was measured beside it in the same run.

    `ours` and `theirs` hold every run, in the order of the runs; `theirs` is empty where nothing stands beside it.
    `late`: the 95th percentile counts, as for keys, not the median. `note` stands behind the runs.
    `rival`: the other is another reader, so the row says who wins; the lower figure does.
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
        """Ours: the median, or the 95th percentile."""
        return self._summarize(self.runs)

    @property
    def reference_value(self) -> float:
        """Theirs, likewise."""
        return self._summarize(self.reference_runs)

    @property
    def is_met(self) -> bool | None:
        """Whether the limit is kept; None where there is none."""
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


def percentile(values: Iterable[float], part: float) -> float:
    """The smallest of the values that so many in a hundred of them do not exceed (nearest rank).

    >>> percentile(range(1, 101), 95)
    95
    """
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * part / 100), 1) - 1]


def format_table(rows: Iterable[Row]) -> str:
    """The table, as Markdown; what does not keep its limit says so."""
    lines = ["| what | ours | beside it | ratio | limit | runs |", "|---|--:|--:|--:|---|---|"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    compared = row.reference_runs and row.reference_value > 0 and row.limit_kind is not LimitKind.VALUE
    ratio = f"{row.value / row.reference_value:.2f}" if compared else ""
    beside = (
        f"{row.reference} {_number(row.reference_value)} {row.unit}".strip() if row.reference_runs else row.reference
    )
    spread = "; beside it ".join(_spread(values) for values in (row.runs, row.reference_runs) if values)
    runs = "; ".join(filter(None, (spread, row.note)))
    return (row.label, f"{_number(row.value)} {row.unit}".strip(), beside, ratio, _limit(row), runs)


def _limit(row: Row) -> str:
    if row.is_competitor:
        return f"{'ours' if row.value <= row.reference_value else f'**{row.reference}**'} wins"
    if row.limit is None:
        return ""
    unit = {LimitKind.RATIO: "×", LimitKind.DIFFERENCE: f" {row.unit} more", LimitKind.VALUE: f" {row.unit}".rstrip()}
    return f"≤ {row.limit:g}{unit[row.limit_kind]}: {'holds' if row.is_met else '**NOT MET**'}"


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
