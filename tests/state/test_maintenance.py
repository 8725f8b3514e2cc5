from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from importai_tui.error_log import ErrorLog
from importai_tui.state.maintenance import Maintenance
from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now

LONGEST_WAIT = 20.0
"""Seconds; only a test that has failed waits so long."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir()
    return made


@contextmanager
def looked_after(path: Path, folder: Path | None = None) -> Iterator[Maintenance]:
    care = Maintenance(path, now, folder, poll_interval=0.01)
    thread = threading.Thread(target=care.run)
    thread.start()
    try:
        yield care
    finally:
        care.stop()
        thread.join(LONGEST_WAIT)
    assert not thread.is_alive()


def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + LONGEST_WAIT
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def attended(path: Path) -> ReadingState:
    """A state as the app opens it."""
    return ReadingState(path, now, copy_daily=False)


def copies(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.glob("backups/*"))


def test_the_app_opens_without_a_copy_and_one_is_made_behind_it(path: Path) -> None:
    with attended(path) as state:
        state.mark(["ada"], read=True)
    with attended(path):
        assert copies(path) == []
        with looked_after(path):
            until(lambda: copies(path) == ["reading-2025-03-03.sqlite3"])


def test_what_is_wrong_with_the_state_is_found_behind_the_app(path: Path) -> None:
    with attended(path) as state:
        state.mark(["ada"], read=True)
        state._database.execute("DELETE FROM register")
        with looked_after(path) as care:
            until(lambda: care.problems)
        assert "1 mark is not as the journal" in care.problems[0]
    assert copies(path) == []


def test_marks_come_and_go_through_the_shared_folder(path: Path, folder: Path, tmp_path: Path) -> None:
    with attended(path) as state, looked_after(path, folder):
        with ReadingState(tmp_path / "lap" / "reading.sqlite3", now, folder) as lap:
            lap.mark(["ada"], read=True)
        until(lambda: state.poll_changes() and "ada" in state.get_read_keys())
        state.mark(["bob"], read=True)
        with ReadingState(tmp_path / "lap" / "reading.sqlite3", now, folder) as lap:
            until(lambda: lap.poll_changes() and lap.get_read_keys() == {"ada", "bob"})


def test_what_was_marked_last_is_told_when_it_ends(path: Path, folder: Path, tmp_path: Path) -> None:
    with attended(path) as state, looked_after(path, folder):
        until(lambda: list(folder.iterdir()))
        state.mark(["ada"], read=True)
    with ReadingState(tmp_path / "lap" / "reading.sqlite3", now, folder) as lap:
        assert lap.get_read_keys() == {"ada"}


def test_also_one_that_is_stopped_at_once_tells_what_is_new(path: Path, folder: Path) -> None:
    with attended(path) as state:
        state.mark(["ada"], read=True)
    care = Maintenance(path, now, folder)
    care.stop()
    care.run()
    assert "ada" in "".join(file.read_text() for file in folder.iterdir())


def test_trouble_with_the_folder_is_known_while_it_lasts(path: Path, folder: Path) -> None:
    with attended(path), looked_after(path, folder) as care:
        until(lambda: list(folder.iterdir()))
        assert care.sharing_error is None
        folder.rename(folder.with_name("gone"))
        until(lambda: care.sharing_error)
        assert str(folder) in (care.sharing_error or "")
        folder.with_name("gone").rename(folder)
        until(lambda: care.sharing_error is None)


def test_what_was_done_in_a_run_is_in_the_days_copy_when_it_ends(path: Path) -> None:
    with attended(path) as state:
        state.mark(["ada"], read=True)
        with looked_after(path):
            until(lambda: copies(path))
            state.mark(["bob"], read=True)
    (copy,) = path.parent.glob("backups/*")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT key FROM register ORDER BY key").fetchall() == [("ada",), ("bob",)]


def test_a_run_that_changes_nothing_leaves_the_days_copy_alone(path: Path) -> None:
    with attended(path) as state:
        state.mark(["ada"], read=True)
    with looked_after(path):
        until(lambda: copies(path))
    (copy,) = path.parent.glob("backups/*")
    before = copy.stat().st_ino
    with looked_after(path):
        time.sleep(0.05)
    assert copy.stat().st_ino == before


def test_a_state_that_cannot_be_written_is_told(path: Path) -> None:
    attended(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA application_id = 7")
    with looked_after(path) as care:
        until(lambda: care.error)
    assert "another program" in (care.error or "")


def test_a_state_that_was_taken_away_is_not_begun_anew(path: Path, folder: Path) -> None:
    attended(path).close()
    path.unlink()
    with looked_after(path, folder):
        time.sleep(0.05)
    assert not path.exists()


def test_an_unexpected_error_does_not_end_the_maintenance(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is logged and reported, and the next try goes on."""
    monkeypatch.setattr("importai_tui.state.maintenance._RETRY_DELAY", 0.01)
    look_after = Maintenance._maintain
    errors = [KeyError("where")]

    def fail_once(care: Maintenance) -> bool:
        if errors:
            raise errors.pop()
        return look_after(care)

    monkeypatch.setattr(Maintenance, "_maintain", fail_once)
    log = ErrorLog(tmp_path / "errors.log")
    with attended(path) as state:
        state.mark(["ada"], read=True)
    care = Maintenance(path, now, None, log, poll_interval=0.01)
    thread = threading.Thread(target=care.run)
    thread.start()
    until(lambda: copies(path))
    care.stop()
    thread.join(LONGEST_WAIT)
    assert "KeyError: 'where'" in log.path.read_text()
