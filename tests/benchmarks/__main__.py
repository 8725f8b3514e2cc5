"""Runs all benchmarks and prints one table.

    python -m tests.benchmarks [--quick] [--only NAME…] [--home FOLDER] [--hundred]

A limit that is not met is marked in the table, and the exit status is 1. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from inspect import signature
from pathlib import Path

from tests.benchmarks.machine import describe_machine
from tests.benchmarks.peers import find_missing_peers
from tests.benchmarks.synthetic_archive import get_home, is_complete
from tests.benchmarks.table import FigureRow, format_table

FIGURES = {
    "start_time": "start to the first list, in a terminal",
    "splash": "start to the splash",
    "key_latency": "key to the last byte of output, in a terminal",
    "memory": "memory at rest, and over 2,000 stories",
    "cold_commands": "list, show and search, cold",
    "import_cost": "import and rebuild",
    "peers": "newsboat and sfeed on the same stories",
    "search_cost": "search, and the size of its index",
    "search_typing": "letters typed into the search, inside the app",
    "works_screen": "the works screen, inside the app",
    "parse_cost": "the parser, compared with Beautiful Soup, and the search for forecasts",
    "hostile_pages": "inputs that are slow to parse",
    "hostile_texts": "other texts that are slow to read",
    "canonical_links": "works and kinds of ten thousand links",
    "full_sync": "a full sync from this machine",
}
"""Modules in the order of the table, with a short description.

The parameters of their `rows` are matched by name: `quick`, `home` (ten years of issues), `homes` (by multiples of it).
"""
HUNDRED = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 if a limit is not met or a benchmark fails."""
    options = _parse_arguments(arguments)
    with tempfile.TemporaryDirectory() as folder:
        homes = _Homes(options.home or Path(folder), quick=options.quick, hundred=options.hundred)
        rows, failures = _measure(options.only or list(FIGURES), homes, quick=options.quick)
    print(describe_machine(), "", format_table(rows), sep="\n")
    missed = [row.label for row in rows if row.is_met is False]
    lines = [
        *(f"Not measured, because it is not installed: {name}." for name in find_missing_peers() if not options.only),
        *(f"Failed: {line}" for line in failures),
        f"Limits not met: {len(missed)} of {sum(row.is_met is not None for row in rows)}.",
    ]
    print("", *lines, sep="\n")
    return 1 if missed or failures else 0


class _Homes:
    """Synthetic homes, created when they are first needed."""

    def __init__(self, folder: Path, *, quick: bool, hundred: bool) -> None:
        self._folder = folder
        self._sizes = [1] if quick else [1, 10, *([HUNDRED] if hundred or is_complete(folder, HUNDRED) else [])]

    def home(self) -> Path:
        """Return the home with ten years of issues."""
        return get_home(self._folder, 1)

    def homes(self) -> dict[int, Path]:
        """Return the homes of all sizes, by multiples of ten years."""
        return {times: get_home(self._folder, times) for times in self._sizes}


def _measure(names: Iterable[str], homes: _Homes, *, quick: bool) -> tuple[list[FigureRow], list[str]]:
    """Return all rows, and a line for each benchmark that failed. The others still run."""
    all_rows: list[FigureRow] = []
    failures = []
    arguments: dict[str, Callable[[], object]] = {"quick": lambda: quick, "home": homes.home, "homes": homes.homes}
    for name in names:
        start = time.perf_counter()
        print(f"{name}: {FIGURES[name]} …", file=sys.stderr, flush=True)
        try:
            rows = import_module(f"tests.benchmarks.{name}").rows
            for row in rows(
                **{
                    parameter: arguments[parameter]()
                    for parameter in signature(rows).parameters
                    if parameter in arguments
                }
            ):
                all_rows.append(row)
                print(format_table([row]).splitlines()[-1], file=sys.stderr, flush=True)
        except Exception as error:  # one failure must not lose an hour of figures
            failures.append(f"{name}: {type(error).__name__}: {str(error).partition(chr(10))[0]}")
            print(failures[-1], file=sys.stderr)
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return all_rows, failures


def _parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few runs, and only the smallest archive")
    parser.add_argument("--only", nargs="+", choices=FIGURES, metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument(
        "--home", type=Path, metavar="FOLDER", help="create the synthetic homes there, and reuse existing ones"
    )
    parser.add_argument(
        "--hundred", action="store_true", help="also a hundred times ten years: 4 GB, takes a while to create"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
