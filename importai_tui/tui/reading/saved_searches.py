"""The saved searches above the issues: their rows, and their counts, which a thread updates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.errors import DatabaseError
from importai_tui.search.saved import (
    MARK_SEARCHES,
    SEARCHES_SETTING,
    UNREAD_SEARCH,
    SavedSearch,
    load_searches,
    saved_to_json,
)
from importai_tui.state.reading_state import is_work_key
from importai_tui.tui.reading.due_count import DueCounter
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter
from importai_tui.tui.reading.threads import ThreadRunner
from importai_tui.tui.widgets.issue_list import IssueList, SavedSearchRow

if TYPE_CHECKING:
    from importai_tui.search.counts import CountJob, CountResult, SearchCounts

DUE_FORECASTS = "Due forecasts"
"""The name of the row with the number of due forecasts, which opens the ledger."""
COUNTS_GROUP = "counts"
"""The group of the threads that count what the searches find."""


class UndoEntry(NamedTuple):
    """The saved searches that an undo or a redo of the change `label` restores.

    The counts of changes are those of the `StateWriter` at the time of the change, or of its undo.
    """

    searches: tuple[SavedSearch, ...]
    label: str
    changes: int
    new_changes: int = 0


class SavedSearches:
    """Shows, counts and changes the saved searches of one screen."""

    def __init__(
        self,
        session: ReadingSession,
        writer: StateWriter,
        threads: ThreadRunner,
        story_list: IssueList,
        *,
        notify: Callable[..., None],
        is_shown: Callable[[], bool],
        show_rows: Callable[[], object],
    ) -> None:
        """Show the searches in `story_list`.

        Args:
            session: the open story and reading list.
            writer: counts the changes of the user, so that undo is in order.
            threads: runs the counts.
            story_list: the list whose first rows the searches are.
            notify: shows a line to the user.
            is_shown: returns False if the panes are gone, because a count may end while the screen is closing.
            show_rows: shows the stories beneath what is open in the list.
        """
        self._session = session
        self._writer = writer
        self._threads = threads
        self._story_list = story_list
        self._notify = notify
        self._is_shown = is_shown
        self._show_story_rows = show_rows
        self.searches: tuple[SavedSearch, ...] = ()
        """The saved searches in the order of the list."""
        self._counts: SearchCounts | None = None
        """The counts; None before the first count, because the first screen is drawn without them."""
        self._rows_shown: list[SavedSearchRow] = []
        self._undo: list[UndoEntry] = []
        self._redo: list[UndoEntry] = []
        self._due = DueCounter(session, self._show_due)
        self._due_count = 0
        self._list_row_shown: SavedSearchRow | None = None
        """The row of the reading list, if no saved search has its name; else None."""

    def load(self) -> None:
        """Show the saved searches, without counts."""
        self.searches = load_searches(self._session.library.state.load_value)
        self._show()

    def find_by_name(self, name: str) -> SavedSearch | None:
        """Return the search with this name; None if there is none."""
        return next((search for search in self.searches if search.name == name), None)

    def count(self) -> None:
        """Count in a thread, if a change may have changed a count."""
        session = self._session
        if not session.index.rows:
            return
        if self._counts is None:
            from importai_tui.search.counts import SearchCounts

            self._counts = SearchCounts()
        if job := self._counts.next_job(session.library, self.searches):
            self._threads.run(partial(self._run_count, job), group=COUNTS_GROUP, exit_on_error=False)

    def count_due(self) -> None:
        """Count the due forecasts, if a change may have changed their number; not while the reader starts."""
        self._due.update()

    def refresh(self) -> None:
        """Update the rows whose counts need no thread: unread stories, and the open reading list."""
        if self._make_rows() != self._rows_shown:
            self._show()
        if (row := self._make_list_row()) != (before := self._list_row_shown):
            self._show()
            if (row and row.name) != (before and before.name):
                self._show_story_rows()
                if self._session.story:
                    self._story_list.select_story(self._session.story.key)

    def change(self, searches: tuple[SavedSearch, ...], label: str) -> bool:
        """Save other searches as an undoable change; return False and show a message if they cannot be saved."""
        entry = UndoEntry(self.searches, label, self._writer.changes)
        if not self._save(searches):
            return False
        if searches != entry.searches:
            self._undo.append(entry)
            self._redo.clear()
        return True

    @property
    def is_latest_change(self) -> bool:
        """True if the user's latest change that is not undone is a change of the saved searches."""
        return bool(self._undo) and self._undo[-1].changes >= self._writer.changes

    def undo(self) -> None:
        """Undo the latest change of the saved searches."""
        from importai_tui.state.labels import format_undo_label

        entry, before = self._undo[-1], self.searches
        if self._save(entry.searches):
            self._undo.pop()
            self._redo.append(UndoEntry(before, entry.label, self._writer.changes, self._writer.new_changes))
            self._notify(format_undo_label(entry.label))

    @property
    def is_latest_undo(self) -> bool:
        """True if the user's latest undo that is not redone was of the saved searches, with no new change since."""
        counts = self._writer.changes, self._writer.new_changes
        return bool(self._redo) and counts == (self._redo[-1].changes, self._redo[-1].new_changes)

    def redo(self) -> None:
        """Redo the latest undone change of the saved searches."""
        from importai_tui.state.labels import format_redo_label

        entry, before = self._redo[-1], self.searches
        if self._save(entry.searches):
            self._redo.pop()
            self._undo.append(UndoEntry(before, entry.label, self._writer.changes))
            self._notify(format_redo_label(entry.label))

    def _show_due(self, count: int) -> None:
        self._due_count = count
        self.refresh()

    def _run_count(self, job: CountJob) -> None:
        self._threads.call(self._store_counts, job.run(self._session.library.archive.path))

    def _store_counts(self, result: CountResult) -> None:
        assert self._counts
        self._counts.store(result)
        if self._is_shown():
            self._show()
            self.count()

    def _show(self) -> None:
        self._rows_shown, self._list_row_shown = self._make_rows(), self._make_list_row()
        opened = [self._list_row_shown] if self._list_row_shown else []
        self._story_list.show_saved_searches([*self._rows_shown, *opened])

    def _make_rows(self) -> list[SavedSearchRow]:
        rows = [self._make_row(search) for search in self.searches if not self._is_hidden(search)]
        has_due = self._due_count and not self.find_by_name(DUE_FORECASTS)
        return [*rows, SavedSearchRow(DUE_FORECASTS, self._due_count)] if has_due else rows

    def _make_row(self, search: SavedSearch) -> SavedSearchRow:
        if search == UNREAD_SEARCH:
            return SavedSearchRow(search.name, self._session.index.unread_count)
        count = self._counts.by_name.get(search.name) if self._counts else None
        return SavedSearchRow(search.name, *count) if count else SavedSearchRow(search.name)

    def _is_hidden(self, search: SavedSearch) -> bool:
        """Return True for a search for marks that finds no story, unless it is open."""
        field, reading = MARK_SEARCHES.get(search), self._session.reading_list
        if field is None or (reading and reading.name == search.name):
            return False
        if self._counts and (count := self._counts.by_name.get(search.name)):
            return not count.stories
        # Not counted yet: the marks tell, except that a marked story may be missing from the archive.
        return all(map(is_work_key, self._session.library.state.get_marks((field,))[field]))

    def _make_list_row(self) -> SavedSearchRow | None:
        """Return a row for the book of tales, the results of a search or the stories with a tag, if one is open.

        Return None if a saved search has that name.
        """
        opened = self._session.reading_list
        if not opened or self.find_by_name(opened.name):
            return None
        return SavedSearchRow(opened.name, sum(not row.is_read for row in opened.rows), len(opened.rows))

    def _save(self, searches: tuple[SavedSearch, ...]) -> bool:
        try:
            self._session.library.state.save_value(SEARCHES_SETTING, saved_to_json(searches))
        except DatabaseError as error:
            self._notify(str(error), seconds=8)
            return False
        if self._counts:
            self._counts.set_searches(searches)
        reading = self._session.reading_list
        was_saved = reading is not None and self.find_by_name(reading.name) is not None
        self.searches = searches
        if reading and was_saved and not reading.is_read_in_order and not self.find_by_name(reading.name):
            self._session.end_list()
        self._show()
        self._show_story_rows()
        self.count()
        return True
