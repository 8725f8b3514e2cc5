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

from tests.benchmarks.made_newsletter import ISSUES, MOST_NUMBERS
from tests.terminal import Terminal, environ_of, reader_command

QUIET = 0.06
"""Seconds without a byte after which a redraw has ended."""
_SETTLED = 0.5
"""Seconds without a byte after which a program has come to rest."""
_BREATH = 0.15
"""The same between two keys."""
_HOUSE = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


class Taken(NamedTuple):
    """What a start or a key took, milliseconds: of the clock until it was painted, and of the processor."""

    wall: float
    busy: float


@dataclass(frozen=True, slots=True)
class Program:
    """One program. `painted`: characters that it writes when its first list is painted, and not before.

    `keys` are what one presses for each of the things that are timed; `ready` leads from the first screen to where
    they are pressed.
    """

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    painted: str
    keys: Mapping[str, str] = field(default_factory=dict)
    ready: tuple[str, ...] = ()
    forget: Callable[[], None] = lambda: None
    """Called before each start: what a start would show before it has found it out anew is taken away."""

    @contextmanager
    def running(self) -> Iterator[Terminal]:
        """It, in a terminal of its own; killed at the end."""
        self.forget()
        with Terminal(self.command, self.environ, folder=_HOUSE) as terminal:
            yield terminal

    def start(self) -> Taken:
        """Starts it, and kills it when its first list is painted."""
        with self.running() as terminal:
            terminal.until(lambda: self.painted.encode() in terminal.output)
            return Taken((terminal.chunks[-1].at - terminal.began) * 1_000, _busy(terminal.pid))

    @contextmanager
    def at_rest(self) -> Iterator[Terminal]:
        """It, its first list painted, at rest, and `ready` pressed."""
        with self.running() as terminal:
            terminal.until(lambda: self.painted.encode() in terminal.output)
            terminal.until_quiet(_SETTLED)
            for key in self.ready:
                pressed(terminal, key)
            yield terminal


def reader(home: Path, times: int) -> Program:
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
    painted = str(min(ISSUES * times, MOST_NUMBERS) - 3)
    return Program("ours", tuple(reader_command()), _as_installed(environ_of(home)), painted, keys, forget=forget_frame)


def bare() -> Program:
    """The bare app."""
    keys = {
        "next story": "j",
        "next issue": "J",
        "scroll": " ",
        "toggle read": "m",
        "open search": "f",
    }
    command = (sys.executable, "-m", "tests.benchmarks.bare_app")
    return Program("bare app", command, _as_installed(environ_of(Path(os.devnull))), "Import AI 57", keys)


def pressed(terminal: Terminal, *keys: str, quiet: float = QUIET) -> Taken:
    """Presses the keys; from then to the last byte drawn before so many seconds of quiet.

    Raises:
        AssertionError: nothing is drawn.
    """
    terminal.until_quiet(_BREATH, at_most=1.0)
    before, busy = len(terminal.chunks), _busy_threads(terminal.pid)
    began = time.perf_counter()
    terminal.press(*keys)
    terminal.until(lambda: len(terminal.chunks) > before)
    terminal.until_quiet(quiet)
    return Taken((terminal.chunks[-1].at - began) * 1_000, _busy_threads(terminal.pid) - busy)


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
