"""Brings up to date what an older version has read or stored, before a command asks for it.

The reader does it behind the reader's back; who uses the commands alone never opens it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseTrouble
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.printing.console import narrate, progress

if TYPE_CHECKING:
    from importai_tui.cli.session import Session
    from importai_tui.library import Library
    from importai_tui.sync.progress import Progress


def catch_up(session: Session, library: Library) -> None:
    """Read again the pages that an older parser has read, and index what is not; nothing where all is as it should be.

    Each issue is kept as soon as it is done: what is broken off goes on the next time.
    """
    try:
        if library.archive.outdated(PARSER_VERSION):
            session.rebuild(_tell).run()
        waiting = library.behind()
        while waiting:
            progress(f"Making the archive searchable: {waiting:,} issues are left")
            waiting = library.index_some()
    except DatabaseTrouble as trouble:
        # An archive that cannot be written, or of which a part is damaged, can be asked all the same.
        narrate(f"importai-tui: Not brought up to date: {trouble}")
    finally:
        progress("")


def _tell(step: Progress) -> None:
    progress(f"Reading the stored pages again: {step.done:,} of {step.total or 0:,}")
