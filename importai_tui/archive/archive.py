"""The archive: stores issues whole, finds which stored one another copy belongs to, gives them back as they were."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from importai_tui.archive.codec import decode_story, encode_body
from importai_tui.archive.database import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.archive.identity import (
    addresses,
    digests,
    free_slug,
    made_of_headlines,
    same_issue,
    with_kept_keys,
)
from importai_tui.archive.schema import PLAN
from importai_tui.archive.shelf import Entry, StoryRow, newest_first
from importai_tui.issue import Issue, Story, StoryKind


class Outcome(StrEnum):
    """What storing an issue did."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Archive:
    """One open archive."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open the archive, beginning a new one where there is none.

        A file that is damaged, newer than this program or another program's is set aside under a name with today's
        date and a new archive begun: this is a cache.
        """
        self._shelf: tuple[Entry, ...] | None = None
        self._others = 0
        try:
            self._database = self._open(path)
        except (DamagedDatabase, ForeignDatabase, NewerDatabase):
            _set_aside(path, now())
            self._database = self._open(path)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def shelf(self) -> tuple[Entry, ...]:
        """All issues, newest first; read again only when another window or this one has stored something."""
        others = self._database.version_of_others()
        if self._shelf is None or others != self._others:
            self._others = others
            self._shelf = self._read_shelf(self._database)
        return self._shelf

    def story_rows(self, issue_id: int) -> list[StoryRow]:
        """The stories of an issue without their text, in order."""
        sql = "SELECT key, position, kind, headline, words FROM story WHERE issue_id = ? ORDER BY position"
        rows = self._database.rows(sql, (issue_id,))
        return [StoryRow(key, position, StoryKind(kind), line, words) for key, position, kind, line, words in rows]

    def stories(self, issue_id: int) -> tuple[Story, ...]:
        """The stories of an issue, in order."""
        sql = f"SELECT {_STORY} FROM story WHERE issue_id = ? ORDER BY position"
        return tuple(decode_story(*row) for row in self._database.rows(sql, (issue_id,)))

    def story(self, issue_id: int, position: int) -> Story | None:
        """One story of an issue; `position` counts from 1."""
        sql = f"SELECT {_STORY} FROM story WHERE issue_id = ? AND position = ?"
        return next((decode_story(*row) for row in self._database.rows(sql, (issue_id, position))), None)

    def place_of(self, key: str) -> tuple[int, int] | None:
        """The issue's id and the position of the story with this key."""
        sql = "SELECT issue_id, position FROM story WHERE key = ? ORDER BY id LIMIT 1"
        return next(((int(row[0]), int(row[1])) for row in self._database.rows(sql, (key,))), None)

    def headline_of(self, key: str) -> str | None:
        """The headline of the story with this key."""
        rows = self._database.rows("SELECT headline FROM story WHERE key = ? LIMIT 1", (key,))
        return str(rows[0][0]) if rows else None

    def store(
        self, issue: Issue, raw: bytes, name: str, *, parser_version: int, told: bool = False
    ) -> tuple[Outcome, int]:
        """Store an issue or enrich the stored one that it is another copy of; whole or not at all.

        A copy that carries fewer link addresses (plain text after the page) brings its number, title, date and
        address but leaves the stories as they are. What a copy does not know, it does not erase; a title that was
        made of the headlines counts as not known.

        Args:
            issue: the parsed issue.
            raw: the page it was parsed from, kept so that a better parser can read it again.
            name: what the page was called, for people.
            parser_version: of the parser that made `issue`.
            told: a person has told the number, title or date, so they win even when they are not new.

        Returns:
            What happened, and the issue's id.
        """
        with self._database.transaction():
            shelf = self.shelf()
            # Read again by whoever asks next, also should this fail half-way.
            self._shelf = None
            entry = same_issue(issue, shelf)
            if entry is None:
                slug = free_slug(issue.slug, {e.slug for e in shelf})
                return Outcome.IMPORTED, self._insert(issue, slug, raw, name, parser_version)
            new_stories, new_head = self._news(entry.id, issue)
            changed = (new_head or told) and self._enrich(entry, issue)
            if new_stories and addresses(issue.stories) >= self._addresses(entry.id):
                headlines = [(row.key, row.headline) for row in self.story_rows(entry.id)]
                self._replace(entry.id, issue, with_kept_keys(issue.stories, headlines))
                self._keep_page(entry.id, raw, name, parser_version)
                changed = True
            return (Outcome.UPDATED if changed else Outcome.UNCHANGED), entry.id

    def _open(self, path: Path) -> Database:
        database = Database(path, PLAN)
        try:
            # Read at once: a file damaged behind its first page shows here, where it can still be set aside.
            self._shelf = self._read_shelf(database)
            self._others = database.version_of_others()
        except BaseException:
            database.close()
            raise
        return database

    @staticmethod
    def _read_shelf(database: Database) -> tuple[Entry, ...]:
        keys: dict[int, list[str]] = {}
        for issue_id, key in database.rows("SELECT issue_id, key FROM story ORDER BY issue_id, position"):
            keys.setdefault(issue_id, []).append(key)
        rows = database.rows("SELECT id, number, slug, title, date, url, words FROM issue")
        return newest_first(
            [
                Entry(issue_id, number, slug, title, date, url, words, tuple(keys.get(issue_id, ())))
                for issue_id, number, slug, title, date, url, words in rows
            ]
        )

    def _insert(self, issue: Issue, slug: str, raw: bytes, name: str, parser_version: int) -> int:
        sql = """INSERT INTO issue (number, slug, title, made_title, date, url, addresses, words)
                 VALUES (?, ?, ?, ?, ?, ?, 0, 0)"""
        values = (issue.number, slug, issue.title, made_of_headlines(issue), issue.date, issue.url)
        issue_id = self._database.run(sql, values)
        self._news(issue_id, issue)
        self._replace(issue_id, issue, issue.stories)
        self._keep_page(issue_id, raw, name, parser_version)
        return issue_id

    def _enrich(self, entry: Entry, issue: Issue) -> bool:
        """Take over what the arriving copy knows; whether that changed anything."""
        made_title = made_of_headlines(issue)
        made_before = bool(self._database.rows("SELECT made_title FROM issue WHERE id = ?", (entry.id,))[0][0])
        # A made title only ever replaces a made one.
        keep = made_title and not made_before
        title, made = (entry.title, made_before) if keep else (issue.title, made_title)
        number = entry.number if issue.number is None else issue.number
        head = (number, title, issue.date or entry.date, issue.url or entry.url)
        if head == (entry.number, entry.title, entry.date, entry.url) and made == made_before:
            return False
        sql = "UPDATE issue SET number = ?, title = ?, date = ?, url = ?, made_title = ? WHERE id = ?"
        self._database.run(sql, (*head, made, entry.id))
        return True

    def _news(self, issue_id: int, issue: Issue) -> tuple[bool, bool]:
        """Whether no copy had these stories, and none this head; from now on one has."""
        stories, head = digests(issue)
        seen = self._database.rows("SELECT stories, head FROM copy WHERE issue_id = ?", (issue_id,))
        values = (issue_id, stories, head)
        self._database.run("INSERT OR IGNORE INTO copy (issue_id, stories, head) VALUES (?, ?, ?)", values)
        return all(stories != s for s, _ in seen), all(head != h for _, h in seen)

    def _addresses(self, issue_id: int) -> int:
        return int(self._database.rows("SELECT addresses FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _replace(self, issue_id: int, issue: Issue, stories: Iterable[Story]) -> None:
        self._database.run("DELETE FROM story WHERE issue_id = ?", (issue_id,))
        sql = """INSERT INTO story (issue_id, position, key, kind, headline, tagline, section, words, body)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        self._database.run_many(sql, [(issue_id, *_row(story)) for story in stories])
        figures = (addresses(issue.stories), issue.words, issue_id)
        self._database.run("UPDATE issue SET addresses = ?, words = ? WHERE id = ?", figures)

    def _keep_page(self, issue_id: int, raw: bytes, name: str, parser_version: int) -> None:
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, body) VALUES (?, ?, ?, ?)"
        self._database.run(sql, (issue_id, name, parser_version, zlib.compress(raw)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_STORY = "key, position, kind, headline, tagline, section, body"


def _row(story: Story) -> tuple[object, ...]:
    head = (story.position, story.key, story.kind, story.headline, story.tagline, story.section)
    return (*head, story.words, encode_body(story))


def _set_aside(path: Path, now: datetime) -> None:
    """Rename the file, and what SQLite keeps beside it, so that nothing is lost."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    for ending in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.rename(path.with_name(f"{path.stem}-set-aside-{stamp}{path.suffix}{ending}"))
