"""The schema of the reading state's database, its migrations, and the paths of the files beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from importai_tui.sqlite import DatabaseSpec

NEWEST_COPY_SETTING = "newest-copy"
"""Setting that describes the newest copy: the id of its last journal line, its digest and its file name."""
MACHINE_ID_SETTING = "machine-id"
"""Setting that holds this machine's name in journals and state files: random, so it reveals nothing of its owner."""
UPGRADE_COPY_PREFIX = "reading-before-"
"""Start of the name of a copy that was made before an upgrade."""
MIN_FILE_BYTES = 100
"""Size of a database's header in bytes. SQLite treats a shorter file as empty and writes a new state into it."""


def get_lock_path(path: Path) -> Path:
    """Return the lock file for work beside the state at `path`."""
    return path.with_name(f"{path.name}.lock")


def get_backup_folder(path: Path) -> Path:
    """Return the folder of the daily copies of the state at `path`."""
    return path.parent / "backups"


def get_daily_copy_path(path: Path, at: datetime) -> Path:
    """Return the path of the daily copy for the day of `at` in UTC."""
    return get_backup_folder(path) / f"reading-{at.astimezone(UTC):%Y-%m-%d}.sqlite3"


def has_copies(path: Path) -> bool:
    """Return True if there is any copy of the state at `path`; the copies are not opened."""
    patterns = (
        (get_backup_folder(path), "reading-????-??-??*.sqlite3"),
        (path.parent, f"{UPGRADE_COPY_PREFIX}*.sqlite3"),
    )
    return any(any(folder.glob(pattern)) for folder, pattern in patterns)


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
_INSERT_MACHINE_ID = f"INSERT INTO setting (name, value) VALUES ('{MACHINE_ID_SETTING}', lower(hex(randomblob(8))))"

SCHEMA = ";".join(
    (_STORY_TABLE, _REGISTER_TABLE, _STEP_TABLE, _JOURNAL_TABLE, _JOURNAL_INDEX, _SETTING_TABLE, _INSERT_MACHINE_ID)
)
"""All times are ISO 8601 in UTC.

`register`: the value of one field of one story, its time and its machine. NULL means "not set"; such a row stays,
because it may be newer than the value of another machine.
`journal`: append-only. `at` and `machine` are those of the register that the line wrote. The last line of a story's
field has the value of its register. `step` is NULL for a change that is no undo step, like an automatic mark.
`step`: an undo step; 'dropped' once a new change has made its redo impossible.
`story`: the name of the story that a key refers to, in case the archive is lost. `issue` is the issue's number, else
its slug. `heir`: the new key of the same story, if it has another key now."""

_FIELD_FROM_1 = "CASE field WHEN 'read_at' THEN 'read' ELSE 'starred' END"
_TIME_FROM_1 = "substr(at, 1, 19) || '.000000+00:00'"
_OWN_MACHINE = f"(SELECT value FROM setting WHERE name = '{MACHINE_ID_SETTING}')"


def _unlogged_marks_sql(column: str, field: str) -> str:
    """Return SQL that adds journal lines for marks of version 1 that differ from its journal."""
    last = f"(SELECT new FROM journal WHERE journal.key = story_1.key AND field = '{field}' ORDER BY id DESC LIMIT 1)"
    at = f"substr(coalesce({column}, strftime('%Y-%m-%dT%H:%M:%S', 'now')), 1, 19) || '.000000+00:00'"
    return f"""INSERT INTO journal (at, machine, kind, key, field, old, new)
        SELECT {at}, {_OWN_MACHINE}, 'mend', key, '{field}', {last}, {column} FROM story_1
        WHERE {column} IS NOT {last}"""


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
"""Version 1 stored the marks in two columns of `story`; its times were whole seconds."""

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
"""The application id reads "ImRD". FULL, because a mark that was shown must survive a power cut."""
