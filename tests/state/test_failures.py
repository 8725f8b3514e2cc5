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
from tests.state.conftest import now

OTHER = [
    '{"importai-tui":"reading-state","version":1,"machine":"lap","at":"2025-03-01T00:00:00.000000+00:00"}',
    '{"key":"eve","field":"read","value":"2025-03-01T08:00:00+00:00","at":"2025-03-01T08:00:00+00:00","machine":"lap"}',
]
CHANGES: dict[str, Callable[[ReadingState], object]] = {
    "mark": lambda state: state.mark(["bob"], read=True, starred=True),
    "tag": lambda state: state.tag(["bob"], "new"),
    "note": lambda state: state.set_note("ada", "Another note. " * 500),
    "highlight": lambda state: state.add_highlight("bob", "Slow water."),
    "place": lambda state: state.save_scroll_position("bob", "[1]"),
    "undo": lambda state: state.undo(),
    "remember": lambda state: state.save_value("theme", "ink"),
    "merge": lambda state: state.merge(OTHER),
    "rebuild": lambda state: state.rebuild_from_journal(),
}


def stands(state: ReadingState) -> tuple[object, ...]:
    sets = set(state.get_read_keys()), set(state.get_starred_keys()), set(state.get_noted_keys())
    return *sets, state.count_tags(), state.get_note("ada"), state.load_value("theme"), list(state.export_lines())[1:]


@pytest.fixture
def lived_in(state: ReadingState) -> ReadingState:
    state.mark(["ada"], read=True)
    state.set_note("ada", "A note.")
    state.tag(["ada"], "robots")
    return state


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_cannot_be_written_raises_and_changes_nothing(lived_in: ReadingState, change: str) -> None:
    # As root no mode of a file stands in the way; this is what SQLite does on a file system that is read-only.
    lived_in._database.execute("PRAGMA query_only = ON")
    before = stands(lived_in)
    with pytest.raises(DatabaseError, match=str(lived_in._database.path)):
        CHANGES[change](lived_in)
    assert stands(lived_in) == before
    lived_in._database.execute("PRAGMA query_only = OFF")
    CHANGES[change](lived_in)
    assert lived_in.find_problems() == ()


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    with mount_disk(tmp_path / "tiny", "600k") as folder:
        yield folder


@pytest.mark.parametrize("change", [name for name in CHANGES if name not in ("remember", "rebuild", "place", "mark")])
def test_a_full_disk_raises_and_changes_nothing_until_there_is_room(tiny: Path, change: str) -> None:
    with ReadingState(tiny / "reading.sqlite3", now) as state:
        state.mark(["ada"], read=True)
        state.set_note("ada", "A note.")
        ballast = fill_disk(tiny)
        kept = [stands(state)]

        def mark_on() -> None:
            for n in range(1000):  # what SQLite has set aside for its log is used up first
                state.mark([f"story-{n}"], read=True)
                kept.append(stands(state))

        with pytest.raises(DatabaseError, match="disk is full"):
            mark_on()
        assert stands(state) == kept[-1]
        with pytest.raises(DatabaseError, match="disk is full"):
            state.set_note("bob", "x" * 50_000)
        assert stands(state) == kept[-1]
        ballast.unlink()
        CHANGES[change](state)
        assert state.find_problems() == ()
        assert "ada" in state.get_read_keys()


def test_with_a_full_disk_at_the_start_it_is_read_and_the_disk_is_named(tiny: Path) -> None:
    with ReadingState(tiny / "reading.sqlite3", now) as state:
        state.mark(["ada"], read=True)
    ballast = fill_disk(tiny)
    with ReadingState(tiny / "reading.sqlite3", now) as state:
        assert state.get_read_keys() == {"ada"}
        with pytest.raises(DatabaseError, match="disk is full"):
            state.mark(["bob"], read=True)
        ballast.unlink()
        state.reconnect()
        state.mark(["bob"], read=True)
        assert state.find_problems() == ()


def test_a_read_only_file_system_raises_and_what_is_kept_can_be_read(tiny: Path) -> None:
    with ReadingState(tiny / "reading.sqlite3", now) as state:
        state.mark(["ada"], read=True)
    remount(tiny, "ro")
    with ReadingState(tiny / "reading.sqlite3", now) as state:
        assert state.get_read_keys() == {"ada"}
        with pytest.raises(DatabaseError, match="cannot be written"):
            state.mark(["bob"], read=True)
    remount(tiny, "rw")
    with ReadingState(tiny / "reading.sqlite3", now) as state:
        assert state.get_read_keys() == {"ada"}


def test_a_state_that_was_opened_where_it_could_only_be_read_can_be_written_later(tiny: Path, tmp_path: Path) -> None:
    left = tiny / "left"
    left.mkdir()
    with ReadingState(tmp_path / "reading.sqlite3", now) as state:
        state.mark(["ada"], read=True)
        # As a window that was killed leaves it: with its log beside it.
        for file in tmp_path.glob("reading.sqlite3*"):
            shutil.copy(file, left)
    remount(tiny, "ro")
    with ReadingState(left / "reading.sqlite3", now, copy_daily=False) as state:
        assert state.get_read_keys() == {"ada"}
        assert "cannot be written" in state.find_problems()[0]
        remount(tiny, "rw")
        with pytest.raises(DatabaseError, match="cannot be written"):
            state.mark(["bob"], read=True)
        state.reconnect()
        state.mark(["bob"], read=True)
        assert state.find_problems() == ()
        assert state.get_read_keys() == {"ada", "bob"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes everywhere")
def test_a_folder_that_must_not_be_written_is_named(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    with pytest.raises(DatabaseError, match=str(path)):
        ReadingState(path, now)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("gone", ["removed", "replaced"])
def test_a_file_that_vanished_raises_before_a_change_is_lost(
    lived_in: ReadingState, path: Path, gone: str, change: str
) -> None:
    before = stands(lived_in)
    path.rename(path.with_name("elsewhere"))
    if gone == "replaced":
        sqlite3.connect(path).close()
        path.touch()
    with pytest.raises(DatabaseError, match="removed or replaced"):
        CHANGES[change](lived_in)
    assert stands(lived_in) == before
    path.with_name("elsewhere").rename(path)
    CHANGES[change](lived_in)
    assert lived_in.find_problems() == ()
