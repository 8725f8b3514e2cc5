"""A SQLite file of ours, opened properly once: what the two databases share. It knows nothing of issues or marks."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from importai_tui.errors import DatabaseTrouble
from importai_tui.folders import make_folder
from importai_tui.typed import TYPE_CHECKING
from importai_tui.values import value

if TYPE_CHECKING:
    from typing import Any, Literal

BUSY_SECONDS = 30.0
"""How long a write waits for another window's. One of ours takes milliseconds; but SQLite does not let those that wait
in by turns, and one that stores a whole issue after another can come in between for seconds."""
_RETRY_SECONDS = 0.01
_KEPT = 256
"""KiB of pages that a connection keeps. The system has them too, and what a thread frees stays with that thread: with
SQLite's own 2 MB, 200 stories looked through take 8 MB more."""
_NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
"""What SQLite says where it cannot write to the file, or one beside it."""
_LEAST_ROOM = 64 * 1024
"""Bytes: with fewer free SQLite cannot make the smallest of the files that it needs beside one."""


class DamagedDatabase(DatabaseTrouble):
    """The file is no readable database."""


class ForeignDatabase(DatabaseTrouble):
    """The file is a database of another program."""


class Interrupted(DatabaseTrouble):
    """What was being asked was broken off, as another thread wanted."""


class NewerDatabase(DatabaseTrouble):
    """The file was written by a newer version of this program."""


@value
class Plan:
    """What a database of ours must be."""

    what: str
    """Its name in a message, "archive"."""
    application_id: int
    version: int
    schema: str
    """The statements that make an empty file into version `version`."""
    upgrades: tuple[str, ...]
    """The statements that lead from each version to the next, the first from version 1 to 2."""
    synchronous: Literal["NORMAL", "FULL"]
    """FULL survives a power cut after each commit; NORMAL is enough for what can be rebuilt."""
    remedy: str
    """What to do where the file is damaged: a sentence."""


class Database:
    """One open database. Every failure of SQLite leaves as a `DatabaseTrouble` that names the file."""

    def __init__(self, path: Path, plan: Plan, *, before_upgrade: Callable[[], None] | None = None) -> None:
        """Open the file, making it where there is none (0600, in a folder of 0700).

        `before_upgrade` is called where the tables are of an older version, before they are touched.

        Raises:
            DamagedDatabase, ForeignDatabase, NewerDatabase: the file is there and is not what `plan` says; it is
                left as it was.
            DatabaseTrouble: the file cannot be opened or made.
        """
        self.path = path
        self._plan = plan
        self._before_upgrade = before_upgrade
        with self._explained():
            _make_private(path, plan.what)
            self._connection = self._opened()
        _close_to_others(path)

    def reconnect(self) -> None:
        """Open the file again, as it is allowed by now."""
        with self._explained():
            only_read = self._connection.execute("PRAGMA query_only").fetchone()[0]
            # First closed: connections of one process share what SQLite knows of a file, that it is read-only too.
            self._connection.close()
            self._connection = self._opened()
            self._connection.execute(f"PRAGMA query_only = {only_read}")

    def writing_trouble(self) -> str | None:
        """Why nothing can be written just now, a sentence; None where it can, which is tried."""
        try:
            with self.transaction():  # a transaction alone is no proof: SQLite may begin one where it can only read
                self.run(f"PRAGMA user_version = {self._plan.version}")
        except DatabaseTrouble as trouble:
            return str(trouble)
        return None

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._connection.close()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._explained():
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run one statement; the id of the row that it inserted, if it did."""
        with self._explained():
            return self._connection.execute(sql, values).lastrowid or 0

    def run_many(self, sql: str, values: Sequence[Sequence[object]]) -> None:
        """Run one statement for each tuple of values."""
        with self._explained():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written whole or not at all; it is durable when the block ends."""
        # IMMEDIATE: the write lock is taken first, so a wait for another window happens before anything is read.
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself; then there is nothing left to roll back.
            if self._connection.in_transaction:
                self.run("ROLLBACK")
            raise

    def define(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Give SQL a function of ours; the same arguments give the same answer within a statement."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def interrupt(self) -> None:
        """Break off what runs on this connection in another thread; there it raises Interrupted."""
        self._connection.interrupt()

    def version_of_others(self) -> int:
        """A number that changes when another connection has written."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def damage(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file, a sentence each; nothing where it is good."""
        what, path = self._plan.what, self.path
        try:
            # Only the first five: SQLite would list up to a hundred, and one is enough to act on.
            said = [str(row[0]) for row in self.rows("PRAGMA integrity_check(5)")]
        except DamagedDatabase as trouble:
            return (str(trouble),)
        return () if said == ["ok"] else tuple(f"The {what} {path} is damaged: {line}." for line in said)

    def _opened(self) -> sqlite3.Connection:
        """A connection to the file, checked and set up; one that can only read, where SQLite cannot write beside it."""
        try:
            return self._prepared(sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None))
        except sqlite3.OperationalError as error:
            wal = self.path.with_name(f"{self.path.name}-wal")
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _NO_ROOM or (wal.exists() and wal.stat().st_size):
                raise
            # SQLite wants to write a file beside it even to read. Nothing waits in a log, so the file is all there is.
            uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            try:
                return self._prepared(sqlite3.connect(uri, uri=True, isolation_level=None), only_read=True)
            except (sqlite3.Error, DatabaseTrouble):
                raise error from None

    def _prepared(self, connection: sqlite3.Connection, *, only_read: bool = False) -> sqlite3.Connection:
        self._connection = connection
        try:
            self._check()
            if not only_read:
                self._set_up()
            elif self._version() != self._plan.version:
                raise NewerDatabase("It must be upgraded before it can be read.")
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self) -> None:
        what, path = self._plan.what, self.path
        # In one statement: another window may be making the tables between two.
        sql = """SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
            FROM pragma_application_id, pragma_user_version"""
        application_id, version, tables = self._connection.execute(sql).fetchone()
        if application_id != self._plan.application_id and (application_id or version or tables):
            raise ForeignDatabase(f"{path} belongs to another program, so it cannot be the {what}. Move it away.")
        if version > self._plan.version:
            raise NewerDatabase(f"{path} was written by a newer importai-tui. Upgrade this one to use that {what}.")

    def _set_up(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA trusted_schema = OFF")
        execute("PRAGMA foreign_keys = ON")
        execute(f"PRAGMA cache_size = -{_KEPT}")
        if execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            self._to_wal()
        execute(f"PRAGMA synchronous = {self._plan.synchronous}")
        if (version := self._version()) == self._plan.version:
            return
        if version and self._before_upgrade:
            self._before_upgrade()
        with self.transaction():
            # Asked again under the lock: another window may have made or upgraded the tables meanwhile.
            version = self._version()
            for script in self._plan.upgrades[version - 1 :] if version else (self._plan.schema,):
                for statement in script.split(";"):
                    execute(statement)
            execute(f"PRAGMA application_id = {self._plan.application_id}")
            execute(f"PRAGMA user_version = {self._plan.version}")

    def _to_wal(self) -> None:
        """Turn to the write-ahead log. SQLite does not wait by itself where another window does the same just now."""
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _in_words(error, self.path, self._plan) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise DatabaseTrouble(f"The {self._plan.what} {self.path} cannot be opened: {reason}.") from error


def _make_private(path: Path, what: str) -> None:
    """Make the file, readable by its owner only, before SQLite would make it readable by all."""
    make_folder(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        # A pipe or a device would block or be written to; a folder has no business here.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DatabaseTrouble(f"{path} is no file, so it cannot be the {what}. Move it away.") from None


def _close_to_others(path: Path) -> None:
    """A file that came from elsewhere, or whose mode was changed, and what SQLite keeps beside it: as if we made it."""
    with suppress(OSError):  # a file system without modes, or the file of another user: neither is ours to mend
        if path.stat().st_mode & 0o077:
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).chmod(0o600)


def placeholders(values: Collection[object]) -> str:
    """As many question marks as there are values, for a statement that takes any number of them."""
    return ", ".join("?" * len(values))


def _is_full(path: Path) -> bool:
    # Imported here: only who has no room asks, and it brings every kind of compression with it.
    from shutil import disk_usage

    try:
        return disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False


def _in_words(error: sqlite3.Error, path: Path, plan: Plan) -> DatabaseTrouble:
    what = plan.what
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code; the rest only details it
    if code in _NO_ROOM and _is_full(path):
        code = sqlite3.SQLITE_FULL
    match code:
        case sqlite3.SQLITE_INTERRUPT:
            return Interrupted("It was broken off.")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return DamagedDatabase(f"The {what} {path} is damaged. {plan.remedy}")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseTrouble(f"The {what} {path} is in use by another program. Try again in a moment.")
        case sqlite3.SQLITE_FULL:
            return DatabaseTrouble(f"The {what} {path} cannot grow: the disk is full. Nothing of this step was kept.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DatabaseTrouble(f"The {what} {path} cannot be written. Check who may write there.")
        case _:
            return DatabaseTrouble(f"The {what} {path} does not work: {error}.")
