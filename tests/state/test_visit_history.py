"""Copies with a history that the state has lost: they stay, however many shorter ones come."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now as today

DAY = today()


def opened(path: Path, day: int = 0) -> ReadingState:
    return ReadingState(path, lambda: DAY + timedelta(days=day))


def backups(path: Path) -> list[Path]:
    return sorted((path.parent / "backups").glob("*"))


def keys_in(copy: Path) -> set[str]:
    with closing(sqlite3.connect(copy)) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM register")}


def long_history(path: Path) -> None:
    for day in range(7):
        with opened(path, day) as state:
            state.mark([f"old-{day}-{n}" for n in range(20)], read=True)
    opened(path, 7).close()


def replace_with_new_state(path: Path, day: int) -> None:
    """Let another state take the place of the file, as a restored home or a tool would."""
    path.unlink()
    fresh = path.with_name("elsewhere") / "reading.sqlite3"
    with opened(fresh, day) as state:
        state.mark(["new"], starred=True)
    fresh.replace(path)


def test_a_shorter_history_removes_no_copy_of_a_longer_one(path: Path) -> None:
    long_history(path)
    before = {copy.name: copy.read_bytes() for copy in backups(path)}
    replace_with_new_state(path, 7)
    for day in range(8, 30):
        with opened(path, day) as state:
            state.mark([f"new-{day}"], read=True)
    kept = {copy.name for copy in backups(path)}
    assert before.keys() <= kept
    assert len(kept) == 14


def test_todays_copy_of_another_history_is_not_written_over(path: Path) -> None:
    long_history(path)
    (todays,) = (path.parent / "backups").glob("reading-2025-03-10.sqlite3")
    whole = todays.read_bytes()
    os.utime(todays, (DAY.timestamp(), DAY.timestamp()))  # more than an hour old
    replace_with_new_state(path, 7)
    opened(path, 7).close()
    assert keys_in(todays) == {"new"}
    assert todays.with_name("reading-2025-03-10-2.sqlite3").read_bytes() == whole
    path.write_bytes(b"no database " * 1000)
    with opened(path, 8) as state:
        assert "old-6-19" in state.get_read_keys()
        assert state.get_starred_keys() == {"new"}


def test_a_lost_state_comes_back_from_its_longer_history(path: Path) -> None:
    long_history(path)
    replace_with_new_state(path, 8)
    opened(path, 9).close()
    path.unlink()
    with opened(path, 9) as state:
        assert len(state.get_read_keys()) == 140
        assert state.get_starred_keys() == {"new"}


def test_the_folder_of_copies_stays_bounded(path: Path) -> None:
    for day in range(40):
        with opened(path, day) as state:
            state.mark([f"story-{day}-{n}" for n in range(40 - day)], read=True)
        opened(path, day).close()
        path.unlink()
        fresh = path.with_name(f"elsewhere-{day}") / "reading.sqlite3"
        opened(fresh, day).close()
        fresh.replace(path)
    assert len(backups(path)) <= 14


def test_a_copy_is_made_again_after_an_hour(path: Path) -> None:
    with opened(path) as state:
        state.mark(["ada"], read=True)
    opened(path).close()
    (copy,) = backups(path)
    with opened(path) as state:
        state.mark(["bob"], read=True)
    opened(path).close()
    assert keys_in(copy) == {"ada"}
    an_hour_ago = (DAY - timedelta(hours=1)).timestamp()
    os.utime(copy, (an_hour_ago, an_hour_ago))
    opened(path).close()
    assert keys_in(copy) == {"ada", "bob"}


@pytest.mark.parametrize("start", ["reading-2025-03-01.sqlite3", ".reading-2025-03-01.sqlite3"])
@pytest.mark.parametrize("ending", ["part", "0a1b2c3d.part", "0a1b2c3d.part-journal", "part-wal"])
def test_what_a_killed_copying_left_is_removed(path: Path, start: str, ending: str) -> None:
    with opened(path) as state:
        state.mark(["ada"], read=True)
    opened(path).close()
    told = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    ended, living = int(told.stdout), os.getppid()
    folder = path.parent / "backups"
    left = folder / f"{start}.{ended}.{ending}"
    lives = folder / f"{start}.{living}.{ending}"
    mine = folder / "reading-my-part"
    for file in (left, lives, mine):
        file.write_bytes(b"half")
    opened(path, 1).close()
    assert (left.exists(), lives.exists(), mine.exists()) == (False, True, True)
    os.utime(lives, (1, 1))
    opened(path, 2).close()
    assert not lives.exists()


@pytest.mark.parametrize("name", [b"caf\xe9", b"\xff\xfe", "caf\N{LATIN SMALL LETTER E WITH ACUTE}".encode()])
def test_a_home_whose_path_is_not_utf8_is_copied_and_restored(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name) / "data" / "reading.sqlite3"
    with opened(path) as state:
        state.mark(["ada"], read=True)
    opened(path).close()
    assert len(backups(path)) == 1
    path.write_bytes(b"no database " * 1000)
    with opened(path) as state:
        assert state.get_read_keys() == {"ada"}
        assert state.find_problems() == ()
