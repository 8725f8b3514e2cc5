"""Copies of the reading state beside it: a daily copy, and one before each upgrade.

A copy is removed only if it is ours, and if the state or newer copies have its whole history. The module also removes
files that a killed process has left half written.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from importai_tui.errors import DatabaseError
from importai_tui.files import atomic_write, make_private_folder, retry_if_open
from importai_tui.sqlite import Database
from importai_tui.state.integrity import (
    correct_future_times,
    find_copy_differences,
    find_problems,
    open_read_only,
    save_copy_digest,
)
from importai_tui.state.journal import Journal
from importai_tui.state.schema import DATABASE_SPEC, UPGRADE_COPY_PREFIX, get_backup_folder, get_daily_copy_path
from importai_tui.wording import format_os_error

MAX_DAILY_COPIES = 7
"""A week is long enough to come back from a holiday and notice damage."""
_DAILY_NAME_PATTERN = re.compile(r"reading-(\d{4}-\d\d-\d\d)(?:-\d+)?\.sqlite3", re.ASCII)
_PART_NAME_PATTERN = re.compile(r"\.(\d+)\.(?:[^.]+\.)?part(?:-journal|-wal|-shm)?", re.ASCII)
"""End of a half-written file's name: the process id, in some names random letters, and SQLite's suffix."""
_MAX_PART_AGE = 24 * 3600.0
"""Seconds after which a half-written file is old, even if its process id is in use again. Writing takes seconds."""


def make_daily_copy(
    database: Database, at: datetime, *, replace: bool = False, save_digest: bool = True
) -> tuple[str, ...]:
    """Check the state and copy it into `backups/` if it is good; returns sentences about damage.

    If there is a copy of the day, it stays unless `replace` is set. A copy that cannot be written is no error: the
    next start tries again, and `doctor` reports it. `save_digest` stores the copy's digest in the state for the next
    comparison. It must be off at the end of the app: the write would make the snapshot of the last screen outdated.
    """
    target = get_daily_copy_path(database.path, at)
    try:
        journal = Journal(database, lambda: at)
        if (target.exists() and not replace) or not journal.get_last_line_id():
            return ()
        if problems := (*find_problems(database), *find_copy_differences(database)):
            return problems
        with suppress(OSError, DatabaseError):
            correct_future_times(database, journal)
            _make_copy(database, journal, target, save_digest=save_digest)
    except DatabaseError as error:
        return (str(error),)
    return ()


def find_copy_error(database: Database, at: datetime) -> str | None:
    """Try to copy the state; return why that failed, or None. An empty state is not copied."""
    journal = Journal(database, lambda: at)
    try:
        if journal.get_last_line_id():
            _make_copy(database, journal, get_daily_copy_path(database.path, at))
    except (OSError, DatabaseError) as error:
        reason = format_os_error(error) if isinstance(error, OSError) else str(error)
        return f"Can't copy the reading state into {get_backup_folder(database.path)}: {reason}"
    return None


def list_copies(path: Path) -> list[Path]:
    """Return the daily copies and those from before an upgrade; folders with such a name are left out."""
    named = (*_list_daily_copies(path), *path.parent.glob(f"{UPGRADE_COPY_PREFIX}*.sqlite3"))
    return [copy for copy in named if copy.is_file()]


def copy_before_upgrade(path: Path, at: datetime) -> Path | None:
    """Copy a state of an older version before it is upgraded; returns the copy, or None if none was needed.

    Raises:
        DatabaseError: the copy cannot be written, so the state must not be upgraded.
    """
    if not path.is_file() or not 0 < _read_version(path) < DATABASE_SPEC.version:
        return None
    target = path.with_name(f"{UPGRADE_COPY_PREFIX}{DATABASE_SPEC.version}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.sqlite3")
    try:
        with closing(sqlite3.connect(path)) as connection:
            _copy_database(connection.execute, target)
    except (sqlite3.Error, OSError) as error:
        line = f"{path} must be upgraded, but its backup {target} can't be written: {error}."
        raise DatabaseError(f"{line} Check the space and permissions there.") from error
    if _read_version(target) == DATABASE_SPEC.version:  # another window has upgraded the state and made the copy
        target.unlink()
        return None
    return target


def remove_stale_parts(parts: Iterable[Path]) -> None:
    """Remove half-written files whose process has ended, and old ones. Never raises."""
    for path in parts:
        with suppress(OSError):
            match = _PART_NAME_PATTERN.search(path.name)
            if match and match.end() == len(path.name) and (not _is_running(int(match[1])) or _is_old(path)):
                path.unlink()


def _list_daily_copies(path: Path) -> list[Path]:
    """Return the daily copies of the state at `path`, newest first."""
    return sorted((p for p in get_backup_folder(path).glob("*") if _DAILY_NAME_PATTERN.fullmatch(p.name)), reverse=True)


def _make_copy(database: Database, journal: Journal, target: Path, *, save_digest: bool = True) -> None:
    """Copy the state, and remove the copies that are no longer needed."""
    folder = target.parent
    make_private_folder(folder)
    remove_stale_parts([*folder.glob("*reading-*part*"), *folder.parent.glob(f"*{UPGRADE_COPY_PREFIX}*part*")])
    if target.exists() and not _is_contained(target, database):
        # Today's copy is of another state, and its history may be nowhere else.
        n = 2
        while (other := target.with_name(f"{target.stem}-{n}{target.suffix}")).exists():
            n += 1
        retry_if_open(partial(target.rename, other))
    last_line = journal.get_last_line_id()
    _copy_database(database.execute, target)
    if save_digest:
        save_copy_digest(database, target, last_line)
    _remove_old_copies(database, target)


def _remove_old_copies(database: Database, newest: Path) -> None:
    """Remove the oldest copies if there are more than a week of them.

    A copy with a history that the state does not have is never removed for a copy of the state.
    """
    ours: list[Path] = []
    others: list[Path] = []
    for copy in _list_daily_copies(database.path):
        (ours if _is_contained(copy, database) else others).append(copy)
    # Copies with a later day come from a wrong clock. If they counted as the newest, no other copy would stay.
    old = sorted(ours, key=lambda copy: copy.name <= newest.name, reverse=True)[MAX_DAILY_COPIES:]
    # There are more than a week of these only if the state is lost again and again; the longest histories stay.
    old += sorted(others, key=lambda copy: (_get_last_line(copy) or (0,))[0], reverse=True)[MAX_DAILY_COPIES:]
    for copy in old:
        copy.unlink()


def _is_contained(copy: Path, database: Database) -> bool:
    """Return True if the state continues the copy: its append-only journal has the copy's last line."""
    last_line = _get_last_line(copy)
    if last_line is None:
        return False
    return database.query("SELECT id, key, new FROM journal WHERE id = ?", last_line[:1]) == [last_line]


def _get_last_line(copy: Path) -> tuple[int, str, str | None] | None:
    """Return id, key and new value of the copy's last journal line; None if it has none or cannot be read."""
    try:
        with closing(open_read_only(copy)) as connection:
            line: tuple[int, str, str | None] | None = connection.execute(
                "SELECT id, key, new FROM journal ORDER BY id DESC LIMIT 1"
            ).fetchone()
            return line
    except sqlite3.Error:
        return None


def _copy_database(execute: Callable[[str, tuple[bytes]], object], target: Path) -> None:
    """Copy an open database to a file, atomically and as of one moment."""
    with atomic_write(target) as file:
        # Not with SQLite's backup: that copy would be in WAL mode, so that reading it would write to it.
        # The path is passed as bytes, because it need not be UTF-8.
        execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(file.name),))


def _read_version(path: Path) -> int:
    """Return the schema version of a file; 0 if it is no reading state or cannot be read."""
    try:
        with closing(open_read_only(path)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != DATABASE_SPEC.application_id:
                return 0
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def _is_old(path: Path) -> bool:
    return time.time() - path.stat(follow_symlinks=False).st_mtime > _MAX_PART_AGE


def _is_running(process: int) -> bool:
    if process == os.getpid() or os.name == "nt":  # on Windows `os.kill` would end the other process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # a process of another user
        return True
    return True
