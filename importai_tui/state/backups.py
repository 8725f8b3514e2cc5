"""Copies of the reading state beside it: one a day, and one before each upgrade.

Nothing is ever deleted here but a copy of ours whose whole history is in the state and its newer copies.

Removes files that a killed process of ours left half written.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from importai_tui.errors import DatabaseError
from importai_tui.files import atomic_write, make_private_folder
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

_PART_NAME_PATTERN = re.compile(r"\.(\d+)\.(?:[^.]+\.)?part(?:-journal|-wal|-shm)?", re.ASCII)
"""The end of such a name: the process, in some names random letters, and what SQLite appends."""
_MAX_PART_AGE = 24 * 3600.0
"""Seconds after which a part is old, even if a process has its number again; to write one takes seconds."""


def remove_stale_parts(parts: Iterable[Path]) -> None:
    """Remove those of the files whose process has ended, and those that are old. Never raises."""
    for path in parts:
        with suppress(OSError):
            match = _PART_NAME_PATTERN.search(path.name)
            if match and match.end() == len(path.name) and (not _is_running(int(match[1])) or _is_old(path)):
                path.unlink()


def _is_old(path: Path) -> bool:
    return time.time() - path.stat(follow_symlinks=False).st_mtime > _MAX_PART_AGE


def _is_running(process: int) -> bool:
    if process == os.getpid() or os.name == "nt":  # there, the question would end the other process
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # a process of another user
        return True
    return True


MAX_DAILY_COPIES = 7
"""Daily copies: a week is long enough to come back from a holiday and see that something is wrong."""
_DAILY_NAME_PATTERN = re.compile(r"reading-(\d{4}-\d\d-\d\d)(?:-\d+)?\.sqlite3", re.ASCII)


def make_daily_copy(
    database: Database, at: datetime, *, replace: bool = False, save_digest: bool = True
) -> tuple[str, ...]:
    """Check the state, and copy it into `backups/` if it is good; what is wrong with it else.

    Once a day, unless it is to be made `anew`. A copy that cannot be written is no reason to stop: it is tried again
    at the next start, and `doctor` reports it. `note`: store its digest in the state, for the next comparison; not at
    the end of the app, because the picture that it leaves for the next start would no longer fit the file.
    """
    target = get_daily_copy_path(database.path, at)
    try:
        journal = Journal(database, lambda: at)
        if (target.exists() and not replace) or not journal.get_last_line_id():
            return ()
        if wrong := (*find_problems(database), *find_copy_differences(database)):
            return wrong
        with suppress(OSError, DatabaseError):
            correct_future_times(database, journal)
            _make_copy(database, journal, target, save_digest=save_digest)
    except DatabaseError as trouble:
        return (str(trouble),)
    return ()


def find_copy_error(database: Database, at: datetime) -> str | None:
    """Try to copy the state now; say why that fails, None where it does not, or there is nothing in it."""
    journal = Journal(database, lambda: at)
    try:
        if journal.get_last_line_id():
            _make_copy(database, journal, get_daily_copy_path(database.path, at))
    except (OSError, DatabaseError) as error:
        reason = str(error.strerror or error).lower() if isinstance(error, OSError) else str(error)
        return f"The reading state cannot be copied into {get_backup_folder(database.path)}: {reason}"
    return None


def list_daily_copies(path: Path) -> list[Path]:
    """Return the daily copies of the state at `path`, newest first."""
    return sorted((p for p in get_backup_folder(path).glob("*") if _DAILY_NAME_PATTERN.fullmatch(p.name)), reverse=True)


def list_copies(path: Path) -> list[Path]:
    """Return the daily copies, and those from before an upgrade; nothing that only has the name of one."""
    named = (*list_daily_copies(path), *path.parent.glob(f"{UPGRADE_COPY_PREFIX}*.sqlite3"))
    return [copy for copy in named if copy.is_file()]


def copy_before_upgrade(path: Path, at: datetime) -> Path | None:
    """Copy a state of an older version beside it, before it is upgraded; the copy, None where none was needed.

    Raises:
        DatabaseTrouble: the copy cannot be written, so it must not be upgraded.
    """
    if not path.is_file() or not 0 < _read_version(path) < DATABASE_SPEC.version:
        return None
    target = path.with_name(f"{UPGRADE_COPY_PREFIX}{DATABASE_SPEC.version}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.sqlite3")
    try:
        with closing(sqlite3.connect(path)) as connection:
            _copy_database(connection.execute, target)
    except (sqlite3.Error, OSError) as error:
        line = f"{path} must be upgraded, and the copy {target} before that cannot be written: {error}."
        raise DatabaseError(f"{line} Make room there.") from error
    if _read_version(target) == DATABASE_SPEC.version:  # another window has upgraded it meanwhile, and has the copy
        target.unlink()
        return None
    return target


def _make_copy(database: Database, journal: Journal, target: Path, *, save_digest: bool = True) -> None:
    """Copy the state, and remove the copies that are no longer needed."""
    folder = target.parent
    make_private_folder(folder)
    remove_stale_parts([*folder.glob("*reading-*part*"), *folder.parent.glob(f"*{UPGRADE_COPY_PREFIX}*part*")])
    if target.exists() and not _is_contained(target, database):
        # Another state was here today, and its history is nowhere else.
        n = 2
        while (other := target.with_name(f"{target.stem}-{n}{target.suffix}")).exists():
            n += 1
        target.rename(other)
    last = journal.get_last_line_id()
    _copy_database(database.execute, target)
    if save_digest:
        save_copy_digest(database, target, last)
    _remove_old_copies(database, target)


def _remove_old_copies(database: Database, newest: Path) -> None:
    """Remove the oldest of more than a week of copies.

    A copy with a history that the state does not have, and be it an older one, is never removed for one of the state.
    """
    ours: list[Path] = []
    others: list[Path] = []
    for copy in list_daily_copies(database.path):
        (ours if _is_contained(copy, database) else others).append(copy)
    # Those with a later day come from a clock that was wrong: were they the newest, no other would stay any more.
    old = sorted(ours, key=lambda copy: copy.name <= newest.name, reverse=True)[MAX_DAILY_COPIES:]
    # Only a state that is lost again and again has more than a week of these; the longest history is kept.
    old += sorted(others, key=lambda copy: (_get_last_line(copy) or (0,))[0], reverse=True)[MAX_DAILY_COPIES:]
    for copy in old:
        copy.unlink()


def _is_contained(copy: Path, database: Database) -> bool:
    """Tell whether the state goes on from the copy: its journal, only ever added to, has the copy's last line."""
    last = _get_last_line(copy)
    return last is not None and database.query("SELECT id, key, new FROM journal WHERE id = ?", last[:1]) == [last]


def _get_last_line(copy: Path) -> tuple[int, str, str | None] | None:
    try:
        with closing(open_read_only(copy)) as connection:
            found: tuple[int, str, str | None] | None = connection.execute(
                "SELECT id, key, new FROM journal ORDER BY id DESC LIMIT 1"
            ).fetchone()
            return found
    except sqlite3.Error:
        return None


def _copy_database(execute: Callable[[str, tuple[bytes]], object], target: Path) -> None:
    """Copy an open database, one moment of it, to a file that is there whole or not at all."""
    with atomic_write(target) as file:
        # Not SQLite's backup: that copy would be in WAL mode, and be written to by whoever only reads it.
        # As bytes, because a path need not be UTF-8.
        execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(file.name),))


def _read_version(path: Path) -> int:
    """Return the version of the tables there, 0 where there is no state of ours that can be read."""
    try:
        with closing(open_read_only(path)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != DATABASE_SPEC.application_id:
                return 0
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return 0
