"""Lists the tags in use, for tab completion: fast, and without opening the reading state."""

from __future__ import annotations

from pathlib import Path

from importai_tui.sqlite import read_rows
from importai_tui.state.fields import TAG_PREFIX


def find_tag_names(state: Path) -> list[str]:
    """Return the names of all tags in use, those of most stories first.

    Raises:
        sqlite3.Error: the reading state cannot be read.
    """
    sql = """SELECT substr(field, length(?1) + 1) FROM register
        WHERE field LIKE ?1 || '%' AND value IS NOT NULL GROUP BY field ORDER BY count(*) DESC, field"""
    return [name for (name,) in read_rows(state, sql, (TAG_PREFIX,))]
