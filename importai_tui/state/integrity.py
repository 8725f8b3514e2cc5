"""Whether the registers are what the journal says, and how to make them so again. It knows nothing of stories.

Compares the state with its newest copy: a row that nobody has changed since must still be what it was.

SQLite does not notice a changed bit inside a value. The copy is trusted only if its digest is the one that was noted
when it was made.

Tells a damaged reading state from one that is newer, from another program, or in use; and corrects a file's header.

A changed bit in the header makes a good state look like a newer one, or like that of another program. What tells them
apart are the tables: those of a newer version differ from ours.

Corrects registers whose time lies far in the future, from a clock that was wrong.

Such a register loses to every other one on the machines whose clocks are right. It would stay here for ever, and never
reach them, so it gets a time that they believe.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from importai_tui.sqlite import DamagedDatabase, Database, is_damage, is_header_read_only
from importai_tui.state.fields import UNKNOWN_TIME, Register, ensure_after
from importai_tui.state.journal import Journal
from importai_tui.state.schema import DATABASE_SPEC, MACHINE_ID_SETTING, NEWEST_COPY_SETTING, SCHEMA, get_backup_folder
from importai_tui.wording import plural


def correct_future_times(database: Database, journal: Journal) -> int:
    """Give each field that is dated in the future its newest change with a believable time; return how many.

    The own changes were made after the own change before them, so they get a time just after that one. The time of a
    change from another machine is not known: it counts as the oldest. All shared files are read again afterwards,
    because older changes in them may win now.
    """
    limit = journal.get_time_limit()
    if not database.query("SELECT 1 FROM register WHERE at > ? LIMIT 1", (limit,)):
        return 0
    if not database.query("SELECT 1 FROM journal WHERE at <= ? LIMIT 1", (limit,)):
        return 0  # where all is in the future, it is the clock here that is wrong
    with database.transaction():
        sql = "SELECT key, field, value, at, machine FROM register WHERE at > ?"
        wrong = {(str(row[0]), str(row[1])): Register(*row) for row in database.query(sql, (limit,))}
        right = _find_trusted_registers(database, journal, set(wrong), limit)
        for place, present in wrong.items():
            journal.replace_register(present, right.get(place) or _with_time(present, UNKNOWN_TIME))
        database.execute("DELETE FROM setting WHERE substr(name, 1, 12) = 'shared-spot:'")
    return len(wrong)


def _find_trusted_registers(
    database: Database, journal: Journal, places: set[tuple[str, str]], limit: str
) -> dict[tuple[str, str], Register]:
    """Return the winner among all journal lines of each of these fields, with the times that they get."""
    found: dict[tuple[str, str], Register] = {}
    own_time = UNKNOWN_TIME
    for row in database.query("SELECT key, field, new, at, machine FROM journal ORDER BY id"):
        register = Register(*row)
        if register.at > limit:
            register = _with_time(
                register, ensure_after(own_time, own_time) if register.machine == journal.machine else UNKNOWN_TIME
            )
        if register.machine == journal.machine:
            own_time = max(own_time, register.at)
        place = (register.key, register.field)
        if place in places and (place not in found or register.rank > found[place].rank):
            found[place] = register
    return found


def _with_time(register: Register, at: str) -> Register:
    return Register(register.key, register.field, register.value, at, register.machine)


_MAX_REPORTED_PROBLEMS = 5
"""Faults of the file itself that are told: SQLite would list up to a hundred, and one is enough to act on."""
_REPAIR_HINT = "Mend it with: importai-tui doctor --repair"

_LAST_LINES_SQL = """SELECT key, field, new AS value, at, machine FROM journal
    WHERE id IN (SELECT max(id) FROM journal GROUP BY key, field)"""


def find_problems(database: Database) -> tuple[str, ...]:
    """What is wrong with the file, a sentence each; nothing where all is well."""
    if is_header_read_only(database.path):
        return (f"The file {database.path} is damaged: its header forbids writing. {_REPAIR_HINT}",)
    try:
        said = [str(row[0]) for row in database.query(f"PRAGMA integrity_check({_MAX_REPORTED_PROBLEMS})")]
        if said != ["ok"]:
            return tuple(f"The file {database.path} is damaged: {line}. {_REPAIR_HINT}" for line in said)
        return _find_unreadable_rows(database) or (*_find_differing_registers(database), *_find_missing_rows(database))
    except DamagedDatabase as trouble:
        return (str(trouble),)


def rebuild_registers(database: Database) -> int:
    """Make every register what the journal says last of it; how many were not so.

    Where a register is newer than the journal's last line, or has none, lines of the journal are lost: then it is
    kept, and the journal says so from now on.

    Raises:
        DamagedDatabase: a row cannot be read, so a copy or what can be salvaged has to take the place of the file.
    """
    with database.transaction():
        database.execute("REINDEX")
        if unreadable := _find_unreadable_rows(database):
            raise DamagedDatabase(unreadable[0])
        said = {(r.key, r.field): r for r in (Register(*row) for row in database.query(_LAST_LINES_SQL))}
        stood = {(r.key, r.field): r for r in (Register(*row) for row in database.query(_REGISTERS_SQL))}
        wrong = [
            r for place, r in said.items() if place not in stood or (stood[place] != r and stood[place].at <= r.at)
        ]
        unsaid = [r for place, r in stood.items() if place not in said or r.at > said[place].at]
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES (?, ?, ?, ?, ?)"
        database.execute_many(sql, [r.row for r in wrong])
        sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, 'mend', ?, ?, ?, ?)"
        olds = {place: r.value for place, r in said.items()}
        rows = [(r.at, r.machine, r.key, r.field, olds.get((r.key, r.field)), r.value) for r in unsaid]
        database.execute_many(sql, rows)
        database.execute(f"UPDATE step SET state = 'dropped' WHERE id NOT IN ({_CHANGE_STEPS_SQL})")
        # Of a step that is lost nobody knows whether it was undone, so it is no longer one to undo.
        sql = """INSERT INTO step (id, at, label, state) SELECT step, min(at), 'A lost step', 'dropped' FROM journal
            WHERE step IS NOT NULL AND step NOT IN (SELECT id FROM step) GROUP BY step"""
        database.execute(sql)
    return len(wrong) + len(unsaid)


_REGISTERS_SQL = "SELECT key, field, value, at, machine FROM register"

_CHANGE_STEPS_SQL = "SELECT step FROM journal WHERE kind = 'change' AND step IS NOT NULL"


_BATCH_ROWS = 20_000
"""Rows that are read at once."""
_TEXT_COLUMNS = {
    "register": ("key field at machine", "value"),
    "journal": ("at machine kind key field", "old new"),
    "step": ("at label state", ""),
    "story": ("key", "headline issue heir"),
    "setting": ("name value", ""),
}
"""The texts of each table: those that must be there, and those that may be NULL."""


def _find_unreadable_rows(database: Database) -> tuple[str, ...]:
    """Find rows that SQLite accepts and that are no texts of ours: numbers or bytes; and what may spoil such rows.

    Raises:
        DamagedDatabase: a text is no UTF-8.
    """
    others = database.query("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    found = [f"{database.path} holds a {kind} that is not its own, {name}. {_REPAIR_HINT}" for kind, name in others]
    for table, (needed, optional) in _TEXT_COLUMNS.items():
        columns = f"{needed} {optional}".split()
        wrong = [f"typeof({column}) != 'text'" for column in needed.split()]
        wrong += [f"typeof({column}) NOT IN ('text', 'null')" for column in optional.split()]
        if count := database.query(f"SELECT count(*) FROM {table} WHERE {' OR '.join(wrong)}")[0][0]:
            what = plural(count, "row")
            found.append(f"{what} in the table {table} of {database.path} cannot be read. {_REPAIR_HINT}")
        texts = " || ".join(f"coalesce({column}, '')" for column in columns)
        offset = 0
        # To read a text decodes it. One column is read in a fraction of the time of many.
        while database.query(f"SELECT {texts} FROM {table} LIMIT {_BATCH_ROWS} OFFSET ?", (offset,)):
            offset += _BATCH_ROWS
    return tuple(found)


def _find_differing_registers(database: Database) -> tuple[str, ...]:
    """What stands in one of the two tables and not in the other."""
    columns = "key, field, value, at, machine"
    sql = f"""SELECT key, field FROM (SELECT * FROM ({_LAST_LINES_SQL}) EXCEPT SELECT {columns} FROM register)
        UNION SELECT key, field FROM (SELECT {columns} FROM register EXCEPT SELECT * FROM ({_LAST_LINES_SQL}))
        ORDER BY key, field"""
    rows = database.query(sql)
    if not rows:
        return ()
    what = plural(len(rows), "mark is", "marks are")
    key, field = rows[0]
    return (f'{what} not as the journal of {database.path} says, the first "{field}" of {key}. {_REPAIR_HINT}',)


def _find_missing_rows(database: Database) -> tuple[str, ...]:
    """Undo steps and journal lines that have lost one another."""
    empty = int(
        database.query(f"SELECT count(*) FROM step WHERE state != 'dropped' AND id NOT IN ({_CHANGE_STEPS_SQL})")[0][0]
    )
    lost = len(database.query("PRAGMA foreign_key_check"))
    found = []
    if empty:
        found.append(f"{empty:,} undo steps of {database.path} have lost what they changed. {_REPAIR_HINT}")
    if lost:
        found.append(f"{lost:,} journal lines of {database.path} have lost their undo step. {_REPAIR_HINT}")
    return tuple(found)


_RESTORE_HINT = "Repair it: importai-tui doctor --repair"
_FIXED_COLUMNS = {
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "step": ("id", "at", "label"),
}
"""What never changes of the rows of a table, once they are written."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of the copy that the state has otherwise, or no longer."""

    table: str
    row: tuple[object, ...]


def get_digest(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def save_copy_digest(database: Database, copy: Path, last: int) -> None:
    """Store which copy is the newest, with its digest, and the last line of its journal."""
    database.execute(
        "INSERT OR REPLACE INTO setting VALUES (?, ?)", (NEWEST_COPY_SETTING, f"{last} {get_digest(copy)} {copy.name}")
    )


def find_copy_differences(database: Database) -> tuple[str, ...]:
    """Say how the state differs from its newest copy, in a sentence; nothing where it does not, or there is no copy."""
    found = list(_compare_with_copy(database))
    if not found:
        return ()
    what = plural(len(found), "row")
    return (f"{what} of {database.path} changed by themselves since the last copy was made. {_RESTORE_HINT}",)


def restore_changed_rows(database: Database) -> int:
    """Put every row that differs from the newest copy back as it is there; return how many."""
    found = list(_compare_with_copy(database))
    with database.transaction():
        for difference in found:
            table, row = difference.table, difference.row
            if table in _FIXED_COLUMNS:
                columns = _FIXED_COLUMNS[table]
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
            database.execute(sql, row)
    return len(found)


def _compare_with_copy(database: Database) -> Iterator[Difference]:
    """Yield every row that differs; steps come first, because lines of the journal refer to them."""
    noted = database.query("SELECT value FROM setting WHERE name = ?", (NEWEST_COPY_SETTING,))
    if not noted:
        return
    try:
        last, digest, name = str(noted[0][0]).split(" ", 2)
        copy = get_backup_folder(database.path) / name
        if get_digest(copy) != digest:
            return
    except (OSError, ValueError):  # gone, or it cannot be read now
        return
    # As bytes, because a path need not be UTF-8.
    database.execute("ATTACH CAST(? AS TEXT) AS copy", (os.fsencode(copy),))
    try:
        for table in ("step", "journal"):
            yield from _find_changed_rows(database, table)
        yield from _find_changed_stories(database)
        yield from _find_changed_machine(database)
        yield from _find_broken_lines(database, int(last))
    finally:
        database.execute("DETACH copy")


def _find_changed_rows(database: Database, table: str) -> Iterator[Difference]:
    columns = _FIXED_COLUMNS[table]
    differ = " OR ".join(f"here.{column} IS NOT there.{column}" for column in columns)
    sql = f"""SELECT {", ".join(f"there.{column}" for column in columns)}
        FROM copy.{table} AS there LEFT JOIN main.{table} AS here ON here.id = there.id WHERE {differ}"""
    yield from (Difference(table, row) for row in database.query(sql))


def _find_changed_stories(database: Database) -> Iterator[Difference]:
    """Compare the names of stories, but for those that were changed since."""
    sql = """SELECT there.key, there.headline, there.issue, there.position
        FROM copy.story AS there LEFT JOIN main.story AS here ON here.key = there.key
        WHERE (here.key IS NULL OR here.headline IS NOT there.headline OR here.issue IS NOT there.issue
            OR here.position IS NOT there.position)
        AND there.key NOT IN (SELECT key FROM main.journal WHERE id > (SELECT max(id) FROM copy.journal))"""
    yield from (Difference("story", row) for row in database.query(sql))


def _find_changed_machine(database: Database) -> Iterator[Difference]:
    sql = "SELECT name, value FROM {}.setting WHERE name = ?"
    there, here = (database.query(sql.format(schema), (MACHINE_ID_SETTING,)) for schema in ("copy", "main"))
    yield from (Difference("setting", row) for row in there if here != there)


def _find_broken_lines(database: Database, last: int) -> Iterator[Difference]:
    """Find lines written since the copy that do not begin with what the line before them left in their field."""
    columns = ", ".join("earlier" if column == "old" else column for column in _FIXED_COLUMNS["journal"])
    sql = f"""SELECT {columns} FROM (
            SELECT *, lag(new) OVER (PARTITION BY key, field ORDER BY id) AS earlier FROM journal
            WHERE (key, field) IN (SELECT key, field FROM journal WHERE id > ?)
        ) WHERE id > ? AND old IS NOT earlier"""
    yield from (Difference("journal", row) for row in database.query(sql, (last, last)))


_TABLES = ("story", "register", "step", "journal", "setting")
_TABLES_OF_EVERY_VERSION = {"story", "step", "journal", "setting"}
_PAGE_BYTES = 4096
"""Bytes of a page; SQLite has made them so since 2016, and we never ask for others."""
_HEADER_BYTES = {
    0: b"SQLite format 3\x00",
    16: _PAGE_BYTES.to_bytes(2, "big"),
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
            if (is_strange := _has_damaged_header(connection)) is not None:
                return is_strange
            tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema")}
            if not tables:
                return False
            if not tables >= _TABLES_OF_EVERY_VERSION or connection.execute("PRAGMA integrity_check(1)").fetchone() != (
                "ok",
            ):
                return True
            for table in tables.intersection(_TABLES):
                for _ in connection.execute(f"SELECT * FROM {table}"):  # a text that is no UTF-8 raises
                    pass
    except sqlite3.Error as error:
        return is_damage(error)
    return False


def _has_damaged_header(connection: sqlite3.Connection) -> bool | None:
    """Judge a file whose header is not that of a state: True: the header is damaged; False: it is no state of ours."""
    sql = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version"
    application_id, version = connection.execute(sql).fetchone()
    is_ours = application_id == DATABASE_SPEC.application_id
    if is_ours and version == DATABASE_SPEC.version:
        return None
    if has_our_tables(connection):
        # A newer version with the same tables is hardly thinkable; but only a single bit is surely no version.
        return not (is_ours and version > DATABASE_SPEC.version and (version ^ DATABASE_SPEC.version).bit_count() > 1)
    is_older = is_ours and 0 < version < DATABASE_SPEC.version
    return None if is_older or not _get_tables(connection) else False


def has_our_tables(connection: sqlite3.Connection) -> bool:
    """Tell whether a file has the tables of this version, all of them and no others."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        return _get_tables(connection) == _get_tables(fresh)


def _get_tables(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
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
        for offset, right in _HEADER_BYTES.items():
            header[offset : offset + len(right)] = right
        for offset in (18, 19):  # the ways to write and to read: a rollback journal, or the log that we use
            if header[offset] not in (1, 2):
                header[offset] = header[37 - offset] if header[37 - offset] in (1, 2) else 2
        # SQLite believes the number of pages only where these two counters agree.
        size = file.seek(0, 2) // _PAGE_BYTES
        header[28:32] = size.to_bytes(4, "big")
        header[92:96] = header[24:28]
        file.seek(0)
        file.write(header)
    with closing(sqlite3.connect(path)) as connection:
        if has_our_tables(connection):
            connection.execute(f"PRAGMA application_id = {DATABASE_SPEC.application_id}")
            connection.execute(f"PRAGMA user_version = {DATABASE_SPEC.version}")
