from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.state.reading_state import ReadingState
from tests.state.version_1 import make_version_1

DAY = datetime(2025, 3, 3, 12, tzinfo=UTC)


def opened(path: Path, day: int = 0) -> ReadingState:
    return ReadingState(path, lambda: DAY + timedelta(days=day))


def mark(path: Path, *keys: str, day: int = 0) -> None:
    with opened(path, day) as state:
        state.mark(keys, read=True)


def backups(path: Path) -> list[str]:
    return sorted(file.name for file in (path.parent / "backups").glob("*"))


def set_aside(path: Path) -> list[Path]:
    return [file for file in sorted(path.parent.glob("*set-aside*")) if file.suffix == ".sqlite3"]


def with_backup(path: Path) -> None:
    """A state with one story in today's backup, and another one marked since."""
    mark(path, "ada")
    opened(path).close()
    mark(path, "bob")


def spoil(path: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)


def test_the_first_start_of_a_day_copies_what_is_there(path: Path) -> None:
    mark(path, "ada")
    assert backups(path) == []
    mark(path, "bob")
    mark(path, "cyd")
    assert backups(path) == ["reading-2025-03-03.sqlite3"]
    with closing(sqlite3.connect(path.parent / "backups" / "reading-2025-03-03.sqlite3")) as connection:
        assert connection.execute("SELECT key FROM register").fetchall() == [("ada",)]


def test_a_week_of_copies_is_kept(path: Path) -> None:
    for day in range(10):
        mark(path, f"story-{day}", day=day)
    assert backups(path) == [f"reading-2025-03-{day:02}.sqlite3" for day in range(6, 13)]


def test_copies_of_days_to_come_by_a_clock_that_was_wrong_do_not_drive_out_todays(path: Path) -> None:
    for day in range(3650, 3660):
        mark(path, f"ahead-{day}", day=day)
    for day in range(8):
        mark(path, f"story-{day}", day=day)
    assert backups(path) == [f"reading-2025-03-{day:02}.sqlite3" for day in range(4, 11)]


def test_of_copies_whose_last_change_has_one_time_the_one_with_most_changes_is_restored(path: Path) -> None:
    mark(path, "ahead", day=3650)
    for day in range(4):
        mark(path, f"story-{day}", day=day)
    path.write_bytes(b"no database " * 1000)
    with opened(path, 4) as state:
        assert state.undo()
        assert state.undo()
        assert state.get_read_keys() == {"ahead", "story-0"}


def test_what_is_not_a_copy_of_ours_is_never_deleted(path: Path) -> None:
    mark(path, "ada")
    (path.parent / "backups").mkdir()
    mine = path.parent / "backups" / "reading-my-own.sqlite3"
    mine.write_bytes(b"mine")
    for day in range(9):
        mark(path, f"story-{day}", day=day)
    assert mine.read_bytes() == b"mine"


def test_copies_are_for_their_owner_alone(path: Path) -> None:
    with_backup(path)
    folder = path.parent / "backups"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_an_empty_state_is_not_copied(path: Path) -> None:
    opened(path).close()
    opened(path).close()
    assert not (path.parent / "backups").exists()


def test_a_state_that_does_not_agree_with_itself_is_told_and_not_copied(path: Path) -> None:
    mark(path, "ada")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM register")
    with opened(path) as state:
        assert "importai-tui doctor --repair" in (state.warning or "")
        assert backups(path) == []
        state.rebuild_from_journal()
        assert state.get_read_keys() == {"ada"}


def test_a_copy_that_cannot_be_written_stops_nobody(path: Path) -> None:
    mark(path, "ada")
    (path.parent / "backups").write_bytes(b"in the way")
    with opened(path) as state:
        assert state.get_read_keys() == {"ada"}


def test_a_damaged_state_is_set_aside_and_the_newest_good_copy_takes_its_place(path: Path) -> None:
    with_backup(path)
    path.write_bytes(b"no database " * 1000)
    with opened(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert state.find_problems() == ()
        (aside,) = set_aside(path)
        assert aside.name == "reading-set-aside-20250303T120000Z.sqlite3"
        assert aside.read_bytes() == b"no database " * 1000
        assert state.warning
        assert str(aside) in state.warning
        assert "2025-03-03" in state.warning
        state.mark(["cyd"], read=True)
    with opened(path) as state:
        assert state.get_read_keys() == {"ada", "cyd"}
        assert state.warning is None


def test_what_can_still_be_read_of_a_damaged_state_is_taken_over(path: Path) -> None:
    with_backup(path)
    with opened(path) as state:
        state.set_note("bob", "Newer than the copy.")
    spoil(path, "journal")
    with opened(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert state.get_note("bob") == "Newer than the copy."
        assert "newer change" in (state.warning or "")
        assert state.find_problems() == ()


def test_a_state_that_lost_its_marks_gets_them_from_its_journal(path: Path) -> None:
    with_backup(path)
    with opened(path) as state:
        state.set_note("bob", "Newer than the copy.")
    spoil(path, "register")
    with opened(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert state.get_note("bob") == "Newer than the copy."
        assert "a repaired copy of it is in its place" in (state.warning or "")
        assert state.find_problems() == ()
        assert state.undo()


def test_a_copy_that_is_damaged_too_is_passed_over(path: Path) -> None:
    mark(path, "ada")
    mark(path, "bob", day=1)
    opened(path, 2).close()
    newest = path.parent / "backups" / "reading-2025-03-05.sqlite3"
    newest.write_bytes(b"no database " * 1000)
    path.write_bytes(b"no database " * 1000)
    with opened(path, 2) as state:
        assert state.get_read_keys() == {"ada"}
    assert newest.read_bytes() == b"no database " * 1000


def test_a_copy_that_does_not_agree_with_itself_is_passed_over(path: Path) -> None:
    mark(path, "ada")
    mark(path, "bob", day=1)
    opened(path, 2).close()
    with closing(sqlite3.connect(path.parent / "backups" / "reading-2025-03-05.sqlite3")) as connection:
        connection.execute("DELETE FROM register WHERE key = 'ada'")
        connection.commit()
    path.write_bytes(b"no database " * 1000)
    with opened(path, 2) as state:
        # The older copy, with what the other one has that is newer.
        assert state.get_read_keys() == {"ada", "bob"}
        assert "until 2025-03-03 12:00 UTC" in (state.warning or "")
        assert "1 newer change" in (state.warning or "")


def test_a_copy_of_an_older_version_is_upgraded_on_its_way_back(path: Path) -> None:
    mark(path, "eve")
    make_version_1(path.parent / "backups" / "reading-2025-03-01.sqlite3")
    path.write_bytes(b"no database " * 1000)
    with opened(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}


def test_an_emptied_file_is_not_taken_for_a_new_one(path: Path) -> None:
    with_backup(path)
    path.write_bytes(b"")
    with opened(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert state.warning


def test_a_file_that_is_gone_is_restored_from_its_copies(path: Path) -> None:
    with_backup(path)
    path.unlink()
    with opened(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert "was gone" in (state.warning or "")
        assert f"move {path.parent} away" in (state.warning or "")
        assert state.find_problems() == ()
    with opened(path) as state:
        assert state.warning is None


def test_a_folder_that_is_gone_is_begun_anew(path: Path) -> None:
    with_backup(path)
    shutil.rmtree(path.parent)
    with opened(path) as state:
        assert not state.get_read_keys()
        assert state.warning is None


def test_a_link_to_a_disk_that_is_not_there_is_left_alone(path: Path, tmp_path: Path) -> None:
    with_backup(path)
    path.unlink()
    path.symlink_to(tmp_path / "unmounted" / "reading.sqlite3")
    with pytest.raises(DatabaseError, match=str(path)):
        opened(path)
    assert path.is_symlink()


@pytest.mark.parametrize("left", [b"", b"S"])
@pytest.mark.parametrize("log", [b"", b"a log of nothing"])
def test_an_emptied_file_with_a_log_is_restored(path: Path, left: bytes, log: bytes) -> None:
    with_backup(path)
    path.write_bytes(left)
    path.with_name(f"{path.name}-wal").write_bytes(log)
    with opened(path) as state:
        assert "is in its place" in (state.warning or "")
        assert state.get_read_keys() == {"ada"}


def test_the_log_of_a_state_that_is_gone_is_kept(path: Path) -> None:
    with opened(path) as state:
        state.mark(["ada"], read=True)
        log = path.with_name(f"{path.name}-wal").read_bytes()
    path.unlink()
    path.with_name(f"{path.name}-wal").write_bytes(log)
    with opened(path) as state:
        assert "Its log is kept" in (state.warning or "")
    (kept,) = path.parent.glob("*-wal")
    assert kept.read_bytes() == log


def test_without_a_good_copy_a_damaged_state_is_refused_and_left_as_it_is(path: Path) -> None:
    with_backup(path)
    copy = path.parent / "backups" / "reading-2025-03-03.sqlite3"
    copy.write_bytes(b"no database " * 1000)
    path.write_bytes(b"a year of marks " * 500)
    with pytest.raises(DatabaseError, match=r"importai-tui doctor --repair"):
        opened(path)
    assert path.read_bytes() == b"a year of marks " * 500
    assert copy.exists()
    assert set_aside(path) == []


def test_any_page_may_be_overwritten_and_nothing_is_shown_that_is_not_so(path: Path, tmp_path: Path) -> None:
    keys = {f"story-{n}" for n in range(300)}
    mark(path, *keys)
    opened(path).close()
    with opened(path) as state:
        state.set_note("story-1", "x" * 9000)
    whole = path.read_bytes()
    for page in range(len(whole) // 4096):
        home = tmp_path / f"page-{page}"
        shutil.copytree(path.parent, home)
        spoilt = bytearray(whole)
        spoilt[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
        (home / path.name).write_bytes(spoilt)
        with opened(home / path.name) as state:
            assert state.find_problems() or (state.get_read_keys() == keys and state.warning is None) or state.warning
            assert state.warning is None or state.get_read_keys() == keys


def test_a_log_that_was_cut_off_costs_only_what_was_in_it(path: Path, tmp_path: Path) -> None:
    with opened(path) as state:
        state.mark(["ada"], read=True)
        for n in range(20):
            state.mark([f"story-{n}"], read=True)
        log = path.with_name(path.name + "-wal").read_bytes()
        main = path.read_bytes()
    for share in range(0, 100, 7):
        cut = tmp_path / f"cut-{share}" / path.name
        cut.parent.mkdir()
        cut.write_bytes(main)
        cut.with_name(cut.name + "-wal").write_bytes(log[: len(log) * share // 100])
        with opened(cut) as state:
            marked = state.get_read_keys()
            assert marked <= {"ada", *(f"story-{n}" for n in range(20))}
            assert marked == {"ada", *(f"story-{n}" for n in range(len(marked) - 1))} or not marked
            assert state.find_problems() == ()


def test_a_restoring_that_was_killed_is_done_by_the_next_start(path: Path) -> None:
    with_backup(path)
    path.write_bytes(b"no database " * 1000)
    path.with_name("reading-restoring.sqlite3").write_bytes(b"half")
    with opened(path) as state:
        assert state.get_read_keys() == {"ada"}
    assert not path.with_name("reading-restoring.sqlite3").exists()


def test_the_copy_with_the_latest_change_is_restored_also_one_from_an_upgrade(path: Path) -> None:
    with_backup(path)  # its daily copy holds ada alone
    shutil.copy(path, path.with_name("reading-before-3-20250303T130000Z.sqlite3"))
    path.write_bytes(b"no database " * 1000)
    with opened(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert "all that was done until 2025-03-03 12:00 UTC" in (state.warning or "")
        assert state.undo()
        assert state.get_read_keys() == {"ada"}


def test_what_other_copies_have_that_is_newer_is_taken_over(path: Path) -> None:
    with_backup(path)
    mark(path, "cyd", day=1)
    with opened(path, 2) as state:
        state.mark(["dee"], read=True)
    shutil.copy(path, path.with_name("reading-before-3-20250303T130000Z.sqlite3"))
    spoil(path.with_name("reading-before-3-20250303T130000Z.sqlite3"), "step")
    path.write_bytes(b"no database " * 1000)
    with opened(path, 2) as state:
        assert {"ada", "bob", "cyd"} <= state.get_read_keys()
