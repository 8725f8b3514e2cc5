"""Puts a database file aside under another name, so that nothing of it is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from importai_tui.errors import DatabaseTrouble


def set_other_aside(path: Path, now: datetime) -> str | None:
    """Rename what is no file: a folder, a pipe or a device; a sentence that tells so. None where it is a file or gone.

    Raises DatabaseTrouble where that is not allowed.
    """
    if not path.exists() or path.is_file():
        return None
    return f"{path} was no file. It is kept as {set_aside(path, now)}."


def set_aside(path: Path, now: datetime) -> Path:
    """Rename the file, and what SQLite keeps beside it, to a name with the time in it; that name.

    Raises DatabaseTrouble where that is not allowed.
    """
    stem = f"{path.stem}-set-aside-{now:%Y%m%dT%H%M%SZ}"
    aside, n = path.with_name(stem + path.suffix), 1
    while aside.exists():
        n += 1
        aside = path.with_name(f"{stem}-{n}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.exists():
            try:
                beside.rename(aside.with_name(aside.name + ending))
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise DatabaseTrouble(f"{beside} cannot be used, and cannot be moved away: {reason}.") from error
    return aside
