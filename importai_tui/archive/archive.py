"""The archive: stores issues with their pages, recognises copies of stored issues, and returns issues as stored.

Search, relations, checks and repair are in modules of their own, which are imported when they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.catalog import Catalog, CatalogEntry, StoryEntry
from importai_tui.archive.full_text import INDEX_VERSION, MIN_STORY_ID, get_lowest_id
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.forecasts import FORECASTS_VERSION
from importai_tui.sqlite import DamagedDatabase, Database, ForeignDatabase, NewerDatabase, is_read_only

if TYPE_CHECKING:
    from importai_tui.archive.forecasts import StoredForecast, StoredScoring
    from importai_tui.archive.relations import StoryRelations
    from importai_tui.archive.search import ArchiveSearch
    from importai_tui.archive.stories import IncomingIssue, IssueRecord, StoryTable
    from importai_tui.archive.writer import StoreResult, Writer
    from importai_tui.model import Issue, Story

_WRITE_CACHE_KIB = 2000
"""SQLite's page cache of a writer. With less, a page that many issues change is written many times."""

_HAS_ISSUE = "issue_id IN (SELECT id FROM issue)"
"""Skips rows whose issue is missing, in a damaged archive."""


class Archive:
    """An open archive."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        *,
        before_quarantine: Callable[[], object] = lambda: None,
    ) -> None:
        """Open the archive, or create a new one.

        A file that is damaged, from a newer version or from another program is quarantined, because the archive is a
        cache. Its new name has today's date, and all readable rows are copied into a new file. `before_quarantine` is
        called first; if it raises, the file stays as it is.
        """
        self.path = path
        self._now = now
        self.warning: str | None = None
        """A message for the user if the file could not be used."""
        try:
            self._database, self._catalog = _open(path)
        except (DamagedDatabase, ForeignDatabase, NewerDatabase):
            if is_read_only():
                raise
            from importai_tui.archive.repair import repair_lock, replace_file

            before_quarantine()
            with repair_lock(path):
                try:
                    self._database, self._catalog = _open(path)  # another process may have replaced it
                except (DamagedDatabase, ForeignDatabase, NewerDatabase):
                    self.warning = replace_file(path, now).message
                    self._database, self._catalog = _open(path)

    def set_lock_timeout(self, seconds: float) -> None:
        """Set how long to wait for another process: see `Database.set_lock_timeout`."""
        self._database.set_lock_timeout(seconds)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def get_data_version(self) -> int:
        """Return a number that changes when another connection has written; it is fast."""
        return self._database.get_data_version()

    def find_problems(self, report: Callable[[int, int], object] = lambda *_: None) -> tuple[str, ...]:
        """Return a message about the damage, if there is any; `report` gets the checked issues and their total."""
        from importai_tui.archive.integrity import find_problems

        lines = [problem.text for problem in find_problems(self._database, report)]
        return (f"The archive {self.path} is damaged: {'; '.join(lines)}. {ARCHIVE_SPEC.remedy}",) if lines else ()

    def create_search(self) -> ArchiveSearch:
        """Return a search that shares this connection."""
        from importai_tui.archive.search import ArchiveSearch

        return ArchiveSearch(self._database)

    def create_relations(self) -> StoryRelations:
        """Return the relations between stories; they share this connection."""
        from importai_tui.archive.relations import StoryRelations

        return StoryRelations(self._database)

    def get_entries(self) -> tuple[CatalogEntry, ...]:
        """Return all issues without their text, newest first."""
        return self._catalog.get_entries()

    def get_entry(self, issue_id: int) -> CatalogEntry:
        """Return an issue without its text. Raises DamagedDatabase if it is missing."""
        return self._catalog.get_entry(issue_id)

    def estimate_date(self, number: int | None) -> str | None:
        """Return the likely date of an undated issue with this number; None if it is not between dated issues."""
        return self._catalog.estimate_date(number)

    def find_by_number(self, number: int) -> CatalogEntry | None:
        """Return the issue with this number, without its text."""
        return self._catalog.find_by_number(number)

    def find_by_slug(self, slug: str) -> CatalogEntry | None:
        """Return the issue with this slug, without its text."""
        return self._catalog.find_by_slug(slug)

    def get_story_entries(self, issue_id: int) -> list[StoryEntry]:
        """Return the stories of an issue without their text, in order."""
        return self._story_table.get_entries(issue_id)

    def get_stories(self, issue_id: int) -> tuple[Story, ...]:
        """Return the stories of an issue, in order."""
        return self._story_table.get_stories(issue_id)

    def get_story(self, issue_id: int, position: int) -> Story | None:
        """Return a story of an issue; `position` counts from 1."""
        return self._story_table.get_story(issue_id, position)

    def find_story(self, key: str) -> tuple[int, int] | None:
        """Return the issue id and the position of the story with this key."""
        return self._story_table.find_story(key)

    def find_stories(self, keys: Sequence[str]) -> dict[str, tuple[int, int, str]]:
        """Return issue id, position and headline of the stories with these keys, as far as they are stored."""
        return self._story_table.find_stories(keys)

    def get_work_ids(self, key: str) -> dict[int, str]:
        """Return the ids of the works that the story with this key cites, by link number."""
        return self._story_table.get_work_ids(key)

    def get_headline(self, key: str) -> str | None:
        """Return the headline of the story with this key."""
        return self._story_table.get_headline(key)

    def get_forecasts(self, keys: Sequence[str] | None = None) -> list[StoredForecast]:
        """Return the forecasts that the rules have found, of the stories with these keys; all by default."""
        from importai_tui.archive.forecasts import load_forecasts

        return load_forecasts(self._database, keys)

    def has_forecasts(self, key: str) -> bool:
        """Return True if the rules have found a forecast in the story with this key."""
        sql = "SELECT 1 FROM forecast JOIN story ON story.id = story_id WHERE key = ? LIMIT 1"
        return bool(self._database.query(sql, (key,)))

    def get_scorings(self) -> list[StoredScoring]:
        """Return the sentences that score a forecast of an earlier issue, oldest first."""
        from importai_tui.archive.forecasts import load_scorings

        return load_scorings(self._database)

    def get_page(self, issue_id: int) -> tuple[bytes, str]:
        """Return the page that an issue was parsed from, and its name. Raises DamagedDatabase."""
        from importai_tui.archive.stories import decompress_page

        try:
            ((body, name),) = self._database.query("SELECT body, name FROM page WHERE issue_id = ?", (issue_id,))
            return decompress_page(body), str(name)
        except (ValueError, TypeError) as error:
            raise DamagedDatabase(f"A stored page in {self.path} can't be read. {ARCHIVE_SPEC.remedy}") from error

    def has_generated_title(self, issue_id: int) -> bool:
        """Return True if the title of an issue was generated from its headlines."""
        return bool(self._database.query("SELECT made_title FROM issue WHERE id = ?", (issue_id,))[0][0])

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
        """Store one issue, parsed from the page `raw`: see `store_all` and `IncomingIssue`."""
        from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record

        record, page = make_issue_record(issue), compress_page(raw)
        return self.store_all((IncomingIssue(record, page, name, parser_version, has_given_facts, origin),))[0]

    def store_all(self, incoming: Iterable[IncomingIssue]) -> list[StoreResult]:
        """Store issues in order, in one transaction. A copy of a stored issue may update it:

        - A copy from an origin that has sent the issue before is an edit, and replaces it. So does a former copy from
          there, because an edit was undone. All copies of one run count as current.
        - The first copy from another origin replaces the stories if it has more URLs, as a page has after plain text.
          With equally many URLs a source replaces a file. Such a copy adds number, title, date and URL only if they
          are missing. A title generated from headlines counts as missing.
        - A copy never removes number, title, date or URL. What the user gives always wins.
        """
        with self._write_transaction():
            today = self._now().date().isoformat()
            return [self._writer.store(issue, today) for issue in incoming]

    def find_issues_to_reparse(self, parser_version: int) -> list[int]:
        """Return the ids of the issues whose page an older parser has read, the last stored first."""
        # Sorted here, because with ORDER BY SQLite would read every page.
        sql = f"SELECT issue_id FROM page WHERE parser_version < ? AND {_HAS_ISSUE}"
        return sorted((int(row[0]) for row in self._database.query(sql, (parser_version,))), reverse=True)

    def rebuild(self, issue_id: int, issue: Issue | None, parser_version: int) -> None:
        """Replace the stories of one issue: see `rebuild_all`."""
        from importai_tui.archive.stories import make_issue_record

        self.rebuild_all(((issue_id, make_issue_record(issue) if issue else None),), parser_version)

    def rebuild_all(self, records: Iterable[tuple[int, IssueRecord | None]], parser_version: int) -> None:
        """Replace stories by those that a newer parser has found in the stored pages; edited stories keep their keys.

        Args:
            records: ids of issues, each with its record. With None, for a page without an issue, the stories stay.
            parser_version: from now on the pages count as read by this version.
        """
        with self._write_transaction():
            for issue_id, record in records:
                if record is not None:
                    self._writer.rebuild(issue_id, record)
                sql = "UPDATE page SET parser_version = ? WHERE issue_id = ?"
                self._database.execute(sql, (parser_version, issue_id))

    def find_unindexed_issues(self) -> list[int]:
        """Return the ids of the issues that cannot be searched, because an older version has stored them."""
        sql = "SELECT id FROM issue WHERE index_version < ? AND id IN (SELECT issue_id FROM story) ORDER BY id DESC"
        return [int(row[0]) for row in self._database.query(sql, (INDEX_VERSION,))]

    def find_issues_to_reindex(self) -> list[int]:
        """Return the ids of the issues for which an older version has stored less, the last stored first."""
        return sorted({*self._find_issues_to_rewrite(), *self.find_issues_without_forecasts()}, reverse=True)

    def find_issues_without_forecasts(self) -> list[int]:
        """Return the ids of the issues whose forecasts no version, or an older one, has looked for."""
        sql = "SELECT id FROM issue WHERE forecasts_version < ? AND id IN (SELECT issue_id FROM story)"
        return [int(row[0]) for row in self._database.query(sql, (FORECASTS_VERSION,))]

    def _find_issues_to_rewrite(self) -> set[int]:
        """Return the ids of the issues whose stories must be written again, not only their forecasts."""
        # Three queries, because with OR SQLite would read every story.
        sql = f"""SELECT issue_id FROM story WHERE id IN (SELECT story_id FROM citation WHERE title_key IS NULL)
            AND {_HAS_ISSUE}"""
        untitled = {int(row[0]) for row in self._database.query(sql)}
        sql = """SELECT issue_id FROM story WHERE id BETWEEN ? AND ?
            AND issue_id IN (SELECT id FROM issue WHERE date IS NULL AND number IS NOT NULL)"""
        undated = {int(row[0]) for row in self._database.query(sql, (MIN_STORY_ID, get_lowest_id("0001-01-01") - 1))}
        return {*untitled, *undated, *self.find_unindexed_issues()}

    def reindex(self, issue_ids: Iterable[int]) -> set[int]:
        """Write the stories or only the forecasts of issues again, in one transaction.

        Returns the ids of unreadable issues.
        """
        with self._write_transaction():
            unreadable: set[int] = set()
            whole = self._find_issues_to_rewrite()
            for issue_id in issue_ids:
                rewrite = self._writer.rewrite if issue_id in whole else self._writer.rewrite_forecasts
                if not rewrite(issue_id):
                    unreadable.add(issue_id)
            return unreadable

    def find_issues_with_removed_stories(self) -> list[int]:
        """Return the ids of the issues with removed stories: see `get_removed_stories`."""
        sql = "SELECT id FROM issue WHERE id IN (SELECT issue_id FROM departed)"
        return [int(row[0]) for row in self._database.query(sql)]

    def get_removed_stories(self, issue_id: int) -> tuple[Story, ...]:
        """Return the former stories of an issue, in order, until `delete_removed_stories` is called.

        There are some if a key is gone, so that the state of the user can move to the successors.
        """
        return self._story_table.get_removed(issue_id)

    def delete_removed_stories(self, issue_id: int) -> None:
        """Delete the former stories of an issue, because the state of the user has moved."""
        self._database.execute("DELETE FROM departed WHERE issue_id = ?", (issue_id,))

    def get_source_note(self, name: str) -> str | None:
        """Return the note of a source with this name."""
        rows = self._database.query("SELECT value FROM source_note WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def save_source_note(self, name: str, value: str) -> None:
        """Save a note of a source; store the issues that it is about first."""
        self._database.execute("INSERT OR REPLACE INTO source_note (name, value) VALUES (?, ?)", (name, value))

    @cached_property
    def _story_table(self) -> StoryTable:
        # Imported here, because a list of issues needs no story.
        from importai_tui.archive.stories import StoryTable

        return StoryTable(self._database)

    @cached_property
    def _writer(self) -> Writer:
        # Imported here, because most commands only read.
        from importai_tui.archive.writer import Writer

        self._database.execute(f"PRAGMA cache_size = -{_WRITE_CACHE_KIB}")
        return Writer(self._database, self._catalog, self._story_table)

    @contextmanager
    def _write_transaction(self) -> Iterator[None]:
        """Run a transaction that writes issues, and write the full-text index at its end."""
        try:
            with self._database.transaction():
                self._catalog.mark_stale()
                yield
                self._story_table.flush()
        except BaseException as error:
            self._story_table.discard()
            self._catalog.clear()
            self.__dict__.pop("_writer", None)  # it remembers copies that were rolled back
            if str(error.__cause__) == "constraint failed":  # a message of the index; others name the table
                raise DamagedDatabase(f"The search index in {self.path} is damaged. {ARCHIVE_SPEC.remedy}") from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open(path: Path) -> tuple[Database, Catalog]:
    database = Database(path, ARCHIVE_SPEC)
    try:
        catalog = Catalog(database)
        catalog.get_entries()  # loads all issues, so that damage behind the first page of the file shows at once
        return database, catalog
    except BaseException:
        database.close()
        raise
