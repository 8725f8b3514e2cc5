"""Commands suggest `doctor --repair` for a damaged archive, and it repairs the archive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.archive.damage import DERIVED_DAMAGE, STORED_DAMAGE, run_sql, store_sample_issues
from tests.archive.version_1 import VERSION_1
from tests.conftest import CopyReady, RunProgram


@pytest.fixture
def filled(run: RunProgram, copy_ready: CopyReady, tmp_path: Path) -> RunProgram:
    copy_ready(store_sample_issues, tmp_path / "home")
    return run


@pytest.mark.parametrize("what", ["leaves", "structure", "averages", "lengths", "no index"])
def test_a_search_in_a_damaged_index_suggests_repair(filled: RunProgram, places: Places, what: str) -> None:
    run_sql(places.archive, DERIVED_DAMAGE[what])
    ran = filled("search", "rivers")
    assert ran.status == 1
    assert "importai-tui doctor --repair" in ran.err
    assert "No results" not in ran.err
    assert filled("doctor", "--repair").status == 0
    assert "12 stories" in filled("search", "rivers").err


def test_a_search_without_hits_suggests_no_repair(filled: RunProgram) -> None:
    ran = filled("search", "xylophone")
    assert "No results" in ran.err
    assert "doctor" not in ran.err


@pytest.mark.parametrize("what", ["citations", "mentions", "structure", "a story", "a trigger"])
def test_damage_is_reported_and_repaired(filled: RunProgram, places: Places, what: str) -> None:
    run_sql(places.archive, (DERIVED_DAMAGE | STORED_DAMAGE)[what])
    ran = filled("doctor")
    assert ran.status == 1
    assert ran.out.startswith(f"Problem: The archive {places.archive} is damaged: ")
    ran = filled("doctor", "--repair")
    assert ran.status == 0
    assert "Repaired: The archive " in ran.out
    ran = filled("doctor")
    assert (ran.status, ran.out.startswith("No problems found.")) == (0, True)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE issue SET number = 'many' WHERE id = 2",
        "UPDATE issue SET number = 9223372036854775807 WHERE id = 2",
        "UPDATE issue SET title = x'ff', words = 'many'",
        "UPDATE issue SET date = 'some day' WHERE id = 2",
        "UPDATE issue SET change = -9",
        "UPDATE issue SET change = 9223372036854775807 WHERE id = 2",
        "UPDATE issue SET date = NULL, change = 'x'",
        "UPDATE story SET tagline = x'ff'",
        "UPDATE story SET position = 'first' WHERE position = 1",
        "UPDATE story SET kind = 'other'",
        "UPDATE story SET key = x'fe' WHERE position = 1",
        "UPDATE story SET body = replace(hex(zeroblob(50000)), '00', '[')",
        "UPDATE citation SET kind = 'other'",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 3",
    ],
)
def test_invalid_values_of_any_kind_are_repaired(filled: RunProgram, places: Places, sql: str) -> None:
    run_sql(places.archive, sql)
    for command in ("list", "search rivers", "show 2/1", "stats", "works"):
        assert "Internal error" not in filled(*command.split()).err
    filled("doctor", "--repair")
    ran = filled("doctor")
    assert (ran.status, ran.out.startswith("No problems found.")) == (0, True)
    assert len(filled("list").out.splitlines()) == 4


def test_a_story_is_parsed_again_from_its_page(filled: RunProgram, places: Places) -> None:
    run_sql(places.archive, STORED_DAMAGE["a story"])
    ran = filled("doctor", "--repair")
    assert "Repaired: 1 issue was parsed again from the stored pages." in ran.out
    with Library.open(places) as library:
        assert [story.is_starred for story in library.get_story_rows("2")] == [False, True, False]


def test_lost_issues_are_named(filled: RunProgram, places: Places) -> None:
    run_sql(places.archive, "UPDATE page SET body = x'99' WHERE issue_id = 2; UPDATE story SET body = 'x'")
    (line,) = [
        line for line in filled("doctor", "--repair").out.splitlines() if line.startswith("Issues with missing text")
    ]
    assert "issue 2" in line
    assert "importai-tui sync --full" in line


def test_the_state_survives_a_lost_archive(filled: RunProgram, places: Places) -> None:
    places.archive.write_bytes(b"no database" * 1_000)
    ran = filled("list")
    assert "The archive was damaged. The old file was renamed to " in ran.err
    assert "importai-tui sync --full" in ran.err
    shape = json.loads(filled("doctor", "--json").out)
    assert len(shape["without_story"]) == 4
    assert shape["ok"]


def test_a_search_works_if_the_upgrade_fails(run: RunProgram, places: Places) -> None:
    places.cache_folder.mkdir(parents=True, mode=0o700)
    run_sql(places.archive, VERSION_1)
    run_sql(places.archive, "UPDATE story SET body = 'x'")
    for _ in range(2):
        ran = run("search", "ada")
        assert "Traceback" not in ran.err
        assert "Internal error" not in ran.err


def test_a_row_without_its_issue_fails_no_command(filled: RunProgram, places: Places) -> None:
    with Library.open(places) as library:
        library.mark([library.get_story_rows("2")[0].key], read=True)
    run_sql(places.archive, STORED_DAMAGE["a row of an issue"])
    for command in (("list",), ("search", "rivers"), ("export", "--stories"), ("doctor",)):
        assert "Internal error" not in filled(*command).err
