"""Whether the registers are what the journal says, and how to make them so again. It knows nothing of stories."""

from __future__ import annotations

from importai_tui.archive.database import DamagedDatabase, Database, is_header_read_only
from importai_tui.reading.fields import Register
from importai_tui.wording import plural

_TOLD = 5
"""Faults of the file itself that are told: SQLite would list up to a hundred, and one is enough to act on."""
_REPAIR = "Mend it with: importai-tui doctor --repair"

_LAST = """SELECT key, field, new AS value, at, machine FROM journal
    WHERE id IN (SELECT max(id) FROM journal GROUP BY key, field)"""


def faults(database: Database) -> tuple[str, ...]:
    """What is wrong with the file, a sentence each; nothing where all is well."""
    if is_header_read_only(database.path):
        return (f"The file {database.path} is damaged: its header forbids writing. {_REPAIR}",)
    try:
        said = [str(row[0]) for row in database.rows(f"PRAGMA integrity_check({_TOLD})")]
        if said != ["ok"]:
            return tuple(f"The file {database.path} is damaged: {line}. {_REPAIR}" for line in said)
        return _unreadable(database) or (*_differing(database), *_missing(database))
    except DamagedDatabase as trouble:
        return (str(trouble),)


def rebuild(database: Database) -> int:
    """Make every register what the journal says last of it; how many were not so.

    Where a register is newer than the journal's last line, or has none, lines of the journal are lost: then it is
    kept, and the journal says so from now on.

    Raises:
        DamagedDatabase: a row cannot be read, so a copy or what can be salvaged has to take the place of the file.
    """
    with database.transaction():
        database.run("REINDEX")
        if unreadable := _unreadable(database):
            raise DamagedDatabase(unreadable[0])
        said = {(r.key, r.field): r for r in (Register(*row) for row in database.rows(_LAST))}
        stood = {(r.key, r.field): r for r in (Register(*row) for row in database.rows(_REGISTERS))}
        wrong = [
            r for place, r in said.items() if place not in stood or (stood[place] != r and stood[place].at <= r.at)
        ]
        unsaid = [r for place, r in stood.items() if place not in said or r.at > said[place].at]
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES (?, ?, ?, ?, ?)"
        database.run_many(sql, [r.row for r in wrong])
        sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, 'mend', ?, ?, ?, ?)"
        olds = {place: r.value for place, r in said.items()}
        rows = [(r.at, r.machine, r.key, r.field, olds.get((r.key, r.field)), r.value) for r in unsaid]
        database.run_many(sql, rows)
        database.run(f"UPDATE step SET state = 'dropped' WHERE id NOT IN ({_CHANGES})")
        # Of a step that is lost nobody knows whether it was undone, so it is no longer one to undo.
        sql = """INSERT INTO step (id, at, label, state) SELECT step, min(at), 'A lost step', 'dropped' FROM journal
            WHERE step IS NOT NULL AND step NOT IN (SELECT id FROM step) GROUP BY step"""
        database.run(sql)
    return len(wrong) + len(unsaid)


_REGISTERS = "SELECT key, field, value, at, machine FROM register"

_CHANGES = "SELECT step FROM journal WHERE kind = 'change' AND step IS NOT NULL"


_AT_ONCE = 20_000
"""Rows that are read at once."""
_COLUMNS = {
    "register": ("key field at machine", "value"),
    "journal": ("at machine kind key field", "old new"),
    "step": ("at label state", ""),
    "story": ("key", "headline issue heir"),
    "setting": ("name value", ""),
}
"""The texts of each table: those that must be there, and those that may be NULL."""


def _unreadable(database: Database) -> tuple[str, ...]:
    """Find rows that SQLite accepts and that are no texts of ours: numbers or bytes; and what may spoil such rows.

    Raises:
        DamagedDatabase: a text is no UTF-8.
    """
    others = database.rows("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    found = [f"{database.path} holds a {kind} that is not its own, {name}. {_REPAIR}" for kind, name in others]
    for table, (needed, optional) in _COLUMNS.items():
        columns = f"{needed} {optional}".split()
        wrong = [f"typeof({column}) != 'text'" for column in needed.split()]
        wrong += [f"typeof({column}) NOT IN ('text', 'null')" for column in optional.split()]
        if count := database.rows(f"SELECT count(*) FROM {table} WHERE {' OR '.join(wrong)}")[0][0]:
            what = plural(count, "row")
            found.append(f"{what} in the table {table} of {database.path} cannot be read. {_REPAIR}")
        texts = " || ".join(f"coalesce({column}, '')" for column in columns)
        offset = 0
        # To read a text decodes it. One column is read in a fraction of the time of many.
        while database.rows(f"SELECT {texts} FROM {table} LIMIT {_AT_ONCE} OFFSET ?", (offset,)):
            offset += _AT_ONCE
    return tuple(found)


def _differing(database: Database) -> tuple[str, ...]:
    """What stands in one of the two tables and not in the other."""
    columns = "key, field, value, at, machine"
    sql = f"""SELECT key, field FROM (SELECT * FROM ({_LAST}) EXCEPT SELECT {columns} FROM register)
        UNION SELECT key, field FROM (SELECT {columns} FROM register EXCEPT SELECT * FROM ({_LAST}))
        ORDER BY key, field"""
    rows = database.rows(sql)
    if not rows:
        return ()
    what = plural(len(rows), "mark is", "marks are")
    key, field = rows[0]
    return (f'{what} not as the journal of {database.path} says, the first "{field}" of {key}. {_REPAIR}',)


def _missing(database: Database) -> tuple[str, ...]:
    """Undo steps and journal lines that have lost one another."""
    empty = int(database.rows(f"SELECT count(*) FROM step WHERE state != 'dropped' AND id NOT IN ({_CHANGES})")[0][0])
    lost = len(database.rows("PRAGMA foreign_key_check"))
    found = []
    if empty:
        found.append(f"{empty:,} undo steps of {database.path} have lost what they changed. {_REPAIR}")
    if lost:
        found.append(f"{lost:,} journal lines of {database.path} have lost their undo step. {_REPAIR}")
    return tuple(found)
