from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now


def test_a_mark_is_there_after_a_restart(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    state.mark(["bob"], starred=True)
    with ReadingState(path, now) as again:
        assert again.get_read_keys() == {"ada"}
        assert again.get_starred_keys() == {"bob"}


def test_a_change_names_only_what_changed(state: ReadingState) -> None:
    state.mark(["ada"], read=True)
    change = state.mark(["ada", "bob", "cyd", "bob"], read=True)
    assert change.keys == ("bob", "cyd")
    assert change.label == "Marked 2 stories read"


def test_a_mark_that_is_there_already_is_no_step(state: ReadingState) -> None:
    state.mark(["ada"], read=True)
    assert state.mark(["ada"], read=True).keys == ()
    assert (undone := state.undo())
    assert undone.keys == ("ada",)
    assert state.undo() is None


def test_undo_and_redo_walk_back_and_forth(state: ReadingState) -> None:
    state.mark(["ada", "bob"], read=True)
    state.mark(["ada"], read=False, starred=True)
    assert (undone := state.undo())
    assert undone.label == "Undone: marked 1 story unread and starred 1 story"
    assert state.get_read_keys() == {"ada", "bob"}
    assert not state.get_starred_keys()
    assert (undone := state.undo())
    assert undone.keys == ("ada", "bob")
    assert state.get_read_keys() == set()
    assert state.undo() is None
    assert (redone := state.redo())
    assert redone.label == "Done again: marked 2 stories read"
    state.redo()
    assert state.get_read_keys() == {"bob"}
    assert state.get_starred_keys() == {"ada"}
    assert state.redo() is None


def test_a_new_mark_ends_redo(state: ReadingState) -> None:
    state.mark(["ada"], read=True)
    state.undo()
    state.mark(["bob"], read=True)
    assert state.redo() is None
    state.undo()
    assert state.undo() is None


def test_undo_reaches_behind_a_restart(path: Path) -> None:
    with ReadingState(path, now) as state:
        state.mark(["ada"], read=True)
    with ReadingState(path, now) as state:
        assert (undone := state.undo())
        assert undone.keys == ("ada",)
    with ReadingState(path, now) as state:
        assert (redone := state.redo())
        assert redone.keys == ("ada",)
        assert state.get_read_keys() == {"ada"}


def test_the_marks_of_another_window_show_here(state: ReadingState, path: Path) -> None:
    assert not state.poll_changes()
    with ReadingState(path, now) as other:
        other.mark(["ada"], read=True)
    assert state.poll_changes()
    assert not state.poll_changes()
    assert state.get_read_keys() == {"ada"}


def test_two_windows_keep_each_others_marks(state: ReadingState, path: Path) -> None:
    with ReadingState(path, now) as other:
        for n in range(20):
            state.mark([f"here-{n}"], read=True)
            other.mark([f"there-{n}"], read=True)
        assert len(other.get_read_keys()) == len(state.get_read_keys()) == 40


def test_settings_are_remembered(state: ReadingState, path: Path) -> None:
    assert state.load_value("theme") is None
    state.save_value("theme", "paper")
    state.save_value("theme", "ink")
    with ReadingState(path, now) as again:
        assert again.load_value("theme") == "ink"


def test_the_journal_tells_what_every_step_did(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True, headlines={"ada": "What Ada said"})
    state.undo()
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT kind, key, field, old, new FROM journal ORDER BY id").fetchall()
    headline = connection.execute("SELECT headline FROM story").fetchone()
    connection.close()
    at = "2025-03-03T12:00:00+00:00"
    assert rows == [("change", "ada", "read", None, at), ("undo", "ada", "read", at, None)]
    assert headline == ("What Ada said",)


def test_the_file_is_for_its_owner_alone(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_damaged_file_is_named_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a year of marks " * 500)
    with pytest.raises(DatabaseError, match=str(path)):
        ReadingState(path, now)
    assert path.read_bytes() == b"a year of marks " * 500


def test_a_file_from_the_future_is_refused_and_left_as_it_is(path: Path) -> None:
    ReadingState(path, now).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="newer importai-tui"):
        ReadingState(path, now)
    assert path.read_bytes() == before


MARK_FOR_EVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now

with ReadingState(Path(sys.argv[1]), lambda: datetime.now(UTC)) as state:
    for n in range(1_000_000):
        state.mark([f"story-{n}"], read=True)
        print(f"story-{n}", flush=True)
"""


def test_every_mark_that_returned_survives_kill_9(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", MARK_FOR_EVER, path], stdout=subprocess.PIPE, text=True) as marking:
        assert marking.stdout is not None
        shown = [marking.stdout.readline().strip() for _ in range(30)]
        marking.kill()
        shown += [line.strip() for line in marking.stdout if line.endswith("\n")]
    with ReadingState(path, now) as state:
        assert state.get_read_keys() >= set(shown)
