"""How much of something is done, as a bar; how far a long run is, as one line of a terminal."""

from __future__ import annotations

from importai_tui.sync.progress import Progress, format_eta, format_rate

_BAR = 20
"""Cells: a step of the bar for every twenty-four issues of ten years."""


def progress_bar(done: int, total: int, cells: int) -> str:
    """A bar of so many cells, the part that is done drawn heavier."""
    filled = min(cells, cells * done // total) if total else 0
    return "━" * filled + "─" * (cells - filled)


def format_progress_line(progress: Progress) -> str:
    """The line: bar, count, pace, the issue at hand. The title comes last, where it may be cut."""
    parts = [progress.source]
    if progress.total:
        parts += [progress_bar(progress.done, progress.total, _BAR), f"{progress.done}/{progress.total}"]
    elif progress.done:
        parts.append(str(progress.done))
    if progress.rate:
        parts.append(format_rate(progress.rate))
    if progress.seconds_left is not None:
        parts.append(format_eta(progress.seconds_left))
    parts.append(progress.note or progress.title or "asking…")
    return "  ".join(parts)
