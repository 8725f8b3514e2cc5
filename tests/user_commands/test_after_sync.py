"""The program that runs after a sync with new issues."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from importai_tui.library.rows import IssueRow
from importai_tui.sync.progress import SourceReport, SyncReport
from importai_tui.user_commands.after_sync import run_after_sync


def make_row(number: int, title: str, url: str | None = "https://example.org/n") -> IssueRow:
    return IssueRow(str(number), number, f"n-{number}", title, f"2026-11-{number:02}", url, 3, 3, 900)


def test_it_gets_the_newest_of_the_new_issues(tmp_path: Path) -> None:
    rows = [make_row(n, f"Import AI {n}: --otters `x` $(y)\x1b[31m") for n in (7, 9, 8)]
    report = SyncReport(
        (SourceReport("a", new=tuple(rows[:2]), updated=(make_row(12, "x"),)), SourceReport("b", new=tuple(rows[1:])))
    )
    script = 'printf "%s|" "$@" > ' + str(tmp_path / "said")
    command = ["sh", "-c", script, "sh", "{title}", "{ref}", "{count}", "{url}", "n={count}"]
    assert run_after_sync(command, report.new_issues, os.environ) == ""
    said = (tmp_path / "said").read_text()
    assert said == " --otters `x` $(y)|9|3|https://example.org/n|n=3|"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ([], ""),
        (["true"], ""),
        (["sleep", "30"], ""),
        (["false"], "sync.after: false failed with exit status 1."),
        (["no-such-program"], "sync.after: no-such-program wasn't found: it isn't installed, or not on your PATH."),
        (["sh", "-c", "echo {title}"], "Not run: sync.after (sh -c 'echo {title}') could run parts of {title}"),
        (["true", "{url}"], "Not run: sync.after uses {url}, and issue 9 has no URL."),
    ],
)
def test_a_problem_is_one_sentence(command: list[str], problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importai_tui.user_commands.after_sync._WAIT_SECONDS", 0.05 if "sleep" in command else 5.0)
    found = run_after_sync(command, [make_row(9, "Otters; x", url=None)], os.environ)
    assert found.startswith(problem)
    assert bool(found) == bool(problem)


def test_nothing_runs_without_new_issues(tmp_path: Path) -> None:
    assert run_after_sync(["touch", str(tmp_path / "ran")], [], os.environ) == ""
    assert not list(tmp_path.iterdir())
