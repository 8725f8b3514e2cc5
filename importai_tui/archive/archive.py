"""The archive: stores issues whole, finds which stored one another copy belongs to, gives them back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.catalog import Catalog, CatalogEntry, StoryEntry
from importai_tui.archive.full_text import MIN_STORY_ID
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase

if TYPE_CHECKING:
    from importai_tui.archive.relations import StoryRelations
    from importai_tui.archive.search import ArchiveSearch
    from importai_tui.archive.stories import IncomingIssue, IssueRecord, StoryTable
    from importai_tui.archive.writer import StoreResult, Writer
    from importai_tui.model import Issue, Story

_WRITE_CACHE_KIB = 2000
"""KiB of pages that are kept by who writes: with few, a page that many issues change is written out many times."""


_HAS_ISSUE = "issue_id IN (SELECT id FROM issue)"
"""The place of an issue in a damaged archive, where its row may be missing."""


class Archive:
    """One open archive."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        *,
        before_quarantine: Callable[[], object] = lambda: None,
    ) -> None:
        """Open the archive, beginning a new one where there is none.

        A file that is damaged, newer than this program or another program's is set aside under a name with today's
        date, and what can be read of it goes into a new one: this is a cache. `before_set_aside` is called first, and
        the file left alone where that raises.
        """
        self.path = path
        self.warning: str | None = None
        """A message for the user: the file could not be used, and a new archive was created."""
        try:
            self._database, self._catalog = _open(path)
        except (DamagedDatabase, ForeignDatabase, NewerDatabase):
            from importai_tui.archive.repair import repair_lock, replace_file

            before_quarantine()
            with repair_lock(path):
                try:
                    self._database, self._catalog = _open(path)  # another window may have replaced it
                except (DamagedDatabase, ForeignDatabase, NewerDatabase):
                    self.warning = replace_file(path, now).message
                    self._database, self._catalog = _open(path)

    @cached_property
    def _story_table(self) -> StoryTable:
        # Imported here: a list of issues asks for no story.
        from importai_tui.archive.stories import StoryTable

        return StoryTable(self._database)

    def set_lock_timeout(self, seconds: float) -> None:
        """Wait so long for another program's lock; see `Database.set_patience`."""
        self._database.set_lock_timeout(seconds)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def get_entries(self) -> tuple[CatalogEntry, ...]:
        """All issues, newest first."""
        return self._catalog.get_entries()

    def find_by_number(self, number: int) -> CatalogEntry | None:
        """The issue of the shelf with this number."""
        return self._catalog.find_by_number(number)

    def find_by_slug(self, slug: str) -> CatalogEntry | None:
        """The issue of the shelf with this slug."""
        return self._catalog.find_by_slug(slug)

    def get_entry(self, issue_id: int) -> CatalogEntry:
        """One issue of the shelf."""
        return self._catalog.get_entry(issue_id)

    def create_search(self) -> ArchiveSearch:
        """Asks the index over this connection; closing it leaves that open."""
        from importai_tui.archive.search import ArchiveSearch

        return ArchiveSearch(self._database)

    def create_relations(self) -> StoryRelations:
        """Asks how the stories hang together over this connection; closing it leaves that open."""
        from importai_tui.archive.relations import StoryRelations

        return StoryRelations(self._database)

    def find_problems(self, report: Callable[[int, int], object] = lambda *_: None) -> tuple[str, ...]:
        """Return the problems of the archive, a sentence each; `report` gets the issues checked and their total."""
        from importai_tui.archive.integrity import find_problems

        lines = [problem.text for problem in find_problems(self._database, report)]
        return (f"The archive {self.path} is damaged: {'; '.join(lines)}. {ARCHIVE_SPEC.remedy}",) if lines else ()

    def get_data_version(self) -> int:
        """A number that changes when another window has stored something; cheap to ask."""
        return self._database.get_data_version()

    def get_story_entries(self, issue_id: int) -> list[StoryEntry]:
        """The stories of an issue without their text, in order."""
        return self._story_table.get_entries(issue_id)

    def get_stories(self, issue_id: int) -> tuple[Story, ...]:
        """The stories of an issue, in order."""
        return self._story_table.get_stories(issue_id)

    def get_story(self, issue_id: int, position: int) -> Story | None:
        """One story of an issue; `position` counts from 1."""
        return self._story_table.get_story(issue_id, position)

    def find_story(self, key: str) -> tuple[int, int] | None:
        """The issue's id and the position of the story with this key."""
        return self._story_table.find_story(key)

    def get_headline(self, key: str) -> str | None:
        """The headline of the story with this key."""
        return self._story_table.get_headline(key)

    def get_removed_stories(self, issue_id: int) -> tuple[Story, ...]:
        """The issue's stories as they were, where the key of any is gone and nobody has yet followed it."""
        return self._story_table.get_removed(issue_id)

    def find_issues_with_removed_stories(self) -> list[int]:
        """The ids of the issues that have such stories."""
        sql = "SELECT id FROM issue WHERE id IN (SELECT issue_id FROM departed)"
        return [int(row[0]) for row in self._database.query(sql)]

    def delete_removed_stories(self, issue_id: int) -> None:
        """What the reader did to them has followed."""
        self._database.execute("DELETE FROM departed WHERE issue_id = ?", (issue_id,))

    def find_unindexed_issues(self) -> list[int]:
        """The ids of the issues whose stories cannot be searched yet, for an older version has stored them."""
        rows = self._database.query(f"SELECT issue_id FROM story WHERE id < ? AND {_HAS_ISSUE}", (MIN_STORY_ID,))
        return sorted({int(row[0]) for row in rows}, reverse=True)

    def find_issues_to_reindex(self) -> list[int]:
        """The ids of the issues that an older version stored, and stored less of."""
        # Two questions: for one with an OR SQLite would look at every story.
        sql = f"""SELECT issue_id FROM story WHERE id IN (SELECT story_id FROM citation WHERE title IS NULL)
            AND {_HAS_ISSUE}"""
        untitled = {int(row[0]) for row in self._database.query(sql)}
        return sorted(untitled.union(self.find_unindexed_issues()), reverse=True)

    def reindex(self, issue_ids: Iterable[int]) -> set[int]:
        """Index the stories of such issues, all in one transaction; the ids of those whose stories cannot be read."""
        with self._write_transaction():
            return {issue_id for issue_id in issue_ids if not self._writer.rewrite(issue_id)}

    def store(
        self,
        issue: Issue,
        raw: bytes,
        name: str,
        *,
        parser_version: int,
        has_given_facts: bool = False,
        origin: str = "",
    ) -> StoreResult:
        """Store an issue, or enrich the stored one that it is another copy of: see `store_all`; `raw` is its page."""
        from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record

        return self.store_all(
            (
                IncomingIssue(
                    make_issue_record(issue), compress_page(raw), name, parser_version, has_given_facts, origin
                ),
            )
        )[0]

    def store_all(self, arrivals: Iterable[IncomingIssue]) -> list[StoreResult]:
        """Store issues or enrich the stored ones that they are other copies of; all in one transaction, in order.

        From where a copy of the issue has come before, another one is an edit: it takes the place of what is stored.
        So does one that was current before: then an edit was taken back. All copies of one run count as current.
        The first one from elsewhere takes the place of the stories only if it carries more link addresses (the page
        after plain text), and of number, title, date and address only what is not known; what a source has fetched
        goes before a file with as many. What a copy does not know, it does not erase; a title that was made of the
        headlines counts as not known. What a person has told wins even when it is not new.
        """
        with self._write_transaction():
            return [self._writer.store(arrival) for arrival in arrivals]

    def find_issues_to_reparse(self, parser_version: int) -> list[int]:
        """The ids of the issues whose page an older parser has read, the newest stored first."""
        # In order afterwards: to give them in order SQLite would look at every page.
        sql = f"SELECT issue_id FROM page WHERE parser_version < ? AND {_HAS_ISSUE}"
        return sorted((int(row[0]) for row in self._database.query(sql, (parser_version,))), reverse=True)

    def get_page(self, issue_id: int) -> tuple[bytes, str]:
        """The page that an issue was parsed from, and its name. Raises DamagedDatabase where it cannot be read."""
        from importai_tui.archive.stories import decompress_page

        try:
            ((body, name),) = self._database.query("SELECT body, name FROM page WHERE issue_id = ?", (issue_id,))
            return decompress_page(body), str(name)
        except (ValueError, TypeError) as error:
            raise DamagedDatabase(f"A stored page in {self.path} cannot be read. {ARCHIVE_SPEC.remedy}") from error

    def has_generated_title(self, issue_id: int) -> bool:
        """Whether the issue's title was made of its headlines."""
        return bool(self._database.query("SELECT made_title FROM issue WHERE id = ?", (issue_id,))[0][0])

    def rebuild(self, issue_id: int, issue: Issue | None, parser_version: int) -> None:
        """Put in the stories that a better parser has found in a stored page: see `rebuild_all`."""
        from importai_tui.archive.stories import make_issue_record

        self.rebuild_all(((issue_id, make_issue_record(issue) if issue else None),), parser_version)

    def rebuild_all(self, records: Iterable[tuple[int, IssueRecord | None]], parser_version: int) -> None:
        """Put in the stories that a better parser has found in stored pages, each under the key that it had.

        `found`: ids of issues, each with what that parser finds in its page; None where it finds no issue there: then
        the stories stay as they are. Either way the page counts as read by that version. All in one transaction.
        """
        with self._write_transaction():
            for issue_id, issue in records:
                if issue is not None:
                    self._writer.rebuild(issue_id, issue)
                self._database.execute(
                    "UPDATE page SET parser_version = ? WHERE issue_id = ?", (parser_version, issue_id)
                )

    def get_source_note(self, name: str) -> str | None:
        """What is remembered of a source under this name."""
        rows = self._database.query("SELECT value FROM source_note WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def save_source_note(self, name: str, value: str) -> None:
        """Remember something of a source; never before the issues that it speaks of are stored."""
        self._database.execute("INSERT OR REPLACE INTO source_note (name, value) VALUES (?, ?)", (name, value))

    @cached_property
    def _writer(self) -> Writer:
        # Imported here: most commands only read.
        from importai_tui.archive.writer import Writer

        self._database.execute(f"PRAGMA cache_size = -{_WRITE_CACHE_KIB}")
        return Writer(self._database, self._catalog, self._story_table)

    @contextmanager
    def _write_transaction(self) -> Iterator[None]:
        """A transaction in which issues are written; the index of their words comes last, all at once."""
        try:
            with self._database.transaction():
                self._catalog.mark_stale()
                yield
                self._story_table.index.flush()
        except BaseException as error:
            self._story_table.index.discard()
            self._catalog.clear()
            self.__dict__.pop("_writer", None)  # what it remembers of this run was not stored
            if str(error.__cause__) == "constraint failed":  # the index says just this; a table would be named
                raise DamagedDatabase(f"The search index in {self.path} is damaged. {ARCHIVE_SPEC.remedy}") from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open(path: Path) -> tuple[Database, Catalog]:
    database = Database(path, ARCHIVE_SPEC)
    try:
        shelf = Catalog(database)
        shelf.get_entries()  # reads all issues, so that damage behind the first page of the file shows at once
        return database, shelf
    except BaseException:
        database.close()
        raise
