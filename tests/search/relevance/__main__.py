"""Prints how often the first three and the first ten results have a right story.

    python -m tests.search.relevance [--verbose]

`--verbose` also prints each line without a right story among its first three, with what was found instead.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from tests.corpus import CORPUS
from tests.search.relevance.cases import QUERIES, QUESTIONS
from tests.search.relevance.measure import Outcome, count_successes, import_corpus, run_cases


def main() -> int:
    """Measure and print; return 1 without the corpus."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.search.relevance", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--verbose", action="store_true", help="print the lines that fail")
    options = parser.parse_args()
    if not CORPUS.is_dir():
        print(f"There is no corpus of real issues: {CORPUS}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        import_corpus(Path(folder))
        queries, questions = (run_cases(Path(folder), cases) for cases in (QUERIES, QUESTIONS))
    print(f"{'':24} {'cases':>5} {'first 3':>12} {'first 10':>12}")
    for name, outcomes in (("queries", queries), ("questions", questions)):
        for kind, of_kind in groupby(outcomes, key=lambda outcome: outcome.case.kind):
            _print_figures(f"  {kind}", list(of_kind))
        _print_figures(name, outcomes)
    if options.verbose:
        for outcome in (*queries, *questions):
            if outcome.rank is None or outcome.rank > 3:
                rank = outcome.rank or "-"
                print(
                    f"{rank:>3}  {outcome.case.kind}: {outcome.case.line}  → {' '.join(outcome.found[:3]) or 'nothing'}"
                )
    return 0


def _print_figures(name: str, outcomes: list[Outcome]) -> None:
    cells = (f"{n:4} {n / len(outcomes):7.1%}" for n in (count_successes(outcomes, first) for first in (3, 10)))
    print(f"{name:24} {len(outcomes):5} {' '.join(cells)}")


sys.exit(main())
