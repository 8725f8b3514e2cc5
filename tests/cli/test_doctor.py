"""`doctor` reports problems of files and repairs them; it deletes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_issue


@pytest.fixture
def marked(run: RunProgram, places: Places) -> RunProgram:
    """The program with one issue; its first story is starred."""
    with Library.open(places) as library:
        library.store(make_issue("a1", "a2", number=401), b"page", "page.html")
        library.mark(["a1"], starred=True)
    return run


def overwrite(path: Path) -> None:
    """Overwrite the file after its first page, as a failing disk may do."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))


def edit(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()


def is_starred(places: Places) -> bool:
    with Library.open(places) as library:
        return library.state.is_starred("a1")


def test_doctor_without_files_finds_and_creates_nothing(run: RunProgram, places: Places) -> None:
    ran = run("doctor")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("No problems found.\n")
    assert not places.data_folder.exists()
    assert not places.cache_folder.exists()


def test_doctor_prints_counts_and_paths_without_problems(marked: RunProgram, places: Places) -> None:
    ran = marked("doctor")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("No problems found.\nIssues: 1\nLast sync: never\n")
    assert str(places.reading) in ran.out


def test_doctor_json_has_the_documented_fields(marked: RunProgram, places: Places) -> None:
    shape = json.loads(marked("doctor", "--json").out)
    assert set(shape) == {"ok", "faults", "mended", "without_story", "remarks", "places"}
    assert (shape["ok"], shape["faults"], shape["without_story"]) == (True, [], [])
    assert shape["places"]["reading"] == str(places.reading)


def test_state_without_its_story_is_listed(marked: RunProgram, places: Places) -> None:
    shutil.rmtree(places.cache_folder)
    ran = marked("doctor")
    assert ran.status == 0
    assert "  401 · The headline of a1 · starred\n" in ran.out
    (story,) = json.loads(marked("doctor", "--json").out)["without_story"]
    assert (story["key"], story["issue"], story["starred"]) == ("a1", 401, True)


def test_marks_of_the_guide_are_not_listed(run: RunProgram, places: Places) -> None:
    from importai_tui.guide import open_guide

    with open_guide(places) as guide:
        guide.mark([guide.get_story_rows("1")[0].key], read=True)
    with Library.open(places) as library:
        library.state.mark(["two-files-and-only-one-of-them-87f60373"], read=True)  # as an older version did
    assert "not in the archive" not in run("doctor").out


def test_doctor_repairs_a_register_from_the_journal(marked: RunProgram, places: Places) -> None:
    edit(places.reading, "UPDATE register SET value = NULL")
    ran = marked("doctor")
    assert ran.status == 1
    assert ran.out.startswith("Problem: 1 mark differs from the journal")
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert "Repaired: Restored 1 value of the reading state" in ran.out
    assert is_starred(places)
    assert marked("doctor").status == 0


def test_a_damaged_state_is_restored_and_quarantined(marked: RunProgram, places: Places) -> None:
    with Library.open(places):
        pass  # makes the daily copy
    overwrite(places.reading)
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert "Repaired: The reading state was damaged. The damaged file was kept as " in ran.out
    assert is_starred(places)
    assert list(places.data_folder.glob("reading-set-aside-*.sqlite3"))


def test_damage_beyond_the_first_pages_is_repaired(marked: RunProgram, places: Places) -> None:
    with Library.open(places) as library:
        for n in range(60):
            library.set_note("a2", f"{n} " + "x" * 4000)
    data = bytearray(places.reading.read_bytes())
    data[30 * 4096 : 32 * 4096] = b"\xa5" * 8192
    places.reading.write_bytes(data)
    assert marked("doctor").status == 1
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert "The reading state was damaged. The damaged file was kept as" in ran.out
    again = marked("doctor")
    assert (again.status, "No problems found." in again.out) == (0, True)
    assert is_starred(places)


def test_an_automatic_restore_is_reported_once(marked: RunProgram, places: Places) -> None:
    with Library.open(places):
        pass
    overwrite(places.reading)
    assert marked("doctor").status == 1
    assert marked("doctor").status == 0


def test_without_repair_a_damaged_state_is_unchanged(marked: RunProgram, places: Places) -> None:
    shutil.rmtree(places.data_folder / "backups", ignore_errors=True)
    overwrite(places.reading)
    before = places.reading.read_bytes()
    ran = marked("doctor")
    assert ran.status == 1
    assert "importai-tui doctor --repair" in ran.out
    assert places.reading.read_bytes() == before


def test_repair_without_a_copy_salvages_readable_state(marked: RunProgram, places: Places) -> None:
    shutil.rmtree(places.data_folder / "backups", ignore_errors=True)
    damaged = places.reading.read_bytes()
    edit(places.reading, "DROP TABLE setting")
    ran = marked("doctor", "--repair")
    assert ran.status == 0, ran.out
    assert "Repaired: The reading state was damaged. The damaged file was kept as " in ran.out
    assert is_starred(places)
    (quarantined,) = places.data_folder.glob("reading-set-aside-*.sqlite3")
    assert len(quarantined.read_bytes()) == len(damaged)


@pytest.mark.parametrize("archive", ["archive", "no archive"])
def test_a_missing_state_is_restored_and_reported(marked: RunProgram, places: Places, archive: str) -> None:
    with Library.open(places):
        pass  # makes the daily copy
    places.reading.unlink()
    if archive == "no archive":
        shutil.rmtree(places.cache_folder)
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert f"Repaired: The reading state {places.reading} was missing" in ran.out
    assert is_starred(places)


def test_a_failing_backup_is_reported(marked: RunProgram, places: Places) -> None:
    (places.data_folder / "backups").write_bytes(b"in the way")
    ran = marked("doctor")
    assert ran.status == 1
    assert f"Problem: Can't copy the reading state into {places.data_folder / 'backups'}: not a directory" in ran.out


def test_repair_migrates_state_to_renamed_stories(marked: RunProgram, places: Places) -> None:
    at = "2030-03-03T12:00:00.000000+00:00"
    with Library.open(places) as library:
        library.state.merge(
            [
                f'{{"importai-tui":"reading-state","version":1,"machine":"m","at":"{at}"}}',
                f'{{"key":"theirs","field":"note","value":"Theirs.","at":"{at}","machine":"m",'
                '"headline":"The headlines of a2","issue":"401"}',
            ]
        )
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert "Repaired: 1 mark" in ran.out
    with Library.open(places) as library:
        assert library.state.get_note("a2") == "Theirs."


def test_repair_recreates_an_empty_state_without_good_copies(marked: RunProgram, places: Places) -> None:
    with Library.open(places):
        pass
    for copy in (places.data_folder / "backups").iterdir():
        copy.write_bytes(b"no database")
    for path in places.data_folder.glob("reading.sqlite3-*"):
        path.unlink()
    places.reading.write_bytes(b"")
    assert marked("doctor").status == 1
    ran = marked("doctor", "--repair")
    assert ran.status == 0, ran.out
    assert marked("mark", "401/1", "--star").status == 0


def test_repair_does_not_change_a_newer_state(marked: RunProgram, places: Places) -> None:
    edit(places.reading, "PRAGMA user_version = 99")
    before = places.reading.read_bytes()
    for options in ((), ("--repair",)):
        ran = marked("doctor", *options)
        assert ran.status == 1
        assert "newer importai-tui" in ran.out
    assert places.reading.read_bytes() == before


def test_a_damaged_archive_is_quarantined_and_recreated(marked: RunProgram, places: Places) -> None:
    overwrite(places.archive)
    ran = marked("doctor")
    assert ran.status == 1
    assert "The archive was damaged. The old file was renamed to " in ran.out
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert list(places.cache_folder.glob("archive-set-aside-*.sqlite3"))
    assert is_starred(places)


def test_hidden_damage_of_the_archive_is_repaired(marked: RunProgram, places: Places) -> None:
    with closing(sqlite3.connect(places.archive)) as connection:
        connection.executescript("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'story_key'")
    ran = marked("doctor")
    assert ran.status == 1
    assert f"Problem: The archive {places.archive} is damaged" in ran.out
    ran = marked("doctor", "--repair")
    assert ran.status == 0
    assert "Repaired: The archive was damaged" in ran.out


def test_problems_of_both_databases_are_reported(marked: RunProgram, places: Places) -> None:
    edit(places.reading, "PRAGMA user_version = 99")
    places.archive.unlink()
    places.archive.mkdir()
    ran = marked("doctor")
    assert ran.status == 1
    assert "newer importai-tui" in ran.out
    assert f"{places.archive} is not a file" in ran.out


def test_invalid_settings_are_reported_with_other_problems(marked: RunProgram, places: Places) -> None:
    places.config_folder.mkdir()
    places.config.write_text("[shelves]\n")
    ran = marked("doctor")
    assert ran.status == 1
    assert "Problem: " in ran.out
    assert "shelves" in ran.out
    assert "Issues: 1" in ran.out


def test_doctor_in_the_demo_checks_the_demo(run: RunProgram) -> None:
    ran = run("--demo", "doctor")
    assert ran.status == 0
    assert "Issues: 3" in ran.out


@pytest.mark.parametrize("kind", ["folder", "pipe", "database of another program"])
def test_a_file_that_is_no_state_is_quarantined(marked: RunProgram, places: Places, kind: str) -> None:
    with Library.open(places):
        pass  # makes the daily copy
    (places.data_folder / "backups" / "reading-2020-01-01.sqlite3").mkdir()  # a folder with the name of a copy
    places.reading.unlink()
    if kind == "folder":
        places.reading.mkdir()
    elif kind == "pipe":
        os.mkfifo(places.reading)
    else:
        edit(places.reading, "CREATE TABLE a (b)")
    ran = marked("stats")
    assert (ran.status, "importai-tui doctor --repair" in ran.err) == (1, True)
    assert marked("doctor", "--repair").status == 0
    assert is_starred(places)
    assert list(places.data_folder.glob("reading-set-aside-*.sqlite3"))


@pytest.mark.parametrize("table", ["register", "journal"])
def test_times_stored_as_bytes_are_repaired(marked: RunProgram, places: Places, table: str) -> None:
    edit(places.reading, f"UPDATE {table} SET at = x'ff00'")
    ran = marked("doctor", "--repair")
    assert ran.status == 0, ran.err + ran.out
    assert is_starred(places)


def test_a_trigger_in_the_state_is_removed(marked: RunProgram, places: Places) -> None:
    edit(places.reading, "CREATE TRIGGER t AFTER INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no'); END")
    assert marked("doctor").status == 1
    assert marked("doctor", "--repair").status == 0
    assert marked("mark", "401/2", "--star").status == 0
    assert is_starred(places)


def test_a_dangling_link_is_reported(marked: RunProgram, places: Places) -> None:
    places.reading.unlink()
    places.reading.symlink_to("gone.sqlite3")
    assert f"{places.reading} is a link to gone.sqlite3, which doesn't exist." in marked("stats").err
