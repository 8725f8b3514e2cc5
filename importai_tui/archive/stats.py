"""Counts what an archive holds, over a connection of its own. Every figure is counted by the database.

How long stories are, all at once, over a connection of its own: for whoever adds up what is left to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from importai_tui.archive.schema import PLAN
from importai_tui.sqlite import Database

_KINDS = "SELECT kind, count(*) FROM story GROUP BY kind ORDER BY count(*) DESC, kind"
_LINKS = "SELECT kind, count(*) FROM citation GROUP BY kind ORDER BY count(*) DESC, kind"
_WORKS = """SELECT count(*), total(first <> last) FROM (
    SELECT min(story_id) AS first, max(story_id) AS last FROM citation
    WHERE work IS NOT NULL
        AND work NOT IN (SELECT work FROM citation WHERE kind = 'issue' AND work IS NOT NULL)
    GROUP BY work)"""


@dataclass(frozen=True, slots=True)
class ArchiveFigures:
    """Stories and links by kind, the most first; the cited works, and those that two stories or more cite."""

    stories: Mapping[str, int]
    links: Mapping[str, int]
    works: int
    works_cited_again: int


def archive_figures(path: Path) -> ArchiveFigures:
    """Count; raises DatabaseTrouble where the archive cannot be read. Issues of the newsletter are no works."""
    database = Database(path, PLAN)
    try:
        works, again = database.rows(_WORKS)[0]
        return ArchiveFigures(dict(database.rows(_KINDS)), dict(database.rows(_LINKS)), int(works), int(again))
    finally:
        database.close()


def words_of_stories(path: Path) -> Mapping[str, int]:
    """The words of each story by its key; raises DatabaseTrouble where the archive cannot be read."""
    database = Database(path, PLAN)
    try:
        return dict(database.rows("SELECT key, words FROM story"))
    finally:
        database.close()
