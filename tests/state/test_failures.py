"""Write errors: full, read-only and vanished files and disks."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.state.reading_state import ReadingState
from tests.disks import fill_disk, mount_disk, remount
from tests.state.helpers import HEADER_LINE, export_registers, format_register, get_now

CHANGES: dict[str, Callable[[ReadingState], object]] = {
    "mark": lambda state: state.mark(["bob"], read=True, starred=True),
    "tag": lambda state: state.tag(["bob"], "new"),
    "note": lambda state: state.set_note("ada", "Another note. " * 500),
    "highlight": lambda state: state.add_highlight("bob", "Slow water."),
    "position": lambda state: state.save_scroll_position("bob", "[1]"),
    "undo": lambda state: state.undo(),
    "value": lambda state: state.save_value("theme", "ink"),
    "merge": lambda state: state.merge([HEADER_LINE, format_register(key="eve")]),
    "rebuild": lambda state: state.rebuild_from_journal(),
}


def get_snapshot(state: ReadingState) -> tuple[object, ...]:
    sets = set(state.get_read_keys()), set(state.get_starred_keys()), set(state.get_noted_keys())
    return *sets, state.count_tags(), state.get_note("ada"), state.load_value("theme"), export_registers(state)


@pytest.fixture
def used_state(state: ReadingState) -> ReadingState:
    state.mark(["ada"], read=True)
    state.set_note("ada", "A note.")
    state.tag(["ada"], "robots")
    return state


@pytest.mark.parametrize("change", CHANGES)
def test_a_read_only_database_raises_and_changes_nothing(used_state: ReadingState, change: str) -> None:
    # Root can write to read-only files; this makes SQLite behave like on a read-only file system.
    used_state._database.execute("PRAGMA query_only = ON")
    before = get_snapshot(used_state)
    with pytest.raises(DatabaseError, match=str(used_state._database.path)):
        CHANGES[change](used_state)
    assert get_snapshot(used_state) == before
    used_state._database.execute("PRAGMA query_only = OFF")
    CHANGES[change](used_state)
    assert used_state.find_problems() == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 600 kB."""
    with mount_disk(tmp_path / "tiny", "600k") as folder:
        yield folder


@pytest.mark.parametrize("change", [name for name in CHANGES if name not in ("value", "rebuild", "position", "mark")])
def test_a_full_disk_raises_and_changes_nothing(small_disk: Path, change: str) -> None:
    with ReadingState(small_disk / "reading.sqlite3", get_now) as state:
        state.mark(["ada"], read=True)
        state.set_note("ada", "A note.")
        ballast = fill_disk(small_disk)
        snapshots = [get_snapshot(state)]

        def mark_until_full() -> None:
            for n in range(1000):  # SQLite first uses up the space that it has reserved for its log
                state.mark([f"story-{n}"], read=True)
                snapshots.append(get_snapshot(state))

        with pytest.raises(DatabaseError, match="disk is full"):
            mark_until_full()
        assert get_snapshot(state) == snapshots[-1]
        with pytest.raises(DatabaseError, match="disk is full"):
            state.set_note("bob", "x" * 50_000)
        assert get_snapshot(state) == snapshots[-1]
        ballast.unlink()
        CHANGES[change](state)
        assert state.find_problems() == ()
        assert "ada" in state.get_read_keys()


def test_a_state_on_a_full_disk_opens(small_disk: Path) -> None:
    with ReadingState(small_disk / "reading.sqlite3", get_now) as state:
        state.mark(["ada"], read=True)
    ballast = fill_disk(small_disk)
    with ReadingState(small_disk / "reading.sqlite3", get_now) as state:
        assert state.get_read_keys() == {"ada"}
        with pytest.raises(DatabaseError, match="disk is full"):
            state.mark(["bob"], read=True)
        ballast.unlink()
        state.reconnect()
        state.mark(["bob"], read=True)
        assert state.find_problems() == ()


def test_a_state_on_a_read_only_disk_opens(small_disk: Path) -> None:
    with ReadingState(small_disk / "reading.sqlite3", get_now) as state:
        state.mark(["ada"], read=True)
    remount(small_disk, "ro")
    with ReadingState(small_disk / "reading.sqlite3", get_now) as state:
        assert state.get_read_keys() == {"ada"}
        with pytest.raises(DatabaseError, match="Can't write"):
            state.mark(["bob"], read=True)
    remount(small_disk, "rw")
    with ReadingState(small_disk / "reading.sqlite3", get_now) as state:
        assert state.get_read_keys() == {"ada"}


def test_a_state_is_writable_after_remounting_its_disk(small_disk: Path, tmp_path: Path) -> None:
    folder = small_disk / "folder"
    folder.mkdir()
    with ReadingState(tmp_path / "reading.sqlite3", get_now) as state:
        state.mark(["ada"], read=True)
        # The log is beside the file, as a killed window leaves it.
        for file in tmp_path.glob("reading.sqlite3*"):
            shutil.copy(file, folder)
    remount(small_disk, "ro")
    with ReadingState(folder / "reading.sqlite3", get_now, copy_daily=False) as state:
        assert state.get_read_keys() == {"ada"}
        assert "Can't write" in state.find_problems()[0]
        remount(small_disk, "rw")
        with pytest.raises(DatabaseError, match="Can't write"):
            state.mark(["bob"], read=True)
        state.reconnect()
        state.mark(["bob"], read=True)
        assert state.find_problems() == ()
        assert state.get_read_keys() == {"ada", "bob"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes everywhere")
def test_an_error_names_the_read_only_folder(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    with pytest.raises(DatabaseError, match=str(path)):
        ReadingState(path, get_now)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("loss", ["removed", "replaced"])
def test_a_change_to_a_removed_or_replaced_file_raises(
    used_state: ReadingState, path: Path, loss: str, change: str
) -> None:
    before = get_snapshot(used_state)
    path.rename(path.with_name("elsewhere"))
    if loss == "replaced":
        sqlite3.connect(path).close()
        path.touch()
    with pytest.raises(DatabaseError, match="removed or replaced"):
        CHANGES[change](used_state)
    assert get_snapshot(used_state) == before
    path.with_name("elsewhere").rename(path)
    CHANGES[change](used_state)
    assert used_state.find_problems() == ()
