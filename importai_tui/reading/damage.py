"""Tells a damaged reading state from one that is newer, from another program, or in use; and corrects a file's header.

A changed bit in the header makes a good state look like a newer one, or like that of another program. What tells them
apart are the tables: those of a newer version differ from ours.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from importai_tui.archive.database import is_damage
from importai_tui.reading.schema import PLAN, SCHEMA

_TABLES = ("story", "register", "step", "journal", "setting")
_OF_EVERY_VERSION = {"story", "step", "journal", "setting"}
_PAGE = 4096
"""Bytes of a page; SQLite has made them so since 2016, and we never ask for others."""
_HEADER = {
    0: b"SQLite format 3\x00",
    16: _PAGE.to_bytes(2, "big"),
    20: bytes((0, 64, 32, 32)),
    44: (4).to_bytes(4, "big"),  # the format of the schema
    52: bytes(4),  # no vacuum by itself
    56: (1).to_bytes(4, "big"),  # UTF-8
    64: bytes(4),
}
"""Bytes of a header that are the same in every file of ours, by their offset."""


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a state without changing anything in it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def is_damaged(path: Path) -> bool:
    """Tell whether the file is damaged; False for one that is newer, of another program, or only in use now."""
    try:
        with closing(open_read_only(path)) as connection:
            if (is_strange := _is_strange(connection)) is not None:
                return is_strange
            tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema")}
            if not tables:
                return False
            if not tables >= _OF_EVERY_VERSION or connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                return True
            for table in tables.intersection(_TABLES):
                for _ in connection.execute(f"SELECT * FROM {table}"):  # a text that is no UTF-8 raises
                    pass
    except sqlite3.Error as error:
        return is_damage(error)
    return False


def _is_strange(connection: sqlite3.Connection) -> bool | None:
    """Judge a file whose header is not that of a state: True: the header is damaged; False: it is no state of ours."""
    sql = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version"
    application_id, version = connection.execute(sql).fetchone()
    is_ours = application_id == PLAN.application_id
    if is_ours and version == PLAN.version:
        return None
    if has_our_tables(connection):
        # A newer version with the same tables is hardly thinkable; but only a single bit is surely no version.
        return not (is_ours and version > PLAN.version and (version ^ PLAN.version).bit_count() > 1)
    is_older = is_ours and 0 < version < PLAN.version
    return None if is_older or not _tables_of(connection) else False


def has_our_tables(connection: sqlite3.Connection) -> bool:
    """Tell whether a file has the tables of this version, all of them and no others."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        return _tables_of(connection) == _tables_of(fresh)


def _tables_of(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return the columns of every table and the names of every index."""
    found = {}
    for kind, name in connection.execute("SELECT type, name FROM sqlite_schema").fetchall():
        sql = 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)'
        found[f"{kind} {name}"] = connection.execute(sql, (name,)).fetchall() if kind == "table" else []
    return found


def correct_header(path: Path) -> None:
    """Write the bytes of the header that are the same in every state, where they differ.

    Raises:
        sqlite3.Error: the file cannot be opened with them either.
    """
    with path.open("r+b") as file:
        header = bytearray(file.read(100))
        if len(header) < 100:
            return
        for offset, right in _HEADER.items():
            header[offset : offset + len(right)] = right
        for offset in (18, 19):  # the ways to write and to read: a rollback journal, or the log that we use
            if header[offset] not in (1, 2):
                header[offset] = header[37 - offset] if header[37 - offset] in (1, 2) else 2
        # SQLite believes the number of pages only where these two counters agree.
        size = file.seek(0, 2) // _PAGE
        header[28:32] = size.to_bytes(4, "big")
        header[92:96] = header[24:28]
        file.seek(0)
        file.write(header)
    with closing(sqlite3.connect(path)) as connection:
        if has_our_tables(connection):
            connection.execute(f"PRAGMA application_id = {PLAN.application_id}")
            connection.execute(f"PRAGMA user_version = {PLAN.version}")
