"""Counts what an archive holds, over a connection of its own. Every figure is counted by the database.

How long stories are, all at once, over a connection of its own: for whoever adds up what is left to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.sqlite import Database

_COUNT_STORIES = "SELECT kind, count(*) FROM story GROUP BY kind ORDER BY count(*) DESC, kind"
_COUNT_LINKS = "SELECT kind, count(*) FROM citation GROUP BY kind ORDER BY count(*) DESC, kind"
_COUNT_WORKS = """SELECT count(*), total(first <> last) FROM (
    SELECT min(story_id) AS first, max(story_id) AS last FROM citation
    WHERE work IS NOT NULL
        AND work NOT IN (SELECT work FROM citation WHERE kind = 'issue' AND work IS NOT NULL)
    GROUP BY work)"""


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """Stories and links by kind, the most first; the cited works, and those that two stories or more cite."""

    stories: Mapping[str, int]
    links: Mapping[str, int]
    works: int
    works_cited_again: int


def get_archive_stats(path: Path) -> ArchiveStats:
    """Count; raises DatabaseTrouble where the archive cannot be read. Issues of the newsletter are no works."""
    database = Database(path, ARCHIVE_SPEC)
    try:
        works, again = database.query(_COUNT_WORKS)[0]
        return ArchiveStats(
            dict(database.query(_COUNT_STORIES)), dict(database.query(_COUNT_LINKS)), int(works), int(again)
        )
    finally:
        database.close()


def get_word_counts(path: Path) -> Mapping[str, int]:
    """The words of each story by its key; raises DatabaseTrouble where the archive cannot be read."""
    database = Database(path, ARCHIVE_SPEC)
    try:
        return dict(database.query("SELECT key, words FROM story"))
    finally:
        database.close()
