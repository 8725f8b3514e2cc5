"""A reading state with the tables of the first version, and with some undo steps."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

VERSION_1 = """
CREATE TABLE story (
    key TEXT PRIMARY KEY,
    read_at TEXT,
    starred_at TEXT,
    headline TEXT
);
CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped'))
);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    step INTEGER NOT NULL REFERENCES step (id),
    kind TEXT NOT NULL CHECK (kind IN ('change', 'undo', 'redo')),
    key TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field IN ('read_at', 'starred_at')),
    old TEXT,
    new TEXT
);
CREATE INDEX journal_step ON journal (step, kind);
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO setting VALUES ('theme', 'paper'), ('last-place', '["402", 1]');
INSERT INTO story VALUES
    ('ada', '2025-03-01T08:00:00+00:00', NULL, 'What Ada said'),
    ('bob', '2025-03-01T08:00:00+00:00', '2025-03-02T09:30:00+00:00', 'What Bob saw'),
    ('cyd', NULL, NULL, NULL);
INSERT INTO step VALUES
    (1, '2025-03-01T07:00:00+00:00', 'Starred 1 story', 'dropped'),
    (2, '2025-03-01T08:00:00+00:00', 'Marked 2 stories read', 'done'),
    (3, '2025-03-02T09:30:00+00:00', 'Starred 1 story', 'done'),
    (4, '2025-03-02T09:31:00+00:00', 'Starred 1 story', 'undone');
INSERT INTO journal (at, step, kind, key, field, old, new) VALUES
    ('2025-03-01T07:00:00+00:00', 1, 'change', 'ada', 'starred_at', NULL, '2025-03-01T07:00:00+00:00'),
    ('2025-03-01T07:00:00+00:00', 1, 'undo', 'ada', 'starred_at', '2025-03-01T07:00:00+00:00', NULL),
    ('2025-03-01T08:00:00+00:00', 2, 'change', 'ada', 'read_at', NULL, '2025-03-01T08:00:00+00:00'),
    ('2025-03-01T08:00:00+00:00', 2, 'change', 'bob', 'read_at', NULL, '2025-03-01T08:00:00+00:00'),
    ('2025-03-02T09:30:00+00:00', 3, 'change', 'bob', 'starred_at', NULL, '2025-03-02T09:30:00+00:00'),
    ('2025-03-02T09:31:00+00:00', 4, 'change', 'cyd', 'starred_at', NULL, '2025-03-02T09:31:00+00:00'),
    ('2025-03-02T09:32:00+00:00', 4, 'undo', 'cyd', 'starred_at', '2025-03-02T09:31:00+00:00', NULL);
PRAGMA application_id = 1231901252;
PRAGMA user_version = 1;
"""


def create_version_1(path: Path, extra_sql: str = "") -> None:
    """Create a file of version 1, and run the test's own SQL in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + VERSION_1 + extra_sql)
