"""Opens one SQLite file of this program: checks, migrations, transactions, locks and errors.

The archive and the reading state share it. It knows nothing of their contents.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from importai_tui.errors import DatabaseError
from importai_tui.files import SQLITE_SUFFIXES, create_private_file, get_file_size, make_private_folder, retry_if_open
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

__all__ = [
    "MAX_PARAMETERS",
    "BusyDatabase",
    "DamagedDatabase",
    "Database",
    "DatabaseSpec",
    "ForeignDatabase",
    "NewerDatabase",
    "QueryCancelled",
    "is_damage",
    "is_read_only",
    "placeholders",
    "read_only",
    "read_rows",
    "set_wait_reporter",
]

MAX_PARAMETERS = 500
"""Parameters in one statement. A build of SQLite may accept no more than 999."""
DEFAULT_LOCK_TIMEOUT = 30.0
"""Seconds to wait for the write lock of another process. A write takes milliseconds. But SQLite's locks have no queue,
so a process that stores one issue after another can block others for seconds."""
WAIT_REPORT_DELAY = 1.0
"""Seconds of waiting before it is reported."""
_RETRY_DELAY = 0.01
_CACHE_KIB = 256
"""SQLite's page cache. The system has a cache too, and memory that a thread frees stays with that thread. With
SQLite's own 2 MB, a scan of 200 stories takes 8 MB more."""
_UNSUPPORTED = (
    *(errno.ENODEV, errno.EINVAL, errno.EACCES, errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK),
    errno.ENOTSUP,  # on macOS, where others have EOPNOTSUPP
)
"""Error numbers that mean: this file system does not support the operation."""
_PROBE_BYTES = 32 * 1024
"""Size of the smallest shared memory file that SQLite makes."""

_wait_reporter: Callable[[str], object] | None = None


def set_wait_reporter(report: Callable[[str], object] | None) -> None:
    """Call `report` with a message once for each long wait for a lock, in the waiting thread."""
    global _wait_reporter
    _wait_reporter = report


_is_read_only: ContextVar[bool] = ContextVar("_is_read_only", default=False)


@contextmanager
def read_only() -> Iterator[None]:
    """Let every file that is opened in the block only be read: it is not created, upgraded, repaired or changed.

    A file of another version than this program's cannot be opened then.
    """
    token = _is_read_only.set(True)
    try:
        yield
    finally:
        _is_read_only.reset(token)


def is_read_only() -> bool:
    """Return True within `read_only`."""
    return _is_read_only.get()


class DatabaseSpec(NamedTuple):
    """The expected format of a database file."""

    name: str
    """The name in messages, such as "archive"."""
    application_id: int
    version: int
    schema: str
    """Statements that turn an empty file into version `version`."""
    migrations: tuple[str, ...]
    """Statements from each version to the next; the first from version 1 to 2."""
    synchronous: Literal["NORMAL", "FULL"]
    """FULL makes every commit survive a power cut; NORMAL suffices for a cache."""
    remedy: str
    """A sentence for the user about what to do if the file is damaged."""
    lock_timeout: float = DEFAULT_LOCK_TIMEOUT
    """Seconds to wait for the lock of another process."""


class Database:
    """An open database. It turns every error of SQLite into a `DatabaseError` that names the file."""

    def __init__(self, path: Path, spec: DatabaseSpec, *, before_migration: Callable[[], None] | None = None) -> None:
        """Open the file, or create it with mode 0600 in a folder with mode 0700; within `read_only`, only open it.

        `before_migration` is called before a file of an older version is changed.

        Raises:
            DamagedDatabase, ForeignDatabase, NewerDatabase: the file is not as `spec` says; it stays as it is.
            DatabaseError: the file cannot be opened or created.
        """
        self.path = path
        self._lock_timeout = spec.lock_timeout
        self._spec = spec
        self._before_migration = before_migration
        self._is_read_only = is_read_only()
        with self._translate_errors():
            if self._is_read_only:
                require_file(path, spec.name)
            else:
                create_database_file(path, spec.name)
            self._connection = self._open()
        if not self._is_read_only:
            restrict_permissions(path)

    def reconnect(self) -> None:
        """Open the file again, because its permissions may have changed."""
        with self._translate_errors():
            is_query_only = self._execute_cursor("PRAGMA query_only").fetchone()[0]
            # Closed first, because connections of a process share their knowledge of a file, also that it is read-only.
            self._connection.close()
            self._connection = self._open()
            self._execute_cursor(f"PRAGMA query_only = {is_query_only}")

    def get_write_problem(self) -> str | None:
        """Try to write; return the message of the error, or None if it works."""
        try:
            with self.transaction():  # SQLite may begin a transaction even if it cannot write
                self.execute(f"PRAGMA user_version = {self._spec.version}")
        except DatabaseError as error:
            return str(error)
        return None

    def is_marked_read_only(self) -> bool:
        """Return True if the header forbids SQLite to write, which is damage in a file of this program."""
        # SQLite is asked first: to read the file itself and close it ends SQLite's locks, and then another process
        # deletes the write-ahead log that this one writes to.
        if self._connection.in_transaction:
            return False
        try:
            self._connection.execute("BEGIN IMMEDIATE")  # which SQLite may do even if it cannot write
            self._connection.execute(f"PRAGMA user_version = {self._spec.version}")
        except sqlite3.Error as error:
            return primary_code(error) == sqlite3.SQLITE_READONLY and is_header_read_only(self.path)
        finally:
            self._connection.rollback()
        return False

    def set_lock_timeout(self, seconds: float) -> None:
        """Set how long to wait for the lock of another process; the UI thread waits little and retries later."""
        self._lock_timeout = seconds
        self.execute(f"PRAGMA busy_timeout = {int(1000 * min(seconds, WAIT_REPORT_DELAY))}")

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._connection.close()

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._translate_errors():
            return self._retry_while_locked(lambda: self._connection.execute(sql, values).fetchall())

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; return the id of the inserted row, if there is one."""
        with self._translate_errors():
            return self._execute_cursor(sql, values).lastrowid or 0

    def execute_many(self, sql: str, values: Sequence[Sequence[object]]) -> None:
        """Run one statement for each tuple of values."""
        with self._translate_errors():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in a transaction: all or nothing, durable when the block ends."""
        # IMMEDIATE takes the write lock first, so waiting for another process happens before anything is read.
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # If the disk is full SQLite rolls back itself.
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    def create_function(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Add a function to SQL; within a statement it must return the same for the same arguments."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def interrupt(self) -> None:
        """Cancel the statement that runs in another thread, which gets QueryCancelled."""
        self._connection.interrupt()

    def get_data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        return int(self.query("PRAGMA data_version")[0][0])

    def _open(self) -> sqlite3.Connection:
        """Return a checked and configured connection; it is read-only if SQLite cannot write beside the file."""
        try:
            return self._prepare(self._connect(), is_read_only=self._is_read_only)
        except sqlite3.OperationalError as error:
            if primary_code(error) not in (*WRITE_ERROR_CODES, sqlite3.SQLITE_PROTOCOL):
                raise
            # On a network folder the write-ahead log does not work.
            if not self._is_read_only and not supports_shared_memory(self.path):
                self._leave_wal()
                return self._prepare(self._connect())
            if get_file_size(self.path.with_name(f"{self.path.name}-wal")):
                raise
            # SQLite needs a file beside it even to read. The log is empty, so the file alone is complete.
            try:
                return self._prepare(self._connect_read_only("&immutable=1"), is_read_only=True)
            except (sqlite3.Error, DatabaseError):
                raise error from None

    def _connect(self) -> sqlite3.Connection:
        if self._is_read_only:
            return self._connect_read_only()
        timeout = min(self._lock_timeout, WAIT_REPORT_DELAY)
        return sqlite3.connect(self.path, timeout=timeout, isolation_level=None)

    def _connect_read_only(self, options: str = "") -> sqlite3.Connection:
        uri = get_read_only_uri(self.path.absolute(), options)
        return sqlite3.connect(uri, uri=True, timeout=WAIT_REPORT_DELAY, isolation_level=None)

    def _leave_wal(self) -> None:
        """Change the file back to a rollback journal, which needs no shared memory."""
        self._connection = self._connect()
        try:
            # With exclusive access SQLite keeps the index of the log in private memory.
            self._execute_cursor("PRAGMA locking_mode = EXCLUSIVE")
            self._execute_cursor("PRAGMA journal_mode = DELETE")
        finally:
            self._connection.close()

    def _prepare(self, connection: sqlite3.Connection, *, is_read_only: bool = False) -> sqlite3.Connection:
        self._connection = connection
        try:
            self._execute_cursor("PRAGMA trusted_schema = OFF")
            self._check_owner_and_version()
            if not is_read_only:
                self._configure()
            elif self._get_schema_version() != self._spec.version:
                raise NewerDatabase(f"The {self._spec.name} must be upgraded first. Open the reader once: importai-tui")
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_owner_and_version(self) -> None:
        name, path = self._spec.name, self.path
        # In one statement, because another process may create the tables between two.
        sql = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
            FROM pragma_application_id, pragma_user_version"""
        application_id, version, tables = self._execute_cursor(sql).fetchone()
        if application_id != self._spec.application_id and (application_id or version or tables):
            line = f"{path} belongs to another program, so it can't be used as the {name}."
            raise ForeignDatabase(f"{line} Move it away, or run: importai-tui doctor --repair")
        if version > self._spec.version:
            line = f"{path} was written by a newer importai-tui. Upgrade importai-tui to use this {name}."
            raise NewerDatabase(f"{line} Or move the file away to start with a copy or a new {name}.")

    def _configure(self) -> None:
        """Set the pragmas, and create or migrate the tables."""
        execute = self._execute_cursor
        execute("PRAGMA foreign_keys = ON")
        execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal" and supports_shared_memory(self.path):
            execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {self._spec.synchronous}")
        if sys.platform == "darwin" and self._spec.synchronous == "FULL":
            execute("PRAGMA fullfsync = ON")  # else macOS leaves the data in the cache of the disk
        if (version := self._get_schema_version()) == self._spec.version:
            return
        if version and self._before_migration:
            self._before_migration()
        with self.transaction():
            # Read again under the lock, because another process may have created or migrated the tables.
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
        """Run an action again while another process has the lock, up to the lock timeout.

        SQLite itself waits for a second, but not in all cases: not if two connections turn on the write-ahead log.
        """
        started, is_reported = time.monotonic(), False
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - started
                if primary_code(error) != sqlite3.SQLITE_BUSY or waited > self._lock_timeout:
                    raise
                if waited >= WAIT_REPORT_DELAY and not is_reported:
                    is_reported = True
                    self._report_wait()
                time.sleep(_RETRY_DELAY)

    def _report_wait(self) -> None:
        require_locks(self.path, self._spec.name)
        if _wait_reporter:
            _wait_reporter(f"Waiting for another program that is using {self.path}…")

    def _translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors(self.path, self._spec.name, self._spec.remedy)


def read_rows(path: Path, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Return rows of a file as it is now, without waiting for a lock, checking the file, or creating one.

    Without a write-ahead log, SQLite would create one to read the file, unless it is opened as immutable.

    Raises:
        sqlite3.Error: the file is missing, locked, damaged or has other tables.
    """
    if not path.is_file():  # opening a named pipe would wait for its writer
        raise sqlite3.OperationalError("not a file")
    has_log = all(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-shm"))
    uri = get_read_only_uri(path.absolute(), "" if has_log else "&immutable=1")
    with closing(sqlite3.connect(uri, uri=True, timeout=0)) as connection:
        return connection.execute(sql, values).fetchall()


def get_read_only_uri(path: PurePath, options: str = "") -> str:
    """Return the URI that opens an absolute path read-only; `options` has more parameters, each after a "&"."""
    uri = path.as_uri()
    if not uri.startswith("file:///"):  # a Windows network folder: SQLite wants its server in the path
        uri = uri.replace("file://", "file:////", 1)
    return f"{uri}?mode=ro{options}"


def placeholders(values: Collection[object]) -> str:
    """Return as many question marks as there are values, separated by commas."""
    return ", ".join("?" * len(values))


def create_database_file(path: Path, name: str) -> None:
    """Create the file with mode 0600, because SQLite would let everyone read it.

    Raises:
        DatabaseError: there is something else in its place. `name` is the file's name in the message.
    """
    try:
        make_private_folder(path.parent)
    except NotADirectoryError:
        raise DatabaseError(
            f"{path.parent} is not a folder, so the {name} can't be stored there. Move that file away."
        ) from None
    try:
        create_private_file(path).close()
    except FileExistsError:
        if path.is_symlink() and not path.exists():
            raise DatabaseError(
                f"The {name} {path} is a link to {path.readlink()}, which doesn't exist. "
                "Restore that file or remove the link."
            ) from None
        # Opening a pipe or a device would block, or write to it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DatabaseError(
                f"{path} is not a file, so it can't be used as the {name}. "
                f"Move it away, or run: importai-tui doctor --repair"
            ) from None


def require_file(path: Path, name: str) -> None:
    """Check that the file exists.

    Raises:
        DatabaseError: it does not; `name` is the file's name in the message.
    """
    if not path.is_file():
        raise DatabaseError(f"There is no {name} yet: {path} doesn't exist. Open the reader once: importai-tui")


def restrict_permissions(path: Path) -> None:
    """Let only the owner read the file and those that SQLite writes beside it."""
    with suppress(OSError):  # a file system without modes, or a file of another user
        if path.stat().st_mode & 0o077:
            for suffix in SQLITE_SUFFIXES:
                path.with_name(path.name + suffix).chmod(0o600)


def supports_shared_memory(path: Path) -> bool:
    """Return True if files beside `path` can be mapped as shared memory, which the write-ahead log needs."""
    import mmap

    def map_file(file: int) -> None:
        os.ftruncate(file, _PROBE_BYTES)
        mmap.mmap(file, _PROBE_BYTES).close()

    return _supports(path, "-shm", map_file)


def require_locks(path: Path, name: str) -> None:
    """Check that files beside `path` can be locked. Otherwise every lock looks to SQLite like another process.

    Raises:
        DatabaseError: the file system has no locks.
    """
    if sys.platform == "win32":  # which always has locks
        return
    import fcntl

    if not _supports(path, "-lock", lambda file: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)):
        raise DatabaseError(
            f"The file system of {path.parent} doesn't support locks, so the {name} can't be used there. "
            "Mount it with locks, or move the files to a local disk."
        )


def _supports(path: Path, suffix: str, probe: Callable[[int], object]) -> bool:
    """Try an operation with a new file beside `path`; True if that file cannot be made, as on a full disk."""
    try:
        with _probe_file(path, suffix) as file:
            probe(file)
    except OSError as error:
        return error.errno not in _UNSUPPORTED
    return True


@contextmanager
def _probe_file(path: Path, suffix: str) -> Iterator[int]:
    name = path.with_name(f".{path.name}.{os.getpid()}{suffix}")
    try:
        file = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as error:  # a read-only folder says nothing about the file system
        raise OSError(errno.ENOSPC, "no probe") from error
    try:
        yield file
    finally:
        os.close(file)
        retry_if_open(partial(name.unlink, missing_ok=True))
