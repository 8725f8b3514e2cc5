"""What the reading state's file looks like, in one readable place."""

from __future__ import annotations

from importai_tui.archive.database import Plan

SCHEMA = """
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
)
"""
"""Times are ISO 8601 in UTC. `story.headline`: what the key stood for, should the archive be gone.
`step`: one undo step each, 'dropped' once a new change has made its redo impossible.
`journal`: only ever added to; what every step did to every story."""

PLAN = Plan("reading state", application_id=0x496D5244, version=1, schema=SCHEMA, upgrades=(), synchronous="FULL")
"""The application id reads "ImRD". FULL: a mark that was shown has survived a power cut."""
