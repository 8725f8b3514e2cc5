"""Ranks the copies that come from the feed of a site while its own posts cannot be had: below those of any source."""

from __future__ import annotations

from importai_tui.archive.copies import origin_of
from importai_tui.archive.database import Database

_FEED_OF = "feed of "


def feed_origin(source: str) -> str:
    """The origin of copies from the feed that stands in for a source's own posts."""
    return f"{_FEED_OF}{source}"


def has_better_copy(database: Database, issue_id: int, origin: str) -> bool:
    """True if a source other than this one has given the issue, and not only by the feed of a site."""
    rows = database.rows("SELECT DISTINCT origin FROM copy WHERE issue_id = ?", (issue_id,))
    others = (origin_of(name) for (name,) in rows)
    return any(other not in ("", origin) and not other.startswith(_FEED_OF) for other in others)


def rank_feed_as_file(database: Database, issue_id: int) -> None:
    """Let copies of an issue that came from the feed of a site count as those of a file, which any source replaces."""
    sql = "SELECT DISTINCT origin FROM copy WHERE issue_id = ?"
    names = [name for (name,) in database.rows(sql, (issue_id,)) if origin_of(name).startswith(_FEED_OF)]
    for name in names:
        if name == origin_of(name):
            sql = "UPDATE OR REPLACE copy SET origin = '' WHERE issue_id = ? AND origin = ?"
        else:  # of copies that are not current nothing needs to be known any more
            sql = "DELETE FROM copy WHERE issue_id = ? AND origin = ?"
        database.run(sql, (issue_id, name))
    if names:
        sql = "UPDATE page SET origin = '' WHERE issue_id = ? AND substr(origin, 1, ?) = ?"
        database.run(sql, (issue_id, len(_FEED_OF), _FEED_OF))
