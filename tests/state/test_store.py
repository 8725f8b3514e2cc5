"""Marks, undo, redo and stored values of an open reading state."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.state import opening
from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import get_now, query, run_script

COUNT = 200
"""Changes of each window."""


def test_a_mark_survives_a_restart(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    state.mark(["bob"], starred=True)
    with ReadingState(path, get_now) as reopened:
        assert reopened.get_read_keys() == {"ada"}
        assert reopened.get_starred_keys() == {"bob"}


def test_a_change_reports_only_changed_stories(state: ReadingState) -> None:
    state.mark(["ada"], read=True)
    change = state.mark(["ada", "bob", "cyd", "bob"], read=True)
    assert change.keys == ("bob", "cyd")
    assert change.label == "Marked 2 stories as read"


def test_marking_again_is_no_undo_step(state: ReadingState) -> None:
    state.mark(["ada"], read=True)
    assert state.mark(["ada"], read=True).keys == ()
    assert (change := state.undo())
    assert change.keys == ("ada",)
    assert state.undo() is None


def test_undo_and_redo_go_back_and_forth(state: ReadingState) -> None:
    state.mark(["ada", "bob"], read=True)
    state.mark(["ada"], read=False, starred=True)
    assert (change := state.undo())
    assert change.label == "Undid: 1 story marked unread and star on 1 story"
    assert state.get_read_keys() == {"ada", "bob"}
    assert not state.get_starred_keys()
    assert (change := state.undo())
    assert change.keys == ("ada", "bob")
    assert state.get_read_keys() == set()
    assert state.undo() is None
    assert (change := state.redo())
    assert change.label == "Redid: 2 stories marked read"
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


def test_an_automatic_mark_is_not_undone(state: ReadingState) -> None:
    state.mark(["ada"], starred=True)
    state.mark(["bob"], read=True, automatic=True)
    assert (change := state.undo())
    assert change.label == "Undid: star on 1 story"
    assert state.get_read_keys() == {"bob"}
    assert state.undo() is None


def test_an_automatic_mark_keeps_redo(state: ReadingState) -> None:
    state.mark(["ada"], starred=True)
    state.undo()
    state.mark(["ada"], read=True, automatic=True)
    state.redo()
    assert state.get_starred_keys() == state.get_read_keys() == {"ada"}


def test_automatic_marks_are_found_latest_first(state: ReadingState) -> None:
    assert state.find_automatic_read() is None
    for key in ("ada", "bob"):
        state.mark([key], read=True, automatic=True)
    state.mark(["cyd"], read=True)
    assert state.find_automatic_read() == "bob"
    state.mark(["bob"], read=False)
    assert state.find_automatic_read() == "ada"


def test_undo_passes_over_steps_without_an_effect(state: ReadingState) -> None:
    state.mark(["ada"], starred=True)
    state.mark(["bob"], read=True, automatic=True)
    state.mark(["bob"], read=False)
    state.mark(["bob"], read=True, automatic=True)
    assert (change := state.undo())
    assert change.keys == ("ada",)
    assert state.get_read_keys() == {"bob"}


def test_undo_works_after_a_restart(path: Path) -> None:
    with ReadingState(path, get_now) as state:
        state.mark(["ada"], read=True)
    with ReadingState(path, get_now) as state:
        assert (change := state.undo())
        assert change.keys == ("ada",)
    with ReadingState(path, get_now) as state:
        assert (change := state.redo())
        assert change.keys == ("ada",)
        assert state.get_read_keys() == {"ada"}


def test_marks_of_another_window_are_loaded(state: ReadingState, path: Path) -> None:
    assert not state.poll_changes()
    with ReadingState(path, get_now) as other:
        other.mark(["ada"], read=True)
    assert state.poll_changes()
    assert not state.poll_changes()
    assert state.get_read_keys() == {"ada"}


def test_two_windows_keep_each_others_marks(state: ReadingState, path: Path) -> None:
    with ReadingState(path, get_now) as other:
        for n in range(20):
            state.mark([f"here-{n}"], read=True)
            other.mark([f"there-{n}"], read=True)
        assert len(other.get_read_keys()) == len(state.get_read_keys()) == 40


def test_a_stored_value_survives_a_restart(state: ReadingState, path: Path) -> None:
    assert state.load_value("theme") is None
    state.save_value("theme", "paper")
    state.save_value("theme", "ink")
    with ReadingState(path, get_now) as reopened:
        assert reopened.load_value("theme") == "ink"


def test_the_journal_records_every_step(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True, headlines={"ada": "What Ada said"})
    state.undo()
    rows = query(path, "SELECT kind, key, field, old, new FROM journal ORDER BY id")
    at = "2025-03-03T12:00:00+00:00"
    assert rows == [("change", "ada", "read", None, at), ("undo", "ada", "read", at, None)]
    assert query(path, "SELECT headline FROM story") == [("What Ada said",)]


def test_the_file_is_private(state: ReadingState, path: Path) -> None:
    state.mark(["ada"], read=True)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_damaged_file_is_reported_and_not_changed(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a year of marks " * 500)
    with pytest.raises(DatabaseError, match=str(path)):
        ReadingState(path, get_now)
    assert path.read_bytes() == b"a year of marks " * 500


def test_a_file_of_a_newer_version_is_not_changed(path: Path) -> None:
    ReadingState(path, get_now).close()
    run_script(path, "PRAGMA user_version = 999")
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="newer importai-tui"):
        ReadingState(path, get_now)
    assert path.read_bytes() == before


def test_a_log_of_another_new_window_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other: list[ReadingState] = []

    def create_state(_: Path) -> bool:
        """Create the state in another window, after this one has looked for the file and found none."""
        monkeypatch.undo()
        other.append(ReadingState(path, get_now))
        other[0].mark(["ada"], read=True)
        return False

    monkeypatch.setattr(opening, "has_copies", create_state)
    with ReadingState(path, get_now) as state:
        assert (state.get_read_keys(), state.warning) == ({"ada"}, None)
    other[0].mark(["bob"], read=True)
    other[0].close()


def test_two_windows_can_write_at_the_same_time(path: Path) -> None:
    failed: list[BaseException] = []
    barrier = threading.Barrier(2)

    def write(window: str) -> None:
        try:
            barrier.wait()
            # Opened here, because both windows also create the file at the same time.
            with ReadingState(path, get_now) as state:
                for n in range(COUNT):
                    state.mark([f"{window}-{n}", f"both-{n}"], read=True)
                    state.tag([f"{window}-{n}"], window)
                    state.save_value(window, str(n))
        except BaseException as error:
            failed.append(error)

    windows = [threading.Thread(target=write, args=(name,)) for name in ("here", "there")]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert failed == []
    with ReadingState(path, get_now) as state:
        expected = {f"{name}-{n}" for name in ("here", "there", "both") for n in range(COUNT)}
        assert state.get_read_keys() == expected
        assert state.count_tags() == (("here", COUNT), ("there", COUNT))
        assert state.load_value("here") == state.load_value("there") == str(COUNT - 1)
        assert state.find_problems() == ()
