"""Runs the cases through the command `search`, as it is typed in a shell, on an archive of the corpus."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from importai_tui.cli.root import root
from importai_tui.paths import HOME_VARIABLE
from tests.corpus import CORPUS, SEEDS
from tests.search.relevance.cases import Case

_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first results of a case; `rank` is that of the first right one, from 1, or None."""

    case: Case
    found: tuple[str, ...]
    rank: int | None


def import_corpus(home: Path) -> None:
    """Import all issues of the corpus into an empty home; documents that are not issues are skipped."""
    command = [sys.executable, "-m", "importai_tui", "import", str(SEEDS), str(CORPUS)]
    done = subprocess.run(command, env=os.environ | {HOME_VARIABLE: str(home)}, capture_output=True, check=False)
    if done.returncode not in (0, 1):  # 1: some inputs are not issues
        raise RuntimeError(done.stderr.decode(errors="replace"))


def run_cases(home: Path, cases: Sequence[Case]) -> list[Outcome]:
    """Search for each line and return what was found."""
    return [_run_case(home, case) for case in cases]


def count_successes(outcomes: Sequence[Outcome], first: int) -> int:
    """Return how many cases have a right story among the `first` results."""
    return sum(outcome.rank is not None and outcome.rank <= first for outcome in outcomes)


def _run_case(home: Path, case: Case) -> Outcome:
    arguments = ["search", "--json", "--limit", str(_LIMIT), "--", *case.line.split()]
    result = CliRunner().invoke(root, arguments, env={HOME_VARIABLE: str(home)})
    if not result.stdout:
        raise RuntimeError(f"{case.line}: {result.output}") from result.exception
    hits = json.loads(result.stdout)["hits"]
    rank = next((n for n, hit in enumerate(hits, 1) if hit["key"] in case.keys), None)
    return Outcome(case, tuple(hit["ref"] for hit in hits), rank)
