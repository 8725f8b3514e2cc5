"""Programs to measure in a real terminal: how to start them, and their keys."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.synthetic_newsletter import ISSUES, MAX_NUMBER
from tests.terminal import Terminal, make_environment, reader_command

QUIET_TIME = 0.06
"""Seconds without output after which a redraw has ended."""
_IDLE_TIME = 0.5
"""Seconds without output after which a program is idle."""
_KEY_PAUSE = 0.15
"""Seconds without output before the next key."""
_ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


class Timing(NamedTuple):
    """Milliseconds of a start or a key: wall time until the output ended, and CPU time."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Program:
    """A program. `first_text` is the text that appears with its first list and not before.

    `keys` maps each timed action to its key; `setup_keys` lead from the first screen to where they are pressed.
    """

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    first_text: str
    keys: Mapping[str, str] = field(default_factory=dict)
    setup_keys: tuple[str, ...] = ()
    reset: Callable[[], None] = lambda: None
    """Called before each start to remove stored snapshots."""

    @contextmanager
    def run(self) -> Iterator[Terminal]:
        """Run the program in a terminal; kill it at the end."""
        self.reset()
        with Terminal(self.command, self.environ, folder=_ROOT) as terminal:
            yield terminal

    def time_start(self) -> Timing:
        """Time a start until the first list; then kill the program."""
        with self.run() as terminal:
            terminal.wait_until(lambda: self.first_text.encode() in terminal.output)
            return Timing((terminal.chunks[-1].time - terminal.start_time) * 1_000, _get_cpu_time(terminal.pid))

    @contextmanager
    def run_until_idle(self) -> Iterator[Terminal]:
        """Run the program until it is idle, and press `setup_keys`."""
        with self.run() as terminal:
            terminal.wait_until(lambda: self.first_text.encode() in terminal.output)
            terminal.wait_until_quiet(_IDLE_TIME)
            for key in self.setup_keys:
                press_keys(terminal, key)
            yield terminal


def reader_program(home: Path, times: int) -> Program:
    """Return the reader on a synthetic home with `times` ten years. Deletes the reading state in the home."""
    for path in _find_other_files(home):
        path.unlink()
    keys = {
        "next story": "J",
        "next issue": "]",
        "scroll": " ",
        "toggle read": "r",
        "open search": "F",
        "open card": "p",
    }

    def delete_snapshot() -> None:
        """Delete the snapshot, because the live screen is measured."""
        for path in _find_other_files(home):
            if "frame" in path.name:
                path.unlink()

    # The number of the fourth newest issue appears only in the list.
    first_text = str(min(ISSUES * times, MAX_NUMBER) - 3)
    return Program(
        "importai-tui",
        tuple(reader_command()),
        _enable_bytecode(make_environment(home)),
        first_text,
        keys,
        reset=delete_snapshot,
    )


def bare_program() -> Program:
    """Return the bare app."""
    keys = {
        "next story": "j",
        "next issue": "J",
        "scroll": " ",
        "toggle read": "m",
        "open search": "f",
        "open card": "c",
    }
    command = (sys.executable, "-m", "tests.benchmarks.bare_app")
    return Program("bare app", command, _enable_bytecode(make_environment(Path(os.devnull))), "Import AI 57", keys)


def press_keys(terminal: Terminal, *keys: str, quiet: float = QUIET_TIME) -> Timing:
    """Press keys; return the time to the last byte of output, after which nothing follows for `quiet` seconds.

    Raises:
        AssertionError: there is no output.
    """
    terminal.wait_until_quiet(_KEY_PAUSE, timeout=1.0)
    before, cpu = len(terminal.chunks), _get_thread_cpu_time(terminal.pid)
    start = time.perf_counter()
    terminal.press(*keys)
    terminal.wait_until(lambda: len(terminal.chunks) > before)
    terminal.wait_until_quiet(quiet)
    return Timing((terminal.chunks[-1].time - start) * 1_000, _get_thread_cpu_time(terminal.pid) - cpu)


def _find_other_files(home: Path) -> list[Path]:
    return [
        path for path in home.rglob("*") if path.is_file() and not path.name.startswith(("archive", "cards", "done"))
    ]


def _enable_bytecode(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with bytecode enabled, as in an installation."""
    return {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _get_cpu_time(pid: int) -> float:
    """Return the CPU time of a process in milliseconds, with threads and kernel (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / _TICKS


def _get_thread_cpu_time(pid: int) -> float:
    """Return the CPU time of the live threads in milliseconds; more precise than the ticks of `_busy`."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6
