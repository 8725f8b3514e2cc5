"""The library: opens the archive and the reading state together, and stores what arrives in step with both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive.archive import Archive
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseError
from importai_tui.library.queries import LibraryQueries
from importai_tui.library.rows import StoredIssue, StoredPage, make_issue_row
from importai_tui.parse import PARSER_VERSION
from importai_tui.paths import Places

if TYPE_CHECKING:
    from importai_tui.archive.stories import IncomingIssue, IssueRecord
    from importai_tui.library.rekeying import StateMigrator
    from importai_tui.model import Issue
    from importai_tui.state.fields import Edit, StoryName
    from importai_tui.state.reading_state import ReadingState
    from importai_tui.state.store import ChangeResult

SYNCED_AT = "synced-at"
"""The source note that holds the time of the last sync, ISO 8601 in UTC."""
REINDEX_BATCH_SIZE = 20
"""Issues in one transaction: a third less work than one by one, and another window waits 0.12 s at the most."""


class Library(LibraryQueries):
    """The archive and the reading state, open together. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        archive: Archive,
        state: ReadingState | None,
        open_state: Callable[[], ReadingState],
        on_close: Callable[[], None] | None = None,
    ) -> None:
        """Join two databases; `on_close` runs last of all, for one who has lent a folder to them."""
        super().__init__(archive, state, open_state)
        self._on_close = on_close
        self._migrator: StateMigrator | None = None
        self._unreadable_ids: set[int] = set()

    @classmethod
    def open(
        cls,
        places: Places,
        *,
        now: Callable[[], datetime] = utc_now,
        shared_folder: Path | None = None,
        copy_daily: bool = True,
        with_state: bool = True,
        on_close: Callable[[], None] | None = None,
    ) -> Library:
        """Open both databases, making them where they are missing; nothing else is created.

        Args:
            places: where they are.
            now: the clock.
            shared: the folder that carries the reading state between machines, if there is one.
            daily: copy the reading state first, if that was not done today.
            marked: what is marked will be asked for; else the reading state is opened only should it be, and a trouble
                with it is raised there.
            on_close: runs when the library is closed.

        Raises:
            DatabaseTrouble: one of them cannot be opened, or the reading state is damaged or newer than this program.
        """

        # The reading state first: where it must be refused, the archive is left alone too.
        def open_reading() -> ReadingState:
            # Imported here: who asks for no mark does not wait for what keeps them.
            from importai_tui.state.reading_state import ReadingState

            return ReadingState(places.reading, now, shared_folder, copy_daily=copy_daily)

        reading = open_reading() if with_state else None

        def look_first() -> None:
            if not reading:
                open_reading().close()

        try:
            archive = Archive(places.archive, now, before_quarantine=look_first)
            return cls(archive, reading, open_reading, on_close)
        except BaseException:
            if reading:
                reading.close()
            raise

    def close(self) -> None:
        """Close both databases; a second call does nothing."""
        self.archive.close()
        if self._state:
            self._state.close()
        if self._on_close:
            self._on_close()
            self._on_close = None

    def set_lock_timeout(self, seconds: float) -> None:
        """Wait so long for another program's lock on either database; a thread that draws waits little."""
        self.archive.set_lock_timeout(seconds)
        self.state.set_lock_timeout(seconds)

    def store(
        self, issue: Issue, raw: bytes, name: str, *, has_given_facts: bool = False, origin: str = ""
    ) -> StoredIssue:
        """Store an issue, or bring the stored copy of it up to date; whole or not at all.

        State on stories that the issue has no longer follows to those that they live on in.

        Args:
            issue: the parsed issue.
            raw: the document it was parsed from.
            name: what the document was called, for people.
            told: a person has told its number, title or date, so they win over what is stored.
            origin: the source that it was fetched from; empty for a file.
        """
        from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record

        return self.store_all(
            (
                IncomingIssue(
                    make_issue_record(issue), compress_page(raw), name, PARSER_VERSION, has_given_facts, origin
                ),
            )
        )[0]

    def store_all(self, arrivals: Iterable[IncomingIssue]) -> list[StoredIssue]:
        """Store issues that are worked out as they are written, in order: all of them or, where that fails, none."""
        stored = self.archive.store_all(arrivals)
        for done in stored:
            self._migrate_issue_state(done.entry.id)
        read = self.state.get_read_keys()
        return [StoredIssue(done.outcome, make_issue_row(done.entry, read)) for done in stored]

    def get_warnings(self, *, with_state: bool = True) -> tuple[str, ...]:
        """What a person must know: a database was damaged, or the shared folder cannot be used now.

        `state`: also of the reading state, which is opened for that.
        """
        return tuple(line for line in (self.archive.warning, *(self.state.warnings() if with_state else ())) if line)

    def get_stored_page(self, issue_id: int) -> StoredPage:
        """The page that an issue was parsed from, and what is known of it."""
        raw, name = self.archive.get_page(issue_id)
        entry = self.archive.get_entry(issue_id)
        title = None if self.archive.has_generated_title(issue_id) else entry.title
        return StoredPage(raw, name, entry.number, title, entry.date, entry.url)

    def rebuild(self, issue_id: int, issue: Issue | None, parser_version: int) -> None:
        """Put in the stories that a better parser has found in one stored page: see `rebuild_all`."""
        from importai_tui.archive.stories import make_issue_record

        self.rebuild_all(((issue_id, make_issue_record(issue) if issue else None),), parser_version)

    def rebuild_all(self, records: Sequence[tuple[int, IssueRecord | None]], parser_version: int) -> None:
        """Put in the stories that a better parser has found in stored pages; state stays on its story.

        `found`: ids of issues, each with what is in its page; None where nothing is: then the stored stories stay.
        """
        self.archive.rebuild_all(records, parser_version)
        for issue_id, _ in records:
            self._migrate_issue_state(issue_id)

    def migrate_state(self) -> int:
        """Let state whose story is gone follow to its successor, in every issue of the archive; how much did."""
        self._migrator = None  # what it has seen of the state may be old
        return sum(self._migrate_issue_state(entry.id) for entry in self.archive.get_entries())

    def migrate_removed_state(self) -> None:
        """The same where a run was ended between storing an issue and letting the state follow."""
        for issue_id in self.archive.find_issues_with_removed_stories():
            self._migrate_issue_state(issue_id)

    def needs_rebuild(self, parser_version: int) -> bool:
        """Whether there is anything to rebuild: pages to read again, state to follow, stories to store anew."""
        archive = self.archive
        return bool(
            archive.find_issues_with_removed_stories()
            or archive.find_issues_to_reparse(parser_version)
            or archive.find_issues_to_reindex()
        )

    def count_issues_to_reindex(self) -> int:
        """How many issues an older version has stored, and stored less of; see `index_some`."""
        return len(self._find_issues_to_reindex())

    def reindex_batch(self) -> int:
        """Store anew some issues of which an older version stored less: their words, their works; how many are left."""
        waiting = self._find_issues_to_reindex()
        if waiting:
            self._unreadable_ids |= self.archive.reindex(waiting[:REINDEX_BATCH_SIZE])
        return max(0, len(waiting) - REINDEX_BATCH_SIZE)

    @property
    def unreadable_count(self) -> int:
        """How many issues `index_some` has left as they are, for their stories cannot be read."""
        return len(self._unreadable_ids)

    def _find_issues_to_reindex(self) -> list[int]:
        return [issue_id for issue_id in self.archive.find_issues_to_reindex() if issue_id not in self._unreadable_ids]

    def mark(self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None) -> ChangeResult:
        """Mark stories read or unread, starred or not: one undo step, durable when this returns."""
        wanted = list(keys)
        return self.state.mark(wanted, read=read, starred=starred, names=self._get_story_names(wanted))

    def change(self, edits: Sequence[Edit], label: str) -> ChangeResult:
        """Make edits of any fields of stories as one undo step, called `label` before people."""
        return self.state.change(edits, label, self._get_story_names(edit.key for edit in edits))

    def tag(self, keys: Iterable[str], name: str, on: bool = True) -> ChangeResult:
        """Give stories a tag or take it away, as one undo step."""
        wanted = list(keys)
        return self.state.tag(wanted, name, on, self._get_story_names(wanted))

    def set_note(self, key: str, text: str | None) -> ChangeResult:
        """Write a story's note, or remove it with None or an empty text; one undo step."""
        return self.state.set_note(key, text, self._get_story_names([key]))

    def add_highlight(self, key: str, quote: str, remark: str | None = None, paragraph: int = 0) -> str:
        """Keep a passage of a story, as one undo step; the highlight's id. `paragraph` counts from 0."""
        return self.state.add_highlight(key, quote, remark, paragraph, self._get_story_names([key]))

    def save_scroll_position(self, key: str, position: str | None) -> None:
        """Keep the place inside a story, a small JSON text; no undo step."""
        self.state.save_scroll_position(key, position, self._get_story_names([key]))

    def _get_story_names(self, keys: Iterable[str]) -> Mapping[str, StoryName]:
        """Return what the archive calls the stories, so that the reading state can name them without the archive."""
        from importai_tui.state.fields import StoryName

        names = {}
        for key in dict.fromkeys(keys):
            if place := self.archive.find_story(key):
                issue = self.archive.get_entry(place[0]).ref
                names[key] = StoryName(self.archive.get_headline(key), issue, place[1])
        return names

    def undo(self) -> ChangeResult | None:
        """Take back the latest change, also one from an earlier run; None where there is none."""
        return self._update_keys(self.state.undo())

    def redo(self) -> ChangeResult | None:
        """Do again what was undone last; None where there is none."""
        return self._update_keys(self.state.redo())

    def _update_keys(self, change: ChangeResult | None) -> ChangeResult | None:
        """The change, after it has reached the stories under the keys that they have by now."""
        gone = [key for key in change.keys if self.archive.find_story(key) is None] if change else []
        if not (change and gone):
            return change
        from importai_tui.state.store import ChangeResult

        return ChangeResult(change.label, (*change.keys, *self.state.forward_changes(gone)))

    def _migrate_issue_state(self, issue_id: int) -> int:
        """Let state follow within an issue, also from stories that it has no longer; how many fields did."""
        from importai_tui.library.rekeying import StateMigrator

        # Should it fail now, state and stories stay where they are, and it is tried again at the next start.
        with suppress(DatabaseError):
            if self._migrator is None:
                self._migrator = StateMigrator(self.archive, self.state)
            before = self.archive.get_removed_stories(issue_id)
            followed = self._migrator.migrate_issue(issue_id, before)
            if before:
                self.archive.delete_removed_stories(issue_id)
            return followed
        return 0

    def get_last_sync_time(self) -> datetime | None:
        """When a sync last reached a source; None where none ever has."""
        written = self.archive.get_source_note(SYNCED_AT)
        return datetime.fromisoformat(written) if written else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
