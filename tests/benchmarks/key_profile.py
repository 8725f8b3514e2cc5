"""Where the processor time of a key goes, by layer: `python -m tests.benchmarks.key_profile [--home FOLDER]`.

Runs the reader in a real terminal under a sampling profiler, presses each key many times, and prints a table with the
milliseconds of each layer, the bytes written, and the cells that differ between the two screens. "other threads" are
Textual's output, the search and lookups.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from types import FrameType
from typing import NamedTuple

from tests.benchmarks.machine import describe_machine
from tests.benchmarks.programs import Program, bare_program, press_keys, reader_program
from tests.benchmarks.synthetic_archive import get_home
from tests.terminal import Terminal

LAYERS = (
    ("our code", ("importai_tui/", "benchmarks/bare_app")),
    ("CSS", ("textual/css/",)),
    ("layout", ("textual/layouts/", "textual/layout.py", "textual/_arrange", "textual/_resolve", "textual/box_model")),
    ("compositor", ("textual/_compositor", "textual/geometry", "textual/_spatial_map", "textual/map_geometry")),
    (
        "rendering",
        (
            *("textual/content", "textual/strip", "textual/style", "textual/visual", "textual/_styles_cache"),
            *("textual/_wrap", "textual/_segment_tools", "textual/_cells", "textual/scrollbar", "textual/renderables"),
            *("textual/filter", "textual/color", "textual/_opacity", "textual/expand_tabs", "textual/markup", "rich/"),
        ),
    ),
    ("writing", ("textual/drivers/", "textual/_ansi")),
    ("widgets", ("textual/widget.py", "textual/widgets/", "textual/scroll_view", "textual/containers")),
    ("messages", ("textual/", "asyncio/")),
)
"""Layers with the parts of file names that belong to them. The innermost frame with a known file counts."""
OTHER = "other"
WRITER = "other threads"
_WAITING = "selectors.py"
"""The file whose code waits for input; a sample there was taken for another thread."""
SIZES = ((140, 45), (80, 24))
_SAMPLE_INTERVAL = 0.001
"""Seconds of processor time between two samples; most systems take fewer."""
_OUT_VARIABLE = "KEY_PROFILE_OUT"
_LETTERS = "machines learn"


class Action(NamedTuple):
    """A key to measure: its name, the key, and a key after each press that is not measured."""

    name: str
    key: str
    after: str = ""


ACTIONS = (
    Action("next story", "next story"),
    Action("next issue", "next issue"),
    Action("page down", "scroll"),
    Action("toggle read", "toggle read"),
    Action("open search", "open search", "escape"),
)


class Press(NamedTuple):
    """One press: milliseconds of processor time of the main thread and of all others, and until the last byte."""

    main_cpu: float
    other_cpu: float
    wall: float
    bytes: int
    cells: int


class KeyFigures(NamedTuple):
    """Medians of one key, and the number of samples in each layer of the main thread."""

    press: Press
    layers: Counter[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.key_profile", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="the folder of the synthetic homes")
    parser.add_argument("--presses", type=int, default=200, help="presses of each key")
    parser.add_argument("--bare", action="store_true", help="profile the bare app too")
    options = parser.parse_args(arguments)
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        home = get_home(options.home or Path(folder), 1)
        for columns, rows in SIZES:
            for program in (reader_program(home, 1), *([bare_program()] if options.bare else [])):
                print(f"\n{program.name}, {columns}x{rows}, {options.presses} presses\n")
                _print_table(_profile(program, columns, rows, options.presses))
    return 0


def _profile(program: Program, columns: int, rows: int, presses: int) -> dict[str, KeyFigures]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "samples.json")
        command = (sys.executable, "-m", "tests.benchmarks.key_profile", *program.command[1:])
        environ = {**program.environ, _OUT_VARIABLE: str(out)}
        program.reset()
        with Terminal(command, environ, columns=columns, rows=rows, folder=Path(__file__).parents[2]) as terminal:
            terminal.wait_until_quiet(1.5)
            return {action.name: _measure(terminal, program, action, presses, out) for action in ACTIONS} | {
                "a letter": _measure_letters(terminal, program, presses, out)
            }


def _measure(terminal: Terminal, program: Program, action: Action, presses: int, out: Path) -> KeyFigures:
    def press() -> Iterator[Press]:
        for _ in range(presses):
            yield _press(terminal, program.keys[action.key])
            if action.after:
                _toggle_profiler(terminal, out, on=False)
                press_keys(terminal, action.after)
                _toggle_profiler(terminal, out, on=True)

    return _collect(terminal, press(), out)


def _measure_letters(terminal: Terminal, program: Program, presses: int, out: Path) -> KeyFigures:
    press_keys(terminal, program.keys["open search"])

    def press() -> Iterator[Press]:
        for n in range(presses):
            at = n % len(_LETTERS)
            yield _press(terminal, _LETTERS[at])
            if at == len(_LETTERS) - 1:
                _toggle_profiler(terminal, out, on=False)
                press_keys(terminal, "ctrl+u")
                _toggle_profiler(terminal, out, on=True)

    return _collect(terminal, press(), out)


def _press(terminal: Terminal, key: str) -> Press:
    before, first = terminal.screen, len(terminal.chunks)
    main_before = _get_main_thread_cpu_time(terminal.pid)
    timing = press_keys(terminal, key)
    main_cpu = _get_main_thread_cpu_time(terminal.pid) - main_before
    written = sum(len(chunk.data) for chunk in terminal.chunks[first:])
    changed = _count_changed_cells(before, terminal.screen)
    return Press(main_cpu, max(0.0, timing.cpu - main_cpu), timing.wall, written, changed)


def _get_main_thread_cpu_time(pid: int) -> float:
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e6


def _count_changed_cells(before: Sequence[str], after: Sequence[str]) -> int:
    return sum(
        old != new
        for above, below in zip(before, after, strict=True)
        for old, new in zip(above.ljust(len(below)), below.ljust(len(above)), strict=True)
    )


def _collect(terminal: Terminal, presses: Iterator[Press], out: Path) -> KeyFigures:
    _toggle_profiler(terminal, out, on=True)
    medians = Press(*map(median, zip(*presses, strict=True)))
    _toggle_profiler(terminal, out, on=False)
    os.kill(terminal.pid, signal.SIGUSR2)
    while not out.is_file():
        time.sleep(0.01)
    layers = Counter(json.loads(out.read_text()))
    out.unlink()
    return KeyFigures(medians, layers)


def _toggle_profiler(terminal: Terminal, out: Path, *, on: bool) -> None:
    mark = out.with_suffix(".on" if on else ".off")
    os.kill(terminal.pid, signal.SIGUSR1)
    while not mark.is_file():
        time.sleep(0.002)
    mark.unlink()


def _print_table(figures: dict[str, KeyFigures]) -> None:
    print("| | " + " | ".join(figures) + " |")
    print("|---|" + "--:|" * len(figures))
    presses = [one.press for one in figures.values()]
    rows = {"processor time, ms": [f"{press.main_cpu + press.other_cpu:.1f}" for press in presses]}
    for layer in (*(name for name, _ in LAYERS), OTHER):
        shares = [one.layers[layer] / max(1, one.layers.total()) for one in figures.values()]
        rows[f"· {layer}"] = [f"{press.main_cpu * share:.1f}" for press, share in zip(presses, shares, strict=True)]
    rows[f"· {WRITER}"] = [f"{press.other_cpu:.1f}" for press in presses]
    rows["to the last byte, ms"] = [f"{press.wall:.1f}" for press in presses]
    rows["bytes"] = [f"{press.bytes:,.0f}" for press in presses]
    rows["cells that differ"] = [f"{press.cells:,.0f}" for press in presses]
    for label, cells in rows.items():
        print(f"| {label} | {' | '.join(cells)} |")


class _Sampler:
    """Counts the layers of the running code at regular intervals of processor time, while it is on."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._is_on = False
        self._samples: Counter[str] = Counter()
        self._layer_of_file: dict[str, str | None] = {}
        signal.signal(signal.SIGUSR1, self._toggle)
        signal.signal(signal.SIGUSR2, self._write)
        signal.signal(signal.SIGPROF, self._sample)

    def _toggle(self, _number: int, _frame: FrameType | None) -> None:
        self._is_on = not self._is_on
        interval = _SAMPLE_INTERVAL if self._is_on else 0.0
        signal.setitimer(signal.ITIMER_PROF, interval, interval)
        self._out.with_suffix(".on" if self._is_on else ".off").touch()

    def _write(self, _number: int, _frame: FrameType | None) -> None:
        text = json.dumps(self._samples)
        self._samples.clear()
        partial = self._out.with_suffix(".part")
        partial.write_text(text)
        partial.rename(self._out)

    def _sample(self, _number: int, frame: FrameType | None) -> None:
        if frame and frame.f_code.co_filename.endswith(_WAITING):
            return
        while frame:
            file = frame.f_code.co_filename
            if file not in self._layer_of_file:
                self._layer_of_file[file] = _find_layer(file)
            if layer := self._layer_of_file[file]:
                self._samples[layer] += 1
                return
            frame = frame.f_back
        self._samples[OTHER] += 1


def _find_layer(file: str) -> str | None:
    return next((name for name, parts in LAYERS if any(part in file for part in parts)), None)


def _run_profiled(command: list[str]) -> None:
    """Run `-m MODULE ARGUMENTS…` with the sampler."""
    _Sampler(Path(os.environ.pop(_OUT_VARIABLE)))
    _, module, *sys.argv[1:] = command
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if _OUT_VARIABLE in os.environ:
        _run_profiled(sys.argv[1:])
    else:
        sys.exit(main())
