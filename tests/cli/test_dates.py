"""Tests what the commands say about issues whose date is estimated, and about those that have none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import RunProgram
from tests.examples import make_page

HEAD = b"""<html><head><title>Import AI 14: Herons</title>
<meta property="article:published_time" content="2025-06-23T12:00:00Z"></head><body>"""
DATES = {7: "2025-05-05", 8: None, 9: "2025-05-19", 12: None}


@pytest.fixture
def filled(run: RunProgram, tmp_path: Path) -> RunProgram:
    """The program with issues 7 to 12: 8 has no date but dated neighbours, 12 has none on one side."""
    for number, date in DATES.items():
        page = tmp_path / f"{number}.html"
        page.write_bytes(make_page(f"otters{number}").replace(b"It went well enough.", b"Rivers went well."))
        run("import", page, "--number", number, *(("--date", date) if date else ()))
    return run


def read_heads(run: RunProgram) -> dict[int, tuple[str | None, bool]]:
    issues = json.loads(run("list", "--json").out)["issues"]
    return {issue["number"]: (issue["date"], issue["date_estimated"]) for issue in issues}


def test_json_marks_estimated_dates(filled: RunProgram) -> None:
    assert read_heads(filled) == {
        12: (None, False),
        9: ("2025-05-19", False),
        8: ("2025-05-12", True),
        7: ("2025-05-05", False),
    }
    issue = json.loads(filled("show", "8", "--json").out)
    assert (issue["date"], issue["date_estimated"]) == ("2025-05-12", True)
    hits = json.loads(filled("search", "rivers", "--json").out)["hits"]
    assert {hit["issue"]: (hit["date"], hit["date_estimated"]) for hit in hits} == read_heads(filled)


def test_an_estimate_follows_its_neighbours(filled: RunProgram, tmp_path: Path) -> None:
    filled("import", tmp_path / "9.html", "--number", 9, "--date", "2025-06-02")
    assert read_heads(filled)[8] == ("2025-05-19", True)
    filled("import", tmp_path / "8.html", "--number", 8, "--date", "2025-05-20")
    assert read_heads(filled)[8] == ("2025-05-20", False)


def test_import_json_has_the_estimate_of_the_end(filled: RunProgram, tmp_path: Path) -> None:
    later = tmp_path / "later.html"
    later.write_bytes(HEAD + make_page("herons") + b"</body></html>")
    report = json.loads(filled("import", tmp_path / "12.html", later, "--json").out)
    (head,) = report["unchanged"]
    assert (head["ref"], head["date"], head["date_estimated"]) == ("12", "2025-06-09", True)


def test_text_says_about_before_an_estimate(filled: RunProgram) -> None:
    assert [line[:11] for line in filled("list").out.splitlines()] == [
        "           ",
        " 2025-05-19",
        "~2025-05-12",
        " 2025-05-05",
    ]
    assert "about 2025-05-12" in filled("show", "8").out.splitlines()[1]
    assert "8/1 · about 2025-05-12 · 1 min" in filled("show", "8/1").out
    assert "8/1  about 2025-05-12  " in filled("search", "rivers").out
    assert "about 2025-05-12" in filled("read", "8/1").out


def test_a_date_filter_says_what_it_leaves_out(filled: RunProgram) -> None:
    remark = "1 issue has no date and is left out."
    for query in ("year:2025", "rivers after:2025-05-10 before:2025-06", "-otters7 after:2020"):
        answer = filled("search", query, "--json")
        assert json.loads(answer.out)["remarks"] == [remark]
        assert 8 in {hit["issue"] for hit in json.loads(answer.out)["hits"]}
    assert remark in filled("search", "year:2025").err
    for query in ("rivers", "rivers -year:2024", "rivers OR year:2024"):
        assert json.loads(filled("search", query, "--json").out)["remarks"] == []


def test_years_and_trends_count_estimated_dates(filled: RunProgram) -> None:
    years = json.loads(filled("stats", "--json").out)["years"]
    assert {year["year"]: year["issues"] for year in years} == {2025: 3, None: 1}
    answer = json.loads(filled("search", "rivers", "--trend", "--json").out)
    assert (answer["undated"], [period["stories"] for period in answer["trend"]]) == (2, [6])


def test_an_export_does_not_make_an_estimate_a_date(filled: RunProgram, tmp_path: Path) -> None:
    document = filled("show", "8", "--format", "markdown").out
    assert "date_estimated: true" in document
    (tmp_path / "again.md").write_text(document)
    filled("import", tmp_path / "again.md")
    assert read_heads(filled)[8] == ("2025-05-12", True)
    report = json.loads(filled("import", tmp_path / "again.md", "--explain", "--json").out)
    assert '"date": null' in json.dumps(report)


def test_the_oldest_issue_has_a_date_or_number(filled: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "special.html").write_bytes(make_page("moles"))
    filled("import", tmp_path / "special.html")
    assert json.loads(filled("stats", "--json").out)["first"] == {
        "ref": "7",
        "date": "2025-05-05",
        "date_estimated": False,
        "title": json.loads(filled("show", "7", "--json").out)["title"],
    }
