"""Whatever stands in the place of the reading state, or was changed in it, `doctor --repair` gets past it."""

from __future__ import annotations

import os

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.cli.test_doctor import edit, is_starred, marked
from tests.conftest import RunProgram

__all__ = ["marked"]


@pytest.mark.parametrize("kind", ["folder", "pipe", "database of another program"])
def test_a_file_that_is_no_state_is_quarantined(marked: RunProgram, places: Places, kind: str) -> None:
    with Library.open(places):
        pass  # makes the copy of today
    (places.data_folder / "backups" / "reading-2020-01-01.sqlite3").mkdir()  # it only has the name of a copy
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
    assert f"{places.reading} is a link to gone.sqlite3, which leads nowhere." in marked("stats").err
