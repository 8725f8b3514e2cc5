"""The synthetic newsletter and the table of the benchmarks; nothing is measured here."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from importai_tui.model import StoryKind
from importai_tui.parse.pipeline import parse_issue
from tests.benchmarks.__main__ import FIGURES
from tests.benchmarks.synthetic_newsletter import generate_issues
from tests.benchmarks.table import FigureRow, LimitKind, format_table, percentile

START_ROW = FigureRow("start", (30.0, 10.0, 20.0), "ms", "bare app", (10.0, 10.0, 10.0), limit=1.5)


@pytest.mark.parametrize(("times", "issues", "kinds"), [(1, 20, set(StoryKind)), (100, 2, {StoryKind.STORY})])
def test_every_synthetic_page_is_parsed_as_generated(times: int, issues: int, kinds: set[StoryKind]) -> None:
    seen = set()
    for generated in islice(generate_issues(times), issues):
        parsed = parse_issue(generated.page.encode())
        assert (parsed.number, parsed.title, parsed.date, parsed.url) == (
            generated.number,
            generated.title,
            str(generated.day),
            generated.url,
        )
        for story, found in zip(generated.stories, parsed.stories, strict=True):
            assert (found.kind, found.tagline) == (story.kind, story.tagline)
            assert found.headline == story.headline or found.kind is StoryKind.NOTE
            assert tuple(link.url for link in found.links) == story.addresses
            seen.add(found.kind)
    assert seen >= kinds


@pytest.mark.parametrize(("percent", "value"), [(50, 10), (95, 19), (100, 20), (1, 1)])
def test_percentile_is_one_of_the_values(percent: float, value: int) -> None:
    assert percentile(range(20, 0, -1), percent) == value


@pytest.mark.parametrize(
    ("row", "is_met"),
    [
        (START_ROW, False),
        (replace(START_ROW, limit=2.0), True),
        (replace(START_ROW, limit=10.0, limit_kind=LimitKind.DIFFERENCE), True),
        (replace(START_ROW, limit=10.0, limit_kind=LimitKind.DIFFERENCE, is_p95=True), False),
        (replace(START_ROW, limit=19.0, limit_kind=LimitKind.VALUE), False),
        (replace(START_ROW, limit=None), None),
    ],
)
def test_limit_applies_to_ratio_difference_or_value(row: FigureRow, is_met: bool | None) -> None:
    assert row.is_met is is_met


def test_table_shows_missed_limit_and_spread() -> None:
    head, _, line = format_table([START_ROW]).splitlines()
    assert head == "| what | importai-tui | reference | ratio | limit | runs |"
    assert line == (
        "| start | 20.0 ms | bare app 10.0 ms | 2.00 | ≤ 1.5×: **NOT MET**"
        " | 10.0–30.0, 3 runs; reference 10.0–10.0, 3 runs |"
    )


@pytest.mark.parametrize(
    ("reference_runs", "expected"), [((50.0,), "| importai-tui wins |"), ((5.0,), "| **newsboat 2** wins |")]
)
def test_table_names_the_faster_reader(reference_runs: tuple[float, ...], expected: str) -> None:
    row = FigureRow("start", (20.0,), "ms", "newsboat 2", reference_runs, is_competitor=True)
    assert expected in format_table([row])


def test_every_figure_has_a_module() -> None:
    folder = Path(__file__).parent / "benchmarks"
    assert [name for name in FIGURES if not (folder / f"{name}.py").exists()] == []
