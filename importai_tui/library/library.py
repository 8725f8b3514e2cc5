"""Opens the archive and the reading state together, stores issues, and keeps the state on its stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
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
    from importai_tui.forecasts.forecast import Speaker
    from importai_tui.library.forecasts import Forecast
    from importai_tui.library.rekeying import StateMigrator, WorkMove
    from importai_tui.model import Issue
    from importai_tui.state.fields import Edit, StoryName
    from importai_tui.state.forecasts import Verdict
    from importai_tui.state.reading_state import ReadingState
    from importai_tui.state.store import ChangeResult

SYNCED_AT = "synced-at"
"""The source note that holds the time of the last sync, ISO 8601 in UTC."""
REINDEX_BATCH_SIZE = 20
"""Issues in one transaction: a third less work than one by one, while another process waits at most 0.12 s."""


class Library(LibraryQueries):
    """The archive and the reading state. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        archive: Archive,
        state: ReadingState | None,
        open_state: Callable[[], ReadingState],
        on_close: Callable[[], None] | None = None,
    ) -> None:
        """Join two databases; `on_close` runs last, to delete a temporary folder."""
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
        open_state: Callable[[], ReadingState] | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> Library:
        """Open both databases, or create them; nothing else is created.

        Args:
            places: their paths.
            now: the clock.
            shared_folder: the folder for the exchange of reading state with other machines, if there is one.
            copy_daily: make a copy of the reading state first, once a day.
            with_state: open the reading state at once. Otherwise it is opened at its first use, which may raise.
            open_state: opens another reading state than the one at `places`.
            on_close: runs when the library is closed.

        Raises:
            DatabaseError: one cannot be opened, or the reading state is damaged or from a newer version.
        """

        # The reading state first: if it cannot be used, the archive is not touched.
        def open_own_state() -> ReadingState:
            # Imported here, because some commands need no reading state.
            from importai_tui.state.reading_state import ReadingState

            return ReadingState(places.reading, now, shared_folder, copy_daily=copy_daily)

        open_state = open_state or open_own_state
        state = open_state() if with_state else None

        def check_state() -> None:
            if not state:
                open_state().close()

        try:
            archive = Archive(places.archive, now, before_quarantine=check_state)
            return cls(archive, state, open_state, on_close)
        except BaseException:
            if state:
                state.close()
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
        """Set how long both databases wait for another process; the UI thread waits little."""
        self.archive.set_lock_timeout(seconds)
        self.state.set_lock_timeout(seconds)

    def get_warnings(self, *, with_state: bool = True) -> tuple[str, ...]:
        """Return messages for the user: a database was damaged, or the shared folder cannot be used.

        `with_state` includes those of the reading state, and opens it.
        """
        warnings = (self.archive.warning, *(self.state.warnings() if with_state else ()))
        return tuple(line for line in warnings if line)

    def store(
        self, issue: Issue, raw: bytes, name: str, *, has_given_facts: bool = False, origin: str = ""
    ) -> StoredIssue:
        """Store an issue, or update the stored copy of it; all or nothing.

        State of stories that the issue no longer has moves to their successors.

        Args:
            issue: the parsed issue.
            raw: the document it was parsed from.
            name: file name or URL of the document, for users.
            has_given_facts: the user has given number, title or date, so they override the stored ones.
            origin: the source that sent it; empty for a file.
        """
        from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record

        record, page = make_issue_record(issue), compress_page(raw)
        return self.store_all((IncomingIssue(record, page, name, PARSER_VERSION, has_given_facts, origin),))[0]

    def store_all(self, incoming: Iterable[IncomingIssue]) -> list[StoredIssue]:
        """Store issues in order, all or nothing: see `Archive.store_all`."""
        results = self.archive.store_all(incoming)
        for result in results:
            self._migrate_issue_state(result.entry.id)
        self.move_title_works()
        read_keys = self.state.get_read_keys()
        return [
            StoredIssue(result.outcome, make_issue_row(self.archive, result.entry, read_keys)) for result in results
        ]

    def get_stored_page(self, issue_id: int) -> StoredPage:
        """Return the page that an issue was parsed from, with the metadata of the issue."""
        raw, name = self.archive.get_page(issue_id)
        entry = self.archive.get_entry(issue_id)
        title = None if self.archive.has_generated_title(issue_id) else entry.title
        return StoredPage(raw, name, entry.number, title, entry.date, entry.url)

    def rebuild(self, issue_id: int, issue: Issue | None, parser_version: int) -> None:
        """Replace the stories of one issue: see `rebuild_all`."""
        from importai_tui.archive.stories import make_issue_record

        self.rebuild_all(((issue_id, make_issue_record(issue) if issue else None),), parser_version)

    def rebuild_all(self, records: Sequence[tuple[int, IssueRecord | None]], parser_version: int) -> None:
        """Replace stories by those that a newer parser has found: see `Archive.rebuild_all`. State stays on them."""
        self.archive.rebuild_all(records, parser_version)
        for issue_id, _ in records:
            self._migrate_issue_state(issue_id)
        self.move_title_works()

    def needs_rebuild(self, parser_version: int) -> bool:
        """Return True if there are pages to parse again, state to move, or issues to index again."""
        archive = self.archive
        return bool(
            archive.find_issues_with_removed_stories()
            or archive.find_issues_to_reparse(parser_version)
            or archive.find_issues_to_reindex()
            or self._find_work_moves()
        )

    def migrate_state(self) -> int:
        """Move state of missing stories to their successors in all issues; return the number of moved fields."""
        self._migrator = None  # its view of the state may be outdated
        count = sum(self._migrate_issue_state(entry.id) for entry in self.archive.get_entries())
        return count + self.move_title_works()

    def move_title_works(self) -> int:
        """Move state of works without an address to the works that they are joined to; return the number of fields.

        It changes nothing a second time, so the next run does what an interrupted one has not.
        """
        from importai_tui.state.fields import StoryName

        with suppress(DatabaseError):  # the next run tries again
            moves = self._find_work_moves()
            registers = [register for move in moves for register in move.registers]
            names = {move.new_key: StoryName(move.title) for move in moves}
            keys = {move.old_key: move.new_key for move in moves}
            return self.state.merge_registers(registers, names, keys) if moves else 0
        return 0

    def _find_work_moves(self) -> list[WorkMove]:
        if not (registers := self.state.get_title_work_registers()):
            return []
        # Imported here, because each start asks, and few users star works without an address.
        from importai_tui.library.rekeying import find_work_moves

        return find_work_moves(self.archive, self.state, registers)

    def migrate_removed_state(self) -> None:
        """Move state that a former run has not moved, because it ended after storing an issue."""
        for issue_id in self.archive.find_issues_with_removed_stories():
            self._migrate_issue_state(issue_id)
        self.move_title_works()

    def count_issues_to_reindex(self) -> int:
        """Return for how many issues an older version has stored less: see `reindex_batch`."""
        return len(self._find_issues_to_reindex())

    def reindex_batch(self) -> int:
        """Write some issues of an older version again, with their words and works; return how many remain."""
        issue_ids = self._find_issues_to_reindex()
        if issue_ids:
            self._unreadable_ids |= self.archive.reindex(issue_ids[:REINDEX_BATCH_SIZE])
        return max(0, len(issue_ids) - REINDEX_BATCH_SIZE)

    @property
    def unreadable_count(self) -> int:
        """The number of issues that `reindex_batch` has skipped, because their stories cannot be read."""
        return len(self._unreadable_ids)

    def mark(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, automatic: bool = False
    ) -> ChangeResult:
        """Set or remove the marks of stories, as one undo step; durable when this returns.

        An automatic mark is no undo step, because the user did not set it; see `unmark_automatic_read`.
        """
        story_keys = list(keys)
        names = self._get_story_names(story_keys)
        return self.state.mark(story_keys, read=read, starred=starred, names=names, automatic=automatic)

    def unmark_automatic_read(self) -> ChangeResult | None:
        """Mark the story unread that was marked read automatically last, as one undo step; None if there is none."""
        key = self.state.find_automatic_read()
        return self._update_keys(self.mark([key], read=False)) if key else None

    def change(self, edits: Sequence[Edit], label: str) -> ChangeResult:
        """Edit any fields of stories, as one undo step; `label` names it for the user."""
        return self.state.change(edits, label, self._get_story_names(edit.key for edit in edits))

    def tag(self, keys: Iterable[str], name: str, on: bool = True) -> ChangeResult:
        """Add or remove a tag of stories, as one undo step."""
        story_keys = list(keys)
        return self.state.tag(story_keys, name, on, self._get_story_names(story_keys))

    def toggle_tag(self, key: str, name: str) -> ChangeResult:
        """Add a tag to a story, or remove it if the story has it in any spelling, as one undo step."""
        return self.tag([key], name, key not in self.state.get_tagged_keys(name))

    def set_note(self, key: str, text: str | None) -> ChangeResult:
        """Write a story's note, or remove it with None or an empty text; one undo step."""
        return self.state.set_note(key, text, self._get_story_names([key]))

    def add_highlight(self, key: str, quote: str, remark: str | None = None, paragraph: int = 0) -> str:
        """Add a highlight, as one undo step; return its id. `paragraph` counts from 0."""
        return self.state.add_highlight(key, quote, remark, paragraph, self._get_story_names([key]))

    def set_verdict(self, forecast: Forecast, verdict: Verdict | None) -> ChangeResult:
        """Give a verdict on a forecast, or take it back with None; one undo step."""
        return self.state.set_verdict(
            forecast.key, forecast.to_record(), verdict, self._get_story_names([forecast.key])
        )

    def set_forecast_note(self, forecast: Forecast, text: str | None) -> ChangeResult:
        """Write the note on a forecast, or remove it with None or an empty text; one undo step."""
        names = self._get_story_names([forecast.key])
        return self.state.set_forecast_note(forecast.key, forecast.to_record(), text, names)

    def get_day_said(self, key: str) -> date | None:
        """Return the day of a story's issue, maybe estimated, which the due dates of its forecasts count from."""
        from importai_tui.library.forecasts import parse_day

        if (found := self.archive.find_story(key)) is None:
            return None
        entry = self.archive.get_entry(found[0])
        return parse_day(entry.date or self.archive.estimate_date(entry.number))

    def add_forecast(
        self,
        key: str,
        quote: str,
        *,
        due_text: str = "",
        due: date | None = None,
        speaker: Speaker | None = None,
        probability: float | None = None,
    ) -> str:
        """Add a forecast to a story by hand, as one undo step; return its id. Raises StateValueError."""
        from importai_tui.forecasts.forecast import Speaker, make_forecast_id
        from importai_tui.state.forecasts import ForecastRecord

        id = make_forecast_id(quote)
        listed = self.get_forecasts(date.max, keys=[key], with_others=True, with_dismissed=True)
        found_speaker = next((forecast.speaker for forecast in listed if forecast.id == id), Speaker.AUTHOR)
        record = ForecastRecord(
            id,
            quote,
            due_text=due_text,
            said=self.get_day_said(key),
            due=due,
            speaker=speaker or found_speaker,
            probability=probability,
        )
        self.state.add_forecast(key, record, self._get_story_names([key]))
        return record.id

    def remove_forecast(self, forecast: Forecast) -> ChangeResult:
        """Remove the verdict and the note on a forecast, as one undo step; one added by hand is gone."""
        return self.state.remove_forecast(forecast.key, forecast.id)

    def save_scroll_position(self, key: str, position: str | None) -> None:
        """Save the scroll position in a story, a small JSON text; no undo step."""
        self.state.save_scroll_position(key, position, self._get_story_names([key]))

    def undo(self) -> ChangeResult | None:
        """Undo the latest change, also one of an earlier run; return None if there is none."""
        return self._update_keys(self.state.undo())

    def redo(self) -> ChangeResult | None:
        """Redo the change that was undone last; return None if there is none."""
        return self._update_keys(self.state.redo())

    def get_last_sync_time(self) -> datetime | None:
        """Return when a sync last reached a source; None if none has."""
        note = self.archive.get_source_note(SYNCED_AT)
        return datetime.fromisoformat(note) if note else None

    def _find_issues_to_reindex(self) -> list[int]:
        return [id for id in self.archive.find_issues_to_reindex() if id not in self._unreadable_ids]

    def _get_story_names(self, keys: Iterable[str]) -> Mapping[str, StoryName]:
        """Return the names of stories, so that the reading state can show them without the archive."""
        from importai_tui.state.fields import StoryName

        names = {}
        for key in dict.fromkeys(keys):
            if found := self.archive.find_story(key):
                issue_id, position = found
                names[key] = StoryName(self.archive.get_headline(key), self.archive.get_entry(issue_id).ref, position)
        return names

    def _update_keys(self, change: ChangeResult | None) -> ChangeResult | None:
        """Apply an undone change to stories that have new keys, and return it with these keys."""
        gone = [key for key in change.keys if self.archive.find_story(key) is None] if change else []
        if not (change and gone):
            return change
        from importai_tui.state.store import ChangeResult

        return ChangeResult(change.label, (*change.keys, *self.state.forward_changes(gone)))

    def _migrate_issue_state(self, issue_id: int) -> int:
        """Move state within an issue, also from removed stories; return the number of moved fields."""
        from importai_tui.library.rekeying import StateMigrator

        # After an error state and stories stay as they are, and the next start tries again.
        with suppress(DatabaseError):
            if self._migrator is None:
                self._migrator = StateMigrator(self.archive, self.state)
            removed = self.archive.get_removed_stories(issue_id)
            count = self._migrator.migrate_issue(issue_id, removed)
            if removed:
                self.archive.delete_removed_stories(issue_id)
            return count
        return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
