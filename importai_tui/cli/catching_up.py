"""Stores anew what an older version stored less of, before a command asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.printing.console import progress

if TYPE_CHECKING:
    from importai_tui.library import Library


def catch_up(library: Library) -> None:
    """Bring what is looked for in the stories up to date; it is done at once where nothing is to do."""
    waiting = library.behind()
    try:
        while waiting:
            progress(f"Making the archive searchable: {waiting:,} issues are left")
            waiting = library.index_some()
    finally:
        progress("")
