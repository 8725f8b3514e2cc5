"""The archive part of `doctor`: checks the file, and sets a damaged one aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseTrouble

if TYPE_CHECKING:
    from pathlib import Path


def repair_archive(path: Path) -> None:
    """Set a damaged archive aside, so that a new one is begun."""
    from importai_tui.archive import Archive
    from importai_tui.archive.aside import set_aside
    from importai_tui.clock import utc_now

    try:
        with Archive(path, utc_now) as archive:
            damaged = bool(archive.damage())
        if damaged:
            set_aside(path, utc_now())
    except DatabaseTrouble:
        return


def archive_faults(path: Path) -> list[str]:
    """Say why the archive cannot be opened, or how it is damaged; empty where it is good."""
    from importai_tui.archive import Archive
    from importai_tui.clock import utc_now

    try:
        with Archive(path, utc_now) as archive:
            return list(archive.damage())
    except DatabaseTrouble as trouble:
        return [str(trouble)]
