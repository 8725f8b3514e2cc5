"""The archive part of `doctor`: checks the file, its index and its tables, and repairs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.printing.console import progress
from importai_tui.wording import plural

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.cli.doctor_findings import Findings
    from importai_tui.cli.session import Session
    from importai_tui.library import Library

_NAMED = 10
"""Lost issues that are named."""


def repair_archive(session: Session, found: Findings) -> None:
    """Repair the archive from what it still holds, and read again the pages of issues whose stories are in doubt."""
    from importai_tui.archive.repair import drop_empty_issues, repair
    from importai_tui.clock import utc_now
    from importai_tui.files import SQLITE_SUFFIXES, quarantine_if_not_a_file

    path = session.places().archive
    if not path.exists():
        return
    try:
        for ending in SQLITE_SUFFIXES:
            if moved := quarantine_if_not_a_file(path.with_name(path.name + ending), utc_now()):
                found.mended.append(moved)
        done = repair(path, utc_now, _report)
        if done is None:
            return
        found.mended.append(done.sentence)
        again = session.rebuild(lambda _: None).run()
        lost = tuple(dict.fromkeys((*done.lost, *drop_empty_issues(path))))
    except ReaderError as trouble:
        found.faults.append(str(trouble))
        return
    finally:
        progress("")
    if again:
        what = plural(again, "issue was", "issues were")
        found.mended.append(f"{what} read again from the stored pages.")
    if lost:
        more = f" and {len(lost) - _NAMED:,} more" if len(lost) > _NAMED else ""
        line = f"Lost for now, whole or in part: {', '.join(lost[:_NAMED])}{more}."
        found.remarks.append(f"{line} To get them back: importai-tui sync --full, or import them again")


def examine_archive(library: Library, found: Findings) -> None:
    """Check the open archive."""
    found.faults += library.warnings(state=False)
    try:
        found.faults += library.archive.damage(_report)
    finally:
        progress("")


def archive_faults(path: Path) -> list[str]:
    """Say why the archive cannot be opened, or how it is damaged; empty where it is good."""
    from importai_tui.archive import Archive
    from importai_tui.clock import utc_now

    try:
        with Archive(path, utc_now) as archive:
            return list(archive.damage())
    except ReaderError as trouble:
        return [str(trouble)]


def _report(done: int, total: int) -> None:
    progress(f"Checking the archive: {done:,} of {total:,} issues")
