"""The reading state part of `doctor`: checks the file, and repairs or restores it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseTrouble

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.cli.doctor_findings import Findings
    from importai_tui.library import Library


def repair_state_file(path: Path, found: Findings) -> None:
    """Put a good file where a damaged one is, before anything else is done with it."""
    from importai_tui.archive.database import DamagedDatabase
    from importai_tui.clock import utc_now
    from importai_tui.reading import ReadingState
    from importai_tui.reading.backups import begin_anew, is_damaged, restore_newest_good

    try:
        with ReadingState(path, utc_now) as state:  # restores the newest good copy, where there is one
            if state.warning and not state.check():
                found.mended.append(state.warning)
        if is_damaged(path):  # in pages that nothing has read while it was opened
            found.mended.append(restore_newest_good(path, utc_now))
    except DamagedDatabase:
        if line := begin_anew(path, utc_now):
            found.mended.append(line)
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


def examine_state(library: Library, found: Findings, *, repair: bool) -> None:
    """Check the open state against its journal, and rebuild it if that is asked for."""
    wrong = library.check_state()
    warnings = [warning for warning in library.state_warnings() if warning not in wrong]
    if wrong and repair:
        count = library.rebuild_state()
        wrong = library.check_state()
        if not wrong:
            found.mended.append(f"The reading state agrees with its journal again; {count:,} values were put right.")
    found.faults += (*warnings, *wrong)
