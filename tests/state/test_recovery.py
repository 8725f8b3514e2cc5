"""Recovery of a damaged or missing reading state from its copies and its readable rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from tests.state.helpers import (
    NOT_A_DATABASE,
    create_long_history,
    create_state_with_backup,
    mark_on_day,
    open_on_day,
    overwrite_root_page,
    replace_by_new_state,
    run_script,
)
from tests.state.version_1 import create_version_1


def list_quarantined(path: Path) -> list[Path]:
    return sorted(path.parent.glob("*set-aside*.sqlite3"))


def test_of_equally_new_copies_the_longest_history_is_restored(path: Path) -> None:
    mark_on_day(path, "ahead", day=3650)
    for day in range(4):
        mark_on_day(path, f"story-{day}", day=day)
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path, 4) as state:
        assert state.undo()
        assert state.undo()
        assert state.get_read_keys() == {"ahead", "story-0"}


def test_the_newest_good_copy_replaces_a_damaged_state(path: Path) -> None:
    create_state_with_backup(path)
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert state.find_problems() == ()
        (quarantined,) = list_quarantined(path)
        assert quarantined.name == "reading-set-aside-20250303T120000Z.sqlite3"
        assert quarantined.read_bytes() == NOT_A_DATABASE
        assert state.warning
        assert str(quarantined) in state.warning
        assert "2025-03-03" in state.warning
        state.mark(["cyd"], read=True)
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada", "cyd"}
        assert state.warning is None


def test_readable_values_of_a_damaged_state_are_merged(path: Path) -> None:
    create_state_with_backup(path)
    with open_on_day(path) as state:
        state.set_note("bob", "Newer than the copy.")
    overwrite_root_page(path, "journal")
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert state.get_note("bob") == "Newer than the copy."
        assert "newer change" in (state.warning or "")
        assert state.find_problems() == ()


def test_lost_marks_are_rebuilt_from_the_journal(path: Path) -> None:
    create_state_with_backup(path)
    with open_on_day(path) as state:
        state.set_note("bob", "Newer than the copy.")
    overwrite_root_page(path, "register")
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert state.get_note("bob") == "Newer than the copy."
        assert "a repaired copy replaces it" in (state.warning or "")
        assert state.find_problems() == ()
        assert state.undo()


def test_a_damaged_copy_is_skipped(path: Path) -> None:
    mark_on_day(path, "ada")
    mark_on_day(path, "bob", day=1)
    open_on_day(path, 2).close()
    newest = path.parent / "backups" / "reading-2025-03-05.sqlite3"
    newest.write_bytes(NOT_A_DATABASE)
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path, 2) as state:
        assert state.get_read_keys() == {"ada"}
    assert newest.read_bytes() == NOT_A_DATABASE


def test_an_inconsistent_copy_is_skipped(path: Path) -> None:
    mark_on_day(path, "ada")
    mark_on_day(path, "bob", day=1)
    open_on_day(path, 2).close()
    run_script(path.parent / "backups" / "reading-2025-03-05.sqlite3", "DELETE FROM register WHERE key = 'ada'")
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path, 2) as state:
        # The older copy, with the newer values of the inconsistent one.
        assert state.get_read_keys() == {"ada", "bob"}
        assert "up to 2025-03-03 12:00 UTC" in (state.warning or "")
        assert "1 newer change" in (state.warning or "")


def test_a_restored_copy_of_an_older_version_is_upgraded(path: Path) -> None:
    mark_on_day(path, "eve")
    create_version_1(path.parent / "backups" / "reading-2025-03-01.sqlite3")
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}


def test_an_emptied_file_is_restored(path: Path) -> None:
    create_state_with_backup(path)
    path.write_bytes(b"")
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert state.warning


def test_a_missing_file_is_restored_from_its_copies(path: Path) -> None:
    create_state_with_backup(path)
    path.unlink()
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert "was missing" in (state.warning or "")
        assert f"move {path.parent} away" in (state.warning or "")
        assert state.find_problems() == ()
    with open_on_day(path) as state:
        assert state.warning is None


def test_a_missing_folder_gives_a_new_state(path: Path) -> None:
    create_state_with_backup(path)
    shutil.rmtree(path.parent)
    with open_on_day(path) as state:
        assert not state.get_read_keys()
        assert state.warning is None


def test_a_broken_link_is_never_replaced(path: Path, tmp_path: Path) -> None:
    create_state_with_backup(path)
    path.unlink()
    path.symlink_to(tmp_path / "unmounted" / "reading.sqlite3")
    with pytest.raises(DatabaseError, match=str(path)):
        open_on_day(path)
    assert path.is_symlink()


@pytest.mark.parametrize("content", [b"", b"S"])
@pytest.mark.parametrize("log", [b"", b"a log of nothing"])
def test_an_emptied_file_with_a_log_is_restored(path: Path, content: bytes, log: bytes) -> None:
    create_state_with_backup(path)
    path.write_bytes(content)
    path.with_name(f"{path.name}-wal").write_bytes(log)
    with open_on_day(path) as state:
        assert "replaces it" in (state.warning or "")
        assert state.get_read_keys() == {"ada"}


def test_the_log_of_a_missing_state_is_quarantined(path: Path) -> None:
    with open_on_day(path) as state:
        state.mark(["ada"], read=True)
        log = path.with_name(f"{path.name}-wal").read_bytes()
    path.unlink()
    path.with_name(f"{path.name}-wal").write_bytes(log)
    with open_on_day(path) as state:
        assert "Its log was kept" in (state.warning or "")
    (quarantined,) = path.parent.glob("*-wal")
    assert quarantined.read_bytes() == log


def test_without_a_good_copy_a_damaged_state_stays_unchanged(path: Path) -> None:
    create_state_with_backup(path)
    copy = path.parent / "backups" / "reading-2025-03-03.sqlite3"
    copy.write_bytes(NOT_A_DATABASE)
    path.write_bytes(b"a year of marks " * 500)
    with pytest.raises(DatabaseError, match=r"importai-tui doctor --repair"):
        open_on_day(path)
    assert path.read_bytes() == b"a year of marks " * 500
    assert copy.exists()
    assert list_quarantined(path) == []


def test_an_overwritten_page_never_shows_wrong_marks(path: Path, tmp_path: Path) -> None:
    keys = {f"story-{n}" for n in range(300)}
    mark_on_day(path, *keys)
    open_on_day(path).close()
    with open_on_day(path) as state:
        state.set_note("story-1", "x" * 9000)
    whole = path.read_bytes()
    for page in range(len(whole) // 4096):
        home = tmp_path / f"page-{page}"
        shutil.copytree(path.parent, home)
        damaged = bytearray(whole)
        damaged[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
        (home / path.name).write_bytes(damaged)
        with open_on_day(home / path.name) as state:
            assert state.find_problems() or (state.get_read_keys() == keys and state.warning is None) or state.warning
            assert state.warning is None or state.get_read_keys() == keys


def test_a_truncated_log_costs_only_its_own_changes(path: Path, tmp_path: Path) -> None:
    with open_on_day(path) as state:
        state.mark(["ada"], read=True)
        for n in range(20):
            state.mark([f"story-{n}"], read=True)
        log = path.with_name(path.name + "-wal").read_bytes()
        main = path.read_bytes()
    for percent in range(0, 100, 7):
        cut = tmp_path / f"cut-{percent}" / path.name
        cut.parent.mkdir()
        cut.write_bytes(main)
        cut.with_name(cut.name + "-wal").write_bytes(log[: len(log) * percent // 100])
        with open_on_day(cut) as state:
            read = state.get_read_keys()
            assert read <= {"ada", *(f"story-{n}" for n in range(20))}
            assert read == {"ada", *(f"story-{n}" for n in range(len(read) - 1))} or not read
            assert state.find_problems() == ()


def test_the_next_start_completes_a_killed_recovery(path: Path) -> None:
    create_state_with_backup(path)
    path.write_bytes(NOT_A_DATABASE)
    path.with_name("reading-restoring.sqlite3").write_bytes(b"half")
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada"}
    assert not path.with_name("reading-restoring.sqlite3").exists()


def test_the_copy_with_the_latest_change_is_restored(path: Path) -> None:
    create_state_with_backup(path)  # its daily copy has only "ada"
    shutil.copy(path, path.with_name("reading-before-3-20250303T130000Z.sqlite3"))
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path) as state:
        assert state.get_read_keys() == {"ada", "bob"}
        assert "everything up to 2025-03-03 12:00 UTC" in (state.warning or "")
        assert state.undo()
        assert state.get_read_keys() == {"ada"}


def test_newer_values_of_other_copies_are_merged(path: Path) -> None:
    create_state_with_backup(path)
    mark_on_day(path, "cyd", day=1)
    with open_on_day(path, 2) as state:
        state.mark(["dee"], read=True)
    shutil.copy(path, path.with_name("reading-before-3-20250303T130000Z.sqlite3"))
    overwrite_root_page(path.with_name("reading-before-3-20250303T130000Z.sqlite3"), "step")
    path.write_bytes(NOT_A_DATABASE)
    with open_on_day(path, 2) as state:
        assert {"ada", "bob", "cyd"} <= state.get_read_keys()


def test_a_lost_state_is_restored_with_its_longer_history(path: Path) -> None:
    create_long_history(path)
    replace_by_new_state(path, 8)
    open_on_day(path, 9).close()
    path.unlink()
    with open_on_day(path, 9) as state:
        assert len(state.get_read_keys()) == 140
        assert state.get_starred_keys() == {"new"}
