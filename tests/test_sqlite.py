"""A database file that another process locks, and file systems without locks or shared memory."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from importai_tui import sqlite
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.errors import DatabaseError
from importai_tui.sqlite import BusyDatabase, Database, set_wait_reporter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "archive.sqlite3"


@pytest.fixture
def reports() -> Iterator[list[str]]:
    messages: list[str] = []
    set_wait_reporter(messages.append)
    yield messages
    set_wait_reporter(None)


@contextmanager
def lock_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the lock on the file, as another process does."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


def write_note(database: Database, name: str) -> None:
    with database.transaction():
        database.execute("INSERT INTO source_note VALUES (?, 'x')", (name,))


def read_notes(database: Database) -> list[str]:
    return [name for (name,) in database.query("SELECT name FROM source_note ORDER BY name")]


def test_a_wait_is_reported_and_ends_with_the_lock(path: Path, reports: list[str]) -> None:
    with closing(Database(path, ARCHIVE_SPEC)) as database, lock_file(path) as other:
        unlock = threading.Timer(1.5, other.execute, ["ROLLBACK"])
        unlock.start()
        write_note(database, "a")
        unlock.join()
        assert read_notes(database) == ["a"]
    assert reports == [f"Waiting for another program that is using {path}…"]


def test_a_write_fails_after_the_lock_timeout(path: Path, reports: list[str]) -> None:
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        database.set_lock_timeout(0.01)
        with lock_file(path):
            for _ in range(2):
                with pytest.raises(BusyDatabase, match=f"{path} is in use by another program"):
                    write_note(database, "a")
            assert read_notes(database) == []
        write_note(database, "a")
        assert read_notes(database) == ["a"]
    assert reports == []


def test_a_file_system_without_locks_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    with closing(Database(path, ARCHIVE_SPEC)) as database, lock_file(path):
        monkeypatch.setattr(fcntl, "lockf", refuse)
        with pytest.raises(DatabaseError, match=f"The file system of {path.parent} doesn't support locks"):
            write_note(database, "a")


def test_a_file_without_shared_memory_has_no_wal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "supports_shared_memory", lambda _: False)
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        write_note(database, "a")
        assert database.query("PRAGMA journal_mode") == [("delete",)]
    monkeypatch.undo()
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        assert database.query("PRAGMA journal_mode") == [("wal",)]
        assert read_notes(database) == ["a"]


def test_a_file_can_leave_its_wal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        write_note(database, "a")
    database._leave_wal()
    monkeypatch.setattr(sqlite, "supports_shared_memory", lambda _: False)
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        assert database.query("PRAGMA journal_mode") == [("delete",)]
        assert read_notes(database) == ["a"]


def test_a_probe_leaves_no_file(path: Path) -> None:
    Database(path, ARCHIVE_SPEC).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
