"""Runs the long hostile tests one after another, and prints what each tried and found.

python -m tests.hostile [--minutes M] [--examples N] [--only NAME…] [--seed S] [--list]
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time

import tests.hostile
from tests.hostile.long_runs import Budget, LongRun, MissingRequirement


def find_long_runs() -> tuple[LongRun, ...]:
    """Return every run of every module of this folder, sorted by module name."""
    names = [
        module.name
        for module in pkgutil.iter_modules(tests.hostile.__path__)
        if not module.name.startswith(("_", "test_"))
    ]
    modules = (importlib.import_module(f"tests.hostile.{name}") for name in sorted(names))
    return tuple(run for module in modules for run in getattr(module, "LONG_RUNS", ()))


def main() -> int:
    """Run the selected runs. Return 1 if anything was found."""
    arguments = _parse_arguments()
    runs = [run for run in find_long_runs() if not arguments.only or run.name in arguments.only]
    if arguments.list:
        print("\n".join(f"{run.name:<18} {run.description}" for run in runs))
        return 0
    if not runs:
        print(f"No run is named {', '.join(arguments.only)}; --list shows the names.")
        return 2
    budget = Budget(arguments.minutes / len(runs), arguments.examples, arguments.seed)
    print(
        f"{len(runs)} runs of at most {budget.minutes:.1f} minutes and {budget.examples:,} examples, "
        f"seed {arguments.seed}."
    )
    found = sum([_run_and_print(run, budget) for run in runs])
    print(f"Found: {found}.")
    return int(found > 0)


def _run_and_print(run: LongRun, budget: Budget) -> int:
    """Run one and print its result. Return the number of findings."""
    print(f"{run.name}: {run.description}", flush=True)
    began = time.monotonic()
    try:
        result = run.run(budget)
    except MissingRequirement as missing:
        print(f"  skipped: {missing}")
        return 0
    print(f"  {result.tried:,} tried in {time.monotonic() - began:.0f} s, {len(result.findings)} found")
    for line in (*result.notes, *result.findings):
        print("  " + line.encode("unicode_escape").decode("ascii"), flush=True)
    return len(result.findings)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=20, help="for all runs together (20)")
    parser.add_argument("--examples", type=int, default=100_000, help="for each run at most (100,000)")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only these runs")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random examples (0)")
    parser.add_argument("--list", action="store_true", help="list the runs and stop")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
