"""How long stories are, all at once, over a connection of its own: for whoever adds up what is left to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from importai_tui.archive.database import Database
from importai_tui.archive.schema import PLAN


def words_of_stories(path: Path) -> Mapping[str, int]:
    """The words of each story by its key; raises DatabaseTrouble where the archive cannot be read."""
    database = Database(path, PLAN)
    try:
        return dict(database.rows("SELECT key, words FROM story"))
    finally:
        database.close()
