"""A search as it was left, so that it is found again so. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from importai_tui.query import Query
from importai_tui.search import Excerpt, Found
from importai_tui.tui.search.thread import Findings


@dataclass(frozen=True, slots=True)
class Chosen:
    """A story that was found, why, and by what."""

    found: Found
    excerpt: Excerpt | None
    query: Query


@dataclass(frozen=True, slots=True)
class Stand:
    """The line, what was found, and where one was in it. `version` is the archive's, `chosen` what it was left for."""

    line: str = ""
    findings: Findings = field(default_factory=Findings)
    cursor: int = 0
    scroll: int = 0
    trend: bool = False
    version: int = 0
    chosen: Chosen | None = None
