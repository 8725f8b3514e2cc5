"""Daily copies of the reading state: when they are made, and which ones are removed."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.state.helpers import (
    NOT_A_DATABASE,
    NOW,
    create_long_history,
    create_state_with_backup,
    get_ended_process_id,
    list_backups,
    mark_on_day,
    open_on_day,
    query,
    replace_by_new_state,
    run_script,
)


def list_backup_names(path: Path) -> list[str]:
    return [copy.name for copy in list_backups(path)]


def read_keys_of(copy: Path) -> set[str]:
    return {str(key) for (key,) in query(copy, "SELECT key FROM register")}


def test_the_first_start_of_a_day_copies_the_state(path: Path) -> None:
    mark_on_day(path, "ada")
    assert list_backup_names(path) == []
    mark_on_day(path, "bob")
    mark_on_day(path, "cyd")
    assert list_backup_names(path) == ["reading-2025-03-03.sqlite3"]
    assert query(path.parent / "backups" / "reading-2025-03-03.sqlite3", "SELECT key FROM register") == [("ada",)]


def test_copies_of_one_week_are_kept(path: Path) -> None:
    for day in range(10):
        mark_on_day(path, f"story-{day}", day=day)
    assert list_backup_names(path) == [f"reading-2025-03-{day:02}.sqlite3" for day in range(6, 13)]


def test_copies_dated_in_the_future_do_not_replace_todays(path: Path) -> None:
    for day in range(3650, 3660):
        mark_on_day(path, f"ahead-{day}", day=day)
    for day in range(8):
        mark_on_day(path, f"story-{day}", day=day)
    assert list_backup_names(path) == [f"reading-2025-03-{day:02}.sqlite3" for day in range(4, 11)]


def test_files_of_the_user_are_never_deleted(path: Path) -> None:
    mark_on_day(path, "ada")
    (path.parent / "backups").mkdir()
    mine = path.parent / "backups" / "reading-my-own.sqlite3"
    mine.write_bytes(b"mine")
    for day in range(9):
        mark_on_day(path, f"story-{day}", day=day)
    assert mine.read_bytes() == b"mine"


def test_copies_are_private(path: Path) -> None:
    create_state_with_backup(path)
    folder = path.parent / "backups"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_an_empty_state_is_not_copied(path: Path) -> None:
    open_on_day(path).close()
    open_on_day(path).close()
    assert not (path.parent / "backups").exists()


def test_an_inconsistent_state_is_reported_and_not_copied(path: Path) -> None:
    mark_on_day(path, "ada")
    run_script(path, "DELETE FROM register")
    with open_on_day(path) as state:
        assert "importai-tui doctor --repair" in (state.warning or "")
        assert list_backup_names(path) == []
        state.rebuild_from_journal()
        assert state.get_read_keys() == {"ada"}


def test_a_state_opens_if_no_copy_can_be_written(path: Path) -> None:
    mark_on_day(path, "ada")
    (path.parent / "backups").write_bytes(b"in the way")
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada"}


def test_a_new_history_removes_no_older_copies(path: Path) -> None:
    create_long_history(path)
    before = {copy.name: copy.read_bytes() for copy in list_backups(path)}
    replace_by_new_state(path, 7)
    for day in range(8, 30):
        mark_on_day(path, f"new-{day}", day=day)
    after = {copy.name for copy in list_backups(path)}
    assert before.keys() <= after
    assert len(after) == 14


def test_todays_copy_of_another_state_is_not_overwritten(path: Path) -> None:
    create_long_history(path)
    (todays,) = (path.parent / "backups").glob("reading-2025-03-10.sqlite3")
    whole = todays.read_bytes()
    os.utime(todays, (NOW.timestamp(), NOW.timestamp()))  # more than an hour old
    replace_by_new_state(path, 7)
    open_on_day(path, 7).close()
    assert read_keys_of(todays) == {"new"}
    assert todays.with_name("reading-2025-03-10-2.sqlite3").read_bytes() == whole
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path, 8) as state:
        assert "old-6-19" in state.get_read_keys()
        assert state.get_starred_keys() == {"new"}


def test_the_number_of_copies_is_limited(path: Path) -> None:
    for day in range(40):
        mark_on_day(path, *(f"story-{day}-{n}" for n in range(40 - day)), day=day)
        open_on_day(path, day).close()
        path.unlink()
        fresh = path.with_name(f"elsewhere-{day}") / "reading.sqlite3"
        open_on_day(fresh, day).close()
        fresh.replace(path)
    assert len(list_backups(path)) <= 14


def test_a_copy_is_made_again_after_an_hour(path: Path) -> None:
    mark_on_day(path, "ada")
    open_on_day(path).close()
    (copy,) = list_backups(path)
    mark_on_day(path, "bob")
    open_on_day(path).close()
    assert read_keys_of(copy) == {"ada"}
    an_hour_ago = (NOW - timedelta(hours=1)).timestamp()
    os.utime(copy, (an_hour_ago, an_hour_ago))
    open_on_day(path).close()
    assert read_keys_of(copy) == {"ada", "bob"}


@pytest.mark.parametrize("start", ["reading-2025-03-01.sqlite3", ".reading-2025-03-01.sqlite3"])
@pytest.mark.parametrize("ending", ["part", "0a1b2c3d.part", "0a1b2c3d.part-journal", "part-wal"])
def test_half_written_copies_are_removed(path: Path, start: str, ending: str) -> None:
    mark_on_day(path, "ada")
    open_on_day(path).close()
    ended, living = get_ended_process_id(), os.getppid()
    folder = path.parent / "backups"
    stale = folder / f"{start}.{ended}.{ending}"
    in_use = folder / f"{start}.{living}.{ending}"
    other = folder / "reading-my-part"
    for file in (stale, in_use, other):
        file.write_bytes(b"half")
    open_on_day(path, 1).close()
    assert (stale.exists(), in_use.exists(), other.exists()) == (False, True, True)
    os.utime(in_use, (1, 1))
    open_on_day(path, 2).close()
    assert not in_use.exists()


@pytest.mark.parametrize("name", [b"caf\xe9", b"\xff\xfe", "caf\N{LATIN SMALL LETTER E WITH ACUTE}".encode()])
def test_a_path_outside_utf8_is_copied_and_restored(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name) / "data" / "reading.sqlite3"
    mark_on_day(path, "ada")
    open_on_day(path).close()
    assert len(list_backups(path)) == 1
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert state.find_problems() == ()
