"""Time from the start to the splash in a real terminal: the last snapshot, or a placeholder line without one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.table import FigureRow, LimitKind
from tests.terminal import Terminal, make_environment, reader_command

LIMIT = 100.0
"""Milliseconds to the complete splash."""
_ROOT = Path(__file__).parents[2]
_UPDATE_END = b"\x1b[?2026l"
"""End of a synchronized update of the terminal."""


def rows(home: Path, *, quick: bool) -> Iterator[FigureRow]:
    """Yield the time to the first byte, to the whole snapshot and to the placeholder line, measured in turn."""
    with tempfile.TemporaryDirectory() as folder:
        with_snapshot, without_snapshot = Path(folder) / "with", Path(folder) / "without"
        for copy in (with_snapshot, without_snapshot):
            shutil.copytree(home, copy)
            (copy / "cache" / "first-frame").unlink(missing_ok=True)
        _save_snapshot(with_snapshot)
        snapshots, placeholders, references = [], [], []
        for _ in range(5 if quick else 20):
            references.append(_time_python())
            snapshots.append(_time_splash(with_snapshot, is_placeholder=False))
            placeholders.append(_time_splash(without_snapshot, is_placeholder=True))
    yield FigureRow("start to the first byte", [first for first, _ in snapshots], "ms", "python -c pass", references)
    for label, times in (
        ("start to the whole snapshot", snapshots),
        ("start to the placeholder line, without a snapshot", placeholders),
    ):
        totals = [total for _, total in times]
        yield FigureRow(label, totals, "ms", "python -c pass", references, LIMIT, LimitKind.VALUE)


def _save_snapshot(home: Path) -> None:
    with Terminal(reader_command(), make_environment(home), folder=_ROOT) as terminal:
        terminal.wait_until(lambda: b"\x1b[?1004h" in terminal.output)
        terminal.wait_until_quiet(0.5)
        terminal.press("ctrl+q")
        terminal.wait()


def _time_splash(home: Path, *, is_placeholder: bool) -> tuple[float, float]:
    """Return the milliseconds to the first byte and to the end of the splash."""
    with Terminal(reader_command(), make_environment(home), folder=_ROOT) as terminal:
        terminal.wait_until(lambda: _UPDATE_END in terminal.output)
        assert ("opening…".encode() in terminal.output) is is_placeholder
        first, last = terminal.chunks[0].time, terminal.chunks[-1].time
        return (first - terminal.start_time) * 1_000, (last - terminal.start_time) * 1_000


def _time_python() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return (time.perf_counter() - start) * 1_000
