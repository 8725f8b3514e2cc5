"""The reading state part of `doctor`: checks the file, and repairs or restores it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseTrouble

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.cli.doctor_findings import Findings
    from importai_tui.library import Library


def has_state(path: Path) -> bool:
    """Tell whether there is a reading state, or a copy of one that is gone."""
    from importai_tui.reading.beside import has_copies

    return path.exists() or has_copies(path)


def repair_state_file(path: Path, found: Findings) -> None:
    """Put a good file where a damaged one is, before anything else is done with it.

    First the open state is repaired from its journal; then a copy is restored; at last a new state is begun with all
    that can still be read.
    """
    from importai_tui.archive.database import BusyDatabase, DamagedDatabase, ForeignDatabase
    from importai_tui.clock import utc_now
    from importai_tui.errors import LockTrouble
    from importai_tui.files import SQLITE_SUFFIXES, quarantine, quarantine_if_not_a_file
    from importai_tui.reading import ReadingState
    from importai_tui.reading.damage import is_damaged
    from importai_tui.reading.restoring import begin_anew, restore_newest_good

    try:
        for ending in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + ending), utc_now()):
                found.mended.append(moved)
        with ReadingState(path, utc_now) as state:  # restores the newest good copy, where it cannot be opened
            if not state.damage():
                found.mended += [state.warning] if state.warning else []
                return
            with suppress(DatabaseTrouble):
                count = state.rebuild_from_journal()
                if not state.damage():
                    line = f"The reading state agrees with its journal again; {count:,} values were put right."
                    found.mended.append(line)
                    return
    except (BusyDatabase, LockTrouble):
        return
    except ForeignDatabase:
        if not is_damaged(path):
            found.mended.append(f"{path} belonged to another program. It is kept as {quarantine(path, utc_now())}.")
            repair_state_file(path, found)
            return
    except DatabaseTrouble as trouble:
        if not isinstance(trouble, DamagedDatabase) and not is_damaged(path):
            return
    try:
        found.mended.append(restore_newest_good(path, utc_now, force=True))
    except DamagedDatabase:
        if begun := begin_anew(path, utc_now, force=True):
            found.mended.append(begun)
    except DatabaseTrouble:
        return


def state_faults(path: Path) -> list[str]:
    """Say why the reading state cannot be opened; empty where it can."""
    from importai_tui.clock import utc_now
    from importai_tui.reading import ReadingState

    try:
        ReadingState(path, utc_now).close()
    except DatabaseTrouble as trouble:
        return [str(trouble)]
    return []


def examine_state(library: Library, found: Findings) -> None:
    """Check the open state against its journal and its newest copy."""
    wrong = library.state.check()
    if not wrong and (trouble := library.state.copy_trouble()):
        wrong = (trouble,)
    found.faults += (*(warning for warning in library.state.warnings() if warning not in wrong), *wrong)
