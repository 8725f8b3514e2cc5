"""An archive with the tables of version 1, or of a later one, and one issue."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.archive.stories import encode_body
from tests.examples import make_story

_BODY = encode_body(make_story("ada")).replace("'", "''")

VERSION_1 = f"""
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    number INTEGER UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    made_title INTEGER NOT NULL,
    date TEXT,
    url TEXT,
    addresses INTEGER NOT NULL,
    words INTEGER NOT NULL
);
CREATE TABLE copy (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    stories TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (issue_id, stories, head)
);
CREATE TABLE page (
    issue_id INTEGER PRIMARY KEY REFERENCES issue (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    parser_version INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE story (
    id INTEGER PRIMARY KEY,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    headline TEXT NOT NULL,
    tagline TEXT,
    section TEXT,
    words INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX story_place ON story (issue_id, position, key);
CREATE INDEX story_key ON story (key);
PRAGMA application_id = {0x496D4149};
PRAGMA user_version = 1;
INSERT INTO issue VALUES (1, 7, 'import-ai-7-one', 'Import AI 7: One', 0, '2025-03-03', NULL, 1, 3);
INSERT INTO page VALUES (1, 'page.html', 1, x'{zlib.compress(b"the page").hex()}');
INSERT INTO story VALUES (1, 1, 1, 'ada', 'story', 'The headline of ada', NULL, NULL, 3, '{_BODY}');
"""


def write_version_1(path: Path) -> None:
    """Write the archive to a file in a new private folder."""
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1)


def write_version(path: Path, version: int) -> None:
    """Write the archive, with the tables that a program of this schema version has migrated."""
    write_version_1(path)
    with closing(sqlite3.connect(path)) as connection:
        for script in ARCHIVE_SPEC.migrations[: version - 1]:
            connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {version}")
