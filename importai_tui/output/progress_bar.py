"""Draws progress as a bar and as a line for a terminal."""

from __future__ import annotations

from importai_tui.sync.progress import Progress
from importai_tui.wording import format_eta, format_rate

_BAR_CELLS = 20
"""For the issues of ten years, the bar grows a cell every 24 issues."""


def progress_bar(done: int, total: int, cells: int) -> str:
    """Return a bar of `cells` cells; the done part is heavier."""
    filled = min(cells, cells * done // total) if total else 0
    return "━" * filled + "─" * (cells - filled)


def format_progress_line(progress: Progress) -> str:
    """Return a line with bar, count, rate and current issue. The title comes last, where it may be cut off."""
    parts = [progress.source]
    if progress.total:
        parts += [progress_bar(progress.done, progress.total, _BAR_CELLS), f"{progress.done}/{progress.total}"]
    elif progress.done:
        parts.append(str(progress.done))
    if progress.rate:
        parts.append(format_rate(progress.rate))
    if progress.seconds_left is not None:
        parts.append(format_eta(progress.seconds_left))
    parts.append(progress.note or progress.title or "connecting…")
    return "  ".join(parts)
