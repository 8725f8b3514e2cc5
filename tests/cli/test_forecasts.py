"""The command `forecasts`, and `export --forecasts`."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue, Paragraph, Span
from importai_tui.paths import Places
from importai_tui.state.forecasts import Verdict
from tests.conftest import RunProgram
from tests.examples import make_story

TEXTS = (
    "I expect that by the end of 2025 otters will count oceans.",
    "I expect that by the end of 2028 herons will count oceans.",
    "I expect that by the end of 2024 pikes will count oceans.",
)


@pytest.fixture
def filled(run: RunProgram, places: Places) -> RunProgram:
    """The program with three forecasts: a due one, an open one, and one that was right, with a note."""
    with Library.open(places) as library:
        stories = tuple(
            replace(make_story(f"s{n}", n), blocks=(Paragraph((Span(text),)),)) for n, text in enumerate(TEXTS, 1)
        )
        issue = Issue(402, "i402", "Import AI 402", "2024-03-04", "https://example.org/402", stories)
        library.store(issue, b"page", "page.html")
        pikes = next(x for x in library.get_forecasts(date(2026, 11, 30)) if "pikes" in x.quote)
        library.set_verdict(pikes, Verdict.RIGHT)
        library.set_forecast_note(pikes, "They *do*.")
    return run


def test_text_lists_due_then_open_then_scored(filled: RunProgram) -> None:
    ran = filled("forecasts")
    assert (ran.status, ran.out) == (
        0,
        "due    2025-12-31  402/1  The headline of s1\n"
        f"    “{TEXTS[0]}”\n"
        "    said 2024-03-04 · “by the end of 2025”\n"
        "open   2028-12-31  402/2  The headline of s2\n"
        f"    “{TEXTS[1]}”\n"
        "    said 2024-03-04 · “by the end of 2028”\n"
        "right  2024-12-31  402/3  The headline of s3\n"
        f"    “{TEXTS[2]}”\n"
        "    said 2024-03-04 · “by the end of 2024”\n"
        "    Note: They *do*.\n",
    )
    assert ran.err == "3 sentences that look like a forecast: 1 due, 1 open, 1 right.\n"
    assert filled("forecasts", "--due").out.count("402/") == 1
    assert "402/2" in filled("forecasts", "herons", "oceans").out


def test_nothing_found_is_explained(filled: RunProgram) -> None:
    for words, message in {
        ("zebra",): "No forecasts found. Try fewer words. Without a filter: importai-tui forecasts\n",
        ("herons", "--due"): "No forecasts found. Try fewer words. Without a filter: importai-tui forecasts\n",
    }.items():
        ran = filled("forecasts", *words)
        assert (ran.status, ran.out, ran.err) == (1, "", message)
    assert '"forecasts": []' in filled("forecasts", "zebra", "--json").out


def test_an_archive_without_issues_is_explained(run: RunProgram) -> None:
    for words in (["forecasts"], ["export", "--forecasts"]):
        ran = run(*words)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith("No issues yet.")


def test_csv_and_markdown_have_the_verdicts(filled: RunProgram) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("export", "--forecasts", "--format", "csv").out)))
    assert [(row["status"], row["due"], row["quote"]) for row in rows] == [
        ("candidate", "2025-12-31", TEXTS[0]),
        ("candidate", "2028-12-31", TEXTS[1]),
        ("right", "2024-12-31", TEXTS[2]),
    ]
    assert filled("forecasts", "--format", "markdown", "pikes").out == (
        "# Forecasts in Import AI\n\n"
        "Sentences that look like a forecast. Some may be missing, and some may not be forecasts. The verdicts are "
        "mine.\n\n"
        f"## Scored\n\n> {TEXTS[2]}\n\n"
        "**right**, due 2024-12-31 · [402/3 The headline of s3](https://example.org/402) · said 2024-03-04 · “by the "
        "end of 2024”\n\nThey *do*.\n"
    )
