"""Puts a database file aside under another name, so that nothing of it is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


def set_aside(path: Path, now: datetime) -> Path:
    """Rename the file, and what SQLite keeps beside it, to a name with the time in it; that name."""
    aside = path.with_name(f"{path.stem}-set-aside-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + ending))
    return aside
