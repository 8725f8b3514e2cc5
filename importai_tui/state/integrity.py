"""Finds and repairs damage of the reading state's file. It knows nothing of stories.

`find_problems` compares the registers with the journal; `rebuild_registers` repairs them from it.

`find_copy_differences` compares the rows with the newest copy, because SQLite does not notice a changed bit inside a
value: a row that nothing has changed since must be equal. The copy is trusted only if its digest is still the one that
was stored when it was made.

`is_damaged` tells a damaged file from one that is newer, belongs to another program, or is in use. A changed bit in the
header makes a good state look like one of these, so the tables decide: those of other versions differ from ours.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.sqlite import DamagedDatabase, Database, get_read_only_uri, is_damage
from importai_tui.state.fields import UNKNOWN_TIME, Register, ensure_after
from importai_tui.state.journal import Journal
from importai_tui.state.schema import DATABASE_SPEC, MACHINE_ID_SETTING, NEWEST_COPY_SETTING, SCHEMA, get_backup_folder
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.state.fields import RegisterKey

_REPAIR_HINT = "Repair it: importai-tui doctor --repair"
_MAX_REPORTED_PROBLEMS = 5
"""Problems of the file itself that are listed. SQLite would list up to a hundred, and one is enough to act."""
_BATCH_ROWS = 20_000
"""Rows that are read with one query."""

_TABLES = ("story", "register", "step", "journal", "setting")
_TABLES_OF_EVERY_VERSION = {"story", "step", "journal", "setting"}
_TEXT_COLUMNS = {
    "register": ("key field at machine", "value"),
    "journal": ("at machine kind key field", "old new"),
    "step": ("at label state", ""),
    "story": ("key", "headline issue heir"),
    "setting": ("name value", ""),
}
"""The text columns of each table: those that must be set, and those that may be NULL."""
_FIXED_COLUMNS = {
    "journal": ("id", "at", "machine", "step", "kind", "key", "field", "old", "new"),
    "step": ("id", "at", "label"),
}
"""Columns that never change after a row was written."""

_REGISTERS_SQL = "SELECT key, field, value, at, machine FROM register"
_LAST_LINES_SQL = """SELECT key, field, new AS value, at, machine FROM journal
    WHERE id IN (SELECT max(id) FROM journal GROUP BY key, field)"""
_CHANGE_STEPS_SQL = "SELECT step FROM journal WHERE kind = 'change' AND step IS NOT NULL"

_PAGE_BYTES = 4096
"""SQLite's default page size since 2016; the program never sets another one."""
_HEADER_BYTES = {
    0: b"SQLite format 3\x00",
    16: _PAGE_BYTES.to_bytes(2, "big"),
    20: bytes((0, 64, 32, 32)),
    44: (4).to_bytes(4, "big"),  # the format of the schema
    52: bytes(4),  # no automatic vacuum
    56: (1).to_bytes(4, "big"),  # UTF-8
    64: bytes(4),
}
"""Bytes of the header that are the same in every reading state, by their offset."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """A row of the newest copy that the state has changed or lost."""

    table: str
    row: tuple[object, ...]


def find_problems(database: Database) -> tuple[str, ...]:
    """Return sentences about problems of the file; empty if there are none."""
    if database.is_marked_read_only():
        return (f"The file {database.path} is damaged: its header marks it read-only. {_REPAIR_HINT}",)
    try:
        report = [str(row[0]) for row in database.query(f"PRAGMA integrity_check({_MAX_REPORTED_PROBLEMS})")]
        if report != ["ok"]:
            return tuple(f"The file {database.path} is damaged: {line}. {_REPAIR_HINT}" for line in report)
        return _find_unreadable_rows(database) or (*_find_differing_registers(database), *_find_missing_rows(database))
    except DamagedDatabase as error:
        return (str(error),)


def rebuild_registers(database: Database) -> int:
    """Give every register the value of its last journal line; returns the number of wrong registers.

    If a register is newer than its last journal line, or has none, the journal has lost lines: the register stays as
    it is, and the journal gets a line for it.

    Raises:
        DamagedDatabase: a row cannot be read, so the file must be replaced by a copy or by its readable rows.
    """
    with database.transaction():
        database.execute("REINDEX")
        if unreadable := _find_unreadable_rows(database):
            raise DamagedDatabase(unreadable[0])
        logged = {(r.key, r.field): r for r in (Register(*row) for row in database.query(_LAST_LINES_SQL))}
        present = {(r.key, r.field): r for r in (Register(*row) for row in database.query(_REGISTERS_SQL))}
        wrong = [
            register
            for key, register in logged.items()
            if key not in present or (present[key] != register and present[key].at <= register.at)
        ]
        unlogged = [register for key, register in present.items() if key not in logged or register.at > logged[key].at]
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES (?, ?, ?, ?, ?)"
        database.execute_many(sql, [register.row for register in wrong])
        sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, 'mend', ?, ?, ?, ?)"
        old_values = {key: register.value for key, register in logged.items()}
        rows = [(r.at, r.machine, r.key, r.field, old_values.get((r.key, r.field)), r.value) for r in unlogged]
        database.execute_many(sql, rows)
        database.execute(f"UPDATE step SET state = 'dropped' WHERE id NOT IN ({_CHANGE_STEPS_SQL})")
        # A lost step gets the state 'dropped', because it is not known whether it was undone.
        sql = """INSERT INTO step (id, at, label, state) SELECT step, min(at), 'A lost step', 'dropped' FROM journal
            WHERE step IS NOT NULL AND step NOT IN (SELECT id FROM step) GROUP BY step"""
        database.execute(sql)
    return len(wrong) + len(unlogged)


def correct_future_times(database: Database, journal: Journal) -> int:
    """Correct registers dated in the future by a wrong clock; returns how many there were.

    Other machines do not trust such a time, so the change would never reach them. Each of these fields gets its newest
    change with a trusted time. A change of this machine gets a time just after the own change before it. The time of
    another machine's change is not known, so it counts as the oldest. All shared files are read again afterwards,
    because older changes in them may win now.
    """
    limit = journal.get_time_limit()
    if not database.query("SELECT 1 FROM register WHERE at > ? LIMIT 1", (limit,)):
        return 0
    if not database.query("SELECT 1 FROM journal WHERE at <= ? LIMIT 1", (limit,)):
        return 0  # if every change is in the future, this machine's clock is wrong now
    with database.transaction():
        wrong_rows = database.query(f"{_REGISTERS_SQL} WHERE at > ?", (limit,))
        wrong = {(str(row[0]), str(row[1])): Register(*row) for row in wrong_rows}
        trusted = _find_trusted_registers(database, journal, set(wrong), limit)
        for key, present in wrong.items():
            journal.replace_register(present, trusted.get(key) or present._replace(at=UNKNOWN_TIME))
        database.execute("DELETE FROM setting WHERE substr(name, 1, 12) = 'shared-spot:'")
    return len(wrong)


def save_copy_digest(database: Database, copy: Path, last_line: int) -> None:
    """Store which copy is the newest, its digest, and the id of its last journal line."""
    row = (NEWEST_COPY_SETTING, f"{last_line} {_get_digest(copy)} {copy.name}")
    database.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", row)


def find_copy_differences(database: Database) -> tuple[str, ...]:
    """Return a sentence if rows differ from the newest copy; empty if none does, or if there is no copy."""
    count = sum(1 for _ in _compare_with_copy(database))
    if not count:
        return ()
    rows = plural(count, "row")
    return (f"{rows} of {database.path} changed unexpectedly since the last copy. {_REPAIR_HINT}",)


def restore_changed_rows(database: Database) -> int:
    """Restore every row that differs from the newest copy; returns their number."""
    differences = list(_compare_with_copy(database))
    with database.transaction():
        for difference in differences:
            table, row = difference.table, difference.row
            if table in _FIXED_COLUMNS:
                columns = _FIXED_COLUMNS[table]
                assignments = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
                state_column, state_value = (", state", ", 'dropped'") if table == "step" else ("", "")
                sql = f"""INSERT INTO {table} ({", ".join(columns)}{state_column})
                    VALUES ({", ".join("?" * len(columns))}{state_value})
                    ON CONFLICT (id) DO UPDATE SET {assignments}"""
            elif table == "story":
                sql = """INSERT INTO story (key, headline, issue, position) VALUES (?, ?, ?, ?) ON CONFLICT (key)
                    DO UPDATE SET headline = excluded.headline, issue = excluded.issue, position = excluded.position"""
            else:
                sql = "INSERT OR REPLACE INTO setting VALUES (?, ?)"
            database.execute(sql, row)
    return len(differences)


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a state without changing anything in it."""
    return sqlite3.connect(get_read_only_uri(path.absolute()), uri=True)


def is_damaged(path: Path) -> bool:
    """Return True if the file is damaged; False if it is newer, belongs to another program, or is only in use."""
    try:
        with closing(open_read_only(path)) as connection:
            if (has_damaged_header := _has_damaged_header(connection)) is not None:
                return has_damaged_header
            tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema")}
            if not tables:
                return False
            if not tables >= _TABLES_OF_EVERY_VERSION:
                return True
            if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                return True
            for table in tables.intersection(_TABLES):
                for _ in connection.execute(f"SELECT * FROM {table}"):  # raises if a text is not UTF-8
                    pass
    except sqlite3.Error as error:
        return is_damage(error)
    return False


def has_our_tables(connection: sqlite3.Connection) -> bool:
    """Return True if a file has exactly the tables of this version."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        return _get_tables(connection) == _get_tables(fresh)


def correct_header(path: Path) -> None:
    """Correct those bytes of the header that are the same in every reading state.

    Raises:
        sqlite3.Error: the file cannot be opened afterwards either.
    """
    with path.open("r+b") as file:
        header = bytearray(file.read(100))
        if len(header) < 100:
            return
        for offset, value in _HEADER_BYTES.items():
            header[offset : offset + len(value)] = value
        for offset in (18, 19):  # versions for writing and reading: 1 is a rollback journal, 2 the write-ahead log
            if header[offset] not in (1, 2):
                header[offset] = header[37 - offset] if header[37 - offset] in (1, 2) else 2
        # SQLite trusts the number of pages only if these two counters agree.
        page_count = file.seek(0, 2) // _PAGE_BYTES
        header[28:32] = page_count.to_bytes(4, "big")
        header[92:96] = header[24:28]
        file.seek(0)
        file.write(header)
    with closing(sqlite3.connect(path)) as connection:
        if has_our_tables(connection):
            connection.execute(f"PRAGMA application_id = {DATABASE_SPEC.application_id}")
            connection.execute(f"PRAGMA user_version = {DATABASE_SPEC.version}")


def _find_unreadable_rows(database: Database) -> tuple[str, ...]:
    """Return sentences about rows with numbers or bytes instead of texts, and about foreign triggers and views.

    Raises:
        DamagedDatabase: a text is not UTF-8.
    """
    objects = database.query("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    problems = [
        f"{database.path} contains a {kind} that doesn't belong there: {name}. {_REPAIR_HINT}" for kind, name in objects
    ]
    for table, (required, optional) in _TEXT_COLUMNS.items():
        columns = f"{required} {optional}".split()
        conditions = [f"typeof({column}) != 'text'" for column in required.split()]
        conditions += [f"typeof({column}) NOT IN ('text', 'null')" for column in optional.split()]
        if count := database.query(f"SELECT count(*) FROM {table} WHERE {' OR '.join(conditions)}")[0][0]:
            rows = plural(count, "row")
            problems.append(f"{rows} in the table {table} of {database.path} can't be read. {_REPAIR_HINT}")
        # Reading a text decodes it. One joined column takes a fraction of the time of many columns.
        texts = " || ".join(f"coalesce({column}, '')" for column in columns)
        offset = 0
        while database.query(f"SELECT {texts} FROM {table} LIMIT {_BATCH_ROWS} OFFSET ?", (offset,)):
            offset += _BATCH_ROWS
    return tuple(problems)


def _find_differing_registers(database: Database) -> tuple[str, ...]:
    """Return a sentence if registers and last journal lines differ."""
    columns = "key, field, value, at, machine"
    sql = f"""SELECT key, field FROM (SELECT * FROM ({_LAST_LINES_SQL}) EXCEPT SELECT {columns} FROM register)
        UNION SELECT key, field FROM (SELECT {columns} FROM register EXCEPT SELECT * FROM ({_LAST_LINES_SQL}))
        ORDER BY key, field"""
    rows = database.query(sql)
    if not rows:
        return ()
    marks = plural(len(rows), "mark differs", "marks differ")
    key, field = rows[0]
    return (f'{marks} from the journal of {database.path} (first: "{field}" of {key}). {_REPAIR_HINT}',)


def _find_missing_rows(database: Database) -> tuple[str, ...]:
    """Return sentences about undo steps without journal lines, and journal lines without their undo step."""
    sql = f"SELECT count(*) FROM step WHERE state != 'dropped' AND id NOT IN ({_CHANGE_STEPS_SQL})"
    empty_steps = int(database.query(sql)[0][0])
    orphans = len(database.query("PRAGMA foreign_key_check"))
    problems = []
    if empty_steps:
        problems.append(f"{empty_steps:,} undo steps of {database.path} are incomplete. {_REPAIR_HINT}")
    if orphans:
        problems.append(f"{orphans:,} journal lines of {database.path} have no undo step. {_REPAIR_HINT}")
    return tuple(problems)


def _find_trusted_registers(
    database: Database, journal: Journal, keys: set[RegisterKey], limit: str
) -> dict[RegisterKey, Register]:
    """Return the winner among all journal lines of each of these fields, with corrected times."""
    winners: dict[RegisterKey, Register] = {}
    own_time = UNKNOWN_TIME
    for row in database.query("SELECT key, field, new, at, machine FROM journal ORDER BY id"):
        register = Register(*row)
        is_own = register.machine == journal.machine
        if register.at > limit:
            register = register._replace(at=ensure_after(own_time, own_time) if is_own else UNKNOWN_TIME)
        if is_own:
            own_time = max(own_time, register.at)
        key = (register.key, register.field)
        if key in keys and (key not in winners or register.rank > winners[key].rank):
            winners[key] = register
    return winners


def _get_digest(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _compare_with_copy(database: Database) -> Iterator[_Difference]:
    """Yield all differences; steps come first, because journal lines refer to them."""
    newest = database.query("SELECT value FROM setting WHERE name = ?", (NEWEST_COPY_SETTING,))
    if not newest:
        return
    try:
        last_line, digest, name = str(newest[0][0]).split(" ", 2)
        copy = get_backup_folder(database.path) / name
        if _get_digest(copy) != digest:
            return
    except (OSError, ValueError):  # the copy is gone or cannot be read
        return
    # The path is passed as bytes, because it need not be UTF-8.
    database.execute("ATTACH CAST(? AS TEXT) AS copy", (os.fsencode(copy),))
    try:
        for table in ("step", "journal"):
            yield from _find_changed_rows(database, table)
        yield from _find_changed_stories(database)
        yield from _find_changed_machine(database)
        yield from _find_broken_lines(database, int(last_line))
    finally:
        database.execute("DETACH copy")


def _find_changed_rows(database: Database, table: str) -> Iterator[_Difference]:
    columns = _FIXED_COLUMNS[table]
    differ = " OR ".join(f"here.{column} IS NOT there.{column}" for column in columns)
    sql = f"""SELECT {", ".join(f"there.{column}" for column in columns)}
        FROM copy.{table} AS there LEFT JOIN main.{table} AS here ON here.id = there.id WHERE {differ}"""
    yield from (_Difference(table, row) for row in database.query(sql))


def _find_changed_stories(database: Database) -> Iterator[_Difference]:
    """Yield differing names of stories that no journal line since the copy refers to."""
    sql = """SELECT there.key, there.headline, there.issue, there.position
        FROM copy.story AS there LEFT JOIN main.story AS here ON here.key = there.key
        WHERE (here.key IS NULL OR here.headline IS NOT there.headline OR here.issue IS NOT there.issue
            OR here.position IS NOT there.position)
        AND there.key NOT IN (SELECT key FROM main.journal WHERE id > (SELECT max(id) FROM copy.journal))"""
    yield from (_Difference("story", row) for row in database.query(sql))


def _find_changed_machine(database: Database) -> Iterator[_Difference]:
    sql = "SELECT name, value FROM {}.setting WHERE name = ?"
    there, here = (database.query(sql.format(schema), (MACHINE_ID_SETTING,)) for schema in ("copy", "main"))
    yield from (_Difference("setting", row) for row in there if here != there)


def _find_broken_lines(database: Database, last_line: int) -> Iterator[_Difference]:
    """Yield lines after `last_line` whose old value is not the new value of the line before."""
    columns = ", ".join("earlier" if column == "old" else column for column in _FIXED_COLUMNS["journal"])
    sql = f"""SELECT {columns} FROM (
            SELECT *, lag(new) OVER (PARTITION BY key, field ORDER BY id) AS earlier FROM journal
            WHERE (key, field) IN (SELECT key, field FROM journal WHERE id > ?)
        ) WHERE id > ? AND old IS NOT earlier"""
    yield from (_Difference("journal", row) for row in database.query(sql, (last_line, last_line)))


def _has_damaged_header(connection: sqlite3.Connection) -> bool | None:
    """Check a header that is not that of this version's state.

    Returns True if it is damaged and False if the file is newer or foreign. None means that the tables must be checked.
    """
    sql = "SELECT application_id, user_version FROM pragma_application_id, pragma_user_version"
    application_id, version = connection.execute(sql).fetchone()
    is_ours = application_id == DATABASE_SPEC.application_id
    if is_ours and version == DATABASE_SPEC.version:
        return None
    if has_our_tables(connection):
        # A newer version with the same tables is unlikely, and a version that differs in one bit is surely damage.
        is_newer = is_ours and version > DATABASE_SPEC.version
        return not (is_newer and (version ^ DATABASE_SPEC.version).bit_count() > 1)
    is_older = is_ours and 0 < version < DATABASE_SPEC.version
    return None if is_older or not _get_tables(connection) else False


def _get_tables(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return the columns of every table, and the names of all other objects."""
    tables = {}
    for kind, name in connection.execute("SELECT type, name FROM sqlite_schema").fetchall():
        sql = 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)'
        tables[f"{kind} {name}"] = connection.execute(sql, (name,)).fetchall() if kind == "table" else []
    return tables
