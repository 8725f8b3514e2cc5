"""Compares the state with its newest copy: a row that nobody has changed since must still be what it was.

SQLite does not notice a changed bit inside a value. The copy is trusted only if its digest is the one that was noted
when it was made.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from importai_tui.archive.database import Database
from importai_tui.reading.beside import NEWEST_COPY, backups_of
from importai_tui.reading.damage import open_read_only
from importai_tui.reading.schema import MACHINE
from importai_tui.values import value

_AT_ONCE = 2000
"""Rows that are compared at once."""
_REPAIR = "Repair it: importai-tui doctor --repair"
_COLUMNS = {
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "step": ("id", "at", "label"),
}
"""What never changes of the rows of a table, once they are written."""


@value
class Difference:
    """A row of the copy that the state has otherwise, or no longer."""

    table: str
    row: tuple[object, ...]


def digest_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def note_copy(database: Database, copy: Path, last: int) -> None:
    """Store which copy is the newest, with its digest, and the last line of its journal."""
    database.run("INSERT OR REPLACE INTO setting VALUES (?, ?)", (NEWEST_COPY, f"{last} {digest_of(copy)} {copy.name}"))


def differences(database: Database) -> tuple[str, ...]:
    """Say how the state differs from its newest copy, in a sentence; nothing where it does not, or there is no copy."""
    found = list(_differences(database))
    if not found:
        return ()
    what = "1 row" if len(found) == 1 else f"{len(found):,} rows"
    return (f"{what} of {database.path} changed by themselves since the last copy was made. {_REPAIR}",)


def restore_rows(database: Database) -> int:
    """Put every row that differs from the newest copy back as it is there; return how many."""
    found = list(_differences(database))
    with database.transaction():
        for difference in found:
            table, row = difference.table, difference.row
            if table in _COLUMNS:
                columns = _COLUMNS[table]
                values = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
                more = ", state" if table == "step" else ""
                sql = f"""INSERT INTO {table} ({", ".join(columns)}{more})
                    VALUES ({", ".join("?" * len(columns))}{", 'dropped'" if more else ""})
                    ON CONFLICT (id) DO UPDATE SET {values}"""
            elif table == "story":
                sql = """INSERT INTO story (key, headline, issue, position) VALUES (?, ?, ?, ?) ON CONFLICT (key)
                    DO UPDATE SET headline = excluded.headline, issue = excluded.issue, position = excluded.position"""
            else:
                sql = "INSERT OR REPLACE INTO setting VALUES (?, ?)"
            database.run(sql, row)
    return len(found)


def _differences(database: Database) -> Iterator[Difference]:
    """Yield every row that differs; steps come first, because lines of the journal refer to them."""
    noted = database.rows("SELECT value FROM setting WHERE name = ?", (NEWEST_COPY,))
    if not noted:
        return
    try:
        last, digest, name = str(noted[0][0]).split(" ", 2)
        copy = backups_of(database.path) / name
        if digest_of(copy) != digest:
            return
        with closing(open_read_only(copy)) as connection:
            for table in ("step", "journal"):
                yield from _changed_rows(database, connection, table)
            yield from _changed_stories(database, connection)
            yield from _changed_machine(database, connection)
        yield from _broken_lines(database, int(last))
    except (OSError, ValueError, sqlite3.Error):  # gone, or it cannot be read now
        return


def _changed_rows(database: Database, copy: sqlite3.Connection, table: str) -> Iterator[Difference]:
    sql = f"SELECT {', '.join(_COLUMNS[table])} FROM {table} WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}"
    last = -1
    while rows := copy.execute(sql, (last,)).fetchall():
        present = set(database.rows(f"{sql.partition(' ORDER')[0]} AND id <= ?", (last, rows[-1][0])))
        last = rows[-1][0]
        yield from (Difference(table, row) for row in rows if row not in present)


def _broken_lines(database: Database, last: int) -> Iterator[Difference]:
    """Find lines written since the copy that do not begin with what the line before them left in their field."""
    columns = ", ".join("earlier" if column == "old" else column for column in _COLUMNS["journal"])
    sql = f"""SELECT {columns} FROM (
            SELECT *, lag(new) OVER (PARTITION BY key, field ORDER BY id) AS earlier FROM journal
        ) WHERE id > ? AND old IS NOT earlier"""
    yield from (Difference("journal", row) for row in database.rows(sql, (last,)))


def _changed_stories(database: Database, copy: sqlite3.Connection) -> Iterator[Difference]:
    """Compare the names of stories, but for those that were changed since."""
    (last,) = copy.execute("SELECT max(id) FROM journal").fetchone()
    changed = {key for (key,) in database.rows("SELECT DISTINCT key FROM journal WHERE id > ?", (last,))}
    sql = "SELECT key, headline, issue, position FROM story"
    present = set(database.rows(sql))
    yield from (Difference("story", row) for row in copy.execute(sql) if row not in present and row[0] not in changed)


def _changed_machine(database: Database, copy: sqlite3.Connection) -> Iterator[Difference]:
    sql = "SELECT name, value FROM setting WHERE name = ?"
    row = copy.execute(sql, (MACHINE,)).fetchone()
    if row and [row] != database.rows(sql, (MACHINE,)):
        yield Difference("setting", row)
