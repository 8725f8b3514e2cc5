"""Compares the state with its newest copy: a row that nobody has changed since must still be what it was.

SQLite does not notice a changed bit inside a value. The copy is trusted only if its digest is the one that was noted
when it was made.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importai_tui.archive.database import Database
from importai_tui.reading.beside import NEWEST_COPY, backups_of
from importai_tui.reading.schema import MACHINE
from importai_tui.wording import plural

_REPAIR = "Repair it: importai-tui doctor --repair"
_COLUMNS = {
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "step": ("id", "at", "label"),
}
"""What never changes of the rows of a table, once they are written."""


@dataclass(frozen=True, slots=True)
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
    what = plural(len(found), "row")
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
    except (OSError, ValueError):  # gone, or it cannot be read now
        return
    # As bytes, because a path need not be UTF-8.
    database.run("ATTACH CAST(? AS TEXT) AS copy", (os.fsencode(copy),))
    try:
        for table in ("step", "journal"):
            yield from _changed_rows(database, table)
        yield from _changed_stories(database)
        yield from _changed_machine(database)
        yield from _broken_lines(database, int(last))
    finally:
        database.run("DETACH copy")


def _changed_rows(database: Database, table: str) -> Iterator[Difference]:
    columns = _COLUMNS[table]
    differ = " OR ".join(f"here.{column} IS NOT there.{column}" for column in columns)
    sql = f"""SELECT {", ".join(f"there.{column}" for column in columns)}
        FROM copy.{table} AS there LEFT JOIN main.{table} AS here ON here.id = there.id WHERE {differ}"""
    yield from (Difference(table, row) for row in database.rows(sql))


def _changed_stories(database: Database) -> Iterator[Difference]:
    """Compare the names of stories, but for those that were changed since."""
    sql = """SELECT there.key, there.headline, there.issue, there.position
        FROM copy.story AS there LEFT JOIN main.story AS here ON here.key = there.key
        WHERE (here.key IS NULL OR here.headline IS NOT there.headline OR here.issue IS NOT there.issue
            OR here.position IS NOT there.position)
        AND there.key NOT IN (SELECT key FROM main.journal WHERE id > (SELECT max(id) FROM copy.journal))"""
    yield from (Difference("story", row) for row in database.rows(sql))


def _changed_machine(database: Database) -> Iterator[Difference]:
    sql = "SELECT name, value FROM {}.setting WHERE name = ?"
    there, here = (database.rows(sql.format(schema), (MACHINE,)) for schema in ("copy", "main"))
    yield from (Difference("setting", row) for row in there if here != there)


def _broken_lines(database: Database, last: int) -> Iterator[Difference]:
    """Find lines written since the copy that do not begin with what the line before them left in their field."""
    columns = ", ".join("earlier" if column == "old" else column for column in _COLUMNS["journal"])
    sql = f"""SELECT {columns} FROM (
            SELECT *, lag(new) OVER (PARTITION BY key, field ORDER BY id) AS earlier FROM journal
            WHERE (key, field) IN (SELECT key, field FROM journal WHERE id > ?)
        ) WHERE id > ? AND old IS NOT earlier"""
    yield from (Difference("journal", row) for row in database.rows(sql, (last, last)))
