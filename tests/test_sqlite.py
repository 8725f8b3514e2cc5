"""A database file that another program locks, and file systems that lack what SQLite wants."""

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

from importai_tui import sqlite as module
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.errors import DatabaseError
from importai_tui.sqlite import BusyDatabase, Database, set_wait_reporter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "archive.sqlite3"


@pytest.fixture
def reported() -> Iterator[list[str]]:
    lines: list[str] = []
    set_wait_reporter(lines.append)
    yield lines
    set_wait_reporter(None)


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the lock on the file, as another program does."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


def note(database: Database, name: str) -> None:
    with database.transaction():
        database.execute("INSERT INTO source_note VALUES (?, 'x')", (name,))


def notes(database: Database) -> list[str]:
    return [name for (name,) in database.query("SELECT name FROM source_note ORDER BY name")]


def test_a_wait_is_reported_and_ends_with_the_lock(path: Path, reported: list[str]) -> None:
    with closing(Database(path, ARCHIVE_SPEC)) as database, locked(path) as other:
        released = threading.Timer(1.5, other.execute, ["ROLLBACK"])
        released.start()
        note(database, "a")
        released.join()
        assert notes(database) == ["a"]
    assert reported == [f"Waiting for another program that uses {path}…"]


def test_without_patience_nothing_is_written_and_it_can_be_tried_again(path: Path, reported: list[str]) -> None:
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        database.set_lock_timeout(0.01)
        with locked(path):
            for _ in range(2):
                with pytest.raises(BusyDatabase, match=f"{path} is in use by another program"):
                    note(database, "a")
            assert notes(database) == []
        note(database, "a")
        assert notes(database) == ["a"]
    assert reported == []


def test_a_file_system_without_locks_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    with closing(Database(path, ARCHIVE_SPEC)) as database, locked(path):
        monkeypatch.setattr(fcntl, "lockf", refuse)
        with pytest.raises(DatabaseError, match=f"The file system of {path.parent} offers no locks"):
            note(database, "a")


def test_without_shared_memory_a_new_file_has_no_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "supports_shared_memory", lambda _: False)
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        note(database, "a")
        assert database.query("PRAGMA journal_mode") == [("delete",)]
    monkeypatch.undo()
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        assert database.query("PRAGMA journal_mode") == [("wal",)]
        assert notes(database) == ["a"]


def test_a_file_with_a_log_can_leave_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        note(database, "a")
    database._leave_wal()
    monkeypatch.setattr(module, "supports_shared_memory", lambda _: False)
    with closing(Database(path, ARCHIVE_SPEC)) as database:
        assert database.query("PRAGMA journal_mode") == [("delete",)]
        assert notes(database) == ["a"]


def test_a_probe_leaves_no_file(path: Path) -> None:
    Database(path, ARCHIVE_SPEC).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
