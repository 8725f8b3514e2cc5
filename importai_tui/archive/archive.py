"""The archive: stores issues whole, finds which stored one another copy belongs to, gives them back as they were."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from importai_tui.archive.aside import set_aside
from importai_tui.archive.database import DamagedDatabase, Database, ForeignDatabase, NewerDatabase
from importai_tui.archive.identity import (
    addresses,
    digests,
    free_slug,
    made_of_headlines,
    same_issue,
    with_kept_keys,
)
from importai_tui.archive.outcome import Outcome, Storing
from importai_tui.archive.schema import PLAN
from importai_tui.archive.shelf import Entry, Shelf, StoryRow
from importai_tui.archive.story_rows import StoryRows
from importai_tui.issue import Issue, Story


class Archive:
    """One open archive."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open the archive, beginning a new one where there is none.

        A file that is damaged, newer than this program or another program's is set aside under a name with today's
        date and a new archive begun: this is a cache.
        """
        self.path = path
        try:
            self._database, self._shelf = _open(path)
        except (DamagedDatabase, ForeignDatabase, NewerDatabase):
            set_aside(path, now())
            self._database, self._shelf = _open(path)
        self._stories = StoryRows(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def shelf(self) -> tuple[Entry, ...]:
        """All issues, newest first."""
        return self._shelf.entries()

    def entry(self, issue_id: int) -> Entry:
        """One issue of the shelf."""
        return self._shelf.entry(issue_id)

    def damage(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file, a sentence each; nothing where it is good."""
        return self._database.damage()

    def version(self) -> int:
        """A number that changes when another window has stored something; cheap to ask."""
        return self._database.version_of_others()

    def story_rows(self, issue_id: int) -> list[StoryRow]:
        """The stories of an issue without their text, in order."""
        return self._stories.heads(issue_id)

    def stories(self, issue_id: int) -> tuple[Story, ...]:
        """The stories of an issue, in order."""
        return self._stories.of(issue_id)

    def story(self, issue_id: int, position: int) -> Story | None:
        """One story of an issue; `position` counts from 1."""
        return self._stories.at(issue_id, position)

    def place_of(self, key: str) -> tuple[int, int] | None:
        """The issue's id and the position of the story with this key."""
        return self._stories.place_of(key)

    def headline_of(self, key: str) -> str | None:
        """The headline of the story with this key."""
        return self._stories.headline_of(key)

    def departed(self, issue_id: int) -> tuple[Story, ...]:
        """The issue's stories as they were, where the key of any is gone and nobody has yet followed it."""
        return self._stories.departed(issue_id)

    def departed_from(self) -> list[int]:
        """The ids of the issues that have such stories."""
        return [int(row[0]) for row in self._database.rows("SELECT DISTINCT issue_id FROM departed")]

    def forget_departed(self, issue_id: int) -> None:
        """What the reader did to them has followed."""
        self._database.run("DELETE FROM departed WHERE issue_id = ?", (issue_id,))

    def not_indexed(self) -> list[int]:
        """The ids of the issues whose stories cannot be searched yet, for an older version has stored them."""
        return self._stories.not_indexed()

    def behind(self) -> list[int]:
        """The ids of the issues that an older version stored, and stored less of."""
        return self._stories.behind()

    def index(self, issue_ids: Iterable[int]) -> None:
        """Index the stories of such issues, all in one transaction."""
        with self._database.transaction():
            self._shelf.written()
            for issue_id in issue_ids:
                self._replace(issue_id, self.stories(issue_id))

    def store(
        self, issue: Issue, raw: bytes, name: str, *, parser_version: int, told: bool = False, origin: str = ""
    ) -> Storing:
        """Store an issue or enrich the stored one that it is another copy of; whole or not at all.

        From where a copy of the issue has come before, another one is an edit: it takes the place of what is stored.
        The first one from elsewhere takes the place of the stories only if it carries more link addresses (the page
        after plain text), and of number, title, date and address only what is not known; what a source has fetched
        goes before a file with as many. What a copy does not know, it does not erase; a title that was made of the
        headlines counts as not known.

        Args:
            issue: the parsed issue.
            raw: the page it was parsed from, kept so that a better parser can read it again.
            name: what the page was called, for people.
            parser_version: of the parser that made `issue`.
            told: a person has told the number, title or date, so they win even when they are not new.
            origin: the source that it was fetched from; empty for a file.
        """
        with self._database.transaction():
            shelf = self.shelf()
            self._shelf.written()
            entry = same_issue(issue, shelf)
            if entry is None:
                slug = free_slug(issue.slug, {e.slug for e in shelf})
                issue_id = self._insert(issue, slug, _Page(raw, name, parser_version, origin))
                return Storing(Outcome.IMPORTED, issue_id)
            seen = self._seen(entry.id, issue, origin)
            changed = self._enrich(entry, issue, over=told or (seen.edit and seen.new_head))
            if seen.new_stories and self._takes_place(entry, issue, origin, edit=seen.edit):
                self._exchange(entry.id, issue)
                self._keep_page(entry.id, _Page(raw, name, parser_version, origin))
                changed = True
            return Storing(Outcome.UPDATED if changed else Outcome.UNCHANGED, entry.id)

    def outdated(self, parser_version: int) -> list[int]:
        """The ids of the issues whose page an older parser has read, the newest stored first."""
        sql = "SELECT issue_id FROM page WHERE parser_version < ? ORDER BY issue_id DESC"
        return [row[0] for row in self._database.rows(sql, (parser_version,))]

    def page(self, issue_id: int) -> tuple[bytes, str]:
        """The page that an issue was parsed from, and its name."""
        body, name = self._database.rows("SELECT body, name FROM page WHERE issue_id = ?", (issue_id,))[0]
        return zlib.decompress(body), str(name)

    def has_made_title(self, issue_id: int) -> bool:
        """Whether the issue's title was made of its headlines."""
        return bool(self._database.rows("SELECT made_title FROM issue WHERE id = ?", (issue_id,))[0][0])

    def rebuild(self, issue_id: int, issue: Issue | None, parser_version: int) -> None:
        """Put in the stories that a better parser has found in the stored page, each under the key that it had.

        `issue` is None where that parser finds no issue in it; then the stories stay as they are. Either way the page
        counts as read by that version.
        """
        with self._database.transaction():
            self._shelf.written()
            if issue is not None:
                self._seen(issue_id, issue, self._origin(issue_id))
                self._exchange(issue_id, issue)
            self._database.run("UPDATE page SET parser_version = ? WHERE issue_id = ?", (parser_version, issue_id))

    def source_note(self, name: str) -> str | None:
        """What is remembered of a source under this name."""
        rows = self._database.rows("SELECT value FROM source_note WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def keep_source_note(self, name: str, value: str) -> None:
        """Remember something of a source; never before the issues that it speaks of are stored."""
        self._database.run("INSERT OR REPLACE INTO source_note (name, value) VALUES (?, ?)", (name, value))

    def _insert(self, issue: Issue, slug: str, page: _Page) -> int:
        sql = """INSERT INTO issue (number, slug, title, made_title, date, url, addresses, words)
                 VALUES (?, ?, ?, ?, ?, ?, 0, 0)"""
        values = (issue.number, slug, issue.title, made_of_headlines(issue), issue.date, issue.url)
        issue_id = self._database.run(sql, values)
        self._seen(issue_id, issue, page.origin)
        self._replace(issue_id, issue.stories)
        self._keep_page(issue_id, page)
        return issue_id

    def _takes_place(self, entry: Entry, issue: Issue, origin: str, *, edit: bool) -> bool:
        """Whether the stories of a new copy take the place of the stored ones."""
        more = addresses(issue.stories) - self._addresses(entry.id)
        stored_origin = self._origin(entry.id)
        if more > 0 or (more == 0 and (edit or not stored_origin)):
            return True
        if not (edit and origin and origin == stored_origin):
            return False
        # A link less is an edit too, but a page that was cut short on its way has lost most of its stories.
        kept = {story.key for story in self._with_kept_keys(entry.id, issue)}.intersection(entry.keys)
        return len(kept) * 2 > len(entry.keys)

    def _origin(self, issue_id: int) -> str:
        return str(self._database.rows("SELECT origin FROM page WHERE issue_id = ?", (issue_id,))[0][0])

    def _exchange(self, issue_id: int, issue: Issue) -> None:
        """Put the arriving stories in the place of the stored ones; these are kept where the key of any is gone now."""
        stories = self._with_kept_keys(issue_id, issue)
        kept = {story.key for story in stories}
        if any(row.key not in kept for row in self.story_rows(issue_id)):
            self._stories.keep_departed(issue_id, self.stories(issue_id))
        self._replace(issue_id, stories)

    def _with_kept_keys(self, issue_id: int, issue: Issue) -> tuple[Story, ...]:
        return with_kept_keys(issue.stories, [(row.key, row.headline) for row in self.story_rows(issue_id)])

    def _enrich(self, entry: Entry, issue: Issue, *, over: bool) -> bool:
        """Take over what the arriving copy knows and the archive does not, or all that it knows; whether that changed.

        A made title only ever takes the place of a made one.
        """
        made_title, made_before = made_of_headlines(issue), self.has_made_title(entry.id)
        take_title = (made_before and over) if made_title else (made_before or over)
        title, made = (issue.title, made_title) if take_title else (entry.title, made_before)
        known, told = (entry.number, entry.date, entry.url), (issue.number, issue.date, issue.url)
        first, second = (told, known) if over else (known, told)
        number, date, url = (a if a is not None else b for a, b in zip(first, second, strict=True))
        head = (number, title, date, url)
        if head == (entry.number, entry.title, entry.date, entry.url) and made == made_before:
            return False
        sql = "UPDATE issue SET number = ?, title = ?, date = ?, url = ?, made_title = ? WHERE id = ?"
        self._database.run(sql, (*head, made, entry.id))
        # The day is part of the stories' numbers.
        self._replace(entry.id, self.stories(entry.id))
        return True

    def _seen(self, issue_id: int, issue: Issue, origin: str) -> _Seen:
        """What is new of a copy; from now on it has been seen."""
        stories, head = digests(issue)
        sql = "SELECT origin, stories, head FROM copy WHERE issue_id = ?"
        before = self._database.rows(sql, (issue_id,))
        values = (issue_id, origin, stories, head)
        self._database.run("INSERT OR IGNORE INTO copy (issue_id, origin, stories, head) VALUES (?, ?, ?, ?)", values)
        return _Seen(
            edit=any(origin == o for o, _, _ in before),
            new_stories=all(stories != s for _, s, _ in before),
            new_head=all(head != h for _, _, h in before),
        )

    def _addresses(self, issue_id: int) -> int:
        return int(self._database.rows("SELECT addresses FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _replace(self, issue_id: int, stories: Sequence[Story]) -> None:
        """Put these stories in the place of an issue's, and count that as a change."""
        sql = "SELECT date, (SELECT max(change) + 1 FROM issue) FROM issue WHERE id = ?"
        day, change = self._database.rows(sql, (issue_id,))[0]
        change = self._stories.replace(issue_id, day, stories, change)
        sql = "UPDATE issue SET addresses = ?, words = ?, change = ? WHERE id = ?"
        self._database.run(sql, (addresses(stories), sum(story.words for story in stories), change, issue_id))

    def _keep_page(self, issue_id: int, page: _Page) -> None:
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, origin, body) VALUES (?, ?, ?, ?, ?)"
        values = (issue_id, page.name, page.parser_version, page.origin, zlib.compress(page.raw))
        self._database.run(sql, values)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is kept beside its issue."""

    raw: bytes
    name: str
    parser_version: int
    origin: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is new of a copy; `edit`: one has come from there before."""

    edit: bool
    new_stories: bool
    new_head: bool


def _open(path: Path) -> tuple[Database, Shelf]:
    database = Database(path, PLAN)
    try:
        return database, Shelf(database)
    except BaseException:
        database.close()
        raise
