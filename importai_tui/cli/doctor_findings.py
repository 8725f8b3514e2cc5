"""The result of `doctor`: faults, repairs and remarks, collected by the checks of each database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importai_tui.printing.kept import KeptRow


@dataclass(slots=True)
class Findings:
    """Everything that a run of `doctor` found."""

    faults: list[str] = field(default_factory=list)
    """Sentences about what is still wrong."""
    mended: list[str] = field(default_factory=list)
    """Sentences about what was repaired."""
    remarks: list[str] = field(default_factory=list)
    without_story: list[KeptRow] = field(default_factory=list)
    shapes: list[dict[str, object]] = field(default_factory=list)
