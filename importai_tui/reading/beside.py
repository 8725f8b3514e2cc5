"""Where the files lie that are kept beside the reading state. It makes and reads none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path


def lock_of(path: Path) -> Path:
    """The lock for what is done beside the state at `path`."""
    return path.with_name(f"{path.name}.lock")


def backups_of(path: Path) -> Path:
    """The folder of its daily copies."""
    return path.parent / "backups"


def daily_copy(path: Path, at: datetime) -> Path:
    """The copy of that day."""
    return backups_of(path) / f"reading-{at.astimezone(UTC):%Y-%m-%d}.sqlite3"
