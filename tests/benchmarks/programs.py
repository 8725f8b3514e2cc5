"""The programs that are measured, each in a real terminal: how it is started, what it shows first, its keys."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.made_newsletter import ISSUES, MAX_NUMBER
from tests.terminal import Terminal, make_environment, reader_command

QUIET_TIME = 0.06
"""Seconds without a byte after which a redraw has ended."""
_SETTLED = 0.5
"""Seconds without a byte after which a program has come to rest."""
_BREATH = 0.15
"""The same between two keys."""
_HOUSE = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


class Timing(NamedTuple):
    """What a start or a key took, milliseconds: of the clock until it was painted, and of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Program:
    """One program. `painted`: characters that it writes when its first list is painted, and not before.

    `keys` are what one presses for each of the things that are timed; `ready` leads from the first screen to where
    they are pressed.
    """

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    first_text: str
    keys: Mapping[str, str] = field(default_factory=dict)
    setup_keys: tuple[str, ...] = ()
    reset: Callable[[], None] = lambda: None
    """Called before each start: what a start would show before it has found it out anew is taken away."""

    @contextmanager
    def run(self) -> Iterator[Terminal]:
        """It, in a terminal of its own; killed at the end."""
        self.reset()
        with Terminal(self.command, self.environ, folder=_HOUSE) as terminal:
            yield terminal

    def time_start(self) -> Timing:
        """Starts it, and kills it when its first list is painted."""
        with self.run() as terminal:
            terminal.wait_until(lambda: self.first_text.encode() in terminal.output)
            return Timing((terminal.chunks[-1].time - terminal.start_time) * 1_000, _busy(terminal.pid))

    @contextmanager
    def run_until_idle(self) -> Iterator[Terminal]:
        """It, its first list painted, at rest, and `ready` pressed."""
        with self.run() as terminal:
            terminal.wait_until(lambda: self.first_text.encode() in terminal.output)
            terminal.wait_until_quiet(_SETTLED)
            for key in self.setup_keys:
                press_keys(terminal, key)
            yield terminal


def reader_program(home: Path, times: int) -> Program:
    """Ours, on a made home with so many times ten years; what was read in it before is forgotten."""
    for kept in _beside_the_archive(home):
        kept.unlink()
    keys = {
        "next story": "J",
        "next issue": "]",
        "scroll": " ",
        "toggle read": "r",
        "open search": "F",
    }

    def forget_frame() -> None:
        """The last screen would be shown again at once; measured is the one that lives."""
        for kept in _beside_the_archive(home):
            if "frame" in kept.name:
                kept.unlink()

    # The list shows the fourth newest issue, and nothing above it does.
    painted = str(min(ISSUES * times, MAX_NUMBER) - 3)
    return Program(
        "ours", tuple(reader_command()), _as_installed(make_environment(home)), painted, keys, reset=forget_frame
    )


def bare_program() -> Program:
    """The bare app."""
    keys = {
        "next story": "j",
        "next issue": "J",
        "scroll": " ",
        "toggle read": "m",
        "open search": "f",
    }
    command = (sys.executable, "-m", "tests.benchmarks.bare_app")
    return Program("bare app", command, _as_installed(make_environment(Path(os.devnull))), "Import AI 57", keys)


def press_keys(terminal: Terminal, *keys: str, quiet: float = QUIET_TIME) -> Timing:
    """Presses the keys; from then to the last byte drawn before so many seconds of quiet.

    Raises:
        AssertionError: nothing is drawn.
    """
    terminal.wait_until_quiet(_BREATH, timeout=1.0)
    before, busy = len(terminal.chunks), _busy_threads(terminal.pid)
    began = time.perf_counter()
    terminal.press(*keys)
    terminal.wait_until(lambda: len(terminal.chunks) > before)
    terminal.wait_until_quiet(quiet)
    return Timing((terminal.chunks[-1].time - began) * 1_000, _busy_threads(terminal.pid) - busy)


def _beside_the_archive(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and not path.name.startswith(("archive", "done"))]


def _as_installed(environ: Mapping[str, str]) -> dict[str, str]:
    """Bytecode is written and used, as for one who has installed the program."""
    return {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _busy(pid: int) -> float:
    """Milliseconds that the processor has worked for it (Linux), threads and kernel included."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) * 1_000 / _TICKS


def _busy_threads(pid: int) -> float:
    """The same of the threads that there are, to the nanosecond: a key takes few of the ticks that a process has."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6
