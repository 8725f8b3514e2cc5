from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from importai_tui.error_log import ErrorLog
from importai_tui.state.maintenance import Maintenance
from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import get_now, list_backups, query, run_script

TIMEOUT = 20.0
"""Seconds until a test fails."""


@contextmanager
def run_maintenance(path: Path, shared_folder: Path | None = None) -> Iterator[Maintenance]:
    maintenance = Maintenance(path, get_now, shared_folder, poll_interval=0.01)
    thread = threading.Thread(target=maintenance.run)
    thread.start()
    try:
        yield maintenance
    finally:
        maintenance.stop()
        thread.join(TIMEOUT)
    assert not thread.is_alive()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def open_without_copy(path: Path) -> ReadingState:
    """Open a state like the app, which leaves the copy to the maintenance."""
    return ReadingState(path, get_now, copy_daily=False)


def list_copy_names(path: Path) -> list[str]:
    return [copy.name for copy in list_backups(path)]


def test_the_daily_copy_is_made_in_the_background(path: Path) -> None:
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
    with open_without_copy(path):
        assert list_copy_names(path) == []
        with run_maintenance(path):
            wait_until(lambda: list_copy_names(path) == ["reading-2025-03-03.sqlite3"])


def test_problems_are_found_in_the_background(path: Path) -> None:
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
        state._database.execute("DELETE FROM register")
        with run_maintenance(path) as maintenance:
            wait_until(lambda: maintenance.problems)
        assert "1 mark differs from the journal" in maintenance.problems[0]
    assert list_copy_names(path) == []


def test_other_programs_leave_the_log_of_a_checked_state(path: Path) -> None:
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
        with run_maintenance(path):
            wait_until(lambda: list_copy_names(path))
            # It would delete the log at its end if this process had lost its locks.
            read_and_close = (
                "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM step').fetchall()"
            )
            subprocess.run([sys.executable, "-c", read_and_close, path], check=True)
            assert path.with_name(f"{path.name}-wal").exists()


def test_marks_are_exchanged_through_the_shared_folder(path: Path, shared_folder: Path, tmp_path: Path) -> None:
    with open_without_copy(path) as state, run_maintenance(path, shared_folder):
        with ReadingState(tmp_path / "laptop" / "reading.sqlite3", get_now, shared_folder) as laptop:
            laptop.mark(["ada"], read=True)
        wait_until(lambda: state.poll_changes() and "ada" in state.get_read_keys())
        state.mark(["bob"], read=True)
        with ReadingState(tmp_path / "laptop" / "reading.sqlite3", get_now, shared_folder) as laptop:
            wait_until(lambda: laptop.poll_changes() and laptop.get_read_keys() == {"ada", "bob"})


def test_the_last_marks_are_shared_at_the_end(path: Path, shared_folder: Path, tmp_path: Path) -> None:
    with open_without_copy(path) as state, run_maintenance(path, shared_folder):
        wait_until(lambda: list(shared_folder.iterdir()))
        state.mark(["ada"], read=True)
    with ReadingState(tmp_path / "laptop" / "reading.sqlite3", get_now, shared_folder) as laptop:
        assert laptop.get_read_keys() == {"ada"}


def test_maintenance_runs_once_even_if_stopped_before(path: Path, shared_folder: Path) -> None:
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
    maintenance = Maintenance(path, get_now, shared_folder)
    maintenance.stop()
    maintenance.run()
    assert "ada" in "".join(file.read_text() for file in shared_folder.iterdir())


def test_a_missing_shared_folder_is_reported_until_it_returns(path: Path, shared_folder: Path) -> None:
    with open_without_copy(path), run_maintenance(path, shared_folder) as maintenance:
        wait_until(lambda: list(shared_folder.iterdir()))
        assert maintenance.sharing_error is None
        shared_folder.rename(shared_folder.with_name("gone"))
        wait_until(lambda: maintenance.sharing_error)
        assert str(shared_folder) in (maintenance.sharing_error or "")
        shared_folder.with_name("gone").rename(shared_folder)
        wait_until(lambda: maintenance.sharing_error is None)


def test_the_last_copy_has_all_changes_of_the_run(path: Path) -> None:
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
        with run_maintenance(path):
            wait_until(lambda: list_copy_names(path))
            state.mark(["bob"], read=True)
    (copy,) = list_backups(path)
    assert query(copy, "SELECT key FROM register ORDER BY key") == [("ada",), ("bob",)]


def test_a_run_without_changes_makes_no_copy(path: Path) -> None:
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
    with run_maintenance(path):
        wait_until(lambda: list_copy_names(path))
    (copy,) = list_backups(path)
    before = copy.stat().st_ino
    with run_maintenance(path):
        time.sleep(0.05)
    assert copy.stat().st_ino == before


def test_a_state_that_cannot_be_written_is_reported(path: Path) -> None:
    open_without_copy(path).close()
    run_script(path, "PRAGMA application_id = 7")
    with run_maintenance(path) as maintenance:
        wait_until(lambda: maintenance.error)
    assert "another program" in (maintenance.error or "")


def test_a_removed_state_is_not_created_again(path: Path, shared_folder: Path) -> None:
    open_without_copy(path).close()
    path.unlink()
    with run_maintenance(path, shared_folder):
        time.sleep(0.05)
    assert not path.exists()


def test_an_unexpected_error_does_not_end_the_maintenance(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is logged, and the next try succeeds."""
    monkeypatch.setattr("importai_tui.state.maintenance._RETRY_DELAY", 0.01)
    maintain = Maintenance._maintain
    errors = [KeyError("where")]

    def fail_once(maintenance: Maintenance) -> bool:
        if errors:
            raise errors.pop()
        return maintain(maintenance)

    monkeypatch.setattr(Maintenance, "_maintain", fail_once)
    log = ErrorLog(tmp_path / "errors.log")
    with open_without_copy(path) as state:
        state.mark(["ada"], read=True)
    maintenance = Maintenance(path, get_now, None, log, poll_interval=0.01)
    thread = threading.Thread(target=maintenance.run)
    thread.start()
    wait_until(lambda: list_copy_names(path))
    maintenance.stop()
    thread.join(TIMEOUT)
    assert "KeyError: 'where'" in log.path.read_text()
