"""How far a long run is, as one line of a terminal."""

from __future__ import annotations

from importai_tui.sync.report import Progress

_BAR = 20
"""Cells: a step of the bar for every twenty-four issues of ten years."""


def progress_line(progress: Progress) -> str:
    """The line: bar, count, pace, the issue at hand. The title comes last, where it may be cut."""
    parts = [progress.source]
    if progress.total:
        filled = min(_BAR, _BAR * progress.done // progress.total)
        parts += ["━" * filled + "─" * (_BAR - filled), f"{progress.done}/{progress.total}"]
    elif progress.done:
        parts.append(str(progress.done))
    if progress.rate:
        parts.append(f"{progress.rate:.0f}/s" if progress.rate >= 1 else f"{progress.rate * 60:.0f}/min")
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    parts.append(progress.note or progress.title or "asking…")
    return "  ".join(parts)
