"""What became of lines from elsewhere, in figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging lines did. `applied`, `ignored` (no news) and `bad` are counts of lines."""

    applied: int
    ignored: int
    bad: int
    faults: tuple[str, ...]
    """A sentence for each of the first bad lines."""
    ahead: int = 0
    """How many lines have a time so far in the future that they count as the oldest."""
