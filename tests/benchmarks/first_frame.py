"""Time from the start to the splash in a real terminal: the last snapshot, or a placeholder line without one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.table import LimitKind, Row
from tests.terminal import Terminal, make_environment, reader_command

AT_MOST = 100.0
"""Milliseconds to the complete splash."""
_HOUSE = Path(__file__).parents[2]
_DRAWN = b"\x1b[?2026l"
"""End of a synchronized update of the terminal."""


def rows(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the time to the first byte, to the whole snapshot and to the placeholder line, measured in turn."""
    with tempfile.TemporaryDirectory() as folder:
        kept, bare = Path(folder) / "kept", Path(folder) / "bare"
        for copy in (kept, bare):
            shutil.copytree(home, copy)
            (copy / "cache" / "first-frame").unlink(missing_ok=True)
        _leave_once(kept)
        frames, lines, nothing = [], [], []
        for _ in range(5 if quick else 20):
            nothing.append(_python())
            frames.append(_first(kept, is_line=False))
            lines.append(_first(bare, is_line=True))
    yield Row("start to the first byte", [one for one, _ in frames], "ms", "python -c pass", nothing)
    for what, taken in (("start to the whole last frame", frames), ("start to a line, without a frame", lines)):
        done = [all for _, all in taken]
        yield Row(what, done, "ms", "python -c pass", nothing, AT_MOST, LimitKind.VALUE)


def _leave_once(home: Path) -> None:
    with Terminal(reader_command(), make_environment(home), folder=_HOUSE) as terminal:
        terminal.wait_until(lambda: b"\x1b[?1004h" in terminal.output)
        terminal.wait_until_quiet(0.5)
        terminal.press("ctrl+q")
        terminal.wait()


def _first(home: Path, *, is_line: bool) -> tuple[float, float]:
    """Return the milliseconds to the first byte and to the end of the splash."""
    with Terminal(reader_command(), make_environment(home), folder=_HOUSE) as terminal:
        terminal.wait_until(lambda: _DRAWN in terminal.output)
        assert ("opening…".encode() in terminal.output) is is_line
        first, last = terminal.chunks[0].time, terminal.chunks[-1].time
        return (first - terminal.start_time) * 1_000, (last - terminal.start_time) * 1_000


def _python() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return (time.perf_counter() - began) * 1_000
