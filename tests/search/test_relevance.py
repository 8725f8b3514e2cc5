"""The first results of a search have a right story, for queries and questions that people type."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.corpus import needs_corpus
from tests.search.relevance.cases import QUERIES, QUESTIONS, Case
from tests.search.relevance.measure import count_successes, import_corpus, run_cases

pytestmark = needs_corpus

REACHED = {"queries": 0.95, "questions": 0.87}
"""Share of cases with a right story among the first three. The aim for questions is 0.9."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("relevance")
    import_corpus(home)
    return home


@pytest.mark.parametrize(("name", "cases"), [("queries", QUERIES), ("questions", QUESTIONS)])
def test_first_three_results_answer(home: Path, name: str, cases: Sequence[Case]) -> None:
    outcomes = run_cases(home, cases)
    missed = [outcome.case.line for outcome in outcomes if outcome.rank is None or outcome.rank > 3]
    assert count_successes(outcomes, 3) >= REACHED[name] * len(cases), missed
