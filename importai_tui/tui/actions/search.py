"""Actions that search the archive, and that open, save, remove and restore saved searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.errors import DatabaseError
from importai_tui.library.position import resolve_story
from importai_tui.search.saved import (
    UNREAD_SEARCH,
    SavedSearch,
    add_recent,
    add_search,
    clean_search,
    recent_from_json,
    recent_to_json,
    remove_search,
    restore_defaults,
)
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.bindings import format_screen_key
from importai_tui.tui.reading.navigation import ReadingList, make_rows
from importai_tui.tui.reading.origin import Origin
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.saved_searches import DUE_FORECASTS
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.search.screen import ChosenHit, SearchScreen, SearchScreenState
from importai_tui.tui.widgets.footer import format_download_keys

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.archive.search import FoundStory, MarkedKeys
    from importai_tui.query.conditions import Query

MAX_STORIES = 1000
"""The largest number of stories in a reading list: more than a year of the newsletter."""


@dataclass(frozen=True, slots=True)
class SavedSearchQuery:
    """A saved search as a thread needs it, with the parsed query and the marks that it uses."""

    search: SavedSearch
    query: Query
    marks: MarkedKeys


class SavedSearchActions(ActionGroup):
    """Opens, saves and removes saved searches."""

    def save(self, name: str, line: str) -> None:
        """Save a search under a name; ask before it replaces another search with this name."""
        self.run_dialog(partial(self._save, name, line))

    async def _save(self, name: str, line: str) -> None:
        from importai_tui.tui.dialogs.questions import ConfirmDialog

        new = clean_search(name, line)
        present = self.screen.saved_searches.find_by_name(new.name) or new
        if present != new:
            question = f"Replace saved search “{new.name}” (currently: {present.line})?"
            if not await self.ask(ConfirmDialog(question, self.screen.clock)):
                return
        label = f"search “{new.name}” {'saved' if present == new else 'replaced'}"
        if self.screen.saved_searches.change(add_search(self.screen.saved_searches.searches, name, line), label):
            replaced = self.with_undo_key(f"Replaced search “{new.name}”")
            self.screen.notify_info(f"Saved search “{new.name}” (top of the list)" if present == new else replaced)

    def action_forget_search(self) -> None:
        """Remove the saved search under the cursor, after a question."""
        self.run_dialog(self._forget)

    async def _forget(self) -> None:
        from importai_tui.tui.dialogs.questions import ConfirmDialog

        name = self.screen.story_list.selected_search
        if name is None or not (search := self.screen.saved_searches.find_by_name(name)):
            self.screen.notify_info("Select a saved search first")
            return
        if not await self.ask(ConfirmDialog(f"Delete saved search “{name}”?", self.screen.clock)):
            return
        saved = self.screen.saved_searches
        if saved.change(remove_search(saved.searches, name), f"search “{name}” deleted"):
            self.screen.notify_info(self.with_undo_key(f"Deleted search “{name}”: {search.line}"), seconds=8)

    def action_first_searches(self) -> None:
        """Restore the default searches, also in place of others with their names."""
        searches = restore_defaults(self.screen.saved_searches.searches)
        if searches == self.screen.saved_searches.searches:
            self.screen.notify_info("All built-in searches are present")
        elif self.screen.saved_searches.change(searches, "built-in searches restored"):
            self.screen.notify_info("Restored the built-in searches")

    def action_open_saved_search(self, name: str) -> None:
        """Open a saved search at its first unread story; the focus stays in the list, on that story."""
        search = self.screen.saved_searches.find_by_name(name)
        if search:
            self._open_list(self._make_query(search))
        elif name == DUE_FORECASTS:  # else it is the row of the reading list, which is open already
            # Imported here, because other rows do not need the ledger.
            from importai_tui.tui.actions.forecasts import ForecastActions

            self.screen.action_group(ForecastActions).show_from_top()

    def open_tag(self, name: str) -> None:
        """Open the stories with a tag at the first unread one."""
        from importai_tui.query.conditions import Clause, MarkCondition, Query
        from importai_tui.state.fields import TAG_PREFIX

        # Not a line to parse, because a tag from another machine may have any characters.
        field = f"{TAG_PREFIX}{name}"
        marks = self.session.library.state.get_marks((field,))
        query = Query("", (Clause((MarkCondition(field),)),))
        self._open_list(SavedSearchQuery(SavedSearch(f"#{name}", ""), query, marks))

    def _open_list(self, saved: SavedSearchQuery) -> None:
        find = partial(self._find, saved, self.session.library.archive.path)
        self.screen.threads.run(find, group="reading-list", exit_on_error=False)

    def _find(self, saved: SavedSearchQuery, archive: Path) -> None:
        from importai_tui.search.search import Search

        try:
            with Search(archive) as search:
                found = search.find_all(saved.query, saved.marks, limit=MAX_STORIES + 1).hits
        except DatabaseError as error:
            self.screen.threads.call(self.screen.notify_info, str(error), seconds=8)
            return
        self.screen.threads.call(self._start_list, saved.search.name, found)

    def _start_list(self, name: str, found: Sequence[FoundStory]) -> None:
        if not self.screen.has_panes:
            return
        if not found:
            to_sync = self.key("sync", before="; ", after=" checks for new issues")
            self.screen.notify_info(f"No stories in “{name}”{to_sync if name == UNREAD_SEARCH.name else ''}")
            return
        self.screen.start_list(ReadingList(name, make_rows(found[:MAX_STORIES]), is_truncated=len(found) > MAX_STORIES))
        reading_list = self.session.reading_list
        if reading_list and (first := reading_list.find_first_unread()):
            self.screen.open_row(first)
        if self.session.reading_list and self.session.reading_list.is_truncated:
            self.screen.notify_info(f"“{name}” shows only the first {MAX_STORIES:,} stories")

    def _make_query(self, search: SavedSearch) -> SavedSearchQuery:
        from importai_tui.query.parser import parse_query

        query = parse_query(search.line)
        return SavedSearchQuery(search, query, self.session.library.state.get_marks(query.mark_fields()))


_RECENT_SETTING = "recent-searches"
"""The setting that holds the recent searches."""


class SearchActions(ActionGroup):
    """Searches the archive; the screen keeps its state between two searches."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._saved_state = SearchScreenState()
        """The state of the search screen when it was last closed."""
        self._origin: Origin | None = None
        self._search_screen: SearchScreen | None = None

    def action_search(self) -> None:
        """Show the search screen."""
        self._show()

    def search_for(self, line: str) -> None:
        """Show the search screen with this line."""
        self._saved_state = SearchScreenState(line)
        self._show()

    def return_to_results(self) -> None:
        """Show the results again, the cursor on the open story if it is one of them."""
        result, story = self._saved_state.results.result, self.session.story
        keys = [hit.key for hit in result.hits] if result else []
        if story and story.key in keys:
            self._saved_state = replace(self._saved_state, cursor=keys.index(story.key))
        self._show()

    def _show(self) -> None:
        self.screen.show_pending_preview()
        recent = recent_from_json(self.session.library.state.load_value(_RECENT_SETTING))
        no_issues_text = "" if self.session.index.rows else self._format_no_issues()
        search = self._get_search_screen()
        search.prepare(self._saved_state, recent, no_issues_text=no_issues_text)
        self.screen.app.push_screen(search, self._handle_result)

    def _get_search_screen(self) -> SearchScreen:
        """Return the search screen, which is made once; again if it failed to open."""
        if self._search_screen and not self._search_screen.is_running:
            self.screen.app.uninstall_screen(self._search_screen)
            self._search_screen = None
        if not self._search_screen:
            save = self.screen.action_group(SavedSearchActions).save
            self._search_screen = SearchScreen(self.session.library, save)
            # An installed screen is not removed when it is closed.
            self.screen.app.install_screen(self._search_screen, f"search-{id(self)}")
        return self._search_screen

    def close(self) -> None:
        """Remove the search screen, because the reading screen is closed. An app that ends removes all screens."""
        if self._search_screen and self._search_screen not in self.screen.app.screen_stack:
            self.screen.app.uninstall_screen(self._search_screen)
            self._search_screen.remove()

    def _format_no_issues(self) -> str:
        hint = format_download_keys(self.screen.commands)
        back = format_screen_key(self.screen.app, "find.leave", "esc")
        return f"No issues yet. Press {back}, then {hint}." if hint else "No issues yet"

    def _handle_result(self, state: SearchScreenState | None) -> None:
        if state is None:
            return
        self._saved_state = state
        if state.results.story_count:
            recent = recent_from_json(self.session.library.state.load_value(_RECENT_SETTING))
            if (lines := add_recent(recent, state.line)) != recent:
                self.screen.writer.save_setting(_RECENT_SETTING, recent_to_json(lines))
        if state.chosen_hit:
            self._open_hit(state.chosen_hit, state)
        elif self.session.is_in_results:
            self._return_to_origin()

    def _open_hit(self, chosen: ChosenHit, state: SearchScreenState) -> None:
        """Open a result at its excerpt, and make the other results the list that the user reads on in."""
        position = resolve_story(self.session.library, chosen.story.key, chosen.story.ref)
        if position is None:
            self.screen.notify_info("This story is no longer in the archive")
            return
        if not self.session.is_in_results:
            self._origin = Origin.find(self.screen)
        result = state.results.result
        assert result
        self.session.note_origin("", "")  # also if the result is the story that the ledger has led to
        self.screen.start_list(self._make_list(state.line, chosen.query, result.hits))
        self.screen.open_story(*position)
        self.screen.go_to(Pane.STORY)
        self.screen.matches.show_query(chosen.query, block_index=chosen.excerpt.block if chosen.excerpt else -1)
        if state.results.total != len(result.hits):
            marks = self.session.library.state.get_marks(chosen.query.mark_fields())
            find = partial(self._find_all, chosen.query, marks, state.line, self.session.library.archive.path)
            self.screen.threads.run(find, group="reading-list", exit_on_error=False)

    def _make_list(self, line: str, query: Query, found: Sequence[FoundStory]) -> ReadingList:
        name = f"Search: {' '.join(line.split())}"
        return ReadingList(name, make_rows(found[:MAX_STORIES]), is_truncated=len(found) > MAX_STORIES, query=query)

    def _find_all(self, query: Query, marks: MarkedKeys, line: str, archive: Path) -> None:
        """Find the results that the search screen has not loaded."""
        from importai_tui.archive.search import ArchiveSearch

        try:
            with ArchiveSearch(archive) as search:
                found = search.find(query, marks, limit=MAX_STORIES + 1)
        except DatabaseError:
            return  # the loaded results are enough to go on with
        self.screen.threads.call(self._extend_list, self._make_list(line, query, found))

    def _extend_list(self, reading_list: ReadingList) -> None:
        shown, story = self.session.reading_list, self.session.story
        is_current = shown is not None and shown.query is reading_list.query and not self.session.filter
        if self.screen.has_panes and is_current and story and reading_list.get_row(story.key):
            self.screen.start_list(reading_list)
            self.screen.show_rows()
            self.screen.story_list.select_story(story.key)
            self.screen.refresh_bars()

    def _return_to_origin(self) -> None:
        """Leave the results, for the story that was open before the first of them."""
        self.screen.matches.clear_matches()
        self.screen.leave_list()
        origin, self._origin = self._origin, None
        if origin:
            origin.restore(self.screen)
