"""Counts the contents of an archive, each function over its own connection."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from importai_tui.archive.schema import open_archive

_COUNT_STORIES = "SELECT kind, count(*) FROM story GROUP BY kind ORDER BY count(*) DESC, kind"
_COUNT_LINKS = "SELECT kind, count(*) FROM citation GROUP BY kind ORDER BY count(*) DESC, kind"
_COUNT_WORKS = """SELECT count(*), total(first <> last) FROM (
    SELECT min(story_id) AS first, max(story_id) AS last FROM citation
    WHERE work IS NOT NULL
        AND work NOT IN (SELECT work FROM citation WHERE kind = 'issue' AND work IS NOT NULL)
    GROUP BY work)"""
"""Issues of the newsletter do not count as works."""


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """Counts of stories and links by kind, the most frequent first, and of cited works.

    `works_cited_again` counts the works that two or more stories cite.
    """

    stories: Mapping[str, int]
    links: Mapping[str, int]
    works: int
    works_cited_again: int


def get_archive_stats(path: Path) -> ArchiveStats:
    """Count stories, links and works. Raises DatabaseError if the archive cannot be read."""
    with closing(open_archive(path)) as database:
        works, again = database.query(_COUNT_WORKS)[0]
        stories, links = dict(database.query(_COUNT_STORIES)), dict(database.query(_COUNT_LINKS))
        return ArchiveStats(stories, links, int(works), int(again))


def get_word_counts(path: Path) -> Mapping[str, int]:
    """Return the word count of each story by its key. Raises DatabaseError if the archive cannot be read."""
    with closing(open_archive(path)) as database:
        return dict(database.query("SELECT key, words FROM story"))
