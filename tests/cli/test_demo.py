"""The option --demo."""

from __future__ import annotations

import json

from importai_tui.paths import Places
from tests.conftest import RunProgram


def test_the_demo_lists_the_built_in_issues(run: RunProgram) -> None:
    issues = json.loads(run("--demo", "list", "--json").out)["issues"]
    assert [head["ref"] for head in issues] == ["3", "2", "1"]
    assert all(head["stories"] == head["unread"] > 0 for head in issues)


def test_the_demo_creates_no_files_and_forgets_its_marks(run: RunProgram, places: Places) -> None:
    assert run("--demo", "mark", "3", "--read").status == 0
    assert json.loads(run("--demo", "show", "3/1", "--json").out)["read"] is False
    assert not places.data_folder.exists()
    assert not places.cache_folder.exists()


def test_the_built_in_issues_are_not_in_the_archive(run: RunProgram) -> None:
    assert json.loads(run("list", "--json").out) == {"issues": []}


def test_doctor_in_the_demo_lists_only_the_settings_file(run: RunProgram, places: Places) -> None:
    out = run("--demo", "doctor").out
    assert str(places.config) in out
    assert str(places.archive) not in out
    assert str(places.reading) not in out
    assert json.loads(run("--demo", "doctor", "--json").out)["places"] == {"config": str(places.config)}
