"""A SQLite file of ours, opened properly once: what the two databases share. It knows nothing of issues or marks.

The file of a database: who may read it, and what its file system can do.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from importai_tui.errors import DatabaseError
from importai_tui.files import SQLITE_SUFFIXES, create_private_file, make_private_folder
from importai_tui.sqlite_errors import (
    WRITE_ERROR_CODES,
    BusyDatabase,
    DamagedDatabase,
    ForeignDatabase,
    NewerDatabase,
    QueryCancelled,
    is_damage,
    is_header_read_only,
    primary_code,
    translate_errors,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    T = TypeVar("T")

_UNSUPPORTED = (errno.ENODEV, errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
"""Error numbers that mean: this file system does not support the operation."""
_PROBE_BYTES = 32 * 1024
"""As large as the smallest file of shared memory that SQLite makes."""


def create_database_file(path: Path, name: str) -> None:
    """Make the file, readable by its owner only, before SQLite would make it readable by all."""
    try:
        make_private_folder(path.parent)
    except NotADirectoryError:
        raise DatabaseError(f"{path.parent} is no folder, so the {name} cannot be in it. Move it away.") from None
    try:
        create_private_file(path).close()
    except FileExistsError:
        if path.is_symlink() and not path.exists():
            raise DatabaseError(
                f"The {name} {path} is a link to {path.readlink()}, which leads nowhere. "
                "Bring that back, or remove the link."
            ) from None
        # A pipe or a device would block or be written to; a folder has no business here.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DatabaseError(
                f"{path} is no file, so it cannot be the {name}. "
                f"Move it away, or let this do so: importai-tui doctor --repair"
            ) from None


def restrict_permissions(path: Path) -> None:
    """Make the file, and the files that SQLite keeps beside it, readable by their owner alone."""
    with suppress(OSError):  # a file system without modes, or the file of another user: its mode cannot be changed
        if path.stat().st_mode & 0o077:
            for ending in SQLITE_SUFFIXES:
                path.with_name(path.name + ending).chmod(0o600)


def supports_shared_memory(path: Path) -> bool:
    """Tell whether files beside `path` can be mapped as shared memory, which the write-ahead log needs."""
    import mmap

    def map_file(file: int) -> None:
        os.ftruncate(file, _PROBE_BYTES)
        mmap.mmap(file, _PROBE_BYTES).close()

    return _supports(path, "-shm", map_file)


def require_locks(path: Path, name: str) -> None:
    """Make sure that files beside `path` can be locked; else SQLite believes for ever that another has a lock.

    Raises:
        DatabaseTrouble: the file system has no locks.
    """
    try:
        import fcntl
    except ImportError:  # another platform, which always has locks
        return
    if not _supports(path, "-lock", lambda file: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)):
        raise DatabaseError(
            f"The file system of {path.parent} offers no locks, so the {name} cannot be used there. "
            "Mount it with locks, or move the files to a local disk."
        )


def _supports(path: Path, ending: str, probe: Callable[[int], object]) -> bool:
    """Try something with a new file beside `path`; True as well where no such file can be made, on a full disk."""
    try:
        with _probe_file(path, ending) as file:
            probe(file)
    except OSError as error:
        return error.errno not in _UNSUPPORTED
    return True


@contextmanager
def _probe_file(path: Path, ending: str) -> Iterator[int]:
    name = path.with_name(f".{path.name}.{os.getpid()}{ending}")
    try:
        file = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:  # the folder cannot be written: the probe says nothing then
        raise OSError(errno.ENOSPC, "no probe") from error
    try:
        yield file
    finally:
        os.close(file)
        name.unlink(missing_ok=True)


__all__ = [
    "BusyDatabase",
    "DamagedDatabase",
    "Database",
    "DatabaseSpec",
    "ForeignDatabase",
    "NewerDatabase",
    "QueryCancelled",
    "is_damage",
    "is_header_read_only",
    "placeholders",
    "set_wait_reporter",
]

DEFAULT_LOCK_TIMEOUT = 30.0
"""How long a write waits for another window's. One of ours takes milliseconds; but SQLite does not let those that wait
in by turns, and one that stores a whole issue after another can come in between for seconds."""
WAIT_REPORT_DELAY = 1.0
"""How long a wait goes on before it is reported."""
_RETRY_DELAY = 0.01
_CACHE_KIB = 256
"""KiB of pages that a connection keeps. The system has them too, and what a thread frees stays with that thread: with
SQLite's own 2 MB, 200 stories looked through take 8 MB more."""

_wait_reporter: Callable[[str], object] | None = None


def set_wait_reporter(report: Callable[[str], object] | None) -> None:
    """Call `report` with a sentence once for each wait that lasts; it is called in the thread that waits."""
    global _wait_reporter
    _wait_reporter = report


@dataclass(frozen=True, slots=True)
class DatabaseSpec:
    """What a database of ours must be."""

    name: str
    """Its name in a message, "archive"."""
    application_id: int
    version: int
    schema: str
    """The statements that make an empty file into version `version`."""
    migrations: tuple[str, ...]
    """The statements that lead from each version to the next, the first from version 1 to 2."""
    synchronous: Literal["NORMAL", "FULL"]
    """FULL survives a power cut after each commit; NORMAL is enough for what can be rebuilt."""
    remedy: str
    """What to do where the file is damaged: a sentence."""


class Database:
    """One open database. Every failure of SQLite leaves as a `DatabaseTrouble` that names the file."""

    def __init__(self, path: Path, spec: DatabaseSpec, *, before_migration: Callable[[], None] | None = None) -> None:
        """Open the file, making it where there is none (0600, in a folder of 0700).

        `before_upgrade` is called where the tables are of an older version, before they are touched.

        Raises:
            DamagedDatabase, ForeignDatabase, NewerDatabase: the file is there and is not what `plan` says; it is
                left as it was.
            DatabaseTrouble: the file cannot be opened or made.
        """
        self.path = path
        self._lock_timeout = DEFAULT_LOCK_TIMEOUT
        self._spec = spec
        self._before_migration = before_migration
        with self._translate_errors():
            create_database_file(path, spec.name)
            self._connection = self._open()
        restrict_permissions(path)

    def reconnect(self) -> None:
        """Open the file again, as it is allowed by now."""
        with self._translate_errors():
            only_read = self._execute_cursor("PRAGMA query_only").fetchone()[0]
            # First closed: connections of one process share what SQLite knows of a file, that it is read-only too.
            self._connection.close()
            self._connection = self._open()
            self._execute_cursor(f"PRAGMA query_only = {only_read}")

    def get_write_problem(self) -> str | None:
        """Why nothing can be written just now, a sentence; None where it can, which is tried."""
        try:
            with self.transaction():  # a transaction alone is no proof: SQLite may begin one where it can only read
                self.execute(f"PRAGMA user_version = {self._spec.version}")
        except DatabaseError as trouble:
            return str(trouble)
        return None

    def set_lock_timeout(self, seconds: float) -> None:
        """Wait so long for the lock of another program; a thread that draws waits little, and tries again later."""
        self._lock_timeout = seconds
        self.execute(f"PRAGMA busy_timeout = {int(1000 * min(seconds, WAIT_REPORT_DELAY))}")

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._connection.close()

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._translate_errors():
            return self._retry_while_locked(lambda: self._connection.execute(sql, values).fetchall())

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; the id of the row that it inserted, if it did."""
        with self._translate_errors():
            return self._execute_cursor(sql, values).lastrowid or 0

    def execute_many(self, sql: str, values: Sequence[Sequence[object]]) -> None:
        """Run one statement for each tuple of values."""
        with self._translate_errors():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written whole or not at all; it is durable when the block ends."""
        # IMMEDIATE: the write lock is taken first, so a wait for another window happens before anything is read.
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself; then there is nothing left to roll back.
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    def create_function(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Give SQL a function of ours; the same arguments give the same answer within a statement."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def interrupt(self) -> None:
        """Break off what runs on this connection in another thread; there it raises Interrupted."""
        self._connection.interrupt()

    def get_data_version(self) -> int:
        """A number that changes when another connection has written."""
        return int(self.query("PRAGMA data_version")[0][0])

    def check_integrity(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file, a sentence each; nothing where it is good."""
        what, path = self._spec.name, self.path
        try:
            # Only the first five: SQLite would list up to a hundred, and one is enough to act on.
            said = [str(row[0]) for row in self.query("PRAGMA integrity_check(5)")]
        except DamagedDatabase as trouble:
            return (str(trouble),)
        return () if said == ["ok"] else tuple(f"The {what} {path} is damaged: {line}." for line in said)

    def _open(self) -> sqlite3.Connection:
        """A connection to the file, checked and set up; one that can only read, where SQLite cannot write beside it."""
        try:
            return self._prepare(self._connect())
        except sqlite3.OperationalError as error:
            if primary_code(error) not in (*WRITE_ERROR_CODES, sqlite3.SQLITE_PROTOCOL):
                raise
            if not supports_shared_memory(
                self.path
            ):  # a network folder, for which the file must leave its write-ahead log
                self._leave_wal()
                return self._prepare(self._connect())
            wal = self.path.with_name(f"{self.path.name}-wal")
            if wal.exists() and wal.stat().st_size:
                raise
            # SQLite wants to write a file beside it even to read. Nothing waits in a log, so the file is all there is.
            uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            try:
                return self._prepare(sqlite3.connect(uri, uri=True, isolation_level=None), only_read=True)
            except (sqlite3.Error, DatabaseError):
                raise error from None

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=min(self._lock_timeout, WAIT_REPORT_DELAY), isolation_level=None)

    def _leave_wal(self) -> None:
        """Turn the file back to a rollback journal, which needs no shared memory."""
        self._connection = self._connect()
        try:
            # With the whole file to itself, SQLite keeps the index of the log in its own memory.
            self._execute_cursor("PRAGMA locking_mode = EXCLUSIVE")
            self._execute_cursor("PRAGMA journal_mode = DELETE")
        finally:
            self._connection.close()

    def _prepare(self, connection: sqlite3.Connection, *, only_read: bool = False) -> sqlite3.Connection:
        self._connection = connection
        try:
            self._check_owner_and_version()
            if not only_read:
                self._configure()
            elif self._get_schema_version() != self._spec.version:
                raise NewerDatabase("It must be upgraded before it can be read.")
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_owner_and_version(self) -> None:
        what, path = self._spec.name, self.path
        # In one statement: another window may be making the tables between two.
        sql = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
            FROM pragma_application_id, pragma_user_version"""
        application_id, version, tables = self._execute_cursor(sql).fetchone()
        if application_id != self._spec.application_id and (application_id or version or tables):
            line = f"{path} belongs to another program, so it cannot be the {what}."
            raise ForeignDatabase(f"{line} Move it away, or let this do so: importai-tui doctor --repair")
        if version > self._spec.version:
            line = f"{path} was written by a newer importai-tui. Upgrade this one to use that {what}."
            raise NewerDatabase(f"{line} Or move the file away: a copy or a new {what} takes its place.")

    def _configure(self) -> None:
        execute = self._execute_cursor
        execute("PRAGMA trusted_schema = OFF")
        execute("PRAGMA foreign_keys = ON")
        execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal" and supports_shared_memory(self.path):
            execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {self._spec.synchronous}")
        if (version := self._get_schema_version()) == self._spec.version:
            return
        if version and self._before_migration:
            self._before_migration()
        with self.transaction():
            # Asked again under the lock: another window may have made or upgraded the tables meanwhile.
            version = self._get_schema_version()
            for script in self._spec.migrations[version - 1 :] if version else (self._spec.schema,):
                for statement in script.split(";"):
                    execute(statement)
            execute(f"PRAGMA application_id = {self._spec.application_id}")
            execute(f"PRAGMA user_version = {self._spec.version}")

    def _get_schema_version(self) -> int:
        return int(self._execute_cursor("PRAGMA user_version").fetchone()[0])

    def _execute_cursor(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        return self._retry_while_locked(lambda: self._connection.execute(sql, values))

    def _retry_while_locked(self, action: Callable[[], T]) -> T:
        """Run something that another program's lock may refuse, until it is done or the patience ends.

        SQLite waits by itself for a second, but not in all cases: not where two turn to the write-ahead log at once.
        """
        began, is_reported = time.monotonic(), False
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - began
                if primary_code(error) != sqlite3.SQLITE_BUSY or waited > self._lock_timeout:
                    raise
                if waited >= WAIT_REPORT_DELAY and not is_reported:
                    is_reported = True
                    self._report_wait()
                time.sleep(_RETRY_DELAY)

    def _report_wait(self) -> None:
        require_locks(self.path, self._spec.name)
        if _wait_reporter:
            _wait_reporter(f"Waiting for another program that uses {self.path}…")

    def _translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors(self.path, self._spec.name, self._spec.remedy)


def placeholders(values: Collection[object]) -> str:
    """As many question marks as there are values, for a statement that takes any number of them."""
    return ", ".join("?" * len(values))
