"""The paths of the files that are kept beside the reading state. It makes and reads none of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

NEWEST_COPY = "newest-copy"
"""The setting that tells of the newest copy: the journal's last line in it, its digest and its name."""
BEFORE_UPGRADE = "reading-before-"
"""How the name of a copy begins that was made before an upgrade."""
SMALLEST = 100
"""Bytes of a header; of a file with less SQLite takes nothing, and writes a new state into it."""


def lock_of(path: Path) -> Path:
    """Return the lock for work beside the state at `path`."""
    return path.with_name(f"{path.name}.lock")


def backups_of(path: Path) -> Path:
    """Return the folder of its daily copies."""
    return path.parent / "backups"


def daily_copy(path: Path, at: datetime) -> Path:
    """Return the copy of that day."""
    return backups_of(path) / f"reading-{at.astimezone(UTC):%Y-%m-%d}.sqlite3"


def has_copies(path: Path) -> bool:
    """Tell whether there is any copy of the state at `path`, without looking into it."""
    places = (backups_of(path), "reading-????-??-??*.sqlite3"), (path.parent, f"{BEFORE_UPGRADE}*.sqlite3")
    return any(any(folder.glob(name)) for folder, name in places)
