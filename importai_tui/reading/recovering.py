"""Makes a new file with all rows that can be read of a damaged state, which heals its header and its indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from importai_tui.archive.database import DamagedDatabase, Database
from importai_tui.reading.damage import has_our_tables
from importai_tui.reading.schema import MACHINE

_COLUMNS = {
    "step": ("id", "at", "label", "state"),
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "register": ("key", "field", "value", "at", "machine"),
    "story": ("key", "headline", "issue", "position", "heir"),
    "setting": ("name", "value"),
}
"""In this order, because lines of the journal refer to steps."""
_NUMBERS = ("id", "step", "position")
_AT_ONCE = 1000


def recover_rows(source: Path, database: Database) -> None:
    """Copy the rows of a damaged file into a new state.

    A row with a text that is no UTF-8 is left out: another table, or a copy, mostly has what was in it.

    Raises:
        DamagedDatabase: the tables are not ours, or the journal cannot be read to its end.
    """
    with closing(sqlite3.connect(source)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        if not has_our_tables(connection):
            raise DamagedDatabase(f"The tables of {source} are damaged.")
        database.run("DELETE FROM setting WHERE name = ?", (MACHINE,))
        for table, columns in _COLUMNS.items():
            # Not by an index, for that may be what is damaged.
            sql = f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED"
            values = ", ".join("?" * len(columns))
            with suppress(*(() if table == "journal" else (sqlite3.DatabaseError,))):
                for rows in _in_batches(connection.execute(sql)):
                    good = [row for row in rows if _is_readable(columns, row)]
                    with database.transaction():
                        database.run_many(f"INSERT OR IGNORE INTO {table} VALUES ({values})", good)


def _in_batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple[object, ...]]]:
    """Yield rows some at a time; those before one that cannot be read, too."""
    rows: list[tuple[object, ...]] = []
    try:
        for row in cursor:
            rows.append(row)
            if len(rows) == _AT_ONCE:
                yield rows
                rows = []
    except sqlite3.DatabaseError:
        yield rows
        raise
    yield rows


def _is_readable(columns: tuple[str, ...], row: tuple[object, ...]) -> bool:
    for column, value in zip(columns, row, strict=True):
        if column in _NUMBERS:
            if not isinstance(value, int | None):
                return False
        elif isinstance(value, str):
            with suppress(UnicodeEncodeError):
                value.encode()
                continue
            return False
        elif value is not None:
            return False
    return True
