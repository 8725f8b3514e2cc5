"""What the reading state's file looks like, in one readable place.

The paths of the files that are kept beside the reading state. It makes and reads none of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from importai_tui.sqlite import DatabaseSpec

NEWEST_COPY_SETTING = "newest-copy"
"""The setting that tells of the newest copy: the journal's last line in it, its digest and its name."""
UPGRADE_COPY_PREFIX = "reading-before-"
"""How the name of a copy begins that was made before an upgrade."""
MIN_FILE_BYTES = 100
"""Bytes of a header; of a file with less SQLite takes nothing, and writes a new state into it."""


def get_lock_path(path: Path) -> Path:
    """Return the lock for work beside the state at `path`."""
    return path.with_name(f"{path.name}.lock")


def get_backup_folder(path: Path) -> Path:
    """Return the folder of its daily copies."""
    return path.parent / "backups"


def get_daily_copy_path(path: Path, at: datetime) -> Path:
    """Return the copy of that day."""
    return get_backup_folder(path) / f"reading-{at.astimezone(UTC):%Y-%m-%d}.sqlite3"


def has_copies(path: Path) -> bool:
    """Tell whether there is any copy of the state at `path`, without looking into it."""
    places = (get_backup_folder(path), "reading-????-??-??*.sqlite3"), (path.parent, f"{UPGRADE_COPY_PREFIX}*.sqlite3")
    return any(any(folder.glob(name)) for folder, name in places)


_STORY_TABLE_2 = """
CREATE TABLE story (
    key TEXT PRIMARY KEY,
    headline TEXT,
    issue TEXT,
    position INTEGER
)"""
_STORY_TABLE = """
CREATE TABLE story (
    key TEXT PRIMARY KEY,
    headline TEXT,
    issue TEXT,
    position INTEGER,
    heir TEXT
)"""
_REGISTER_TABLE = """
CREATE TABLE register (
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT,
    at TEXT NOT NULL,
    machine TEXT NOT NULL,
    PRIMARY KEY (key, field)
) WITHOUT ROWID"""
_STEP_TABLE = """
CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped'))
)"""
_JOURNAL_TABLE = """
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    machine TEXT NOT NULL,
    step INTEGER REFERENCES step (id),
    kind TEXT NOT NULL CHECK (kind IN ('change', 'undo', 'redo', 'place', 'merge', 'shared', 'follow', 'mend')),
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    old TEXT,
    new TEXT
)"""
_JOURNAL_INDEX = "CREATE INDEX journal_step ON journal (step, kind)"
_SETTING_TABLE = """
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)"""
MACHINE_ID_SETTING = "machine-id"
"""The setting that holds this machine's name in journals and state files: random, so it tells nothing of its owner."""
_INSERT_MACHINE_ID = f"INSERT INTO setting (name, value) VALUES ('{MACHINE_ID_SETTING}', lower(hex(randomblob(8))))"

SCHEMA = ";".join(
    (_STORY_TABLE, _REGISTER_TABLE, _STEP_TABLE, _JOURNAL_TABLE, _JOURNAL_INDEX, _SETTING_TABLE, _INSERT_MACHINE_ID)
)
"""Times are ISO 8601 in UTC. `register`: how one field of one story stands, since when, and by which machine; a value
of NULL is "not so" and is kept, for it may be newer than what another machine says.
`journal`: only ever added to; `at` and `machine` are those of the register that the line made. The last line of a
story's field says how its register stands. `step` is NULL for what is no undo step.
`step`: one undo step each, 'dropped' once a new change has made its redo impossible.
`story`: what a key stands for, should the archive be gone; `issue` is its number, else its slug. `heir`: the key under
which the same story goes on where its own is gone."""

_FIELD_FROM_1 = "CASE field WHEN 'read_at' THEN 'read' ELSE 'starred' END"
_TIME_FROM_1 = "substr(at, 1, 19) || '.000000+00:00'"
_OWN_MACHINE = f"(SELECT value FROM setting WHERE name = '{MACHINE_ID_SETTING}')"


def _unlogged_marks_sql(column: str, field: str) -> str:
    """Journal lines for the marks of version 1 that its journal does not tell as they are."""
    last = f"(SELECT new FROM journal WHERE journal.key = story_1.key AND field = '{field}' ORDER BY id DESC LIMIT 1)"
    at = f"substr(coalesce({column}, strftime('%Y-%m-%dT%H:%M:%S', 'now')), 1, 19) || '.000000+00:00'"
    return f"""INSERT INTO journal (at, machine, kind, key, field, old, new)
        SELECT {at}, {_OWN_MACHINE}, 'mend', key, '{field}', {last}, {column}
        FROM story_1 WHERE {column} IS NOT {last}"""


_MIGRATION_TO_2 = ";".join(
    (
        _INSERT_MACHINE_ID,
        "ALTER TABLE story RENAME TO story_1",
        "ALTER TABLE journal RENAME TO journal_1",
        _STORY_TABLE_2,
        _REGISTER_TABLE,
        _JOURNAL_TABLE,
        f"""INSERT INTO journal (id, at, machine, step, kind, key, field, old, new)
            SELECT id, {_TIME_FROM_1}, {_OWN_MACHINE}, step, kind, key, {_FIELD_FROM_1}, old, new
            FROM journal_1 ORDER BY id""",
        _unlogged_marks_sql("read_at", "read"),
        _unlogged_marks_sql("starred_at", "starred"),
        """INSERT INTO register (key, field, value, at, machine) SELECT key, field, new, at, machine FROM journal
            WHERE id IN (SELECT max(id) FROM journal GROUP BY key, field)""",
        "INSERT INTO story (key, headline) SELECT key, headline FROM story_1",
        "DROP TABLE journal_1",
        "DROP TABLE story_1",
        _JOURNAL_INDEX,
    )
)
"""Version 1 kept two columns of `story` for the marks; its times were whole seconds."""

_MIGRATION_TO_3 = "ALTER TABLE story ADD COLUMN heir TEXT"

DATABASE_SPEC = DatabaseSpec(
    "reading state",
    application_id=0x496D5244,
    version=3,
    schema=SCHEMA,
    migrations=(_MIGRATION_TO_2, _MIGRATION_TO_3),
    synchronous="FULL",
    remedy="See what can be saved: importai-tui doctor --repair",
)
"""The application id reads "ImRD". FULL: a mark that was shown has survived a power cut."""
