"""The rows of stories, with all that is looked for in them: the index, their citations, their mentions of issues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from importai_tui.archive.codec import decode_story, encode_body
from importai_tui.archive.database import Database
from importai_tui.archive.database_errors import DamagedStory, story_errors
from importai_tui.archive.shelf import StoryRow
from importai_tui.archive.stored import STORY
from importai_tui.archive.story_ids import FIRST, changes, story_ids
from importai_tui.archive.story_index import StoryIndex
from importai_tui.issue import Story, StoryKind

if TYPE_CHECKING:
    from importai_tui.archive.written import WrittenStory


class StoryRows:
    """The stories in an open archive. They are written inside the archive's own transactions.

    `index` is what is written at the end of each.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.index = StoryIndex(database)

    def heads(self, issue_id: int) -> list[StoryRow]:
        """The stories of an issue without their text, in order."""
        sql = "SELECT key, position, kind, headline, words FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.rows(sql, (issue_id,))
        with story_errors():
            return [StoryRow(key, position, StoryKind(kind), line, words) for key, position, kind, line, words in rows]

    def headlines(self, issue_id: int) -> list[tuple[str, str]]:
        """Key and headline of the stories of an issue, in order."""
        sql = "SELECT key, headline FROM story WHERE issue_id = ? ORDER BY position"
        return [(str(key), str(headline)) for key, headline in self._database.rows(sql, (issue_id,))]

    def of(self, issue_id: int) -> tuple[Story, ...]:
        """The stories of an issue, in order."""
        sql = f"SELECT {STORY} FROM story WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.rows(sql, (issue_id,)))

    def readable(self, issue_id: int) -> list[Story]:
        """The stories of an issue but for those whose row is damaged, in order."""
        sql = f"SELECT {STORY} FROM story WHERE issue_id = ? ORDER BY position"
        stories = []
        for row in self._database.rows(sql, (issue_id,)):
            with suppress(DamagedStory):
                stories.append(decode_story(*row))
        return stories

    def at(self, issue_id: int, position: int) -> Story | None:
        """One story of an issue; `position` counts from 1."""
        sql = f"SELECT {STORY} FROM story WHERE issue_id = ? AND position = ?"
        return next((decode_story(*row) for row in self._database.rows(sql, (issue_id, position))), None)

    def place_of(self, key: str) -> tuple[int, int] | None:
        """The issue's id and the position of the story with this key."""
        # The issue of a story may be gone, where the archive is damaged.
        sql = """SELECT issue_id, position FROM story WHERE key = ? AND EXISTS
            (SELECT 1 FROM issue WHERE id = issue_id) ORDER BY id LIMIT 1"""
        return next(((int(row[0]), int(row[1])) for row in self._database.rows(sql, (key,))), None)

    def headline_of(self, key: str) -> str | None:
        """The headline of the story with this key."""
        rows = self._database.rows("SELECT headline FROM story WHERE key = ? LIMIT 1", (key,))
        return str(rows[0][0]) if rows else None

    def replace(self, issue_id: int, day: str | None, stories: Sequence[WrittenStory], change: int) -> int:
        """Put these stories in the place of an issue's; the last of the changes that it counts as, the first being
        `change`: it and `day` go into their numbers.
        """
        sql = f"SELECT id, {STORY} FROM story WHERE issue_id = ? AND id >= ?"
        for number, *row in self._database.rows(sql, (issue_id, FIRST)):
            with suppress(DamagedStory):  # its words stay in the index, and lead nowhere
                self.index.remove(number, decode_story(*row))
        self._database.run("DELETE FROM story WHERE issue_id = ?", (issue_id,))
        numbers = story_ids(day, change, len(stories))
        self._add(issue_id, list(zip(numbers, stories, strict=True)))
        return change + changes(len(stories)) - 1

    def keep_departed(self, issue_id: int, stories: Iterable[Story]) -> None:
        """Keep stories that an issue has no longer, until what the reader did to them has followed."""
        sql = f"INSERT OR IGNORE INTO departed (issue_id, {STORY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._database.run_many(sql, [(issue_id, *_head(story), encode_body(story)) for story in stories])

    def departed(self, issue_id: int) -> tuple[Story, ...]:
        """The stories that were kept so, in order."""
        sql = f"SELECT {STORY} FROM departed WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.rows(sql, (issue_id,)))

    def holds(self, issue_id: int, stories: Sequence[WrittenStory]) -> bool:
        """Whether an issue has just these stories, with all that is looked for in them as it is worked out today."""
        sql = f"SELECT id, {STORY} FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.rows(sql, (issue_id,))
        if [row[1:] for row in rows] != [story.row for story in stories] or any(row[0] < FIRST for row in rows):
            return False
        sql = """SELECT story_id, n, kind, role, host, work, title, url FROM citation WHERE story_id IN
            (SELECT id FROM story WHERE issue_id = ?) ORDER BY story_id DESC, n"""
        cited = [(row[0], *told) for row, story in zip(rows, stories, strict=True) for told in story.cited]
        return self._database.rows(sql, (issue_id,)) == cited

    def _add(self, issue_id: int, stories: Sequence[tuple[int, WrittenStory]]) -> None:
        """Write stories, each with its number."""
        run_many = self._database.run_many
        sql = f"INSERT INTO story (id, issue_id, words, {STORY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        run_many(sql, [(number, issue_id, story.words, *story.row) for number, story in stories])
        for number, story in stories:
            self.index.add(number, story.indexed)
        sql = """INSERT INTO citation (story_id, n, kind, role, host, work, title, url)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
        run_many(sql, [(number, *row) for number, story in stories for row in story.cited])
        sql = "INSERT OR IGNORE INTO mention (story_id, number, link, text) VALUES (?, ?, ?, ?)"
        run_many(sql, [(number, *row) for number, story in stories for row in story.mentioned])


def _head(story: Story) -> tuple[object, ...]:
    return story.key, story.position, story.kind, story.headline, story.tagline, story.section
